#include "investigate/packs/pack_eval_in.h"
#include "investigate/packs/pack_path.h"
#include "investigate/traces/trace.h"

/* ---- a record as a subject ---- */

/* Letter case and blanks in names vary: BackEndStatus and BackendStatus, "Threat Name" and ThreatName. */
static bool same_name(struct str a, struct str b)
{
    size_t i = 0, k = 0;
    while (i < a.n || k < b.n) {
        if (i < a.n && a.p[i] == ' ') {
            i++;
            continue;
        }
        if (k < b.n && b.p[k] == ' ') {
            k++;
            continue;
        }
        if (i >= a.n || k >= b.n)
            return false;
        char c = a.p[i++], d = b.p[k++];
        if (c != d && ((c ^ d) != 32 || (c | 32) < 'a' || (c | 32) > 'z'))
            return false;
    }
    return true;
}

static int collect(const struct trace_record *t, struct str name, bool exact, struct str *out, int max)
{
    int n = 0;
    for (size_t i = 0; i < t->field_n; i++)
        if (exact ? str_eq(t->field[i].name, name) : same_name(t->field[i].name, name)) {
            if (n < max)
                out[n] = t->field[i].value;
            n++;
        }
    return n;
}

static int field(const void *ctx, struct str name, struct str *out, int max)
{
    const struct pack_record *r = ctx;
    if (name.n > 2 && name.p[0] == '%')
        return r->roots ? r->roots(r->roots_ctx, name, out, max) : -1;
    if (str_is(name, "log")) {
        out[0] = str_of(r->kind);
        return r->kind ? 1 : 0;
    }
    if (str_is(name, "log.path")) {
        out[0] = r->path;
        return r->path.n ? 1 : -1;
    }
    if (str_starts(name, "file."))
        return -1;
    int n = collect(r->record, name, true, out, max);
    if (!n)
        n = collect(r->record, name, false, out, max);
    if (!n && str_is(name, "Provider_Name"))
        n = collect(r->record, STR_LIT("Provider"), true, out, max);
    return n;
}

/* A record without fields is its text. */
static int any(const void *ctx, struct str *out, int max)
{
    const struct trace_record *t = ((const struct pack_record *)ctx)->record;
    if (!t->field_n && t->text.n) {
        out[0] = t->text;
        return 1;
    }
    for (size_t i = 0; i < t->field_n && (int)i < max; i++)
        out[i] = t->field[i].value;
    return (int)MIN(t->field_n, (size_t)max);
}

struct pack_subject pack_eval_subject(const struct pack_record *r)
{
    return (struct pack_subject){
        .ctx = r, .field = field, .any = any, .text = r->record->text, .scratch = r->scratch};
}

/* ---- values in records ---- */

static const char *const
    command_fields[] = {"CommandLine",
                        "ProcessCommandLine",
                        "ParentCommandLine",
                        "ScriptBlockText",
                        "HostApplication",
                        "Payload",
                        NULL},
    *const process_fields[] = {"Image",       "NewProcessName", "ParentImage", "ParentProcessName",
                               "SourceImage", "TargetImage",    NULL},
    *const detection_fields[] = {"Threat Name", "ThreatName", "Signature", "threat", NULL},
    *const registry_fields[] = {"TargetObject", "ObjectName", NULL},
    *const agent_fields[] = {"cs(User-Agent)", "UserAgent", "user-agent", "user_agent", NULL},
    *const url_fields[] = {"cs-uri-stem",  "cs(Referer)",         "referer",     "UrlStem",         "url",
                           "QueryResults", "DestinationHostname", "CommandLine", "ScriptBlockText", NULL};

static const char *const *fields_of(enum indicator_kind k)
{
    switch (k) {
    case INDICATOR_COMMAND:
        return command_fields;
    case INDICATOR_PROCESS:
        return process_fields;
    case INDICATOR_DETECTION:
        return detection_fields;
    case INDICATOR_REGISTRY:
        return registry_fields;
    case INDICATOR_USER_AGENT:
        return agent_fields;
    case INDICATOR_URL:
        return url_fields;
    default:
        return NULL;
    }
}

/* IIS writes blanks of a user agent as '+'. */
static bool agent_contains(struct str v, struct str w)
{
    for (size_t i = 0; i + w.n <= v.n; i++) {
        size_t k = 0;
        while (k < w.n) {
            char a = v.p[i + k] == '+' ? ' ' : v.p[i + k], b = w.p[k] == '+' ? ' ' : w.p[k];
            if (a != b)
                break;
            k++;
        }
        if (k == w.n)
            return true;
    }
    return false;
}

