#include "investigate/traces/evtx_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/json.h"
#include "codec/stream.h"

#define FILE_HEAD 4096u
#define FILE_HEAD_USED 128u
#define STREAM_LIMIT (1024 * GIB)

static const uint8_t file_magic[8] = "ElfFile";

/* ---- opening ---- */

static int reader_begin(struct evtx **out, struct evtx_source *source, struct err *e)
{
    struct evtx *r = mem_zalloc(sizeof(*r));
    const uint8_t *p;
    uint32_t got;
    r->source = source;
    r->end = UINT64_MAX;
    r->stats.first = r->stats.last = WHEN_NONE;
    int rc = evtx_source_block(source, 0, FILE_HEAD, &p, &got, e);
    if (rc < 0) {
        evtx_free(r);
        return rc;
    }
    r->stats.no_header = got < FILE_HEAD_USED || memcmp(p, file_magic, sizeof(file_magic)) != 0;
    if (!r->stats.no_header) {
        /* another length would be somebody's trick to hide chunks: they are looked for */
        r->begin = evtx_u16(p + 40) == FILE_HEAD ? FILE_HEAD : FILE_HEAD_USED;
        r->stats.dirty = evtx_u32(p + 120) & 1;
        r->stats.full = evtx_u32(p + 120) & 2;
        r->stats.bytes = MIN(r->begin, (uint64_t)got);
    }
    r->next = r->begin;
    *out = r;
    return 0;
}

int evtx_open_fd(struct evtx **out, const char *name, int fd, struct err *e)
{
    *out = NULL;
    return reader_begin(out, evtx_source_new(name, fd, (struct str){0}, NULL), e);
}

int evtx_open_mem(struct evtx **out, const char *name, struct str bytes, struct err *e)
{
    *out = NULL;
    if (!bytes.p)
        bytes = STR_LIT("");
    return reader_begin(out, evtx_source_new(name, -1, bytes, NULL), e);
}

int evtx_open_stream(struct evtx **out, const char *name, struct stream *in, struct err *e)
{
    *out = NULL;
    return reader_begin(out, evtx_source_new(name, -1, (struct str){0}, in), e);
}

/* Evidence keeps its access time where we may ask for that. */
static int file_open(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOATIME);
    return fd < 0 && errno == EPERM ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : fd;
}

/* 1 when fd is a regular file that begins like an event log. */
static bool plain_log(int fd)
{
    struct stat st;
    uint8_t head[3];
    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
           pread(fd, head, sizeof(head), 0) == (ssize_t)sizeof(head) &&
           memcmp(head, file_magic, sizeof(head)) == 0;
}

int evtx_open(struct evtx **out, const char *path, struct err *e)
{
    struct stream *in;
    *out = NULL;
    bool standard_input = strcmp(path, "-") == 0;
    int fd = standard_input ? -1 : file_open(path);
    if (!standard_input && fd < 0)
        return err_sys(e, "cannot open %s", path);
    bool plain = fd >= 0 && plain_log(fd);
    struct evtx_source *s;
    if (plain) {
        s = evtx_source_new(path, fd, (struct str){0}, NULL);
    } else {
        int rc = standard_input ? stream_open(&in, path, STREAM_LIMIT, e)
                                : stream_open_fd(&in, path, fd, STREAM_LIMIT, e);
        if (rc < 0)
            return rc;
        s = evtx_source_new(path, -1, (struct str){0}, in);
    }
    evtx_source_own(s, plain, !plain);
    return reader_begin(out, s, e);
}

int evtx_share(struct evtx **out, const struct evtx *r, struct err *e)
{
    *out = NULL;
    struct evtx_source *s = evtx_source_again(r->source);
    if (!s)
        return err_set(e, ERR_USAGE, "an event log that is read as a stream can be read only once");
    return reader_begin(out, s, e);
}

