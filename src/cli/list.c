#include "cli/list.h"

#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utf8proc.h>

#include "codec/json.h"
#include "codec/table.h"

/* One character: its bytes and columns. */
static size_t char_at(const struct cli *c, struct str s, size_t *columns)
{
    utf8proc_int32_t cp;
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s.p, (utf8proc_ssize_t)s.n, &cp);
    if (n <= 0) {
        *columns = 1;
        return 1;
    }
    int w = utf8proc_charwidth(cp);
    /* utf8proc counts ambiguous characters as one column. */
    if (c->config && w == 1 && cp >= 0x2010 && cp < 0x2700 &&
        config_int(c->config, "ambiguous_width", 1) == 2)
        w = 2;
    *columns = (size_t)MAX(w, 0);
    return (size_t)n;
}

size_t list_width(const struct cli *c, struct str s)
{
    size_t width = 0, w;
    for (size_t i = 0; i < s.n;) {
        i += char_at(c, str_sub(s, i, s.n), &w);
        width += w;
    }
    return width;
}

struct str list_fit(const struct cli *c, struct str s, size_t width)
{
    size_t used = 0, w;
    for (size_t i = 0; i < s.n;) {
        size_t n = char_at(c, str_sub(s, i, s.n), &w);
        if (used + w > width)
            return str_sub(s, 0, i);
        used += w;
        i += n;
    }
    return s;
}

size_t list_terminal(const struct cli *c)
{
    struct winsize ws;
    if (!c->tty_out)
        return 0;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col >= 40 ? ws.ws_col : 80;
}

