/* coverage.h — what was looked at, and what could not be: the half of an answer that others leave out.
 *
 * Inputs are counted by name: kinds of traces ("httpproxy"), channels of event logs
 * ("event:Application"), "file-names", "file-hashes", "file-contents", "registry". A check is "done" when
 * all inputs it needs were seen whole and reach back to the window's beginning; "partly" when
 * some were, or with holes; else "not-done". What is missing is said in words.
 *
 * Threads: each its own; add them up at the end.
 */
#ifndef TOBAN_INVESTIGATE_COVERAGE_H
#define TOBAN_INVESTIGATE_COVERAGE_H

#include "base/base.h"
#include "investigate/scan_walk.h"
#include "investigate/traces/trace.h"
#include "model/indicator.h"

struct coverage_span {
    when_t from, to;
};
struct coverage_input {
    struct str name;
    uint64_t files, skipped;
    struct trace_coverage seen;
    VEC(struct coverage_span) span; /* of each file, to find holes between files */
};
struct coverage_skip {
    struct str path;
    enum scan_skip why;
    int error; /* errno or 0 */
};
struct coverage_gap {
    struct str needs; /* inputs that cannot be whole because of it, with blanks between */
    struct str text;  /* translated */
};
struct coverage {
    struct arena a;
    struct map by_name;
    VEC(struct coverage_input) input;
    VEC(struct coverage_skip) skip; /* at most LIMIT_SWEEP_SKIPS */
    VEC(struct coverage_gap) gap;   /* places the machine has and the evidence has not */
    uint64_t skipped[SCAN_SKIPS];
    uint64_t files, directories, bytes; /* bytes read */
    uint64_t atime;                     /* files whose access time may have changed by being read */
    uint64_t marks;                     /* folders that only a system's disk or an installation has */
    uint64_t damage[2];                 /* records damaged, bytes lost */
};

void coverage_release(struct coverage *c);
struct coverage_input *coverage_input(struct coverage *c, struct str name); /* made when absent; valid until the next call */
const struct coverage_input *coverage_find(const struct coverage *c, struct str name);
/* One file of an input has been read. */
void coverage_file(struct coverage *c, struct str input, const struct trace_coverage *seen);
void coverage_skip(struct coverage *c, struct str path, enum scan_skip why, int error);
/* Copies both; the same text only once. */
void coverage_gap(struct coverage *c, struct str needs, struct str text);
void coverage_add(struct coverage *to, const struct coverage *from);

/* Brings lists into an order that does not depend on who found what first. */
void coverage_sort(struct coverage *c);

enum coverage_state { COVERAGE_NOT_DONE, COVERAGE_PARTLY, COVERAGE_DONE };
const char *coverage_state_name(enum coverage_state s); /* "done", "partly", "not-done" */

struct coverage_check {
    const struct pack *pack;
    const struct check *check;
    enum coverage_state state;
    uint64_t files, bytes, rows, damaged;
    when_t first, last; /* WHEN_NONE: no times */
    struct str *missing;
    size_t missing_n;
};
struct coverage_window {
    when_t from; /* first known exploitation; WHEN_NONE: not known */
    bool stopped; /* the sweep was broken off */
};
/* missing and the texts are in the arena. */
void coverage_judge(const struct coverage *c, const struct pack *p, const struct check *k, const struct coverage_window *w,
                    struct arena *a, struct coverage_check *out);
/* What people call an input, translated: "HttpProxy logs". */
const char *coverage_input_title(struct str name, struct arena *a);

#endif
