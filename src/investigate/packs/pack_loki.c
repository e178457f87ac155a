#include "investigate/packs/pack_build.h"
#include "investigate/packs/pack_path.h"

/* LOKI's and THOR's lists. What a file is, is in its name ("filename-iocs.txt") by the custom of these tools;
 * content decides when the name says nothing.
 *   hashes     HASH;COMMENT or HASH;SCORE;COMMENT
 *   file names REGEX;SCORE[;REGEX OF FALSE POSITIVES]
 *   c2         domain or address, maybe ;SCORE
 *   keywords   texts for log lines
 * A comment right above rows describes them. */

enum list { LIST_NONE, LIST_HASH, LIST_FILENAME, LIST_C2, LIST_KEYWORD };

static enum list by_name(struct str name)
{
    static const struct {
        const char *word;
        enum list list;
    } words[] = {{"hash", LIST_HASH}, {"filename", LIST_FILENAME}, {"file-name", LIST_FILENAME},
                 {"c2", LIST_C2},     {"domain", LIST_C2},         {"keyword", LIST_KEYWORD}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_find_i(name, str_of(words[i].word)) != STR_NONE)
            return words[i].list;
    return LIST_NONE;
}

static bool digits(struct str s)
{
    uint64_t v;
    s = str_trim(s);
    return s.n && s.n <= 3 && num_u64(s, &v) && v <= 100;
}

/* The column behind the first ';' that is a number, for lists of file names. */
static bool scored(struct str line, size_t *semi)
{
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] != ';')
            continue;
        struct str rest = str_sub(line, i + 1, line.n);
        if (digits(str_sub(rest, 0, str_chr(rest, ';')))) {
            *semi = i;
            return true;
        }
    }
    return false;
}

static enum list by_line(struct str line)
{
    size_t semi = str_chr(line, ';');
    enum indicator_kind kind;
    if (pack_value_hash(str_sub(line, 0, semi)) && semi != STR_NONE)
        return LIST_HASH;
    if (scored(line, &semi) && (str_chr(line, '\\') != STR_NONE || str_chr(line, '.') != STR_NONE))
        return LIST_FILENAME;
    return pack_value_guess(str_sub(line, 0, semi), &kind) &&
                   (kind == INDICATOR_DOMAIN || kind == INDICATOR_IP)
               ? LIST_C2
               : LIST_NONE;
}

static int number(struct str s)
{
    uint64_t v = 0;
    (void)num_u64(str_trim(s), &v);
    return (int)v;
}

static void add_hash(struct indicator *x, struct str line)
{
    size_t semi = str_chr(line, ';');
    struct str rest = semi == STR_NONE ? (struct str){"", 0} : str_sub(line, semi + 1, line.n);
    size_t next = str_chr(rest, ';');
    x->kind = INDICATOR_HASH;
    x->value = str_sub(line, 0, semi);
    x->score = 75;
    if (digits(str_sub(rest, 0, next))) {
        x->score = number(str_sub(rest, 0, next));
        rest = next == STR_NONE ? (struct str){"", 0} : str_sub(rest, next + 1, rest.n);
    }
    if (rest.n)
        x->description = str_trim(rest);
}

static bool add_filename(struct pack *p, struct indicator *x, struct str line)
{
    size_t semi;
    x->kind = INDICATOR_PATH;
    x->form = PATTERN_REGEX;
    if (!scored(line, &semi)) {
        pack_build_note(p, PACK_REJECTED, x->line, line, tr("\"REGEX;SCORE\" is expected"));
        return false;
    }
    x->value = str_sub(line, 0, semi);
    struct str rest = str_sub(line, semi + 1, line.n);
    size_t next = str_chr(rest, ';');
    x->score = number(str_sub(rest, 0, next));
    if (next != STR_NONE && next + 1 < rest.n) {
        struct err e = {0};
        x->except_text = str_trim(str_sub(rest, next + 1, rest.n));
        struct str_split it = str_split_init(x->except_text, ';');
        struct str regex;
        (void)str_split_next(&it, &regex);
        x->except_text = regex;
        struct buf re = BUF_INIT(LIMIT_PACK_REGEX);
        pack_path_rewrite(regex, &re);
        x->except = regex.n ? pack_build_regex(p, buf_str(&re), PACK_REGEX_COLD, &e) : NULL;
        buf_release(&re);
        if (regex.n && !x->except) {
            pack_build_note(p, PACK_REJECTED, x->line, line, tr("the expression of false positives: %s"),
                            e.text);
            return false;
        }
    }
    return true;
}

