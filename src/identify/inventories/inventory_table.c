#include "identify/inventories/inventory.h"

#include "identify/inventories/inventory_fold.h"
#include "identify/inventories/inventory_reading.h"

#define CELL_KEPT 200
#define WORD_MAX 64 /* longer cells are no such word; spares folding them */
#define RAW_KEPT (4 * KIB)

void inventory_reading_release(struct inventory_reading *g)
{
    for (size_t i = 0; i < g->slot.n; i++)
        vec_release(&g->slot.p[i].component);
    vec_release(&g->slot);
    vec_release(&g->column);
    vec_release(&g->group);
    vec_release(&g->error);
    vec_release(&g->warning);
    map_release(&g->by_key);
    map_release(&g->by_component);
    arena_release(&g->scratch);
}

static struct str kept(struct arena *a, struct str s, size_t max)
{
    return arena_str(a, str_n(s.p, s.n ? str_utf8_clip(s.p, MIN(s.n, max)) : 0));
}

static struct inventory_issue issue(struct inventory_reading *g, const struct inventory_row *row, long column,
                                    const char *reason)
{
    struct inventory_issue i = {.line = row->line, .reason = arena_str(g->arena, str_of(reason))};
    if (column >= 0 && (size_t)column < g->column.n)
        i.column = g->column.p[column].header;
    if (column >= 0 && (size_t)column < row->cell_n)
        i.cell = kept(g->arena, row->cell[column], CELL_KEPT);
    return i;
}

void inventory_reading_error(struct inventory_reading *g, const struct inventory_row *row, long column,
                             const char *reason)
{
    g->r->error_total++;
    if (g->error.n >= LIMIT_ERRORS_KEPT)
        return;
    struct inventory_issue i = issue(g, row, column, reason);
    i.raw = kept(g->arena, row->raw, RAW_KEPT);
    vec_push(&g->error, i);
}

void inventory_reading_warn(struct inventory_reading *g, const struct inventory_row *row, long column,
                            unsigned long other, const char *reason)
{
    g->r->warning_total++;
    if (g->warning.n >= LIMIT_ERRORS_KEPT)
        return;
    struct inventory_issue i = issue(g, row, column, reason);
    i.other = other;
    vec_push(&g->warning, i);
}

bool inventory_reading_has(struct inventory_reading *g, const struct map *m, struct str cell)
{
    return cell.n && cell.n <= WORD_MAX && map_get(m, inventory_fold_word(&g->scratch, cell));
}

static enum inventory_field known(const struct inventory_profile *p, struct str folded)
{
    uint64_t *v = folded.n ? map_get(&p->header, folded) : NULL;
    return v ? (enum inventory_field)(*v & 0xFF) : INVENTORY_NONE;
}

/* As it stands; without what is in brackets; without a number behind it. */
static enum inventory_field header_field(struct inventory_reading *g, struct str cell)
{
    if (cell.n > 1024)
        return INVENTORY_NONE;
    struct str h = inventory_fold_header(&g->scratch, cell);
    enum inventory_field f = known(g->p, h);
    static const char *const bracket[] = {"(", "[", "【", "<"};
    for (size_t i = 0; i < ARRAY_LEN(bracket) && f == INVENTORY_NONE; i++) {
        size_t at = str_find(h, str_of(bracket[i]));
        if (at != STR_NONE && at > 0)
            f = known(g->p, str_sub(h, 0, at));
    }
    while (f == INVENTORY_NONE && h.n && h.p[h.n - 1] >= '0' && h.p[h.n - 1] <= '9') {
        h.n--;
        f = known(g->p, h);
    }
    return f;
}

static size_t score(struct inventory_reading *g, const struct inventory_row *row)
{
    bool seen[INVENTORY_FIELDS] = {false};
    size_t n = 0;
    for (size_t i = 0; i < row->cell_n; i++) {
        enum inventory_field f = header_field(g, row->cell[i]);
        n += f > INVENTORY_IGNORE && !seen[f];
        seen[f] = true;
    }
    arena_clear(&g->scratch);
    return n;
}

