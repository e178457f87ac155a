/* pack_toban.h — our own text format for packs; the parts of its reader. Not for others.
 *
 * The format, for people who write packs:
 *
 *   # comment                          a line of its own, or behind two blanks and a '#'
 *   pack NAME                          first
 *   title TEXT  / title.ja TEXT  / version TEXT
 *   vulnerability CVE-… CVE-…
 *   list NAME … end                    words or paths, a line each
 *   stock … end                        the vendor's own files: their names prove nothing
 *   value NAME = VALUE                 a name for a value (below)
 *   condition NAME = CONDITION         a name for a condition
 *   check ID                           begins a check; the following lines belong to it
 *     title, title.ja, next, next.ja TEXT
 *     vulnerability CVE                level LEVEL        score 0..100
 *     needs INPUT, INPUT               what must have been read for "done"
 *     sequence by FIELD within SECONDS at least N
 *     stage N                          for the indicators that follow, in a sequence
 *     record CONDITION                 over the fields of one record of a log
 *     file CONDITION                   over one file: file.name file.path file.directory file.extension
 * file.size path PATTERN                     see pack_path.h; {a,b} stands for a or b path /REGEX/ over
 * normal forms except PATTERN | list NAME | stock     what is no hit of the path above md5|sha1|sha256 HEX
 * [TEXT] line KIND|* "TEXT" | /REGEX/     in text logs of that kind content [wide] "TEXT" | /REGEX/  in files
 *     command|process|detection|user-agent|registry "TEXT" | /REGEX/
 *     ip|domain|url WORD [TEXT]
 *     yara … end
 *     hit|miss record FIELD=VALUE …    tests, run whenever the pack is read
 *     hit|miss path|line|content|command|process|detection|user-agent WORD-OR-"TEXT"
 *   level and score before the first indicator are those of the check, later ones those of what follows.
 *
 *   A statement goes on in the next line when that begins with and, or, ')' or ',', or when the line
 *   ends with '(' , ',' , and, or, not, matches or '='.
 *
 *   CONDITION   and, or, not, ( ), names of conditions, and tests: VALUE OPERATOR
 *               is W | contains W | starts W | ends W | like W | matches /RE/ | under W | within W | same
 * FIELD < N | <= N | > N | >= N | empty | present        "cased" in front: letter case counts; "not" in front
 * of the operator, or behind "is" W is a word, a "text" ("" is a quote in it), a (list, of, them), or "list
 * NAME"; any of a list will do; "all (…)": every one. VALUE       a field; "a field with blanks"; text (the
 * whole record); any (every field); a named value; pair(V, KEY) argument(V, NAME) capture(V, /RE/) host(V)
 * url-path(V) query(V) decoded(V) name(V) extension(V) joined(V, V)
 *
 * An error anywhere means that there is no pack: file:line says where.
 */
#ifndef TOBAN_INVESTIGATE_PACKS_PACK_TOBAN_H
#define TOBAN_INVESTIGATE_PACKS_PACK_TOBAN_H

#include "base/base.h"
#include "investigate/packs/pack_cond.h"
#include "model/indicator.h"

struct toban_list {
    struct str name;
    VEC(struct str) word;
};
struct toban_name {
    struct str name;
    const struct cond_value *value; /* one of the two */
    struct cond *cond;
};
struct toban_pack {
    struct pack *p;
    VEC(struct toban_list) list;
    VEC(struct toban_name) name;
};

/* text is the whole of it. NULL with *e (no file:line). */
struct cond *pack_toban_condition(struct toban_pack *t, struct str text, struct err *e);
const struct cond_value *pack_toban_value(struct toban_pack *t, struct str text, struct err *e);
const struct toban_list *pack_toban_list(const struct toban_pack *t, struct str name);

/* ---- the state of the reader ---- */

struct toban_test_line {
    struct str text;
    unsigned long line;
    uint32_t check;
    bool hit;
};

struct toban_reader {
    struct toban_pack t;
    struct pack *p;
    struct str rest;           /* of the file */
    unsigned long line, at;    /* last physical line read, first line of the statement at hand */
    struct buf text;           /* the statement */
    bool in_check, indicators; /* a check is open, and has indicators */
    uint32_t check;
    struct indicator base; /* level, score, stage of what follows */
    size_t first;          /* indicators of the statement before */
    VEC(struct toban_test_line) test;
    struct err *e;
};

int pack_toban_fail(const struct toban_reader *r, const char *why); /* file:line: why */
int pack_toban_inner(const struct toban_reader *r,
                     const struct err *why);            /* the same for an error of a part */
bool pack_toban_begins(struct str s, const char *word); /* with this whole word */
struct str pack_toban_word(struct str *s);              /* cuts the first word off */
/* A statement that states an indicator (record, file, path, except, yara, or a plain kind). */
int pack_toban_add(struct toban_reader *r, struct str word, struct str rest);

/* One test line ("record A=b …", "path …"), against the indicators of one check: 1 as expected, 0 not,
 * negative when the line cannot be read. */
int pack_toban_test(const struct pack *p, uint32_t check, bool hit, struct str text, struct err *e);

#endif
