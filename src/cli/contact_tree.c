/* The call tree on the screen and as JSON. */
#include "cli/contact_print.h"
#include "cli/list.h"

static void say(struct cli *c, unsigned depth, const char *text)
{
    char indent[64];
    snprintf(indent, sizeof(indent), "%*s", (int)MIN(depth, 8) * 4 + 6, "");
    list_wrap(c, stdout, indent, list_safe(&c->a, str_of(text)));
}

static void put_line(struct cli *c, const struct call_line *l)
{
    const struct contact *k = l->c;
    const struct str part[] = {k->role, k->organisation, k->department};
    printf("%*sK-%lld  " STR_FMT, (int)MIN(l->depth, 8) * 4, "", (long long)k->id, STR_ARG(list_safe(&c->a, k->name)));
    for (size_t i = 0; i < ARRAY_LEN(part); i++)
        if (part[i].n)
            printf("  " STR_FMT, STR_ARG(list_safe(&c->a, part[i])));
    putchar('\n');
    for (size_t i = 0; i < l->channel_n; i++)
        say(c, l->depth, arena_printf(&c->a, STR_FMT, STR_ARG(call_tree_channel_text(&l->channel[i], &c->a))));
    if (!l->works)
        say(c, l->depth, tr("no channel that works"));
    if (l->substitute)
        say(c, l->depth, arena_printf(&c->a, tr("not reached: call %.*s (K-%lld)"), STR_ARG(l->substitute->name), (long long)l->substitute->id));
    if (!l->reached && l->calls)
        say(c, l->depth, tr("whoever calls takes over this list"));
    if (l->orphan)
        say(c, l->depth, tr("who should call them is not in the call tree any more; whoever is on duty does"));
    if (call_tree_overdue(k, app_contact_recheck_days(c->app), clock_now()))
        say(c, l->depth, tr("not checked for too long"));
}

void contact_print_tree(struct cli *c, const struct call_tree *t)
{
    size_t lost = 0;
    for (size_t i = 0; i < t->n; i++) {
        put_line(c, &t->line[i]);
        lost += !t->line[i].reached;
    }
    if (lost) {
        printf("\n%s\n", tr("Nobody can reach:"));
        for (size_t i = 0; i < t->n; i++)
            if (!t->line[i].reached)
                printf("  K-%lld  " STR_FMT "\n", (long long)t->line[i].c->id, STR_ARG(list_safe(&c->a, t->line[i].c->name)));
    }
    if (t->circle_n) {
        printf("\n%s\n", tr("These call each other in a circle, so that nobody begins:"));
        for (size_t i = 0; i < t->circle_n; i++)
            printf("  K-%lld  " STR_FMT "\n", (long long)t->circle[i]->id, STR_ARG(list_safe(&c->a, t->circle[i]->name)));
    }
    if (t->n + t->circle_n == 0)
        fprintf(stderr, "%s\n", tr("nobody has a place in the calling order; toban contacts set K-1 --order 1 gives one"));
}

static void w_id(struct json_writer *w, const char *key, int64_t id)
{
    char text[32];
    snprintf(text, sizeof(text), "K-%lld", (long long)id);
    json_w_kcstr(w, key, id ? text : NULL);
}

static void w_line(struct json_writer *w, const struct call_line *l)
{
    json_w_object(w);
    w_id(w, "id", l->c->id);
    json_w_kstr(w, "name", l->c->name);
    json_w_kint(w, "depth", l->depth);
    w_id(w, "called_by", l->orphan ? 0 : l->c->called_by);
    w_id(w, "substitute", l->substitute ? l->substitute->id : 0);
    json_w_kbool(w, "reached", l->reached);
    json_w_key(w, "channels");
    json_w_array(w);
    for (size_t i = 0; i < l->channel_n; i++) {
        json_w_object(w);
        json_w_kcstr(w, "kind", contact_channel_name(l->channel[i].c->kind));
        json_w_kstr(w, "address", l->channel[i].c->address);
        json_w_kbool(w, "works", l->channel[i].needs.n == 0);
        if (l->channel[i].needs.n)
            json_w_kstr(w, "needs", l->channel[i].needs);
        json_w_object_end(w);
    }
    json_w_array_end(w);
    json_w_object_end(w);
}

void contact_json_tree(const struct call_tree *t, const struct app_lead *lead)
{
    struct buf out = BUF_INIT(GIB);
    struct json_writer w;
    char id[32];
    json_writer_init(&w, &out);
    json_w_object(&w);
    json_w_kcstr(&w, "schema", "toban.contacts.tree/1");
    contact_json_lead(&w, lead);
    json_w_key(&w, "lines");
    json_w_array(&w);
    for (size_t i = 0; i < t->n; i++)
        w_line(&w, &t->line[i]);
    json_w_array_end(&w);
    json_w_key(&w, "circle");
    json_w_array(&w);
    for (size_t i = 0; i < t->circle_n; i++) {
        snprintf(id, sizeof(id), "K-%lld", (long long)t->circle[i]->id);
        json_w_cstr(&w, id);
    }
    json_w_array_end(&w);
    json_w_object_end(&w);
    puts(buf_cstr(&out));
    buf_release(&out);
}
