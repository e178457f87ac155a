/* rules.h — the shipped rules (built into the program) and the site's own.
 *
 * A rule file has a name such as "urgency/ja.rules". A file of that name under
 * the folder of the setting `rules` stands in for the shipped one; other files
 * there are added. Names are '/'-separated, without "..".
 */
#ifndef TOBAN_APP_RULES_H
#define TOBAN_APP_RULES_H

#include "base/base.h"

struct rule_file {
    struct str name;   /* "urgency/ja.rules" */
    struct str bytes;
    struct str path;   /* for messages: "rules/urgency/ja.rules", or the site's path */
    bool site, replaces;
};

/* The site's additions come behind the shipped files. All files below a folder ("urgency/") with an ending (".rules"), by name: shipped, or the site's
 * in their stead, and the site's additions. site_dir may be "". In the arena. */
int rules_list(struct str site_dir, const char *folder, const char *ending, struct arena *a, struct rule_file **out,
               size_t *n, struct err *e) MUST_CHECK;
/* One file; ERR_NOT_FOUND when there is none. */
int rules_get(struct str site_dir, const char *name, struct arena *a, struct rule_file *out, struct err *e) MUST_CHECK;
/* The shipped bytes whatever the site has; false when not shipped. */
bool rules_shipped(const char *name, struct str *bytes);

#endif
