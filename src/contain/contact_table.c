#include "contain/contact_table.h"

#include "base/i18n.h"
#include "codec/table.h"

#define HEADER_ROWS 10

struct reading {
    const struct contact_words *w;
    struct arena *a;
    struct contact_table *out;
    enum contact_field column[LIMIT_CSV_COLUMNS];
    size_t column_n;
    int zone_s;
    struct contact_channel scratch[LIMIT_CONTACT_CHANNELS]; /* of the row at hand */
    VEC(struct contact_row) row;
    VEC(struct contact_issue) issue;
};

static void tell(struct reading *r, unsigned long line, bool whole, const char *reason)
{
    r->out->aside += whole;
    if (r->issue.n < LIMIT_ERRORS_KEPT)
        vec_push(&r->issue, ((struct contact_issue){line, str_of(reason), whole}));
}

/* A header row knows a name and one field more. */
static bool header(struct reading *r, const struct table_row *row)
{
    size_t known = 0;
    bool name = false;
    r->column_n = MIN(row->cell_n, LIMIT_CSV_COLUMNS);
    for (size_t i = 0; i < r->column_n; i++) {
        const uint64_t *v = map_get(&r->w->header, contact_table_fold(row->cell[i], r->a));
        r->column[i] = v ? (enum contact_field)*v : CONTACT_FIELD_NONE;
        known += v != NULL;
        name |= r->column[i] == CONTACT_FIELD_NAME;
    }
    return name && known >= 2;
}

static void add_channels(struct reading *r, struct contact_row *to, enum contact_channel_kind kind, struct str cell)
{
    struct contact_channel *ch = r->scratch;
    while (cell.n) {
        size_t cut = cell.n, skip = 0;
        static const char *const mark[] = {"\n", ";", "；", "、"};
        for (size_t i = 0; i < ARRAY_LEN(mark); i++) {
            size_t at = str_find(cell, str_of(mark[i]));
            if (at < cut) {
                cut = at;
                skip = strlen(mark[i]);
            }
        }
        struct str one = str_trim(str_sub(cell, 0, cut));
        cell = str_sub(cell, cut + skip, cell.n);
        if (one.n == 0)
            continue;
        if (to->c.channel_n == LIMIT_CONTACT_CHANNELS) {
            tell(r, to->line, false, tr("more channels than one contact can have; the others are left out"));
            return;
        }
        ch[to->c.channel_n] = (struct contact_channel){.order = (int)to->c.channel_n + 1,
                                                       .kind = kind,
                                                       .address = arena_str(r->a, one),
                                                       .needs = kind == CHANNEL_MAIL ? STR_LIT("mail") : STR_LIT("")};
        to->c.channel_n++;
    }
}

static void take_lang(struct reading *r, struct contact_row *to, struct str cell)
{
    struct str w = contact_table_fold(cell, r->a);
    if (str_starts(w, "ja") || str_starts(w, "日本"))
        to->c.lang = STR_LIT("ja");
    else if (str_starts(w, "en") || str_starts(w, "英"))
        to->c.lang = STR_LIT("en");
    else
        tell(r, to->line, false, tr("the language is neither Japanese nor English"));
}

static void take(struct reading *r, struct contact_row *to, enum contact_field f, struct str cell)
{
    struct str *const text[] = {[CONTACT_FIELD_NAME] = &to->c.name,
                                [CONTACT_FIELD_ROLE] = &to->c.role,
                                [CONTACT_FIELD_ORGANISATION] = &to->c.organisation,
                                [CONTACT_FIELD_DEPARTMENT] = &to->c.department,
                                [CONTACT_FIELD_CALLED_BY] = &to->called_by,
                                [CONTACT_FIELD_SUBSTITUTE] = &to->substitute,
                                [CONTACT_FIELD_NOTE] = &to->c.note};
    int64_t n;
    if (f == CONTACT_FIELD_NONE || cell.n == 0)
        return;
    to->stated[f] = true;
    if (f >= CONTACT_FIELD_CHANNEL) {
        add_channels(r, to, (enum contact_channel_kind)(f - CONTACT_FIELD_CHANNEL), cell);
    } else if (f == CONTACT_FIELD_KIND) {
        const uint64_t *v = map_get(&r->w->kind, contact_table_fold(cell, r->a));
        to->c.kind = v ? (enum contact_kind)*v : CONTACT_PERSON;
        if (!v)
            tell(r, to->line, false, tr("the kind is none of person, role, organisation"));
    } else if (f == CONTACT_FIELD_ORDER) {
        struct str digits = contact_table_fold(cell, r->a);
        if (num_i64(digits, &n) && n >= 0 && n <= LIMIT_CONTACTS)
            to->c.call_order = (int)n;
        else
            tell(r, to->line, false, tr("the calling order is not a number"));
    } else if (f == CONTACT_FIELD_CHECKED) {
        if (!clock_parse_any(cell, r->zone_s, &to->c.checked)) {
            to->c.checked = WHEN_NONE;
            tell(r, to->line, false, tr("the day of the last check is not a date"));
        }
    } else if (f == CONTACT_FIELD_LANG) {
        take_lang(r, to, cell);
    } else if (text[f]->n == 0) {
        *text[f] = arena_str(r->a, cell);
    }
}

