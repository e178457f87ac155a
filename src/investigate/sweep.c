#include "investigate/scan_in.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "investigate/evidence.h"

#define PROGRESS_MS 200
#define MAX_THREADS 64

/* ---- shared ---- */

bool scan_stopped(struct scan_shared *sh)
{
    return atomic_load_explicit(&sh->stop, memory_order_relaxed) ||
           (sh->o->cancel && atomic_load_explicit(sh->o->cancel, memory_order_relaxed));
}

static _Thread_local uint64_t charged;

uint64_t scan_charged(void)
{
    return charged;
}

void scan_charge(struct scan_shared *sh, uint64_t n)
{
    charged += n;
    uint64_t all = atomic_fetch_add_explicit(&sh->bytes, n, memory_order_relaxed) + n;
    if (!sh->o->limit_bps)
        return;
    /* So many bytes should have taken so long: sleep off what we are ahead. */
    uint64_t due = (uint64_t)((double)all / (double)sh->o->limit_bps * 1e9), is = clock_mono_ns() - sh->began;
    while (due > is && !scan_stopped(sh)) {
        uint64_t ns = MIN(due - is, 100000000UL);
        struct timespec t = {0, (long)ns};
        nanosleep(&t, NULL);
        is = clock_mono_ns() - sh->began;
    }
}

/* ---- queue ---- */

static bool take(struct scan_shared *sh, struct scan_job *j)
{
    pthread_mutex_lock(&sh->lock);
    while (sh->job_n == 0 && !sh->closed)
        pthread_cond_wait(&sh->work, &sh->lock);
    bool got = sh->job_n > 0;
    if (got) {
        *j = sh->job[sh->head];
        sh->head = (sh->head + 1) % SCAN_QUEUE;
        sh->job_n--;
        pthread_cond_signal(&sh->room);
    }
    pthread_mutex_unlock(&sh->lock);
    return got;
}

static void put(struct scan_shared *sh, const struct scan_job *j)
{
    pthread_mutex_lock(&sh->lock);
    while (sh->job_n == SCAN_QUEUE)
        pthread_cond_wait(&sh->room, &sh->lock);
    sh->job[(sh->head + sh->job_n++) % SCAN_QUEUE] = *j;
    snprintf(sh->at, sizeof(sh->at), "%s", j->path);
    pthread_cond_signal(&sh->work);
    pthread_mutex_unlock(&sh->lock);
}

/* ---- a worker ---- */

static void run_job(struct scan_worker *w, const struct scan_job *j)
{
    bool journal = w->sh->journal && j->fd >= 0;
    if (journal && scan_journal_take(w->sh->journal, w, j)) {
        atomic_fetch_add_explicit(&w->sh->files, 1, memory_order_relaxed);
        return;
    }
    if (journal)
        scan_journal_begin(w->sh->journal, w, j->asset);
    buf_clear(&w->normal);
    scan_layout_normal(w->sh->layout, j->asset, str_of(j->path), j->root_n, &w->normal);
    struct buf normal = w->normal; /* archives inside must not change it */
    w->normal = BUF_INIT(64 * KIB);
    struct scan_item it = {.w = w,
                           .asset = j->asset,
                           .path = j->path,
                           .file = j->path,
                           .normal = buf_str(&normal),
                           .modified = (when_t)j->st.st_mtim.tv_sec * WHEN_SEC + j->st.st_mtim.tv_nsec / 1000,
                           .size = (uint64_t)j->st.st_size};
    scan_item_begin(&it);
    scan_path_match(&it);
    if (!j->directory) {
        w->cover[j->asset].files++;
        w->newest[j->asset] = MAX(w->newest[j->asset], it.modified);
        if (j->fd >= 0)
            scan_file(&it, j->fd);
    }
    scan_item_end(&it);
    if (journal)
        scan_journal_end(w->sh->journal, w, j);
    buf_release(&w->normal);
    w->normal = normal;
    arena_clear(&w->scratch_a);
    atomic_fetch_add_explicit(&w->sh->files, 1, memory_order_relaxed);
}

static void *work(void *p)
{
    struct scan_worker *w = p;
    struct scan_job j;
    while (take(w->sh, &j)) {
        if (!scan_stopped(w->sh))
            run_job(w, &j);
        if (j.fd >= 0)
            close(j.fd);
        free(j.path);
    }
    pthread_mutex_lock(&w->sh->lock);
    w->sh->running--;
    pthread_cond_signal(&w->sh->idle);
    pthread_mutex_unlock(&w->sh->lock);
    return NULL;
}

static bool on_stop_asked(void *ctx)
{
    return scan_stopped(ctx);
}

