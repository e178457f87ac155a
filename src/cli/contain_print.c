#include "cli/contain_print.h"

#include "cli/contact_print.h"
#include "cli/list.h"

static const char *minute(struct cli *c, when_t t)
{
    char s[CLOCK_ISO_SIZE];
    clock_minute(t, config_zone(c->config), s);
    return arena_strdup(&c->a, s);
}

static const char *day(struct cli *c, when_t t)
{
    char s[CLOCK_ISO_SIZE];
    clock_date(t, config_zone(c->config), s);
    return arena_strdup(&c->a, s);
}

const char *contain_print_state(enum plan_state s)
{
    static const char *const name[] = {TR("draft: wants approving"), TR("refused"), TR("approved, nothing done yet"), TR("under way"), TR("done")};
    return tr(name[s]);
}

/* ---- reminders ---- */

void contain_print_reminders(struct cli *c, FILE *out, const struct app_contain_reminder *r, size_t n)
{
    for (size_t i = 0; i < n; i++)
        fprintf(out, tr("WANTS UNDOING since %s: B-%lld, action %d: %.*s%s%.*s\n"), day(c, r[i].since), (long long)r[i].plan, r[i].number,
                STR_ARG(list_safe(&c->a, r[i].title)), r[i].name.n ? ", " : "", STR_ARG(list_safe(&c->a, r[i].name)));
}

void contain_json_reminders(struct json_writer *w, const struct app_contain_reminder *r, size_t n)
{
    char text[CLOCK_ISO_SIZE];
    json_w_key(w, "wants_undoing");
    json_w_array(w);
    for (size_t i = 0; i < n; i++) {
        json_w_object(w);
        snprintf(text, sizeof(text), "B-%lld", (long long)r[i].plan);
        json_w_kcstr(w, "plan", text);
        snprintf(text, sizeof(text), "C-%lld", (long long)r[i].case_id);
        json_w_kcstr(w, "case", text);
        json_w_kint(w, "action", r[i].number);
        json_w_kstr(w, "title", r[i].title);
        json_w_kstr(w, "asset_key", r[i].key);
        json_w_kstr(w, "name", r[i].name);
        clock_iso(r[i].since, ZONE_UTC, text);
        json_w_kcstr(w, "since", text);
        json_w_object_end(w);
    }
    json_w_array_end(w);
}

/* ---- a plan as text ---- */

struct view {
    struct cli *c;
    const struct containment *p;
    struct case_file f;
    struct app_lead lead;
    struct app_contain_reminder *due;
    size_t due_n;
};

static void put_lines(struct cli *c, const char *indent, struct str text)
{
    struct str line;
    while (str_line_next(&text, &line)) {
        if (line.n)
            list_wrap(c, stdout, indent, line);
        else
            putchar('\n');
    }
}

static void put(struct cli *c, const char *title, struct str text)
{
    if (text.n)
        list_wrap(c, stdout, "      ", str_of(arena_printf(&c->a, "%s: " STR_FMT, title, STR_ARG(text))));
}

/* As it is, line by line, without wrapping: it is there to be copied. */
static void put_block(struct cli *c, struct str lines)
{
    struct str rest = list_safe(&c->a, lines), line;
    while (str_line_next(&rest, &line))
        printf("          " STR_FMT "\n", STR_ARG(line));
}

static void put_commands(struct cli *c, struct str text)
{
    const struct json *all = json_parse(&c->a, text, NULL);
    for (size_t i = 0; i < json_len(all); i++) {
        const struct json *one = json_at(all, i), *fill = json_get(one, "fill");
        struct str undo = json_get_str(one, "undo");
        printf("        --- " STR_FMT "\n", STR_ARG(list_safe(&c->a, json_get_str(one, "on"))));
        if (json_get_str(one, "note").n)
            put_lines(c, "        ", json_get_str(one, "note"));
        put_block(c, json_get_str(one, "do"));
        if (undo.n) {
            printf("        --- %s\n", tr("to undo it"));
            put_block(c, undo);
        }
        for (size_t k = 0; k < json_len(fill); k++)
            list_wrap(c, stdout, "        ", str_of(arena_printf(&c->a, tr("fill in %.*s: %.*s"), STR_ARG(json_get_str(json_at(fill, k), "place")),
                                                                 STR_ARG(json_get_str(json_at(fill, k), "why")))));
    }
}

