#include "investigate/report.h"

#include <stdio.h>
#include <stdlib.h>

#include "codec/json.h"
#include "codec/table.h"

struct str report_check_title(const struct check *k)
{
    return i18n_lang() == LANG_JA && k->title_ja.n ? k->title_ja : k->title;
}

struct str report_clock(const struct sweep_asset *as, struct arena *a)
{
    if (!as->clock_of)
        return (struct str){"", 0};
    int64_t s = as->clock_s < 0 ? -as->clock_s : as->clock_s;
    if (s < 60)
        return str_of(arena_printf(a, tr("the two clocks of the events agree (%llu records)"), (unsigned long long)as->clock_of));
    return str_of(arena_printf(a,
                               as->clock_s > 0 ? tr("the events' own UtcTime runs %lld h %02lld min ahead of the time the log states, in %llu of %llu records; times here are those of the log")
                                               : tr("the events' own UtcTime runs %lld h %02lld min behind the time the log states, in %llu of %llu records; times here are those of the log"),
                               (long long)(s / 3600), (long long)(s / 60 % 60), (unsigned long long)as->clock_n, (unsigned long long)as->clock_of));
}

/* ---- timeline ---- */

void report_csv(const struct sweep *s, struct buf *out)
{
    const struct str head[] = {STR_LIT("time"),  STR_LIT("time_source"), STR_LIT("time_other_clock"), STR_LIT("asset"), STR_LIT("host"),
                               STR_LIT("level"), STR_LIT("check"),       STR_LIT("cve"),              STR_LIT("title"), STR_LIT("client"),
                               STR_LIT("path"),  STR_LIT("line_or_record"), STR_LIT("chain"),         STR_LIT("hint"),  STR_LIT("excerpt")};
    table_write(out, head, ARRAY_LEN(head), TABLE_CRLF | TABLE_BOM);
    for (size_t i = 0; i < s->sighting.n; i++) {
        const struct sighting *x = &s->sighting.p[i];
        char iso[CLOCK_ISO_SIZE], second[CLOCK_ISO_SIZE] = "", number[24] = "", chain[16] = "";
        clock_iso(x->time, 0, iso);
        if (x->second)
            clock_iso(x->second, 0, second);
        if (x->kind)
            snprintf(number, sizeof(number), "%llu", (unsigned long long)x->number);
        if (x->chain)
            snprintf(chain, sizeof(chain), "%u", (unsigned)x->chain);
        const struct str row[] = {str_of(iso), str_of(sighting_time_name(x)), str_of(second), s->asset[x->asset].name, x->host,
                                  str_of(indicator_level_name(x->level)), x->check->id, x->cve, report_check_title(x->check), x->client,
                                  x->path, str_of(number), str_of(chain), x->hint ? STR_LIT("yes") : STR_LIT("no"), x->excerpt};
        table_write(out, row, ARRAY_LEN(row), TABLE_CRLF);
    }
}

/* ---- comparison with an earlier run ---- */

static void key_of(struct buf *b, struct str pack, struct str check, struct str path, struct str number)
{
    buf_clear(b);
    buf_printf(b, STR_FMT "\n" STR_FMT "\n" STR_FMT "\n" STR_FMT, STR_ARG(pack), STR_ARG(check), STR_ARG(path), STR_ARG(number));
}

static struct str number_of(struct arena *a, const struct sighting *x)
{
    return x->kind ? str_of(arena_printf(a, "%llu", (unsigned long long)x->number)) : (struct str){"", 0};
}

static const struct json *earlier_pack(const struct json *packs, struct str name)
{
    for (size_t i = 0; i < json_len(packs); i++)
        if (str_eq(json_get_str(json_at(packs, i), "name"), name))
            return json_at(packs, i);
    return NULL;
}

static bool earlier_has(const struct json *pack, struct str check)
{
    const struct json *list = json_get(pack, "checks");
    for (size_t i = 0; i < json_len(list); i++)
        if (str_eq(json_str(json_at(list, i)), check))
            return true;
    return false;
}

static const struct pack *pack_now(const struct sweep *s, struct str name)
{
    for (size_t i = 0; i < s->options->pack_n; i++)
        if (str_eq(s->options->pack[i]->name, name))
            return s->options->pack[i];
    return NULL;
}

