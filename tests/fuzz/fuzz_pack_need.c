/* A stranger's expression, then a newline, then a subject: what is said to be in every match must be in the subject
 * when the expression matches it. */
#include "investigate/packs/pack_need.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool there(const struct pack_need *k, const struct pack_need_text *t, struct str s, size_t at)
{
    if (s.n < t->n || at > s.n - t->n)
        return false;
    for (uint32_t i = 0; i < t->n; i++)
        if (!pack_need_is(k->class.p, t->code[i], (unsigned char)s.p[at + i]))
            return false;
    return true;
}

/* Behind a text that ends at `at`: bytes of the class, then one of those that follow. */
static bool follows(const struct pack_need *k, const struct pack_need_follow *f, struct str s, size_t at)
{
    for (uint32_t gap = 0; at <= s.n; at++, gap++) {
        for (size_t i = f->first; i < f->first + f->n; i++)
            if (there(k, &k->text.p[i], s, at))
                return true;
        if (gap == f->max || at == s.n || !pack_need_is(k->class.p, f->code, (unsigned char)s.p[at]))
            return false;
    }
    return false;
}

static bool holds(const struct pack_need *k, const struct pack_need_follow *f, struct str s)
{
    for (size_t i = 0; i < f->first; i++)
        for (size_t at = 0; at <= s.n; at++)
            if (there(k, &k->text.p[i], s, at) && (f->n == 0 || follows(k, f, s, at + k->text.p[i].n)))
                return true;
    return false;
}

/* The needed texts hold at least a window of plain bytes each. */
static void sound(const struct pack_need *k, const struct pack_need_follow *f, size_t window)
{
    if (f->first == 0 || f->first + f->n != k->text.n)
        abort();
    for (size_t i = 0; i < f->first; i++) {
        size_t run = 0, best = 0;
        for (uint32_t j = 0; j < k->text.p[i].n; j++) {
            uint16_t c = k->text.p[i].code[j];
            if (c >= 256 && c - 256u >= k->class.n)
                abort();
            run = c < 256 ? run + 1 : 0;
            best = MAX(best, run);
        }
        if (best < window || k->text.p[i].n > PACK_NEED_LENGTH)
            abort();
    }
}

static void try_one(const struct pack_regex *rx, struct str subject, size_t window)
{
    struct pack_need k = {0};
    struct pack_need_follow f;
    if (!pack_need_find(&k, rx, window, &f)) {
        if (k.text.n)
            abort();
    } else {
        sound(&k, &f, window);
        if (pack_regex_match(rx, subject) == TRI_YES && !holds(&k, &f, subject))
            abort();
    }
    pack_need_release(&k);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n < 2)
        return 0;
    bool cased = data[0] & 1;
    size_t window = data[0] & 2 ? 2 : 4;
    unsigned flags = (cased ? PACK_REGEX_CASED : 0U) | (data[0] & 4 ? PACK_REGEX_DOTALL : 0U) | (data[0] & 8 ? PACK_REGEX_MULTILINE : 0U) | PACK_REGEX_COLD;
    struct str all = str_n((const char *)data + 1, n - 1), pattern = all, subject = {"", 0};
    size_t cut = str_chr(all, '\n');
    if (cut != STR_NONE) {
        pattern = str_sub(all, 0, cut);
        subject = str_sub(all, cut + 1, all.n);
    }
    struct pack_regex *rx = pack_regex_new(pattern, flags, NULL);
    if (!rx)
        return 0;
    char *copy = mem_dup(subject.p, subject.n);
    for (size_t i = 0; i < subject.n && !cased; i++)
        copy[i] = copy[i] >= 'A' && copy[i] <= 'Z' ? (char)(copy[i] + 32) : copy[i];
    try_one(rx, str_n(copy, subject.n), window);
    free(copy);
    pack_regex_free(rx);
    return 0;
}
