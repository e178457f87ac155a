/* evtx_in.h — what the files of the EVTX reader share: a chunk, its names and compiled templates,
 * and the items a record unfolds to. Not for others.
 *
 * All offsets are chunk-relative unless called file_off. Everything that a chunk's bytes
 * choose is checked against chunk.n; work is bounded by budgets, since templates may
 * overlap and values may be embedded many times (a small chunk could ask for years).
 */
#ifndef TOBAN_INVESTIGATE_TRACES_EVTX_IN_H
#define TOBAN_INVESTIGATE_TRACES_EVTX_IN_H

#include <endian.h>

#include "investigate/traces/evtx.h"

#define EVTX_CHUNK (64 * KIB)
#define EVTX_CHUNK_HEAD 512u
#define EVTX_RECORD_HEAD 24u
#define EVTX_BUCKETS 512u
#define EVTX_NONE 0xFFFFu

enum evtx_type {
    EVTX_T_NULL = 0x00,
    EVTX_T_STRING = 0x01,
    EVTX_T_ANSI = 0x02,
    EVTX_T_I8 = 0x03,
    EVTX_T_U8 = 0x04,
    EVTX_T_I16 = 0x05,
    EVTX_T_U16 = 0x06,
    EVTX_T_I32 = 0x07,
    EVTX_T_U32 = 0x08,
    EVTX_T_I64 = 0x09,
    EVTX_T_U64 = 0x0A,
    EVTX_T_FLOAT = 0x0B,
    EVTX_T_DOUBLE = 0x0C,
    EVTX_T_BOOL = 0x0D,
    EVTX_T_BINARY = 0x0E,
    EVTX_T_GUID = 0x0F,
    EVTX_T_SIZE = 0x10,
    EVTX_T_FILETIME = 0x11,
    EVTX_T_SYSTEMTIME = 0x12,
    EVTX_T_SID = 0x13,
    EVTX_T_HEX32 = 0x14,
    EVTX_T_HEX64 = 0x15,
    EVTX_T_HANDLE = 0x20,
    EVTX_T_BINXML = 0x21,
    EVTX_T_XML = 0x23,
    EVTX_T_UTF8 = 0x7E, /* ours: literal text, converted already */
    EVTX_T_UNKNOWN = 0x7F,
    EVTX_T_ARRAY = 0x80 /* bit */
};

/* Names with a meaning here. */
enum evtx_known {
    EVTX_K_OTHER,
    EVTX_K_EVENT,
    EVTX_K_SYSTEM,
    EVTX_K_EVENTDATA,
    EVTX_K_USERDATA,
    EVTX_K_DATA,
    EVTX_K_NAME,
    EVTX_K_PROVIDER,
    EVTX_K_EVENTID,
    EVTX_K_TIMECREATED,
    EVTX_K_SYSTEMTIME,
    EVTX_K_XMLNS
};

struct evtx_name {
    struct str s; /* NUL behind */
    struct evtx_name *next;
    uint32_t off, end; /* of the whole structure */
    bool hash_ok;
    uint8_t known; /* enum evtx_known */
};

enum evtx_node_kind {
    EVTX_N_ELEM,
    EVTX_N_END,
    EVTX_N_ATTR,
    EVTX_N_ATTR_END,
    EVTX_N_TEXT,
    EVTX_N_SUB,
    EVTX_N_NESTED
};
enum evtx_mark { EVTX_M_NONE, EVTX_M_EVENTID, EVTX_M_TIME }; /* value the reader itself needs */

struct evtx_node {
    uint8_t kind;                 /* enum evtx_node_kind */
    uint8_t mark;                 /* TEXT, SUB */
    bool is_name;                 /* ATTR: the Name of a Data */
    bool hidden;                  /* ATTR: xmlns */
    uint16_t sub;                 /* SUB: index; ELEM: dependency, EVTX_NONE without */
    uint32_t end;                 /* ELEM, ATTR: index behind its END; NESTED: position of the instance */
    const struct evtx_name *name; /* ELEM, ATTR */
    struct str text;              /* TEXT: literal; ELEM, ATTR: name as a field */
};

struct evtx_program {
    struct evtx_program *next;
    uint32_t off;
    uint32_t n;
    uint32_t bytes; /* of names and literal texts */
    const struct evtx_node *node;
    const char *damage; /* NULL, or why it ends early */
};

struct evtx_chunk {
    const uint8_t *p;
    uint32_t n;
    uint64_t file_off;
    struct arena arena; /* names, programs, literals */
    struct evtx_name *name[EVTX_BUCKETS];
    struct evtx_program *program[EVTX_BUCKETS];
    VEC(struct evtx_node) scratch; /* of the program being compiled */
    uint32_t compile_left;         /* bytes of binary XML that may still be compiled */
    uint32_t items_left;           /* items that the records may still unfold to */
};