static bool add_c2(struct indicator *x, struct str line)
{
    size_t semi = str_chr(line, ';');
    unsigned char addr[16];
    unsigned bits;
    x->value = str_trim(str_sub(line, 0, semi));
    x->score = 60;
    if (semi != STR_NONE && digits(str_sub(line, semi + 1, line.n)))
        x->score = number(str_sub(line, semi + 1, line.n));
    x->kind = pack_value_ip(x->value, addr, &bits) ? INDICATOR_IP : INDICATOR_DOMAIN;
    return true;
}

static void add_line(struct pack *p, enum list list, struct str line, struct str comment,
                     unsigned long number_of)
{
    struct indicator x = PACK_BUILD_ROW(number_of);
    bool ok = true;
    x.row = (uint32_t)++p->rows;
    x.description = comment;
    if (list == LIST_HASH)
        add_hash(&x, line);
    else if (list == LIST_FILENAME)
        ok = add_filename(p, &x, line);
    else if (list == LIST_C2)
        ok = add_c2(&x, line);
    else {
        x.kind = INDICATOR_LINE;
        x.value = line;
        x.score = 60;
    }
    x.level = pack_value_level(x.kind, x.score);
    x.vulnerability = pack_build_cve(p, x.description);
    if (ok)
        pack_build_add(p, &x);
}

static int loki_read(struct pack *p, struct str text, struct err *e)
{
    enum list list = by_name(p->name);
    struct str line, comment = {"", 0}, rest = text;
    unsigned long number_of = 0;
    while (list == LIST_NONE && str_line_next(&rest, &line))
        if (str_trim(line).n && line.p[0] != '#')
            list = by_line(str_trim(line));
    if (list == LIST_NONE)
        return err_set(
            e, ERR_INPUT,
            "neither its name nor its lines tell which of the lists it is (hash, filename, c2, keyword)");
    pack_build_check(p, "indicators", p->name, LEVEL_HINT);
    while (str_line_next(&text, &line)) {
        number_of++;
        line = str_trim(line);
        if (!line.n) {
            comment = (struct str){"", 0};
            continue;
        }
        if (line.p[0] == '#') {
            comment = str_trim(str_sub(line, 1, line.n));
            continue;
        }
        add_line(p, list, line, comment, number_of);
    }
    return p->rows ? 0 : err_set(e, ERR_INPUT, "there is no line with an indicator");
}

static int loki_sniff(struct str head, struct str file_name)
{
    struct str line;
    size_t good = 0, bad = 0;
    bool named = by_name(file_name) != LIST_NONE && str_ends_i(file_name, ".txt");
    while (good + bad < 50 && str_line_next(&head, &line)) {
        line = str_trim(line);
        if (!line.n || line.p[0] == '#')
            continue;
        enum list l = by_line(line);
        good += l != LIST_NONE;
        bad += l == LIST_NONE;
    }
    if (named && (good >= bad || str_find_i(file_name, STR_LIT("keyword")) != STR_NONE))
        return 75;
    return good && good >= 4 * bad ? 55 : 0;
}

extern const struct pack_kind pack_loki;
const struct pack_kind pack_loki = {
    .name = "loki", .title = TR("a list of LOKI or THOR"), .sniff = loki_sniff, .read = loki_read};
