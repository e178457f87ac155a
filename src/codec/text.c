#include "codec/text.h"

#include "codec/html_entity.h"
#include "codec/text_fold.h"
#include "codec/text_reader.h"

/* ---- output ---- */

static void *grow(struct arena *a, void *old, size_t n, size_t *cap, size_t need, size_t item)
{
    if (need <= *cap)
        return old;
    size_t to = MAX(need, *cap * 2);
    void *p = arena_alloc(a, to * item);
    if (n)
        memcpy(p, old, n * item);
    *cap = to;
    return p;
}

static void room(struct text_reader *r, size_t more)
{
    if (r->cap - r->n < more)
        r->dst = grow(r->arena, r->dst, r->n, &r->cap, r->n + more, 1);
}

static void sync(struct text_reader *r, size_t source)
{
    uint32_t delta = (uint32_t)source - (uint32_t)r->n;
    if (r->runs && r->delta == delta)
        return;
    r->delta = delta;
    r->run = grow(r->arena, r->run, r->runs, &r->run_cap, r->runs + 1, sizeof(*r->run));
    r->run[r->runs++] = (struct text_run){(uint32_t)r->n, (uint32_t)source};
}

/* Before a visible character that stands at source: opens the sentence, writes the blank that is due. */
static void visible(struct text_reader *r, size_t source)
{
    if (!r->open) {
        r->open = true;
        r->ja = 0;
        r->depth = 0;
        r->cur = (struct text_sentence){.start = (uint32_t)r->n,
                                        .from = (uint32_t)source,
                                        .row = r->row,
                                        .column = r->column,
                                        .cell = r->cells,
                                        .opens_block = r->opens_block};
        r->opens_block = false;
    } else if (r->blank) {
        room(r, 1);
        sync(r, source - 1);
        r->dst[r->n++] = ' ';
    }
    r->blank = false;
}

static void put(struct text_reader *r, const char *p, size_t n, size_t from, size_t to)
{
    visible(r, from);
    room(r, n);
    sync(r, from);
    memcpy(r->dst + r->n, p, n);
    r->n += n;
    r->last_to = (uint32_t)to;
}

static uint8_t script_of(const struct text_reader *r)
{
    size_t all = r->n - r->cur.start, letters = 0;
    if (!r->ja)
        return TEXT_EN;
    for (size_t i = r->cur.start; i < r->n; i++)
        letters += r->dst[i] >= 'a' && r->dst[i] <= 'z';
    return letters > r->ja && letters * 2 > all - letters ? TEXT_JA | TEXT_EN : TEXT_JA;
}

static void end_sentence(struct text_reader *r)
{
    r->blank = false;
    if (!r->open)
        return;
    r->cur.end = (uint32_t)r->n;
    r->cur.to = r->last_to;
    r->cur.script = script_of(r);
    r->cur.cell |= r->cells;
    r->sentence =
        grow(r->arena, r->sentence, r->sentences, &r->sentence_cap, r->sentences + 1, sizeof(*r->sentence));
    r->sentence[r->sentences++] = r->cur;
    r->ja_all += r->ja;
    room(r, 1);
    r->dst[r->n++] = '\n';
    r->open = false;
}

static void end_cell(struct text_reader *r)
{
    r->cells = true;
    end_sentence(r);
    if (r->column < UINT16_MAX)
        r->column++;
}

static void end_row(struct text_reader *r)
{
    end_sentence(r);
    r->row++;
    r->column = 0;
    r->cells = false;
    r->depth = 0;
}

/* ---- input ---- */

static struct str ahead(const struct text_reader *r)
{
    return str_n(r->src.p + r->pos, r->src.n - r->pos);
}

