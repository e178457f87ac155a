/* build.h — Microsoft's four-part builds, in the forms they are written in:
 * 15.1.2106.13, 15.01.2106.013, "Version 15.1 (Build 2106.13)". */
#ifndef TOBAN_IDENTIFY_VERSIONS_BUILD_H
#define TOBAN_IDENTIFY_VERSIONS_BUILD_H

#include "identify/versions/token.h"

struct build {
    struct str part[4]; /* digits; views into the text */
    int n;              /* 3 or 4 */
};
bool build_read(struct str v, struct build *out);

#endif