static size_t count_field(const struct inventory_reading *g, enum inventory_field f)
{
    size_t n = 0;
    for (size_t i = 0; i < g->column.n; i++)
        n += g->column.p[i].field == f;
    return n;
}

/* A version column belongs to the product column before it; to the only one
 * wherever it stands; and to the OS when no column names products. */
static void columns_group(struct inventory_reading *g)
{
    size_t products = count_field(g, INVENTORY_PRODUCT);
    bool for_os = products == 0 && count_field(g, INVENTORY_OS) && !count_field(g, INVENTORY_OS_VERSION);
    unsigned group = 0, begun = 0;
    for (size_t i = 0; i < g->column.n; i++) {
        enum inventory_field *f = &g->column.p[i].field;
        if (for_os && *f == INVENTORY_VERSION)
            *f = INVENTORY_OS_VERSION;
        else if (for_os && *f == INVENTORY_BUILD)
            *f = INVENTORY_OS_BUILD;
        if (*f == INVENTORY_PRODUCT)
            group = begun++;
        vec_push(&g->group, group);
    }
    g->products = MAX(begun, 1);
}

static void header_take(struct inventory_reading *g, const struct inventory_row *row)
{
    for (size_t i = 0; i < row->cell_n; i++) {
        struct inventory_column c = {kept(g->arena, row->cell[i], CELL_KEPT), header_field(g, row->cell[i])};
        vec_push(&g->column, c);
    }
    columns_group(g);
    g->r->header_line = row->line;
    for (size_t i = 0; i < row->cell_n; i++)
        if (str_find(row->cell[i], STR_LIT("??")) != STR_NONE)
            inventory_reading_warn(
                g, row, (long)i, 0,
                tr("characters were lost when the table was exported (“??”); export it as UTF-8"));
    arena_clear(&g->scratch);
}

static struct inventory_row row_copy(struct arena *a, const struct table_row *t)
{
    struct inventory_row r = {t->line, arena_array(a, struct str, t->cell_n), t->cell_n, arena_str(a, t->raw),
                              arena_str(a, t->problem)};
    for (size_t i = 0; i < t->cell_n; i++)
        r.cell[i] = arena_str(a, t->cell[i]);
    return r;
}

/* A header printed again on every page. */
static bool is_header(const struct inventory_reading *g, const struct inventory_row *row)
{
    size_t n = 0;
    for (size_t i = 0; i < row->cell_n; i++) {
        if (row->cell[i].n == 0)
            continue;
        if (i >= g->column.n || !str_eq(row->cell[i], g->column.p[i].header))
            return false;
        n++;
    }
    return n > 1 || g->column.n == 1;
}

static bool is_total(struct inventory_reading *g, const struct inventory_row *row)
{
    size_t filled = 0, first = 0;
    for (size_t i = row->cell_n; i-- > 0;) {
        if (row->cell[i].n) {
            first = i;
            filled++;
        }
    }
    return filled && filled <= 3 && inventory_reading_has(g, &g->p->skip, row->cell[first]);
}

static int row_take(struct inventory_reading *g, const struct inventory_row *row, const char *file,
                    struct err *e)
{
    if (++g->r->rows > LIMIT_LEDGER_ROWS)
        return err_at(e, ERR_LIMIT, file, row->line, "the table has more than %d rows; split it",
                      LIMIT_LEDGER_ROWS);
    if (row->problem.n) {
        inventory_reading_error(g, row, -1, row->problem.p);
    } else if (is_header(g, row)) {
        g->r->passed++;
    } else if (is_total(g, row)) {
        g->r->passed++;
        inventory_reading_warn(g, row, -1, 0,
                               tr("the row looks like a total or an end mark and was passed over"));
    } else {
        inventory_row_add(g, row);
    }
    arena_clear(&g->scratch);
    return 0;
}