static bool obeyed(utf8proc_int32_t cp)
{
    return (cp < 0x20 && cp != '\n' && cp != '\t') || (cp >= 0x7f && cp < 0xa0) || (cp >= 0x200e && cp <= 0x200f) ||
           (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

struct str list_safe(struct arena *a, struct str s)
{
    struct buf b = BUF_INIT(s.n * 3 + 16);
    size_t from = 0;
    bool changed = false;
    for (size_t i = 0; i < s.n;) {
        utf8proc_int32_t cp;
        utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s.p + i, (utf8proc_ssize_t)(s.n - i), &cp);
        size_t step = n > 0 ? (size_t)n : 1;
        if (n <= 0 || obeyed(cp)) {
            buf_add(&b, s.p + from, i - from);
            buf_adds(&b, "\xEF\xBF\xBD");
            from = i + step;
            changed = true;
        }
        i += step;
    }
    if (changed) {
        buf_add(&b, s.p + from, s.n - from);
        s = arena_str(a, buf_str(&b));
    }
    buf_release(&b);
    return s;
}

void list_init(struct list *t, struct cli *c, const char *schema)
{
    *t = (struct list){.c = c, .schema = schema};
}

void list_column(struct list *t, const char *name, const char *title, unsigned flags)
{
    if (t->column_n < ARRAY_LEN(t->column))
        t->column[t->column_n++] = (struct list_column){name, title, flags};
}

void list_cell(struct list *t, struct str s)
{
    if (t->c->format == FORMAT_TABLE)
        s = list_safe(&t->c->a, s);
    vec_push(&t->cell, arena_str(&t->c->a, s));
}

void list_cells(struct list *t, const char *s)
{
    list_cell(t, str_of(s));
}

void list_cellf(struct list *t, const char *fmt, ...)
{
    struct buf b = BUF_INIT(MIB);
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    list_cell(t, buf_str(&b));
    buf_release(&b);
}

static void print_json(struct list *t)
{
    struct buf b = BUF_INIT(GIB);
    struct json_writer w;
    json_writer_init(&w, &b);
    json_w_object(&w);
    json_w_kcstr(&w, "schema", t->schema);
    json_w_key(&w, "rows");
    json_w_array(&w);
    for (size_t i = 0; i + t->column_n <= t->cell.n; i += t->column_n) {
        json_w_object(&w);
        for (size_t k = 0; k < t->column_n; k++) {
            json_w_key(&w, t->column[k].name);
            double d;
            if ((t->column[k].flags & LIST_NUMBER) && num_double(t->cell.p[i + k], &d))
                json_w_number_text(&w, t->cell.p[i + k]);
            else if ((t->column[k].flags & LIST_NUMBER) && t->cell.p[i + k].n == 0)
                json_w_null(&w);
            else
                json_w_str(&w, t->cell.p[i + k]);
        }
        json_w_object_end(&w);
    }
    json_w_array_end(&w);
    json_w_object_end(&w);
    fwrite(b.p, 1, b.n, stdout);
    putchar('\n');
    buf_release(&b);
}

static void print_csv(struct list *t)
{
    struct buf b = BUF_INIT(GIB);
    struct str *row = arena_array(&t->c->a, struct str, t->column_n);
    for (size_t k = 0; k < t->column_n; k++)
        row[k] = str_of(t->column[k].name);
    table_write(&b, row, t->column_n, 0);
    for (size_t i = 0; i + t->column_n <= t->cell.n; i += t->column_n)
        table_write(&b, &t->cell.p[i], t->column_n, 0);
    fwrite(b.p, 1, b.n, stdout);
    buf_release(&b);
}

static void put_spaces(size_t n)
{
    for (; n > 0; n--)
        putchar(' ');
}

static void print_cell(struct list *t, struct str s, size_t width, unsigned flags, bool last)
{
    struct str fit = list_fit(t->c, s, width);
    size_t w;
    if (fit.n < s.n) {
        fit = list_fit(t->c, s, width - 1);
        w = list_width(t->c, fit) + 1;
        printf(STR_FMT "…", STR_ARG(fit));
    } else {
        w = list_width(t->c, fit);
        if (flags & LIST_NUMBER)
            put_spaces(width - w);
        fwrite(fit.p, 1, fit.n, stdout);
    }
    if (!last && !((flags & LIST_NUMBER) && fit.n == s.n))
        put_spaces(width - w);
    if (!last)
        put_spaces(2);
}

/* Cuts the wide column until the line fits the terminal. */
static void fit_widths(struct list *t, size_t *width)
{
    size_t total = 0, room = list_terminal(t->c);
    for (size_t k = 0; k < t->column_n; k++)
        total += width[k] + 2;
    if (room == 0 || total <= room + 2)
        return;
    size_t over = total - room - 2;
    for (size_t k = 0; k < t->column_n && over; k++) {
        if (!(t->column[k].flags & LIST_WIDE) || width[k] <= 12)
            continue;
        size_t cut = MIN(over, width[k] - 12);
        width[k] -= cut;
        over -= cut;
    }
}

static void print_text(struct list *t)
{
    size_t width[32];
    for (size_t k = 0; k < t->column_n; k++) {
        width[k] = t->column[k].flags & LIST_JSON ? 0 : list_width(t->c, str_of(tr(t->column[k].title)));
        for (size_t i = k; i < t->cell.n && !(t->column[k].flags & LIST_JSON); i += t->column_n)
            width[k] = MAX(width[k], list_width(t->c, t->cell.p[i]));
    }
    fit_widths(t, width);
    size_t last = t->column_n;
    while (last > 0 && (t->column[last - 1].flags & LIST_JSON))
        last--;
    if (t->c->color)
        printf("\033[1m");
    for (size_t k = 0; k < last; k++)
        if (!(t->column[k].flags & LIST_JSON))
            print_cell(t, str_of(tr(t->column[k].title)), width[k], t->column[k].flags, k + 1 == last);
    puts(t->c->color ? "\033[0m" : "");
    for (size_t i = 0; i + t->column_n <= t->cell.n; i += t->column_n) {
        for (size_t k = 0; k < last; k++)
            if (!(t->column[k].flags & LIST_JSON))
                print_cell(t, t->cell.p[i + k], width[k], t->column[k].flags, k + 1 == last);
        putchar('\n');
    }
}

void list_end(struct list *t)
{
    if (t->c->format == FORMAT_JSON)
        print_json(t);
    else if (t->c->format == FORMAT_CSV)
        print_csv(t);
    else
        print_text(t);
    vec_release(&t->cell);
}

/* Japanese may break anywhere but before closing punctuation; other text at blanks. */
static bool no_break_before(struct str s)
{
    static const char *const closing[] = {"。", "、", "」", "』", "）", "，", "．",
                                          "ー", "っ", "ゃ", "ゅ", "ょ", "！", "？"};
    for (size_t i = 0; i < ARRAY_LEN(closing); i++)
        if (str_starts(s, closing[i]))
            return true;
    return false;
}

static size_t line_end(const struct cli *c, struct str s, size_t width)
{
    struct str fit = list_fit(c, s, width);
    if (fit.n == s.n)
        return s.n;
    size_t best = 0;
    for (size_t i = 0; i < fit.n;) {
        size_t w, n = char_at(c, str_sub(s, i, s.n), &w);
        struct str rest = str_sub(s, i + n, s.n);
        if (s.p[i] == ' ' || (n > 1 && i + n <= fit.n && !no_break_before(rest)))
            best = i + n;
        i += n;
    }
    return best ? best : fit.n ? fit.n : 1;
}

void list_wrap(const struct cli *c, FILE *out, const char *indent, struct str text)
{
    size_t room = list_terminal(c), in = strlen(indent);
    room = (room ? MIN(room, 110) : 100) - in;
    struct arena a = {0};
    text = list_safe(&a, text);
    struct str line;
    while (str_line_next(&text, &line)) {
        do {
            size_t n = line_end(c, line, room);
            struct str piece = str_trim(str_sub(line, 0, n));
            fprintf(out, "%s" STR_FMT "\n", indent, STR_ARG(piece));
            line = str_sub(line, n, line.n);
        } while (line.n);
    }
    arena_release(&a);
}
