/* asset.h — the ledger's 台帳 nouns: asset 資産 and component 構成要素. */
#ifndef TOBAN_MODEL_ASSET_H
#define TOBAN_MODEL_ASSET_H

#include "base/base.h"

enum exposure { EXPOSURE_UNKNOWN, EXPOSURE_INTERNAL, EXPOSURE_PUBLIC };
enum criticality { CRITICALITY_UNKNOWN, CRITICALITY_LOW, CRITICALITY_MEDIUM, CRITICALITY_HIGH };

struct component {
    int64_t id; /* row in the store; 0 when not stored */
    struct str product;  /* as written by the source */
    struct str version, build;
    struct str vendor;   /* as written, when stated apart */
    struct str cpe, purl; /* stated by the source, or confirmed */
    struct str source;   /* which import said so */
    when_t seen;
};

struct asset {
    int64_t id;
    struct str key;  /* stable identity within its ledger: management number, else host name, … */
    struct str name, kind, place, purpose, owner, department;
    struct str organisation; /* contractor 委託先; "" = ourselves */
    struct str contact, os, ip, serial;
    enum exposure exposure;
    enum criticality criticality;
    int64_t count; /* machines this row stands for; at least 1 */
    struct component *component;
    size_t component_n;
};

#endif
