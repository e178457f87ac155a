#include "investigate/packs/pack_path.h"

/* What the variables of Windows stand for unless somebody moved it; a regular expression over
 * normal forms, without drive. Any other variable is "(?:/.*)?". */
static const struct {
    const char *name, *regex;
} variables[] = {
    {"systemdrive", ""},
    {"homedrive", ""},
    {"systemroot", "/windows"},
    {"windir", "/windows"},
    {"programdata", "/programdata"},
    {"allusersprofile", "/(?:programdata|documents and settings/all users)"},
    {"programfiles", "/program files(?: \\(x86\\))?"},
    {"programfiles(x86)", "/program files \\(x86\\)"},
    {"programw6432", "/program files"},
    {"commonprogramfiles", "/program files(?: \\(x86\\))?/common files"},
    {"public", "/users/public"},
    {"userprofile", "/(?:users|documents and settings)/[^/]+"},
    {"appdata", "/(?:users/[^/]+/appdata/roaming|documents and settings/[^/]+/application data)"},
    {"localappdata",
     "/(?:users/[^/]+/appdata/local|documents and settings/[^/]+/local settings/application data)"},
    {"temp",
     "/(?:users/[^/]+/appdata/local/temp|documents and settings/[^/]+/local settings/temp|windows/temp)"},
    {"tmp",
     "/(?:users/[^/]+/appdata/local/temp|documents and settings/[^/]+/local settings/temp|windows/temp)"},
    {"system32", "/windows/system32"},
};

static char lower(char c)
{
    return (char)(c == '\\' ? '/' : c >= 'A' && c <= 'Z' ? c + 32 : c);
}

static bool letter(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool separator(char c)
{
    return c == '/' || c == '\\';
}

void pack_path_normal(struct str path, size_t root, char drive, struct buf *out)
{
    if (str_starts(path, "\\\\?\\") || str_starts(path, "\\\\.\\") || str_starts(path, "//?/")) {
        path = str_sub(path, 4, path.n);
        root = root > 4 ? root - 4 : 0;
    }
    size_t i = root && root <= path.n ? root : 0;
    char d = drive ? lower(drive) : 'c';
    if (!i && path.n >= 2 && letter(path.p[0]) && path.p[1] == ':') {
        d = lower(path.p[0]);
        i = 2;
    }
    size_t begin = out->n;
    bool fits = buf_reserve(out, MIN(path.n + 3, out->max - out->n)); /* never longer than the path and "c:/" */
    char *to = fits ? out->p + out->n : NULL, *end = fits ? to + MIN(path.n + 3, out->max - out->n) : NULL;
    for (int k = 0; k < 2 && to < end; k++)
        *to++ = k ? ':' : d;
    while (i < path.n && to < end) {
        while (i < path.n && separator(path.p[i]))
            i++;
        size_t part = i;
        char *slash = to;
        *to++ = '/';
        while (i < path.n && !separator(path.p[i]) && to < end)
            *to++ = lower(path.p[i++]);
        if (i == part || (i - part == 1 && path.p[part] == '.'))
            to = slash;
    }
    if (to < end && to == out->p + begin + 2)
        *to++ = '/';
    if (!fits)
        return;
    out->n = (size_t)(to - out->p);
    out->p[out->n] = 0;
    out->full = i < path.n;
}

bool pack_path_is_glob(struct str p)
{
    return str_chr(p, '*') != STR_NONE || str_chr(p, '?') != STR_NONE;
}

/* ---- patterns ---- */

static void add_plain(struct buf *out, char c)
{
    if (strchr("\\^$.[]|()*+?{}-#&~", c))
        buf_addc(out, '\\');
    buf_addc(out, c);
}

/* One '*', "**" or '?' at p[i]; the index behind it. */
static size_t add_wild(struct str p, size_t i, struct buf *out)
{
    if (p.p[i] == '?') {
        buf_adds(out, "[^/]");
        return i + 1;
    }
    if (i + 1 < p.n && p.p[i + 1] == '*') {
        bool whole = i + 2 < p.n && separator(p.p[i + 2]) && (i == 0 || separator(p.p[i - 1]));
        buf_adds(out, whole ? "(?:.*/)?" : ".*");
        return i + (whole ? 3 : 2);
    }
    buf_adds(out, "[^/]*");
    return i + 1;
}

static const char *variable(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(variables); i++)
        if (str_is_i(name, variables[i].name))
            return variables[i].regex;
    return NULL;
}