static int worker_init(struct scan_worker *w, struct scan_shared *sh, struct err *e)
{
    const struct scan_match *all[] = {scan_names_match(sh->path), sh->file};
    size_t n = sh->sweep->asset_n;
    *w = (struct scan_worker){.sh = sh, .normal = BUF_INIT(64 * KIB)};
    if (sh->yara_pool)
        w->yara = pack_yara_host_new(sh->yara_pool, on_stop_asked, sh);
    w->block = mem_alloc(SCAN_BLOCK);
    w->cover = mem_zalloc(n * sizeof(*w->cover));
    w->hosts = mem_zalloc(n * sizeof(*w->hosts));
    w->clocks = mem_zalloc(n * sizeof(*w->clocks));
    w->newest = mem_zalloc(n * sizeof(*w->newest));
    return scan_scratch_new(&w->scratch, all, ARRAY_LEN(all), e);
}

void scan_merge_map(struct map *to, const struct map *from)
{
    for (size_t i = 0; i < from->cap; i++)
        if (from->slot[i].value)
            *map_put(to, str_n(from->keys + from->slot[i].key, from->slot[i].len), NULL) += from->slot[i].value;
}

static void keep_sighting(struct sweep *s, const struct sighting *from)
{
    struct sighting c = *from;
    struct str *text[] = {&c.path, &c.file, &c.time_text, &c.excerpt, &c.found, &c.client, &c.session, &c.host, &c.group, &c.note};
    for (size_t i = 0; i < ARRAY_LEN(text); i++)
        *text[i] = arena_str(&s->a, *text[i]);
    vec_push(&s->sighting, c);
}

/* Into the sweep. */
static void worker_merge(struct scan_worker *w, struct map *clocks)
{
    struct sweep *s = w->sh->sweep;
    for (size_t i = 0; i < w->sighting.n; i++)
        keep_sighting(s, &w->sighting.p[i]);
    s->stock += w->stock;
    s->beyond += w->beyond;
    s->bytes += w->taken_bytes;
    for (size_t i = 0; w->cover && i < s->asset_n; i++) {
        coverage_add(&s->asset[i].coverage, &w->cover[i]);
        scan_merge_map(&s->asset[i].hosts, &w->hosts[i]);
        scan_merge_map(&clocks[i], &w->clocks[i]);
        s->asset[i].newest = MAX(s->asset[i].newest, w->newest[i]);
    }
}

static void worker_release(struct scan_worker *w)
{
    for (size_t i = 0; w->cover && i < w->sh->sweep->asset_n; i++) {
        coverage_release(&w->cover[i]);
        map_release(&w->hosts[i]);
        map_release(&w->clocks[i]);
    }
    free(w->cover);
    free(w->hosts);
    free(w->clocks);
    free(w->newest);
    free(w->fresh.cover); /* emptied after each file */
    free(w->fresh.hosts);
    free(w->fresh.clocks);
    free(w->fresh.newest);
    free(w->block);
    pack_yara_host_free(w->yara);
    scan_scratch_free(w->scratch);
    scan_names_found_release(&w->names);
    scan_hash_release(&w->hash);
    vec_release(&w->sighting);
    buf_release(&w->normal);
    arena_release(&w->a);
    arena_release(&w->scratch_a);
}

/* ---- the walk, in a thread of its own ---- */

struct walking {
    struct scan_shared *sh;
    uint32_t asset;
    struct stat own;
    bool have_own;
    int rc;
    struct err err;
    size_t opened;
};

static bool on_entry(void *ctx, const struct scan_entry *e)
{
    struct walking *k = ctx;
    struct coverage *c = &k->sh->cover[k->asset];
    bool own = e->directory && k->have_own && e->st->st_dev == k->own.st_dev && e->st->st_ino == k->own.st_ino;
    if (own || (!e->directory && scan_journal_is(k->sh->journal, e->st)) || (e->directory && evidence_is_folder(e->path))) {
        coverage_skip(c, str_of(e->path), SCAN_SKIP_OWN, 0);
        return false;
    }
    struct scan_job j = {.fd = e->fd, .directory = e->directory, .atime = e->atime, .root_n = e->root_n, .asset = k->asset, .st = *e->st};
    c->directories += e->directory;
    c->atime += e->atime;
    j.path = mem_dup(e->path, strlen(e->path));
    if (!e->directory)
        atomic_fetch_add_explicit(&k->sh->queued, (unsigned long long)e->st->st_size, memory_order_relaxed);
    put(k->sh, &j);
    return true;
}

