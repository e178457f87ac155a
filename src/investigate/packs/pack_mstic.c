#include "codec/json.h"
#include "investigate/packs/pack_build.h"
#include "investigate/packs/pack_csv.h"

/* Microsoft's feed in Azure-Sentinel "Sample Data/Feeds": CSV with the header DateAdded,FirstSeen,
 * Indicator,IndicatorType,TLP, and its JSON twin, an array of objects (the name .jsonl notwithstanding). */

static void add_row(struct pack *p, const struct json *o, unsigned long line)
{
    struct indicator x = PACK_BUILD_ROW(line);
    x.row = (uint32_t)++p->rows;
    x.value = json_get_str(o, "Indicator");
    if (!x.value.n)
        x.value = json_get_str(o, "IoC");
    struct str type = json_get_str(o, "IndicatorType");
    if (!type.n)
        type = json_get_str(o, "Type");
    x.tlp = pack_value_tlp(json_get_str(o, "TLP"));
    x.description = json_get_str(o, "ThreatType");
    x.score = 80;
    pack_csv_add(p, type, &x);
    /* An object, or "" when there is nothing to say. */
    static const struct {
        const char *key, *type;
    } more[] = {{"FileMd5", "md5"}, {"FileSha1", "sha1"}};
    const struct json *meta = json_get(o, "AdditionalMetadata");
    for (size_t i = 0; i < ARRAY_LEN(more); i++) {
        x.value = json_get_str(meta, more[i].key);
        if (x.value.n)
            pack_csv_add(p, str_of(more[i].type), &x);
    }
}

static int read_json(struct pack *p, struct str text, struct err *e)
{
    struct json_reader *r = json_reader_new_mem(text);
    struct arena a = {0};
    enum json_event ev = json_next(r);
    int rc = 0;
    pack_build_check(p, "indicators", p->name, LEVEL_HINT);
    if (ev != JSON_ARRAY && ev != JSON_ERROR)
        rc = err_set(e, ERR_INPUT, "an array of objects is expected");
    while (rc == 0 && ev != JSON_ERROR && (ev = json_next(r)) != JSON_ARRAY_END) {
        unsigned long line = json_line(r);
        const struct json *o = ev == JSON_ERROR ? NULL : json_tree(r, &a, e);
        if (!o)
            break;
        if (json_is(o, JSON_OBJECT))
            add_row(p, o, line);
        else
            pack_build_note(p, PACK_REJECTED, line, json_str(o), tr("the item is no object"));
        arena_clear(&a);
    }
    if (rc == 0 && (ev != JSON_ARRAY_END || json_next(r) != JSON_END))
        rc = json_reader_err(r, e);
    json_reader_free(r);
    arena_release(&a);
    return rc;
}

static int mstic_read(struct pack *p, struct str text, struct err *e)
{
    struct str start = str_trim(text);
    return start.n && (start.p[0] == '[' || start.p[0] == '{') ? read_json(p, text, e)
                                                               : pack_csv_read(p, text, e);
}

static int mstic_sniff(struct str head, struct str file_name)
{
    struct str s = str_trim(head);
    (void)file_name;
    if (str_starts(s, "DateAdded,FirstSeen,"))
        return 95;
    bool json = str_starts(s, "[") && str_find(s, STR_LIT("\"DateAdded\"")) < 64;
    return json && str_find(str_sub(s, 0, 512), STR_LIT("\"FirstSeen\"")) != STR_NONE ? 95 : 0;
}

extern const struct pack_kind pack_mstic;
const struct pack_kind pack_mstic = {
    .name = "mstic", .title = TR("Microsoft's indicator feed"), .sniff = mstic_sniff, .read = mstic_read};
