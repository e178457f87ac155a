/* toban.drill/1 */
#include "cli/drill_print.h"
#include "codec/json.h"

static void w_when(struct json_writer *w, const char *key, when_t t)
{
    char iso[CLOCK_ISO_SIZE];
    clock_iso(t, 0, iso);
    json_w_kcstr(w, key, *iso ? iso : NULL);
}

static void w_dated(struct json_writer *w, const struct drill_when *d)
{
    w_when(w, "at", d->at);
    json_w_kbool(w, "day_only", d->day);
}

static void w_milestones(struct json_writer *w, const struct drill_pack *p)
{
    json_w_key(w, "milestones");
    json_w_array(w);
    for (size_t i = 0; i < p->milestone_n; i++) {
        json_w_object(w);
        json_w_kcstr(w, "kind", drill_mark_name(p->milestone[i].mark));
        w_dated(w, &p->milestone[i].when);
        json_w_kstr(w, "text", p->milestone[i].text.en);
        json_w_kstr(w, "text_ja", p->milestone[i].text.ja);
        json_w_kstr(w, "source", p->milestone[i].url);
        json_w_object_end(w);
    }
    json_w_array_end(w);
}

static void w_heard(struct json_writer *w, const struct drill_heard *h)
{
    static const char *const how[] = {"heard", "source-off", "no-source"};
    json_w_object(w);
    w_dated(w, &h->n->when);
    json_w_kstr(w, "publisher", h->n->publisher);
    json_w_kstr(w, "source", h->n->source);
    json_w_kstr(w, "id", h->n->id);
    json_w_kstr(w, "url", h->n->url);
    json_w_kstr(w, "title", h->n->title.en);
    json_w_kstr(w, "title_ja", h->n->title.ja);
    json_w_kcstr(w, "how", how[h->how]);
    w_when(w, "round", h->how == DRILL_HEARD ? h->round : WHEN_NONE);
    json_w_kbool(w, "exploited", h->exploited);
    json_w_kbool(w, "urgent", h->urgent);
    json_w_kstr(w, "quote", h->quote);
    json_w_object_end(w);
}

static void w_day(struct json_writer *w, const struct drill_result *r, const struct drill_day *d)
{
    json_w_object(w);
    w_when(w, "round", d->round);
    json_w_key(w, "notices");
    json_w_array(w);
    for (size_t i = 0; i < d->heard_n; i++)
        w_heard(w, &r->heard[d->heard_first + i]);
    json_w_array_end(w);
    json_w_kbool(w, "changed", d->changed);
    if (d->told) {
        json_w_key(w, "told");
        json_w_object(w);
        json_w_kcstr(w, "level", round_level_name(d->level));
        json_w_kint(w, "affected", d->affected);
        json_w_kint(w, "possible", d->possible);
        json_w_kint(w, "unknown", d->unknown);
        json_w_kint(w, "not_affected", d->cleared);
        json_w_kstr(w, "outcome", d->outcome);
        w_when(w, "deadline", d->deadline);
        json_w_kint(w, "named_first", (int64_t)d->named);
        json_w_kstr(w, "title", d->title);
        json_w_kstr(w, "by", d->by);
        json_w_kstr(w, "next", d->next);
        json_w_object_end(w);
    }
    json_w_object_end(w);
}

static void w_hours(struct json_writer *w, const char *key, when_t from, when_t to)
{
    if (to == WHEN_NONE)
        json_w_kcstr(w, key, NULL);
    else
        json_w_kint(w, key, MAX(to - from, 0) / (3600 * WHEN_SEC));
}

