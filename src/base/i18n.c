#include "base/i18n.h"

#include <string.h>

/* Generated from i18n/ja.json by tools/gen_i18n.py: pairs sorted by the English text. */
struct i18n_pair {
    const char *en, *ja;
};
extern const struct i18n_pair i18n_pairs[];
extern const size_t i18n_pairs_n;

static _Thread_local enum lang thread_lang = LANG_EN;

void i18n_use(enum lang lang)
{
    thread_lang = lang;
}

enum lang i18n_lang(void)
{
    return thread_lang;
}

const char *tr_in(enum lang lang, const char *english)
{
    if (lang == LANG_EN)
        return english;
    size_t lo = 0, hi = i18n_pairs_n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = strcmp(i18n_pairs[mid].en, english);
        if (c == 0)
            return i18n_pairs[mid].ja;
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return english;
}

const char *tr(const char *english)
{
    return tr_in(thread_lang, english);
}
