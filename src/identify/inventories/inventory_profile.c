#include "identify/inventories/inventory.h"

#include "identify/inventories/inventory_fold.h"

static const char *const field_name[INVENTORY_FIELDS] = {
    [INVENTORY_NONE] = "",
    [INVENTORY_IGNORE] = "ignore",
    [INVENTORY_KEY] = "key",
    [INVENTORY_NAME] = "name",
    [INVENTORY_SERIAL] = "serial",
    [INVENTORY_IP] = "ip",
    [INVENTORY_KIND] = "kind",
    [INVENTORY_PLACE] = "place",
    [INVENTORY_PURPOSE] = "purpose",
    [INVENTORY_OWNER] = "owner",
    [INVENTORY_DEPARTMENT] = "department",
    [INVENTORY_ORGANISATION] = "organisation",
    [INVENTORY_CONTACT] = "contact",
    [INVENTORY_COUNT] = "count",
    [INVENTORY_EXPOSURE] = "exposure",
    [INVENTORY_CRITICALITY] = "criticality",
    [INVENTORY_OS] = "os",
    [INVENTORY_OS_VERSION] = "os_version",
    [INVENTORY_OS_BUILD] = "os_build",
    [INVENTORY_PRODUCT] = "product",
    [INVENTORY_VERSION] = "version",
    [INVENTORY_BUILD] = "build",
    [INVENTORY_VENDOR] = "vendor",
    [INVENTORY_CPE] = "cpe",
    [INVENTORY_PURL] = "purl",
    [INVENTORY_SEEN] = "seen",
};

const char *inventory_field_name(enum inventory_field f)
{
    return (unsigned)f < INVENTORY_FIELDS ? field_name[f] : "";
}

/* Where the words of a line go. */
struct place {
    struct map *map;
    uint64_t value;
};

static bool place_of(struct inventory_profile *p, struct str left, struct place *out)
{
    const struct {
        const char *name;
        struct place place;
    } fixed[] = {
        {"exposure.public", {&p->exposure, EXPOSURE_PUBLIC}},
        {"exposure.internal", {&p->exposure, EXPOSURE_INTERNAL}},
        {"criticality.high", {&p->criticality, CRITICALITY_HIGH}},
        {"criticality.medium", {&p->criticality, CRITICALITY_MEDIUM}},
        {"criticality.low", {&p->criticality, CRITICALITY_LOW}},
        {"none", {&p->none, 1}},
        {"serial.none", {&p->serial_none, 1}},
        {"skip", {&p->skip, 1}},
    };
    for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
        if (str_is(left, fixed[i].name))
            return *out = fixed[i].place, true;
    for (unsigned f = INVENTORY_IGNORE; f < INVENTORY_FIELDS; f++)
        if (str_is(left, field_name[f]))
            return *out = (struct place){&p->header, f}, true;
    return false;
}

/* A map's value says which file gave the word, too, so that a file cannot contradict itself. */
static int word_add(const struct inventory_profile *p, struct place to, struct str word, bool header,
                    const char *file, unsigned long line, struct arena *a, struct err *e)
{
    struct str key = header ? inventory_fold_header(a, word) : inventory_fold_word(a, word);
    if (key.n == 0)
        return err_at(e, ERR_INPUT, file, line, "a word is missing between two commas");
    bool made;
    uint64_t *v = map_put(to.map, key, &made);
    uint64_t mine = (uint64_t)p->files << 8 | to.value;
    if (!made && *v >> 8 == p->files && *v != mine)
        return err_at(e, ERR_INPUT, file, line, "“%.*s” was given another meaning earlier in this file",
                      STR_ARG(word));
    *v = mine;
    return 0;
}

static int line_read(struct inventory_profile *p, struct str line, const char *file, unsigned long no,
                     struct arena *a, struct err *e)
{
    struct place to;
    size_t eq = str_chr(line, '=');
    if (eq == STR_NONE)
        return err_at(e, ERR_INPUT, file, no,
                      "write “field = header, header, …”; there is no “=” in this line");
    struct str left = str_trim(str_sub(line, 0, eq)), right = str_trim(str_sub(line, eq + 1, line.n)), word;
    if (!place_of(p, left, &to))
        return err_at(e, ERR_INPUT, file, no, "there is no field “%.*s”; rules/ledger/columns.txt shows all",
                      STR_ARG(str_sub(left, 0, 60)));
    struct str_split it = str_split_init(right, ',');
    while (str_split_next(&it, &word)) {
        int rc = word_add(p, to, str_trim(word), to.map == &p->header, file, no, a, e);
        if (rc)
            return rc;
    }
    return 0;
}

int inventory_profile_read(struct inventory_profile *p, struct str bytes, const char *file_name,
                           struct err *e)
{
    struct str line, rest = bytes;
    struct arena a = {0};
    unsigned long no = 0;
    int rc = 0;
    if (bytes.n > LIMIT_FILE_SMALL)
        return err_at(e, ERR_LIMIT, file_name, 0, "the profile is larger than %lu bytes", LIMIT_FILE_SMALL);
    if (!str_is_utf8(bytes))
        return err_at(e, ERR_INPUT, file_name, 0, "the profile is not UTF-8; save it as UTF-8");
    if (str_starts(rest, "\xEF\xBB\xBF"))
        rest = str_sub(rest, 3, rest.n);
    p->files++;
    while (rc == 0 && str_line_next(&rest, &line)) {
        no++;
        line = str_trim(line);
        if (line.n && line.p[0] != '#')
            rc = line_read(p, line, file_name, no, &a, e);
        arena_clear(&a);
    }
    arena_release(&a);
    return rc;
}

void inventory_profile_release(struct inventory_profile *p)
{
    map_release(&p->header);
    map_release(&p->exposure);
    map_release(&p->criticality);
    map_release(&p->none);
    map_release(&p->serial_none);
    map_release(&p->skip);
    *p = (struct inventory_profile){0};
}
