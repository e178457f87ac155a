/* config.h — settings, and where each came from.
 *
 * Flag > environment TOBAN_* > file > default. The file is YAML; keys are
 * dotted here ("sources.nvd.key_file") and nested there. In the environment
 * dots are underscores: TOBAN_SOURCES_NVD_KEY_FILE. An unknown key, a value
 * that does not fit and a file that does not parse are errors with file:line.
 * Secrets are never values: a key_file names the file that holds one.
 * Immutable after config_load; may be shared between threads.
 */
#ifndef TOBAN_APP_CONFIG_H
#define TOBAN_APP_CONFIG_H

#include "base/base.h"

enum config_origin { CONFIG_DEFAULT, CONFIG_FILE, CONFIG_ENV, CONFIG_FLAG };

struct config_entry {
    struct str key, value;
    enum config_origin origin;
    struct str where; /* "/etc/toban/toban.yaml:12", "TOBAN_LANG", "--lang" */
};

struct config; /* owns its entries */

/* A flag of the command line that stands for a key. */
struct config_flag {
    const char *key, *flag, *value; /* value NULL: not given */
};

/* file NULL: TOBAN_CONFIG, else $XDG_CONFIG_HOME/toban/toban.yaml, else
 * ~/.config/toban/toban.yaml, else /etc/toban/toban.yaml, else none. flags ends with a NULL key. */
int config_load(struct config **out, const char *file, const struct config_flag *flags, struct err *e) MUST_CHECK;
void config_free(struct config *c);

struct str config_str(const struct config *c, const char *key); /* "" when unset */
struct str config_strf(const struct config *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool config_bool(const struct config *c, const char *key);
int64_t config_int(const struct config *c, const char *key, int64_t otherwise);
/* Offset of the site's zone in seconds: key "zone", else the machine's. */
int config_zone(const struct config *c);

size_t config_n(const struct config *c);
const struct config_entry *config_at(const struct config *c, size_t i); /* sorted by key */
const char *config_file(const struct config *c); /* NULL when none was read */

/* What a key means, for `config show` and the manual; NULL at the end of the list. */
struct config_key {
    const char *name; /* "sources.*.url": * stands for one name */
    const char *type; /* "text" "yes/no" "number" "path" "zone" "lang" "list" */
    const char *otherwise;
    const char *help; /* TR */
};
extern const struct config_key config_keys[];

#endif
