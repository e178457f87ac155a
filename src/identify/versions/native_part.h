/* native_part.h — versions inside native ranges, which may be partial: "1.2", "1.x". */
#ifndef TOBAN_IDENTIFY_VERSIONS_NATIVE_PART_H
#define TOBAN_IDENTIFY_VERSIONS_NATIVE_PART_H

#include "base/base.h"

enum native_kind {
    NATIVE_OTHER,
    NATIVE_NPM,
    NATIVE_CONAN,
    NATIVE_NUGET,
    NATIVE_PESSIMISTIC, /* gem, pypi, composer: "~" frees the last part given */
    NATIVE_NGINX,
    NATIVE_LIST
};
enum native_kind native_part_kind(struct str type);

struct native_part {
    struct str text;    /* as given, without "v", "x" parts and conan's "-" */
    struct str part[4]; /* numbers given */
    size_t n;
    bool wild;       /* ended in x or * */
    struct str rest; /* "-beta.1" and the like */
};
bool native_part_read(enum native_kind kind, struct str text, struct native_part *out);
/* As a bound: npm fills it up to three numbers. A view, or in the arena. */
struct str native_part_text(struct arena *a, enum native_kind kind, const struct native_part *p);
/* The first version behind what op ("^", "~", "~>", "~=", "x") admits. In the arena. */
struct str native_part_upper(struct arena *a, enum native_kind kind, const struct native_part *p,
                             struct str op);

#endif
