/* What the three VEX forms share: identity, revisions, and the words behind a status. */
#include "report/vex_parts.h"

#include <stdio.h>

void vex_id(const struct report_case *c, struct buf *out)
{
    buf_printf(out, "toban-C-%lld", (long long)c->head.id);
}

size_t vex_revisions(const struct report_case *c, struct arena *a, struct vex_revision **out)
{
    struct vex_revision *r = arena_array(a, struct vex_revision, c->step_n + 1);
    size_t n = 0;
    for (size_t i = 0; i < c->step_n; i++) {
        /* A clock that was set back must not make a later revision the earlier one. */
        if (n && c->step[i].at <= r[n - 1].at) {
            r[n - 1].n++;
            continue;
        }
        r[n++] = (struct vex_revision){c->step[i].at, i, 1};
    }
    if (n == 0)
        r[n++] = (struct vex_revision){c->head.opened, 0, 0};
    *out = r;
    return n;
}

void vex_revision_text(const struct report_case *c, const struct vex_revision *r, struct buf *out)
{
    size_t count[STEP_KINDS] = {0}, said = 0;
    for (size_t i = r->first; i < r->first + r->n; i++)
        count[c->step[i].kind]++;
    for (size_t k = 0; k < STEP_KINDS; k++) {
        if (!count[k])
            continue;
        buf_printf(out, "%s%s", said++ ? ", " : "", case_step_name((enum case_step_kind)k));
        if (count[k] > 1)
            buf_printf(out, " %zu", count[k]);
    }
    if (!said)
        buf_adds(out, case_step_name(STEP_OPEN));
}

static void sentence(struct buf *out, struct str s)
{
    if (s.n == 0)
        return;
    if (out->n)
        buf_adds(out, " / ");
    buf_add_str(out, s);
}

static void told(struct buf *out, struct buf *tmp)
{
    sentence(out, buf_str(tmp));
    buf_clear(tmp);
}

void vex_detail(const struct report_case *c, const struct report_machine *m, struct buf *out)
{
    const struct case_asset *a = &m->a;
    struct buf t = BUF_INIT(256 * KIB);
    size_t before = out->n;
    if (a->triaged && a->triaged->why.n)
        buf_printf(&t, STR_FMT " (" STR_FMT ")", STR_ARG(a->triaged->why), STR_ARG(a->triaged->who));
    else if (m->look)
        buf_add_str(&t, m->look->missing.n ? m->look->missing : m->look->why);
    told(out, &t);
    if (a->check) {
        buf_printf(&t, tr("traces of a break-in: %s%s%.*s"), report_verdict_title(a->verdict), a->check->detail.n ? ": " : "", STR_ARG(a->check->detail));
        told(out, &t);
    }
    report_waiver_text(m, c->site.zone_s, &t);
    told(out, &t);
    if (m->mitigated) {
        char until[CLOCK_ISO_SIZE];
        clock_minute(a->mitigate->until, c->site.zone_s, until);
        buf_printf(&t, tr("mitigated, not fixed, until %s"), until);
        buf_printf(&t, ": " STR_FMT, STR_ARG(a->mitigate->value));
        told(out, &t);
    }
    sentence(out, m->unverified);
    if (a->verify)
        sentence(out, a->verify->why);
    if (out->n == before)
        buf_adds(out, tr("no statement is made yet"));
    buf_release(&t);
}

struct str vex_fix(const struct report_machine *m)
{
    if (m->plan && m->plan->fixed.n)
        return m->plan->fixed;
    return m->look ? m->look->fixed : (struct str){0};
}

void vex_action(const struct report_case *c, const struct report_machine *m, struct buf *out)
{
    struct str fix = vex_fix(m);
    char day[CLOCK_ISO_SIZE];
    if (m->a.patch)
        buf_printf(out, tr("patched to %.*s; a newer inventory has to prove it"), STR_ARG(m->a.patch->value));
    else if (fix.n)
        buf_printf(out, tr("update to %.*s"), STR_ARG(fix));
    else
        buf_adds(out, tr("no fix is known to us yet"));
    if (m->open && m->look && m->look->deadline != WHEN_NONE) {
        clock_date(m->look->deadline, c->site.zone_s, day);
        buf_printf(out, tr("; deadline %s"), day);
    }
    if (m->next.n)
        buf_printf(out, "; " STR_FMT, STR_ARG(m->next));
}

bool vex_is_cve(struct str id)
{
    if (id.n < 13 || !str_starts(id, "CVE-") || id.p[8] != '-')
        return false;
    for (size_t i = 4; i < id.n; i++)
        if (i != 8 && (id.p[i] < '0' || id.p[i] > '9'))
            return false;
    return true;
}

