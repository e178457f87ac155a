/* Line breaks: are they the author's, or the mailer's? */
#include "codec/text_reader.h"
#include "codec/text_fold.h"

#include <uchar.h>

static size_t columns(struct str s)
{
    size_t w = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        w += (size_t)(c < 0x80 || c >= 0xC0) + (c >= 0xE0);
    }
    return w;
}

static size_t line_end(struct str s, size_t at)
{
    const char *nl = at < s.n ? memchr(s.p + at, '\n', s.n - at) : NULL;
    return nl ? (size_t)(nl - s.p) : s.n;
}

/* The widest line up to the next blank line. A paragraph is measured once, so
 * the work stays linear. */
static void measure(struct text_reader *r, size_t at)
{
    if (at < r->par_end)
        return;
    r->par_width = 0;
    r->par_lines = 0;
    while (at < r->src.n) {
        size_t end = line_end(r->src, at);
        struct str line = str_trim(str_sub(r->src, at, end - at));
        if (!line.n)
            break;
        size_t w = columns(line);
        r->par_width = MAX(r->par_width, w);
        r->par_lines++;
        at = end + 1;
    }
    r->par_end = MIN(at, r->src.n);
}

static size_t skip_blanks(struct str s, size_t at)
{
    for (;;) {
        if (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t' || s.p[at] == '\r'))
            at++;
        else if (s.n - at >= 3 && memcmp(s.p + at, "\xE3\x80\x80", 3) == 0)
            at += 3;
        else
            return at;
    }
}

static bool in_list(uint32_t cp, const char32_t *list)
{
    if (cp >= 0x3400 && cp < 0xFF00) /* kanji, which stand at most places, are in no list */
        return false;
    while (*list && *list != cp)
        list++;
    return *list != 0;
}

/* "1." "(2)" "3)" "IV." "Q1" "A." "a)" at the front of a line. */
static bool numbered(struct str s)
{
    size_t i = 0;
    if (i < s.n && s.p[i] == '(')
        i++;
    size_t from = i;
    while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
        i++;
    if (i == from) {
        while (i < s.n && (s.p[i] == 'I' || s.p[i] == 'V' || s.p[i] == 'X'))
            i++;
        if (i == from && i < s.n && ((s.p[i] | 32) >= 'a' && (s.p[i] | 32) <= 'z'))
            i++;
        while (i < s.n && i < from + 3 && s.p[i] >= '0' && s.p[i] <= '9')
            i++;
    }
    if (i == from || i >= s.n || i > from + 4)
        return false;
    bool blank_behind = i + 1 >= s.n || s.p[i + 1] == ' ' || (s.p[i + 1] & 0x80);
    if ((s.p[i] == '.' || s.p[i] == ')' || s.p[i] == ':') && blank_behind)
        return true;
    uint32_t cp;
    text_fold_decode(str_sub(s, i, s.n), &cp);
    if ((s.p[from] == 'Q' || s.p[from] == 'A') && (cp == ' ' || cp == 0x3000))
        return true;
    return in_list(cp, U"．）：");
}

bool text_reader_line_opens_block(const struct text_reader *r, size_t at)
{
    at = skip_blanks(r->src, at);
    if (at >= r->src.n || r->src.p[at] == '\n')
        return true;
    struct str s = str_sub(r->src, at, r->src.n);
    uint32_t cp, next = ' ';
    size_t k = text_fold_decode(s, &cp);
    if (k < s.n)
        text_fold_decode(str_sub(s, k, s.n), &next);
    if ((cp == '-' || cp == '*' || cp == '+' || cp == '#' || cp == '=') && (next == ' ' || next == cp))
        return true;
    if (in_list(cp, U"・●■◆○□◇▼▽▲△※→◎★☆【〔《〈•‣▪◦–|＊＃〇①②③④⑤⑥⑦⑧⑨⑩"))
        return true;
    if (cp == '[' && next != '\n')
        return true;
    return numbered(s);
}

static uint32_t last_char(const struct text_reader *r)
{
    size_t at = r->n;
    while (at > 0 && ((unsigned char)r->dst[at - 1] & 0xC0) == 0x80)
        at--;
    uint32_t cp = ' ';
    if (at > 0)
        text_fold_decode(str_n(r->dst + at - 1, r->n - at + 1), &cp);
    return cp;
}

static bool hiragana(uint32_t cp)
{
    return cp >= 0x3041 && cp <= 0x309F;
}

/* Words that begin a Japanese sentence although they begin in hiragana. */
static bool starts_sentence(struct str s)
{
    static const char *const word[] = {"なお", "また",   "この",       "これ",       "その",   "それ",
                                       "ただ", "すで",   "いつも",     "ご利用",     "お客",   "まず",
                                       "しか", "さら",   "おそれ入り", "よろしく",   "ここ",   "こちら",
                                       "いま", "どう",   "お知らせ",   "お問い",     "ご迷惑", "ご不明",
                                       "はい", "いいえ", "あわせて",   "したがって", "よって", "つき"};
    for (size_t i = 0; i < ARRAY_LEN(word); i++)
        if (str_starts(s, word[i]))
            return true;
    return false;
}

static bool wraps_ja(const struct text_reader *r, struct str next, size_t width, uint32_t last)
{
    uint32_t cp;
    text_fold_decode(next, &cp);
    if (in_list(last, U"。：:」』】）)") && !in_list(cp, U"をにがはでとのもや、。」』"))
        return false;
    bool full = width >= 24 && width + 8 >= r->par_width;
    if (in_list(cp, U"、。）」』ーゃゅょっぁぃぅぇぉをんャュョッァィゥェォンー"))
        return true;
    if (in_list(last, U"、をのにがはで（「"))
        return true;
    if (hiragana(cp))
        return full || !starts_sentence(next);
    return full;
}

static bool function_word(const struct text_reader *r)
{
    static const char word[][8] = {
        "the",     "a",   "an",   "of",    "in",   "to",    "by",    "and",   "or",   "with",  "has",
        "have",    "is",  "are",  "was",   "were", "been",  "being", "for",   "that", "which", "from",
        "on",      "at",  "as",   "this",  "not",  "no",    "be",    "their", "its",  "our",   "against",
        "through", "via", "into", "using", "than", "these", "those", "when",  "if"};
    char last[8] = ""; /* filled with zeros, as the words are */
    size_t at = r->n;
    while (at > 0 && r->dst[at - 1] >= 'a' && r->dst[at - 1] <= 'z')
        at--;
    if (r->n - at >= sizeof(last))
        return false;
    memcpy(last, r->dst + at, r->n - at);
    for (size_t i = 0; i < ARRAY_LEN(word); i++)
        if (memcmp(last, word[i], sizeof(last)) == 0)
            return true;
    return false;
}

static bool wraps_en(const struct text_reader *r, struct str next, size_t width, uint32_t last)
{
    if (last == ':')
        return false;
    char c = next.p[0];
    if ((c >= 'a' && c <= 'z') || last == ',' || function_word(r))
        return true;
    size_t word = 0;
    while (word < next.n && (unsigned char)next.p[word] > ' ')
        word++;
    bool full = width >= 40 && width + word + 1 > r->par_width && r->par_width <= 100;
    return full && (r->par_lines >= 3 || width < r->par_width);
}

/* "name: value" */
static bool labelled(struct str line)
{
    size_t at = str_chr(str_sub(line, 0, 60), ':');
    size_t wide = str_find(str_sub(line, 0, 60), STR_LIT("："));
    return (at != STR_NONE && at + 1 < line.n && line.p[at + 1] == ' ') || wide != STR_NONE;
}

bool text_reader_wraps(struct text_reader *r, size_t end, size_t next)
{
    if (r->cells || !r->open || text_reader_line_opens_block(r, next))
        return false;
    measure(r, r->line_start);
    struct str line = str_trim(str_sub(r->src, r->line_start, end - r->line_start));
    next = skip_blanks(r->src, next);
    struct str rest = str_sub(r->src, next, r->src.n);
    if (memchr(rest.p, '\t', line_end(r->src, next) - next))
        return false;
    if (labelled(line) && labelled(str_sub(rest, 0, line_end(rest, 0))))
        return false;
    uint32_t last = last_char(r);
    if (last >= 0x3000 || (unsigned char)rest.p[0] >= 0xE3)
        return wraps_ja(r, rest, columns(line), last);
    return wraps_en(r, rest, columns(line), last);
}
