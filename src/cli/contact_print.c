#include "cli/contact_print.h"

#include "cli/list.h"

void contact_print_lead(struct cli *c, FILE *out, const struct app_lead *l)
{
    if (l->text.n == 0)
        return;
    fprintf(out, "%s", c->color && out == stdout ? "\033[1;31m" : "");
    list_wrap(c, out, "", list_safe(&c->a, l->text));
    fprintf(out, "%s\n", c->color && out == stdout ? "\033[0m" : "");
}

void contact_json_lead(struct json_writer *w, const struct app_lead *l)
{
    char id[32];
    json_w_kbool(w, "mail_affected", l->text.n != 0);
    json_w_key(w, "call");
    json_w_array(w);
    for (size_t i = 0; i < l->call_n; i++) {
        snprintf(id, sizeof(id), "K-%lld", (long long)l->call[i].contact->id);
        json_w_object(w);
        json_w_kcstr(w, "contact", id);
        json_w_kstr(w, "name", l->call[i].contact->name);
        json_w_kcstr(w, "kind", contact_channel_name(l->call[i].channel->kind));
        json_w_kstr(w, "address", l->call[i].channel->address);
        json_w_object_end(w);
    }
    json_w_array_end(w);
}

int contact_print_lead_now(struct cli *c)
{
    struct outage down = {0};
    struct app_lead lead;
    int rc = app_outage_now(c->app, &c->a, &down, &c->err);
    if (rc == 0)
        rc = app_contact_lead(c->app, &down, &c->a, &lead, &c->err);
    if (rc == 0)
        contact_print_lead(c, c->format == FORMAT_TABLE ? stdout : stderr, &lead);
    return rc;
}

void contact_print_enquiries(FILE *out, const struct enquiry_count *n)
{
    if (n->open)
        fprintf(out, tr("enquiries to contractors: %zu without an answer, %zu of them overdue: toban ledger ask list --unanswered\n"),
                n->open, n->overdue);
}

void contact_json_enquiries(struct json_writer *w, const struct enquiry_count *n)
{
    json_w_key(w, "enquiries");
    json_w_object(w);
    json_w_kint(w, "open", (int64_t)n->open);
    json_w_kint(w, "overdue", (int64_t)n->overdue);
    json_w_object_end(w);
}
