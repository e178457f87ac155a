/* The event log reader on real logs, damaged ones among them, and against what another reader made of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <unistd.h>
#include <zlib.h>
#include <cmocka.h>

#include "codec/json.h"
#include "codec/stream.h"
#include "investigate/traces/evtx.h"

static const char *data; /* TOBAN_TEST_DATA/evidence, NULL: not there */
static struct err err;

static const char *in_data(const char *name)
{
    static char path[4096];
    if (!data) {
        print_message("# skipped: no evidence in TOBAN_TEST_DATA\n");
        skip();
    }
    snprintf(path, sizeof(path), "%s/%s", data, name);
    return path;
}

static int count_json(void *ctx, struct str object)
{
    ++*(uint64_t *)ctx;
    return object.n > 20 && object.p[0] == '{' && object.p[object.n - 1] == '}' ? 0 : -1;
}

static struct evtx_stats export_all(struct evtx *r)
{
    uint64_t n = 0;
    struct evtx_sink sink = {.ctx = &n, .json = count_json};
    struct evtx_stats s;
    assert_int_equal(evtx_export(r, &sink, &err), 0);
    evtx_stats(r, &s);
    assert_int_equal(n, s.records);
    evtx_free(r);
    return s;
}

/* Whole records: what other readers get from these files (the largest number), at least. */
static const struct {
    const char *name;
    unsigned least;
} logs[] = {{"2-system-Microsoft-Windows-LiveId%4Operational.evtx", 399},
            {"2-vss_0-Microsoft-Windows-RemoteDesktopServices-RdpCoreTS%4Operational.evtx", 1910},
            {"2-vss_0-Microsoft-Windows-TerminalServices-RemoteConnectionManager%4Operational.evtx", 1774},
            {"2-vss_7-System.evtx", 1160},
            {"Application_no_crc32.evtx", 17},
            {"E_ShadowCopy6_windows_system32_winevt_logs_Microsoft-Windows-CAPI2%4Operational.evtx", 459},
            {"E_Windows_system32_winevt_logs_Microsoft-Windows-CAPI2%4Operational.evtx", 340},
            {"E_Windows_system32_winevt_logs_Microsoft-Windows-Shell-Core%4Operational.evtx", 1146},
            {"MSExchange_Management_wec.evtx", 1},
            {"Microsoft-Windows-HelloForBusiness%4Operational.evtx", 5},
            {"Microsoft-Windows-LanguagePackSetup%4Operational.evtx", 16},
            {"Security_short_selected.evtx", 7},
            {"Security_with_size_t.evtx", 636},
            {"issue_201.evtx", 1},
            {"new-user-security.evtx", 4},
            {"post-Security.evtx", 126},
            {"sample-with-irregular-bool-values.evtx", 3028},
            {"sample-with-zero-data-size-event.evtx", 336},
            {"sample_with_a_bad_chunk_magic.evtx", 270},
            {"security.evtx", 2261},
            {"security_bad_string_cache.evtx", 2261},
            {"sysmon.evtx", 358},
            {"system.evtx", 1881}};

static void test_counts(void **state)
{
    (void)state;
    uint64_t total = 0;
    for (size_t i = 0; i < ARRAY_LEN(logs); i++) {
        char name[256];
        struct evtx *r;
        snprintf(name, sizeof(name), "evtx/%s", logs[i].name);
        assert_int_equal(evtx_open(&r, in_data(name), &err), 0);
        struct evtx_stats s = export_all(r);
        if (s.records < logs[i].least)
            fail_msg("%s: %llu records, at least %u are there", logs[i].name, (unsigned long long)s.records,
                     logs[i].least);
        total += s.records;
    }
    assert_true(total >= 18539);
}

static void test_exchange(void **state)
{
    (void)state;
    struct evtx *r;
    struct evtx_record rec;
    struct str v;
    assert_int_equal(evtx_open(&r, in_data("evtx/MSExchange_Management_wec.evtx"), &err), 0);
    assert_int_equal(evtx_next(r, &rec, &err), EVTX_RECORD);
    assert_null(rec.damage);
    assert_true(evtx_field(&rec, "Provider", &v) && str_is(v, "MSExchange CmdletLogs"));
    assert_true(evtx_field(&rec, "Channel", &v) && str_is(v, "MSExchange Management"));
    assert_true(evtx_field(&rec, "Data", &v) && str_is(v, "Set-Mailbox"));
    assert_int_equal(rec.event_id, 1);
    assert_int_equal(evtx_next(r, &rec, &err), EVTX_END);
    evtx_free(r);
}

/* ---- against the JSON that comes with the logs of the Sigma regression ---- */

static unsigned compared, wrong, files;

