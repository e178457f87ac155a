/* app_ledger.h — use cases of the ledger: import, set, where, health, names. */
#ifndef TOBAN_APP_APP_LEDGER_H
#define TOBAN_APP_APP_LEDGER_H

#include "app/app.h"
#include "identify/inventories/inventory.h"
#include "loop/fleet.h"
#include "store/ledger_store.h"

struct app_import_options {
    struct str ledger;   /* name; "" = "main" */
    struct str columns;  /* profile file of the user; "" = only the shipped words */
    const char *sheet;
    bool dry_run, replace;
};
struct app_import {
    struct inventory_result read;
    struct import_count count;
    uint64_t named, unnamed; /* distinct components; 0 in a dry run */
};
int app_ledger_import(struct app *app, const char *path, const struct app_import_options *o, struct arena *a,
                      struct app_import *out, struct err *e) MUST_CHECK;

/* Sets a field by a person's word; the value is checked. An empty value takes the word back. */
int app_ledger_set(struct app *app, struct str asset, struct str field, struct str value, struct err *e) MUST_CHECK;
/* Confirms what a written name is: cpe "vendor:product[:version[:update]]", or "-": not software we track. */
int app_ledger_confirm(struct app *app, struct str written, struct str cpe, struct err *e) MUST_CHECK;

/* Machines that run a product, written in any way the rules know. key is what it was taken for, "" when
 * unknown. Fills *f with just those machines (fleet_release it); the items point into it. */
struct app_where {
    struct str key, reason;
    const struct fleet_item **item;
    size_t n;
};
int app_ledger_where(struct app *app, struct str product, struct fleet *f, struct arena *a, struct app_where *out,
                     struct err *e) MUST_CHECK;

struct app_health {
    int64_t assets, machines;
    int64_t components, named, versioned;      /* rows; versioned: also a version or build that compares */
    int64_t answerable;                        /* assets that could answer: every component named and versioned */
    int64_t no_component, no_place, no_purpose, no_owner, no_exposure, no_criticality, no_contact, old; /* assets */
    int64_t contractor, contractor_no_contact;
    when_t newest_import;
    size_t queue; /* names not yet identified */
};
int app_ledger_health(struct app *app, const struct fleet *f, when_t now, struct app_health *out, struct err *e) MUST_CHECK;

#endif
