#include "investigate/scan_in.h"

#include <stdlib.h>

static const char *const client_fields[] = {"ClientIpAddress", "c-ip", "client", "IpAddress", "SourceIp", "SourceAddress", "src"};
static const char *const session_fields[] = {"cs-username", "AuthenticatedUser", "UserAgent", "cs(User-Agent)", "user-agent"};
static const char *const host_fields[] = {"Computer", "Hostname", "ServerHostName", "s-computername", "host"};

static struct str first_field(const struct trace_record *r, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct str v = trace_field(r, names[i]);
        if (v.n && !str_is(v, "-"))
            return v;
    }
    return (struct str){"", 0};
}

/* Letters that change the direction of what follows, or draw nothing. */
static bool invisible(const unsigned char *p, size_t n)
{
    return n == 3 && p[0] == 0xe2 &&
           ((p[1] == 0x80 && ((p[2] >= 0x8b && p[2] <= 0x8f) || (p[2] >= 0xa8 && p[2] <= 0xae))) || (p[1] == 0x81 && p[2] >= 0xa0 && p[2] <= 0xaf));
}

static size_t char_len(struct str s, size_t i)
{
    for (size_t n = 1; n <= 4 && i + n <= s.n; n++)
        if (str_is_utf8(str_sub(s, i, n)))
            return n;
    return 0;
}

struct str scan_clean(struct arena *a, struct str s, size_t max)
{
    struct buf b = BUF_INIT(max + 16);
    for (size_t i = 0; i < s.n && b.n < max;) {
        const unsigned char *p = (const unsigned char *)s.p + i;
        size_t n = char_len(s, i);
        if (n == 0 || invisible(p, n) || (*p < ' ' && *p != '\t' && *p != '\n') || *p == 127) {
            buf_printf(&b, "\\x%02x", *p);
            i++;
            continue;
        }
        if (*p == '\n' || *p == '\t')
            buf_addc(&b, ' ');
        else
            buf_add(&b, p, n);
        i += n;
    }
    struct str out = arena_str(a, str_n(b.p, str_utf8_clip(b.p, MIN(b.n, max))));
    buf_release(&b);
    return out;
}

/* The part of a long record around what was found. */
static struct str around(struct str text, struct str found)
{
    size_t at = found.n ? str_find_i(text, found) : STR_NONE;
    if (text.n <= LIMIT_SWEEP_EXCERPT || at == STR_NONE || at + found.n <= LIMIT_SWEEP_EXCERPT)
        return text;
    return str_sub(text, at - MIN(at, (size_t)LIMIT_SWEEP_EXCERPT / 3), text.n);
}

static void add_field(struct buf *b, struct str name, struct str value)
{
    buf_printf(b, "%s" STR_FMT "=" STR_FMT, b->n ? "; " : "", STR_ARG(name), STR_ARG(str_sub(value, 0, 400)));
}

/* The fields of an event: those first that say what was done. */
static struct str fields_text(struct arena *a, const struct trace_record *r)
{
    struct buf b = BUF_INIT(LIMIT_SWEEP_EXCERPT * 8);
    static const char *const telling[] = {"EventID", "Channel", "CommandLine", "Image", "NewProcessName", "ParentImage", "ParentProcessName", "TargetFilename",
                                          "Threat Name", "Path", "Data", "User", "SubjectUserName"};
    for (size_t k = 0; k < ARRAY_LEN(telling); k++)
        for (size_t i = 0; i < r->field_n; i++)
            if (str_is(r->field[i].name, telling[k]) && r->field[i].value.n)
                add_field(&b, r->field[i].name, r->field[i].value);
    static const char *const dull[] = {"Keywords", "Version", "Opcode", "Task", "Level", "Provider_Guid", "Execution_ProcessID",
                                       "Execution_ThreadID", "EventRecordID", "Correlation_ActivityID", "ProviderGuid", "SourceName", "Hostname", "Computer", "TimeCreated", "@timestamp"};
    for (size_t i = 0; i < r->field_n && b.n < LIMIT_SWEEP_EXCERPT; i++) {
        bool skip = !r->field[i].value.n;
        for (size_t k = 0; k < ARRAY_LEN(dull); k++)
            skip |= str_is(r->field[i].name, dull[k]);
        for (size_t k = 0; k < ARRAY_LEN(telling); k++)
            skip |= str_is(r->field[i].name, telling[k]);
        if (!skip)
            add_field(&b, r->field[i].name, r->field[i].value);
    }
    struct str out = arena_str(a, buf_str(&b));
    buf_release(&b);
    return out;
}

