#include "app/app_enquiry.h"

#include "app/app_ledger.h"
#include "base/i18n.h"
#include "codec/stream.h"

#include <stdio.h>

#define TEXT_BYTES (256 * KIB)

int app_enquiries(struct app *app, struct arena *a, struct enquiry **out, size_t *n, struct err *e)
{
    return enquiry_store_list(app_world(app)->db, a, out, n, e);
}

int app_enquiry_count(struct app *app, int64_t case_id, struct enquiry_count *out, size_t *total, struct err *e)
{
    struct arena a = {0};
    struct enquiry *q;
    size_t n;
    *out = (struct enquiry_count){0};
    int rc = app_enquiries(app, &a, &q, &n, e);
    if (rc == 0)
        *out = enquiry_count(q, n, case_id, clock_now());
    *total = 0;
    for (size_t i = 0; rc == 0 && i < n; i++)
        *total += !case_id || q[i].case_id == case_id;
    arena_release(&a);
    return rc;
}

int app_enquiry_find(struct app *app, struct str id, struct arena *a, struct enquiry *out, struct err *e)
{
    struct enquiry *q;
    size_t n;
    int64_t number;
    if (!str_starts_i(id, "E-") || !num_i64(str_sub(id, 2, id.n), &number))
        return err_set(e, ERR_USAGE, "\"%.*s\" is not the number of an enquiry, such as E-1", STR_ARG(id));
    int rc = app_enquiries(app, a, &q, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (q[i].id == number) {
            *out = q[i];
            return 0;
        }
    }
    return rc ? rc : err_set(e, ERR_NOT_FOUND, "there is no enquiry E-%lld; toban ledger ask list shows them", (long long)number);
}

int app_enquiry_contractors(struct app *app, struct arena *a, struct str **out, size_t *n, struct err *e)
{
    struct ledger l;
    struct map seen = {0};
    int rc = ledger_store_load(app_world(app)->db, a, &l, e);
    *n = 0;
    *out = arena_array(a, struct str, (rc ? 0 : l.n) + 1);
    for (size_t i = 0; rc == 0 && i < l.n; i++) {
        bool made;
        struct str o = l.asset[i].a.organisation;
        if (o.n == 0)
            continue;
        map_put(&seen, o, &made);
        if (made)
            (*out)[(*n)++] = o;
    }
    map_release(&seen);
    return rc;
}

/* ---- the words ---- */

struct draft {
    struct app *app;
    struct arena *a;
    struct contact *contact;
    size_t contact_n;
    struct outage outage;
    struct fleet fleet; /* machines with the product asked about */
    struct str machines, from, reply_to, reminder, text;
    when_t sent; /* WHEN_NONE: not yet */
    const char *template; /* "ask" "remind" */
};

static bool same_organisation(struct str a, struct str b, struct arena *arena)
{
    return a.n && str_eq(contact_table_fold(a, arena), contact_table_fold(b, arena));
}

static bool is_vuln(struct str s)
{
    return str_starts_i(s, "CVE-") || str_starts_i(s, "JVN") || str_starts_i(s, "JPCERT-") || str_starts_i(s, "N-");
}

/* The machines of this organisation that the subject may concern, as the ledger has them. */
static int list_assets(struct app *app, struct str organisation, struct str about, struct fleet *f, struct arena *a,
                       struct app_enquiry_asset **out, size_t *n, struct err *e)
{
    VEC(struct app_enquiry_asset) v = {0};
    struct app_where w = {0};
    struct finding_row *row = NULL;
    size_t row_n = 0;
    bool vuln = is_vuln(about);
    int rc = vuln ? fleet_load(app_world(app), a, f, e) : app_ledger_where(app, about, f, a, &w, e);
    if (rc == 0 && vuln)
        rc = finding_store_of_vuln(app_world(app)->db, about, a, &row, &row_n, e);
    for (size_t i = 0; rc == 0 && i < (vuln ? f->n : w.n); i++) {
        const struct fleet_item *it = vuln ? &f->item[i] : w.item[i];
        bool found = !vuln;
        for (size_t k = 0; k < row_n && !found; k++)
            found = row[k].component == it->component->id && row[k].v.status != FINDING_NOT_AFFECTED;
        bool twice = v.n && v.p[v.n - 1].asset == it->asset; /* one component can have several names */
        if (!found || twice || !same_organisation(it->asset->a.organisation, organisation, a))
            continue;
        struct str version = it->component->build.n ? it->component->build : it->component->version;
        vec_push(&v, ((struct app_enquiry_asset){.asset = it->asset, .product = it->component->product, .version = version}));
    }
    *n = v.n;
    *out = arena_array(a, struct app_enquiry_asset, v.n + 1);
    if (v.n)
        memcpy(*out, v.p, v.n * sizeof(*v.p));
    vec_release(&v);
    return rc;
}