enum evtx_item_kind { EVTX_I_ELEM, EVTX_I_ATTR, EVTX_I_VALUE };
struct evtx_piece {
    const struct evtx_node *node; /* ELEM, ATTR */
    const uint8_t *p;             /* VALUE */
    uint32_t n;
    uint32_t end; /* index behind the last piece inside; VALUE: behind itself */
    uint8_t kind; /* enum evtx_item_kind */
    uint8_t type; /* VALUE: enum evtx_type */
};

struct evtx_sub { /* one value of a template instance */
    uint32_t off, n;
    uint8_t type;
};

struct evtx_slot { /* a field */
    struct str name, text;
    bool done;
    uint8_t type;
    const uint8_t *p; /* one value; NULL: pieces first..last-1 joined */
    uint32_t n, first, last;
};

/* A record unfolded. */
struct evtx_tree {
    VEC(struct evtx_piece) piece;
    VEC(struct evtx_sub) sub;
    VEC(struct evtx_slot) slot;
    bool slotted;
    uint32_t bytes_left;
    const char *damage;
    struct evtx_sub mark[3]; /* by enum evtx_mark: n 0 when absent */
    const uint8_t *mark_p[3];
    struct arena arena; /* texts */
};

/* ---- evtx_name.c ---- */
void evtx_chunk_use(struct evtx_chunk *c, const uint8_t *p, uint32_t n,
                    uint64_t file_off); /* forgets the last */
void evtx_chunk_release(struct evtx_chunk *c);
/* NULL when there is no name at off. */
const struct evtx_name *evtx_name_at(struct evtx_chunk *c, uint32_t off);

/* ---- evtx_template.c ---- */
struct evtx_instance {
    uint32_t def;    /* offset of the definition */
    uint32_t sub, n; /* descriptors at sub, n of them (already clipped) */
    uint32_t data;   /* values */
    uint32_t next;   /* behind all */
    const char *damage;
};
/* The template instance whose token 0c is at `at`; false when there is none within end. */
bool evtx_instance_read(const struct evtx_chunk *c, uint32_t at, uint32_t end, struct evtx_instance *out);
/* The compiled template at offset def; cached. Never NULL. */
const struct evtx_program *evtx_template_at(struct evtx_chunk *c, uint32_t def);
/* Elements that stand without a template; not cached. */
const struct evtx_program *evtx_template_bare(struct evtx_chunk *c, uint32_t at, uint32_t end);

/* ---- evtx_tree.c ---- */
void evtx_tree_build(struct evtx_tree *t, struct evtx_chunk *c, uint32_t at, uint32_t end);
void evtx_tree_release(struct evtx_tree *t);
/* Makes the field list. */
void evtx_tree_slots(struct evtx_tree *t);

/* ---- evtx_utf16.c ---- */
/* UTF-16LE of n bytes (odd: the last is dropped) as UTF-8 with NUL behind; trailing NULs dropped,
 * others and lone surrogates become U+FFFD. */
struct str evtx_utf16(struct arena *a, const uint8_t *p, size_t n);

/* ---- evtx_value.c ---- */
/* Text of a value of any type, arrays joined by ", ". May point to p for EVTX_T_UTF8. */
struct str evtx_value_text(struct arena *a, uint8_t type, const uint8_t *p, uint32_t n);
bool evtx_value_blank(uint8_t type, const uint8_t *p, uint32_t n); /* literal white space */
/* Cuts the first item off an array; false at its end. */
bool evtx_value_item(uint8_t type, const uint8_t **p, uint32_t *n, const uint8_t **item, uint32_t *item_n);
when_t evtx_value_filetime(uint64_t t); /* WHEN_NONE outside 1601..9999 or when 0 */
/* Integer of any width as the type says. */
bool evtx_value_int(uint8_t type, const uint8_t *p, uint32_t n, int64_t *s, uint64_t *u, bool *is_signed);

/* ---- evtx_source.c ---- */
struct evtx_source; /* file, memory or stream */
struct evtx_source *evtx_source_new(const char *name, int fd, struct str mem, struct stream *in);
void evtx_source_own(struct evtx_source *s, bool fd, bool stream);  /* takes them */
struct evtx_source *evtx_source_again(const struct evtx_source *s); /* borrows s; NULL for a stream */
void evtx_source_free(struct evtx_source *s);
uint64_t evtx_source_size(const struct evtx_source *s); /* UINT64_MAX for a stream */
/* The block of up to n <= EVTX_CHUNK bytes at file_off, valid until the next call. A stream goes
 * forward only: file_off is never below the last one. */
int evtx_source_block(struct evtx_source *s, uint64_t file_off, uint32_t n, const uint8_t **p, uint32_t *got,
                      struct err *e) MUST_CHECK;

/* ---- evtx_crc.c ---- */
uint32_t evtx_crc(uint32_t crc, const uint8_t *p, size_t n); /* CRC-32 of ISO 3309, start with 0 */

static inline uint16_t evtx_u16(const uint8_t *p)
{
    uint16_t v;
    memcpy(&v, p, sizeof(v));
    return le16toh(v);
}
static inline uint32_t evtx_u32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof(v));
    return le32toh(v);
}
static inline uint64_t evtx_u64(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof(v));
    return le64toh(v);
}

#endif
