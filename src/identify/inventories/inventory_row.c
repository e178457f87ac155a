#include <stddef.h>

#include "identify/inventories/inventory_fold.h"
#include "identify/inventories/inventory_reading.h"

#define COUNT_MAX 10000000

/* Fields that are plain text in the asset. */
static const struct {
    enum inventory_field field;
    size_t at;
} plain[] = {
    {INVENTORY_NAME, offsetof(struct asset, name)},
    {INVENTORY_KIND, offsetof(struct asset, kind)},
    {INVENTORY_PLACE, offsetof(struct asset, place)},
    {INVENTORY_PURPOSE, offsetof(struct asset, purpose)},
    {INVENTORY_OWNER, offsetof(struct asset, owner)},
    {INVENTORY_DEPARTMENT, offsetof(struct asset, department)},
    {INVENTORY_ORGANISATION, offsetof(struct asset, organisation)},
    {INVENTORY_CONTACT, offsetof(struct asset, contact)},
    {INVENTORY_OS, offsetof(struct asset, os)},
    {INVENTORY_IP, offsetof(struct asset, ip)},
    {INVENTORY_SERIAL, offsetof(struct asset, serial)},
};

static struct str *text_of(struct asset *x, size_t i)
{
    return (struct str *)(void *)((char *)x + plain[i].at);
}

long inventory_row_find(const struct inventory_reading *g, const struct inventory_row *row,
                        enum inventory_field f)
{
    for (size_t i = 0; i < row->cell_n && i < g->column.n; i++)
        if (g->column.p[i].field == f && g->stated[i])
            return (long)i;
    return -1;
}

static struct str cell(const struct inventory_reading *g, const struct inventory_row *row,
                       enum inventory_field f)
{
    long i = inventory_row_find(g, row, f);
    if (i < 0)
        return (struct str){0};
    return str_trim(row->cell[i]);
}

static const char *const separator[] = {"/", "・", "、", "､", ",", "(", ")", "；", ";", "\n", "＋", "+"};

/* What a cell says in the words of m: the whole cell, or all its parts alike. -1 = it cannot be told. */
static int meaning(struct inventory_reading *g, const struct map *m, struct str text)
{
    if (text.n > 1024)
        return -1;
    struct str w = inventory_fold_word(&g->scratch, text);
    uint64_t *v = map_get(m, w);
    if (v)
        return (int)(*v & 0xFF);
    int all = -1;
    while (w.n) {
        size_t end = w.n, skip = 0;
        for (size_t i = 0; i < ARRAY_LEN(separator); i++) {
            size_t at = str_find(w, str_of(separator[i]));
            if (at < end) {
                end = at;
                skip = strlen(separator[i]);
            }
        }
        if (end) {
            v = map_get(m, str_sub(w, 0, end));
            if (!v || (all >= 0 && all != (int)(*v & 0xFF)))
                return -1;
            all = (int)(*v & 0xFF);
        }
        w = str_sub(w, end + skip, w.n);
    }
    return all;
}

static int word(struct inventory_reading *g, const struct inventory_row *row, enum inventory_field f,
                const struct map *m, const char *reason)
{
    for (size_t i = 0; i < row->cell_n && i < g->column.n; i++) {
        struct str c = str_trim(row->cell[i]);
        if (g->column.p[i].field != f || c.n == 0)
            continue;
        int v = meaning(g, m, c);
        if (v >= 0)
            return v;
        if (g->stated[i])
            inventory_reading_warn(g, row, (long)i, 0, reason);
    }
    return 0;
}

/* "12", "１２台", "1,200". */
static bool count_read(struct inventory_reading *g, const struct inventory_row *row, int64_t *out)
{
    static const char *const unit[] = {"台", "式", "個", "本", "件", "units", "unit"};
    long at = inventory_row_find(g, row, INVENTORY_COUNT);
    uint64_t n;
    *out = 1;
    if (at < 0)
        return true;
    struct str s = inventory_fold_word(&g->scratch, row->cell[at]);
    for (size_t i = 0; i < ARRAY_LEN(unit); i++)
        if (str_ends(s, unit[i])) {
            s.n -= strlen(unit[i]);
            break;
        }
    char digits[32];
    size_t k = 0;
    for (size_t i = 0; i < s.n && k < sizeof(digits); i++)
        if (s.p[i] != ',')
            digits[k++] = s.p[i];
    if (!num_u64(str_n(digits, k), &n) || n == 0 || n > COUNT_MAX) {
        inventory_reading_error(g, row, at,
                                tr("the number of machines is not a whole number from 1 to 10000000"));
        return false;
    }
    *out = (int64_t)n;
    return true;
}

