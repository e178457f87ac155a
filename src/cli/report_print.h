/* report_print.h — reports as text for a terminal or a text file. */
#ifndef TOBAN_CLI_REPORT_PRINT_H
#define TOBAN_CLI_REPORT_PRINT_H

#include "cli/list.h"
#include "report/report.h"

void report_print_case(struct cli *c, const struct report_case *r, struct buf *out);
void report_print_month(struct cli *c, const struct report_month *r, struct buf *out);
void report_print_audit(struct cli *c, const struct report_audit *r, struct buf *out);

#endif