void evtx_free(struct evtx *r)
{
    if (!r)
        return;
    evtx_source_free(r->source);
    evtx_chunk_release(&r->chunk);
    evtx_tree_release(&r->tree);
    vec_release(&r->run);
    free(r);
}

uint64_t evtx_chunks(const struct evtx *r)
{
    uint64_t size = evtx_source_size(r->source);
    return size == UINT64_MAX || size <= r->begin ? 0 : (size - r->begin + EVTX_CHUNK - 1) / EVTX_CHUNK;
}

void evtx_range(struct evtx *r, uint64_t first, uint64_t n)
{
    uint64_t most = (UINT64_MAX - r->begin) / EVTX_CHUNK;
    first = MIN(first, most);
    n = MIN(n, most - first);
    r->next = r->begin + first * EVTX_CHUNK;
    r->end = r->next + n * EVTX_CHUNK;
    if (first > 0)
        r->stats.bytes = 0;
}

void evtx_set(struct evtx *r, unsigned flags)
{
    r->flags = flags;
}

void evtx_only(struct evtx *r, const uint32_t *event, size_t n)
{
    r->only = event;
    r->only_n = n;
}

static int by_first(const void *a, const void *b)
{
    const struct evtx_run *x = a, *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

void evtx_stats(const struct evtx *r, struct evtx_stats *out)
{
    *out = r->stats;
    if (r->run.n == 0)
        return;
    struct evtx_run *run = mem_alloc(r->run.n * sizeof(*run));
    memcpy(run, r->run.p, r->run.n * sizeof(*run));
    qsort(run, r->run.n, sizeof(*run), by_first);
    out->first_id = run[0].first;
    out->last_id = run[0].last;
    for (size_t i = 1; i < r->run.n; i++) {
        if (run[i].first > out->last_id && run[i].first - out->last_id > 1) {
            out->gaps++;
            out->missing += run[i].first - out->last_id - 1;
        }
        out->last_id = MAX(out->last_id, run[i].last);
    }
    free(run);
}

/* ---- reading ---- */

static void count_damage(struct evtx *r, const struct evtx_record *rec)
{
    if (rec->size == 0)
        return;
    r->stats.damaged++;
    r->stats.damaged_bytes += rec->size;
}

/* Runs of ids without a jump; what lies between them is told by evtx_stats. */
static void count_id(struct evtx *r, uint64_t id)
{
    r->last_id = id;
    if (r->run.n) {
        struct evtx_run *run = &r->run.p[r->run.n - 1];
        if (id >= run->first && (id <= run->last || id - run->last == 1)) {
            run->last = MAX(run->last, id);
            return;
        }
    }
    if (r->run.n < LIMIT_EVTX_RUNS)
        *vec_add(&r->run) = (struct evtx_run){id, id};
}

static void count_record(struct evtx *r, const struct evtx_record *rec)
{
    struct evtx_stats *s = &r->stats;
    s->rows++;
    s->damaged += rec->damage != NULL;
    s->records += rec->damage == NULL;
    s->recovered += rec->recovered;
    if (rec->recovered)
        return;
    count_id(r, rec->id);
    if (rec->time == WHEN_NONE)
        return;
    s->timed++;
    if (s->first == WHEN_NONE || rec->time < s->first)
        s->first = rec->time;
    if (s->last == WHEN_NONE || rec->time > s->last)
        s->last = rec->time;
}

/* What System says of the record itself. */
static void record_marks(struct evtx *r, struct evtx_record *rec)
{
    const struct evtx_tree *t = &r->tree;
    const uint8_t *id = t->mark_p[EVTX_M_EVENTID], *time = t->mark_p[EVTX_M_TIME];
    int64_t s;
    uint64_t u;
    bool is_signed;
    if (id && evtx_value_int(t->mark[EVTX_M_EVENTID].type, id, t->mark[EVTX_M_EVENTID].n, &s, &u, &is_signed))
        rec->event_id = (uint32_t)u;
    else if (id && t->mark[EVTX_M_EVENTID].type == EVTX_T_UTF8 &&
             num_u64(str_n((const char *)id, t->mark[EVTX_M_EVENTID].n), &u))
        rec->event_id = (uint32_t)u;
    if (time && t->mark[EVTX_M_TIME].type == EVTX_T_FILETIME && t->mark[EVTX_M_TIME].n == 8)
        rec->time = evtx_value_filetime(evtx_u64(time));
    if (rec->time == WHEN_NONE)
        rec->time = rec->written;
}

static bool record_wanted(const struct evtx *r, const struct evtx_record *rec)
{
    /* one whose id was lost may be of those */
    if (r->only_n == 0 || (rec->damage && !r->tree.mark_p[EVTX_M_EVENTID]))
        return true;
    for (size_t i = 0; i < r->only_n; i++)
        if (r->only[i] == rec->event_id)
            return true;
    return false;
}

int evtx_next(struct evtx *r, struct evtx_record *rec, struct err *e)
{
    uint32_t end = 0;
    for (;;) {
        if (!r->in_chunk) {
            int rc = evtx_reader_chunk(r, e);
            if (rc <= 0)
                return rc;
            r->in_chunk = true;
        }
        if (r->note_at < r->note_n) {
            *rec = r->note[r->note_at++];
            count_damage(r, rec);
            return EVTX_DAMAGE;
        }
        enum evtx_item item = evtx_reader_place(r, rec, &end);
        if (item == EVTX_END) {
            r->in_chunk = false;
            continue;
        }
        if (item == EVTX_DAMAGE) {
            count_damage(r, rec);
            return item;
        }
        uint32_t at = (uint32_t)(rec->offset - r->chunk.file_off) + EVTX_RECORD_HEAD;
        evtx_tree_build(&r->tree, &r->chunk, at, end - 4);
        if (!rec->damage)
            rec->damage = r->tree.damage;
        record_marks(r, rec);
        count_record(r, rec);
        if (record_wanted(r, rec))
            return item;
    }
}

/* ---- fields ---- */

static struct evtx_tree *slots(const struct evtx_record *rec)
{
    struct evtx_tree *t = &rec->reader->tree;
    if (!t->slotted)
        evtx_tree_slots(t);
    return t;
}

size_t evtx_field_count(const struct evtx_record *rec)
{
    return slots(rec)->slot.n;
}

struct str evtx_field_name(const struct evtx_record *rec, size_t i)
{
    return slots(rec)->slot.p[i].name;
}

/* Several pieces (text around a value) as one. */
static struct str joined(struct evtx_tree *t, uint32_t first, uint32_t last)
{
    struct buf b = BUF_INIT(LIMIT_RECORD);
    for (uint32_t i = first; i < last; i++) {
        const struct evtx_piece *p = &t->piece.p[i];
        buf_add_str(&b, evtx_value_text(&t->arena, p->type, p->p, p->n));
    }
    struct str s = arena_str(&t->arena, buf_str(&b));
    buf_release(&b);
    return s;
}

static struct str slot_text(struct evtx_tree *t, struct evtx_slot *s)
{
    if (!s->done) {
        s->text = s->p ? evtx_value_text(&t->arena, s->type, s->p, s->n) : joined(t, s->first, s->last);
        s->done = true;
    }
    return s->text;
}

struct str evtx_field_value(const struct evtx_record *rec, size_t i)
{
    struct evtx_tree *t = slots(rec);
    return slot_text(t, &t->slot.p[i]);
}

bool evtx_field(const struct evtx_record *rec, const char *name, struct str *value)
{
    struct evtx_tree *t = slots(rec);
    struct str want = str_of(strcmp(name, "Provider_Name") == 0 ? "Provider" : name);
    for (size_t i = 0; i < t->slot.n; i++)
        if (str_eq(t->slot.p[i].name, want)) {
            *value = slot_text(t, &t->slot.p[i]);
            return true;
        }
    return false;
}
