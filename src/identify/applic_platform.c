#include "identify/applic_platform.h"

static bool vendor_is(const struct cpe *c, const char *vendor)
{
    return cpe_is_any(c, CPE_VENDOR) || str_is(c->attr[CPE_VENDOR], vendor);
}

static bool may_be_os(const struct cpe *c)
{
    return cpe_is_any(c, CPE_PART) || str_is(c->attr[CPE_PART], "o");
}

static unsigned family_of_word(struct str w)
{
    if (str_is(w, "windows") || str_starts(w, "windows_"))
        return APPLIC_PLATFORM_WINDOWS;
    if (str_is(w, "linux") || str_is(w, "linux_kernel"))
        return APPLIC_PLATFORM_LINUX;
    if (str_is(w, "macos") || str_is(w, "mac_os") || str_is(w, "mac_os_x"))
        return APPLIC_PLATFORM_MACOS;
    return 0;
}

unsigned applic_platform_of(const struct cpe *c)
{
    /* applications whose names look like it */
    static const char *const not_os[] = {"windows_defender",       "windows_media_player",
                                         "windows_live_messenger", "windows_admin_center",
                                         "windows_media_services", "windows_subsystem_for_linux"};
    struct str p = c->attr[CPE_PRODUCT];
    if (!may_be_os(c) || !cpe_has(c, CPE_PRODUCT))
        return 0;
    if (cpe_is_any(c, CPE_PART))
        for (size_t i = 0; i < ARRAY_LEN(not_os); i++)
            if (str_is(p, not_os[i]))
                return 0;
    unsigned f = family_of_word(p);
    if (f == APPLIC_PLATFORM_WINDOWS && vendor_is(c, "microsoft"))
        return str_is(p, "windows") ? APPLIC_PLATFORM_WINDOWS | APPLIC_PLATFORM_BARE_WINDOWS : f;
    if (f == APPLIC_PLATFORM_MACOS)
        return vendor_is(c, "apple") ? f : 0;
    if (f == APPLIC_PLATFORM_LINUX || str_starts(p, "enterprise_linux") || str_ends(p, "_linux") ||
        str_starts(p, "linux_enterprise") || str_is(p, "fedora") || str_is(p, "opensuse") ||
        str_is(p, "leap") || str_is(p, "centos"))
        return APPLIC_PLATFORM_LINUX;
    return 0;
}

static bool no_version(const struct applic_leaf *leaf)
{
    return !cpe_has(&leaf->cpe, CPE_VERSION) && cpe_bounds_none(&leaf->bounds);
}

unsigned applic_platform_generic(const struct applic_leaf *leaf)
{
    const struct cpe *c = &leaf->cpe;
    struct str v = c->attr[CPE_VENDOR], p = c->attr[CPE_PRODUCT];
    if (leaf->match->vulnerable || !no_version(leaf) || !str_is(c->attr[CPE_PART], "o"))
        return 0;
    if (str_is(v, "microsoft") && str_is(p, "windows"))
        return APPLIC_PLATFORM_WINDOWS;
    if (str_is(v, "linux") && str_is(p, "linux_kernel"))
        return APPLIC_PLATFORM_LINUX;
    if (str_is(v, "apple") && family_of_word(p) == APPLIC_PLATFORM_MACOS)
        return APPLIC_PLATFORM_MACOS;
    return 0;
}

bool applic_platform_targets(const struct cpe *app, const struct applic_leaf *leaf)
{
    if (!cpe_has(app, CPE_TARGET_SW) || !str_is(leaf->cpe.attr[CPE_PART], "o") || leaf->match->vulnerable)
        return false;
    struct str t = app->attr[CPE_TARGET_SW], p = leaf->cpe.attr[CPE_PRODUCT];
    if (str_eq(t, p) || (str_is(t, "ios") && str_is(p, "iphone_os")))
        return true;
    unsigned f = family_of_word(t);
    return f && f == applic_platform_generic(leaf);
}

bool applic_platform_vague(unsigned families, const struct applic_leaf *leaf)
{
    return (families & APPLIC_PLATFORM_BARE_WINDOWS) && str_is(leaf->cpe.attr[CPE_PART], "o") &&
           str_is(leaf->cpe.attr[CPE_VENDOR], "microsoft") &&
           str_starts(leaf->cpe.attr[CPE_PRODUCT], "windows_");
}