/* Reads the first rows, finds the header among them and takes those below it. */
static int begin(struct inventory_reading *g, struct table *t, const char *file, struct arena *a,
                 struct err *e)
{
    struct inventory_row head[INVENTORY_HEADER_ROWS];
    size_t n = 0, best = 0, best_score = 0;
    struct table_row row;
    int rc = 0;
    while (n < INVENTORY_HEADER_ROWS && (rc = table_next(t, &row, e)) == 1) {
        head[n] = row_copy(a, &row);
        size_t s = score(g, &head[n]);
        if (s > best_score) {
            best = n;
            best_score = s;
        }
        n++;
    }
    if (rc < 0)
        return rc;
    if (n == 0 || best_score < (head[best].cell_n == 1 ? 1U : 2U))
        return err_at(
            e, ERR_INPUT, file, 0,
            "no header row among the first %d rows; name the columns as in rules/ledger/columns.txt, or "
            "give a profile that names these",
            INVENTORY_HEADER_ROWS);
    header_take(g, &head[best]);
    for (size_t i = 0; i < n; i++) {
        if (i <= best && head[i].problem.n == 0) {
            g->r->passed += i < best;
            continue;
        }
        rc = row_take(g, &head[i], file, e);
        if (rc)
            return rc;
    }
    return 0;
}

static int rows_read(struct inventory_reading *g, struct table *t, const char *file, struct arena *a,
                     struct err *e)
{
    struct table_row row;
    int rc = begin(g, t, file, a, e);
    if (rc)
        return rc;
    while ((rc = table_next(t, &row, e)) == 1) {
        struct inventory_row r = {row.line, row.cell, row.cell_n, row.raw, row.problem};
        rc = row_take(g, &r, file, e);
        if (rc)
            return rc;
    }
    return rc;
}

#define TO_ARENA(a, v)                                                                                       \
    ((v).n ? memcpy(arena_alloc((a), (v).n * sizeof(*(v).p)), (v).p, (v).n * sizeof(*(v).p)) : NULL)

static void result_fill(struct inventory_reading *g, const struct table *t)
{
    struct inventory_result *r = g->r;
    struct arena *a = g->arena;
    r->asset_n = g->slot.n;
    r->asset = arena_array(a, struct asset, r->asset_n);
    r->line = arena_array(a, unsigned long, r->asset_n);
    for (size_t i = 0; i < r->asset_n; i++) {
        struct inventory_slot *s = &g->slot.p[i];
        s->asset.component = TO_ARENA(a, s->component);
        s->asset.component_n = s->component.n;
        r->asset[i] = s->asset;
        r->line[i] = s->line;
        r->machines += s->asset.count;
    }
    r->error = TO_ARENA(a, g->error);
    r->error_n = g->error.n;
    r->warning = TO_ARENA(a, g->warning);
    r->warning_n = g->warning.n;
    r->column = TO_ARENA(a, g->column);
    r->column_n = g->column.n;
    r->format = table_format(t);
    r->encoding = charset_name(table_charset(t));
    r->delimiter = table_delimiter(t);
    r->sheet = arena_str(a, table_sheet(t));
    r->undecoded = table_undecoded(t);
}

int inventory_table_read(struct str bytes, const char *file_name, const struct inventory_profile *p,
                         struct arena *a, struct inventory_result *r, struct err *e)
{
    struct table_options opt = {p->sheet, p->delimiter};
    struct table *t;
    *r = (struct inventory_result){0};
    int rc = table_open(&t, file_name, bytes, &opt, e);
    if (rc)
        return rc;
    struct inventory_reading g = {.p = p, .arena = a, .r = r, .source = arena_str(a, str_of(file_name))};
    struct arena head = {0};
    rc = rows_read(&g, t, file_name, &head, e);
    if (rc == 0)
        result_fill(&g, t);
    arena_release(&head);
    inventory_reading_release(&g);
    table_free(t);
    return rc;
}
