/* What the ledger says of the machines of a report, and whom a contractor was asked. */
#include "app/app_report_parts.h"

#include <stdio.h>

#include "app/app_contact.h"
#include "identify/cpe.h"
#include "store/contain_store.h"
#include "store/report_store.h"

#define LEAD_LINES 12

int app_report_ledger_open(struct app *app, size_t machines, struct arena *a, struct app_report_ledger *out, struct err *e)
{
    *out = (struct app_report_ledger){.app = app, .a = a, .whole = machines > APP_REPORT_FEW};
    if (!out->whole)
        return 0;
    int rc = ledger_store_load(app_world(app)->db, a, &out->ledger, e);
    for (size_t i = 0; rc == 0 && i < out->ledger.n; i++) {
        char id[24];
        snprintf(id, sizeof(id), "%lld", (long long)out->ledger.asset[i].a.id);
        *map_put(&out->index, str_of(id), NULL) = i;
    }
    return rc;
}

void app_report_ledger_close(struct app_report_ledger *l)
{
    map_release(&l->index);
}

int app_report_ledger_get(struct app_report_ledger *l, int64_t asset, const struct ledger_asset **out, struct err *e)
{
    char id[24];
    *out = NULL;
    if (l->whole) {
        snprintf(id, sizeof(id), "%lld", (long long)asset);
        const uint64_t *at = map_get(&l->index, str_of(id));
        if (at)
            *out = &l->ledger.asset[*at];
        return 0;
    }
    struct ledger_asset *as = arena_new(l->a, struct ledger_asset);
    snprintf(id, sizeof(id), "A-%lld", (long long)asset);
    int rc = ledger_store_find(app_world(l->app)->db, str_of(id), l->a, as, e);
    if (rc == 0)
        *out = as;
    if (rc == ERR_NOT_FOUND || rc == ERR_CONFLICT) {
        err_clear(e);
        return 0;
    }
    return rc;
}

/* As the sync wrote it down: product, version and build with blanks between. */
static bool is_written(const struct component *c, struct str text, struct buf *b)
{
    buf_clear(b);
    buf_add_str(b, c->product);
    if (c->version.n)
        buf_printf(b, " " STR_FMT, STR_ARG(c->version));
    if (c->build.n)
        buf_printf(b, " " STR_FMT, STR_ARG(c->build));
    return str_eq(buf_str(b), text);
}

/* As stated, put into the 2.3 form; else made of the name that the software was taken for. */
static struct str cpe_of(struct arena *a, const struct component *c, const struct report_name *name, struct str version)
{
    struct cpe cpe;
    struct buf b = BUF_INIT(LIMIT_CPE * 4);
    size_t colon = str_chr(name->key, ':');
    if (c->cpe.n == 0 || cpe_parse_tolerant(a, c->cpe, &cpe, NULL, NULL)) {
        if (colon == STR_NONE)
            return (struct str){0};
        cpe_init(&cpe);
        cpe_set(a, &cpe, CPE_PART, STR_LIT("a"));
        cpe_set(a, &cpe, CPE_VENDOR, str_sub(name->key, 0, colon));
        cpe_set(a, &cpe, CPE_PRODUCT, str_sub(name->key, colon + 1, name->key.n));
        cpe_set(a, &cpe, CPE_VERSION, name->version.n ? name->version : version);
        cpe_set(a, &cpe, CPE_UPDATE, name->update);
    }
    cpe_format(&cpe, &b);
    struct str s = arena_str(a, buf_str(&b));
    buf_release(&b);
    return s;
}

int app_report_software(struct app_report_ledger *l, const struct ledger_asset *as, struct report_machine *m, struct err *e)
{
    const struct component *c = NULL;
    struct report_name name;
    struct buf b = BUF_INIT(128 * KIB);
    for (size_t i = 0; i < as->a.component_n && m->look && !c; i++)
        if (is_written(&as->a.component[i], m->look->component, &b))
            c = &as->a.component[i];
    buf_release(&b);
    if (!c)
        return 0;
    int rc = report_store_name(app_world(l->app)->db, c->vendor, c->product, c->version, c->build, l->a, &name, e);
    if (rc)
        return rc;
    size_t colon = str_chr(name.key, ':');
    m->vendor = c->vendor;
    if (m->vendor.n == 0 && colon != STR_NONE)
        m->vendor = str_sub(name.key, 0, colon);
    m->product = c->product;
    m->version = c->build.n ? c->build : c->version;
    m->purl = c->purl;
    m->cpe = cpe_of(l->a, c, &name, m->version);
    return 0;
}

int app_report_enquiries(struct app *app, int64_t case_id, when_t until, struct arena *a, struct report_enquiry **out, size_t *n,
                         struct err *e)
{
    struct enquiry *q;
    size_t all;
    *n = 0;
    int rc = enquiry_store_list(app_world(app)->db, a, &q, &all, e);
    if (rc)
        return rc;
    *out = arena_array(a, struct report_enquiry, all + 1);
    for (size_t i = 0; i < all; i++) {
        if (q[i].at >= until || (case_id && q[i].case_id != case_id))
            continue;
        struct report_enquiry *r = &(*out)[(*n)++];
        *r = (struct report_enquiry){.id = q[i].id, .case_id = q[i].case_id, .organisation = q[i].organisation, .subject = q[i].subject,
                                     .sent = WHEN_NONE, .due = q[i].due, .reminded = WHEN_NONE, .answered = WHEN_NONE};
        for (size_t k = 0; k < q[i].event_n; k++) {
            const struct enquiry_event *ev = &q[i].event[k];
            if (ev->at >= until)
                continue;
            if (ev->kind == ENQUIRY_SENT)
                r->sent = ev->at;
            else if (ev->kind == ENQUIRY_REMINDED)
                r->reminded = ev->at;
            else if (ev->kind == ENQUIRY_WITHDRAWN)
                r->withdrawn = true;
            else {
                r->answered = ev->at;
                r->runs = ev->runs;
                r->who = ev->who;
            }
        }
    }
    return 0;
}

int app_report_lead(struct app *app, int64_t case_id, struct arena *a, struct str **out, size_t *n, struct err *e)
{
    struct outage outage = {0};
    struct app_lead lead = {0};
    struct case_file f;
    *out = arena_array(a, struct str, LEAD_LINES);
    *n = 0;
    int rc = case_id ? stage_remediate_load(app_world(app), case_id, a, &f, e) : 0;
    if (rc == 0)
        rc = case_id ? app_outage_case(app, &f, a, &outage, e) : app_outage_now(app, a, &outage, e);
    if (rc == 0)
        rc = app_contact_lead(app, &outage, a, &lead, e);
    struct str rest = lead.text, line;
    while (rc == 0 && *n < LEAD_LINES && str_line_next(&rest, &line))
        if (line.n)
            (*out)[(*n)++] = line;
    return rc;
}
