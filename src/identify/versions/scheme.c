#include "identify/versions/scheme.h"

static const struct scheme *const list[] = {
#define SCHEME(id) &scheme_##id,
#include "identify/versions/scheme_list.h"
#undef SCHEME
};

const struct scheme *scheme_at(size_t i)
{
    return i < ARRAY_LEN(list) ? list[i] : NULL;
}

const struct scheme *scheme_find(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(list); i++) {
        if (str_is_i(name, list[i]->name))
            return list[i];
        struct str_split it = str_split_init(str_of(list[i]->aliases), ' ');
        struct str word;
        while (str_split_next(&it, &word))
            if (word.n && str_ieq(name, word))
                return list[i];
    }
    return NULL;
}
