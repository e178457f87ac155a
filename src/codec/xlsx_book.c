#include "codec/xlsx_book.h"

#include <strings.h>

/* One reader for the three small parts; each element has its own name. */
struct reading {
    struct xlsx_book *book;
    struct arena *arena;
    const char *wanted; /* name of the sheet or NULL */
    struct str office;  /* target of the package's main document */
    struct str rel_id;  /* of the sheet chosen */
    struct str names;   /* the sheets there are, for the message */
    struct str target;
    bool in_formats;
    struct map custom; /* numFmtId -> index + 1 in code */
    VEC(struct xlsx_format) code;
    bool in_string, in_text;
    unsigned phonetic;
    struct buf text;
};

static int end_none(void *user, const char *element, struct err *e)
{
    (void)user, (void)element, (void)e;
    return 0;
}

static void text_none(void *user, const char *p, size_t n)
{
    (void)user, (void)p, (void)n;
}

static bool is_true(const char *v)
{
    return v && (strcmp(v, "1") == 0 || strcmp(v, "true") == 0);
}

static int root_start(void *user, const char *element, const char **atts, struct err *e)
{
    struct reading *r = user;
    (void)e;
    const char *type = xlsx_attr(atts, "Type"), *target = xlsx_attr(atts, "Target");
    if (strcmp(element, "Relationship") == 0 && type && target && str_ends(str_of(type), "/officeDocument"))
        r->office = arena_str(r->arena, str_of(target));
    return 0;
}

static int book_start(void *user, const char *element, const char **atts, struct err *e)
{
    struct reading *r = user;
    (void)e;
    if (strcmp(element, "workbookPr") == 0)
        r->book->base1904 = is_true(xlsx_attr(atts, "date1904"));
    if (strcmp(element, "sheet") != 0)
        return 0;
    const char *name = xlsx_attr(atts, "name"), *id = NULL, *state = xlsx_attr(atts, "state");
    for (const char **a = atts; a[0]; a += 2) /* r:id, not sheetId */
        if (str_ends(str_of(a[0]), ":id"))
            id = a[1];
    if (!name || !id)
        return 0;
    if (r->names.n < 200)
        r->names = str_of(
            arena_printf(r->arena, "%s%s%s", r->names.n ? r->names.p : "", r->names.n ? ", " : "", name));
    bool take = r->wanted ? strcmp(name, r->wanted) == 0 : !state || strcmp(state, "visible") == 0;
    if (take && r->rel_id.n == 0) {
        r->rel_id = arena_str(r->arena, str_of(id));
        r->book->sheet = arena_str(r->arena, str_of(name));
    }
    return 0;
}

static int rels_start(void *user, const char *element, const char **atts, struct err *e)
{
    struct reading *r = user;
    (void)e;
    const char *id = xlsx_attr(atts, "Id"), *target = xlsx_attr(atts, "Target");
    if (strcmp(element, "Relationship") == 0 && id && target && str_is(r->rel_id, id))
        r->target = arena_str(r->arena, str_of(target));
    return 0;
}

static int styles_start(void *user, const char *element, const char **atts, struct err *e)
{
    struct reading *r = user;
    (void)e;
    const char *id = xlsx_attr(atts, "numFmtId"), *code = xlsx_attr(atts, "formatCode");
    uint64_t n = 0;
    if (strcmp(element, "cellXfs") == 0)
        r->in_formats = true;
    else if (strcmp(element, "numFmt") == 0 && id && code && r->code.n < XLSX_FORMATS_MAX) {
        vec_push(&r->code, xlsx_format_code(str_of(code)));
        *map_put(&r->custom, str_of(id), NULL) = r->code.n;
    } else if (r->in_formats && strcmp(element, "xf") == 0 && r->book->format.n < XLSX_FORMATS_MAX) {
        uint64_t *custom = id ? map_get(&r->custom, str_of(id)) : NULL;
        if (id && !num_u64(str_of(id), &n))
            n = 0;
        vec_push(&r->book->format, custom ? r->code.p[*custom - 1] : xlsx_format_builtin((unsigned long)n));
    }
    return 0;
}

static int styles_end(void *user, const char *element, struct err *e)
{
    struct reading *r = user;
    (void)e;
    if (strcmp(element, "cellXfs") == 0)
        r->in_formats = false;
    return 0;
}

static int strings_start(void *user, const char *element, const char **atts, struct err *e)
{
    struct reading *r = user;
    (void)atts, (void)e;
    if (strcmp(element, "si") == 0) {
        buf_clear(&r->text);
        r->in_string = true;
        r->phonetic = 0;
    }
    r->phonetic += strcmp(element, "rPh") == 0;
    r->in_text = strcmp(element, "t") == 0;
    return 0;
}

static int strings_end(void *user, const char *element, struct err *e)
{
    struct reading *r = user;
    r->in_text = false;
    if (r->phonetic && strcmp(element, "rPh") == 0)
        r->phonetic--;
    if (strcmp(element, "si") != 0)
        return 0;
    if (r->book->string.n == LIMIT_XLSX_CELLS)
        return err_set(e, ERR_LIMIT, "the workbook has more than %d cells", LIMIT_XLSX_CELLS);
    if (r->text.n)
        r->text.n = xlsx_book_unescape(r->text.p, r->text.n);
    vec_push(&r->book->string, arena_str(r->arena, buf_str(&r->text)));
    return 0;
}

