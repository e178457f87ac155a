/* The event log reader against libevtx's evtxexport, where that is installed and can read the log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "investigate/traces/evtx.h"

static struct err err;
static struct evtx *ours;
static struct evtx_record rec;
static unsigned records, values, wrong;

/* libevtx pads hexadecimal with zeros, writes pointers in decimal and times with nine digits. */
static bool same(struct str theirs, struct str mine)
{
    uint64_t a, b;
    when_t s, t;
    if (str_eq(theirs, mine))
        return true;
    if (str_starts(mine, "0x") && num_hex(str_sub(mine, 2, 16), &a))
        return str_starts(theirs, "0x") ? num_hex(str_sub(theirs, 2, 16), &b) && a == b
                                        : num_u64(theirs, &b) && a == b;
    return theirs.n > 19 && clock_parse_iso(theirs, 0, &s) && clock_parse_iso(mine, 0, &t) && s == t;
}

static void check(const char *name, struct str theirs)
{
    struct str mine = {0};
    if (str_chr(theirs, '&') != STR_NONE) /* escaped as XML */
        return;
    bool found = evtx_field(&rec, name, &mine);
    values++;
    if (found && same(theirs, mine))
        return;
    if (wrong++ < 10)
        print_message("# record %llu, %s: " STR_FMT ", they have " STR_FMT "\n", (unsigned long long)rec.id,
                      name, STR_ARG(str_sub(mine, 0, 200)), STR_ARG(str_sub(theirs, 0, 200)));
}

/* <NAME…>TEXT</NAME> on one line. */
static bool element(struct str line, const char *name, struct str *text)
{
    size_t n = strlen(name);
    line = str_trim(line);
    if (line.n < n + 2 || line.p[0] != '<' || memcmp(line.p + 1, name, n) != 0)
        return false;
    size_t from = str_chr(line, '>'), to = str_find(line, STR_LIT("</"));
    if (from == STR_NONE || to == STR_NONE || to < from)
        return false;
    *text = str_sub(line, from + 1, to - from - 1);
    return true;
}

/* Moves ours to the record with the id that their record names. */
static void follow(struct str id)
{
    struct str mine;
    int rc;
    while ((rc = evtx_next(ours, &rec, &err)) > 0)
        if (rc == EVTX_RECORD && evtx_field(&rec, "EventRecordID", &mine) && str_eq(mine, id)) {
            records++;
            return;
        }
    fail_msg("record " STR_FMT " of theirs is not among ours", STR_ARG(id));
}

/* Fields of System stand in front of EventRecordID in part; they are kept until it comes. */
static void compare(FILE *in)
{
    static const char *const before[] = {"EventID", "Version", "Level", "Task", "Opcode", "Keywords"};
    static const char *const behind[] = {"Channel", "Computer"};
    static char kept[ARRAY_LEN(before)][64];
    char *text = NULL, name[128];
    size_t cap = 0;
    struct str v;
    for (ssize_t n; (n = getline(&text, &cap, in)) >= 0;) {
        struct str line = str_n(text, (size_t)n);
        if (str_starts(line, "<Event "))
            memset(kept, 0, sizeof(kept));
        for (size_t i = 0; i < ARRAY_LEN(before); i++)
            if (element(line, before[i], &v) && line.p[4] == '<')
                snprintf(kept[i], sizeof(kept[i]), STR_FMT, STR_ARG(v));
        if (element(line, "EventRecordID", &v)) {
            follow(v);
            for (size_t i = 0; i < ARRAY_LEN(before); i++)
                if (kept[i][0])
                    check(before[i], str_of(kept[i]));
        }
        for (size_t i = 0; i < ARRAY_LEN(behind); i++)
            if (element(line, behind[i], &v) && line.p[4] == '<')
                check(behind[i], v);
        if (element(line, "Data Name=", &v) && sscanf(text, " <Data Name=\"%127[^\"]", name) == 1 &&
            strcmp(name, "LogonGuid") != 0) /* comes twice in 4648 */
            check(name, v);
    }
    free(text);
}

static void test_evtxexport(void **state)
{
    (void)state;
    static const char *const names[] = {"security.evtx", "new-user-security.evtx",
                                        "Security_with_size_t.evtx", "system.evtx", "sysmon.evtx"};
    const char *data = getenv("TOBAN_TEST_DATA");
    char path[2048], command[4096];
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        snprintf(path, sizeof(path), "%s/evidence/evtx/%s", data ? data : "", names[i]);
        if (access(path, R_OK) != 0 || access("/usr/bin/evtxexport", X_OK) != 0) {
            print_message("# skipped: no evtxexport (libevtx-utils), or no event logs in TOBAN_TEST_DATA\n");
            skip();
        }
        snprintf(command, sizeof(command), "/usr/bin/evtxexport -f xml '%s' 2>/dev/null", path);
        FILE *in = popen(command, "r");
        assert_non_null(in);
        assert_int_equal(evtx_open(&ours, path, &err), 0);
        compare(in);
        evtx_free(ours);
        pclose(in);
    }
    print_message("# %u records, %u values\n", records, values);
    assert_true(records > 3000);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_evtxexport)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
