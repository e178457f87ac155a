/* The words of rules/contacts/columns.txt. */
#include "contain/contact_table.h"

#include "codec/text.h"

static const char *const field_name[CONTACT_FIELD_CHANNEL] = {
    "", "name", "kind", "role", "organisation", "department", "lang", "order", "called_by", "substitute", "checked", "note"};

/* Marks that people put in headers, or do not. */
struct str contact_table_fold(struct str s, struct arena *a)
{
    static const char *const drop[] = {" ", "_", "-", "/", "・", "ー", "\xE3\x80\x80", "\n"};
    struct str w = text_fold_word(s, a);
    char *p = arena_alloc(a, w.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < w.n;) {
        size_t k = 0, len = 0;
        for (; k < ARRAY_LEN(drop) && !len; k++)
            if (str_starts(str_sub(w, i, w.n), drop[k]))
                len = strlen(drop[k]);
        if (len)
            i += len;
        else
            p[n++] = w.p[i++];
    }
    return str_n(p, n);
}

static bool place_of(struct contact_words *w, struct str left, struct map **map, uint64_t *value)
{
    enum contact_channel_kind channel;
    enum contact_kind kind;
    *map = &w->header;
    for (unsigned i = 1; i < CONTACT_FIELD_CHANNEL; i++)
        if (str_is(left, field_name[i]))
            return *value = i, true;
    if (contact_channel_by_name(left, &channel))
        return *value = (uint64_t)CONTACT_FIELD_CHANNEL + channel, true;
    *map = &w->kind;
    if (str_starts(left, "kind.") && contact_kind_by_name(str_sub(left, 5, left.n), &kind))
        return *value = kind, true;
    return false;
}

static int read_line(struct contact_words *w, struct str line, const char *file, unsigned long no,
                     struct arena *a, struct err *e)
{
    struct map *map;
    uint64_t value;
    size_t eq = str_chr(line, '=');
    struct str left = str_trim(str_sub(line, 0, eq)), word;
    if (eq == STR_NONE)
        return err_at(e, ERR_INPUT, file, no, "write “field = header, header, …”; there is no “=” in this line");
    if (!place_of(w, left, &map, &value))
        return err_at(e, ERR_INPUT, file, no, "there is no field “%.*s”; rules/contacts/columns.txt shows all",
                      STR_ARG(str_sub(left, 0, 60)));
    struct str_split it = str_split_init(str_sub(line, eq + 1, line.n), ',');
    while (str_split_next(&it, &word)) {
        struct str key = contact_table_fold(str_trim(word), a);
        if (key.n == 0)
            return err_at(e, ERR_INPUT, file, no, "a word is missing between two commas");
        bool made;
        uint64_t *v = map_put(map, key, &made);
        if (!made && *v != value)
            return err_at(e, ERR_INPUT, file, no, "“%.*s” was given another meaning earlier in this file",
                          STR_ARG(str_trim(word)));
        *v = value;
    }
    return 0;
}

int contact_words_read(struct contact_words *w, struct str bytes, const char *file, struct err *e)
{
    struct str rest = bytes, line;
    struct arena a = {0};
    unsigned long no = 0;
    int rc = 0;
    if (bytes.n > LIMIT_FILE_SMALL || !str_is_utf8(bytes))
        return err_at(e, ERR_INPUT, file, 0, "the rules are too large, or not UTF-8");
    while (rc == 0 && str_line_next(&rest, &line)) {
        no++;
        line = str_trim(line);
        if (line.n && line.p[0] != '#')
            rc = read_line(w, line, file, no, &a, e);
        arena_clear(&a);
    }
    arena_release(&a);
    return rc;
}

void contact_words_release(struct contact_words *w)
{
    map_release(&w->header);
    map_release(&w->kind);
}
