#!/bin/sh
# The ledger: encodings, re-import, a person's word, names, where, health.
. "$(dirname "$0")/lib.sh"
src=$TOBAN_SOURCE/samples/ledger.csv
run ledger import "$src" --dry-run --store "$store"
is "a dry run succeeds" "$rc" 0
like "a dry run shows the mapping" "$err" "管理番号 -> key"
run ledger list --store "$store" --format json
is "a dry run changes nothing" "$(member "$work/out" "len(d['rows'])")" 0
run ledger import "$src" --store "$store"
is "CP932 is read" "$rc" 0
run ledger set S-003 exposure=public "owner=髙橋①" --store "$store"
is "a field is set by hand" "$rc" 0
run ledger import "$src" --store "$store"
like "a second import adds nothing" "$out" "0 new, 40 updated"
run ledger list --store "$store" --format json
is "no duplicates" "$(member "$work/out" "len(d['rows'])")" 40
is "the hand-set field survives" "$(member "$work/out" "[(r['exposure'],r['owner']) for r in d['rows'] if r['key']=='S-003']")" "[('public', '髙橋①')]"
run rebuild --store "$store"
run ledger show S-003 --store "$store"
like "it survives a rebuild, too" "$out" "髙橋①"
run ledger set S-003 owner= --store "$store"
run ledger show S-003 --store "$store"
like "taken back, the import's value shows" "$out" "高橋"

for enc in UTF-8 UTF-16LE UTF-16BE; do
  iconv -f CP932 -t $enc "$src" >"$work/l.csv"
  case $enc in UTF-16LE) { printf '\377\376'; cat "$work/l.csv"; } >"$work/l2.csv" ;; *) cp "$work/l.csv" "$work/l2.csv" ;; esac
  run ledger import "$work/l2.csv" --store "sqlite:$work/$enc/t.db"
  like "$enc is read" "$out" "40 rows, 40 assets (261 machines): 40 new"
done
{ printf '\357\273\277'; iconv -f CP932 -t UTF-8 "$src"; } >"$work/bom.csv"
run ledger import "$work/bom.csv" --store "sqlite:$work/bom/t.db"
like "UTF-8 with BOM is read" "$out" "40 new"

run ledger where Exchange --store "$store" --format json
is "where finds all six, however written" "$(member "$work/out" "sorted(r['name'] for r in d['rows'])")" "['mail-log', 'mail-nagoya', 'mail-old', 'mail-osaka', 'mail-shop', 'mail-tokyo']"
run ledger where エクスチェンジ --store "$store"
run ledger where "Exchange Server 2016" --store "$store" --format json
is "where by version" "$(member "$work/out" "sorted(r['name'] for r in d['rows'])")" "['mail-shop', 'mail-tokyo']"

run ledger names --store "$store"
like "an unknown name waits in the queue" "$out" "キンタイくん Pro"
is "the queue exits 3" "$rc" 3
run ledger names --confirm "キンタイくん Pro" example:kintai --store "$store"
is "a person says what it is" "$rc" 0
run ledger names --store "$store"
unlike "then it waits no longer" "$out" "キンタイくん"
run ledger where example:kintai --store "$store"
like "and is found" "$out" "kintai"

run ledger health --store "$store" --format json
is "health counts what has no exposure" "$(member "$work/out" "[r['missing'] for r in d['rows'] if r['check']=='exposure']")" "[1]"

printf '管理番号,機器名,台数,製品名\r\nX-1,a,many,Apache Tomcat 9\r\nX-2,b,2,Apache Tomcat 9\r\n' >"$work/bad.csv"
run ledger import "$work/bad.csv" --store "sqlite:$work/bad/t.db"
is "a row that cannot be used exits 3" "$rc" 3
like "and is named by its line" "$err" "bad.csv:2: row kept aside"
like "the other row is taken" "$out" "1 new"
run ledger import "$work/none.csv" --store "$store"
is "a missing file exits 4" "$rc" 4

run ledger export --store "$store"
printf '%s\n' "$out" >"$work/export.csv"
run ledger import "$work/export.csv" --store "sqlite:$work/export/t.db"
like "an export can be imported" "$out" "40 assets (261 machines): 40 new, 0 updated, 0 rows kept aside"
run backup "$work/backup.db" --store "$store"
is "backup while in use" "$rc" 0
run ledger where Exchange --store "sqlite:$work/backup.db" --format json
is "the copy answers the same" "$(member "$work/out" "len(d['rows'])")" 6
printf '管理番号,機器名,製品名\r\nE-1,evil\033[31mname,Apache Tomcat 9\r\n' >"$work/esc.csv"
run ledger import "$work/esc.csv" --store "sqlite:$work/esc/t.db"
run ledger list --store "sqlite:$work/esc/t.db"
is "a terminal is given no escape sequence of strangers" "$(tr -cd '\033' <"$work/out" | wc -c | tr -d ' ')" 0
is "the store is for its owner only" "$(stat -c %a "$work/toban.db" "$work/backup.db" | tr '\n' ' ')" "600 600 "
run doctor --store "$store"
is "the doctor is content" "$rc" 0
finish
