#include "collect/feeds/msrc_record.h"

void msrc_record_doc_init(struct msrc_doc *d, const struct cvrf_doc *doc)
{
    memset(d, 0, sizeof(*d));
    d->doc = doc;
    for (size_t i = 0; i < doc->product_n; i++) {
        bool made;
        uint64_t *at = map_put(&d->product, doc->product[i].id, &made);
        if (made)
            *at = i + 1;
    }
}

void msrc_record_doc_release(struct msrc_doc *d)
{
    map_release(&d->product);
}

static struct str product_name(const struct msrc_doc *d, struct str id)
{
    const uint64_t *at = map_get(&d->product, id);
    return at && *at ? d->doc->product[*at - 1].name : (struct str){0};
}

/* ---- fields with a grammar of their own ---- */

static struct str strip_zero_width(struct arena *a, struct str s)
{
    static const char space[] = "\xE2\x80\x8B"; /* U+200B */
    if (str_find(s, STR_LIT("\xE2\x80\x8B")) == STR_NONE)
        return s;
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n;) {
        if (i + 3 <= s.n && memcmp(s.p + i, space, 3) == 0)
            i += 3;
        else
            p[n++] = s.p[i++];
    }
    return str_n(p, n);
}

struct str msrc_record_build(struct arena *a, struct str s)
{
    s = str_trim(strip_zero_width(a, s));
    if (str_starts_i(s, "Fixed Version "))
        s = str_trim(str_sub(s, 14, s.n));
    while (s.n && s.p[s.n - 1] == '.')
        s.n--;
    if (!s.n || s.p[0] < '0' || s.p[0] > '9' || str_chr(s, '.') == STR_NONE)
        return (struct str){0};
    for (size_t i = 0; i < s.n; i++)
        if (strchr("xX; ,/\t\n", s.p[i]))
            return (struct str){0};
    return s;
}

static bool digits(struct str s)
{
    uint64_t v;
    return num_u64(s, &v);
}

/* A KB number: 6 to 8 digits, with or without KB in front. */
static struct str kb_number(struct str s)
{
    s = str_trim(s);
    if (str_starts_i(s, "KB"))
        s = str_trim(str_sub(s, 2, s.n));
    return s.n >= 6 && s.n <= 8 && digits(s) ? s : (struct str){0};
}

static bool is_bulletin(struct str s)
{
    return s.n == 8 && str_starts_i(s, "MS") && s.p[4] == '-' && digits(str_sub(s, 2, 2)) &&
           digits(str_sub(s, 5, 3));
}

struct str msrc_record_supersedes(struct arena *a, struct str s)
{
    struct feed_set set = {.a = a};
    struct buf b = BUF_INIT(64 * KIB);
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        while (i < s.n && !strchr(";, \t\r\n", s.p[i]))
            i++;
        struct str word = str_sub(s, from, i - from), kb = kb_number(word);
        if (kb.n)
            feed_set_add(&set, kb);
        else if (is_bulletin(word))
            feed_set_add(&set, word);
        i++;
    }
    feed_set_done(&set);
    for (size_t i = 0; i < set.n; i++) {
        if (i)
            buf_addc(&b, ',');
        buf_add_str(&b, set.p[i]);
    }
    s = arena_str(a, buf_str(&b));
    buf_release(&b);
    return s;
}

/* The word behind "key:" in "Publicly Disclosed:No;Exploited:Yes;…". */
static struct str status_word(struct str s, const char *key)
{
    struct str_split it = str_split_init(s, ';');
    struct str part;
    while (str_split_next(&it, &part)) {
        size_t colon = str_chr(part, ':');
        if (colon != STR_NONE && str_is_i(str_trim(str_sub(part, 0, colon)), key))
            return str_trim(str_sub(part, colon + 1, part.n));
    }
    return (struct str){0};
}

/* ---- products ---- */

static bool is_fix(const struct cvrf_entry *en)
{
    return str_is_i(en->type, "Vendor Fix");
}

/* Ids a CVE lists as affected, in order. */
static struct feed_set affected_ids(struct arena *a, const struct cvrf_vuln *x)
{
    struct feed_set ids = {.a = a};
    for (size_t i = 0; i < x->status_n; i++)
        if (str_is_i(x->status[i].type, "Known Affected"))
            for (size_t k = 0; k < x->status[i].id_n; k++)
                feed_set_add(&ids, x->status[i].id[k]);
    feed_set_done(&ids);
    return ids;
}

