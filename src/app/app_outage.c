/* What is affected, so that nobody waits for a mail that cannot come. */
#include "app/app_contact.h"
#include "contain/mail_rules.h"
#include "store/outage_store.h"

#define PRESSING_DAYS 14 /* as round.h: soon */
#define NAMES_SHOWN 5

struct survey {
    struct app *app;
    struct arena *a;
    struct outage *out;
    struct mail_rules rules;
    struct map mail; /* ledger NUL key of mail systems by product */
    struct map seen;
    struct buf key, names;
    size_t name_n;
    VEC(struct str) asset;
};

static struct str key_of(struct survey *s, struct str ledger, struct str key)
{
    buf_clear(&s->key);
    buf_add_str(&s->key, ledger);
    buf_addc(&s->key, 0);
    buf_add_str(&s->key, key);
    return buf_str(&s->key);
}

/* Which machines run a mail server is asked of the ledger by product: few, and quick on a large one. */
static int survey_begin(struct survey *s, struct app *app, struct arena *a, struct outage *out, struct err *e)
{
    struct rule_file file;
    *s = (struct survey){.app = app, .a = a, .out = out, .key = BUF_INIT(MIB), .names = BUF_INIT(64 * KIB)};
    for (size_t i = 0; i < out->asset_n; i++)
        vec_push(&s->asset, out->asset[i]);
    buf_add_str(&s->names, out->mail_name);
    s->name_n = out->mail_name.n != 0;
    int rc = rules_get(config_str(app_config(app), "rules"), "products/mail.txt", a, &file, e);
    if (rc == 0)
        rc = mail_rules_parse(&s->rules, file.bytes, file.path.p, a, e);
    for (size_t i = 0; rc == 0 && i < s->rules.product_n; i++) {
        struct outage_asset *as;
        size_t n;
        rc = outage_store_of_product(app_world(app)->db, s->rules.product[i], a, &as, &n, e);
        for (size_t k = 0; rc == 0 && k < n; k++)
            *map_put(&s->mail, key_of(s, as[k].ledger, as[k].key), NULL) = 1;
    }
    return rc;
}

static int survey_end(struct survey *s, int rc)
{
    if (rc == 0) {
        struct str *v = arena_array(s->a, struct str, s->asset.n + 1);
        if (s->asset.n)
            memcpy(v, s->asset.p, s->asset.n * sizeof(*v));
        s->out->asset = v;
        s->out->asset_n = s->asset.n;
        s->out->mail_name = arena_str(s->a, buf_str(&s->names));
    }
    map_release(&s->mail);
    map_release(&s->seen);
    buf_release(&s->key);
    buf_release(&s->names);
    vec_release(&s->asset);
    return rc;
}

static void add(struct survey *s, struct str ledger, struct str key, struct str name, struct str kind, struct str purpose)
{
    bool made;
    struct str k = key_of(s, ledger, key);
    map_put(&s->seen, k, &made);
    if (!made)
        return;
    bool mail = map_get(&s->mail, k) || mail_rules_words(&s->rules, kind, purpose);
    vec_push(&s->asset, arena_str(s->a, key));
    if (!mail)
        return;
    s->out->mail = true;
    if (s->name_n++ < NAMES_SHOWN)
        buf_printf(&s->names, "%s" STR_FMT, s->names.n ? ", " : "", STR_ARG(name.n ? name : key));
    else if (s->name_n == NAMES_SHOWN + 1)
        buf_adds(&s->names, ", …");
}

static int add_asset(struct survey *s, int64_t id, struct err *e)
{
    struct outage_asset as;
    bool found;
    int rc = outage_store_asset(app_world(s->app)->db, id, s->a, &as, &found, e);
    if (rc == 0 && found)
        add(s, as.ledger, as.key, as.name, as.kind, as.purpose);
    return rc;
}

/* Neither cleared, nor proved fixed, nor closed: nobody should rely on it. */
static bool live(const struct case_member *m)
{
    const struct case_asset *as = &m->a;
    if (as->closed || as->verify)
        return false;
    if (as->verdict >= CHECK_SUSPICIOUS)
        return true;
    if (as->triage == CASE_NOT_AFFECTED)
        return false;
    return as->triage == CASE_AFFECTED || (m->look && m->look->status >= FINDING_POSSIBLE);
}

static int add_case(struct survey *s, const struct case_file *f, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && !f->head.closed && i < f->member_n; i++)
        if (live(&f->member[i]) && f->member[i].look)
            rc = add_asset(s, f->member[i].look->asset, e);
    return rc;
}

static int add_cases(struct survey *s, struct err *e)
{
    struct case_head *head;
    size_t n;
    int rc = case_store_heads(app_world(s->app)->db, 0, s->a, &head, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct case_file f;
        rc = stage_remediate_load(app_world(s->app), head[i].id, s->a, &f, e);
        if (rc == 0)
            rc = add_case(s, &f, e);
    }
    return rc;
}

