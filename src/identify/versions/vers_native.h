/* vers_native.h — ranges as each ecosystem writes them, made into vers.
 *
 *   npm, semver, cargo   ^1.2 ~1.2 1.x 1.2 - 1.4 >=1 <2 || 3.*     (missing numbers become 0)
 *   conan                the same; bounds of ^ and ~ get a "-" behind
 *   maven, nuget         [1.0,2.0) (,1.0] [1.2]; several intervals; nuget: a bare 1.0 is a lower bound
 *   gem                  ~>2.0.8, >=1.0 ; comma = and
 *   pypi                 ~=1.4, ==1.*, ===1.0, !=1.5 ; comma = and
 *   composer             ^ ~ * | || comma
 *   nginx                0.8.40+ (within the branch when it is a stable, even one), 0.7.52-0.8.39, lists
 *   openssl              lists of versions
 *   others               comparators, comma or white space = and, || = or; intervals
 * Alternatives that overlap are joined; an alternative that nothing can satisfy is dropped.
 * Limits as vers.h. Threads: pure.
 */
#ifndef TOBAN_IDENTIFY_VERSIONS_VERS_NATIVE_H
#define TOBAN_IDENTIFY_VERSIONS_VERS_NATIVE_H

#include "identify/versions/vers.h"

int vers_native_parse(struct arena *a, struct str type, struct str native, struct vers *out,
                      struct err *e) MUST_CHECK;

#endif
