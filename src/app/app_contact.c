#include "app/app_contact.h"

#include "base/i18n.h"

#define NAME_BYTES 400

int app_contacts(struct app *app, struct arena *a, struct contact **out, size_t *n, struct err *e)
{
    return contact_store_list(app_world(app)->db, a, out, n, e);
}

int app_contact_recheck_days(const struct app *app)
{
    int64_t days = config_int(app_config(app), "contacts.recheck_days", 180);
    return days < 0 ? 0 : (int)MIN(days, 36500);
}

size_t app_contact_overdue(struct app *app, const struct contact *c, size_t n)
{
    size_t overdue = 0;
    for (size_t i = 0; i < n; i++)
        overdue += call_tree_overdue(&c[i], app_contact_recheck_days(app), clock_now());
    return overdue;
}

int app_contact_find(const struct contact *c, size_t n, struct str who, const struct contact **out, struct err *e)
{
    struct arena a = {0};
    struct str key = contact_table_fold(who, &a);
    int64_t id;
    size_t found = 0;
    int rc = 0;
    *out = NULL;
    if (str_starts_i(who, "K-") && num_i64(str_sub(who, 2, who.n), &id)) {
        *out = call_tree_find(c, n, id);
        found = *out != NULL;
    }
    for (size_t i = 0; !found && i < n; i++) {
        if (!str_eq(contact_table_fold(c[i].name, &a), key))
            continue;
        for (size_t k = i; k < n; k++)
            found += str_eq(contact_table_fold(c[k].name, &a), key);
        *out = &c[i];
    }
    if (found == 0)
        rc = err_set(e, ERR_NOT_FOUND, "there is no contact \"%.*s\"; toban contacts list shows them", STR_ARG(who));
    else if (found > 1)
        rc = err_set(e, ERR_CONFLICT, "several contacts have the name \"%.*s\"; use the number, such as K-%lld",
                     STR_ARG(who), (long long)(*out)->id);
    arena_release(&a);
    return rc;
}

/* ---- one contact, as people give it ---- */

static int take_text(struct str *to, const char *given, struct err *e)
{
    if (!given)
        return 0;
    struct str s = str_trim(str_of(given));
    if (s.n > LIMIT_LEDGER_CELL || !str_is_utf8(s))
        return err_set(e, ERR_USAGE, "the text is too long, or not UTF-8");
    *to = s;
    return 0;
}

static int take_ref(int64_t *to, const char *given, int64_t self, const struct contact *c, size_t n, struct err *e)
{
    const struct contact *who;
    if (!given)
        return 0;
    *to = 0;
    if (*given == 0)
        return 0;
    int rc = app_contact_find(c, n, str_of(given), &who, e);
    if (rc)
        return rc;
    if (who->id == self)
        return err_set(e, ERR_USAGE, "a contact neither calls itself nor stands in for itself");
    *to = who->id;
    return 0;
}

/* "chat=#bcp needs S-015 S-016" */
static int take_channel(struct contact_channel *to, struct str s, struct arena *a, struct err *e)
{
    size_t eq = str_chr(s, '='), needs = str_find(s, STR_LIT(" needs "));
    struct str kind = str_trim(str_sub(s, 0, eq)), what = {0};
    if (eq == STR_NONE || !contact_channel_by_name(kind, &to->kind))
        return err_set(e, ERR_USAGE,
                       "\"%.*s\" is no channel: write KIND=ADDRESS, KIND being phone, mobile, sms, chat, mail, fax, "
                       "radio, web or in-person",
                       STR_ARG(s));
    if (needs != STR_NONE && needs > eq) {
        what = str_trim(str_sub(s, needs + 7, s.n));
        s = str_sub(s, 0, needs);
    }
    to->address = str_trim(str_sub(s, eq + 1, s.n));
    if (to->address.n == 0)
        return err_set(e, ERR_USAGE, "%.*s: the number or address is missing", STR_ARG(kind));
    if (s.n > LIMIT_LEDGER_CELL || !str_is_utf8(s) || !str_is_utf8(what))
        return err_set(e, ERR_USAGE, "the text is too long, or not UTF-8");
    bool has_mail = str_is(what, "mail") || str_starts(what, "mail ");
    to->needs = to->kind == CHANNEL_MAIL && !has_mail
                    ? str_of(arena_printf(a, "mail%s" STR_FMT, what.n ? " " : "", STR_ARG(what)))
                    : what;
    return 0;
}

/* Was it there before, word for word? */
static bool had_channel(const struct contact *c, const struct contact_channel *ch)
{
    for (size_t i = 0; i < c->channel_n; i++)
        if (c->channel[i].kind == ch->kind && str_eq(c->channel[i].address, ch->address))
            return true;
    return false;
}

static int take_channels(struct contact *c, const struct app_contact_edit *edit, struct arena *a, struct err *e)
{
    struct contact was = *c;
    if (edit->channel_n == 0)
        return 0;
    c->channel = arena_array(a, struct contact_channel, edit->channel_n + 1);
    c->channel_n = 0;
    for (size_t i = 0; i < edit->channel_n; i++) {
        if (*edit->channel[i] == 0)
            continue;
        struct contact_channel *ch = &c->channel[c->channel_n++];
        int rc = take_channel(ch, str_of(edit->channel[i]), a, e);
        if (rc)
            return rc;
        ch->order = (int)c->channel_n;
        if (!had_channel(&was, ch))
            c->checked = WHEN_NONE;
    }
    return 0;
}