static int add_pressing(struct survey *s, struct err *e)
{
    int64_t *id;
    size_t n;
    int rc = outage_store_pressing(app_world(s->app)->db, FINDING_POSSIBLE, clock_now() + PRESSING_DAYS * WHEN_DAY, s->a, &id, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = add_asset(s, id[i], e);
    return rc;
}

int app_outage_now(struct app *app, struct arena *a, struct outage *out, struct err *e)
{
    struct survey s;
    int rc = survey_begin(&s, app, a, out, e);
    if (rc == 0)
        rc = add_cases(&s, e);
    if (rc == 0)
        rc = add_pressing(&s, e);
    return survey_end(&s, rc);
}

int app_outage_case(struct app *app, const struct case_file *f, struct arena *a, struct outage *out, struct err *e)
{
    struct survey s;
    int rc = survey_begin(&s, app, a, out, e);
    if (rc == 0)
        rc = add_case(&s, f, e);
    return survey_end(&s, rc);
}

int app_outage_round(struct app *app, const struct round_result *r, bool past, struct arena *a, struct outage *out,
                     struct err *e)
{
    struct survey s;
    int rc = survey_begin(&s, app, a, out, e);
    for (size_t i = 0; rc == 0 && i < r->n; i++) {
        const struct round_item *it = &r->item[i];
        for (size_t k = 0; it->level >= ROUND_SOON && k < it->machine_n; k++) {
            const struct ledger_asset *as = it->machine[k].asset;
            if (it->machine[k].status >= FINDING_POSSIBLE)
                add(&s, as->ledger, as->a.key, as->a.name, as->a.kind, as->a.purpose);
        }
    }
    if (rc == 0 && !past)
        rc = add_cases(&s, e);
    return survey_end(&s, rc);
}

int app_outage_notice(struct app *app, const struct notice_rev *rev, struct arena *a, struct outage *out, struct err *e)
{
    struct survey s;
    struct finding_row *row;
    size_t n;
    int rc = survey_begin(&s, app, a, out, e);
    for (size_t i = 0; rc == 0 && i <= rev->n.cve_n; i++) { /* a notice without a CVE is its own vulnerability */
        rc = finding_store_of_vuln(app_world(app)->db, i < rev->n.cve_n ? rev->n.cve[i] : rev->n.id, a, &row, &n, e);
        for (size_t k = 0; rc == 0 && k < n; k++)
            if (row[k].v.status >= FINDING_POSSIBLE)
                rc = add_asset(&s, row[k].asset, e);
    }
    return survey_end(&s, rc);
}

int app_outage_named(struct app *app, struct str what, struct arena *a, struct outage *out, struct err *e)
{
    struct ledger_asset as;
    struct case_file f;
    struct survey s;
    int64_t id;
    if (str_is(what, "none"))
        return 0;
    if (str_is(what, "mail")) {
        out->mail = true;
        return 0;
    }
    if (str_starts_i(what, "C-") && num_i64(str_sub(what, 2, what.n), &id)) {
        int rc = stage_remediate_load(app_world(app), id, a, &f, e);
        return rc ? rc : app_outage_case(app, &f, a, out, e);
    }
    int rc = ledger_store_find(app_world(app)->db, what, a, &as, e);
    if (rc)
        return rc;
    rc = survey_begin(&s, app, a, out, e);
    if (rc == 0)
        add(&s, as.ledger, as.a.key, as.a.name, as.a.kind, as.a.purpose);
    return survey_end(&s, rc);
}

/* ---- the lead ---- */

static void add_call(struct app_lead *l, const struct contact *c, const struct outage *o)
{
    struct str needs;
    for (size_t i = 0; l->call_n < ARRAY_LEN(l->call) && i < c->channel_n; i++) {
        if (!call_tree_works(&c->channel[i], o, &needs))
            continue;
        l->call[l->call_n++] = (struct app_call){c, &c->channel[i]};
        return;
    }
}

static struct str lead_text(const struct app_lead *l, const struct outage *o, struct arena *a)
{
    struct buf b = BUF_INIT(64 * KIB);
    if (o->mail_name.n)
        buf_printf(&b, tr("A mail server is affected (%.*s): do not rely on mail."), STR_ARG(o->mail_name));
    else
        buf_adds(&b, tr("A mail server is affected: do not rely on mail."));
    if (l->call_n == 0)
        buf_adds(&b, tr(" No contact can be reached without it; toban contacts add NAME --channel phone=… makes one."));
    for (size_t i = 0; i < l->call_n; i++) {
        const struct call_channel ch = {l->call[i].channel, {0}};
        struct str how = call_tree_channel_text(&ch, a);
        buf_printf(&b, "%s" STR_FMT, i ? "; " : tr(" Call: "), STR_ARG(l->call[i].contact->name));
        if (l->call[i].contact->role.n)
            buf_printf(&b, tr(" (%.*s)"), STR_ARG(l->call[i].contact->role));
        buf_printf(&b, " " STR_FMT, STR_ARG(how));
    }
    struct str s = arena_str(a, buf_str(&b));
    buf_release(&b);
    return s;
}

int app_contact_lead(struct app *app, const struct outage *o, struct arena *a, struct app_lead *out, struct err *e)
{
    struct contact *c;
    struct call_tree t;
    size_t n;
    *out = (struct app_lead){0};
    if (!o->mail)
        return 0;
    int rc = app_contacts(app, a, &c, &n, e);
    if (rc)
        return rc;
    call_tree_build(c, n, o, a, &t);
    for (size_t i = 0; i < t.n; i++)
        add_call(out, t.line[i].c, o);
    for (size_t i = 0; i < n && t.n == 0; i++) /* nobody said an order */
        add_call(out, &c[i], o);
    out->text = lead_text(out, o, a);
    return 0;
}
