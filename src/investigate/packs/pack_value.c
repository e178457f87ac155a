#include <arpa/inet.h>

#include "investigate/packs/pack_build.h"

/* ---- refang ---- */

static const struct {
    const char *from, *to;
} fangs[] = {
    {"[.]", "."},  {"(.)", "."}, {"{.}", "."}, {"[dot]", "."}, {"(dot)", "."}, {"[:]", ":"}, {"[://]", "://"},
    {"[at]", "@"}, {"[@]", "@"}, {"[/]", "/"}, {"[.", "."},    {".]", "."},    {"\\.", "."},
};

static bool host_like(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (strchr(" <>\"|", s.p[i]))
            return false;
    return true;
}

struct str pack_value_refang(struct arena *a, struct str s)
{
    s = str_trim(s);
    struct str out = arena_str(a, s);
    char *p = (char *)out.p;
    size_t n = 0, i = 0;
    if (str_starts_i(s, "hxxp") || str_starts_i(s, "fxp:") || str_starts_i(s, "h**p")) {
        size_t scheme = str_starts_i(s, "fxp:") ? 3 : 4;
        const char *plain = scheme == 3 ? "ftp" : "http";
        memcpy(p, plain, strlen(plain));
        n = strlen(plain);
        i = scheme;
    }
    bool defang = host_like(s) && str_chr(s, '\\') == STR_NONE;
    while (i < s.n) {
        size_t f = ARRAY_LEN(fangs);
        if (defang && (s.p[i] == '[' || s.p[i] == '(' || s.p[i] == '{' || s.p[i] == '.'))
            for (f = 0; f < ARRAY_LEN(fangs); f++)
                if (str_starts_i(str_sub(s, i, s.n), fangs[f].from))
                    break;
        if (f < ARRAY_LEN(fangs)) {
            size_t to = strlen(fangs[f].to);
            memcpy(p + n, fangs[f].to, to);
            n += to;
            i += strlen(fangs[f].from);
        } else
            p[n++] = s.p[i++];
    }
    p[n] = 0;
    return str_n(p, n);
}

/* ---- what it is ---- */

enum hash_kind pack_value_hash(struct str s)
{
    if (s.n != 32 && s.n != 40 && s.n != 64)
        return 0;
    for (size_t i = 0; i < s.n; i++)
        if (num_hex_digit(s.p[i]) < 0)
            return 0;
    return s.n == 32 ? HASH_MD5 : s.n == 40 ? HASH_SHA1 : HASH_SHA256;
}

