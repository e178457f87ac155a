#include "investigate/packs/pack_build.h"
#include "investigate/packs/pack_path.h"

/* Files that are everywhere: the empty file and files of one newline, one NUL, or CR LF. */
static const char *const trivial[] = {
    /* md5 */
    "d41d8cd98f00b204e9800998ecf8427e", "68b329da9893e34099c7d8ad5cb9c940",
    "93b885adfe0da089cdf634904fd59f71", "81051bcc2cf1bedf378224b0a93e2877",
    /* sha1 */
    "da39a3ee5e6b4b0d3255bfef95601890afd80709", "adc83b19e793491b1c6ea0fd8b46cd9f32e592fc",
    "5ba93c9db0cff93f52b521d7420e43f6eda2784f", "ba8ab5a0280b953aa97435ff8946cbcbb2755a27",
    /* sha256 */
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "7eb70257593da06f682a3ddda54a9d260d4fc514f645237f5ca74b08f8da61a6"};

/* Networks nobody attacks from over the Internet (RFC 6890, 5737, 3849), and resolvers everybody asks. */
static const struct {
    const char *net, *why;
} networks[] = {
    {"0.0.0.0/8", TR("the address is reserved, it never appears as a sender")},
    {"10.0.0.0/8", TR("the address is private: it means another machine in every network")},
    {"100.64.0.0/10", TR("the address is private: it means another machine in every network")},
    {"127.0.0.0/8", TR("the address is the machine itself")},
    {"169.254.0.0/16", TR("the address is private: it means another machine in every network")},
    {"172.16.0.0/12", TR("the address is private: it means another machine in every network")},
    {"192.0.2.0/24", TR("the address is reserved for documentation")},
    {"192.168.0.0/16", TR("the address is private: it means another machine in every network")},
    {"198.51.100.0/24", TR("the address is reserved for documentation")},
    {"203.0.113.0/24", TR("the address is reserved for documentation")},
    {"224.0.0.0/4", TR("the address is reserved, it never appears as a sender")},
    {"240.0.0.0/4", TR("the address is reserved, it never appears as a sender")},
    {"8.8.8.8", TR("the address is a public name server that everybody asks")},
    {"8.8.4.4", TR("the address is a public name server that everybody asks")},
    {"1.1.1.1", TR("the address is a public name server that everybody asks")},
    {"1.0.0.1", TR("the address is a public name server that everybody asks")},
    {"9.9.9.9", TR("the address is a public name server that everybody asks")},
    {"149.112.112.112", TR("the address is a public name server that everybody asks")},
    {"208.67.222.222", TR("the address is a public name server that everybody asks")},
    {"208.67.220.220", TR("the address is a public name server that everybody asks")},
    {"::1", TR("the address is the machine itself")},
    {"fc00::/7", TR("the address is private: it means another machine in every network")},
    {"fe80::/10", TR("the address is private: it means another machine in every network")},
    {"2001:db8::/32", TR("the address is reserved for documentation")},
    {"2001:4860:4860::8888", TR("the address is a public name server that everybody asks")},
    {"2606:4700:4700::1111", TR("the address is a public name server that everybody asks")},
};

/* Names that lie in every Windows or every web server: no trace by themselves. */
static const char *const stock[] = {
    "cmd.exe",      "powershell.exe", "explorer.exe", "svchost.exe",  "lsass.exe",    "rundll32.exe",
    "winlogon.exe", "services.exe",   "csrss.exe",    "kernel32.dll", "ntdll.dll",    "user32.dll",
    "index.html",   "index.php",      "web.config",   "desktop.ini",  "regsvr32.exe", "notepad.exe",
    "taskmgr.exe",  "iexplore.exe",   "wininit.exe",  "smss.exe",     "w3wp.exe",     "conhost.exe"};