static void on_skip(void *ctx, const char *path, enum scan_skip why, int error)
{
    struct walking *k = ctx;
    coverage_skip(&k->sh->cover[k->asset], str_of(path), why, error);
}

static bool on_stop(void *ctx)
{
    return scan_stopped(((struct walking *)ctx)->sh);
}

static void *walk(void *p)
{
    struct walking *k = p;
    struct scan_shared *sh = k->sh;
    const struct scan_walk w = {k, on_entry, on_skip, on_stop};
    for (k->asset = 0; k->asset < sh->sweep->asset_n; k->asset++) {
        struct err e = {0};
        int rc = scan_walk_run(&w, sh->o->root[k->asset].path, &e);
        k->opened += rc == 0;
        if (rc < 0 && k->rc == 0) {
            k->rc = rc;
            k->err = e;
        }
        if (rc < 0)
            coverage_skip(&sh->cover[k->asset], str_of(sh->o->root[k->asset].path), SCAN_SKIP_UNREADABLE, errno);
    }
    pthread_mutex_lock(&sh->lock);
    sh->closed = true;
    pthread_cond_broadcast(&sh->work);
    pthread_mutex_unlock(&sh->lock);
    return NULL;
}

/* ---- starting and ending ---- */

static void report_progress(struct scan_shared *sh)
{
    char at[sizeof(sh->at)];
    if (!sh->o->progress)
        return;
    memcpy(at, sh->at, sizeof(at)); /* the caller holds the lock */
    struct sweep_progress p = {.files = atomic_load(&sh->files),
                               .bytes = atomic_load(&sh->bytes),
                               .hits = atomic_load(&sh->hits),
                               .queued_bytes = atomic_load(&sh->queued),
                               .seconds_ms = (clock_mono_ns() - sh->began) / 1000000,
                               .path = at,
                               .walking = !sh->closed};
    pthread_mutex_unlock(&sh->lock);
    sh->o->progress(sh->o->ctx, &p);
    pthread_mutex_lock(&sh->lock);
}

static void wait_for_workers(struct scan_shared *sh)
{
    pthread_mutex_lock(&sh->lock);
    while (sh->running) {
        struct timespec t;
        clock_gettime(CLOCK_REALTIME, &t);
        t.tv_nsec += PROGRESS_MS * 1000000L;
        t.tv_sec += t.tv_nsec / 1000000000L;
        t.tv_nsec %= 1000000000L;
        pthread_cond_timedwait(&sh->idle, &sh->lock, &t);
        report_progress(sh);
    }
    pthread_mutex_unlock(&sh->lock);
}

/* Others on this machine come first (ioprio_set(2): class 3 is idle). */
static void idle_io(void)
{
    (void)syscall(SYS_ioprio_set, 1, 0, 3 << 13);
}

static unsigned thread_count(const struct sweep_options *o)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned n = o->threads ? o->threads : cores > 0 ? (unsigned)cores : 1;
    return MIN(n, (unsigned)MAX_THREADS);
}

static int compile(struct scan_shared *sh, struct err *e)
{
    const struct pack_pattern *p;
    unsigned plain = sh->o->plain ? SCAN_MATCH_PLAIN : 0;
    int rc = scan_names_new(&sh->path, sh->eval, plain, e);
    size_t n = pack_eval_patterns(sh->eval, PACK_PLACE_FILE, &p);
    if (rc == 0)
        rc = scan_match_new(&sh->file, p, n, SCAN_MATCH_ONCE | SCAN_MATCH_STREAM | plain, e);
    sh->hash_kinds = pack_eval_hash_kinds(sh->eval);
    for (size_t i = 0; i < sh->o->pack_n; i++)
        sh->yara |= pack_yara_has(sh->o->pack[i]);
    if (rc == 0 && sh->yara) /* before there are threads */
        rc = pack_yara_pool_new(&sh->yara_pool, sh->o->pack, sh->o->pack_n, e);
    return rc;
}

static void start(struct scan_shared *sh, struct scan_worker *w, unsigned n, struct walking *k, pthread_t *walker)
{
    sh->running = n;
    if (sh->o->own && stat(sh->o->own, &k->own) == 0)
        k->have_own = true;
    if (pthread_create(walker, NULL, walk, k) != 0)
        abort();
    for (unsigned i = 0; i < n; i++)
        if (pthread_create(&w[i].thread, NULL, work, &w[i]) != 0)
            abort();
}