static when_t seen_read(struct inventory_reading *g, const struct inventory_row *row)
{
    long at = inventory_row_find(g, row, INVENTORY_SEEN);
    when_t t = WHEN_NONE;
    if (at >= 0 && !clock_parse_any(str_trim(row->cell[at]), g->p->zone_s, &t)) {
        inventory_reading_warn(g, row, at, 0, tr("the date cannot be read; write it as 2021-03-03"));
        t = WHEN_NONE;
    }
    return t;
}

static bool serial_is_junk(struct inventory_reading *g, struct str number)
{
    size_t zero = 0, f = 0;
    for (size_t i = 0; i < number.n; i++) {
        zero += number.p[i] == '0' || number.p[i] == '-';
        f += number.p[i] == 'F' || number.p[i] == '-';
    }
    return zero == number.n || f == number.n || inventory_reading_has(g, &g->p->serial_none, number);
}

/* See the header of inventory.h. NULL when the row has nothing to make a key of. */
static char *key_make(struct inventory_reading *g, const struct inventory_row *row, bool *batch)
{
    struct arena *s = &g->scratch;
    *batch = false;
    struct str k = inventory_fold_number(s, cell(g, row, INVENTORY_KEY));
    if (k.n)
        return arena_dup(s, k.p, k.n);
    k = inventory_fold_number(s, cell(g, row, INVENTORY_SERIAL));
    if (k.n && !serial_is_junk(g, k))
        return arena_printf(s, "serial:" STR_FMT, STR_ARG(k));
    k = inventory_fold(s, cell(g, row, INVENTORY_NAME));
    if (k.n) {
        struct str o = inventory_fold(s, cell(g, row, INVENTORY_ORGANISATION));
        return arena_printf(s, "host:" STR_FMT "%s" STR_FMT, STR_ARG(k), o.n ? "@" : "", STR_ARG(o));
    }
    *batch = true;
    k = inventory_fold(s, cell(g, row, INVENTORY_PRODUCT));
    if (k.n == 0)
        k = inventory_fold(s, cell(g, row, INVENTORY_OS));
    struct str kind = inventory_fold(s, cell(g, row, INVENTORY_KIND)),
               place = inventory_fold(s, cell(g, row, INVENTORY_PLACE));
    if (k.n == 0 && kind.n == 0)
        return NULL;
    return arena_printf(s, "batch:" STR_FMT "/" STR_FMT "/" STR_FMT, STR_ARG(kind), STR_ARG(place),
                        STR_ARG(k));
}

/* Versions and builds of the row, which tell batches apart. */
static struct str versions(struct inventory_reading *g, const struct inventory_row *row)
{
    struct buf b = BUF_INIT(4 * KIB);
    for (size_t i = 0; i < row->cell_n && i < g->column.n; i++) {
        enum inventory_field f = g->column.p[i].field;
        if (row->cell[i].n && (f == INVENTORY_VERSION || f == INVENTORY_BUILD || f == INVENTORY_OS_VERSION ||
                               f == INVENTORY_OS_BUILD)) {
            buf_adds(&b, b.n ? " " : "");
            buf_add_str(&b, inventory_fold(&g->scratch, row->cell[i]));
        }
    }
    struct str s = arena_str(&g->scratch, buf_str(&b));
    buf_release(&b);
    return s;
}

static struct inventory_slot *slot_of(struct inventory_reading *g, const struct inventory_row *row,
                                      const char *key, bool batch, bool *made)
{
    struct str v = {0};
    if (batch)
        v = versions(g, row);
    uint64_t *at = map_put(&g->by_key, str_of(key), made);
    if (batch && !*made && !str_eq(g->slot.p[*at].versions, v)) {
        key = arena_printf(&g->scratch, "%s#" STR_FMT, key, STR_ARG(v));
        at = map_put(&g->by_key, str_of(key), made);
    }
    if (!*made)
        return &g->slot.p[*at];
    *at = g->slot.n;
    struct inventory_slot s = {.line = row->line, .batch = batch, .versions = arena_str(g->arena, v)};
    s.asset.key = arena_str(g->arena, str_of(key));
    vec_push(&g->slot, s);
    return &g->slot.p[g->slot.n - 1];
}