static void fill(struct arena *a, const struct msrc_doc *d, struct str id, const struct cvrf_entry *en,
                 struct vendor_product *out)
{
    memset(out, 0, sizeof(*out));
    out->product_id = id;
    out->name = product_name(d, id);
    out->status = STR_LIT("known_affected");
    if (!en)
        return;
    out->kb = kb_number(en->text);
    out->fixed_build = msrc_record_build(a, en->fixed_build);
    out->supersedes = msrc_record_supersedes(a, en->supersedes);
    out->subtype = feed_one_line(a, en->subtype);
    out->restart = feed_one_line(a, en->restart);
    out->url = str_trim(en->url);
}

/* One row for each product and fix; one without a fix for a product that has none. */
static void read_products(struct arena *a, const struct msrc_doc *d, const struct cvrf_vuln *x,
                          struct vuln *v)
{
    struct feed_set ids = affected_ids(a, x);
    struct map fixed = {0};
    size_t max = ids.n;
    for (size_t i = 0; i < x->remedy_n; i++)
        if (is_fix(&x->remedy[i]))
            max += x->remedy[i].id_n ? x->remedy[i].id_n : ids.n;
    if (max > LIMIT_FEED_ITEMS)
        max = LIMIT_FEED_ITEMS;
    v->product = arena_array(a, struct vendor_product, max + 1);
    for (size_t i = 0; i < x->remedy_n; i++) {
        const struct cvrf_entry *en = &x->remedy[i];
        const struct str *list = en->id_n ? en->id : ids.p;
        size_t n = en->id_n ? en->id_n : ids.n;
        for (size_t k = 0; is_fix(en) && k < n && v->product_n < max; k++) {
            fill(a, d, list[k], en, &v->product[v->product_n++]);
            map_put(&fixed, list[k], NULL);
        }
    }
    for (size_t i = 0; i < ids.n && v->product_n < max; i++)
        if (!map_get(&fixed, ids.p[i]))
            fill(a, d, ids.p[i], NULL, &v->product[v->product_n++]);
    map_release(&fixed);
}

/* ---- the rest ---- */

static void read_metrics(struct arena *a, const struct cvrf_vuln *x, struct vuln *v)
{
    struct feed_set seen = {.a = a};
    v->metric = arena_array(a, struct metric, x->score_n + 1);
    for (size_t i = 0; i < x->score_n; i++) {
        struct str vector = str_trim(x->score[i].vector);
        size_t before = seen.n;
        feed_set_add(&seen, vector); /* a set for each product, mostly the same */
        if (seen.n == before)
            continue;
        struct metric *m = &v->metric[v->metric_n++];
        m->source = STR_LIT("msrc");
        m->type = STR_LIT("Secondary");
        m->vector = vector;
        m->version = str_starts(vector, "CVSS:") ? str_sub(vector, 5, 3) : STR_LIT("2.0");
        if (!num_double(str_trim(x->score[i].score), &m->score))
            m->score = -1;
    }
    feed_set_done(&seen);
}

/* The words about exploitation that say most: with "Exploited:", else the first. */
static struct str exploit_words(struct arena *a, const struct cvrf_vuln *x)
{
    struct str first = {0};
    for (size_t i = 0; i < x->threat_n; i++) {
        if (!str_is_i(x->threat[i].type, "Exploit Status"))
            continue;
        struct str words = feed_one_line(a, x->threat[i].text);
        if (status_word(words, "Exploited").n)
            return words;
        if (!first.n)
            first = words;
    }
    return first;
}

static const struct cvrf_note *note_of(const struct cvrf_vuln *x, const char *type)
{
    for (size_t i = 0; i < x->note_n; i++)
        if (str_is_i(x->note[i].type, type) && x->note[i].text.n)
            return &x->note[i];
    return NULL;
}

static struct str advisory_url(struct arena *a, struct str id)
{
    return feed_printf(a, "https://msrc.microsoft.com/update-guide/vulnerability/%.*s", STR_ARG(id));
}

/* "ADV990001" and the like, for what has no CVE number. */
static bool is_advisory(struct str s)
{
    return str_starts(s, "ADV") && s.n >= 9 && s.n <= 12 && digits(str_sub(s, 3, s.n));
}

