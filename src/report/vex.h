/* vex.h — the state of a case for other people's machines: CSAF 2.0, CycloneDX 1.6, OpenVEX 0.2.0.
 *
 *   ours (gate_vex)       OpenVEX               CycloneDX      CSAF product_status
 *   under_investigation   under_investigation   in_triage      under_investigation
 *   affected              affected              exploitable    known_affected
 *   not_affected          not_affected          not_affected   known_not_affected
 *   fixed                 fixed                 resolved       fixed
 * A patch without proof is "affected". The version of a document counts the moments at which a step was
 * taken: those of one moment (a sync) are one revision, so that revisions ascend without a gap as CSAF wants.
 */
#ifndef TOBAN_REPORT_VEX_H
#define TOBAN_REPORT_VEX_H

#include "report/report.h"

/* CSAF 2.0, profile VEX (4.5); csaf_base while there is no machine or no vulnerability, which that profile wants. */
void vex_csaf(const struct report_case *c, struct buf *out);
/* tracking.id lower case, everything but [+-a-z0-9] as one "_", and ".json" (CSAF 2.0, 5.1). */
void vex_csaf_file_name(const struct report_case *c, struct buf *out);
/* CycloneDX 1.6 BOM of machines (type device) with their software, and vulnerabilities[].analysis. */
void vex_cyclonedx(const struct report_case *c, struct buf *out);
/* ERR_CONFLICT when there is no vulnerability: OpenVEX cannot say nothing. */
int vex_openvex(const struct report_case *c, struct buf *out, struct err *e) MUST_CHECK;

/* ---- shared by the three ---- */

/* "C-3" of a publisher is "toban-C-3". */
void vex_id(const struct report_case *c, struct buf *out);
struct vex_revision {
    when_t at;          /* never before the one before */
    size_t first, n;    /* steps */
};
size_t vex_revisions(const struct report_case *c, struct arena *a, struct vex_revision **out);
/* What a revision did: "joined 6, triaged 5". */
void vex_revision_text(const struct report_case *c, const struct vex_revision *r, struct buf *out);
/* Why the machine has this status, with its verdict and its waiver; one paragraph of the thread's language. */
void vex_detail(const struct report_case *c, const struct report_machine *m, struct buf *out);
/* What is done about an affected one: never empty. */
void vex_action(const struct report_case *c, const struct report_machine *m, struct buf *out);
/* Fixed by installing this; "" when nobody knows what. */
struct str vex_fix(const struct report_machine *m);
bool vex_is_cve(struct str id); /* CVE-YYYY-NNNN… */
/* A URL that may stand where a schema wants a URI: http(s), ASCII, nothing that needs escaping. */
bool vex_is_url(struct str url);
/* UUID (RFC 9562, version 8) made of the publisher's namespace and the case: the same for every version. */
void vex_uuid(const struct report_case *c, char out[37]);

#endif