static void put_action(const struct view *v, const struct containment_action *x)
{
    struct cli *c = v->c;
    const struct containment_event *last;
    static const char *const state[] = {TR("open"), TR("DONE"), TR("UNDONE"), TR("SKIPPED")};
    enum plan_action_state s = plan_action_state_of(v->p, x, &last);
    struct str machine = app_contain_name(&v->f, x->ledger, x->asset_key);
    printf("  %2d. [%s] " STR_FMT, x->number, tr(state[s]), STR_ARG(list_safe(&c->a, x->title)));
    if (machine.n)
        printf("  <" STR_FMT ">", STR_ARG(list_safe(&c->a, machine)));
    puts(x->required ? tr("  (required)") : "");
    if (last) {
        put(c, arena_printf(&c->a, tr("%s by %.*s"), minute(c, last->at), STR_ARG(list_safe(&c->a, last->who))), last->why.n ? last->why : str_of(tr(state[s])));
        if (s == PLAN_ACTION_DONE && last->undo_by != WHEN_NONE)
            put(c, tr("to be undone by"), str_of(day(c, last->undo_by)));
    }
    put(c, tr("owner"), x->owner);
    put(c, plan_tells(x) ? tr("when") : tr("effect"), x->effect);
    put(c, tr("undo"), x->undo);
    if (x->undo_days)
        put(c, tr("reminder"), str_of(arena_printf(&c->a, tr("%d days after it is done"), x->undo_days)));
    put_commands(c, x->commands);
}

/* Each machine of the plan once, with how far it has come. */
static void put_machines(const struct view *v)
{
    for (size_t i = 0; i < v->p->action_n; i++) {
        const struct containment_action *m = &v->p->action[i];
        bool first = m->asset_key.n != 0;
        for (size_t k = 0; first && k < i; k++)
            first = !(str_eq(v->p->action[k].asset_key, m->asset_key) && str_eq(v->p->action[k].ledger, m->ledger));
        if (!first)
            continue;
        struct plan_required r = plan_required_of(v->p, m->ledger, m->asset_key);
        printf("  " STR_FMT "  [", STR_ARG(list_safe(&v->c->a, app_contain_name(&v->f, m->ledger, m->asset_key))));
        if (plan_contained(v->p, m->ledger, m->asset_key))
            printf("%s]\n", tr("contained"));
        else
            printf(tr("NOT contained: %zu of %zu required actions done]\n"), r.done + r.skipped, r.n);
    }
}

static void print_text(const struct view *v)
{
    struct cli *c = v->c;
    const struct containment *p = v->p;
    const struct containment_event *ev = plan_approval(p);
    printf("B-%lld  C-%lld  " STR_FMT "  [%s]\n", (long long)p->id, (long long)p->case_id, STR_ARG(list_safe(&c->a, p->title)),
           contain_print_state(plan_state_of(p)));
    contain_print_reminders(c, stdout, v->due, v->due_n);
    contact_print_lead(c, stdout, &v->lead);
    printf(tr("  drafted %s by %.*s from the playbook %.*s\n"), minute(c, p->at), STR_ARG(list_safe(&c->a, p->who)), STR_ARG(list_safe(&c->a, p->playbook)));
    if (ev)
        list_wrap(c, stdout, "  ",
                  str_of(arena_printf(&c->a, ev->kind == CONTAINMENT_APPROVED ? tr("approved %s by %.*s: %.*s") : tr("refused %s by %.*s: %.*s"),
                                      minute(c, ev->at), STR_ARG(ev->who), STR_ARG(ev->why))));
    put_machines(v);
    putchar('\n');
    put_lines(c, "  ", p->intro);
    printf("\n%s\n", tr("Actions. The commands are here to be read and copied; toban never runs them."));
    for (size_t i = 0; i < p->action_n; i++)
        put_action(v, &p->action[i]);
}

/* ---- JSON, CSV ---- */

static void json_when(struct json_writer *w, const char *key, when_t t)
{
    char iso[CLOCK_ISO_SIZE];
    clock_iso(t, ZONE_UTC, iso);
    json_w_kcstr(w, key, t == WHEN_NONE ? NULL : iso);
}

static void json_event(struct json_writer *w, const struct containment_event *ev)
{
    json_w_object(w);
    json_w_kcstr(w, "event", containment_event_name(ev->kind));
    json_w_kint(w, "action", ev->number);
    json_when(w, "at", ev->at);
    json_w_kstr(w, "who", ev->who);
    json_w_kstr(w, "why", ev->why);
    if (ev->undo_by != WHEN_NONE)
        json_when(w, "undo_by", ev->undo_by);
    json_w_object_end(w);
}

static void json_commands(struct cli *c, struct json_writer *w, struct str text)
{
    const struct json *all = json_parse(&c->a, text, NULL);
    json_w_key(w, "commands");
    json_w_array(w);
    for (size_t i = 0; i < json_len(all); i++) {
        const struct json *one = json_at(all, i), *fill = json_get(one, "fill");
        static const char *const part[] = {"on", "note", "do", "undo"};
        json_w_object(w);
        for (size_t k = 0; k < ARRAY_LEN(part); k++)
            if (json_get(one, part[k]))
                json_w_kstr(w, part[k], json_get_str(one, part[k]));
        json_w_key(w, "fill");
        json_w_array(w);
        for (size_t k = 0; k < json_len(fill); k++) {
            json_w_object(w);
            json_w_kstr(w, "place", json_get_str(json_at(fill, k), "place"));
            json_w_kstr(w, "why", json_get_str(json_at(fill, k), "why"));
            json_w_object_end(w);
        }
        json_w_array_end(w);
        json_w_object_end(w);
    }
    json_w_array_end(w);
}

