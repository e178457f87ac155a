/* pack_yara_in.h — shared by the pack_yara*.c files: what goes between toban and the children that use libyara. */
#ifndef TOBAN_INVESTIGATE_PACKS_PACK_YARA_IN_H
#define TOBAN_INVESTIGATE_PACKS_PACK_YARA_IN_H

#include "investigate/packs/pack_build.h"
#include "investigate/packs/pack_yara.h"

/* One compilation. */
struct pack_yara_set {
    char *compiled; /* owns */
    size_t compiled_n;
    uint32_t *indicator; /* of each rule, in the arena */
    uint32_t n;
};
/* The i-th of a pack; NULL behind the last. */
const struct pack_yara_set *pack_yara_set_at(const struct pack *p, size_t i);

/* ---- numbers and texts in a message (native byte order: both sides are one program) ---- */

void pack_yara_put_u32(struct buf *b, uint32_t v);
void pack_yara_put_u64(struct buf *b, uint64_t v);
void pack_yara_put_str(struct buf *b, struct str s);
struct pack_yara_reply { /* read from the front; `bad` once it is too short */
    struct str rest;
    bool bad;
};
uint32_t pack_yara_get_u32(struct pack_yara_reply *r);
uint64_t pack_yara_get_u64(struct pack_yara_reply *r);
struct str pack_yara_get_str(struct pack_yara_reply *r);

/* What a compilation answers: a list of these tags, PACK_YARA_END last. */
enum {
    PACK_YARA_ERROR = 1, /* line, text */
    PACK_YARA_WARNING,   /* line, excerpt, text */
    PACK_YARA_RULE,      /* private, identifier, number of metas, then each: PACK_YARA_META…, name, value */
    PACK_YARA_COMPILED,  /* bytes */
    PACK_YARA_END
};
enum { PACK_YARA_META_TEXT = 1, PACK_YARA_META_NUMBER };

/* ---- pack_yara_lib.c: the only file that calls libyara; in a child only ---- */

/* Makes the process one that may die: no core, no words on stderr, signals as the kernel knows them. */
void pack_yara_lib_child(unsigned seconds);
void pack_yara_lib_compile(struct str text, struct buf *out);
/* Answers requests on the socket until it closes. */
void pack_yara_lib_serve(const struct pack *const *pack, size_t n, int sock);

/* ---- pack_yara_host.c ---- */

/* A message with a descriptor (-1: none) on a SOCK_SEQPACKET socket. */
bool pack_yara_send(int sock, const struct buf *b, int fd);
/* The next message; *fd is the caller's, -1 when none came. False when the other side is gone. */
bool pack_yara_recv(int sock, struct buf *b, int *fd);
#define PACK_YARA_MESSAGE (96 * KIB)

#endif