bool vex_is_url(struct str url)
{
    size_t at = str_starts(url, "https://") ? 8 : str_starts(url, "http://") ? 7 : 0, hashes = 0;
    if (at == 0 || url.n <= at || !strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", url.p[at]))
        return false;
    for (size_t i = at; i < url.n; i++) {
        char ch = url.p[i];
        bool word = (ch >= '0' && ch <= '9') || ((ch | 32) >= 'a' && (ch | 32) <= 'z');
        hashes += ch == '#';
        if (ch == '%' && !(i + 2 < url.n && num_hex_digit(url.p[i + 1]) >= 0 && num_hex_digit(url.p[i + 2]) >= 0))
            return false;
        if (!word && (!ch || !strchr("-._~:/?#@!$&'()*+,;=%", ch)))
            return false;
    }
    return hashes <= 1;
}

void vex_space(const struct report_case *c, struct buf *out)
{
    struct str s = c->site.space;
    while (s.n && s.p[s.n - 1] == '/')
        s.n--;
    buf_add_str(out, s);
}

void vex_uuid(const struct report_case *c, char out[37])
{
    struct buf b = BUF_INIT(64 * KIB);
    uint64_t h[2];
    unsigned char x[16];
    char hex[33];
    vex_space(c, &b);
    buf_printf(&b, "/toban/C-%lld", (long long)c->head.id);
    h[0] = str_hash(buf_str(&b));
    buf_printf(&b, " %lld", (long long)c->head.opened);
    h[1] = str_hash(buf_str(&b));
    memcpy(x, h, sizeof(x));
    x[6] = (unsigned char)((x[6] & 0x0f) | 0x80); /* version 8: a meaning of our own */
    x[8] = (unsigned char)((x[8] & 0x3f) | 0x80);
    num_tohex(x, 16, hex);
    snprintf(out, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
    buf_release(&b);
}

bool vex_is_purl(struct str s)
{
    size_t slash = str_chr(s, '/');
    if (!str_starts(s, "pkg:") || slash == STR_NONE || slash < 6 || slash + 1 >= s.n)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] > '~' || strchr("\"<>\\^`{|}", s.p[i]))
            return false;
    return true;
}

void vex_asset_id(const struct report_machine *m, struct buf *out)
{
    if (m->asset)
        buf_printf(out, "A-%lld", (long long)m->asset);
    else
        buf_printf(out, STR_FMT "/" STR_FMT, STR_ARG(m->a.ledger), STR_ARG(m->a.key));
}

void vex_software_name(const struct report_machine *m, struct buf *out)
{
    buf_add_str(out, m->product);
    if (m->version.n)
        buf_printf(out, " " STR_FMT, STR_ARG(m->version));
}

/* Machines about which the very same is said. */
size_t vex_groups(const struct report_case *c, struct arena *a, struct vex_group **out)
{
    struct map index = {0};
    struct buf key = BUF_INIT(16 * MIB), detail = BUF_INIT(8 * MIB), action = BUF_INIT(8 * MIB);
    struct vex_group *g = arena_array(a, struct vex_group, c->machine_n + 1);
    size_t *of = arena_array(a, size_t, c->machine_n + 1), n = 0;
    for (size_t i = 0; i < c->machine_n; i++) {
        const struct report_machine *m = &c->machine[i];
        bool made;
        buf_clear(&key);
        buf_clear(&detail);
        buf_clear(&action);
        vex_detail(c, m, &detail);
        if (m->vex == VEX_AFFECTED)
            vex_action(c, m, &action);
        buf_printf(&key, "%d %d %d %d ", m->vex, m->a.reason, m->mitigated, vex_fix(m).n != 0);
        buf_add_str(&key, buf_str(&detail));
        buf_addc(&key, 0);
        buf_add_str(&key, buf_str(&action));
        uint64_t *at = map_put(&index, buf_str(&key), &made);
        if (made) {
            *at = n;
            g[n++] = (struct vex_group){.m = m, .detail = arena_str(a, buf_str(&detail)), .action = arena_str(a, buf_str(&action))};
        }
        of[i] = *at;
        g[*at].n++;
    }
    for (size_t i = 0; i < n; i++) {
        g[i].machine = arena_array(a, const struct report_machine *, g[i].n + 1);
        g[i].n = 0;
    }
    for (size_t i = 0; i < c->machine_n; i++)
        g[of[i]].machine[g[of[i]].n++] = &c->machine[i];
    map_release(&index);
    buf_release(&key);
    buf_release(&detail);
    buf_release(&action);
    *out = g;
    return n;
}
