#include "investigate/packs/pack_build.h"

/* One hash a line: bare, "hash  name" (sha256sum, "*name" in binary mode), "ALGORITHM (name) = hash" (BSD),
 * hashdeep's "size,md5,sha256,name"; '#' and '%' lines are comments. */

static void add_hash(struct pack *p, struct indicator *x, struct str hash)
{
    x->kind = INDICATOR_HASH;
    x->hash = 0;
    x->value = hash;
    pack_build_add(p, x);
}

static bool bsd(struct str line, struct str *hash, struct str *name)
{
    size_t open = str_find(line, STR_LIT(" ("));
    size_t close = str_find(line, STR_LIT(") = "));
    if (open == STR_NONE || close == STR_NONE || close < open)
        return false;
    *name = str_sub(line, open + 2, close - open - 2);
    *hash = str_sub(line, close + 4, line.n);
    return true;
}

/* Cells that are hashes, in "size,md5,sha256,name". */
static size_t cells(struct pack *p, struct indicator *x, struct str line)
{
    struct str_split it = str_split_init(line, ',');
    struct str cell;
    size_t n = 0;
    while (str_split_next(&it, &cell))
        if (pack_value_hash(str_trim(cell))) {
            add_hash(p, x, cell);
            n++;
        } else if (n)
            x->description = cell;
    return n;
}

static void add_line(struct pack *p, struct str line, unsigned long number)
{
    struct indicator x = PACK_BUILD_ROW(number);
    struct str hash = line, name = {"", 0};
    x.row = (uint32_t)++p->rows;
    x.score = 75;
    x.level = LEVEL_SHELL_PRESENT;
    if (str_chr(line, ',') != STR_NONE && cells(p, &x, line))
        return;
    if (!bsd(line, &hash, &name)) {
        size_t n = 0;
        while (n < line.n && line.p[n] != ' ' && line.p[n] != '\t' && line.p[n] != ';')
            n++;
        hash = str_sub(line, 0, n);
        name = str_trim(str_sub(line, n, line.n));
        while (name.n && (name.p[0] == '*' || name.p[0] == ';'))
            name = str_sub(name, 1, name.n);
    }
    x.description = name;
    add_hash(p, &x, hash);
}

static int hashes_read(struct pack *p, struct str text, struct err *e)
{
    struct str line;
    unsigned long number = 0;
    pack_build_check(p, "hashes", p->name, LEVEL_SHELL_PRESENT);
    while (str_line_next(&text, &line)) {
        number++;
        line = str_trim(line);
        if (line.n && line.p[0] != '#' && line.p[0] != '%')
            add_line(p, line, number);
    }
    return p->rows ? 0 : err_set(e, ERR_INPUT, "there is no line with a hash");
}

static int hashes_sniff(struct str head, struct str file_name)
{
    struct str line;
    size_t good = 0, bad = 0;
    (void)file_name;
    while (good + bad < 50 && str_line_next(&head, &line)) {
        line = str_trim(line);
        if (!line.n || line.p[0] == '#' || line.p[0] == '%' || (!head.n && good))
            continue;
        size_t n = 0;
        while (n < line.n && num_hex_digit(line.p[n]) >= 0)
            n++;
        bool alone = n == line.n || line.p[n] == ' ' || line.p[n] == '\t';
        struct str h, name;
        bool hash =
            (alone && pack_value_hash(str_sub(line, 0, n))) || (bsd(line, &h, &name) && pack_value_hash(h));
        good += hash;
        bad += !hash;
    }
    return good && good >= 3 * bad ? 70 : 0;
}

extern const struct pack_kind pack_hashes;
const struct pack_kind pack_hashes = {
    .name = "hashes", .title = TR("a list of hashes"), .sniff = hashes_sniff, .read = hashes_read};
