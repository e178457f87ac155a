#include "identify/name.h"

#include "identify/name_confirmed.h"
#include "identify/name_dictionary.h"
#include "identify/name_scan.h"
#include "identify/name_version.h"

const char *name_kind_name(enum name_kind k)
{
    static const char *const name[] = {"none", "candidate", "rule", "confirmed"};
    return name[k];
}

#define VENDORS 8

struct work {
    const struct name_sources *s;
    struct arena *a;
    struct name_fold fold;
    struct name_scan scan, column, maker;
    struct str maker_text;
    struct str vendor[VENDORS]; /* stated, in the name or apart */
    size_t vendor_n;
    struct str maker_v[VENDORS]; /* those stated apart only */
    size_t maker_n;
    size_t main; /* segment of the product; SIZE_MAX when there is none */
    const struct name_product *product;
    bool foreign;             /* its vendor is not the one stated */
    struct str other;         /* another product that is named, too */
    size_t other_at;          /* its segment */
    struct str word, word_ja; /* first word not understood, by script */
};

/* ---- vendors ---- */

static void vendors_of(struct work *w, const struct name_scan *scan)
{
    for (size_t i = 0; i < scan->n; i++) {
        const struct name_seg *g = &scan->seg[i];
        if (g->kind != NAME_SEG_VENDOR && !(g->kind == NAME_SEG_PRODUCT && g->both))
            continue;
        for (size_t k = g->first; k < g->first + g->count && w->vendor_n < VENDORS; k++)
            if (w->s->rules->key.p[k].kind == NAME_KEY_VENDOR)
                w->vendor[w->vendor_n++] = w->s->rules->vendor.p[w->s->rules->key.p[k].ref].name;
    }
}

static bool among(const struct work *w, const struct str *v, size_t n, struct str vendor)
{
    for (size_t i = 0; i < n; i++)
        if (name_rules_kin(w->s->rules, v[i], vendor))
            return true;
    return false;
}

static bool vendor_stated(const struct work *w, struct str vendor)
{
    return among(w, w->vendor, w->vendor_n, vendor);
}

/* ---- which product ---- */

/* The product an alias means here. An alias may be shared by vendors: the stated one
 * decides, without one the first in the rules. */
static const struct name_product *alias_product(const struct work *w, const struct name_seg *g, bool *foreign)
{
    const struct name_rules *r = w->s->rules;
    const struct name_product *free_one = NULL;
    for (size_t k = g->first; k < g->first + g->count; k++) {
        const struct name_key *key = &r->key.p[k];
        if (key->kind != NAME_KEY_PRODUCT)
            continue;
        const struct name_product *p = &r->product.p[key->ref];
        if (vendor_stated(w, p->vendor)) {
            *foreign = w->maker_n > 0 && !among(w, w->maker_v, w->maker_n, p->vendor);
            return p;
        }
        if (!(key->flags & NAME_KEY_NEEDS) && !free_one)
            free_one = p;
    }
    /* A maker that is stated apart and that nobody knows is not the product's vendor either. */
    *foreign = w->vendor_n > 0 || w->maker.n > 0;
    return free_one;
}

static bool same_product(const struct name_product *a, const struct name_product *b)
{
    return str_eq(a->vendor, b->vendor) && str_eq(a->product, b->product);
}

static void product_choose(struct work *w)
{
    bool only_both = true, foreign;
    for (size_t i = 0; i < w->scan.n; i++)
        if (w->scan.seg[i].kind == NAME_SEG_PRODUCT && !w->scan.seg[i].both)
            only_both = false;
    w->main = SIZE_MAX;
    for (size_t i = 0; i < w->scan.n; i++) {
        const struct name_seg *g = &w->scan.seg[i];
        if (g->kind != NAME_SEG_PRODUCT || (g->both && !only_both))
            continue;
        const struct name_product *p = alias_product(w, g, &foreign);
        if (!p) {
            /* "Edge" without its vendor: a word like any other. */
            w->word = w->word.n ? w->word : g->text;
        } else if (!w->product || (w->scan.seg[w->main].paren && !g->paren)) {
            w->main = i;
            w->product = p;
            w->foreign = foreign;
        } else if (!same_product(p, w->product) && !g->paren && !w->other.n) {
            w->other = g->text;
            w->other_at = i;
        }
    }
}

static bool is_ascii(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80)
            return false;
    return true;
}

