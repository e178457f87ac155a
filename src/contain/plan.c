#include "contain/plan.h"

#include "codec/json.h"

#define NEARBY_SHOWN 12
#define RUNS_SHOWN 6

/* ---- intro ---- */

static void head(struct buf *b, const char *title)
{
    buf_printf(b, "%s%s\n", b->n ? "\n" : "", title);
}

static void items(struct buf *b, struct str text)
{
    struct str line;
    while (str_line_next(&text, &line))
        buf_printf(b, "- " STR_FMT "\n", STR_ARG(line));
}

static struct str name_of(const struct asset *as, struct arena *a)
{
    return plan_plain(as->name.n ? as->name : as->key, a);
}

static void part(struct buf *b, struct str value, struct arena *a)
{
    if (value.n)
        buf_printf(b, ", " STR_FMT, STR_ARG(plan_plain(value, a)));
}

static void machine_line(struct buf *b, const struct plan_machine *m, struct arena *a)
{
    const struct asset *as = m->asset;
    buf_printf(b, "- " STR_FMT, STR_ARG(name_of(as, a)));
    if (as->count > 1)
        buf_printf(b, tr(" (%lld machines of this row)"), (long long)as->count);
    buf_printf(b, ": " STR_FMT, STR_ARG(as->purpose.n ? plan_plain(as->purpose, a) : str_of(tr("the ledger does not say what it is for"))));
    part(b, as->place, a);
    part(b, as->department, a);
    buf_printf(b, tr("; owner %.*s"), STR_ARG(as->owner.n ? plan_plain(as->owner, a) : str_of(tr("not known"))));
    part(b, as->contact, a);
    if (as->organisation.n)
        buf_printf(b, tr("; run by %.*s"), STR_ARG(plan_plain(as->organisation, a)));
    buf_addc(b, '\n');
    for (size_t i = 0; i < as->component_n && i < RUNS_SHOWN; i++)
        buf_printf(b, "%s" STR_FMT "%s", i ? ", " : tr("  on it runs "), STR_ARG(plan_plain(as->component[i].product, a)),
                   i + 1 == as->component_n ? "\n" : i + 1 == RUNS_SHOWN ? ", …\n" : "");
}

static bool planned(const struct plan_input *in, const struct plan_machine *m)
{
    for (size_t i = 0; i < in->machine_n; i++)
        if (str_eq(in->machine[i].asset->key, m->asset->key) && str_eq(in->machine[i].ledger, m->ledger))
            return true;
    return false;
}

/* The ledger knows no lines between machines; who shares place and department is who is asked. */
static bool nearby(const struct plan_input *in, const struct plan_machine *m)
{
    for (size_t i = 0; i < in->machine_n; i++) {
        const struct asset *x = in->machine[i].asset, *y = m->asset;
        if (x->place.n && x->department.n && str_eq(x->place, y->place) && str_eq(x->department, y->department))
            return true;
    }
    return false;
}

static void nearby_lines(struct buf *b, const struct plan_input *in, struct arena *a)
{
    size_t n = 0;
    for (size_t i = 0; i < in->ledger_n; i++) {
        const struct plan_machine *m = &in->ledger[i];
        if (!nearby(in, m) || planned(in, m))
            continue;
        if (n++ == 0)
            head(b, tr("May need them (same place and department; the ledger does not say which machine needs which: ask first)"));
        if (n > NEARBY_SHOWN)
            continue;
        buf_printf(b, "- " STR_FMT, STR_ARG(name_of(m->asset, a)));
        part(b, m->asset->purpose, a);
        part(b, m->asset->owner, a);
        buf_addc(b, '\n');
    }
    if (n > NEARBY_SHOWN)
        buf_printf(b, tr("- and %zu more\n"), n - NEARBY_SHOWN);
}

static struct str intro(const struct plan_input *in, const struct plan_values *v, struct arena *a)
{
    const struct playbook *p = in->book;
    enum lang lang = i18n_lang();
    struct buf b = BUF_INIT(4 * MIB);
    struct str text = plan_text(playbook_say(&p->intro, lang), v, a);
    if (text.n)
        buf_printf(&b, STR_FMT "\n", STR_ARG(text));
    head(&b, tr("Machines, what stops with them, and who owns them"));
    for (size_t i = 0; i < in->machine_n; i++)
        machine_line(&b, &in->machine[i], a);
    text = plan_text(playbook_say(&p->stops, lang), v, a);
    if (text.n) {
        head(&b, tr("What else stops"));
        items(&b, text);
    }
    nearby_lines(&b, in, a);
    text = plan_text(playbook_say(&p->experts, lang), v, a);
    if (text.n) {
        head(&b, tr("Call outside experts when"));
        items(&b, text);
    }
    struct str out = arena_str(a, str_trim(buf_str(&b)));
    buf_release(&b);
    return out;
}

/* ---- actions ---- */