/* The forms that differ between the two: the other one drops blanks at the end, the braces of a GUID and
 * the last digit of a time. */
static bool same_text(struct str a, struct str b)
{
    if (str_eq(str_trim(a), str_trim(b)))
        return true;
    if (b.n == a.n + 2 && a.n == 36 && b.p[0] == '{')
        return str_ieq(a, str_sub(b, 1, 36));
    when_t s, t;
    return a.n > 20 && a.p[a.n - 1] == 'Z' && clock_parse_iso(a, 0, &s) && clock_parse_iso(b, 0, &t) &&
           s == t;
}

static void check_value(const struct evtx_record *rec, const char *name, const struct json *want)
{
    struct str got = {0}, text = want->text;
    if (json_is(want, JSON_NULL) || (json_is(want, JSON_STRING) && want->text.n == 0))
        text = STR_LIT("");
    if (json_is(want, JSON_TRUE) || json_is(want, JSON_FALSE))
        text = str_of(json_is(want, JSON_TRUE) ? "true" : "false");
    evtx_field(rec, name, &got);
    compared++;
    if (same_text(text, got))
        return;
    wrong++;
    print_message("# %s: " STR_FMT ", should be " STR_FMT "\n", name, STR_ARG(got), STR_ARG(text));
}

/* Leaves of v, named as our fields are. */
static void check_leaves(const struct evtx_record *rec, const char *name, const struct json *v)
{
    char attr[256];
    if (!json_is(v, JSON_OBJECT)) {
        if (!json_is(v, JSON_ARRAY))
            check_value(rec, name, v);
        return;
    }
    for (uint32_t i = 0; i < v->n; i++) {
        if (str_is(v->key[i], "#text")) {
            check_leaves(rec, name, &v->item[i]);
            continue;
        }
        if (!str_is(v->key[i], "#attributes")) {
            snprintf(attr, sizeof(attr), STR_FMT, STR_ARG(v->key[i]));
            check_leaves(rec, attr, &v->item[i]);
            continue;
        }
        const struct json *a = &v->item[i];
        for (uint32_t k = 0; k < a->n; k++) {
            bool bare = str_is(str_of(name), "TimeCreated") ||
                        (str_is(str_of(name), "Provider") && str_is(a->key[k], "Name"));
            snprintf(attr, sizeof(attr), bare ? "%s" : "%s_" STR_FMT, name, STR_ARG(a->key[k]));
            if (!str_starts(a->key[k], "xmlns"))
                check_value(rec, attr, &a->item[k]);
        }
    }
}

static void check_event(struct evtx *log, const struct json *event)
{
    struct evtx *r;
    struct evtx_record rec;
    struct str id;
    const struct json *want = json_get(json_get(event, "System"), "EventRecordID");
    bool found = false;
    assert_non_null(want);
    assert_int_equal(evtx_share(&r, log, &err), 0);
    while (evtx_next(r, &rec, &err) > 0) {
        if (!evtx_field(&rec, "EventRecordID", &id) || !str_eq(id, want->text))
            continue;
        found = true;
        check_leaves(&rec, "System", json_get(event, "System"));
        if (json_get(event, "EventData"))
            check_leaves(&rec, "EventData", json_get(event, "EventData"));
        if (json_get(event, "UserData"))
            check_leaves(&rec, "UserData", json_get(event, "UserData"));
    }
    evtx_free(r);
    assert_true(found);
}

static int check_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)ftw;
    if (type != FTW_F || !str_ends(str_of(path), ".evtx"))
        return 0;
    char golden[4096];
    struct evtx *log;
    struct buf b = BUF_INIT(LIMIT_RECORD);
    struct arena a = {0};
    snprintf(golden, sizeof(golden), "%.*s.json", (int)strlen(path) - 5, path);
    assert_int_equal(evtx_open(&log, path, &err), 0);
    assert_int_equal(stream_slurp(golden, &b, &err), 0);
    struct json_reader *in = json_reader_new_mem(buf_str(&b));
    json_reader_set_many(in, true);
    unsigned events = 0;
    for (enum json_event e = json_next(in); e > JSON_END || events == 0; e = json_next(in)) {
        if (e == JSON_ARRAY || e == JSON_ARRAY_END)
            continue;
        const struct json *v = json_tree(in, &a, &err);
        assert_non_null(v);
        check_event(log, json_get(v, "Event"));
        events++;
        if (json_next(in) != JSON_END)
            break;
    }
    assert_true(events > 0);
    files++;
    json_reader_free(in);
    arena_release(&a);
    buf_release(&b);
    evtx_free(log);
    return 0;
}

