#include "identify/inventories/inventory_reading.h"

/* Everything that makes two components of one asset different. */
static struct str identity(struct inventory_reading *g, size_t slot, const struct component *c)
{
    const struct str part[] = {c->product, c->version, c->build, c->vendor, c->cpe, c->purl};
    struct buf b = BUF_INIT(8 * LIMIT_LEDGER_CELL);
    buf_printf(&b, "%zu", slot);
    for (size_t i = 0; i < ARRAY_LEN(part); i++) {
        buf_addc(&b, 0); /* no cell has one */
        buf_add_str(&b, part[i]);
    }
    struct str s = arena_str(&g->scratch, buf_str(&b));
    buf_release(&b);
    return s;
}

static void add(struct inventory_reading *g, struct inventory_slot *s, struct component c)
{
    bool made;
    uint64_t *at = map_put(&g->by_component, identity(g, (size_t)(s - g->slot.p), &c), &made);
    if (!made) {
        s->component.p[*at].seen = MAX(s->component.p[*at].seen, c.seen);
        return;
    }
    *at = s->component.n;
    c.product = arena_str(g->arena, c.product);
    c.version = arena_str(g->arena, c.version);
    c.build = arena_str(g->arena, c.build);
    c.vendor = arena_str(g->arena, c.vendor);
    c.cpe = arena_str(g->arena, c.cpe);
    c.purl = arena_str(g->arena, c.purl);
    c.source = g->source;
    vec_push(&s->component, c);
}

/* The cell of a field that belongs to one product of the row; "" when not stated. */
static struct str of_group(const struct inventory_reading *g, const struct inventory_row *row,
                           enum inventory_field f, unsigned group)
{
    for (size_t i = 0; i < row->cell_n && i < g->column.n; i++)
        if (g->column.p[i].field == f && g->group.p[i] == group && g->stated[i])
            return row->cell[i];
    return (struct str){0};
}

static struct str of_row(const struct inventory_reading *g, const struct inventory_row *row,
                         enum inventory_field f)
{
    long i = inventory_row_find(g, row, f);
    if (i < 0)
        return (struct str){0};
    return str_trim(row->cell[i]);
}

static size_t lines(struct str s)
{
    size_t n = 0;
    struct str l;
    while (str_line_next(&s, &l))
        n += str_trim(l).n > 0;
    return n;
}

static struct str line_next(struct str *rest)
{
    struct str l;
    while (str_line_next(rest, &l))
        if (str_trim(l).n)
            return str_trim(l);
    return (struct str){0};
}

/* One cell may list several products, one a line; versions go along when there are as many. */
static void group_add(struct inventory_reading *g, struct inventory_slot *s, const struct inventory_row *row,
                      unsigned group, when_t seen)
{
    struct component c = {.seen = seen};
    struct str product = of_group(g, row, INVENTORY_PRODUCT, group),
               version = of_group(g, row, INVENTORY_VERSION, group);
    c.build = str_trim(of_group(g, row, INVENTORY_BUILD, group));
    c.vendor = str_trim(of_group(g, row, INVENTORY_VENDOR, group));
    c.cpe = str_trim(of_group(g, row, INVENTORY_CPE, group));
    c.purl = str_trim(of_group(g, row, INVENTORY_PURL, group));
    size_t n = lines(product);
    if (n == 0 && c.cpe.n == 0 && c.purl.n == 0)
        return;
    bool several = n > 1 && lines(version) == n;
    for (size_t i = 0; i < MAX(n, 1); i++) {
        c.product = line_next(&product);
        if (several)
            c.version = line_next(&version);
        else if (n <= 1)
            c.version = str_trim(version);
        add(g, s, c);
    }
}

void inventory_component_add(struct inventory_reading *g, struct inventory_slot *s,
                             const struct inventory_row *row, when_t seen)
{
    struct component os = {.product = of_row(g, row, INVENTORY_OS), .seen = seen};
    if (os.product.n) {
        os.version = of_row(g, row, INVENTORY_OS_VERSION);
        os.build = of_row(g, row, INVENTORY_OS_BUILD);
        add(g, s, os);
    }
    for (unsigned k = 0; k < g->products; k++)
        group_add(g, s, row, k, seen);
}
