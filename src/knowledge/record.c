#include "knowledge/record.h"

/* One description of the fields serves both directions: each io_ function
 * writes when out is set and reads when it is not. */
struct io {
    struct buf *out;
    const unsigned char *p, *end;
    struct arena *a;
    bool bad;
};

static void io_u64(struct io *io, uint64_t *v)
{
    if (io->out) {
        uint64_t x = *v;
        do {
            buf_addc(io->out, (char)((x & 0x7f) | (x > 0x7f ? 0x80 : 0)));
            x >>= 7;
        } while (x);
        return;
    }
    uint64_t x = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (io->p == io->end)
            break;
        unsigned char c = *io->p++;
        x |= (uint64_t)(c & 0x7f) << shift;
        if (!(c & 0x80)) {
            *v = x;
            return;
        }
    }
    io->bad = true;
    *v = 0;
}

static void io_bytes(struct io *io, void *p, size_t n)
{
    if (io->out) {
        buf_add(io->out, p, n);
    } else if ((size_t)(io->end - io->p) < n) {
        io->bad = true;
    } else {
        memcpy(p, io->p, n);
        io->p += n;
    }
}

static void io_str(struct io *io, struct str *s)
{
    uint64_t n = s->n;
    io_u64(io, &n);
    if (io->out) {
        buf_add_str(io->out, *s);
    } else if (io->bad || n > (uint64_t)(io->end - io->p)) {
        io->bad = true;
        *s = (struct str){0};
    } else {
        *s = str_n((const char *)io->p, n);
        io->p += n;
    }
}

static void io_when(struct io *io, when_t *w)
{
    io_bytes(io, w, sizeof(*w));
}

static void io_bool(struct io *io, bool *b)
{
    uint64_t v = *b;
    io_u64(io, &v);
    *b = v != 0;
}

/* Count of an array, and its memory when reading. An item takes at least one byte. */
static void *io_count(struct io *io, void *array, size_t *n, size_t item)
{
    uint64_t count = *n;
    io_u64(io, &count);
    if (io->out)
        return array;
    if (io->bad || count > (uint64_t)(io->end - io->p)) {
        io->bad = true;
        count = 0;
    }
    *n = count;
    return count ? arena_zalloc(io->a, item * count) : NULL;
}
#define IO_ARRAY(io, array, n) ((array) = io_count((io), (array), &(n), sizeof(*(array))))

static void io_strs(struct io *io, struct str **array, size_t *n)
{
    IO_ARRAY(io, *array, *n);
    for (size_t i = 0; i < *n; i++)
        io_str(io, &(*array)[i]);
}

static void io_match(struct io *io, struct cpe_match *m)
{
    io_str(io, &m->criteria);
    io_str(io, &m->match_id);
    io_str(io, &m->start_incl);
    io_str(io, &m->start_excl);
    io_str(io, &m->end_incl);
    io_str(io, &m->end_excl);
    io_bool(io, &m->vulnerable);
}

static void io_config(struct io *io, struct cpe_config *c)
{
    io_bool(io, &c->op_and);
    io_bool(io, &c->negate);
    IO_ARRAY(io, c->node, c->node_n);
    for (size_t i = 0; i < c->node_n; i++) {
        struct cpe_node *n = &c->node[i];
        io_bool(io, &n->op_and);
        io_bool(io, &n->negate);
        IO_ARRAY(io, n->match, n->match_n);
        for (size_t k = 0; k < n->match_n; k++)
            io_match(io, &n->match[k]);
    }
}

static void io_affected(struct io *io, struct affected *f)
{
    io_str(io, &f->vendor);
    io_str(io, &f->product);
    io_str(io, &f->package_name);
    io_str(io, &f->collection_url);
    io_str(io, &f->purl);
    io_str(io, &f->default_status);
    io_str(io, &f->source);
    io_strs(io, &f->cpe, &f->cpe_n);
    io_strs(io, &f->platform, &f->platform_n);
    IO_ARRAY(io, f->version, f->version_n);
    for (size_t i = 0; i < f->version_n; i++) {
        struct affected_version *v = &f->version[i];
        io_str(io, &v->version);
        io_str(io, &v->less_than);
        io_str(io, &v->less_or_equal);
        io_str(io, &v->status);
        io_str(io, &v->version_type);
        IO_ARRAY(io, v->change, v->change_n);
        for (size_t k = 0; k < v->change_n; k++) {
            io_str(io, &v->change[k].at);
            io_str(io, &v->change[k].status);
        }
    }
}

