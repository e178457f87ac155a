/* semver.h — Semantic Versioning 2.0.0 and its relatives.
 *
 * Generous: a leading v or =, missing numbers count as 0, more than three numbers
 * are compared, too (as OSV asks of its "semver-like" ecosystems).
 */
#ifndef TOBAN_IDENTIFY_VERSIONS_SEMVER_H
#define TOBAN_IDENTIFY_VERSIONS_SEMVER_H

#include "identify/versions/token.h"

struct semver {
    struct str core;  /* "1.2.3" */
    struct str pre;   /* behind '-', without it */
    struct str build; /* behind '+', without it */
    bool has_pre;
};
bool semver_read(struct str v, struct semver *out);
/* The i-th number of the core; empty when there is none. */
struct str semver_number(const struct semver *v, size_t i);
size_t semver_numbers(const struct semver *v);
int semver_cmp_core(const struct semver *a, const struct semver *b);
/* Precedence of pre-releases (semver.org, 11.3 and 11.4); none is higher than any. */
int semver_cmp_pre(const struct semver *a, const struct semver *b, bool blind /* to case */);

#endif
