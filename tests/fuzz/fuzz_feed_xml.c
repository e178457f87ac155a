/* Feeds that read XML and HTML: the same harness behind other doors. */
#include "collect/source.h"

extern const struct source source_jpcert, source_jvn, source_jvndb, source_cisa, source_msrc_blog, source_rss;

#define FUZZ_FEED_DOORS                                                                                      \
    {&source_jpcert, "list", "https://www.jpcert.or.jp/rss/jpcert.rdf", ""},                                 \
        {&source_jpcert, "page", "https://www.jpcert.or.jp/at/2021/at210012.html",                           \
         "id\x1f"                                                                                            \
         "1\x1f"                                                                                             \
         "2\x1f"                                                                                             \
         "u\x1f"                                                                                             \
         "t\x1f"                                                                                             \
         "x"},                                                                                               \
        {&source_jpcert, "file", "a", ""}, {&source_jvn, "list", "https://jvn.jp/rss/jvn.rdf", ""},          \
        {&source_jvndb, "list", "https://jvndb.jvn.jp/myjvn?startItem=1", ""},                               \
        {&source_jvndb, "doc", "https://jvndb.jvn.jp/myjvn", ""},                                            \
        {&source_ipa, "list", "https://jvndb.jvn.jp/myjvn?startItem=1", ""},                                 \
        {&source_cisa, "list", "https://www.cisa.gov/all.xml", ""},                                          \
        {&source_cisa, "page", "https://www.cisa.gov/x", "id"},                                              \
        {&source_msrc, "doc", "https://x.example/cvrf/2021-Mar", ""},                                        \
        {&source_msrc_blog, "list", "https://x.example/feed", ""},                                           \
        {&source_rss, "list", "https://x.example/feed", ""},

#include "fuzz_feed_json.c"
