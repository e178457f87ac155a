/* limits.h — every size that a stranger can choose, by name.
 *
 * A limit is a promise to the machine: nothing that arrives from outside makes
 * us use more than this. Each has a test that crosses it.
 */
#ifndef TOBAN_BASE_LIMITS_H
#define TOBAN_BASE_LIMITS_H

#define KIB (1024UL)
#define MIB (1024UL * KIB)
#define GIB (1024UL * MIB)

#define LIMIT_JSON_DEPTH 128          /* nesting of arrays and objects */
#define LIMIT_JSON_TOKEN (64 * MIB)   /* one string or number */
#define LIMIT_XML_DEPTH 128           /* nesting of elements */
#define LIMIT_XML_TEXT (16 * MIB)     /* character data of one element */
#define LIMIT_FILE_SMALL (16 * MIB)   /* configuration, rules, catalogues */
#define LIMIT_FILE_WHOLE (1 * GIB)    /* a file that is read as a whole */
#define LIMIT_DOWNLOAD (512 * MIB)    /* one answer of a server, as sent */
#define LIMIT_INFLATED (4 * GIB)      /* the same, unpacked */
#define LIMIT_INFLATE_RATIO 1100      /* above this after the first MiB: a bomb (deflate tops at 1032) */
#define LIMIT_RECORD (16 * MIB)       /* one record of a feed */
#define LIMIT_LINE (1 * MIB)          /* one line of an input that is split in lines */
#define LIMIT_NOTICE_TEXT (4 * MIB)   /* text of one notice */
#define LIMIT_ERRORS_KEPT 1000        /* records set aside that are kept with their bytes, per source */
#define LIMIT_LEDGER_ROWS 1000000     /* rows of one ledger import */
#define LIMIT_LEDGER_CELL (32 * KIB)  /* one cell of a table */
#define LIMIT_CSV_COLUMNS 1024
#define LIMIT_XLSX_CELLS 20000000
#define LIMIT_XLSX_RATIO 200        /* a workbook unpacks to at most this many times its size, */
#define LIMIT_XLSX_FREE (64 * MIB)  /* or to this */
#define LIMIT_ZIP_ENTRIES 100000
#define LIMIT_REDIRECTS 5
#define LIMIT_CPE (4 * KIB)           /* one CPE name */
#define LIMIT_VERSION 1024            /* one version string */
#define LIMIT_VERS (64 * KIB)         /* one vers range or native range */
#define LIMIT_VERS_CONSTRAINTS 4096   /* constraints of one range */
#define LIMIT_CVSS_VECTOR 512 /* bytes of a CVSS vector as given; the longest of v4.0 has under 200 */
#define LIMIT_SSVC_COLUMNS 12 /* of a decision table, the outcome among them */
#define LIMIT_SSVC_VALUES 16  /* of one column of a decision table */
#define LIMIT_SSVC_ROWS 65536 /* combinations of a decision table */
#define LIMIT_SSVC_DAYS 3650  /* of an outcome of a decision table */
#define LIMIT_FEED_DOCUMENT (256 * MIB) /* a document of a feed that is read as a whole (XML, HTML) */
#define LIMIT_FEED_ITEMS 1000000          /* items of one list of a feed */
#define LIMIT_URL (8 * KIB)               /* an address, as text */
#define LIMIT_HTTP_HEADERS (256 * KIB)    /* all header fields of one answer */
#define LIMIT_EVTX_NAME 256                /* characters of one element or attribute name */
#define LIMIT_EVTX_DEPTH 48               /* elements inside each other */
#define LIMIT_EVTX_NEST 16                /* binary XML embedded in binary XML */
#define LIMIT_EVTX_ITEMS 65536            /* elements, attributes and values one record unfolds to */
#define LIMIT_EVTX_CHUNK_ITEMS (512 * 1024) /* the same, of the records of one chunk together */
#define LIMIT_EVTX_RUNS 65536             /* runs of record ids kept to tell what is missing */
#define LIMIT_EVTX_UNFOLDED (512 * KIB)   /* bytes of names and values one record unfolds to */
#define LIMIT_PACK_FILE (64 * MIB)        /* one indicator file */
#define LIMIT_PACK_YAML (4 * MIB)         /* one indicator file in YAML */
#define LIMIT_PACK_INDICATORS 1000000     /* of one pack */
#define LIMIT_PACK_NOTES 10000            /* rejected rows and warnings kept with their text, per pack */
#define LIMIT_PACK_REGEX (16 * KIB)       /* one regular expression */
#define LIMIT_PACK_MATCH 1000000          /* steps of one attempt to match */
#define LIMIT_PACK_DEPTH 64               /* nesting of conditions */
#define LIMIT_PACK_VALUES 256             /* values of one field that a condition looks at */
#define LIMIT_PACK_NODES 100000           /* parts of one condition */
#define LIMIT_SWEEP_DEPTH 256             /* directories inside each other */
#define LIMIT_SWEEP_NEST 3                /* packed files inside each other */
#define LIMIT_SWEEP_MEMBERS 100000        /* members of one archive */
#define LIMIT_SWEEP_EXCERPT 600           /* bytes of a record shown with a sighting */
#define LIMIT_SWEEP_PER_FILE 200          /* sightings of one check kept from one file; the others are counted */
#define LIMIT_SWEEP_SIGHTINGS 20000       /* sightings kept in all */
#define LIMIT_SWEEP_SKIPS 1000            /* skipped files kept with their reason; the others are counted */
#define LIMIT_SWEEP_YARA (32 * MIB)       /* a file given to YARA rules */
#define LIMIT_YARA_COMPILED (256 * MIB)     /* the compiled rules of one file */
#define LIMIT_JOURNAL_LINE (16 * MIB)     /* what one file gave, in the journal of a sweep */
#define LIMIT_LAYOUT_FOLDERS 200000       /* folders in one folder that are searched for installations */
#define LIMIT_HIVE (512 * MIB)            /* a registry hive */
#define LIMIT_HIVE_LOG (128 * MIB)        /* one of its transaction logs */
#define LIMIT_HIVE_KEYS 5000000           /* keys of one hive */
#define LIMIT_HIVE_VALUES 100000          /* values of one key */
#define LIMIT_HIVE_DEPTH 512              /* keys inside each other; Windows allows as many */
#define LIMIT_SWEEP_ALIAS 256             /* places known under another name */
#define LIMIT_DRILL_BLOCKS 2000           /* blocks of a drill */
#define LIMIT_DRILL_LIST 500              /* values of one field of a drill */
#define LIMIT_DRILL_LINE (16 * KIB)       /* one line of a drill */
#define LIMIT_OFFERS 20                  /* mitigations of the notices that are offered for a case */
#define LIMIT_REPLY_FORM (256 * KIB)     /* a reply form of an enquiry that is read back */
#define LIMIT_CONTACTS 10000             /* rows of one table of contacts */
#define LIMIT_CONTACT_CHANNELS 32        /* of one contact */
#define LIMIT_PLAYBOOK (256 * KIB)       /* one playbook of containment */
#define LIMIT_PLAYBOOK_TEXT (16 * KIB)   /* one of its texts, or the commands of one block */
#define LIMIT_PLAYBOOK_LINES 64          /* lines of one text, or of the commands of one block */
#define LIMIT_PLAYBOOK_ITEMS 256         /* its words, products, actions, people to tell; commands of one action */
#define LIMIT_CONTAIN_MACHINES 1000      /* of one containment plan */
#define LIMIT_CONTAIN_VALUES 16          /* addresses that one line of a command is repeated for */

#endif
