#!/usr/bin/env python3
"""Who includes whom: src/LAYERS against every #include of the tree. Also the homes of libraries.

A room may include itself and the rooms its line names. A third-party header has
its rooms in HOMES; elsewhere it is an error.
"""
import os
import re
import sys

HOMES = {
    "curl/": {"net"}, "sqlite3.h": {"store"}, "lmdb.h": {"knowledge"}, "expat.h": {"codec"},
    "archive": {"codec", "investigate"}, "csv.h": {"codec"}, "isa-l": {"codec"}, "zstd.h": {"codec"},
    "libfyaml.h": {"app", "investigate"}, "openssl/": {"net", "investigate"}, "yara": {"investigate"},
    "hs/": {"investigate", "assess"}, "hs.h": {"investigate", "assess"}, "hivex": {"investigate"},
    "pcre2": {"investigate", "assess", "codec"}, "utf8proc.h": {"codec", "cli", "identify"}, "xxhash.h": {"base"},
}


def main():
    root = os.path.join(sys.argv[1], "src")
    may, bad = {}, 0
    for line in open(os.path.join(root, "LAYERS"), encoding="utf-8"):
        line = line.split("#")[0].strip()
        if line:
            room, _, rest = line.partition(":")
            may[room] = set(rest.split()) | {room}
    for folder, _, files in os.walk(root):
        room = os.path.relpath(folder, root).split(os.sep)[0]
        for name in sorted(files):
            if not name.endswith((".c", ".h")) or room == ".":
                continue
            path = os.path.join(folder, name)
            for number, text in enumerate(open(path, encoding="utf-8"), 1):
                m = re.match(r'\s*#\s*include\s+([<"])([^>"]+)[>"]', text)
                if not m:
                    continue
                kind, target = m.groups()
                first = target.split("/")[0]
                if kind == '"' and first in may and first not in may.get(room, set()):
                    print("%s:%d: %s may not include %s" % (path, number, room, first))
                    bad += 1
                if kind == '"' and first not in may and "/" in target:
                    print("%s:%d: no room is called %s" % (path, number, first))
                    bad += 1
                if kind == "<":
                    for prefix, homes in HOMES.items():
                        if target.startswith(prefix) and room not in homes:
                            print("%s:%d: <%s> belongs to %s" % (path, number, target, ", ".join(sorted(homes))))
                            bad += 1
            lines = sum(1 for _ in open(path, encoding="utf-8"))
            if name.endswith(".c") and lines > 500 and not re.search(r"(_table|_data|entity)\.c$", name):
                print("%s: %d lines; the ceiling is 500" % (path, lines))
                bad += 1
    sys.exit(1 if bad else 0)


main()
