/* made.h — a case by hand for the tests of this room: names that hurt, and a machine in each VEX state. */
#ifndef TOBAN_TESTS_REPORT_MADE_H
#define TOBAN_TESTS_REPORT_MADE_H

#include "report/report.h"

#define NOW (1614740400 * WHEN_SEC) /* 2021-03-03T03:00:00Z */
#define EVIL "=cmd|'/c calc'!A1 <img src=x onerror=alert(1)> \"&\" \x1b[31m\xE2\x80\xAE"

struct made {
    struct case_step step[16];
    struct case_look look;
    struct report_machine machine[4];
    struct report_vuln vuln[2];
    struct report_statement statement[1];
    struct report_enquiry enquiry[3];
    struct report_case c;
};

static inline void made_times(struct report_times *t)
{
    for (size_t k = 0; k < REPORT_STAGES; k++)
        t->at[k] = WHEN_NONE;
}

static inline void made_case(struct made *m)
{
    static const enum case_vex vex[] = {VEX_UNDER_INVESTIGATION, VEX_AFFECTED, VEX_NOT_AFFECTED, VEX_FIXED};
    static const enum case_triage triage[] = {CASE_CANNOT_TELL, CASE_AFFECTED, CASE_NOT_AFFECTED, CASE_AFFECTED};
    static const char *const name[] = {"web-1", EVIL, "web-3", "web-4"};
    *m = (struct made){0};
    for (size_t i = 0; i < 6; i++)
        m->step[i] = (struct case_step){.kind = i == 0 ? STEP_OPEN : i == 1 ? STEP_VULN : STEP_JOIN, .at = NOW + (when_t)(i / 2) * WHEN_DAY,
                                        .who = STR_LIT("tanaka"), .value = STR_LIT("CVE-2021-26855"), .until = WHEN_NONE};
    m->step[6] = (struct case_step){.kind = STEP_WAIVE, .at = NOW + WHEN_DAY, .who = STR_LIT("bucho"), .why = STR_LIT("agreed"), .until = WHEN_NONE};
    m->step[7] = (struct case_step){.kind = STEP_WAIVE_ASK, .at = NOW, .who = STR_LIT("kacho"), .why = STR_LIT("rebuilt"), .until = WHEN_NONE};
    m->look = (struct case_look){.fixed = STR_LIT("2.0"), .seen = NOW, .deadline = NOW - WHEN_DAY};
    for (size_t i = 0; i < 4; i++) {
        struct report_machine *x = &m->machine[i];
        *x = (struct report_machine){.asset = (int64_t)i + 1, .count = 1, .name = str_of(name[i]), .look = &m->look, .vex = vex[i],
                                     .vendor = STR_LIT("example"), .product = STR_LIT("server"), .version = STR_LIT("1.0"),
                                     .cpe = STR_LIT("cpe:2.3:a:example:server:1.0:*:*:*:*:*:*:*"), .state_text = STR_LIT("state"),
                                     .open = i < 2, .next = STR_LIT("patch it")};
        x->a = (struct case_asset){.ledger = STR_LIT("main"), .key = str_of(name[i]), .joined = NOW, .triage = triage[i]};
        made_times(&x->times);
    }
    m->machine[1].a.waive = &m->step[6];
    m->machine[1].a.waive_ask = &m->step[7];
    m->machine[2].a.reason = VEX_CODE_NOT_EXECUTED;
    m->vuln[0] = (struct report_vuln){.id = STR_LIT("CVE-2021-26855"), .published = NOW};
    m->vuln[1] = (struct report_vuln){.id = STR_LIT("JPCERT-AT-2021-0012"), .published = WHEN_NONE};
    m->statement[0] = (struct report_statement){.notice = 1, .publisher = STR_LIT(EVIL), .title = STR_LIT(EVIL), .quote = STR_LIT(EVIL), .signal = STR_LIT("exploited"),
                                                .url = STR_LIT("javascript:alert(1)"), .published = NOW, .heard = NOW};
    m->enquiry[0] = (struct report_enquiry){.id = 1, .organisation = STR_LIT(EVIL), .sent = NOW, .due = NOW - WHEN_DAY, .reminded = WHEN_NONE, .answered = WHEN_NONE};
    m->enquiry[1] = (struct report_enquiry){.id = 2, .sent = NOW, .due = NOW + WHEN_DAY, .reminded = WHEN_NONE, .answered = NOW};
    m->enquiry[2] = (struct report_enquiry){.id = 3, .sent = NOW, .due = NOW, .reminded = WHEN_NONE, .answered = WHEN_NONE, .withdrawn = true};
    m->c = (struct report_case){.site = {STR_LIT(EVIL), STR_LIT("https://www.example.jp/"), NOW, 9 * 3600, STR_LIT(EVIL)},
                                .head = {.id = 7, .title = STR_LIT(EVIL), .who = STR_LIT("tanaka"), .opened = NOW},
                                .step = m->step, .step_n = 6, .vuln = m->vuln, .vuln_n = 2, .statement = m->statement, .statement_n = 1,
                                .machine = m->machine, .machine_n = 4, .enquiry = m->enquiry, .enquiry_n = 3};
    made_times(&m->c.times);
}

#endif
