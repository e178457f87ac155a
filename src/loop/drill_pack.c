#include "loop/drill_pack.h"

#include "loop/drill_block.h"

struct str drill_text_get(const struct drill_text *t)
{
    bool ja = i18n_lang() == LANG_JA;
    struct str first = ja ? t->ja : t->en;
    return first.n ? first : ja ? t->en : t->ja;
}

static const char *const mark_names[] = {"exploited", "patch", "mitigation", "directive", "deadline",
                                         "kev",       "poc",   "attacks",    "end"};

const char *drill_mark_name(enum drill_mark m)
{
    return mark_names[m];
}

when_t drill_pack_from(const struct drill_milestone *m)
{
    return m->when.day ? m->when.at - WHEN_DAY + WHEN_SEC : m->when.at;
}

const struct drill_milestone *drill_pack_mark(const struct drill_pack *p, enum drill_mark m)
{
    for (size_t i = 0; i < p->milestone_n; i++)
        if (p->milestone[i].mark == m)
            return &p->milestone[i];
    return NULL;
}

/* A block and where what it says goes. */
struct pack_read {
    struct drill_pack *p;
    struct arena *a;
    VEC(struct drill_milestone) milestone;
    VEC(struct drill_notice) notice;
    VEC(struct drill_record) record;
    VEC(struct drill_kev) kev;
    VEC(struct drill_fix) fix;
    VEC(struct drill_question) question;
    struct err *e;
};

static int read_day(const struct drill_block *b, const char *key, int64_t *day, struct err *e)
{
    when_t t;
    struct str v = drill_block_get(b, key);
    if (v.n != 10 || !clock_parse_iso(v, ZONE_UTC, &t))
        return drill_block_err(b, e, key, tr("a day such as 2021-03-02 is expected"));
    *day = t / WHEN_DAY;
    return 0;
}

static int read_drill(struct pack_read *r, const struct drill_block *b)
{
    struct drill_pack *p = r->p;
    if (p->name.n || b->head.n == 0)
        return drill_block_err(b, r->e, NULL, tr("a pack begins with one line \"drill NAME\""));
    p->name = b->head;
    p->title = drill_block_text(b, "title.", r->a);
    p->cve = drill_block_words(b, "cve", r->a, &p->cve_n);
    p->product = drill_block_words(b, "product", r->a, &p->product_n);
    p->word = drill_block_words(b, "word", r->a, &p->word_n);
    if (!p->title.ja.n || !p->title.en.n || !p->cve_n || !p->product_n)
        return drill_block_err(b, r->e, NULL, tr("title.ja, title.en, cve and product are needed"));
    int rc = read_day(b, "from", &p->from, r->e);
    if (rc == 0)
        rc = read_day(b, "until", &p->until, r->e);
    if (rc == 0 && (p->until < p->from || p->until - p->from > 366))
        rc = drill_block_err(b, r->e, "until", tr("it lies after from, by at most a year"));
    return rc;
}

static int read_milestone(struct pack_read *r, const struct drill_block *b)
{
    struct drill_milestone m = {.text = drill_block_text(b, "", r->a), .url = drill_block_get(b, "source")};
    size_t blank = str_chr(b->head, ' ');
    struct str kind = str_sub(b->head, 0, blank);
    for (m.mark = DRILL_EXPLOITED; m.mark <= DRILL_END && !str_is(kind, mark_names[m.mark]);)
        m.mark++;
    if (m.mark > DRILL_END)
        return drill_block_err(b, r->e, NULL, tr("there is no such kind of milestone"));
    if (!m.text.ja.n || !m.text.en.n || !m.url.n)
        return drill_block_err(b, r->e, NULL, tr("ja, en and source are needed"));
    int rc = drill_block_when(b, str_trim(str_sub(b->head, kind.n, b->head.n)), &m.when, r->e);
    if (rc == 0)
        vec_push(&r->milestone, m);
    return rc;
}

