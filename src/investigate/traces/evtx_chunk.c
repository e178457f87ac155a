/* Chunks of a file and records of a chunk, found also where the headers lie. */
#include "investigate/traces/evtx_reader.h"

#define CHUNK_HEAD_SIZE 128u

static const uint8_t chunk_magic[8] = "ElfChnk";
static const uint8_t record_magic[4] = {0x2A, 0x2A, 0, 0};

static void note(struct evtx *r, uint64_t off, uint32_t n, const char *why)
{
    if (r->note_n == ARRAY_LEN(r->note))
        return;
    r->note[r->note_n++] = (struct evtx_record){
        .reader = r, .offset = off, .size = n, .damage = why, .written = WHEN_NONE, .time = WHEN_NONE};
}

static bool zeroed(const uint8_t *p, uint32_t n)
{
    return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

static bool is_record(const uint8_t *p)
{
    return memcmp(p, record_magic, sizeof(record_magic)) == 0;
}

static uint32_t find(const struct evtx_chunk *c, uint32_t from, uint32_t end, const uint8_t *what, size_t n)
{
    const uint8_t *hit = from < end ? memmem(c->p + from, end - from, what, n) : NULL;
    return hit ? (uint32_t)(hit - c->p) : end;
}

/* ---- chunks ---- */

static void checksums(struct evtx *r)
{
    const uint8_t *p = r->chunk.p;
    uint64_t off = r->chunk.file_off;
    uint32_t head = evtx_crc(evtx_crc(0, p, 120), p + 128, EVTX_CHUNK_HEAD - 128);
    bool head_bad = head != evtx_u32(p + 124), data_bad = false;
    if (r->chunk.n == EVTX_CHUNK)
        data_bad = evtx_crc(0, p + EVTX_CHUNK_HEAD, r->used - EVTX_CHUNK_HEAD) != evtx_u32(p + 52);
    if (head_bad)
        note(r, off, 0, tr("the checksum of the chunk's header is wrong"));
    if (data_bad)
        note(r, off + EVTX_CHUNK_HEAD, 0, tr("the checksum of the chunk's records is wrong"));
    r->stats.bad_checksum += head_bad || data_bad;
}

static void chunk_good(struct evtx *r)
{
    struct evtx_chunk *c = &r->chunk;
    uint32_t used = evtx_u32(c->p + 48);
    r->stats.chunks++;
    r->used = used >= EVTX_CHUNK_HEAD && used <= c->n ? used : c->n;
    if (c->n < EVTX_CHUNK) {
        r->stats.chunks_bad++;
        note(r, c->file_off + c->n, 0, tr("the file breaks off inside a chunk"));
    } else if (!(r->flags & EVTX_NO_CRC)) {
        checksums(r);
    }
}

/* A block without the magic in its place: either a chunk begins further on (bytes were
 * lost or put in), or the header alone is broken. */
static void chunk_bad(struct evtx *r)
{
    struct evtx_chunk *c = &r->chunk;
    uint32_t begin = find(c, 1, c->n, chunk_magic, sizeof(chunk_magic)), used = 0;
    if (begin == EVTX_CHUNK && evtx_u32(c->p + 40) == CHUNK_HEAD_SIZE)
        used = evtx_u32(c->p + 48);
    r->used = used >= EVTX_CHUNK_HEAD && used <= begin ? used : begin;
    r->next = c->file_off + begin;
    r->stats.chunks_bad++;
    if (find(c, 0, begin, record_magic, sizeof(record_magic)) < begin) {
        note(r, c->file_off, 0, tr("there is no chunk where one should begin; its records are looked for"));
        return;
    }
    note(r, c->file_off, begin, tr("there is no chunk where one should begin, and no record"));
    r->at = r->used = begin;
}

int evtx_reader_chunk(struct evtx *r, struct err *e)
{
    const uint8_t *p;
    uint32_t got;
    do {
        uint64_t off = r->next;
        if (off >= r->end)
            return 0;
        int rc =
            evtx_source_block(r->source, off, (uint32_t)MIN((uint64_t)EVTX_CHUNK, r->end - off), &p, &got, e);
        if (rc < 0)
            return rc;
        if (got == 0)
            return 0;
        r->stats.bytes += got;
        r->next = off + got;
        r->stats.chunks_empty += zeroed(p, got);
        evtx_chunk_use(&r->chunk, p, got, off);
    } while (zeroed(p, got));
    r->note_n = r->note_at = 0;
    r->in_slack = false;
    r->at = MIN(got, EVTX_CHUNK_HEAD);
    if (got >= EVTX_CHUNK_HEAD && memcmp(p, chunk_magic, sizeof(chunk_magic)) == 0)
        chunk_good(r);
    else
        chunk_bad(r);
    return 1;
}

/* ---- records ---- */

/* The record's size when it is one, as far as the chunk reaches. */
static bool record_fits(const struct evtx_chunk *c, uint32_t at, uint32_t *size)
{
    if (c->n - at < EVTX_RECORD_HEAD + 4 || !is_record(c->p + at))
        return false;
    *size = evtx_u32(c->p + at + 4);
    return *size >= EVTX_RECORD_HEAD + 4 && *size <= c->n - at;
}

static bool copy_fits(const struct evtx_chunk *c, uint32_t at, uint32_t size)
{
    return evtx_u32(c->p + at + size - 4) == size;
}

/* Behind the used part: the log goes on there when the header was not written again
 * (dirty), else it is what an older turn left. */
static bool slack_begins(struct evtx *r)
{
    uint32_t size, at = r->at;
    const struct evtx_chunk *c = &r->chunk;
    if (!r->in_slack && record_fits(c, at, &size) && copy_fits(c, at, size) && r->last_id &&
        evtx_u64(c->p + at + 8) == r->last_id + 1)
        return false;
    r->in_slack = true;
    return true;
}

static void place(struct evtx *r, struct evtx_record *rec, uint32_t size)
{
    const uint8_t *p = r->chunk.p + r->at;
    rec->id = evtx_u64(p + 8);
    rec->written = evtx_value_filetime(evtx_u64(p + 16));
    rec->size = size;
}

/* A record whose size cannot be believed: it is read up to the next one. */
static enum evtx_item place_damaged(struct evtx *r, struct evtx_record *rec, uint32_t limit, uint32_t *end)
{
    const struct evtx_chunk *c = &r->chunk;
    uint32_t next = find(c, r->at + 4, limit, record_magic, sizeof(record_magic));
    bool magic = limit - r->at >= 4 && is_record(c->p + r->at);
    if (magic && next - r->at > EVTX_RECORD_HEAD + 4) {
        uint32_t size;
        place(r, rec, next - r->at);
        *end = record_fits(c, r->at, &size) ? MIN(r->at + size, next) : next;
        rec->damage = tr("it does not end where its size says");
        r->at = next;
        return EVTX_RECORD;
    }
    rec->size = next - r->at;
    rec->damage = magic ? tr("a record breaks off") : tr("there is no record here");
    r->at = next;
    return EVTX_DAMAGE;
}

static enum evtx_item place_live(struct evtx *r, struct evtx_record *rec, uint32_t *end)
{
    const struct evtx_chunk *c = &r->chunk;
    uint32_t size, limit = r->at < r->used ? r->used : c->n;
    if (zeroed(c->p + r->at, limit - r->at)) {
        r->at = limit;
        return evtx_reader_place(r, rec, end);
    }
    if (!record_fits(c, r->at, &size))
        return place_damaged(r, rec, limit, end);
    if (!copy_fits(c, r->at, size)) {
        uint32_t behind = r->at + size;
        if (behind != limit && (c->n - behind < 4 || !is_record(c->p + behind)))
            return place_damaged(r, rec, limit, end);
    }
    place(r, rec, size);
    r->at += size;
    *end = r->at;
    return EVTX_RECORD;
}

/* Only whole records count there; all else is rubbish by nature. */
static enum evtx_item place_slack(struct evtx *r, struct evtx_record *rec, uint32_t *end)
{
    const struct evtx_chunk *c = &r->chunk;
    uint32_t size;
    for (; r->flags & EVTX_SLACK; r->at += 4) {
        r->at = find(c, r->at, c->n, record_magic, sizeof(record_magic));
        if (r->at == c->n)
            break;
        if (!record_fits(c, r->at, &size) || !copy_fits(c, r->at, size))
            continue;
        rec->offset = c->file_off + r->at;
        place(r, rec, size);
        rec->recovered = true;
        r->at += size;
        *end = r->at;
        return EVTX_RECORD;
    }
    r->at = c->n;
    return EVTX_END;
}

enum evtx_item evtx_reader_place(struct evtx *r, struct evtx_record *rec, uint32_t *end)
{
    const struct evtx_chunk *c = &r->chunk;
    *rec = (struct evtx_record){
        .reader = r, .offset = c->file_off + r->at, .written = WHEN_NONE, .time = WHEN_NONE};
    bool shared =
        r->next != c->file_off + c->n; /* another chunk begins inside: nothing behind that is ours */
    if (r->at >= c->n || (shared && r->at >= r->used))
        return EVTX_END;
    if (r->at < r->used || !slack_begins(r))
        return place_live(r, rec, end);
    return place_slack(r, rec, end);
}
