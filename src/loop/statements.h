/* statements.h — who published what about a case's vulnerabilities, when, and when we first had it. */
#ifndef TOBAN_LOOP_STATEMENTS_H
#define TOBAN_LOOP_STATEMENTS_H

#include "loop/world.h"
#include "report/report.h"

/* Notices that name one of them, and records of the knowledge; as of the moment, oldest publication
 * first, in the arena. The vulnerabilities' title, description and publication are filled, too.
 * The knowledge is read within; no read transaction may be open. */
int statements_of(const struct world *w, const struct world_source *source, size_t source_n, when_t as_of,
                  struct report_vuln *vuln, size_t vuln_n, struct arena *a, struct report_statement **out, size_t *n,
                  struct err *e) MUST_CHECK;

#endif