const char *msrc_record_vuln(struct arena *a, const struct msrc_doc *d, const struct cvrf_vuln *x,
                             struct vuln *v)
{
    memset(v, 0, sizeof(*v));
    v->id = feed_cve(a, x->cve);
    if (!v->id.n && is_advisory(str_trim(x->cve)))
        v->id = str_trim(x->cve);
    if (!v->id.n)
        return tr(
            "the record's id is neither a CVE number nor an ADV number"); /* CVE-…-M doubles, among others */
    v->source = STR_LIT("msrc");
    v->source_id = advisory_url(a, v->id);
    v->title = feed_one_line(a, x->title);
    const struct cvrf_note *note = note_of(x, "Description");
    if (note)
        v->description = feed_plain(a, note->text);
    v->published = x->first != WHEN_NONE ? x->first : d->doc->released;
    v->modified = v->known = x->last != WHEN_NONE ? x->last : d->doc->updated;
    v->kev.added = v->kev.due = v->ssvc.when = WHEN_NONE;
    read_products(a, d, x, v);
    read_metrics(a, x, v);
    struct feed_set cwe = {.a = a};
    for (size_t i = 0; i < x->cwe_n; i++)
        if (str_starts(x->cwe[i], "CWE-"))
            feed_set_add(&cwe, x->cwe[i]);
    feed_set_done(&cwe);
    v->cwe = cwe.p;
    v->cwe_n = cwe.n;
    struct str words = exploit_words(a, x), exploited = status_word(words, "Exploited");
    v->exploited = str_is_i(exploited, "Yes")  ? STR_LIT("yes")
                   : str_is_i(exploited, "No") ? STR_LIT("no")
                                               : (struct str){0};
    v->exploited_quote = words;
    return NULL;
}

static void add_part(struct buf *b, struct str s)
{
    if (!s.n)
        return;
    if (b->n)
        buf_adds(b, "\n\n");
    buf_add_str(b, s);
}

/* Workarounds and mitigations in words. */
static void add_remedies(struct arena *a, const struct cvrf_vuln *x, struct buf *b)
{
    struct feed_set seen = {.a = a};
    for (size_t i = 0; i < x->remedy_n; i++) {
        const struct cvrf_entry *en = &x->remedy[i];
        if (!str_is_i(en->type, "Workaround") && !str_is_i(en->type, "Mitigation"))
            continue;
        struct str text = feed_plain(a, en->text);
        size_t before = seen.n;
        feed_set_add(&seen, text);
        if (seen.n > before)
            add_part(b, feed_printf(a, "%.*s: %.*s", STR_ARG(en->type), STR_ARG(text)));
    }
    feed_set_done(&seen);
}

bool msrc_record_notice(struct arena *a, const struct msrc_doc *d, const struct cvrf_vuln *x,
                        const struct vuln *v, struct notice *n)
{
    bool disclosed = str_is_i(status_word(v->exploited_quote, "Publicly Disclosed"), "Yes");
    if (!str_is(v->exploited, "yes") && !disclosed)
        return false;
    memset(n, 0, sizeof(*n));
    struct buf b = BUF_INIT(LIMIT_NOTICE_TEXT);
    add_part(&b, v->description);
    for (size_t i = 0; i < x->note_n; i++)
        if (str_is_i(x->note[i].type, "FAQ") && x->note[i].text.n)
            add_part(&b, feed_plain(a, x->note[i].text));
    add_part(&b, v->exploited_quote);
    add_remedies(a, x, &b);
    n->source = STR_LIT("msrc");
    n->id = v->id;
    n->url = v->source_id;
    n->title = feed_printf(a, "%.*s %.*s", STR_ARG(v->id), STR_ARG(v->title));
    n->text = arena_str(a, buf_str(&b));
    buf_release(&b);
    n->lang = STR_LIT("en");
    n->published = v->published;
    n->updated = v->modified;
    n->complete = true;
    n->cve = arena_array(a, struct str, 1);
    n->cve[0] = v->id;
    n->cve_n = str_starts(v->id, "CVE-") ? 1 : 0;
    n->metric = v->metric;
    n->metric_n = v->metric_n;
    struct feed_set names = affected_ids(a, x);
    n->product = arena_array(a, struct notice_product, names.n + 1);
    for (size_t i = 0; i < names.n; i++)
        n->product[n->product_n++] =
            (struct notice_product){.vendor = STR_LIT("Microsoft"), .product = product_name(d, names.p[i])};
    return true;
}
