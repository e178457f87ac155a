#include "investigate/packs/pack_csv.h"

#include "codec/table.h"
#include "investigate/packs/pack_build.h"

/* What a column says, by the words people put over it. */
enum column {
    COLUMN_NONE,
    COLUMN_VALUE,
    COLUMN_TYPE,
    COLUMN_NOTE,
    COLUMN_TLP,
    COLUMN_SCORE,
    COLUMN_FROM,
    COLUMN_UNTIL,
    COLUMN_OWN_TYPE
};

static const struct {
    const char *word; /* letters and digits only */
    enum column column;
} headers[] = {
    {"indicator", COLUMN_VALUE},
    {"indicators", COLUMN_VALUE},
    {"value", COLUMN_VALUE},
    {"ioc", COLUMN_VALUE},
    {"iocs", COLUMN_VALUE},
    {"iocvalue", COLUMN_VALUE},
    {"indicatorvalue", COLUMN_VALUE},
    {"data", COLUMN_VALUE},
    {"observable", COLUMN_VALUE},
    {"indicatortype", COLUMN_TYPE},
    {"type", COLUMN_TYPE},
    {"ioctype", COLUMN_TYPE},
    {"entitytype", COLUMN_TYPE},
    {"category", COLUMN_NONE},
    {"note", COLUMN_NOTE},
    {"notes", COLUMN_NOTE},
    {"description", COLUMN_NOTE},
    {"comment", COLUMN_NOTE},
    {"comments", COLUMN_NOTE},
    {"details", COLUMN_NOTE},
    {"context", COLUMN_NOTE},
    {"tlp", COLUMN_TLP},
    {"score", COLUMN_SCORE},
    {"confidence", COLUMN_SCORE},
    {"validfrom", COLUMN_FROM},
    {"validuntil", COLUMN_UNTIL},
    {"expires", COLUMN_UNTIL},
    {"expiry", COLUMN_UNTIL},
    {"expiration", COLUMN_UNTIL},
};

struct columns {
    enum column of[64];
    size_t n;
    struct str *name; /* of COLUMN_OWN_TYPE */
    bool header, value, own;
};