static struct str name_part(struct str path)
{
    size_t i = path.n;
    while (i && path.p[i - 1] != '\\' && path.p[i - 1] != '/')
        i--;
    return str_sub(path, i, path.n);
}

static bool value_fits(const struct indicator *i, struct str v)
{
    if (i->form == PATTERN_REGEX)
        return pack_regex_match(i->rx, i->kind == INDICATOR_PROCESS ? name_part(v) : v) == TRI_YES;
    if (i->form == PATTERN_GLOB)
        return pack_regex_glob(i->value, i->kind == INDICATOR_PROCESS ? name_part(v) : v, false);
    switch (i->kind) {
    case INDICATOR_PROCESS:
        return str_ieq(name_part(v), name_part(i->value));
    case INDICATOR_DETECTION:
        return str_ieq(v, i->value);
    case INDICATOR_USER_AGENT:
        return agent_contains(v, i->value);
    default:
        return str_find_i(v, i->value) != STR_NONE;
    }
}

bool pack_eval_value_fits(const struct indicator *i, const struct pack_subject *s, struct str *found)
{
    const char *const *names = fields_of(i->kind);
    struct str v[16];
    for (; names && *names; names++) {
        int n = s->field(s->ctx, str_of(*names), v, ARRAY_LEN(v));
        for (int k = 0; k < MIN(n, (int)ARRAY_LEN(v)); k++)
            if (v[k].n && value_fits(i, v[k])) {
                *found = v[k];
                return true;
            }
    }
    return false;
}

/* ---- records ---- */

static bool channel_fits(const struct indicator *i, const struct pack_subject *s)
{
    struct str v[2];
    if (!i->channel_n)
        return true;
    int n = s->field(s->ctx, STR_LIT("Channel"), &v[0], 1);
    int m = s->field(s->ctx, STR_LIT("Provider_Name"), &v[1], 1);
    for (uint32_t k = 0; k < i->channel_n; k++)
        if ((n > 0 && str_ieq(v[0], i->channel[k])) || (m > 0 && str_ieq(v[1], i->channel[k])))
            return true;
    return false;
}

static bool event_fits(const struct indicator *i, const struct pack_subject *s)
{
    struct str v;
    uint64_t id;
    if (!i->event_n)
        return true;
    if (s->field(s->ctx, STR_LIT("EventID"), &v, 1) <= 0 || !num_u64(v, &id))
        return false;
    for (uint32_t k = 0; k < i->event_n; k++)
        if (i->event[k] == id)
            return true;
    return false;
}

static enum tri one(const struct indicator *i, const struct pack_subject *s)
{
    struct str found;
    if (i->kind == INDICATOR_RECORD)
        return i->cond && channel_fits(i, s) && event_fits(i, s) ? pack_cond_eval(i->cond, s) : TRI_NO;
    return pack_eval_value_fits(i, s, &found) ? TRI_YES : TRI_NO;
}

enum tri pack_eval_one(const struct indicator *i, const struct pack_record *r)
{
    struct pack_subject s = pack_eval_subject(r);
    return one(i, &s);
}

enum tri pack_eval_check_record(const struct pack_eval *v, uint32_t id, const struct pack_record *r)
{
    return pack_eval_one(v->item.p[id].indicator, r);
}

static int each(const struct pack_eval *v, const pack_eval_ids *ids, const struct pack_subject *s,
                const struct pack_sink *sink, size_t *unknown)
{
    int rc = 0;
    for (size_t k = 0; rc == 0 && k < ids->n; k++) {
        const struct pack_hit *h = &v->item.p[ids->p[k]];
        enum tri t = one(h->indicator, s);
        if (t == TRI_YES)
            rc = sink->hit(sink->ctx, h);
        else if (t == TRI_UNKNOWN && unknown)
            ++*unknown;
    }
    return rc;
}

int pack_eval_registry(const struct pack_eval *v, const struct pack_record *r, const struct pack_sink *sink)
{
    struct pack_subject s = pack_eval_subject(r);
    return each(v, &v->registry, &s, sink, NULL);
}

size_t pack_eval_registries(const struct pack_eval *v)
{
    return v->registry.n;
}

static int look_up(const struct pack_eval *v, struct str key, struct str found, const struct pack_sink *sink)
{
    const uint64_t *first = map_get(&v->exact, key);
    int rc = 0;
    for (uint32_t id = first ? (uint32_t)*first : UINT32_MAX; rc == 0 && id != UINT32_MAX;
         id = v->next.p[id]) {
        struct pack_hit h = v->item.p[id];
        h.found = found;
        rc = sink->hit(sink->ctx, &h);
    }
    return rc;
}