static const char *hash(const struct indicator *i)
{
    enum hash_kind k = pack_value_hash(i->value);
    if (!k)
        return tr("a hash is 32, 40 or 64 hexadecimal digits");
    if (k != i->hash)
        return tr("the hash has not the length of its kind");
    for (size_t n = 0; n < ARRAY_LEN(trivial); n++)
        if (str_is(i->value, trivial[n]))
            return tr("it is the hash of an empty or one-byte file, which every machine has");
    return NULL;
}

static const char *address(const struct indicator *i)
{
    unsigned char addr[16];
    unsigned bits;
    if (!pack_value_ip(i->value, addr, &bits))
        return tr("it is not an address");
    if (bits < 96 + 8 && str_chr(i->value, ':') == STR_NONE)
        return tr("the network is so large that it means nothing");
    for (size_t n = 0; n < ARRAY_LEN(networks); n++)
        if (pack_value_within(i->value, str_of(networks[n].net)))
            return tr(networks[n].why);
    return NULL;
}

static const char *domain(const struct indicator *i)
{
    enum indicator_kind k;
    static const char *const common[] = {"localhost",         "google.com", "www.google.com", "microsoft.com",
                                         "www.microsoft.com", "github.com", "bing.com",       "www.bing.com"};
    if (!pack_value_guess(i->value, &k) || (k != INDICATOR_DOMAIN && k != INDICATOR_PATH))
        return tr("it is not a domain name");
    for (size_t n = 0; n < ARRAY_LEN(common); n++)
        if (str_is(i->value, common[n]))
            return tr("the domain is one that everybody visits");
    return NULL;
}

/* The path ends as one of the stock files that the pack, or a known one, lists. */
static bool is_stock(const struct pack *p, struct str value)
{
    struct buf b = BUF_INIT(LIMIT_LINE);
    bool yes = false;
    pack_path_normal(value, 0, 0, &b);
    for (size_t n = 0; n < p->stock_n && !yes; n++) {
        struct str tail = str_sub(p->stock[n], 2, p->stock[n].n); /* without its drive */
        yes = b.n >= tail.n && str_eq(str_sub(buf_str(&b), b.n - tail.n, tail.n), tail);
    }
    buf_release(&b);
    return yes;
}

static const char *path(const struct pack *p, const struct indicator *i, enum pack_note_kind *kind)
{
    if (i->form != PATTERN_LITERAL)
        return NULL;
    for (size_t n = 0; n < ARRAY_LEN(stock); n++)
        if (str_is_i(i->value, stock[n]))
            return tr("the name belongs to a stock file of every installation");
    if (is_stock(p, i->value)) {
        *kind = PACK_WARNING;
        return tr("the path is a stock file of the vendor: only its hash can tell");
    }
    return NULL;
}

const char *pack_lint(const struct pack *p, const struct indicator *i, enum pack_note_kind *kind)
{
    const char *why = NULL;
    *kind = PACK_REJECTED;
    if (i->form == PATTERN_REGEX && i->rx) {
        enum pack_regex_sense s = pack_regex_judge(i->rx);
        if (s == PACK_REGEX_NEVER)
            return tr("the regular expression can never match: '$' stands in the middle (write \\$ for the "
                      "character)");
        if (s == PACK_REGEX_ALWAYS)
            return tr("the regular expression matches everything");
    }
    switch (i->kind) {
    case INDICATOR_HASH:
        why = hash(i);
        break;
    case INDICATOR_IP:
        why = address(i);
        break;
    case INDICATOR_DOMAIN:
        why = domain(i);
        break;
    case INDICATOR_PATH:
        why = path(p, i, kind);
        break;
    case INDICATOR_CONTENT:
    case INDICATOR_LINE:
        if (i->form == PATTERN_LITERAL && i->value.n < 4)
            why = tr("a text of fewer than four bytes is found everywhere");
        break;
    default:
        break;
    }
    if (!why && i->from != WHEN_NONE && i->until != WHEN_NONE && i->from >= i->until) {
        *kind = PACK_WARNING;
        why = tr("its validity ends before it begins");
    }
    return why;
}
