/* app.h — the only way in: opens what a use case needs, and the use cases themselves.
 *
 * One struct app a process and thread. cli and (later) api call use cases;
 * use cases call loop. Nothing here prints.
 */
#ifndef TOBAN_APP_APP_H
#define TOBAN_APP_APP_H

#include "app/config.h"
#include "app/rules.h"
#include "base/base.h"
#include "loop/world.h"

struct app;

int app_open(struct app **out, const struct config *c, struct err *e) MUST_CHECK;
void app_close(struct app *app);
/* Removes a knowledge that cannot be opened, so that app_open succeeds and app_rebuild can fill it. */
int app_forget_knowledge(const struct config *c, struct err *e) MUST_CHECK;
const struct world *app_world(struct app *app);
const struct config *app_config(const struct app *app);
/* Loads what judging text needs, without a store: for `assess` of a file. */
int app_terms(const struct config *c, struct terms **out, char hash[17], struct err *e) MUST_CHECK;
/* Rules of names and build tables alone, for batch forms. Free with app_names_free. */
struct app_names {
    struct name_sources sources;
    struct name_rules *rules;
    struct name_dictionary *dictionary; /* NULL when none was built */
    struct build_table **table;
    size_t table_n;
};
/* Builds the dictionary of product names from lists (name_dictionary.h), or from the knowledge when n is 0,
 * and keeps it beside the store. */
int app_names_build(struct app *app, const char *const *path, size_t n, size_t *entries, size_t *bad, struct err *e) MUST_CHECK;
int app_names(const struct config *c, struct app_names *out, struct err *e) MUST_CHECK;
void app_names_free(struct app_names *n);

/* Takes a document that the guard refused, by its SHA-256; why is kept. */
int app_sources_accept(struct app *app, struct str source, struct str sha256, struct str why, struct err *e) MUST_CHECK;
/* Sources as configured, in the order of a round; lives as long as app. */
int app_sources(struct app *app, struct world_source **out, size_t *n, struct err *e) MUST_CHECK;
/* The client, made at first use; NULL in *out when offline. */
int app_http(struct app *app, struct http_client **out, struct err *e) MUST_CHECK;
/* The name to write beside decisions. */
struct str app_who(const struct app *app);
const char *app_data_dir(const struct app *app);
struct arena *app_arena(struct app *app); /* lives as long as app */

/* Drops what was concluded and concludes it again; with knowledge also reads the spool again. */
struct app_rebuilt {
    uint64_t documents, notices, names;
    uint64_t missing; /* documents no longer in the spool */
};
int app_rebuild(struct app *app, bool knowledge, struct app_rebuilt *out, struct err *e) MUST_CHECK;

#endif