/* Names with all their parents: a.b.example.com is under example.com. */
static int names(const struct pack_eval *v, struct str value, const struct pack_sink *sink)
{
    char low[254];
    size_t scheme = str_find(value, STR_LIT("://"));
    struct str host = scheme == STR_NONE ? value : str_sub(value, scheme + 3, value.n);
    size_t stop = 0;
    while (stop < host.n && stop < sizeof(low) && !strchr("/:?#, ", host.p[stop]))
        stop++;
    if (stop < 4 || stop >= sizeof(low) ||
        (host.p[stop - 1] >= '0' && host.p[stop - 1] <= '9')) /* an address is no name */
        return 0;
    for (size_t i = 0; i < stop; i++)
        low[i] = (char)(host.p[i] >= 'A' && host.p[i] <= 'Z' ? host.p[i] + 32 : host.p[i]);
    struct str key = str_n(low, stop);
    int rc = look_up(v, key, value, sink);
    for (size_t dot = str_chr(key, '.'); rc == 0 && dot != STR_NONE; dot = str_chr(key, '.')) {
        key = str_sub(key, dot + 1, key.n);
        if (str_chr(key, '.') == STR_NONE)
            break;
        rc = look_up(v, key, value, sink);
    }
    return rc;
}

static int addresses(const struct pack_eval *v, struct str value, const struct pack_sink *sink)
{
    unsigned char addr[16];
    unsigned bits;
    int rc = 0;
    if (value.n < 3 || value.n > 64)
        return 0;
    size_t colon = str_chr(value, ':');
    if (colon != STR_NONE && str_chr(value, '.') != STR_NONE && value.p[0] != '[')
        value = str_sub(value, 0, colon);
    if (!pack_value_ip(value, addr, &bits))
        return 0;
    if (v->exact.n)
        rc = look_up(v, value, value, sink);
    for (size_t k = 0; rc == 0 && k < v->nets.n; k++)
        if (pack_value_within(value, v->item.p[v->nets.p[k]].indicator->value)) {
            struct pack_hit h = v->item.p[v->nets.p[k]];
            h.found = value;
            rc = sink->hit(sink->ctx, &h);
        }
    return rc;
}

static bool token_char(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '.' || c == ':' || c == '-' || c == '_';
}

/* The addresses and names inside a longer text: the line of a plain log, a command line. */
static int tokens(const struct pack_eval *v, struct str text, const struct pack_sink *sink)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < text.n;) {
        size_t from = i;
        while (i < text.n && token_char(text.p[i]))
            i++;
        struct str t = str_sub(text, from, i - from);
        i += i == from;
        while (t.n && (t.p[t.n - 1] == '.' || t.p[t.n - 1] == ':')) /* of the sentence */
            t.n--;
        if (t.n < 3 || t.n == text.n)
            continue;
        bool colon = str_chr(t, ':') != STR_NONE, dot = str_chr(t, '.') != STR_NONE;
        if (colon || (dot && t.p[0] >= '0' && t.p[0] <= '9'))
            rc = addresses(v, t, sink);
        if (rc == 0 && v->exact.n && dot)
            rc = names(v, t, sink);
    }
    return rc;
}

static int exact_values(const struct pack_eval *v, const struct trace_record *t, const struct pack_sink *sink)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < t->field_n && (v->exact.n || v->nets.n); i++) {
        struct str value = t->field[i].value;
        if (!value.n || value.n > 64 * KIB)
            continue;
        if (value.n > 40 || str_chr(value, ' ') != STR_NONE)
            rc = tokens(v, value, sink);
        if (rc || value.n > 4096)
            continue;
        bool digit = (value.p[0] >= '0' && value.p[0] <= '9') || str_chr(value, ':') != STR_NONE;
        if (digit)
            rc = addresses(v, value, sink);
        if (rc == 0 && v->exact.n && str_chr(value, '.') != STR_NONE)
            rc = names(v, value, sink);
    }
    return rc;
}

int pack_eval_record(const struct pack_eval *v, const struct pack_record *r, const struct pack_sink *sink,
                     size_t *unknown)
{
    struct pack_subject s = pack_eval_subject(r);
    struct str id;
    uint64_t number;
    int rc = each(v, &v->any_event, &s, sink, unknown);
    if (rc == 0 && v->bucket.n && field(r, STR_LIT("EventID"), &id, 1) > 0 && num_u64(id, &number) &&
        number <= UINT32_MAX) {
        uint32_t event = (uint32_t)number;
        const uint64_t *at = map_get(&v->event, str_n((const char *)&event, sizeof(event)));
        if (at)
            rc = each(v, &v->bucket.p[*at], &s, sink, unknown);
    }
    if (rc == 0)
        rc = each(v, &v->values, &s, sink, unknown);
    return rc ? rc : exact_values(v, r->record, sink);
}