static int scan_all(struct scan_shared *sh, struct map *clocks, struct err *e)
{
    unsigned n = thread_count(sh->o);
    struct scan_worker *w = mem_zalloc(n * sizeof(*w));
    struct walking k = {.sh = sh};
    pthread_t walker;
    int rc = 0;
    unsigned ready = 0;
    for (; rc == 0 && ready < n; ready++)
        rc = worker_init(&w[ready], sh, e);
    if (rc == 0) {
        start(sh, w, n, &k, &walker);
        wait_for_workers(sh);
        pthread_join(walker, NULL);
        for (unsigned i = 0; i < n; i++) {
            pthread_join(w[i].thread, NULL);
            worker_merge(&w[i], clocks);
        }
        if (k.opened == 0) {
            if (e)
                *e = k.err;
            rc = k.rc;
        }
    }
    for (unsigned i = 0; i < ready; i++)
        worker_release(&w[i]);
    free(w);
    return rc;
}

static void assets(struct sweep *s)
{
    const struct sweep_options *o = s->options;
    s->asset_n = o->root_n;
    s->asset = arena_array(&s->a, struct sweep_asset, o->root_n + 1);
    for (size_t i = 0; i < o->root_n; i++) {
        s->asset[i].name = scan_clean(&s->a, str_of(o->root[i].path), 4096);
        s->asset[i].drive = o->root[i].drive;
    }
}

int sweep_run(struct sweep *s, const struct sweep_options *o, when_t now, struct err *e)
{
    struct scan_shared sh = {.o = o, .sweep = s, .began = clock_mono_ns()};
    *s = (struct sweep){.options = o, .at = now, .window.from = o->since};
    assets(s);
    struct map *clocks = mem_zalloc((o->root_n + 1) * sizeof(*clocks));
    struct pack_eval *eval = pack_eval_new(o->pack, o->pack_n);
    sh.eval = eval;
    sh.must = scan_must_new(eval);
    sh.cover = mem_zalloc((o->root_n + 1) * sizeof(*sh.cover));
    pthread_mutex_init(&sh.lock, NULL);
    pthread_mutex_init(&sh.text_lock, NULL);
    pthread_cond_init(&sh.room, NULL);
    pthread_cond_init(&sh.work, NULL);
    pthread_cond_init(&sh.idle, NULL);
    if (o->idle)
        idle_io();
    sh.layout = scan_layout_new(s, on_stop_asked, &sh);
    /* Stopped while places were looked for: there is nothing yet that could be gone on with. */
    int rc = o->resume && !scan_stopped(&sh) ? scan_journal_open(&sh.journal, o->resume, s, e) : 0;
    if (rc == 0)
        rc = compile(&sh, e);
    if (rc == 0)
        rc = scan_all(&sh, clocks, e);
    s->stopped = s->window.stopped = scan_stopped(&sh);
    for (size_t i = 0; i < s->asset_n; i++) {
        coverage_add(&s->asset[i].coverage, &sh.cover[i]);
        coverage_release(&sh.cover[i]);
    }
    s->files = atomic_load(&sh.files);
    s->bytes += atomic_load(&sh.bytes);
    s->resumed = scan_journal_taken(sh.journal);
    s->journal_failed = scan_journal_failed(sh.journal);
    if (rc == 0)
        sweep_conclude(s, clocks);
    s->ns = clock_mono_ns() - sh.began;
    for (size_t i = 0; i < s->asset_n; i++)
        map_release(&clocks[i]);
    free(clocks);
    free(sh.cover);
    scan_names_free(sh.path);
    scan_match_free(sh.file);
    scan_text_release(&sh);
    scan_must_free(sh.must);
    scan_layout_free(sh.layout);
    scan_journal_free(sh.journal);
    pack_yara_pool_free(sh.yara_pool);
    scan_match_free(sh.text);
    pack_eval_free(eval);
    pthread_mutex_destroy(&sh.lock);
    pthread_mutex_destroy(&sh.text_lock);
    pthread_cond_destroy(&sh.room);
    pthread_cond_destroy(&sh.work);
    pthread_cond_destroy(&sh.idle);
    return rc;
}

void sweep_free(struct sweep *s)
{
    for (size_t i = 0; i < s->asset_n; i++) {
        coverage_release(&s->asset[i].coverage);
        map_release(&s->asset[i].hosts);
    }
    vec_release(&s->sighting);
    arena_release(&s->a);
    *s = (struct sweep){0};
}

const char *sighting_time_name(const struct sighting *s)
{
    static const char *const zone[] = {"record:none", "record:format", "record:stated", "record:file", "record:assumed"};
    if (s->time_source == SIGHTING_TIME_NONE)
        return "none";
    return s->time_source == SIGHTING_TIME_FILE ? "file:modified" : zone[s->zone];
}

size_t sweep_findings(const struct sweep *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->sighting.n; i++)
        n += !s->sighting.p[i].hint;
    return n;
}