static void test_against_other(void **state)
{
    (void)state;
    assert_int_equal(nftw(in_data("sigma-regression"), check_file, 16, FTW_PHYS), 0);
    print_message("# %u logs, %u values\n", files, compared);
    assert_true(files >= 95);
    assert_true(compared > 2000);
    assert_int_equal(wrong, 0);
}

/* ---- ways to read ---- */

static void assert_same(const struct evtx_stats *a, const struct evtx_stats *b)
{
    assert_int_equal(a->records, b->records);
    assert_int_equal(a->damaged, b->damaged);
    assert_int_equal(a->bytes, b->bytes);
    assert_int_equal(a->missing, b->missing);
    assert_int_equal(a->first, b->first);
    assert_int_equal(a->last, b->last);
}

static void test_ways(void **state)
{
    (void)state;
    static const char *const names[] = {"evtx/sample_with_a_bad_chunk_magic.evtx", "evtx/system.evtx",
                                        "evtx/sysmon.evtx"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const char *path = in_data(names[i]);
        struct evtx *r;
        struct stream *in;
        struct buf b = BUF_INIT(16 * MIB);
        assert_int_equal(evtx_open(&r, path, &err), 0);
        struct evtx_stats file = export_all(r);
        assert_int_equal(stream_slurp(path, &b, &err), 0);
        assert_int_equal(evtx_open_mem(&r, path, buf_str(&b), &err), 0);
        struct evtx_stats s = export_all(r);
        assert_same(&file, &s);
        assert_int_equal(stream_open(&in, path, 64 * MIB, &err), 0);
        assert_int_equal(evtx_open_stream(&r, path, in, &err), 0);
        struct evtx *again;
        assert_int_equal(evtx_share(&again, r, &err), ERR_USAGE);
        s = export_all(r);
        assert_same(&file, &s);
        stream_free(in);
        char gz[] = "/tmp/toban-evtx-XXXXXX";
        int fd = mkstemp(gz);
        assert_true(fd >= 0);
        gzFile z = gzdopen(fd, "wb");
        assert_int_equal(gzwrite(z, b.p, (unsigned)b.n), (int)b.n);
        gzclose(z);
        assert_int_equal(evtx_open(&r, gz, &err), 0);
        unlink(gz);
        s = export_all(r);
        assert_same(&file, &s);
        buf_release(&b);
    }
}

struct part {
    struct evtx *reader;
    uint64_t records;
};

static void *read_part(void *p)
{
    struct part *part = p;
    struct evtx_record rec;
    struct err e;
    while (evtx_next(part->reader, &rec, &e) > 0)
        part->records += evtx_field_count(&rec) > 0;
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    struct evtx *log;
    struct part part[4] = {0};
    pthread_t thread[4];
    uint64_t total = 0;
    assert_int_equal(evtx_open(&log, in_data("evtx/security.evtx"), &err), 0);
    uint64_t chunks = evtx_chunks(log), each = (chunks + 3) / 4;
    assert_int_equal(chunks, 33);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(evtx_share(&part[i].reader, log, &err), 0);
        evtx_range(part[i].reader, i * each, each);
        assert_int_equal(pthread_create(&thread[i], NULL, read_part, &part[i]), 0);
    }
    for (unsigned i = 0; i < 4; i++) {
        pthread_join(thread[i], NULL);
        total += part[i].records;
        evtx_free(part[i].reader);
    }
    evtx_free(log);
    assert_int_equal(total, 2261);
}

/* Cut anywhere, a log gives a prefix of its records and never fails. */
static void test_cut(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(16 * MIB);
    struct evtx *r;
    uint64_t last = 0;
    assert_int_equal(stream_slurp(in_data("evtx/Security_with_size_t.evtx"), &b, &err), 0);
    for (size_t n = 0; n <= 200 * KIB; n += n < 8 * KIB ? 61 : 1 * KIB) {
        char *exact = mem_dup(b.p, n); /* so that a byte read behind it is seen */
        assert_int_equal(evtx_open_mem(&r, "cut", str_n(exact, n), &err), 0);
        struct evtx_stats s = export_all(r);
        assert_true(s.records >= last);
        assert_true(s.bytes <= n);
        last = s.records;
        free(exact);
    }
    assert_true(last > 250);
    buf_release(&b);
}

static int setup(void **state)
{
    (void)state;
    static char path[4096];
    const char *root = getenv("TOBAN_TEST_DATA");
    snprintf(path, sizeof(path), "%s/evidence", root ? root : "");
    data = root && access(path, R_OK) == 0 ? path : NULL;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_counts),        cmocka_unit_test(test_exchange),
                                       cmocka_unit_test(test_against_other), cmocka_unit_test(test_ways),
                                       cmocka_unit_test(test_threads),       cmocka_unit_test(test_cut)};
    return cmocka_run_group_tests(tests, setup, NULL);
}