/* The beginning of the expression for a drive, root or variable; *at is moved behind it. */
static bool add_start(struct str p, size_t *at, struct buf *out)
{
    size_t end = p.n && p.p[0] == '%' ? str_chr(str_sub(p, 1, p.n), '%') : STR_NONE;
    if (end != STR_NONE) {
        const char *known = variable(str_sub(p, 1, end));
        *at = end + 2;
        if (!known || *known) {
            buf_adds(out, known ? known : "/");
            return !known; /* "/" of an unknown variable is the separator behind it */
        }
    } else if (p.n >= 2 && (letter(p.p[0]) || p.p[0] == '?' || p.p[0] == '*') && p.p[1] == ':') {
        *at = 2;
    } else if (!separator(p.p[0])) {
        buf_adds(out, "/");
        *at = 0;
        return true;
    }
    size_t parts = 0;
    for (size_t i = *at; i < p.n; i++)
        parts += separator(p.p[i]) && i + 1 < p.n && !separator(p.p[i + 1]);
    if (parts < 2)
        buf_adds(out, "^[a-z]:");
    return false;
}

bool pack_path_regex(struct str pattern, struct buf *out)
{
    struct str p = str_trim(pattern);
    size_t i = 0, plain = 0;
    if (str_starts(p, "\\\\?\\"))
        p = str_sub(p, 4, p.n);
    if (!p.n)
        return false;
    bool slash = add_start(p, &i, out); /* the expression ends with a separator */
    while (i < p.n) {
        char c = p.p[i];
        if (separator(c)) {
            if (!slash)
                buf_addc(out, '/');
            slash = true;
            i++;
            continue;
        }
        if (c == '*' || c == '?') {
            size_t next = add_wild(p, i, out);
            slash = next > i + 2; /* took the separator with it */
            i = next;
            continue;
        }
        slash = false;
        plain++;
        add_plain(out, lower(c));
        i++;
    }
    if (slash && p.n && separator(p.p[p.n - 1]))
        buf_adds(out, ".*");
    buf_addc(out, '$');
    return plain > 0 && !buf_full(out);
}

/* ---- a stranger's expressions ---- */

/* Length of a way to write "drive letter and colon" at the beginning of p, 0 when there is none. */
static size_t drive_at(struct str p)
{
    size_t i = p.n && p.p[0] == '^' ? 1 : 0;
    if (i < p.n && p.p[i] == '[') {
        size_t close = str_chr(str_sub(p, i, p.n), ']');
        if (close == STR_NONE || close > 8)
            return 0;
        for (size_t k = i + 1; k < i + close; k++)
            if (!letter(p.p[k]) && p.p[k] != '-')
                return 0;
        i += close + 1;
    } else if (i < p.n && letter(p.p[i]))
        i++;
    return i < p.n && p.p[i] == ':' && i + 2 < p.n && p.p[i + 1] == '\\' && p.p[i + 2] == '\\' ? i + 1 : 0;
}

void pack_path_rewrite(struct str regex, struct buf *out)
{
    size_t i = 0;
    if (str_starts(regex, "(?i)"))
        i = 4;
    size_t drive = drive_at(str_sub(regex, i, regex.n));
    if (drive) {
        buf_adds(out, "^[a-z]:");
        i += drive;
    }
    while (i < regex.n) {
        if (regex.p[i] == '\\' && i + 1 < regex.n) {
            if (regex.p[i + 1] == '\\')
                buf_addc(out, '/');
            else
                buf_add(out, regex.p + i, 2);
            i += 2;
        } else
            buf_addc(out, regex.p[i++]);
    }
}
