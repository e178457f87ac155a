/* The journal of a sweep: the bytes are a whole file, then one line that belongs to a file. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "investigate/scan_in.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char text[] = "pack f\ntitle F\ncheck a\n title A\n level exploited\n needs file-contents\n content \"abcdef\"\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pack *p;
    static char path[] = "/tmp/toban-fuzz-journal-XXXXXX";
    static int fd = -1;
    struct err e = {0};
    uint64_t charged;
    if (!p && pack_read(&p, "f.pack", str_of(text), &(struct pack_options){.kind = pack_by_name(STR_LIT("toban"))}, &e) != 0)
        abort();
    if (fd < 0)
        fd = mkstemp(path);
    if (fd < 0 || size > MIB)
        return 0;
    const struct pack *const packs[] = {p};
    struct sweep_root root = {"/nowhere", 0, NULL};
    struct sweep_options o = {.root = &root, .root_n = 1, .pack = packs, .pack_n = 1};
    struct sweep s = {.options = &o, .asset_n = 1};
    struct scan_shared sh = {.o = &o, .sweep = &s};
    struct coverage cover = {0};
    struct map hosts = {0}, clocks = {0};
    when_t newest = 0;
    struct scan_worker w = {.sh = &sh, .cover = &cover, .hosts = &hosts, .clocks = &clocks, .newest = &newest};
    struct scan_job job = {.path = path, .fd = -1};
    struct scan_journal *j;
    if (ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size && scan_journal_open(&j, path, &s, &e) == 0) {
        (void)scan_journal_take(j, &w, &job);
        scan_journal_free(j);
    }
    (void)scan_journal_read(str_n((const char *)data, size), &job, &w, &charged);
    coverage_sort(&cover);
    coverage_release(&cover);
    map_release(&hosts);
    map_release(&clocks);
    vec_release(&w.sighting);
    arena_release(&w.a);
    return 0;
}
