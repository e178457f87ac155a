#include "contain/reply_form.h"

#include "codec/charset.h"
#include "codec/text.h"

enum tag { TAG_ENQUIRY, TAG_RUNS, TAG_PRODUCT, TAG_VERSION, TAG_MACHINES, TAG_FOUND, TAG_PATCHED, TAG_CONTACT, TAG_NOTE, TAGS };
static const char *const tag_name[TAGS] = {"enquiry", "runs", "product", "version", "machines", "found", "patched", "contact", "note"};

struct str reply_form_runs(struct str written)
{
    static const struct {
        const char *answer, *word[16];
    } known[] = {
        {"yes", {"yes", "y", "true", "はい", "有", "有り", "あり", "ある", "利用している", "利用しています", "利用あり", "該当", "○", "〇", "◯"}},
        {"no", {"no", "n", "false", "いいえ", "無", "無し", "なし", "ない", "利用していない", "利用していません", "利用なし", "非該当", "×", "✕"}},
        {"unknown", {"unknown", "not known", "?", "不明", "確認中", "調査中", "分からない", "わからない", "分かりません", "わかりません"}}};
    struct arena a = {0};
    struct str w = text_fold_word(str_trim(written), &a), out = {0};
    while (str_ends(w, "。") || str_ends(w, "."))
        w = str_sub(w, 0, w.n - (w.p[w.n - 1] == '.' ? 1 : 3));
    for (size_t i = 0; i < ARRAY_LEN(known) && out.n == 0; i++)
        for (size_t k = 0; k < ARRAY_LEN(known[i].word) && known[i].word[k] && out.n == 0; k++)
            if (str_eq(w, text_fold_word(str_of(known[i].word[k]), &a)))
                out = str_of(known[i].answer);
    arena_release(&a);
    return out;
}

static struct str drop(struct str s, const char *prefix)
{
    return str_starts(s, prefix) ? str_sub(s, strlen(prefix), s.n) : s;
}

/* Blanks, the full-width one too. */
static struct str trim(struct str s)
{
    for (size_t n = s.n + 1; n != s.n;) {
        n = s.n;
        s = drop(str_trim(s), "\xE3\x80\x80");
        if (str_ends(s, "\xE3\x80\x80"))
            s.n -= 3;
    }
    return s;
}

static struct str unquote(struct str line)
{
    for (size_t n = line.n + 1; n != line.n;) {
        n = line.n;
        line = trim(drop(drop(line, ">"), "＞"));
    }
    return line;
}

/* The first of two marks; its end in *end. */
static size_t find_either(struct str s, const char *one, const char *two, size_t *end)
{
    size_t i = str_find(s, str_of(one)), k = str_find(s, str_of(two));
    if (i == STR_NONE && k == STR_NONE)
        return STR_NONE;
    bool first = i != STR_NONE && (k == STR_NONE || i < k);
    *end = first ? i + strlen(one) : k + strlen(two);
    return first ? i : k;
}

/* "[tag] label: answer" */
static bool tag_of(struct str line, enum tag *tag, struct str *answer)
{
    size_t end, close;
    struct str rest = str_starts(line, "［") ? drop(line, "［") : drop(line, "[");
    if (rest.n == line.n || (close = find_either(rest, "]", "］", &end)) == STR_NONE || close > 40)
        return false;
    struct arena a = {0};
    struct str name = text_fold_word(trim(str_sub(rest, 0, close)), &a);
    bool known = false;
    for (unsigned i = 0; i < TAGS && !known; i++) {
        if (str_is(name, tag_name[i])) {
            *tag = (enum tag)i;
            known = true;
        }
    }
    arena_release(&a);
    rest = str_sub(rest, end, rest.n);
    if (find_either(rest, ":", "：", &end) != STR_NONE)
        rest = str_sub(rest, end, rest.n);
    *answer = trim(rest);
    return known;
}

struct filling {
    struct buf text;
    enum tag tag;
    bool open;
    struct str answer[TAGS];
    size_t lines;
};

static void finish(struct filling *f, struct arena *a)
{
    struct str s = trim(buf_str(&f->text));
    if (f->open && s.n)
        f->answer[f->tag] = arena_str(a, s);
    f->open = false;
    buf_clear(&f->text);
}

/* A line that does not fit any more is cut, and so is all that follows it in this answer. */
static void add(struct filling *f, struct str line)
{
    size_t room = f->text.max - f->text.n;
    if (f->text.n && room)
        buf_addc(&f->text, '\n');
    room = f->text.max - f->text.n;
    buf_add(&f->text, line.p, line.n <= room ? line.n : str_utf8_clip(line.p, room));
}

static void read_lines(struct str text, struct filling *f, struct arena *a)
{
    struct str line, answer;
    enum tag tag;
    while (str_line_next(&text, &line)) {
        line = unquote(line);
        if (tag_of(line, &tag, &answer)) {
            finish(f, a);
            f->tag = tag;
            f->open = true;
            f->lines++;
            add(f, answer);
        } else if (str_starts(line, "-----")) {
            finish(f, a);
        } else if (f->open) {
            add(f, line);
        }
    }
    finish(f, a);
}

int reply_form_read(struct str bytes, struct arena *a, struct reply_form *out, struct err *e)
{
    struct buf utf8 = BUF_INIT(LIMIT_REPLY_FORM * 4);
    struct filling f = {.text = BUF_INIT(LIMIT_LEDGER_CELL)};
    *out = (struct reply_form){0};
    if (bytes.n > LIMIT_REPLY_FORM)
        return err_set(e, ERR_LIMIT, "the reply form is larger than %lu bytes", LIMIT_REPLY_FORM);
    int rc = charset_any_to_utf8(bytes, &utf8, NULL, NULL, e);
    if (rc == 0)
        read_lines(buf_str(&utf8), &f, a);
    if (rc == 0 && f.lines == 0)
        rc = err_set(e, ERR_INPUT, "there is no reply form in it: no line begins with [runs], [product], [version], …");
    if (rc == 0) {
        struct str id = f.answer[TAG_ENQUIRY];
        if (!str_starts_i(id, "E-") || !num_i64(str_sub(id, 2, id.n), &out->enquiry) || out->enquiry < 1)
            out->enquiry = 0;
        out->runs_written = f.answer[TAG_RUNS];
        out->runs = reply_form_runs(f.answer[TAG_RUNS]);
        out->product = f.answer[TAG_PRODUCT];
        out->version = f.answer[TAG_VERSION];
        out->machines = f.answer[TAG_MACHINES];
        out->found = f.answer[TAG_FOUND];
        out->patched = f.answer[TAG_PATCHED];
        out->contact = f.answer[TAG_CONTACT];
        out->note = f.answer[TAG_NOTE];
    }
    buf_release(&f.text);
    buf_release(&utf8);
    return rc;
}