static bool ascii_alpha(unsigned char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static unsigned char before(const struct text_reader *r)
{
    return r->open && !r->blank && r->n > r->cur.start ? (unsigned char)r->dst[r->n - 1] : ' ';
}

static void line_break(struct text_reader *r, size_t end, size_t next)
{
    if (r->html_row) {
        r->blank = true;
    } else if (text_reader_wraps(r, end, next)) {
        bool ja = (unsigned char)r->dst[r->n - 1] >= 0xE3;
        while (next < r->src.n && (r->src.p[next] == ' ' || r->src.p[next] == '\t'))
            next++;
        r->blank = !(ja || (next < r->src.n && (unsigned char)r->src.p[next] >= 0xE3)) || (r->blank && !ja);
        if (str_starts(str_n(r->src.p + next, r->src.n - next), "\xE3\x80\x80"))
            next += 3;
    } else {
        end_row(r);
        if (text_reader_line_opens_block(r, next))
            r->opens_block = true;
    }
    r->line_start = next;
    r->pos = next;
}

static bool closer(uint32_t cp)
{
    return cp == ')' || cp == '"' || cp == '\'' || cp == 0x300D || cp == 0x300F || cp == 0x2019 ||
           cp == 0x201D || cp == 0xFF09 || cp == ']' || cp == 0xFF63;
}

/* The closing marks that follow a full stop belong to its sentence. */
static void take_closers(struct text_reader *r)
{
    while (r->pos < r->src.n) {
        uint32_t cp;
        size_t k = text_fold_decode(ahead(r), &cp);
        if (!closer(cp))
            return;
        char out[TEXT_FOLD_MAX] = "";
        size_t n = text_fold_char(cp, out);
        put(r, out, n, r->pos, r->pos + k);
        r->pos += k;
    }
}

static void stop(struct text_reader *r, char c)
{
    bool end = text_reader_full_stop(r, c);
    put(r, &c, 1, r->pos, r->pos + 1);
    r->pos++;
    if (end && r->depth == 0) {
        take_closers(r);
        end_sentence(r);
    }
}

static void tag(struct text_reader *r)
{
    enum text_tag kind;
    bool closing;
    size_t at = r->pos, k = text_reader_tag(ahead(r), r->comments_end, &kind, &closing);
    if (!k) {
        put(r, "<", 1, at, at + 1);
        r->pos++;
        return;
    }
    r->pos += k;
    switch (kind) {
    case TEXT_TAG_BREAK:
        line_break(r, at, r->pos + (r->pos < r->src.n && r->src.p[r->pos] == '\n'));
        break;
    case TEXT_TAG_BLOCK:
        if (r->cell_from)
            end_sentence(r); /* a paragraph inside of a cell */
        else
            end_row(r);
        r->opens_block = true;
        break;
    case TEXT_TAG_ROW:
        end_row(r);
        r->cell_from = 0;
        r->html_row = !closing;
        break;
    case TEXT_TAG_CELL:
        end_sentence(r);
        r->cells = r->html_row = true;
        if (closing) {
            if (r->cell_from && r->sentences == r->cell_first + 1) {
                r->sentence[r->cell_first].from = r->cell_from - 1;
                r->sentence[r->cell_first].to = (uint32_t)r->pos;
            }
            r->cell_from = 0;
            r->column += r->column < UINT16_MAX;
        } else {
            r->cell_from = (uint32_t)at + 1;
            r->cell_first = r->sentences;
        }
        break;
    default:
        break;
    }
    if (kind != TEXT_TAG_INLINE && kind != TEXT_TAG_BREAK)
        r->line_start = r->pos;
}

static void voiced(struct text_reader *r, uint32_t mark, size_t k)
{
    uint32_t cp;
    size_t at = r->n - MIN(r->n, 3);
    if (r->open && !r->blank && r->n - r->cur.start >= 3 &&
        text_fold_decode(str_n(r->dst + at, 3), &cp) == 3 && (cp = text_fold_voiced(cp, mark)) != 0) {
        text_fold_encode(cp, r->dst + at);
        r->last_to = (uint32_t)(r->pos + k);
    }
    r->pos += k;
}

static void character(struct text_reader *r, uint32_t cp, size_t k)
{
    char out[TEXT_FOLD_MAX];
    uint32_t mark = text_fold_mark(cp);
    if (mark) {
        voiced(r, mark, k);
        return;
    }
    size_t n = text_fold_char(cp, out);
    size_t from = r->pos;
    r->pos += k;
    if (n == 1 && out[0] == ' ') {
        r->blank = true;
        return;
    }
    if (n == 1 && out[0] == '.' && cp == 0xFF0E &&
        !(before(r) < 0x80 && before(r) > ' ' && r->pos < r->src.n))
        n = text_fold_encode(cp = 0x3002, out);
    if (n == 1 && out[0] == '-' && ascii_alpha(before(r)) && r->pos < r->src.n &&
        ascii_alpha((unsigned char)r->src.p[r->pos])) {
        r->blank = true; /* "in‑the‑wild" with typographic hyphens */
        return;
    }
    if (!n)
        return;
    put(r, out, n, from, from + k);
    r->ja += (cp >= 0x3041 && cp <= 0x9FFF) || (cp >= 0xFF66 && cp <= 0xFF9D);
    if (cp == 0x300C || cp == 0x300E || cp == 0xFF62)
        r->depth++;
    else if ((cp == 0x300D || cp == 0x300F || cp == 0xFF63) && r->depth)
        r->depth--;
    bool ends = cp == 0x3002 || cp == 0xFF61 || cp == 0xFF01 || cp == 0xFF1F;
    if (ends && (r->depth == 0 || r->n - r->cur.start > 1200)) {
        take_closers(r);
        end_sentence(r);
    }
}

/* Japanese characters that fold to themselves, copied in one go. */
static bool plain_japanese(struct text_reader *r)
{
    const unsigned char *p = (const unsigned char *)r->src.p;
    size_t at = r->pos;
    while (r->src.n - at >= 3) {
        unsigned char a = p[at], b = p[at + 1], c = p[at + 2];
        if ((b & 0xC0) != 0x80 || (c & 0xC0) != 0x80)
            break;
        bool kanji = (a >= 0xE5 && a <= 0xE9) || (a == 0xE4 && b >= 0xB8);
        bool kana = a == 0xE3 && ((b == 0x81 && c >= 0x81) || (b == 0x82 && (c <= 0x96 || c >= 0xA1)) ||
                                  (b == 0x83 && c <= 0xBE));
        if (!kanji && !kana)
            break;
        at += 3;
    }
    if (at == r->pos)
        return false;
    r->ja += (uint32_t)((at - r->pos) / 3);
    uint32_t count = r->ja;
    bool was = r->open;
    put(r, r->src.p + r->pos, at - r->pos, r->pos, at);
    if (!was)
        r->ja = (uint32_t)((at - r->pos) / 3);
    else
        r->ja = count;
    r->pos = at;
    return true;
}

/* ASCII that folds byte by byte and ends nothing: all but blanks, < & . ! ? - | */
static const unsigned char plain_fold[128] = {
    ['"'] = '"', ['#'] = '#', ['$'] = '$', ['%'] = '%', ['\''] = '\'', ['('] = '(', [')'] = ')',
    ['*'] = '*', ['+'] = '+', [','] = ',', ['/'] = '/', ['0'] = '0',   ['1'] = '1', ['2'] = '2',
    ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6', ['7'] = '7',   ['8'] = '8', ['9'] = '9',
    [':'] = ':', [';'] = ';', ['='] = '=', ['>'] = '>', ['@'] = '@',   ['A'] = 'a', ['B'] = 'b',
    ['C'] = 'c', ['D'] = 'd', ['E'] = 'e', ['F'] = 'f', ['G'] = 'g',   ['H'] = 'h', ['I'] = 'i',
    ['J'] = 'j', ['K'] = 'k', ['L'] = 'l', ['M'] = 'm', ['N'] = 'n',   ['O'] = 'o', ['P'] = 'p',
    ['Q'] = 'q', ['R'] = 'r', ['S'] = 's', ['T'] = 't', ['U'] = 'u',   ['V'] = 'v', ['W'] = 'w',
    ['X'] = 'x', ['Y'] = 'y', ['Z'] = 'z', ['['] = '[', ['\\'] = '\\', [']'] = ']', ['^'] = '^',
    ['_'] = '_', ['`'] = '`', ['a'] = 'a', ['b'] = 'b', ['c'] = 'c',   ['d'] = 'd', ['e'] = 'e',
    ['f'] = 'f', ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j',   ['k'] = 'k', ['l'] = 'l',
    ['m'] = 'm', ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q',   ['r'] = 'r', ['s'] = 's',
    ['t'] = 't', ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x',   ['y'] = 'y', ['z'] = 'z',
    ['{'] = '{', ['}'] = '}', ['~'] = '~',
};

static void plain_ascii(struct text_reader *r)
{
    size_t from = r->pos, at = from, max = r->src.n;
    visible(r, from);
    room(r, max - at < 4096 ? max - at : 4096);
    max = MIN(max, at + 4096);
    sync(r, from);
    char *d = r->dst + r->n;
    while (at < max) {
        unsigned char c = (unsigned char)r->src.p[at];
        if (c >= 0x80 || !plain_fold[c]) {
            /* a single blank between plain letters is the commonest of all */
            if (c != ' ' || at + 1 >= max || (unsigned char)r->src.p[at + 1] >= 0x80 ||
                !plain_fold[(unsigned char)r->src.p[at + 1]])
                break;
            *d++ = ' ';
            at++;
            continue;
        }
        *d++ = (char)plain_fold[c];
        at++;
    }
    r->n = (size_t)(d - r->dst);
    r->last_to = (uint32_t)at;
    r->pos = at;
}

static void entity(struct text_reader *r)
{
    uint32_t cp;
    size_t k = html_entity_read(ahead(r), &cp);
    if (!k)
        put(r, "&", 1, r->pos, r->pos + 1), r->pos++;
    else
        character(r, cp == '\n' || cp == '\t' ? ' ' : cp, k);
}

static void special(struct text_reader *r, char c)
{
    size_t at = r->pos;
    switch (c) {
    case '\n':
        line_break(r, at, at + 1);
        return;
    case '\t':
        r->pos++;
        if (r->open || r->cells)
            end_cell(r);
        return;
    case '|':
        r->pos++;
        if ((at == 0 || (unsigned char)r->src.p[at - 1] <= ' ') || r->pos >= r->src.n ||
            (unsigned char)r->src.p[r->pos] <= ' ')
            end_cell(r);
        else
            put(r, "|", 1, at, at + 1);
        return;
    case '<':
        tag(r);
        return;
    case '&':
        entity(r);
        return;
    case '.':
    case '!':
    case '?':
        stop(r, c);
        return;
    case '-':
        r->pos++;
        if (ascii_alpha(before(r)) && r->pos < r->src.n && ascii_alpha((unsigned char)r->src.p[r->pos]))
            r->blank = true;
        else
            put(r, "-", 1, at, at + 1);
        return;
    default:
        r->pos++;
        r->blank = true;
    }
}

static void read_all(struct text_reader *r)
{
    r->opens_block = true;
    while (r->pos < r->src.n) {
        unsigned char c = (unsigned char)r->src.p[r->pos];
        if (c < 0x80) {
            if (plain_fold[c])
                plain_ascii(r);
            else
                special(r, (char)c);
        } else if (!plain_japanese(r)) {
            uint32_t cp;
            size_t k = text_fold_decode(ahead(r), &cp);
            character(r, cp, k);
        }
    }
    end_sentence(r);
}

static size_t last_comment_end(struct str s)
{
    for (size_t at = s.n; at >= 3; at--)
        if (s.p[at - 1] == '>' && s.p[at - 2] == '-' && s.p[at - 3] == '-')
            return s.n - at + 3;
    return s.n + 1;
}

int text_read(struct str source, struct arena *a, struct text *out, struct err *e)
{
    *out = (struct text){.source = source};
    if (source.n > LIMIT_NOTICE_TEXT)
        return err_set(e, ERR_LIMIT, "the text has %zu bytes; at most %lu are judged: split it", source.n,
                       (unsigned long)LIMIT_NOTICE_TEXT);
    struct text_reader r = {.arena = a, .src = source};
    r.cap = source.n + source.n / 8 + 64;
    r.dst = arena_alloc(a, r.cap);
    if (source.n && memchr(source.p, '<', source.n))
        r.comments_end = last_comment_end(source);
    read_all(&r);
    out->folded = str_n(r.dst, r.n);
    out->sentence = r.sentence;
    out->sentences = r.sentences;
    out->run = r.run;
    out->runs = r.runs;
    out->japanese = r.ja_all * 6 > r.n; /* three bytes each, so half of the text or more */
    return 0;
}