static void json_action(const struct view *v, struct json_writer *w, const struct containment_action *x)
{
    const struct containment_event *last;
    enum plan_action_state s = plan_action_state_of(v->p, x, &last);
    json_w_object(w);
    json_w_kint(w, "number", x->number);
    json_w_kstr(w, "action", x->name);
    json_w_kstr(w, "title", x->title);
    json_w_kstr(w, "asset_key", x->asset_key);
    json_w_kstr(w, "name", app_contain_name(&v->f, x->ledger, x->asset_key));
    json_w_kcstr(w, "state", plan_action_state_name(s));
    json_when(w, "undo_by", s == PLAN_ACTION_DONE && last ? last->undo_by : WHEN_NONE);
    json_w_kbool(w, "required", x->required);
    json_w_kstr(w, "owner", x->owner);
    json_w_kstr(w, "effect", x->effect);
    json_w_kstr(w, "undo", x->undo);
    json_w_kint(w, "undo_days", x->undo_days);
    json_commands(v->c, w, x->commands);
    json_w_object_end(w);
}

static void print_json(const struct view *v)
{
    const struct containment *p = v->p;
    struct buf out = BUF_INIT(GIB);
    struct json_writer w;
    char text[32];
    json_writer_init(&w, &out);
    json_w_object(&w);
    json_w_kcstr(&w, "schema", "toban.containment/1");
    snprintf(text, sizeof(text), "B-%lld", (long long)p->id);
    json_w_kcstr(&w, "id", text);
    snprintf(text, sizeof(text), "C-%lld", (long long)p->case_id);
    json_w_kcstr(&w, "case", text);
    json_w_kcstr(&w, "state", plan_state_name(plan_state_of(p)));
    json_w_kstr(&w, "playbook", p->playbook);
    json_w_kstr(&w, "title", p->title);
    json_w_kstr(&w, "drafted_by", p->who);
    json_when(&w, "drafted", p->at);
    contact_json_lead(&w, &v->lead);
    contain_json_reminders(&w, v->due, v->due_n);
    json_w_kstr(&w, "intro", p->intro);
    json_w_key(&w, "actions");
    json_w_array(&w);
    for (size_t i = 0; i < p->action_n; i++)
        json_action(v, &w, &p->action[i]);
    json_w_array_end(&w);
    json_w_key(&w, "events");
    json_w_array(&w);
    for (size_t i = 0; i < p->event_n; i++)
        json_event(&w, &p->event[i]);
    json_w_array_end(&w);
    json_w_object_end(&w);
    puts(buf_cstr(&out));
    buf_release(&out);
}

static void print_csv(const struct view *v)
{
    static const char *const name[] = {"number", "asset", "name", "action", "title", "state", "required", "owner", "effect", "undo", "undo_by"};
    struct list t;
    list_init(&t, v->c, "toban.containment.actions/1");
    for (size_t i = 0; i < ARRAY_LEN(name); i++)
        list_column(&t, name[i], name[i], 0);
    for (size_t i = 0; i < v->p->action_n; i++) {
        const struct containment_action *x = &v->p->action[i];
        const struct containment_event *last;
        enum plan_action_state s = plan_action_state_of(v->p, x, &last);
        list_cellf(&t, "%d", x->number);
        list_cell(&t, x->asset_key);
        list_cell(&t, app_contain_name(&v->f, x->ledger, x->asset_key));
        list_cell(&t, x->name);
        list_cell(&t, x->title);
        list_cells(&t, plan_action_state_name(s));
        list_cells(&t, x->required ? "yes" : "no");
        list_cell(&t, x->owner);
        list_cell(&t, x->effect);
        list_cell(&t, x->undo);
        list_cells(&t, s == PLAN_ACTION_DONE && last && last->undo_by != WHEN_NONE ? day(v->c, last->undo_by) : "");
    }
    list_end(&t);
}

int contain_print(struct cli *c, const struct containment *p)
{
    struct view v = {.c = c, .p = p};
    struct outage down = {0};
    struct app_contain_reminder *due;
    size_t n;
    if (stage_remediate_load(app_world(c->app), p->case_id, &c->a, &v.f, &c->err) || app_outage_case(c->app, &v.f, &c->a, &down, &c->err) ||
        app_contact_lead(c->app, &down, &c->a, &v.lead, &c->err) || app_contain_reminders(c->app, p->case_id, clock_now(), &c->a, &due, &n, &c->err))
        return cli_fail(c);
    v.due = arena_array(&c->a, struct app_contain_reminder, n + 1);
    for (size_t i = 0; i < n; i++)
        if (due[i].plan == p->id)
            v.due[v.due_n++] = due[i];
    if (c->format == FORMAT_JSON)
        print_json(&v);
    else if (c->format == FORMAT_CSV)
        print_csv(&v);
    else
        print_text(&v);
    return EXIT_DONE;
}
