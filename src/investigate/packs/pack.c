#include "investigate/packs/pack.h"

#include "codec/charset.h"
#include "codec/stream.h"
#include "investigate/packs/pack_build.h"
#include "investigate/scan_hash.h"

#define X(name) extern const struct pack_kind pack_##name;
#include "investigate/packs/pack_list.h"
#undef X
#define X(name) &pack_##name,
static const struct pack_kind *const kinds[] = {
#include "investigate/packs/pack_list.h"
};
#undef X

const struct pack_kind *pack_kind_at(size_t i)
{
    return i < ARRAY_LEN(kinds) ? kinds[i] : NULL;
}

const struct pack_kind *pack_by_name(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (str_is(name, kinds[i]->name))
            return kinds[i];
    return NULL;
}

const struct pack_kind *pack_sniff(struct str head, struct str file_name)
{
    const struct pack_kind *best = NULL;
    int sure = 0;
    if (str_starts(head, "\xef\xbb\xbf"))
        head = str_sub(head, 3, head.n);
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        int s = kinds[i]->sniff(head, file_name);
        if (s > sure) {
            sure = s;
            best = kinds[i];
        }
    }
    return best;
}

static struct str last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return str_of(slash ? slash + 1 : path);
}

static void expire(struct pack *p, when_t now)
{
    if (now == WHEN_NONE || now == 0)
        return;
    for (size_t i = 0; i < p->indicator_n; i++) {
        struct indicator *x = &p->indicator[i];
        if (x->until == WHEN_NONE || x->until > now || x->context)
            continue;
        char day[CLOCK_ISO_SIZE];
        clock_date(x->until, ZONE_UTC, day);
        pack_build_note(p, PACK_EXPIRED, x->line, x->value, tr("its validity ended on %s"), day);
        x->context = true;
        x->why = str_of(arena_printf(&p->a, tr("its validity ended on %s"), day));
    }
}

static int read_as(struct pack *p, const struct pack_kind *k, struct str text, const struct pack_options *opt,
                   struct err *e)
{
    int rc = k->read(p, text, e);
    if (rc < 0)
        return err_prefix(e, "%s cannot be read as %s", p->file.p, tr(k->title));
    if (opt && opt->vulnerability) {
        pack_build_vulnerability(p, str_of(opt->vulnerability));
        for (size_t i = 0; i < p->check_n; i++)
            if (!p->check[i].vulnerability.n)
                p->check[i].vulnerability = p->vulnerability[p->vulnerability_n - 1];
    }
    expire(p, opt ? opt->now : WHEN_NONE);
    return 0;
}

static int read_utf8(struct pack *p, const struct pack_kind *kind, struct str bytes,
                     const struct pack_options *opt, struct err *e)
{
    struct buf text = BUF_INIT(LIMIT_PACK_FILE * 2);
    enum charset found;
    size_t bad = 0;
    int rc = charset_any_to_utf8(bytes, &text, &found, &bad, e);
    if (rc == 0 && !kind)
        kind = pack_sniff(str_sub(buf_str(&text), 0, PACK_HEAD), last_part(p->file.p));
    if (rc == 0 && !kind)
        rc = err_set(e, ERR_INPUT, "%s is none of the known indicator formats; say which with --format",
                     p->file.p);
    if (rc == 0) {
        p->format = kind->name;
        if (bad)
            pack_build_note(p, PACK_WARNING, 0, (struct str){0}, tr("%zu characters cannot be decoded as %s"),
                            bad, charset_name(found));
        rc = read_as(p, kind, kind->bytes ? bytes : buf_str(&text), opt, e);
    }
    buf_release(&text);
    return rc;
}

int pack_read(struct pack **out, const char *name, struct str bytes, const struct pack_options *opt,
              struct err *e)
{
    *out = NULL;
    if (bytes.n > LIMIT_PACK_FILE)
        return err_set(e, ERR_LIMIT, "%s is larger than the limit of %lu MiB for indicator files", name,
                       LIMIT_PACK_FILE / MIB);
    struct pack *p = mem_zalloc(sizeof(*p));
    p->file = str_of(arena_strdup(&p->a, name));
    p->name = pack_build_copy(p, last_part(name));
    char digest[SCAN_HASH_HEX];
    scan_hash_sha256(bytes, digest);
    p->digest = str_of(arena_strdup(&p->a, digest));
    const struct pack_kind *kind = opt ? opt->kind : NULL;
    int rc;
    for (uint32_t i = 0; opt && opt->known && i < opt->known->stock_n; i++)
        pack_build_stock(p, opt->known->stock[i]);
    if (kind && kind->bytes) {
        p->format = kind->name;
        rc = read_as(p, kind, bytes, opt, e);
    } else
        rc = read_utf8(p, kind, bytes, opt, e);
    map_release(p->seen);
    free(p->seen);
    p->seen = NULL;
    if (rc < 0) {
        pack_free(p);
        return rc;
    }
    *out = p;
    return 0;
}

int pack_open(struct pack **out, const char *path, const struct pack_options *opt, struct err *e)
{
    struct stream *s;
    struct buf b = BUF_INIT(LIMIT_PACK_FILE);
    *out = NULL;
    int rc = stream_open(&s, path, LIMIT_PACK_FILE, e);
    if (rc < 0)
        return rc;
    rc = stream_read_all(s, &b, e);
    stream_free(s);
    if (rc == 0)
        rc = pack_read(out, path, buf_str(&b), opt, e);
    buf_release(&b);
    return rc;
}

void pack_free(struct pack *p)
{
    if (!p)
        return;
    for (struct pack_part *x = p->parts; x; x = x->next) {
        pack_regex_free(x->regex);
        if (x->release)
            x->release(x->other);
    }
    free(p->check);
    free(p->indicator);
    free(p->note);
    if (p->seen)
        map_release(p->seen);
    free(p->seen);
    arena_release(&p->a);
    free(p);
}