static struct str join_assets(const struct app_enquiry_asset *v, size_t n, struct arena *a)
{
    struct buf b = BUF_INIT(16 * KIB);
    for (size_t i = 0; i < n && i < 20; i++) {
        const struct asset *as = &v[i].asset->a;
        buf_printf(&b, "%s" STR_FMT " (" STR_FMT ")", i ? ", " : "", STR_ARG(as->name.n ? as->name : as->key), STR_ARG(v[i].product));
    }
    if (n > 20)
        buf_printf(&b, tr(" and %zu more"), n - 20);
    struct str s = arena_str(a, buf_str(&b));
    buf_release(&b);
    return s;
}

/* Who asks: the contact with the name of app_who, with role and organisation; and how to answer them. */
static void fill_from(struct draft *d)
{
    struct str who = app_who(d->app);
    const struct contact *me = NULL;
    struct call_channel *ch;
    struct buf b = BUF_INIT(16 * KIB);
    for (size_t i = 0; i < d->contact_n && !me; i++)
        if (str_eq(contact_table_fold(d->contact[i].name, d->a), contact_table_fold(who, d->a)))
            me = &d->contact[i];
    d->from = who;
    if (!me)
        return;
    const struct str part[] = {me->organisation, me->department, me->name};
    for (size_t i = 0; i < ARRAY_LEN(part); i++)
        if (part[i].n)
            buf_printf(&b, "%s" STR_FMT, b.n ? " " : "", STR_ARG(part[i]));
    d->from = arena_str(d->a, buf_str(&b));
    buf_clear(&b);
    size_t works = call_tree_channels(me, &d->outage, d->a, &ch);
    for (size_t i = 0; i < works && i < 3; i++)
        buf_printf(&b, "%s" STR_FMT, i ? ", " : "", STR_ARG(call_tree_channel_text(&ch[i], d->a)));
    d->reply_to = arena_str(d->a, buf_str(&b));
    buf_release(&b);
}

static int load(struct draft *d, int64_t case_id, struct err *e)
{
    struct case_file f;
    int rc = app_contacts(d->app, d->a, &d->contact, &d->contact_n, e);
    if (rc == 0)
        rc = app_outage_now(d->app, d->a, &d->outage, e);
    if (rc == 0 && case_id)
        rc = stage_remediate_load(app_world(d->app), case_id, d->a, &f, e);
    if (rc == 0 && case_id)
        rc = app_outage_case(d->app, &f, d->a, &d->outage, e);
    return rc;
}

static struct str day_text(struct draft *d, when_t t, bool ja)
{
    char iso[CLOCK_ISO_SIZE];
    int64_t y, m, day;
    clock_date(t, config_zone(app_config(d->app)), iso);
    struct str s = arena_str(d->a, str_of(iso));
    if (ja && s.n == 10 && num_i64(str_sub(s, 0, 4), &y) && num_i64(str_sub(s, 5, 2), &m) && num_i64(str_sub(s, 8, 2), &day))
        return str_of(arena_printf(d->a, "%lld年%lld月%lld日", (long long)y, (long long)m, (long long)day));
    return s;
}

/* The last moment of the day that is so many days ahead, by the site's clock. */
static when_t end_of_day(struct app *app, int64_t days)
{
    when_t zone = config_zone(app_config(app)) * WHEN_SEC, local = clock_now() + zone;
    when_t begin = local - (local % WHEN_DAY + WHEN_DAY) % WHEN_DAY;
    return begin + (MIN(MAX(days, 0), 3650) + 1) * WHEN_DAY - WHEN_SEC - zone;
}

/* In the language of the enquiry, whatever the thread's is. */
static int render(void *ctx, struct enquiry *q, struct err *e)
{
    struct draft *d = ctx;
    struct rule_file file;
    struct buf out = BUF_INIT(TEXT_BYTES);
    char id[32], case_id[32] = "", name[64];
    enum lang was = i18n_lang();
    bool ja = str_is(q->lang, "ja");
    i18n_use(ja ? LANG_JA : LANG_EN);
    fill_from(d);
    snprintf(id, sizeof(id), "E-%lld", (long long)q->id);
    if (q->case_id)
        snprintf(case_id, sizeof(case_id), "C-%lld", (long long)q->case_id);
    snprintf(name, sizeof(name), "contacts/%s.%s.txt", d->template, ja ? "ja" : "en");
    const char *mail = d->outage.mail ? tr("Our mail server may be affected: please answer by other means than mail.") : "";
    const struct enquiry_field field[] = {{"id", str_of(id)},
                                          {"date", day_text(d, clock_now(), ja)},
                                          {"due", day_text(d, q->due, ja)},
                                          {"organisation", q->organisation},
                                          {"about", q->subject},
                                          {"from", d->from},
                                          {"reply_to", d->reply_to},
                                          {"mail", str_of(mail)},
                                          {"machines", d->machines},
                                          {"case", str_of(case_id)},
                                          {"sent", d->sent != WHEN_NONE ? day_text(d, d->sent, ja) : (struct str){0}},
                                          {"reminder", d->reminder}};
    int rc = rules_get(config_str(app_config(d->app), "rules"), name, d->a, &file, e);
    if (rc == 0)
        rc = enquiry_render(file.bytes, file.path.p, field, ARRAY_LEN(field), &out, e);
    if (rc == 0)
        d->text = q->text = arena_str(d->a, buf_str(&out));
    buf_release(&out);
    i18n_use(was);
    return rc;
}

