/* A table of contacts, taken over: a row is known again by name and organisation. */
#include "app/app_contact.h"

#include "base/i18n.h"
#include "codec/stream.h"

struct taking {
    struct app *app;
    struct arena *a;
    struct contact *old;
    size_t old_n;
    struct map index; /* folded name NUL folded organisation → index into old, or old_n + index into put */
    struct app_contact_import *out;
    VEC(struct contact) put;
    VEC(size_t) row;                     /* of each put: its row of the table */
    VEC(struct contact) same;            /* nothing new so far */
    VEC(size_t) same_row;
    VEC(struct contact_issue) issue;
};

static struct str identity(struct taking *t, struct str name, struct str organisation)
{
    struct str n = contact_table_fold(name, t->a), o = contact_table_fold(organisation, t->a);
    char *p = arena_alloc(t->a, n.n + 1 + o.n);
    memcpy(p, n.p, n.n);
    p[n.n] = 0;
    if (o.n)
        memcpy(p + n.n + 1, o.p, o.n);
    return str_n(p, n.n + 1 + o.n);
}

static void tell(struct taking *t, unsigned long line, const char *reason)
{
    if (t->issue.n < LIMIT_ERRORS_KEPT)
        vec_push(&t->issue, ((struct contact_issue){line, str_of(reason), false}));
}

static bool channel_stated(const struct contact_row *r, enum contact_channel_kind k)
{
    return r->stated[(unsigned)CONTACT_FIELD_CHANNEL + k];
}

static const struct contact_channel *same_channel(const struct contact *c, const struct contact_channel *ch)
{
    for (size_t i = 0; i < c->channel_n; i++)
        if (c->channel[i].kind == ch->kind && str_eq(c->channel[i].address, ch->address))
            return &c->channel[i];
    return NULL;
}

/* Kinds that the row states replace those of the kind, in place; what a person said a channel needs stays with
 * it. True when anything is not as before. */
static bool merge_channels(struct taking *t, struct contact *c, const struct contact_row *r)
{
    struct contact was = *c;
    bool changed = false;
    c->channel = arena_array(t->a, struct contact_channel, was.channel_n + r->c.channel_n + 1);
    c->channel_n = 0;
    for (size_t i = 0; i < was.channel_n; i++) {
        const struct contact_channel *ch = &was.channel[i];
        if (!channel_stated(r, ch->kind) || same_channel(&r->c, ch))
            c->channel[c->channel_n++] = *ch;
        else
            changed = true;
    }
    for (size_t i = 0; i < r->c.channel_n; i++) {
        if (same_channel(&was, &r->c.channel[i]))
            continue;
        if (c->channel_n == LIMIT_CONTACT_CHANNELS) {
            tell(t, r->line, tr("more channels than one contact can have; the others are left out"));
            break;
        }
        c->channel[c->channel_n++] = r->c.channel[i];
        changed = true;
    }
    for (size_t i = 0; i < c->channel_n; i++)
        c->channel[i].order = (int)i + 1;
    return changed;
}

static bool take_text(struct str *to, struct str from)
{
    if (from.n == 0 || str_eq(*to, from))
        return false;
    *to = from;
    return true;
}

/* A contact whose numbers changed wants checking again, unless the file says when it was. */
static bool merge(struct taking *t, struct contact *c, const struct contact_row *r)
{
    bool moved = merge_channels(t, c, r), changed = moved;
    changed |= take_text(&c->role, r->c.role);
    changed |= take_text(&c->department, r->c.department);
    changed |= take_text(&c->lang, r->c.lang);
    changed |= take_text(&c->note, r->c.note);
    if (r->stated[CONTACT_FIELD_KIND] && c->kind != r->c.kind) {
        c->kind = r->c.kind;
        changed = true;
    }
    if (r->stated[CONTACT_FIELD_ORDER] && c->call_order != r->c.call_order) {
        c->call_order = r->c.call_order;
        changed = true;
    }
    if (r->c.checked != WHEN_NONE && (c->checked == WHEN_NONE || r->c.checked > c->checked)) {
        c->checked = r->c.checked;
        c->checked_by = app_who(t->app);
        changed = true;
    } else if (moved && r->c.checked == WHEN_NONE) {
        c->checked = WHEN_NONE;
    }
    return changed;
}

/* Who is meant, among those there and those of this file; *id 0: one of this file that has no number yet.
 * False: nobody, or several. */
static bool resolve(struct taking *t, struct str who, const struct contact *self, int64_t *id)
{
    const struct contact *c;
    int64_t number;
    size_t found = 0, found_own = 0;
    *id = 0;
    if (str_starts_i(who, "K-") && num_i64(str_sub(who, 2, who.n), &number)) {
        c = call_tree_find(t->old, t->old_n, number);
        *id = c && c->id != self->id ? c->id : 0;
        return *id != 0;
    }
    struct str key = contact_table_fold(who, t->a);
    for (size_t i = 0; i < t->old_n + t->put.n; i++) {
        c = i < t->old_n ? &t->old[i] : &t->put.p[i - t->old_n];
        if (!str_eq(contact_table_fold(c->name, t->a), key) || (i >= t->old_n && call_tree_find(t->old, t->old_n, c->id)))
            continue;
        bool own = str_eq(c->organisation, self->organisation);
        if (own && !found_own)
            *id = c->id; /* one's own organisation is meant first */
        else if (!found_own && !found)
            *id = c->id;
        found++;
        found_own += own;
    }
    return (found == 1 || found_own == 1) && *id != self->id;
}