/* "M370" behind "Firebox": of appliances the models do not matter. */
static bool is_model(const struct name_product *p, struct str word)
{
    if (p->form != NAME_FORM_DOTTED && p->form != NAME_FORM_ASA && p->form != NAME_FORM_R &&
        p->form != NAME_FORM_R_FIRST)
        return false;
    for (size_t i = 0; i < word.n; i++)
        if (word.p[i] >= '0' && word.p[i] <= '9')
            return is_ascii(word);
    return false;
}

static void words_weigh(struct work *w)
{
    for (size_t i = 0; i < w->scan.n; i++) {
        const struct name_seg *g = &w->scan.seg[i];
        if (g->kind != NAME_SEG_WORD || g->paren || (w->product && is_model(w->product, g->text)))
            continue;
        struct str *slot = is_ascii(g->text) ? &w->word : &w->word_ja;
        if (!slot->n)
            *slot = g->text;
    }
}

/* ---- versions ---- */

static void versions_of(const struct name_scan *scan, bool column, size_t from, size_t to,
                        struct name_versions *v)
{
    for (size_t i = from; i < scan->n && i < to; i++) {
        const struct name_seg *g = &scan->seg[i];
        struct name_found x = {
            .text = g->text, .ref = g->ref, .build = g->build, .paren = g->paren, .column = column};
        if (g->kind == NAME_SEG_VERSION && v->version_n < NAME_VERSIONS)
            v->version[v->version_n++] = x;
        else if (g->kind == NAME_SEG_UPDATE && v->update_n < NAME_VERSIONS)
            v->update[v->update_n++] = x;
    }
}

static void fill(struct work *w, const struct name_input *in, struct name_match *m)
{
    struct name_versions v = {0};
    struct name_fold version;
    versions_of(&w->scan, false, w->main + 1, w->other_at, &v);
    if (!v.version_n) /* "2019 Exchange Server" */
        versions_of(&w->scan, false, 0, w->main, &v);
    versions_of(&w->column, true, 0, SIZE_MAX, &v);
    v.whole = w->fold.flat;
    if (in->version.n && !name_fold(in->version, w->a, &version, NULL))
        v.whole = str_of(arena_printf(w->a, "%.*s %.*s", STR_ARG(w->fold.flat), STR_ARG(version.flat)));
    name_version_fill(w->s, w->product, &v, w->a, m);
}

/* ---- verdict ---- */

static struct str reason_rule(struct work *w)
{
    const struct name_seg *g = &w->scan.seg[w->main];
    return str_of(arena_printf(w->a, tr("\"%.*s\" is %.*s:%.*s by the rule of line %u."), STR_ARG(g->text),
                               STR_ARG(w->product->vendor), STR_ARG(w->product->product), w->product->line));
}

static void judge(struct work *w, struct name_match *m)
{
    if (w->word.n) {
        m->kind = NAME_NONE;
        m->reason =
            str_of(arena_printf(w->a, tr("It looks like %.*s:%.*s, but \"%.*s\" is not understood."),
                                STR_ARG(w->product->vendor), STR_ARG(w->product->product), STR_ARG(w->word)));
    } else if (w->other.n) {
        m->kind = NAME_CANDIDATE;
        m->reason = str_of(
            arena_printf(w->a, tr("More than one product is named: also \"%.*s\"."), STR_ARG(w->other)));
    } else if (w->foreign) {
        m->kind = NAME_CANDIDATE;
        m->reason = str_of(
            arena_printf(w->a, tr("The name is that of a product of %.*s, but the stated vendor is %.*s."),
                         STR_ARG(w->product->vendor), STR_ARG(w->vendor_n ? w->vendor[0] : w->maker_text)));
    } else if (w->word_ja.n) {
        m->kind = NAME_CANDIDATE;
        m->reason = str_of(arena_printf(w->a, tr("The name holds a word that is not understood: \"%.*s\"."),
                                        STR_ARG(w->word_ja)));
    } else {
        m->kind = NAME_RULE;
        m->reason = reason_rule(w);
    }
}

static void clear_key(struct name_match *m)
{
    m->vendor = m->product = m->version = m->update = m->build = m->also = (struct str){0};
}

/* More than vendors, versions and noise. */
static bool has_words(const struct name_scan *scan)
{
    for (size_t i = 0; i < scan->n; i++)
        if (scan->seg[i].kind == NAME_SEG_WORD || scan->seg[i].kind == NAME_SEG_PRODUCT)
            return true;
    return false;
}

static void scan_apart(struct work *w, struct str text, struct name_scan *out)
{
    struct name_fold f;
    if (text.n && text.n <= LIMIT_LEDGER_CELL && !name_fold(text, w->a, &f, NULL))
        name_scan(w->s->rules, &f, w->a, out);
}