static void text_merge(struct inventory_reading *g, struct inventory_slot *s, const struct inventory_row *row)
{
    for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
        long at = inventory_row_find(g, row, plain[i].field);
        struct str *have = text_of(&s->asset, i);
        if (at < 0)
            continue;
        struct str c = str_trim(row->cell[at]);
        if (have->n == 0)
            *have = arena_str(g->arena, c);
        else if (!str_eq(*have, c) &&
                 !str_eq(inventory_fold(&g->scratch, *have), inventory_fold(&g->scratch, c)))
            inventory_reading_warn(
                g, row, at, s->line,
                tr("the same machine says something else here than in its first row, which stands"));
    }
}

static void enum_merge(struct inventory_reading *g, struct inventory_slot *s, const struct inventory_row *row,
                       bool made)
{
    enum exposure x =
        (enum exposure)word(g, row, INVENTORY_EXPOSURE, &g->p->exposure,
                            tr("the exposure cannot be told from this; write public or internal"));
    enum criticality c =
        (enum criticality)word(g, row, INVENTORY_CRITICALITY, &g->p->criticality,
                               tr("the criticality cannot be told from this; write high, medium or low"));
    struct asset *a = &s->asset;
    if (!made && ((x && a->exposure && x != a->exposure) || (c && a->criticality && c != a->criticality)))
        inventory_reading_warn(g, row, -1, s->line,
                               tr("the same machine has another exposure or criticality in its first row; "
                                  "the graver one stands"));
    a->exposure = MAX(a->exposure, x);
    a->criticality = MAX(a->criticality, c);
}

static void damage_warn(struct inventory_reading *g, const struct inventory_row *row)
{
    for (size_t i = 0; i < row->cell_n; i++) {
        const char *why = NULL;
        if (str_find(row->cell[i], STR_LIT("??")) != STR_NONE)
            why = tr("characters were lost when the table was exported (“??”); export it as UTF-8");
        else if (str_find(row->cell[i], STR_LIT("\uFFFD")) != STR_NONE)
            why = tr("characters cannot be read in the encoding of the file; export it as UTF-8");
        if (why) {
            inventory_reading_warn(g, row, (long)i, 0, why);
            return; /* one a row is enough */
        }
    }
}

static void stated_find(struct inventory_reading *g, const struct inventory_row *row)
{
    for (size_t i = 0; i < row->cell_n && i < g->column.n; i++) {
        struct str c = str_trim(row->cell[i]);
        g->stated[i] =
            c.n && g->column.p[i].field > INVENTORY_IGNORE && !inventory_reading_has(g, &g->p->none, c);
    }
}

void inventory_row_add(struct inventory_reading *g, const struct inventory_row *row)
{
    bool batch, made;
    int64_t count;
    stated_find(g, row);
    if (!count_read(g, row, &count))
        return;
    const char *key = key_make(g, row, &batch);
    if (!key) {
        inventory_reading_error(
            g, row, -1,
            tr("nothing in this row tells which machine it is: fill in a management number, serial "
               "number, host name, kind or product"));
        return;
    }
    damage_warn(g, row);
    struct inventory_slot *s = slot_of(g, row, key, batch, &made);
    if (made) {
        s->asset.count = count;
    } else if (batch) {
        s->asset.count += count;
        inventory_reading_warn(
            g, row, -1, s->line,
            tr("a row with the same kind, place and product stands above; their numbers are added"));
    } else if (count != s->asset.count && inventory_row_find(g, row, INVENTORY_COUNT) >= 0) {
        inventory_reading_warn(
            g, row, inventory_row_find(g, row, INVENTORY_COUNT), s->line,
            tr("the same machine says something else here than in its first row, which stands"));
    }
    text_merge(g, s, row);
    enum_merge(g, s, row, made);
    inventory_component_add(g, s, row, seen_read(g, row));
}
