#include "codec/xlsx_part.h"

#include <archive.h>
#include <archive_entry.h>
#include <expat.h>

struct xlsx_part {
    struct xlsx_package *package;
    const struct xlsx_events *ev;
    void *user;
    struct archive *zip;
    XML_Parser expat;
    struct err *e; /* of the call in progress */
    const char *name;
    int rc; /* of the event that stopped or paused */
    unsigned depth;
    bool last; /* the final piece has been given to expat */
    bool paused;
};

void xlsx_package_init(struct xlsx_package *p, const char *name, struct str bytes)
{
    uint64_t budget = MAX((uint64_t)bytes.n * LIMIT_XLSX_RATIO, LIMIT_XLSX_FREE);
    *p = (struct xlsx_package){bytes, name, MIN(budget, LIMIT_FILE_WHOLE)};
}

static const char *local(const char *name)
{
    const char *cut = strrchr(name, ':');
    return cut ? cut + 1 : name;
}

const char *xlsx_attr(const char **atts, const char *name)
{
    for (; atts[0]; atts += 2)
        if (strcmp(local(atts[0]), name) == 0)
            return atts[1];
    return NULL;
}

static void stop(struct xlsx_part *x, int rc)
{
    x->rc = rc;
    XML_StopParser(x->expat, rc > 0);
}

static void on_start(void *user, const char *name, const char **atts)
{
    struct xlsx_part *x = user;
    if (x->rc < 0)
        return;
    int rc;
    if (++x->depth > LIMIT_XML_DEPTH)
        rc = err_at(x->e, ERR_LIMIT, x->package->name, 0, "%s is nested deeper than %d elements", x->name,
                    LIMIT_XML_DEPTH);
    else
        rc = x->ev->start(x->user, local(name), atts, x->e);
    if (rc < 0)
        stop(x, rc);
}

static void on_end(void *user, const char *name)
{
    struct xlsx_part *x = user;
    if (x->rc < 0)
        return;
    x->depth--;
    int rc = x->ev->end(x->user, local(name), x->e);
    if (rc)
        stop(x, rc);
}

static void on_text(void *user, const char *s, int n)
{
    struct xlsx_part *x = user;
    if (x->rc >= 0)
        x->ev->text(x->user, s, (size_t)n);
}

static void on_doctype(void *user, const char *name, const char *system, const char *public, int internal)
{
    struct xlsx_part *x = user;
    (void)name, (void)system, (void)public, (void)internal;
    stop(x, err_at(x->e, ERR_INPUT, x->package->name, 0, "%s has a DTD, which no spreadsheet writes; refused",
                   x->name));
}

static int damaged(struct xlsx_part *x, struct err *e, const char *why)
{
    return err_at(e, ERR_INPUT, x->package->name, 0, "%s is damaged (%s); save the workbook again", x->name,
                  why ? why : "ZIP");
}

/* Moves to the entry: 1, or 0 when it is not there. */
static int seek(struct xlsx_part *x, struct err *e)
{
    struct archive_entry *entry;
    unsigned long entries = 0;
    for (;;) {
        int rc = archive_read_next_header(x->zip, &entry);
        if (rc == ARCHIVE_EOF)
            return 0;
        if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
            return damaged(x, e, archive_error_string(x->zip));
        if (++entries > LIMIT_ZIP_ENTRIES)
            return err_at(e, ERR_LIMIT, x->package->name, 0, "the workbook has more than %d parts",
                          LIMIT_ZIP_ENTRIES);
        const char *name = archive_entry_pathname(entry);
        if (name && str_ieq(str_of(name), str_of(x->name)))
            return 1;
    }
}

int xlsx_part_open(struct xlsx_part **out, struct xlsx_package *p, const char *part,
                   const struct xlsx_events *ev, void *user, struct err *e)
{
    struct xlsx_part *x = mem_zalloc(sizeof(*x));
    *x = (struct xlsx_part){.package = p, .ev = ev, .user = user, .name = part};
    *out = NULL;
    x->zip = archive_read_new();
    x->expat = XML_ParserCreate(NULL);
    if (!x->zip || !x->expat)
        abort(); /* memory */
    XML_SetUserData(x->expat, x);
    XML_SetElementHandler(x->expat, on_start, on_end);
    XML_SetCharacterDataHandler(x->expat, on_text);
    XML_SetStartDoctypeDeclHandler(x->expat, on_doctype);
    archive_read_support_format_zip_seekable(x->zip);
    int rc = archive_read_open_memory(x->zip, p->bytes.p, p->bytes.n) == ARCHIVE_OK
                 ? seek(x, e)
                 : damaged(x, e, archive_error_string(x->zip));
    if (rc > 0)
        *out = x;
    else
        xlsx_part_free(x);
    return rc;
}

/* The next unpacked block; *n is 0 at the end. */
static int block(struct xlsx_part *x, const void **p, size_t *n, struct err *e)
{
    la_int64_t offset;
    *n = 0;
    do {
        int rc = archive_read_data_block(x->zip, p, n, &offset);
        if (rc == ARCHIVE_EOF) {
            *n = 0;
            return 0;
        }
        if (rc != ARCHIVE_OK)
            return damaged(x, e, archive_error_string(x->zip));
    } while (*n == 0);
    if (*n > x->package->budget)
        return err_at(e, ERR_LIMIT, x->package->name, 0,
                      "the workbook unpacks to far more than its size, as an attack would; refused");
    x->package->budget -= *n;
    return 0;
}

int xlsx_part_run(struct xlsx_part *x, struct err *e)
{
    x->e = e;
    for (;;) {
        enum XML_Status s;
        x->rc = 0;
        if (x->paused) {
            x->paused = false;
            s = XML_ResumeParser(x->expat);
        } else if (x->last) {
            return 0;
        } else {
            const void *p = "";
            size_t n;
            int rc = block(x, &p, &n, e);
            if (rc)
                return rc;
            if (n > INT32_MAX)
                return damaged(x, e, NULL);
            x->last = n == 0;
            s = XML_Parse(x->expat, n ? p : "", (int)n, n == 0);
        }
        if (s == XML_STATUS_SUSPENDED) {
            x->paused = true;
            return 1;
        }
        if (s != XML_STATUS_OK)
            return x->rc < 0 ? x->rc : damaged(x, e, XML_ErrorString(XML_GetErrorCode(x->expat)));
    }
}

void xlsx_part_free(struct xlsx_part *x)
{
    if (!x)
        return;
    archive_read_free(x->zip);
    XML_ParserFree(x->expat);
    free(x);
}

int xlsx_part_all(struct xlsx_package *p, const char *part, const struct xlsx_events *ev, void *user,
                  struct err *e)
{
    struct xlsx_part *x;
    int rc = xlsx_part_open(&x, p, part, ev, user, e);
    if (rc <= 0)
        return rc;
    rc = xlsx_part_run(x, e);
    xlsx_part_free(x);
    return rc < 0 ? rc : 1;
}