static void w_machine(struct json_writer *w, const struct drill_pack *p, const struct drill_machine *m)
{
    char id[32];
    bool open = m->fate >= DRILL_AFFECTED;
    snprintf(id, sizeof(id), "A-%lld", (long long)m->asset->a.id);
    json_w_object(w);
    json_w_kcstr(w, "id", id);
    json_w_kstr(w, "key", m->asset->a.key);
    json_w_kstr(w, "name", m->asset->a.name);
    json_w_kstr(w, "place", m->asset->a.place);
    json_w_kstr(w, "contractor", m->asset->a.organisation);
    json_w_kcstr(w, "exposure", exposure_name(m->asset->a.exposure));
    json_w_kint(w, "count", m->asset->a.count);
    json_w_kcstr(w, "fate", drill_fate_name(m->fate));
    json_w_kstr(w, "written", m->written);
    json_w_kstr(w, "vulnerabilities", m->vuln);
    w_when(w, "told", m->told);
    json_w_kstr(w, "outcome", m->outcome);
    w_when(w, "deadline", m->deadline);
    json_w_kbool(w, "emergency", m->emergency);
    json_w_kbool(w, "forensic", m->forensic);
    w_when(w, "fix_available", m->fix);
    json_w_kstr(w, "fixed_by", m->fixed);
    w_when(w, "safe", open ? m->safe : WHEN_NONE);
    w_when(w, "cleared", m->cleared);
    w_hours(w, "hours_after_exploitation", drill_pack_from(drill_pack_mark(p, DRILL_EXPLOITED)),
            open ? m->safe : WHEN_NONE);
    w_hours(w, "hours_after_patch", drill_pack_from(drill_pack_mark(p, DRILL_PATCH)),
            open ? m->safe : WHEN_NONE);
    json_w_kbool(w, "past_deadline", m->late);
    json_w_kstr(w, "missing", m->missing);
    json_w_object_end(w);
}

static void w_figures(struct json_writer *w, const struct drill_result *r)
{
    json_w_key(w, "you");
    json_w_object(w);
    w_when(w, "first_heard", r->first_heard);
    w_when(w, "first_matched", r->first_matched);
    w_when(w, "first_told_now", r->first_now);
    w_when(w, "all_safe", r->all_safe);
    json_w_kint(w, "to_fix", (int64_t)r->open);
    json_w_kint(w, "past_deadline", (int64_t)r->late);
    json_w_kint(w, "unanswered", (int64_t)r->unanswered);
    json_w_kint(w, "rows_not_identified", (int64_t)r->unnamed);
    json_w_kint(w, "rows_without_software", (int64_t)r->bare);
    json_w_kint(w, "assets", (int64_t)r->ledger_n);
    json_w_kstr(w, "sources_off", r->muted);
    json_w_kint(w, "quiet_days", (int64_t)r->quiet);
    json_w_object_end(w);
}

void drill_print_json(const struct drill_view *v)
{
    struct buf b = BUF_INIT(GIB);
    struct json_writer w;
    json_writer_init(&w, &b);
    json_w_object(&w);
    json_w_kcstr(&w, "schema", "toban.drill/1");
    json_w_kstr(&w, "drill", v->r->pack->name);
    json_w_kstr(&w, "title", v->r->pack->title.en);
    json_w_kint(&w, "hour", v->o->hour);
    json_w_kint(&w, "assume_hours", v->o->assume_hours);
    json_w_kbool(&w, "windows", v->o->next_window != NULL);
    w_milestones(&w, v->r->pack);
    w_figures(&w, v->r);
    json_w_key(&w, "days");
    json_w_array(&w);
    for (size_t i = 0; i < v->r->day_n; i++)
        if (v->r->day[i].ran || v->r->day[i].heard_n)
            w_day(&w, v->r, &v->r->day[i]);
    json_w_array_end(&w);
    json_w_key(&w, "machines");
    json_w_array(&w);
    for (size_t i = 0; i < v->r->machine_n; i++)
        w_machine(&w, v->r->pack, &v->r->machine[i]);
    json_w_array_end(&w);
    json_w_object_end(&w);
    fwrite(b.p, 1, b.n, stdout);
    putchar('\n');
    buf_release(&b);
}
