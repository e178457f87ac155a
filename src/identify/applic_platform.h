/* applic_platform.h — generic platforms: which names are a Windows, a Linux, a macOS. */
#ifndef TOBAN_IDENTIFY_APPLIC_PLATFORM_H
#define TOBAN_IDENTIFY_APPLIC_PLATFORM_H

#include "identify/applic.h"

enum {
    APPLIC_PLATFORM_WINDOWS = 1,
    APPLIC_PLATFORM_LINUX = 2,
    APPLIC_PLATFORM_MACOS = 4,
    APPLIC_PLATFORM_BARE_WINDOWS = 8 /* "Windows" and no more: may be any of them */
};

/* The family a name belongs to, 0 for none. */
unsigned applic_platform_of(const struct cpe *c);
/* The family that a criteria stands for as a whole ("any Windows"), 0 for none. */
unsigned applic_platform_generic(const struct applic_leaf *leaf);
/* Does the application's target_sw name the product of this platform leaf? */
bool applic_platform_targets(const struct cpe *app, const struct applic_leaf *leaf);
/* The asset says only "Windows"; the criteria asks for a certain one. */
bool applic_platform_vague(unsigned families, const struct applic_leaf *leaf);

#endif