static int read_notice(struct pack_read *r, const struct drill_block *b)
{
    struct drill_notice n = {.publisher = drill_block_get(b, "publisher"),
                             .source = drill_block_get(b, "source"),
                             .id = drill_block_get(b, "id"),
                             .url = drill_block_get(b, "url"),
                             .lang = drill_block_get(b, "lang"),
                             .title = drill_block_text(b, "title.", r->a),
                             .text = drill_block_text(b, "", r->a),
                             .line = b->line};
    size_t judged_n;
    struct str *judged = drill_block_words(b, "judged", r->a, &judged_n);
    n.cve = drill_block_words(b, "cve", r->a, &n.cve_n);
    if (!n.publisher.n || !n.url.n || !n.title.ja.n || !n.title.en.n || !n.text.ja.n || !n.text.en.n)
        return drill_block_err(b, r->e, NULL, tr("publisher, url, title.ja, title.en, ja and en are needed"));
    if (!str_is(n.lang, "ja") && !str_is(n.lang, "en"))
        return drill_block_err(b, r->e, "lang", tr("ja or en is expected"));
    if (n.id.n == 0)
        n.id = n.url;
    for (size_t i = 0; i < judged_n; i++) {
        n.exploited |= str_is(judged[i], "exploited");
        n.urgent |= str_is(judged[i], "urgent");
        if (!str_is(judged[i], "exploited") && !str_is(judged[i], "urgent") && !str_is(judged[i], "none"))
            return drill_block_err(b, r->e, "judged", tr("exploited, urgent or none is expected"));
    }
    if (n.source.n && judged_n == 0)
        return drill_block_err(b, r->e, "judged", tr("exploited, urgent or none is expected"));
    int rc = drill_block_when(b, b->head, &n.when, r->e);
    if (rc == 0)
        vec_push(&r->notice, n);
    return rc;
}

static int read_record(struct pack_read *r, const struct drill_block *b)
{
    struct drill_record rec = {.url = drill_block_get(b, "url")};
    rec.v = (struct vuln){.source = drill_block_get(b, "source"),
                          .source_id = rec.url,
                          .title = drill_block_get(b, "title"),
                          .description = drill_block_get(b, "description"),
                          .published = WHEN_NONE,
                          .kev = {.added = WHEN_NONE, .due = WHEN_NONE},
                          .ssvc = {.when = WHEN_NONE},
                          .exploited = drill_block_get(b, "exploited"),
                          .exploited_quote = drill_block_get(b, "exploited.quote")};
    rec.id = drill_block_words(b, "id", r->a, &rec.id_n);
    if (!rec.v.source.n || !rec.id_n || !rec.url.n)
        return drill_block_err(b, r->e, NULL, tr("source, id and url are needed"));
    int rc = drill_block_when(b, b->head, &rec.when, r->e);
    struct str published = drill_block_get(b, "published");
    if (rc == 0 && published.n && !clock_parse_iso(published, ZONE_UTC, &rec.v.published))
        rc = drill_block_err(b, r->e, "published", tr("a moment such as 2021-03-03T00:15:00Z is expected"));
    if (rc == 0)
        rc = drill_block_ranges(b, &rec.v, r->a, r->e);
    rec.v.known = rec.v.modified = rec.when.at;
    if (rc == 0)
        vec_push(&r->record, rec);
    return rc;
}

static int read_kev(struct pack_read *r, const struct drill_block *b)
{
    struct drill_kev k = {.url = drill_block_get(b, "url")};
    int64_t due = 0;
    k.id = drill_block_words(b, "id", r->a, &k.id_n);
    k.kev = (struct kev){.source = STR_LIT("cisa"),
                         .vendor = drill_block_get(b, "vendor"),
                         .product = drill_block_get(b, "product"),
                         .name = drill_block_get(b, "name")};
    if (!k.id_n || !k.url.n)
        return drill_block_err(b, r->e, NULL, tr("id and url are needed"));
    int rc = read_day(b, "due", &due, r->e);
    if (rc == 0)
        rc = drill_block_when(b, b->head, &k.when, r->e);
    if (rc)
        return rc;
    k.kev.due = due * WHEN_DAY;
    /* The catalogue's own date; that it can be read only later is `when`. */
    k.kev.added = k.when.at;
    vec_push(&r->kev, k);
    return 0;
}

static int read_fix(struct pack_read *r, const struct drill_block *b)
{
    struct drill_fix f = {.url = drill_block_get(b, "url")};
    f.build = drill_block_words(b, "build", r->a, &f.build_n);
    if (!f.build_n || !f.url.n)
        return drill_block_err(b, r->e, NULL, tr("build and url are needed"));
    int rc = drill_block_when(b, b->head, &f.when, r->e);
    if (rc == 0)
        vec_push(&r->fix, f);
    return rc;
}