static void io_product(struct io *io, struct vendor_product *p)
{
    struct str *field[] = {&p->product_id,  &p->name,       &p->cpe,     &p->purl,    &p->status, &p->kb,
                           &p->fixed_build, &p->supersedes, &p->subtype, &p->restart, &p->url};
    for (size_t i = 0; i < ARRAY_LEN(field); i++)
        io_str(io, field[i]);
}

static void io_metric(struct io *io, struct metric *m)
{
    io_str(io, &m->source);
    io_str(io, &m->type);
    io_str(io, &m->version);
    io_str(io, &m->vector);
    io_bytes(io, &m->score, sizeof(m->score));
}

static void io_kev(struct io *io, struct kev *k)
{
    struct str *field[] = {&k->source, &k->cve, &k->vendor, &k->product, &k->name, &k->action, &k->notes};
    for (size_t i = 0; i < ARRAY_LEN(field); i++)
        io_str(io, field[i]);
    io_when(io, &k->added);
    io_when(io, &k->due);
    io_bool(io, &k->ransomware);
}

static void io_head(struct io *io, struct vuln *v)
{
    uint64_t state = v->state;
    io_when(io, &v->published); /* these three first: RECORD_DATES */
    io_when(io, &v->modified);
    io_when(io, &v->known);
    io_u64(io, &state);
    v->state = state <= VULN_RESERVED ? (enum vuln_state)state : VULN_PUBLISHED;
    struct str *field[] = {&v->id,          &v->source,         &v->source_id, &v->status,         &v->title,
                           &v->description, &v->description_ja, &v->exploited, &v->exploited_quote};
    for (size_t i = 0; i < ARRAY_LEN(field); i++)
        io_str(io, field[i]);
}

static void io_vuln(struct io *io, struct vuln *v)
{
    io_head(io, v);
    IO_ARRAY(io, v->metric, v->metric_n);
    for (size_t i = 0; i < v->metric_n; i++)
        io_metric(io, &v->metric[i]);
    io_str(io, &v->ssvc.source);
    io_str(io, &v->ssvc.exploitation);
    io_str(io, &v->ssvc.automatable);
    io_str(io, &v->ssvc.technical_impact);
    io_when(io, &v->ssvc.when);
    io_kev(io, &v->kev);
    IO_ARRAY(io, v->config, v->config_n);
    for (size_t i = 0; i < v->config_n; i++)
        io_config(io, &v->config[i]);
    IO_ARRAY(io, v->affected, v->affected_n);
    for (size_t i = 0; i < v->affected_n; i++)
        io_affected(io, &v->affected[i]);
    IO_ARRAY(io, v->product, v->product_n);
    for (size_t i = 0; i < v->product_n; i++)
        io_product(io, &v->product[i]);
    IO_ARRAY(io, v->ref, v->ref_n);
    for (size_t i = 0; i < v->ref_n; i++) {
        io_str(io, &v->ref[i].url);
        io_str(io, &v->ref[i].tags);
    }
    io_strs(io, &v->cwe, &v->cwe_n);
    io_strs(io, &v->alias, &v->alias_n);
}

void record_write(const struct vuln *v, struct buf *out)
{
    struct io io = {.out = out};
    struct vuln copy = *v; /* io_vuln reads only, but takes it as writable */
    io_vuln(&io, &copy);
}

int record_read(struct str bytes, struct arena *a, struct vuln *v, struct err *e)
{
    struct io io = {
        .p = (const unsigned char *)bytes.p, .end = (const unsigned char *)bytes.p + bytes.n, .a = a};
    *v = (struct vuln){0};
    io_vuln(&io, v);
    if (io.bad || io.p != io.end)
        return err_set(e, ERR_INPUT,
                       "a record of the knowledge file is damaged; toban rebuild --knowledge makes it anew");
    return 0;
}