static struct str clean_field(struct arena *a, struct str s)
{
    return s.n ? scan_clean(a, s, 256) : s;
}

static void from_record(struct scan_item *it, struct sighting *s, const struct pack_hit *h, const struct trace_record *r)
{
    struct arena *a = &it->w->a;
    s->number = r->number;
    s->time = r->time;
    s->time_source = r->time == WHEN_NONE ? SIGHTING_TIME_NONE : SIGHTING_TIME_RECORD;
    s->zone = r->zone;
    s->time_text = clean_field(a, r->time_text);
    s->second = r->second;
    bool event = trace_field(r, "Channel").n > 0;
    struct str text = r->text.n && !event ? r->text : fields_text(&it->w->scratch_a, r);
    s->excerpt = scan_clean(a, around(text, h->found), LIMIT_SWEEP_EXCERPT);
    s->client = clean_field(a, first_field(r, client_fields, ARRAY_LEN(client_fields)));
    s->session = clean_field(a, first_field(r, session_fields, ARRAY_LEN(session_fields)));
    s->host = clean_field(a, first_field(r, host_fields, ARRAY_LEN(host_fields)));
    if (h->check->group_by.n) {
        char name[128];
        snprintf(name, sizeof(name), STR_FMT, STR_ARG(h->check->group_by));
        s->group = clean_field(a, trace_field(r, name));
        if (!s->group.n)
            s->group = s->client;
    }
    if (r->damage)
        s->note = arena_str(a, str_of(r->damage));
    else if (r->recovered)
        s->note = str_of(tr("recovered from space the log had given up"));
    else if (r->time_note)
        s->note = arena_str(a, str_of(r->time_note));
}

void scan_item_begin(struct scan_item *it)
{
    it->first = it->w->sighting.n;
    it->count = (struct map){0};
}

void scan_item_end(struct scan_item *it)
{
    map_release(&it->count);
}

/* Two indicators of one check on one record are one sighting. */
static bool already(const struct scan_item *it, const struct pack_hit *h, uint64_t number, bool is_record)
{
    const struct scan_worker *w = it->w;
    for (size_t i = w->sighting.n; i > it->first; i--) {
        const struct sighting *s = &w->sighting.p[i - 1];
        if ((s->kind != NULL) == is_record && s->number != number && is_record)
            return false; /* records come in order */
        if ((s->kind != NULL) == is_record && s->number == number && s->check == h->check && s->indicator->stage == h->indicator->stage &&
            s->indicator->group == h->indicator->group && s->indicator->part == h->indicator->part && s->level >= h->indicator->level)
            return true;
    }
    return false;
}

struct sighting *scan_sight(struct scan_item *it, const struct pack_hit *h, const struct trace_record *rec, const char *kind)
{
    struct scan_worker *w = it->w;
    if (already(it, h, rec ? rec->number : 0, rec != NULL))
        return NULL;
    struct str key = str_n((const char *)&h->check, sizeof(h->check));
    uint64_t *n = map_put(&it->count, key, NULL);
    ++*n;
    atomic_fetch_add_explicit(&w->sh->hits, 1, memory_order_relaxed);
    if (*n > LIMIT_SWEEP_PER_FILE * (h->check->at_least ? 10 : 1) ||
        atomic_fetch_add_explicit(&w->sh->kept, 1, memory_order_relaxed) >= LIMIT_SWEEP_SIGHTINGS) {
        w->beyond++;
        for (size_t i = w->sighting.n; i > it->first; i--)
            if (w->sighting.p[i - 1].check == h->check) {
                w->sighting.p[i - 1].more++;
                break;
            }
        return NULL;
    }
    struct sighting *s = vec_add(&w->sighting);
    *s = (struct sighting){.pack = h->pack,
                           .check = h->check,
                           .indicator = h->indicator,
                           .level = h->indicator->level,
                           .cve = h->indicator->vulnerability.n ? h->indicator->vulnerability : h->check->vulnerability,
                           .asset = it->asset,
                           .path = scan_clean(&w->a, str_of(it->path), 4096),
                           .file = arena_str(&w->a, str_of(it->file)),
                           .kind = kind,
                           .time = it->modified,
                           .time_source = it->modified == WHEN_NONE ? SIGHTING_TIME_NONE : SIGHTING_TIME_FILE,
                           .found = clean_field(&w->a, h->found),
                           .hint = h->indicator->level == LEVEL_HINT || h->stock};
    if (rec)
        from_record(it, s, h, rec);
    else
        s->excerpt = s->found;
    return s;
}
