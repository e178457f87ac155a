/* app_investigate.h — use cases of the investigation: packs by name or file, the sweep, its evidence. No store is needed. */
#ifndef TOBAN_APP_APP_INVESTIGATE_H
#define TOBAN_APP_APP_INVESTIGATE_H

#include "app/config.h"
#include "investigate/packs/pack.h"
#include "investigate/evidence.h"
#include "investigate/sweep.h"

/* Packs by the names people use: "proxylogon" (the site's rules/packs/, else shipped) or a file or folder of files in any
 * known format. */
struct app_packs {
    struct arena a;
    VEC(struct pack *) pack; /* owns */
};
int app_packs_add(const struct config *c, struct app_packs *out, const char *name, const struct pack_options *opt, struct err *e) MUST_CHECK;
void app_packs_free(struct app_packs *p);
/* Names of the shipped packs and of the site's, in the arena. */
int app_packs_names(const struct config *c, struct arena *a, struct str **out, size_t *n, struct err *e) MUST_CHECK;
/* The dates of rules/packs/first_exploited.txt (the site's in its stead), in the arena. */
int app_first_exploited(const struct config *c, struct arena *a, struct sweep_first **out, size_t *n, struct err *e) MUST_CHECK;
/* A baseline file. */
int app_baseline_open(const char *path, struct baseline **out, struct err *e) MUST_CHECK;
/* Writes whole or not at all; never over a file that is there unless replace. */
int app_write_file(const char *path, struct str bytes, bool replace, struct err *e) MUST_CHECK;
/* Copies the files that carry findings into a new folder (evidence.h). case_name may be NULL. */
int app_collect(const struct sweep *s, const char *folder, const char *case_name, struct evidence_result *out, struct err *e) MUST_CHECK;

#endif
