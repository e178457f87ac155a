#include "identify/versions/versions.h"

#include "codec/json.h"
#include "identify/versions/vers.h"
#include "identify/versions/vers_native.h"

static void error_line(const struct err *e, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_w_object(&w);
    json_w_kcstr(&w, "error", e->text);
    json_w_object_end(&w);
    buf_addc(out, '\n');
}

int versions_compare(const struct scheme *s, struct str a, struct str b, int *sign, struct err *e)
{
    int c = s->compare(a, b);
    if (c == VERSION_INVALID)
        return err_set(e, ERR_INPUT, "\"%.*s\" is not a version of the scheme %s",
                       STR_ARG(s->compare(a, a) == VERSION_INVALID ? a : b), s->name);
    if (c == VERSION_INCOMPARABLE)
        return err_set(e, ERR_INPUT, "\"%.*s\" and \"%.*s\" cannot be compared (scheme %s)", STR_ARG(a),
                       STR_ARG(b), s->name);
    *sign = c;
    return 0;
}

void versions_compare_line(const struct scheme *s, struct str line, struct buf *out)
{
    struct err e = {0};
    size_t tab = str_chr(line, '\t');
    int sign = 0;
    if (tab == STR_NONE)
        err_set(&e, ERR_INPUT, "expected two versions separated by a tab: A<TAB>B");
    else if (versions_compare(s, str_sub(line, 0, tab), str_sub(line, tab + 1, line.n), &sign, &e) == 0)
        buf_printf(out, "%d\n", sign);
    if (e.code)
        error_line(&e, out);
}

int versions_within(struct str range, struct str version, struct err *e)
{
    struct arena a = {0};
    struct vers v;
    int rc;
    range = str_trim(range);
    if (str_starts_i(range, "vers:")) {
        rc = vers_parse(&a, range, &v, e);
    } else {
        struct str type = STR_LIT("generic");
        size_t colon = str_chr(range, ':');
        if (colon != STR_NONE && scheme_find(str_sub(range, 0, colon))) {
            type = str_sub(range, 0, colon);
            range = str_sub(range, colon + 1, range.n);
        }
        rc = vers_native_parse(&a, type, range, &v, e);
    }
    if (!rc)
        rc = vers_contains(&v, version, e);
    arena_release(&a);
    return rc;
}

void versions_within_line(struct str line, struct buf *out)
{
    struct err e = {0};
    size_t tab = str_chr(line, '\t');
    int rc = -1;
    if (tab == STR_NONE)
        err_set(&e, ERR_INPUT, "expected a range and a version separated by a tab: RANGE<TAB>VERSION");
    else
        rc = versions_within(str_sub(line, 0, tab), str_sub(line, tab + 1, line.n), &e);
    if (rc < 0)
        error_line(&e, out);
    else
        buf_adds(out, rc ? "yes\n" : "no\n");
}