static void strings_text(void *user, const char *p, size_t n)
{
    struct reading *r = user;
    /* One byte more than a cell may have, so that the row is seen to be too long. */
    if (r->in_text && !r->phonetic)
        buf_add(&r->text, p, MIN(n, r->text.max - r->text.n));
}

size_t xlsx_book_unescape(char *p, size_t n)
{
    struct buf one = BUF_INIT(8);
    size_t w = 0;
    for (size_t i = 0; i < n;) {
        uint64_t v;
        if (i + 7 <= n && p[i] == '_' && p[i + 1] == 'x' && p[i + 6] == '_' &&
            num_hex(str_n(p + i + 2, 4), &v) && (v < 0xD800 || v > 0xDFFF)) {
            buf_clear(&one);
            if (v && v != '\r')
                buf_add_utf8(&one, (uint32_t)v);
            memcpy(p + w, buf_cstr(&one), one.n);
            w += one.n;
            i += 7;
        } else {
            p[w++] = p[i++];
        }
    }
    buf_release(&one);
    return w;
}

/* A target relative to the folder of `base`, or absolute. */
static char *resolve(struct arena *a, struct str base, struct str target)
{
    if (str_starts(target, "/"))
        return arena_dup(a, target.p + 1, target.n - 1);
    size_t cut = base.n;
    while (cut && base.p[cut - 1] != '/')
        cut--;
    while (str_starts(target, "../") && cut) {
        target = str_sub(target, 3, target.n);
        for (cut--; cut && base.p[cut - 1] != '/'; cut--)
            ;
    }
    return arena_printf(a, STR_FMT STR_FMT, STR_ARG(str_sub(base, 0, cut)), STR_ARG(target));
}

static int sheet_find(struct reading *r, struct xlsx_package *p, struct str main, struct err *e)
{
    static const struct xlsx_events book = {book_start, end_none, text_none},
                                    rels = {rels_start, end_none, text_none};
    int rc = xlsx_part_all(p, main.p, &book, r, e);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return err_at(
            e, ERR_INPUT, p->name, 0,
            "this ZIP file is not an XLSX workbook; save the table as .xlsx (not .xlsb, .ods) or as CSV");
    if (r->rel_id.n == 0 && r->wanted)
        return err_at(e, ERR_NOT_FOUND, p->name, 0, "there is no sheet “%s”; there are: %.*s", r->wanted,
                      STR_ARG(r->names));
    if (r->rel_id.n == 0)
        return err_at(e, ERR_INPUT, p->name, 0, "the workbook has no sheet that is not hidden");
    struct str file = str_of(strrchr(main.p, '/') ? strrchr(main.p, '/') + 1 : main.p);
    rc = xlsx_part_all(p,
                       arena_printf(r->arena, STR_FMT "_rels/" STR_FMT ".rels",
                                    STR_ARG(str_sub(main, 0, main.n - file.n)), STR_ARG(file)),
                       &rels, r, e);
    if (rc < 0)
        return rc;
    if (rc == 0 || r->target.n == 0)
        return err_at(e, ERR_INPUT, p->name, 0,
                      "the workbook does not say where its sheet is; save it again");
    r->book->part = resolve(r->arena, main, r->target);
    return 0;
}

static int read_all(struct reading *r, struct xlsx_package *p, struct err *e)
{
    static const struct xlsx_events root = {root_start, end_none, text_none},
                                    styles = {styles_start, styles_end, text_none},
                                    strings = {strings_start, strings_end, strings_text};
    int rc = xlsx_part_all(p, "_rels/.rels", &root, r, e);
    if (rc < 0)
        return rc;
    struct str main = r->office.n ? r->office : STR_LIT("xl/workbook.xml");
    main = str_of(resolve(r->arena, STR_LIT(""), main));
    rc = sheet_find(r, p, main, e);
    if (rc)
        return rc;
    rc = xlsx_part_all(p, resolve(r->arena, main, STR_LIT("styles.xml")), &styles, r, e);
    if (rc < 0)
        return rc;
    rc = xlsx_part_all(p, resolve(r->arena, main, STR_LIT("sharedStrings.xml")), &strings, r, e);
    return rc < 0 ? rc : 0;
}

int xlsx_book_read(struct xlsx_book *b, struct xlsx_package *p, const char *sheet, struct err *e)
{
    struct reading r = {
        .book = b, .arena = &b->arena, .wanted = sheet, .text = BUF_INIT(LIMIT_LEDGER_CELL + 1)};
    int rc = read_all(&r, p, e);
    map_release(&r.custom);
    vec_release(&r.code);
    buf_release(&r.text);
    return rc;
}

void xlsx_book_release(struct xlsx_book *b)
{
    arena_release(&b->arena);
    vec_release(&b->string);
    vec_release(&b->format);
}
