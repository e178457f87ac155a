/* What the ledger says, put into commands and texts. Nothing that could be read as a command gets into one. */
#include "contain/plan.h"

#include <arpa/inet.h>
#include <stddef.h>

#define TEXT_VALUE 200
#define ACCOUNT_MAX 15 /* sAMAccountName of a computer: the NetBIOS name */

static const char why_none[] = TR("the ledger does not say it");
static const char why_odd[] = TR("what the ledger says is not a plain name or address");
static const char why_setting[] = TR("the setting does not say it");
static const char why_unknown[] = TR("no ledger says it; ask whoever runs the switch");
static const char why_long[] = TR("the name is longer than a directory's 15 characters");
static const char why_many[] = TR("there are more addresses than a line is repeated for");
static const char why_plan[] = TR("it differs from machine to machine");

static bool alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* A host name (RFC 1123), with the '_' that Windows allows; ':' and the like would mean something somewhere. */
static bool safe_name(struct str s)
{
    bool ok = s.n > 0 && s.n <= 253 && alnum(s.p[0]);
    for (size_t i = 0; ok && i < s.n; i++)
        ok = alnum(s.p[i]) || s.p[i] == '.' || s.p[i] == '-' || s.p[i] == '_';
    return ok;
}

static bool safe_address(struct str s)
{
    unsigned char bytes[16];
    char text[INET6_ADDRSTRLEN];
    if (s.n == 0 || s.n >= sizeof(text))
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = 0;
    return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static bool safe_vlan(struct str s)
{
    uint64_t n;
    return s.n <= 4 && num_u64(s, &n) && n >= 1 && n <= 4094;
}

static void put(struct plan_fill *f, struct str value, bool safe, const char *none)
{
    if (value.n == 0)
        f->why = none;
    else if (!safe)
        f->why = why_odd;
    else if (f->n == LIMIT_CONTAIN_VALUES)
        f->why = why_many;
    else
        f->value[f->n++] = value;
}

/* "10.0.0.1/24" says an address and its network. */
static struct str without_prefix(struct str s)
{
    size_t slash = str_chr(s, '/');
    uint64_t bits;
    return slash != STR_NONE && num_u64(str_sub(s, slash + 1, s.n), &bits) && bits <= 128 ? str_sub(s, 0, slash) : s;
}

/* A cell may hold several addresses. One that is none spoils them all: half a block is worse than a mark. */
static void put_addresses(struct plan_fill *f, struct str cell, bool networks, const char *none)
{
    size_t before = f->n;
    if (cell.n == 0)
        f->why = none;
    for (size_t i = 0; i < cell.n;) {
        size_t n = 0;
        while (i + n < cell.n && !strchr(",; \t\r\n", cell.p[i + n]))
            n++;
        struct str word = str_sub(cell, i, n), address = without_prefix(word);
        if (n)
            put(f, networks ? word : address, safe_address(address), none);
        i += n + 1;
    }
    if (f->why || f->n - before == 0)
        f->n = before;
    if (f->n == 0 && !f->why)
        f->why = why_odd;
}

struct str plan_plain(struct str s, struct arena *a)
{
    size_t n = s.n > TEXT_VALUE ? str_utf8_clip(s.p, TEXT_VALUE) : s.n;
    char *p = arena_alloc(a, n + 1);
    for (size_t i = 0; i < n; i++)
        p[i] = (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f ? ' ' : s.p[i];
    struct str out = str_n(p, n);
    return n < s.n ? str_of(arena_printf(a, STR_FMT "…", STR_ARG(out))) : out;
}

static void put_machine(const struct plan_machine *m, struct arena *a, struct plan_values *v)
{
    const struct asset *as = m->asset;
    struct str label = str_sub(as->name, 0, str_chr(as->name, '.') == STR_NONE ? as->name.n : str_chr(as->name, '.'));
    put(&v->place[PLAYBOOK_NAME], as->name, safe_name(as->name), why_none);
    put(&v->place[PLAYBOOK_ACCOUNT], label, safe_name(label), why_none);
    if (label.n > ACCOUNT_MAX && safe_name(label))
        v->place[PLAYBOOK_ACCOUNT] = (struct plan_fill){.why = why_long};
    put(&v->place[PLAYBOOK_KEY], as->key, safe_name(as->key), why_none);
    put_addresses(&v->place[PLAYBOOK_IP], as->ip, false, why_none);
    const struct {
        enum playbook_place place;
        struct str value;
    } word[] = {{PLAYBOOK_OWNER, as->owner},     {PLAYBOOK_DEPARTMENT, as->department},
                {PLAYBOOK_PLACE, as->place},     {PLAYBOOK_PURPOSE, as->purpose},
                {PLAYBOOK_CONTACT, as->contact}, {PLAYBOOK_ORGANISATION, as->organisation}};
    for (size_t i = 0; i < ARRAY_LEN(word); i++) {
        put(&v->place[word[i].place], word[i].value, safe_name(word[i].value), why_none);
        v->text[word[i].place] = plan_plain(word[i].value, a);
    }
    struct str count = str_of(arena_printf(a, "%lld", (long long)as->count));
    put(&v->place[PLAYBOOK_COUNT], count, true, why_none);
    v->text[PLAYBOOK_NAME] = v->text[PLAYBOOK_ACCOUNT] = plan_plain(as->name.n ? as->name : as->key, a);
    v->text[PLAYBOOK_KEY] = plan_plain(as->key, a);
    v->text[PLAYBOOK_IP] = plan_plain(as->ip, a);
    v->text[PLAYBOOK_COUNT] = count;
}

static void put_directory(const struct plan_input *in, struct arena *a, struct plan_values *v)
{
    struct plan_fill *name = &v->place[PLAYBOOK_DC_NAME], *ip = &v->place[PLAYBOOK_DC_IP];
    struct buf names = BUF_INIT(TEXT_VALUE * 2);
    bool odd = false;
    for (size_t i = 0; i < in->ledger_n; i++) {
        const struct asset *as = in->ledger[i].asset;
        if (!playbook_word(in->book->directory, in->book->directory_n, as->kind) &&
            !playbook_word(in->book->directory, in->book->directory_n, as->purpose))
            continue;
        put(name, as->name, safe_name(as->name), why_none);
        put_addresses(ip, as->ip, false, why_none);
        odd = odd || name->why || ip->why;
        buf_printf(&names, "%s" STR_FMT, names.n ? ", " : "", STR_ARG(plan_plain(as->name, a)));
    }
    if (name->n == 0 && !name->why)
        name->why = ip->why = why_none;
    /* One server that is missing from the block leaves the way open. */
    if (odd && name->why)
        name->n = 0;
    if (odd && ip->why)
        ip->n = 0;
    v->text[PLAYBOOK_DC_NAME] = plan_plain(buf_str(&names), a);
    v->text[PLAYBOOK_DC_IP] = v->text[PLAYBOOK_DC_NAME];
    buf_release(&names);
}

/* The words of all machines, each once; at most a dozen. */
static struct str join(const struct plan_input *in, size_t offset, struct arena *a)
{
    struct buf b = BUF_INIT(16 * KIB);
    size_t n = 0;
    for (size_t i = 0; i < in->machine_n && n < 13; i++) {
        struct str s = *(const struct str *)((const char *)in->machine[i].asset + offset);
        bool before = s.n == 0;
        for (size_t k = 0; !before && k < i; k++)
            before = str_eq(s, *(const struct str *)((const char *)in->machine[k].asset + offset));
        if (before)
            continue;
        if (++n <= 12)
            buf_printf(&b, "%s" STR_FMT, n > 1 ? ", " : "", STR_ARG(plan_plain(s, a)));
        else
            buf_adds(&b, ", …");
    }
    struct str out = arena_str(a, buf_str(&b));
    buf_release(&b);
    return out;
}

static void put_all(const struct plan_input *in, struct arena *a, struct plan_values *v)
{
    for (int i = 0; i < PLAYBOOK_PLACES; i++)
        v->place[i].why = why_plan;
    v->text[PLAYBOOK_NAME] = v->text[PLAYBOOK_ACCOUNT] = join(in, offsetof(struct asset, name), a);
    v->text[PLAYBOOK_KEY] = join(in, offsetof(struct asset, key), a);
    v->text[PLAYBOOK_IP] = join(in, offsetof(struct asset, ip), a);
    v->text[PLAYBOOK_OWNER] = join(in, offsetof(struct asset, owner), a);
    v->text[PLAYBOOK_DEPARTMENT] = join(in, offsetof(struct asset, department), a);
    v->text[PLAYBOOK_PLACE] = join(in, offsetof(struct asset, place), a);
    v->text[PLAYBOOK_PURPOSE] = join(in, offsetof(struct asset, purpose), a);
    v->text[PLAYBOOK_ORGANISATION] = join(in, offsetof(struct asset, organisation), a);
    v->text[PLAYBOOK_CONTACT] = join(in, offsetof(struct asset, contact), a);
    v->text[PLAYBOOK_COUNT] = str_of(arena_printf(a, "%zu", in->machine_n));
}

void plan_values_of(const struct plan_input *in, const struct plan_machine *m, struct arena *a,
                    struct plan_values *out)
{
    *out = (struct plan_values){0};
    if (m)
        put_machine(m, a, out);
    else
        put_all(in, a, out);
    out->place[PLAYBOOK_DC_NAME] = out->place[PLAYBOOK_DC_IP] = out->place[PLAYBOOK_ADMIN_IP] =
        out->place[PLAYBOOK_VLAN] = out->place[PLAYBOOK_CASE] = (struct plan_fill){0};
    put_directory(in, a, out);
    put_addresses(&out->place[PLAYBOOK_ADMIN_IP], in->site.admin_ip, true, why_setting);
    put(&out->place[PLAYBOOK_VLAN], in->site.vlan, safe_vlan(in->site.vlan), why_setting);
    out->place[PLAYBOOK_PORT].why = why_unknown;
    struct str number = str_of(arena_printf(a, "C-%lld", (long long)in->case_id));
    put(&out->place[PLAYBOOK_CASE], number, true, NULL);
    out->text[PLAYBOOK_CASE] = number;
    out->text[PLAYBOOK_ADMIN_IP] = plan_plain(in->site.admin_ip, a);
    out->text[PLAYBOOK_VLAN] = plan_plain(in->site.vlan, a);
}

struct str plan_text(struct str template, const struct plan_values *v, struct arena *a)
{
    struct buf b = BUF_INIT(4 * LIMIT_PLAYBOOK_TEXT);
    size_t from = 0, pos = 0, end;
    enum playbook_place place;
    for (; playbook_place_next(template, &pos, &end, &place); pos = from = end) {
        struct str value = (int)place < PLAYBOOK_PLACES ? v->text[place] : (struct str){0};
        buf_add_str(&b, str_sub(template, from, pos - from));
        if (value.n)
            buf_add_str(&b, value);
        else
            buf_adds(&b, tr("(not in the ledger)"));
    }
    buf_add_str(&b, str_sub(template, from, template.n));
    struct str out = arena_str(a, buf_str(&b));
    buf_release(&b);
    return out;
}

/* One line with the n-th value of the place that has several. */
static void add_line(struct buf *b, struct str line, const struct plan_values *v, size_t nth[PLAYBOOK_PLACES])
{
    size_t from = 0, pos = 0, end;
    enum playbook_place place;
    if (b->n)
        buf_addc(b, '\n');
    for (; playbook_place_next(line, &pos, &end, &place); pos = from = end) {
        const struct plan_fill *f = &v->place[place];
        buf_add_str(b, str_sub(line, from, pos - from));
        if (f->n)
            buf_add_str(b, f->value[nth[place]]);
        else
            buf_printf(b, tr("<fill in: %s>"), playbook_places[place]);
    }
    buf_add_str(b, str_sub(line, from, line.n));
}

struct str plan_commands(struct str template, const struct plan_values *v, bool used[PLAYBOOK_PLACES], struct arena *a)
{
    struct buf b = BUF_INIT(4 * LIMIT_PLAYBOOK_TEXT);
    struct str rest = template, line;
    while (str_line_next(&rest, &line)) {
        size_t pos = 0, end, nth[PLAYBOOK_PLACES] = {0}, digit = 0;
        enum playbook_place place, order[PLAYBOOK_PLACES] = {0};
        size_t order_n = 0;
        bool met[PLAYBOOK_PLACES] = {0};
        for (; playbook_place_next(line, &pos, &end, &place); pos = end) {
            if (!met[place])
                order[order_n++] = place;
            met[place] = used[place] = true;
        }
        /* Counts through every combination of the values of its places. */
        do {
            add_line(&b, line, v, nth);
            for (digit = order_n; digit > 0; digit--) {
                const struct plan_fill *f = &v->place[order[digit - 1]];
                if (++nth[order[digit - 1]] < f->n)
                    break;
                nth[order[digit - 1]] = 0;
            }
        } while (digit > 0 && !buf_full(&b));
    }
    if (buf_full(&b)) { /* half a command is worse than none */
        buf_clear(&b);
        buf_printf(&b, "# %s", tr("there are more addresses than fit into one block of commands"));
    }
    struct str out = arena_str(a, buf_str(&b));
    buf_release(&b);
    return out;
}