/* The organisation's channels, from all its contacts: first those that work. In the thread's language. */
static void fill_way(struct draft *d, struct str organisation, struct app_enquiry_way *way)
{
    *way = (struct app_enquiry_way){0};
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < d->contact_n; i++) {
            const struct contact *c = &d->contact[i];
            struct call_channel *ch;
            if (!same_organisation(c->organisation, organisation, d->a) && !same_organisation(c->name, organisation, d->a))
                continue;
            size_t works = call_tree_channels(c, &d->outage, d->a, &ch);
            for (size_t k = pass ? works : 0; k < (pass ? c->channel_n : works) && way->channel_n < ARRAY_LEN(way->channel); k++)
                way->channel[way->channel_n++] = str_of(arena_printf(d->a, STR_FMT ": " STR_FMT, STR_ARG(c->name),
                                                                     STR_ARG(call_tree_channel_text(&ch[k], d->a))));
        }
        if (pass == 0)
            way->works = way->channel_n;
    }
    if (d->outage.mail && way->works)
        way->lead = str_of(arena_printf(d->a, tr("A mail server is affected: do not send this by mail, but by %.*s"), STR_ARG(way->channel[0])));
    else if (d->outage.mail)
        way->lead = str_of(arena_printf(d->a, tr("A mail server is affected: do not send this by mail. No other way to reach %.*s is known; toban contacts add "
                                                 "NAME --organisation %.*s --channel phone=… adds one."),
                                        STR_ARG(organisation), STR_ARG(organisation)));
}

static struct str pick_lang(const struct draft *d, struct str organisation, struct str asked)
{
    if (asked.n)
        return asked;
    for (size_t i = 0; i < d->contact_n; i++)
        if (d->contact[i].lang.n && (same_organisation(d->contact[i].organisation, organisation, d->a) ||
                                     same_organisation(d->contact[i].name, organisation, d->a)))
            return d->contact[i].lang;
    return i18n_lang() == LANG_JA ? STR_LIT("ja") : STR_LIT("en");
}

int app_enquiry_ask(struct app *app, struct str organisation, const struct app_enquiry_ask *ask, struct arena *a,
                    struct enquiry *out, struct app_enquiry_way *way, struct err *e)
{
    struct draft d = {.app = app, .a = a, .template = "ask", .sent = WHEN_NONE};
    struct app_enquiry_asset *asset;
    size_t n = 0;
    int64_t days = config_int(app_config(app), "contacts.reply_days", 3);
    if (organisation.n == 0 || ask->about.n == 0 || organisation.n + ask->about.n > LIMIT_LEDGER_CELL ||
        !str_is_utf8(organisation) || !str_is_utf8(ask->about))
        return err_set(e, ERR_USAGE, "an enquiry needs an organisation, and what it is about (--about)");
    if (ask->lang.n && !str_is(ask->lang, "ja") && !str_is(ask->lang, "en"))
        return err_set(e, ERR_USAGE, "the language is ja or en, not \"%.*s\"", STR_ARG(ask->lang));
    if (ask->due != WHEN_NONE && ask->due < clock_now())
        return err_set(e, ERR_USAGE, "the last day for an answer lies in the past");
    int rc = load(&d, ask->case_id, e);
    if (rc == 0)
        rc = list_assets(app, organisation, ask->about, &d.fleet, a, &asset, &n, e);
    if (rc == 0) {
        when_t now = clock_now();
        d.machines = join_assets(asset, n, a);
        *out = (struct enquiry){.case_id = ask->case_id,
                                .organisation = organisation,
                                .subject = ask->about,
                                .lang = pick_lang(&d, organisation, ask->lang),
                                .due = ask->due != WHEN_NONE ? ask->due : end_of_day(app, days),
                                .who = app_who(app),
                                .at = now};
        rc = stage_enquiry_ask(app_world(app), out, render, &d, e);
        fill_way(&d, organisation, way);
    }
    fleet_release(&d.fleet);
    return rc;
}