static size_t squeeze(struct str s, char *out, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n && n < size; i++) {
        char c = s.p[i];
        if ((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'))
            out[n++] = (char)(c | 32 * (c >= 'A'));
    }
    return n;
}

static enum column column_of(struct str cell)
{
    char key[32];
    struct str k = str_n(key, squeeze(cell, key, sizeof(key)));
    enum indicator_kind kind;
    enum hash_kind hash;
    for (size_t i = 0; i < ARRAY_LEN(headers); i++)
        if (str_is(k, headers[i].word))
            return headers[i].column;
    return pack_value_type(cell, &kind, &hash) ? COLUMN_OWN_TYPE : COLUMN_NONE;
}

static void read_header(struct columns *c, const struct str *cell, size_t n)
{
    size_t known = 0;
    c->n = MIN(n, ARRAY_LEN(c->of));
    for (size_t i = 0; i < c->n; i++) {
        c->of[i] = column_of(cell[i]);
        known += c->of[i] != COLUMN_NONE;
        c->own |= c->of[i] == COLUMN_OWN_TYPE;
        if (c->of[i] == COLUMN_VALUE && c->value)
            c->of[i] = COLUMN_NOTE; /* the first one is meant */
        c->value |= c->of[i] == COLUMN_VALUE;
    }
    c->header = c->value || (c->own && known > 0);
}

void pack_csv_add(struct pack *p, struct str type, const struct indicator *row)
{
    struct indicator x = *row;
    enum indicator_kind guess;
    struct str plain = pack_value_refang(&p->a, x.value);
    bool stated = type.n && pack_value_type(type, &x.kind, &x.hash);
    if (!stated && !pack_value_guess(plain, &x.kind)) {
        if (!str_is_i(type, "file")) {
            if (type.n)
                pack_build_note(p, PACK_REJECTED, x.line, x.value, tr("the type \"%.*s\" is not known"),
                                STR_ARG(str_sub(type, 0, 40)));
            else
                pack_build_note(p, PACK_REJECTED, x.line, x.value,
                                tr("what kind of indicator this is cannot be told from its value"));
            return;
        }
        x.kind = INDICATOR_PATH;
    }
    if (!stated && str_is_i(type, "file") && x.kind != INDICATOR_HASH)
        x.kind = INDICATOR_PATH;
    /* "ip" over a name, "domain" over an address: the value is right more often than the word. */
    if (stated && (x.kind == INDICATOR_IP || x.kind == INDICATOR_DOMAIN) && pack_value_guess(plain, &guess) &&
        (guess == INDICATOR_IP || guess == INDICATOR_DOMAIN || guess == INDICATOR_URL))
        x.kind = guess;
    if (x.kind == INDICATOR_OTHER) {
        x.context = true;
        x.why = str_of(tr("a sweep of files and logs cannot look for this kind of indicator"));
    }
    if (x.level == LEVEL_HINT)
        x.level = pack_value_level(x.kind, x.score);
    pack_build_add(p, &x);
}

static int score_of(struct str s)
{
    double v;
    if (num_double(str_trim(s), &v) && v >= 0 && v <= 100)
        return (int)(v <= 1.0 && str_chr(s, '.') != STR_NONE ? v * 100 : v);
    return str_is_i(s, "high") ? 80 : str_is_i(s, "medium") ? 60 : str_is_i(s, "low") ? 30 : 75;
}

static void add_row(struct pack *p, const struct columns *c, const struct table_row *row)
{
    struct indicator x = PACK_BUILD_ROW(row->line);
    struct str type = {"", 0};
    bool any = false;
    x.score = 75;
    x.row = (uint32_t)++p->rows;
    for (size_t i = 0; i < row->cell_n && i < c->n; i++) {
        struct str s = row->cell[i];
        if (c->of[i] == COLUMN_VALUE)
            x.value = s;
        else if (c->of[i] == COLUMN_TYPE)
            type = s;
        else if (c->of[i] == COLUMN_NOTE && !x.description.n)
            x.description = s;
        else if (c->of[i] == COLUMN_TLP)
            x.tlp = pack_value_tlp(s);
        else if (c->of[i] == COLUMN_SCORE && s.n)
            x.score = score_of(s);
        else if ((c->of[i] == COLUMN_FROM || c->of[i] == COLUMN_UNTIL) && s.n)
            (void)clock_parse_any(s, ZONE_UTC, c->of[i] == COLUMN_FROM ? &x.from : &x.until);
    }
    x.vulnerability = pack_build_cve(p, x.description);
    if (c->value) {
        if (x.value.n || type.n)
            pack_csv_add(p, type, &x);
        return;
    }
    for (size_t i = 0; i < row->cell_n && i < c->n; i++)
        if (c->of[i] == COLUMN_OWN_TYPE && row->cell[i].n) {
            x.value = row->cell[i];
            pack_csv_add(p, c->name[i], &x);
            any = true;
        }
    if (!any)
        pack_build_note(p, PACK_REJECTED, row->line, row->raw, tr("the row has no value"));
}

/* Without a header: the first cell that says what it is. */
static void add_bare(struct pack *p, const struct table_row *row)
{
    struct indicator x = PACK_BUILD_ROW(row->line);
    x.score = 75;
    x.row = (uint32_t)++p->rows;
    for (size_t i = 0; i < row->cell_n; i++) {
        struct str plain = pack_value_refang(&p->a, row->cell[i]);
        enum indicator_kind kind;
        if (!pack_value_guess(plain, &kind))
            continue;
        x.value = row->cell[i];
        if (i + 1 < row->cell_n)
            x.description = row->cell[i + 1];
        pack_csv_add(p, (struct str){"", 0}, &x);
        return;
    }
    pack_build_note(p, PACK_REJECTED, row->line, row->raw, tr("no cell of the row is an indicator"));
}

int pack_csv_read(struct pack *p, struct str text, struct err *e)
{
    struct table *t;
    struct table_row row;
    struct columns c = {.n = 0};
    bool first = true;
    int rc = table_open(&t, p->file.p, text, NULL, e);
    if (rc < 0)
        return rc;
    pack_build_check(p, "indicators", p->name, LEVEL_HINT);
    while ((rc = table_next(t, &row, e)) > 0) {
        if (row.problem.n) {
            p->rows++;
            pack_build_note(p, PACK_REJECTED, row.line, row.raw, "%.*s", STR_ARG(row.problem));
            continue;
        }
        if (row.cell_n && row.cell[0].n && row.cell[0].p[0] == '#' && !c.header)
            continue;
        if (first) {
            first = false;
            read_header(&c, row.cell, row.cell_n);
            c.name = arena_array(&p->a, struct str, c.n + 1);
            for (size_t i = 0; i < c.n; i++)
                c.name[i] = pack_build_copy(p, row.cell[i]);
            if (c.header)
                continue;
        }
        if (c.header)
            add_row(p, &c, &row);
        else
            add_bare(p, &row);
    }
    table_free(t);
    if (rc == 0 && !p->rows)
        rc = err_set(e, ERR_INPUT, "there is no row with an indicator");
    return rc;
}

static int csv_sniff(struct str head, struct str file_name)
{
    struct str line, cell[64];
    size_t n = 0;
    while (str_line_next(&head, &line) && (!line.n || line.p[0] == '#'))
        ;
    char sep = str_chr(line, ',') != STR_NONE ? ',' : str_chr(line, '\t') != STR_NONE ? '\t' : ';';
    struct str_split it = str_split_init(line, sep);
    while (n < ARRAY_LEN(cell) && str_split_next(&it, &cell[n]))
        n++;
    struct columns c = {.n = 0};
    read_header(&c, cell, n);
    if (c.value && n > 1)
        return 60;
    if (c.header && n > 1)
        return 45;
    if (head.n && (line.n == 0 || line.p[0] == '{' || line.p[0] == '<'))
        return 0;
    return str_ends_i(file_name, ".csv") || str_ends_i(file_name, ".tsv") || str_ends_i(file_name, ".xlsx")
               ? 30
           : n > 1 ? 10
                   : 0;
}

extern const struct pack_kind pack_csv;
const struct pack_kind pack_csv = {
    .name = "csv", .title = TR("a table of indicators (CSV)"), .sniff = csv_sniff, .read = pack_csv_read};
