#!/usr/bin/env python3
"""src/store/sql/*.sql to C: migrations in order, and the named statements sorted by name."""
import os
import re
import sys


def c_string(text):
    lines = text.strip().split("\n")
    return "\n".join('    "%s\\n"' % l.replace("\\", "\\\\").replace('"', '\\"') for l in lines)


def main():
    target, sources = sys.argv[1], sys.argv[2:]
    migrations, statements = [], {}
    for path in sorted(sources, key=os.path.basename):
        text = open(path, encoding="utf-8").read()
        if re.match(r"\d{4}_", os.path.basename(path)):
            migrations.append(text)
            continue
        for part in re.split(r"^-- name: *", text, flags=re.M)[1:]:
            name, body = part.split("\n", 1)
            name = name.strip()
            if name in statements:
                sys.exit("%s: statement %s is defined twice" % (path, name))
            statements[name] = body
    out = ["/* Generated from src/store/sql by tools/gen_sql.py. */", "#include <stddef.h>",
           "struct sql_text { const char *name, *sql; };",
           "extern const char *const sql_migrations[]; extern const size_t sql_migrations_n;",
           "extern const struct sql_text sql_statements[]; extern const size_t sql_statements_n;",
           "const char *const sql_migrations[] = {"]
    out += ["%s," % c_string(m) for m in migrations]
    out += ["};", "const size_t sql_migrations_n = %d;" % len(migrations),
            "const struct sql_text sql_statements[] = {"]
    out += ['{"%s",\n%s},' % (n, c_string(statements[n])) for n in sorted(statements)]
    out += ["};", "const size_t sql_statements_n = %d;" % len(statements)]
    with open(target, "w", encoding="utf-8") as f:
        f.write("\n".join(out) + "\n")


main()