static const struct {
    const char *word; /* letters and digits only, lower case */
    enum indicator_kind kind;
    enum hash_kind hash;
} types[] = {
    {"md5", INDICATOR_HASH, HASH_MD5},
    {"filemd5", INDICATOR_HASH, HASH_MD5},
    {"filehashmd5", INDICATOR_HASH, HASH_MD5},
    {"sha1", INDICATOR_HASH, HASH_SHA1},
    {"filesha1", INDICATOR_HASH, HASH_SHA1},
    {"filehashsha1", INDICATOR_HASH, HASH_SHA1},
    {"sha256", INDICATOR_HASH, HASH_SHA256},
    {"filesha256", INDICATOR_HASH, HASH_SHA256},
    {"filehashsha256", INDICATOR_HASH, HASH_SHA256},
    {"hash", INDICATOR_HASH, 0},
    {"filehash", INDICATOR_HASH, 0},
    {"filename", INDICATOR_PATH, 0},
    {"filepath", INDICATOR_PATH, 0},
    {"filepathname", INDICATOR_PATH, 0},
    {"path", INDICATOR_PATH, 0},
    {"fullpath", INDICATOR_PATH, 0},
    {"directory", INDICATOR_PATH, 0},
    {"folder", INDICATOR_PATH, 0},
    {"ip", INDICATOR_IP, 0},
    {"ips", INDICATOR_IP, 0},
    {"ipv4", INDICATOR_IP, 0},
    {"ipv6", INDICATOR_IP, 0},
    {"ipaddress", INDICATOR_IP, 0},
    {"ipaddr", INDICATOR_IP, 0},
    {"ipsrc", INDICATOR_IP, 0},
    {"ipdst", INDICATOR_IP, 0},
    {"ipv4addr", INDICATOR_IP, 0},
    {"ipv6addr", INDICATOR_IP, 0},
    {"cidr", INDICATOR_IP, 0},
    {"domain", INDICATOR_DOMAIN, 0},
    {"domainname", INDICATOR_DOMAIN, 0},
    {"hostname", INDICATOR_DOMAIN, 0},
    {"host", INDICATOR_DOMAIN, 0},
    {"fqdn", INDICATOR_DOMAIN, 0},
    {"url", INDICATOR_URL, 0},
    {"uri", INDICATOR_URL, 0},
    {"link", INDICATOR_URL, 0},
    {"useragent", INDICATOR_USER_AGENT, 0},
    {"httpuseragent", INDICATOR_USER_AGENT, 0},
    {"registry", INDICATOR_REGISTRY, 0},
    {"registrykey", INDICATOR_REGISTRY, 0},
    {"registrypath", INDICATOR_REGISTRY, 0},
    {"regkey", INDICATOR_REGISTRY, 0},
    {"regkeyvalue", INDICATOR_REGISTRY, 0},
    {"process", INDICATOR_PROCESS, 0},
    {"processname", INDICATOR_PROCESS, 0},
    {"commandline", INDICATOR_COMMAND, 0},
    {"command", INDICATOR_COMMAND, 0},
    {"cmdline", INDICATOR_COMMAND, 0},
    {"detection", INDICATOR_DETECTION, 0},
    {"detectionname", INDICATOR_DETECTION, 0},
    {"avsignature", INDICATOR_DETECTION, 0},
    {"mutex", INDICATOR_OTHER, 0},
    {"email", INDICATOR_OTHER, 0},
    {"emailaddress", INDICATOR_OTHER, 0},
    {"emailsrc", INDICATOR_OTHER, 0},
    {"emaildst", INDICATOR_OTHER, 0},
    {"namedpipe", INDICATOR_OTHER, 0},
    {"service", INDICATOR_OTHER, 0},
    {"certificate", INDICATOR_OTHER, 0},
    {"imphash", INDICATOR_OTHER, 0},
    {"ssdeep", INDICATOR_OTHER, 0},
    {"string", INDICATOR_OTHER, 0},
    {"other", INDICATOR_OTHER, 0},
};

bool pack_value_type(struct str word, enum indicator_kind *kind, enum hash_kind *hash)
{
    char key[32];
    size_t n = 0;
    for (size_t i = 0; i < word.n && n < sizeof(key); i++) {
        char c = word.p[i];
        if ((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'))
            key[n++] = (char)(c | 32 * (c >= 'A'));
    }
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (str_is(str_n(key, n), types[i].word)) {
            *kind = types[i].kind;
            *hash = types[i].hash;
            return true;
        }
    return false;
}

static bool is_domain(struct str s)
{
    size_t dots = 0, label = 0;
    bool letters = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '.') {
            if (!label)
                return false;
            dots++;
            label = 0;
            letters = false;
            continue;
        }
        bool alpha = (c | 32) >= 'a' && (c | 32) <= 'z';
        if (!alpha && !(c >= '0' && c <= '9') && c != '-' && c != '_' && (unsigned char)c < 128)
            return false;
        letters |= alpha || (unsigned char)c >= 128;
        label++;
    }
    return dots > 0 && label >= 2 && letters && s.n <= 253;
}

static bool file_extension(struct str s)
{
    static const char *const known[] = {
        ".exe",  ".dll", ".aspx", ".asp", ".ashx", ".asmx", ".jsp", ".php", ".bat", ".cmd", ".ps1",
        ".vbs",  ".js",  ".txt",  ".dat", ".tmp",  ".log",  ".zip", ".7z",  ".rar", ".sys", ".doc",
        ".docx", ".xls", ".xlsx", ".pdf", ".lnk",  ".hta",  ".scr", ".cab", ".gif", ".png", ".dmp"};
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (str_ends_i(s, known[i]))
            return true;
    return false;
}