static bool link_one(struct taking *t, struct contact *c, const struct contact_row *r, bool last)
{
    struct {
        struct str who;
        int64_t *to;
    } ref[] = {{r->called_by, &c->called_by}, {r->substitute, &c->substitute}};
    bool changed = false;
    for (size_t i = 0; i < ARRAY_LEN(ref); i++) {
        int64_t id;
        if (ref[i].who.n == 0)
            continue;
        if (!resolve(t, ref[i].who, c, &id)) {
            if (last)
                tell(t, r->line, arena_printf(t->a, tr("\"%.*s\" is not one contact that is known"), STR_ARG(ref[i].who)));
        } else if (*ref[i].to != id || id == 0) {
            *ref[i].to = id;
            changed = true;
        }
    }
    return changed;
}

static bool link_stored(void *ctx, struct contact *c, size_t i)
{
    struct taking *t = ctx;
    return link_one(t, c, &t->out->table.row[t->row.p[i]], true);
}

static void put_row(struct taking *t, struct contact c, const struct contact_row *r)
{
    t->out->added += c.id == 0;
    t->out->changed += c.id != 0;
    c.who = app_who(t->app);
    c.at = clock_now();
    vec_push(&t->put, c);
    vec_push(&t->row, (size_t)(r - t->out->table.row));
}

static void take_row(struct taking *t, const struct contact_row *r)
{
    bool made;
    struct contact c = {.checked = WHEN_NONE, .kind = r->c.kind, .name = r->c.name, .organisation = r->c.organisation};
    uint64_t *at = map_put(&t->index, identity(t, r->c.name, r->c.organisation), &made);
    if (!made && *at >= t->old_n) { /* a second row of the same file adds to the first */
        merge(t, &t->put.p[*at - t->old_n], r);
        return;
    }
    if (!made)
        c = t->old[*at];
    if (!merge(t, &c, r) && !made) {
        vec_push(&t->same, c);
        vec_push(&t->same_row, (size_t)(r - t->out->table.row));
        return;
    }
    *at = t->old_n + t->put.n;
    put_row(t, c, r);
}

/* Now that all rows are known: who calls whom. */
static void link_all(struct taking *t)
{
    size_t n = t->put.n;
    for (size_t i = 0; i < n; i++)
        if (t->put.p[i].id)
            link_one(t, &t->put.p[i], &t->out->table.row[t->row.p[i]], false);
    for (size_t i = 0; i < t->same.n; i++) {
        const struct contact_row *r = &t->out->table.row[t->same_row.p[i]];
        if (link_one(t, &t->same.p[i], r, false))
            put_row(t, t->same.p[i], r);
        else
            t->out->same++;
    }
}

static void finish(struct taking *t)
{
    struct contact_table *out = &t->out->table;
    struct contact_issue *v = arena_array(t->a, struct contact_issue, out->issue_n + t->issue.n + 1);
    memcpy(v, out->issue, out->issue_n * sizeof(*v));
    if (t->issue.n)
        memcpy(v + out->issue_n, t->issue.p, t->issue.n * sizeof(*v));
    out->issue = v;
    out->issue_n += t->issue.n;
    map_release(&t->index);
    vec_release(&t->put);
    vec_release(&t->row);
    vec_release(&t->same);
    vec_release(&t->same_row);
    vec_release(&t->issue);
}

static int read_table(struct app *app, const char *path, const char *sheet, struct arena *a, struct contact_table *out,
                      struct err *e)
{
    struct contact_words w = {0};
    struct rule_file file;
    struct buf bytes = BUF_INIT(LIMIT_FILE_WHOLE);
    int rc = rules_get(config_str(app_config(app), "rules"), "contacts/columns.txt", a, &file, e);
    if (rc == 0)
        rc = contact_words_read(&w, file.bytes, file.path.p, e);
    if (rc == 0)
        rc = stream_slurp(path, &bytes, e);
    if (rc == 0)
        rc = contact_table_read(buf_str(&bytes), path, &w, sheet, app_world(app)->zone_s, a, out, e);
    contact_words_release(&w);
    buf_release(&bytes);
    return rc;
}

int app_contact_import(struct app *app, const char *path, const char *sheet, bool dry_run, struct arena *a,
                       struct app_contact_import *out, struct err *e)
{
    struct taking t = {.app = app, .a = a, .out = out};
    *out = (struct app_contact_import){0};
    int rc = read_table(app, path, sheet, a, &out->table, e);
    if (rc == 0)
        rc = app_contacts(app, a, &t.old, &t.old_n, e);
    if (rc)
        return rc;
    for (size_t i = 0; i < t.old_n; i++)
        *map_put(&t.index, identity(&t, t.old[i].name, t.old[i].organisation), NULL) = i;
    for (size_t i = 0; i < out->table.n; i++)
        take_row(&t, &out->table.row[i]);
    link_all(&t);
    if (!dry_run && t.put.n)
        rc = stage_contact_put_all(app_world(app), t.put.p, t.put.n, link_stored, &t, e);
    finish(&t);
    return rc;
}