static void body(struct reading *r, const struct table_row *row)
{
    struct contact_row to = {.c = {.checked = WHEN_NONE}, .line = row->line};
    if (row->problem.n) {
        tell(r, row->line, true, arena_dup(r->a, row->problem.p, row->problem.n));
        return;
    }
    for (size_t i = 0; i < row->cell_n && i < r->column_n; i++)
        take(r, &to, r->column[i], str_trim(row->cell[i]));
    if (to.c.name.n == 0 && to.c.role.n && to.c.channel_n) { /* a desk or a duty without a name */
        to.c.name = to.c.role;
        to.stated[CONTACT_FIELD_NAME] = true;
        to.c.kind = to.stated[CONTACT_FIELD_KIND] ? to.c.kind : CONTACT_ROLE;
    }
    if (to.c.name.n == 0) {
        tell(r, row->line, true, tr("the row has no name"));
        return;
    }
    to.c.channel = arena_array(r->a, struct contact_channel, to.c.channel_n + 1);
    memcpy(to.c.channel, r->scratch, to.c.channel_n * sizeof(*r->scratch));
    vec_push(&r->row, to);
}

static int read_rows(struct reading *r, struct table *t, const char *file, struct err *e)
{
    struct table_row row;
    size_t above = 0;
    bool found = false;
    int rc;
    while ((rc = table_next(t, &row, e)) == 1) {
        if (!found && above++ < HEADER_ROWS)
            found = row.problem.n == 0 && header(r, &row);
        else if (!found)
            break;
        else if (r->row.n == LIMIT_CONTACTS)
            return err_at(e, ERR_LIMIT, file, row.line, "more than %d contacts in one table", LIMIT_CONTACTS);
        else
            body(r, &row);
    }
    if (rc >= 0 && !found)
        return err_set(e, ERR_INPUT,
                       "%s: no header row with a name among the first %d rows; name the columns as in "
                       "rules/contacts/columns.txt",
                       file, HEADER_ROWS);
    return rc < 0 ? rc : 0;
}

int contact_table_read(struct str bytes, const char *file, const struct contact_words *w, const char *sheet,
                       int zone_s, struct arena *a, struct contact_table *out, struct err *e)
{
    struct table *t = NULL;
    struct table_options o = {.sheet = sheet};
    struct reading *r = mem_zalloc(sizeof(*r));
    *r = (struct reading){.w = w, .a = a, .out = out, .zone_s = zone_s};
    *out = (struct contact_table){0};
    int rc = table_open(&t, file, bytes, &o, e);
    if (rc == 0)
        rc = read_rows(r, t, file, e);
    table_free(t);
    for (size_t i = 0; i < r->column_n; i++)
        out->has[r->column[i]] = true;
    out->n = r->row.n;
    out->row = arena_array(a, struct contact_row, r->row.n + 1);
    if (r->row.n)
        memcpy(out->row, r->row.p, r->row.n * sizeof(*out->row));
    out->issue_n = r->issue.n;
    out->issue = arena_array(a, struct contact_issue, r->issue.n + 1);
    if (r->issue.n)
        memcpy(out->issue, r->issue.p, r->issue.n * sizeof(*out->issue));
    vec_release(&r->row);
    vec_release(&r->issue);
    free(r);
    return rc;
}