int name_match(const struct name_sources *s, const struct name_input *in, struct arena *a,
               struct name_match *out, struct err *e)
{
    struct work w = {.s = s, .a = a, .maker_text = in->vendor, .other_at = SIZE_MAX};
    memset(out, 0, sizeof(*out));
    if (in->product.n > LIMIT_LEDGER_CELL)
        return err_set(e, ERR_LIMIT, "a product name is longer than %lu bytes", LIMIT_LEDGER_CELL);
    int rc = name_fold(in->product, a, &w.fold, e);
    if (rc)
        return rc;
    if (name_confirmed_get(s->confirmed, w.fold.key, out))
        return 0;
    name_scan(s->rules, &w.fold, a, &w.scan);
    scan_apart(&w, in->version, &w.column);
    scan_apart(&w, in->vendor, &w.maker);
    vendors_of(&w, &w.maker);
    w.maker_n = w.vendor_n;
    memcpy(w.maker_v, w.vendor, sizeof(w.maker_v));
    vendors_of(&w, &w.scan);
    product_choose(&w);
    words_weigh(&w);
    if (w.product) {
        fill(&w, in, out);
        judge(&w, out);
    } else {
        out->reason = str_of(w.fold.key.n ? tr("No rule knows this name.") : tr("There is no name."));
    }
    if (out->kind != NAME_NONE)
        return 0;
    struct str why = out->reason;
    clear_key(out);
    struct name_asked q = {.fold = &w.fold,
                           .scan = &w.scan,
                           .vendor = w.vendor,
                           .vendor_n = w.vendor_n,
                           .maker = in->vendor,
                           .version = in->version};
    if (!s->dictionary || !has_words(&w.scan) || !name_dictionary_match(s->dictionary, &q, a, out))
        out->reason = out->reason.n ? out->reason : why;
    return 0;
}

/* ---- output ---- */

static void quote_add(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool bare = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                    c == '-' || c == '_' || (unsigned char)c >= 0x80;
        if (!bare)
            buf_addc(b, '\\');
        buf_addc(b, c);
    }
}

struct str name_key_text(const struct name_match *m, struct arena *a)
{
    const struct str part[] = {m->vendor, m->product, m->version, m->update};
    struct buf b = BUF_INIT(LIMIT_LEDGER_CELL * 4);
    size_t n = m->update.n ? 4 : m->version.n ? 3 : 2;
    if (m->kind == NAME_NONE || !m->product.n)
        return (struct str){0};
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_addc(&b, ':');
        quote_add(&b, part[i].n ? part[i] : STR_LIT("-"));
    }
    struct str out = arena_str(a, buf_str(&b));
    buf_release(&b);
    return out;
}

static void cell_add(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        buf_addc(out, s.p[i] == '\t' || s.p[i] == '\n' || s.p[i] == '\r' ? ' ' : s.p[i]);
}

void name_row(struct str name, const struct name_match *m, struct arena *a, struct buf *out)
{
    cell_add(out, name);
    buf_printf(out, "\t%s\t", name_kind_name(m->kind));
    cell_add(out, name_key_text(m, a));
    buf_addc(out, '\t');
    cell_add(out, m->reason);
    buf_addc(out, '\n');
}

int name_rules_test(const struct name_sources *s, const char *file, size_t *failed, struct err *e)
{
    struct arena a = {0};
    int rc = 0;
    *failed = 0;
    for (size_t i = 0; i < s->rules->test.n; i++) {
        const struct name_test *t = &s->rules->test.p[i];
        struct name_input in = {.product = t->name};
        struct name_match m;
        struct err mine = {0};
        arena_clear(&a);
        if (name_match(s, &in, &a, &m, &mine))
            m.kind = NAME_NONE;
        struct str got = m.kind == NAME_NONE ? STR_LIT("none") : name_key_text(&m, &a);
        struct str want = t->expect;
        bool candidate = str_starts(want, "candidate ");
        if (candidate)
            want = str_trim(str_sub(want, 10, want.n));
        if (str_eq(got, want) && candidate == (m.kind == NAME_CANDIDATE))
            continue;
        if ((*failed)++ == 0)
            rc = err_at(e, ERR_INPUT, file, t->line, "\"%.*s\" gives %s %.*s, the test wants %.*s",
                        STR_ARG(t->name), name_kind_name(m.kind), STR_ARG(got), STR_ARG(t->expect));
    }
    arena_release(&a);
    return rc;
}