bool pack_value_guess(struct str v, enum indicator_kind *kind)
{
    unsigned char addr[16];
    unsigned bits;
    size_t colon = str_find(v, STR_LIT("://"));
    if (pack_value_hash(v))
        *kind = INDICATOR_HASH;
    else if (pack_value_ip(v, addr, &bits))
        *kind = INDICATOR_IP;
    else if (colon != STR_NONE && colon < 12)
        *kind = INDICATOR_URL;
    else if (str_starts_i(v, "HKEY_") || str_starts_i(v, "HKLM") || str_starts_i(v, "HKCU") ||
             str_starts_i(v, "HKU\\"))
        *kind = INDICATOR_REGISTRY;
    else if (v.n > 2 && (v.p[1] == ':' || v.p[0] == '%' || v.p[0] == '/' || v.p[0] == '\\'))
        *kind = INDICATOR_PATH;
    else if (str_chr(v, ' ') == STR_NONE && file_extension(v))
        *kind = INDICATOR_PATH;
    else if (is_domain(v))
        *kind = INDICATOR_DOMAIN;
    else
        return false;
    return true;
}

enum tlp pack_value_tlp(struct str w)
{
    static const struct {
        const char *word;
        enum tlp tlp;
    } words[] = {{"white", TLP_CLEAR},
                 {"clear", TLP_CLEAR},
                 {"green", TLP_GREEN},
                 {"amber", TLP_AMBER},
                 {"amber+strict", TLP_AMBER_STRICT},
                 {"red", TLP_RED}};
    w = str_trim(w);
    if (str_starts_i(w, "tlp:"))
        w = str_sub(w, 4, w.n);
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_is_i(w, words[i].word))
            return words[i].tlp;
    return TLP_NONE;
}

/* ---- addresses ---- */

bool pack_value_ip(struct str s, unsigned char addr[16], unsigned *bits)
{
    char text[64];
    uint64_t prefix = 128;
    size_t slash = str_chr(s, '/');
    struct str host = slash == STR_NONE ? s : str_sub(s, 0, slash);
    bool v4 = str_chr(host, ':') == STR_NONE;
    if (!host.n || host.n >= sizeof(text))
        return false;
    memcpy(text, host.p, host.n);
    text[host.n] = 0;
    if (strlen(text) != host.n)
        return false;
    if (v4) {
        memset(addr, 0, 10);
        memset(addr + 10, 0xff, 2);
    }
    if (inet_pton(v4 ? AF_INET : AF_INET6, text, v4 ? addr + 12 : addr) != 1)
        return false;
    if (slash != STR_NONE && (!num_u64(str_sub(s, slash + 1, s.n), &prefix) || prefix > (v4 ? 32 : 128)))
        return false;
    *bits = (unsigned)(slash != STR_NONE && v4 ? prefix + 96 : prefix);
    return true;
}

bool pack_value_within(struct str s, struct str net)
{
    unsigned char a[16], b[16];
    unsigned an, bn;
    if (!pack_value_ip(s, a, &an) || !pack_value_ip(net, b, &bn) || an < bn)
        return false;
    for (unsigned i = 0; i < bn; i++)
        if ((a[i / 8] ^ b[i / 8]) >> (7 - i % 8) & 1)
            return false;
    return true;
}

enum indicator_level pack_value_level(enum indicator_kind kind, int score)
{
    switch (kind) {
    case INDICATOR_HASH:
    case INDICATOR_YARA:
    case INDICATOR_DETECTION:
        return score >= 50 ? LEVEL_SHELL_PRESENT : LEVEL_HINT;
    case INDICATOR_PATH:
    case INDICATOR_CONTENT:
    case INDICATOR_FILE:
        return score >= 70 ? LEVEL_SHELL_PRESENT : LEVEL_HINT;
    case INDICATOR_COMMAND:
    case INDICATOR_PROCESS:
    case INDICATOR_REGISTRY:
        return score >= 70 ? LEVEL_POST_EXPLOITATION : LEVEL_HINT;
    default:
        return LEVEL_HINT;
    }
}