/* Options stand one behind the other, each beginning with option.ja. */
static int read_question(struct pack_read *r, const struct drill_block *b)
{
    struct drill_question q = {.text = drill_block_text(b, "", r->a)};
    q.option = arena_array(r->a, struct drill_option, b->field_n + 1);
    for (size_t i = 0; i < b->field_n; i++) {
        const struct drill_field *f = &b->field[i];
        if (str_is(f->key, "option.ja"))
            q.option_n++;
        if (q.option_n == 0)
            continue;
        struct drill_option *o = &q.option[q.option_n - 1];
        struct str *to = str_is(f->key, "option.ja")   ? &o->text.ja
                         : str_is(f->key, "option.en") ? &o->text.en
                         : str_is(f->key, "meant.ja")  ? &o->meant.ja
                         : str_is(f->key, "meant.en")  ? &o->meant.en
                                                       : NULL;
        if (to)
            *to = f->value;
    }
    bool whole = q.text.ja.n && q.text.en.n && q.option_n >= 2 && q.option_n <= 9;
    for (size_t i = 0; i < q.option_n; i++)
        whole &= q.option[i].text.ja.n && q.option[i].text.en.n && q.option[i].meant.ja.n &&
                 q.option[i].meant.en.n;
    if (!whole)
        return drill_block_err(b, r->e, NULL,
                               tr("a question needs ja, en, and two to nine options, each with option and "
                                  "meant in both languages"));
    int rc = drill_block_when(b, b->head, &q.when, r->e);
    if (rc == 0)
        vec_push(&r->question, q);
    return rc;
}

static int read_block(void *ctx, const struct drill_block *b)
{
    static const struct {
        const char *name;
        int (*read)(struct pack_read *r, const struct drill_block *b);
        const char *keys; /* that may stand in it */
    } kind[] = {
        {"drill", read_drill, "title.ja title.en from until cve product word"},
        {"milestone", read_milestone, "ja en source"},
        {"notice", read_notice, "publisher source id url lang cve title.ja title.en ja en judged"},
        {"record", read_record,
         "source id published title description cvss exploited exploited.quote url product cpe affected"},
        {"kev", read_kev, "id due vendor product name url"},
        {"fix", read_fix, "build url"},
        {"question", read_question, "ja en option.ja option.en meant.ja meant.en"}};
    struct pack_read *r = ctx;
    for (size_t i = 0; i < ARRAY_LEN(kind); i++) {
        if (!str_is(b->kind, kind[i].name))
            continue;
        if (i > 0 && r->p->name.n == 0)
            return drill_block_err(b, r->e, NULL, tr("a pack begins with one line \"drill NAME\""));
        int rc = drill_block_keys(b, kind[i].keys, r->e);
        return rc ? rc : kind[i].read(r, b);
    }
    return drill_block_err(b, r->e, NULL, tr("there is no such block"));
}

/* By time; equal ones in the order of the file. Lists are short. */
#define SORTED(to, to_n, from)                                                                               \
    do {                                                                                                     \
        (to_n) = (from).n;                                                                                   \
        (to) = arena_zalloc(r->a, ((from).n + 1) * sizeof(*(to)));                                           \
        for (size_t i_ = 0; i_ < (from).n; i_++) {                                                           \
            size_t k_ = i_;                                                                                  \
            for (; k_ > 0 && (to)[k_ - 1].when.at > (from).p[i_].when.at; k_--)                              \
                (to)[k_] = (to)[k_ - 1];                                                                     \
            (to)[k_] = (from).p[i_];                                                                         \
        }                                                                                                    \
        vec_release(&(from));                                                                                \
    } while (0)

static void hand_over(struct pack_read *r)
{
    SORTED(r->p->milestone, r->p->milestone_n, r->milestone);
    SORTED(r->p->notice, r->p->notice_n, r->notice);
    SORTED(r->p->record, r->p->record_n, r->record);
    SORTED(r->p->kev, r->p->kev_n, r->kev);
    SORTED(r->p->fix, r->p->fix_n, r->fix);
    SORTED(r->p->question, r->p->question_n, r->question);
}

int drill_pack_parse(struct drill_pack *out, struct str text, const char *file, struct arena *a,
                     struct err *e)
{
    struct pack_read r = {.p = out, .a = a, .e = e};
    *out = (struct drill_pack){.file = file};
    int rc = drill_block_each(text, file, a, read_block, &r, e);
    hand_over(&r);
    if (rc == 0 && out->name.n == 0)
        rc = err_at(e, ERR_INPUT, file, 1, "a pack begins with one line \"drill NAME\"");
    if (rc == 0 && (!drill_pack_mark(out, DRILL_EXPLOITED) || !drill_pack_mark(out, DRILL_PATCH)))
        rc = err_at(e, ERR_INPUT, file, 1, "milestones \"exploited\" and \"patch\" are needed");
    return rc;
}