static struct str commands(const struct playbook_action *x, const struct plan_values *v, struct arena *a)
{
    struct buf out = BUF_INIT(LIMIT_RECORD);
    struct json_writer w;
    json_writer_init(&w, &out);
    json_w_array(&w);
    for (size_t i = 0; i < x->command_n; i++) {
        const struct playbook_command *c = &x->command[i];
        bool used[PLAYBOOK_PLACES] = {0};
        struct str note = plan_text(playbook_say(&c->note, i18n_lang()), v, a);
        json_w_object(&w);
        json_w_kstr(&w, "on", c->on);
        if (note.n)
            json_w_kstr(&w, "note", note);
        json_w_kstr(&w, "do", plan_commands(c->go, v, used, a));
        if (c->back.n)
            json_w_kstr(&w, "undo", plan_commands(c->back, v, used, a));
        json_w_key(&w, "fill");
        json_w_array(&w);
        for (int k = 0; k < PLAYBOOK_PLACES; k++) {
            if (!used[k] || v->place[k].n)
                continue;
            json_w_object(&w);
            json_w_kcstr(&w, "place", playbook_places[k]);
            json_w_kcstr(&w, "why", v->place[k].why ? tr(v->place[k].why) : "");
            json_w_object_end(&w);
        }
        json_w_array_end(&w);
        json_w_object_end(&w);
    }
    json_w_array_end(&w);
    struct str s = arena_str(a, buf_str(&out));
    buf_release(&out);
    return s;
}

static bool applies(const struct playbook_action *x, const struct asset *as)
{
    return x->only == PLAYBOOK_ALWAYS || (x->only == PLAYBOOK_CONTRACTOR && as->organisation.n) ||
           (x->only == PLAYBOOK_BATCH && as->count > 1);
}

static void add_action(const struct playbook_action *x, const struct plan_machine *m, const struct plan_values *v,
                       struct containment *out, struct arena *a)
{
    enum lang lang = i18n_lang();
    struct containment_action *to = &out->action[out->action_n];
    struct str title = plan_text(playbook_say(&x->title, lang), v, a);
    struct str effect = plan_text(playbook_say(x->tell ? &x->when : &x->effect, lang), v, a);
    struct str how = x->tell ? plan_text(playbook_say(&x->how, lang), v, a) : (struct str){0};
    *to = (struct containment_action){.number = (int)++out->action_n,
                                      .name = x->name,
                                      .title = title,
                                      .effect = effect,
                                      .undo = plan_text(playbook_say(&x->undo, lang), v, a),
                                      .owner = plan_text(playbook_say(&x->owner, lang), v, a),
                                      .commands = commands(x, v, a),
                                      .required = x->required,
                                      .undo_days = x->undo_days};
    if (x->tell)
        to->title = str_of(arena_printf(a, tr("Tell: %.*s"), STR_ARG(title)));
    if (how.n)
        to->effect = str_of(arena_printf(a, STR_FMT "\n" STR_FMT, STR_ARG(effect), STR_ARG(how)));
    if (m) {
        to->ledger = m->ledger;
        to->asset_key = m->asset->key;
    }
    if (m && m->asset->count > 1)
        to->effect = str_of(arena_printf(a, tr("%.*s\nThis row of the ledger stands for %lld machines: do it on each."),
                                         STR_ARG(to->effect), (long long)m->asset->count));
}

int plan_draft(const struct plan_input *in, struct arena *a, struct containment *out, struct err *e)
{
    const struct playbook *p = in->book;
    struct plan_values all;
    if (in->machine_n == 0)
        return err_set(e, ERR_USAGE, "a containment plan needs a machine");
    if (in->machine_n > LIMIT_CONTAIN_MACHINES)
        return err_set(e, ERR_LIMIT, "%zu machines are more than one containment plan holds (%d); name some with --asset",
                       in->machine_n, LIMIT_CONTAIN_MACHINES);
    plan_values_of(in, NULL, a, &all);
    *out = (struct containment){.case_id = in->case_id,
                                .playbook = p->name,
                                .title = plan_text(playbook_say(&p->title, i18n_lang()), &all, a),
                                .intro = intro(in, &all, a),
                                .who = in->who,
                                .at = in->at};
    out->action = arena_array(a, struct containment_action, p->action_n * (in->machine_n + 1));
    struct plan_values *v = arena_array(a, struct plan_values, in->machine_n);
    for (size_t i = 0; i < in->machine_n; i++)
        plan_values_of(in, &in->machine[i], a, &v[i]);
    for (size_t i = 0; i < p->action_n; i++) {
        const struct playbook_action *x = &p->action[i];
        if (!x->per_machine)
            add_action(x, NULL, &all, out, a);
        for (size_t k = 0; x->per_machine && k < in->machine_n; k++)
            if (applies(x, in->machine[k].asset))
                add_action(x, &in->machine[k], &v[k], out, a);
    }
    return 0;
}