/* ---- what happens to it ---- */

static int event(struct app *app, struct enquiry_event *ev, struct err *e)
{
    const struct str text[] = {ev->channel, ev->product, ev->version, ev->found, ev->note};
    for (size_t i = 0; i < ARRAY_LEN(text); i++)
        if (text[i].n > 4 * LIMIT_LEDGER_CELL || !str_is_utf8(text[i]))
            return err_set(e, ERR_USAGE, "the text is too long, or not UTF-8");
    ev->at = clock_now();
    ev->who = app_who(app);
    return stage_enquiry_event(app_world(app), ev, e);
}

int app_enquiry_sent(struct app *app, int64_t id, struct str channel, struct err *e)
{
    struct enquiry_event ev = {.enquiry = id, .kind = ENQUIRY_SENT, .channel = channel};
    return event(app, &ev, e);
}

int app_enquiry_withdraw(struct app *app, int64_t id, struct str why, struct err *e)
{
    struct enquiry_event ev = {.enquiry = id, .kind = ENQUIRY_WITHDRAWN, .note = why};
    return event(app, &ev, e);
}

int app_enquiry_remind(struct app *app, const struct enquiry *q, struct str channel, struct arena *a, struct str *text,
                       struct app_enquiry_way *way, struct err *e)
{
    struct draft d = {.app = app, .a = a, .template = "remind", .sent = WHEN_NONE};
    struct enquiry copy = *q;
    struct enquiry_status s = enquiry_status(q, clock_now());
    struct enquiry_event ev = {.enquiry = q->id, .kind = ENQUIRY_REMINDED, .channel = channel};
    if (s.sent)
        d.sent = s.sent->at;
    d.reminder = str_of(arena_printf(a, "%d", s.reminders + 1));
    int rc = load(&d, q->case_id, e);
    if (rc == 0)
        rc = render(&d, &copy, e);
    if (rc == 0)
        rc = event(app, &ev, e);
    if (rc == 0)
        fill_way(&d, q->organisation, way);
    *text = d.text;
    return rc;
}

int app_enquiry_answer(struct app *app, int64_t id, const struct reply_form *f, struct str channel, struct err *e)
{
    struct buf note = BUF_INIT(4 * LIMIT_LEDGER_CELL);
    const struct {
        const char *key;
        struct str value;
    } more[] = {{"machines", f->machines}, {"patched", f->patched}, {"contact", f->contact}, {"", f->note}};
    struct enquiry_event ev = {.enquiry = id, .kind = ENQUIRY_ANSWERED, .channel = channel, .runs = f->runs, .product = f->product, .version = f->version, .found = f->found};
    if (f->runs.n == 0)
        return err_set(e, ERR_USAGE, "whether they run it is not to be told from \"%.*s\": --runs yes, no or unknown says it", STR_ARG(f->runs_written));
    for (size_t i = 0; i < ARRAY_LEN(more); i++)
        if (more[i].value.n)
            buf_printf(&note, "%s%s%s" STR_FMT, note.n ? "\n" : "", more[i].key, *more[i].key ? ": " : "", STR_ARG(more[i].value));
    ev.note = buf_str(&note);
    int rc = event(app, &ev, e);
    buf_release(&note);
    return rc;
}

int app_enquiry_form(const char *path, int64_t id, struct arena *a, struct reply_form *out, struct err *e)
{
    struct buf bytes = BUF_INIT(LIMIT_REPLY_FORM);
    int rc = stream_slurp(path, &bytes, e);
    if (rc == 0 && (rc = reply_form_read(buf_str(&bytes), a, out, e)))
        rc = err_prefix(e, "%s", path);
    if (rc == 0 && id && out->enquiry && out->enquiry != id)
        rc = err_set(e, ERR_CONFLICT, "%s answers E-%lld, not E-%lld", path, (long long)out->enquiry, (long long)id);
    buf_release(&bytes);
    return rc;
}

int app_enquiry_compare(struct app *app, const struct enquiry *q, const struct reply_form *f, struct arena *a,
                        struct app_enquiry_asset **out, size_t *n, struct err *e)
{
    struct fleet fleet = {0};
    int rc = list_assets(app, q->organisation, q->subject, &fleet, a, out, n, e);
    for (size_t i = 0; rc == 0 && i < *n; i++) {
        struct str have = (*out)[i].version;
        bool same = f->version.n == 0 || (have.n && str_find_i(f->version, have) != STR_NONE);
        (*out)[i].differs = str_is(f->runs, "no") || !same;
    }
    fleet_release(&fleet);
    return rc;
}
