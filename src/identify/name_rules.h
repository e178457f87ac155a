/* name_rules.h — the rule tables of product names, read from text.
 *
 * Two files, both text with "#" comments (at the line's start or behind a blank);
 * their heads describe the format for people: rules/products/vendors.txt and
 * rules/products/names.txt. Every alias is kept by its key (name_fold.h), so one
 * alias stands for all its spellings. Errors name file and line.
 *
 * A table is immutable once name_rules_ready was called and may be shared by threads.
 */
#ifndef TOBAN_IDENTIFY_NAME_RULES_H
#define TOBAN_IDENTIFY_NAME_RULES_H

#include "base/base.h"
#include "identify/name_fold.h"

/* How a family writes versions in CPE (NVD's convention). */
enum name_form {
    NAME_FORM_PLAIN,    /* the first version, as written: firefox:86.0 */
    NAME_FORM_DOTTED,   /* the same, but only with a dot in it: model numbers are not versions */
    NAME_FORM_YEAR,     /* a year, or a build by a "release" line: sql_server:2016 */
    NAME_FORM_EXCHANGE, /* a year and a level by the build table */
    NAME_FORM_WINDOWS,  /* product_RELEASE by release or build: windows_10_21h2 */
    NAME_FORM_SERVER,   /* Windows Server: no version, a full build, or what "version=" says */
    NAME_FORM_JAVA,     /* 8u281 is jre:1.8.0:update281 */
    NAME_FORM_JAVA_SE,  /* 8u281 is java_se:8u281 */
    NAME_FORM_R,        /* 9.1R11 is 9.1:r11; 18.4R1-S2 is 18.4:r1-s2 */
    NAME_FORM_R_FIRST,  /* R80.40 is r80.40 */
    NAME_FORM_ASA,      /* 9.16(1)4 is 9.16.1.4 */
    NAME_FORM_NONE      /* no version is ever stated */
};

struct name_product {
    struct str vendor, product; /* CPE words, not quoted */
    struct str version, update; /* fixed by "version=", "update=" */
    struct str also;            /* "vendor:product,…": other names of it in CPE */
    struct str u;               /* how "Update 3" is written: "update#" unless said */
    enum name_form form;
    uint32_t line;
};

enum name_key_kind {
    NAME_KEY_PRODUCT = 1,
    NAME_KEY_VENDOR = 2,
    NAME_KEY_NOISE = 4,   /* editions, languages, architectures, "for Windows" */
    NAME_KEY_UPDATE = 8,  /* "Service Pack" before a number */
    NAME_KEY_BUILD = 16,  /* "build", "ビルド" */
    NAME_KEY_VERSION = 32 /* "version", "Ver." */
};

#define NAME_KEY_MAX 96   /* bytes of an alias' key */
#define NAME_KEY_WEAK 1u  /* "?": in prose only with its vendor near */
#define NAME_KEY_NEEDS 2u /* "!": only with its vendor stated */

struct name_key {
    struct str key;
    uint64_t gaps; /* bit i: the alias has a separator before byte i */
    uint32_t ref;  /* product, vendor or update, by kind */
    uint8_t kind, flags;
};

struct name_vendor {
    struct str name;
    struct str also; /* "a,b": vendors whose products it may stand for */
};

struct name_release {
    struct str family, build, release; /* "windows_10", "19044", "21h2" */
};

struct name_test {
    struct str name, expect;
    uint32_t line;
};

struct name_rules {
    struct arena a;
    VEC(struct name_product) product;
    VEC(struct name_vendor) vendor;
    VEC(struct str) update; /* "sp#", "cumulative_update_#", "u" for the product's own */
    VEC(struct name_release) release;
    VEC(struct name_test) test;
    VEC(struct name_key) key; /* sorted by key, then kind */
    uint32_t *bucket;         /* first key of each two-byte beginning; 65537 of them; owns */
};

struct name_rules *name_rules_new(void);
void name_rules_free(struct name_rules *r);
/* Adds a file's lines. Vendors first: products may name only vendors that are there. */
int name_rules_vendors(struct name_rules *r, const char *file, struct str text, struct err *e) MUST_CHECK;
int name_rules_products(struct name_rules *r, const char *file, struct str text, struct err *e) MUST_CHECK;
/* Sorts the keys; call once, after all files. */
void name_rules_ready(struct name_rules *r);

/* The longest key that begins at byte `at` of f and ends on an edge, among those whose
 * kind is in kinds (bits). *first and *n are the keys of equal text. Its length, or 0. */
size_t name_rules_longest(const struct name_rules *r, const struct name_fold *f, size_t at, unsigned kinds,
                          size_t *first, size_t *n);
/* The same for aliases of products, vendors and noise, but a vendor and the product behind it
 * count together: "Cisco IOS XE" is "Cisco" and "IOS XE", though "Cisco IOS" is an alias. */
size_t name_rules_alias(const struct name_rules *r, const struct name_fold *f, size_t at, unsigned kinds,
                        size_t *first, size_t *n);
/* Index of a CPE vendor word, or SIZE_MAX. */
size_t name_rules_vendor(const struct name_rules *r, struct str name);
/* True when a stated vendor may be the maker of a product of the other. */
bool name_rules_kin(const struct name_rules *r, struct str stated, struct str vendor);

#endif
