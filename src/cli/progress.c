#include "cli/progress.h"

#define SECOND_NS 1000000000ULL

void progress_init(struct progress *p, const struct cli *c)
{
    *p = (struct progress){.c = c, .began = clock_mono_ns()};
}

static void amount(char *out, size_t n, uint64_t v, bool bytes)
{
    if (!bytes)
        snprintf(out, n, "%llu", (unsigned long long)v);
    else if (v >= MIB)
        snprintf(out, n, "%.1f MB", (double)v / (double)MIB);
    else
        snprintf(out, n, "%llu KB", (unsigned long long)(v / KIB));
}

void progress_show(struct progress *p, const char *label, uint64_t done, uint64_t total, bool bytes)
{
    uint64_t now = clock_mono_ns();
    if (p->c->quiet || !p->c->tty_err || now - p->began < SECOND_NS || now - p->last < SECOND_NS / 5)
        return;
    p->last = now;
    p->shown = true;
    char a[32], b[32];
    amount(a, sizeof(a), done, bytes);
    amount(b, sizeof(b), total, bytes);
    fprintf(stderr, "\r\033[K%s  %s", label ? label : "", a);
    if (total && done && done <= total) {
        uint64_t left =
            (uint64_t)((double)(now - p->began) / (double)done * (double)(total - done)) / SECOND_NS;
        fprintf(stderr, " / %s  %u%%  ", b, (unsigned)(done * 100 / total));
        fprintf(stderr, tr("%llu:%02llu left"), (unsigned long long)(left / 60),
                (unsigned long long)(left % 60));
    }
    fflush(stderr);
}

void progress_end(struct progress *p)
{
    if (p->shown)
        fprintf(stderr, "\r\033[K");
    p->shown = false;
}