static bool now_has(const struct pack *p, struct str check)
{
    for (size_t i = 0; p && i < p->check_n; i++)
        if (str_eq(p->check[i].id, check))
            return true;
    return false;
}

static void compare_gone(const struct sweep *s, const struct json *root, const char *list, struct map *now, struct arena *a, struct report_diff *out,
                         struct buf *key)
{
    const struct json *all = json_get(root, list), *packs = json_get(root, "packs");
    for (size_t i = 0; i < json_len(all); i++) {
        const struct json *x = json_at(all, i), *n = json_get(x, "line_or_record");
        struct str number = json_is(n, JSON_NUMBER) ? n->text : (struct str){"", 0};
        struct str pack = json_get_str(x, "pack"), check = json_get_str(x, "check");
        key_of(key, pack, check, json_get_str(x, "path"), number);
        if (map_get(now, buf_str(key)))
            continue;
        const struct pack *p = pack_now(s, pack);
        struct str then = json_get_str(earlier_pack(packs, pack), "version");
        out->gone[out->gone_n++] = (struct report_change){.check = arena_str(a, check),
                                                          .cve = arena_str(a, json_get_str(x, "cve")),
                                                          .path = arena_str(a, json_get_str(x, "path")),
                                                          .number = arena_str(a, number),
                                                          .pack_then = arena_str(a, then),
                                                          .pack_now = p ? p->version : (struct str){"", 0},
                                                          .pack = !now_has(p, check) || !str_eq(p->version, then)};
    }
}

static void compare_fresh(const struct sweep *s, const struct json *root, struct map *then, struct arena *a, struct report_diff *out, struct buf *key)
{
    const struct json *packs = json_get(root, "packs");
    for (size_t i = 0; i < s->sighting.n; i++) {
        const struct sighting *x = &s->sighting.p[i];
        struct str number = number_of(a, x);
        key_of(key, x->pack->name, x->check->id, x->path, number);
        if (map_get(then, buf_str(key)))
            continue;
        const struct json *p = earlier_pack(packs, x->pack->name);
        struct str version = json_get_str(p, "version");
        out->fresh[out->fresh_n++] = (struct report_change){.check = x->check->id,
                                                            .cve = x->cve,
                                                            .path = x->path,
                                                            .number = number,
                                                            .pack_then = arena_str(a, version),
                                                            .pack_now = x->pack->version,
                                                            .pack = !earlier_has(p, x->check->id) || !str_eq(version, x->pack->version)};
    }
}

int report_compare(const struct sweep *s, struct str earlier, struct arena *a, struct report_diff *out, struct err *e)
{
    struct map now = {0}, then = {0};
    struct buf key = BUF_INIT(64 * KIB);
    struct arena tree = {0};
    *out = (struct report_diff){0};
    const struct json *root = json_parse(&tree, earlier, e);
    if (!root || !str_starts(json_get_str(root, "schema"), "toban.investigate/")) {
        arena_release(&tree);
        return root ? err_set(e, ERR_INPUT, "the earlier report is not the JSON of toban investigate") : ERR_INPUT;
    }
    static const char *const lists[] = {"sightings", "hints"};
    size_t most = 0;
    for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
        const struct json *all = json_get(root, lists[l]);
        most += json_len(all);
        for (size_t i = 0; i < json_len(all); i++) {
            const struct json *x = json_at(all, i), *n = json_get(x, "line_or_record");
            key_of(&key, json_get_str(x, "pack"), json_get_str(x, "check"), json_get_str(x, "path"), json_is(n, JSON_NUMBER) ? n->text : (struct str){"", 0});
            map_put(&then, buf_str(&key), NULL);
        }
    }
    for (size_t i = 0; i < s->sighting.n; i++) {
        const struct sighting *x = &s->sighting.p[i];
        key_of(&key, x->pack->name, x->check->id, x->path, number_of(a, x));
        map_put(&now, buf_str(&key), NULL);
    }
    out->gone = arena_array(a, struct report_change, most + 1);
    out->fresh = arena_array(a, struct report_change, s->sighting.n + 1);
    for (size_t l = 0; l < ARRAY_LEN(lists); l++)
        compare_gone(s, root, lists[l], &now, a, out, &key);
    compare_fresh(s, root, &then, a, out, &key);
    map_release(&now);
    map_release(&then);
    buf_release(&key);
    arena_release(&tree);
    return 0;
}