static int take_order(struct contact *c, const struct app_contact_edit *edit, const struct contact *list, size_t n,
                      struct err *e)
{
    int64_t order;
    if (edit->order && *edit->order == 0) {
        c->call_order = 0;
    } else if (edit->order) {
        if (!num_i64(str_of(edit->order), &order) || order < 0 || order > LIMIT_CONTACTS)
            return err_set(e, ERR_USAGE, "the calling order is a number from 1; 0 takes it out of the call tree");
        c->call_order = (int)order;
    } else if (edit->called_by && c->call_order == 0) { /* behind those whom the same one calls already */
        c->call_order = 1;
        for (size_t i = 0; i < n; i++)
            if (list[i].called_by == c->called_by && list[i].call_order >= c->call_order && list[i].id != c->id)
                c->call_order = list[i].call_order + 1;
    }
    return 0;
}

static int apply(struct contact *c, const struct app_contact_edit *edit, const struct contact *list, size_t n,
                 struct arena *a, struct err *e)
{
    int rc = take_text(&c->name, edit->name, e);
    if (rc == 0 && (c->name.n == 0 || c->name.n > NAME_BYTES))
        rc = err_set(e, ERR_USAGE, "a contact needs a name of at most %d bytes", NAME_BYTES);
    if (rc == 0 && edit->kind && !contact_kind_by_name(str_of(edit->kind), &c->kind))
        rc = err_set(e, ERR_USAGE, "the kind is person, role or organisation, not \"%s\"", edit->kind);
    if (rc == 0)
        rc = take_text(&c->role, edit->role, e);
    if (rc == 0)
        rc = take_text(&c->organisation, edit->organisation, e);
    if (rc == 0)
        rc = take_text(&c->department, edit->department, e);
    if (rc == 0)
        rc = take_text(&c->lang, edit->lang, e);
    if (rc == 0 && c->lang.n && !str_is(c->lang, "ja") && !str_is(c->lang, "en"))
        rc = err_set(e, ERR_USAGE, "the language is ja or en, not \"%.*s\"", STR_ARG(c->lang));
    if (rc == 0)
        rc = take_text(&c->note, edit->note, e);
    if (rc == 0)
        rc = take_ref(&c->called_by, edit->called_by, c->id, list, n, e);
    if (rc == 0)
        rc = take_ref(&c->substitute, edit->substitute, c->id, list, n, e);
    if (rc == 0)
        rc = take_order(c, edit, list, n, e);
    return rc ? rc : take_channels(c, edit, a, e);
}

static int check_twin(const struct contact *c, const struct contact *list, size_t n, struct arena *a, struct err *e)
{
    struct str name = contact_table_fold(c->name, a), organisation = contact_table_fold(c->organisation, a);
    for (size_t i = 0; i < n; i++)
        if (list[i].id != c->id && str_eq(contact_table_fold(list[i].name, a), name) &&
            str_eq(contact_table_fold(list[i].organisation, a), organisation))
            return err_set(e, ERR_CONFLICT, "K-%lld has this name in the same organisation already; toban contacts set K-%lld changes it",
                           (long long)list[i].id, (long long)list[i].id);
    return 0;
}

static int write_one(struct app *app, struct contact *c, const struct contact *list, size_t n,
                     const struct app_contact_edit *edit, struct arena *a, int64_t *id, struct err *e)
{
    int rc = apply(c, edit, list, n, a, e);
    if (rc == 0)
        rc = check_twin(c, list, n, a, e);
    c->who = app_who(app);
    c->at = clock_now();
    return rc ? rc : stage_contact_put(app_world(app), c, id, e);
}

int app_contact_add(struct app *app, const struct app_contact_edit *edit, int64_t *id, struct err *e)
{
    struct arena a = {0};
    struct contact *list, c = {.checked = WHEN_NONE};
    size_t n;
    int rc = app_contacts(app, &a, &list, &n, e);
    if (rc == 0)
        rc = write_one(app, &c, list, n, edit, &a, id, e);
    arena_release(&a);
    return rc;
}

int app_contact_set(struct app *app, struct str who, const struct app_contact_edit *edit, int64_t *id, struct err *e)
{
    struct arena a = {0};
    const struct contact *old;
    struct contact *list, c;
    size_t n;
    int rc = app_contacts(app, &a, &list, &n, e);
    if (rc == 0)
        rc = app_contact_find(list, n, who, &old, e);
    if (rc == 0) {
        c = *old;
        rc = write_one(app, &c, list, n, edit, &a, id, e);
    }
    arena_release(&a);
    return rc;
}

static int find_all(struct app *app, const struct str *who, size_t n, struct arena *a, int64_t **out, struct err *e)
{
    struct contact *list;
    const struct contact *c;
    size_t list_n;
    *out = arena_array(a, int64_t, n + 1);
    int rc = app_contacts(app, a, &list, &list_n, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = app_contact_find(list, list_n, who[i], &c, e);
        if (rc == 0 && c)
            (*out)[i] = c->id;
    }
    return rc;
}

int app_contact_check(struct app *app, const struct str *who, size_t n, struct err *e)
{
    struct arena a = {0};
    int64_t *id;
    int rc = find_all(app, who, n, &a, &id, e);
    if (rc == 0)
        rc = stage_contact_checked(app_world(app), id, n, clock_now(), app_who(app), e);
    arena_release(&a);
    return rc;
}

int app_contact_remove(struct app *app, const struct str *who, size_t n, struct err *e)
{
    struct arena a = {0};
    int64_t *id;
    int rc = find_all(app, who, n, &a, &id, e);
    if (rc == 0)
        rc = stage_contact_remove(app_world(app), id, n, clock_now(), app_who(app), e);
    arena_release(&a);
    return rc;
}
