#!/bin/sh
# Conventions of the command line: exit codes, languages, help, completion, man pages, settings, batch forms.
. "$(dirname "$0")/lib.sh"
run
is "no verb is a usage error" "$rc" 2
run frobnicate
is "an unknown verb exits 2" "$rc" 2
like "and says what to try" "$err" "toban help"
run round --nonsense --store "$store"
is "an unknown option exits 2" "$rc" 2
run ledger
is "half a verb exits 2" "$rc" 2
run --version
like "the version" "$out" "toban "
run help
is "help exits 0" "$rc" 0
like "help names the exit codes" "$out" "3 answer not trustworthy"
for verb in $(toban help | sed -n 's/^  \([a-z]*\)  *.*/\1/p' | sort -u); do
  run help "$verb"
  [ "$rc" = 0 ] || not_ok "help $verb" "$err"
done
ok "help explains every verb"
run help round --man
like "manual pages come from the same text" "$out" ".TH TOBAN-round 1"
if command -v mandoc >/dev/null; then
  toban help --man >"$work/toban.1"
  is "the manual page is sound" "$(mandoc -T lint -W error "$work/toban.1" 2>&1 | head -3)" ""
fi
run help round --lang ja
like "help in Japanese" "$out" "巡回"
LANG=ja_JP.UTF-8 run help round
like "the locale decides the language" "$out" "巡回"
run completion bash
printf '%s\n' "$out" >"$work/c.sh"
is "completion for bash is sound" "$(bash -n "$work/c.sh" 2>&1)" ""
like "it knows the verbs" "$out" "ledger"
run completion tcsh
is "another shell exits 2" "$rc" 2

cat >"$work/t.yaml" <<'Y'
lang: ja
sources:
  nvd:
    url: https://example.org/
Y
TOBAN_ZONE=+05:00 run config show --config "$work/t.yaml" --lang en --format json
is "flag > file" "$(member "$work/out" "[(r['value'],r['origin']) for r in d['rows'] if r['key']=='lang']")" "[('en', 'flag')]"
is "environment is named" "$(member "$work/out" "[(r['value'],r['origin'],r['where']) for r in d['rows'] if r['key']=='zone']")" "[('+05:00', 'environment', 'TOBAN_ZONE')]"
is "the file is named with its line" "$(member "$work/out" "[r['where'].rsplit('/',1)[1] for r in d['rows'] if r['key']=='sources.nvd.url']")" "['t.yaml:4']"
printf 'round:\n  dais: 3\n' >"$work/bad.yaml"
run config show --config "$work/bad.yaml"
is "an unknown setting exits 2" "$rc" 2
like "and is named with its line" "$err" "bad.yaml:2"
for s in bootstrap build demo test bench fuzz; do [ -x "$TOBAN_SOURCE/script/$s" ] || not_ok "script/$s may be run"; done
ok "every script may be run"
run rules check
is "the tests in the rules pass" "$rc" 0

printf 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\nnonsense\n(AV:N/AC:L/Au:N/C:C/I:C/A:C)\n' >"$work/v"
run score "$work/v"
is "score: one line in, one line out" "$(printf '%s\n' "$out" | wc -l | tr -d ' ')" 3
like "score: 9.8" "$out" "3.1	9.8	9.8	9.8	9.8	Critical"
like "score: a bad line says so" "$out" '{"error":'
is "versions compare" "$(printf '1.0~rc1\t1.0\n1.0\t1.0\n' | toban versions compare dpkg - | tr '\n' ' ')" "-1 0 "
is "versions within" "$(printf 'vers:npm/>=1.2.0|<2.0.0\t1.3.0\nvers:npm/>=1.2.0|<2.0.0\t2.0.0\n' | toban versions within - | tr '\n' ' ')" "yes no "
is "names match" "$(printf 'Microsoft Exchange Server 2016 CU19\n' | toban names match - | cut -f2,3)" "rule	microsoft:exchange_server:2016:cumulative_update_19"
is "cpe match" "$(printf 'cpe:2.3:a:v:p:*:*:*:*:*:*:*:*\tcpe:2.3:a:v:p:1:*:*:*:*:*:*:*\n' | toban cpe match -)" "superset"
printf '{"id":"a","text":"本脆弱性を悪用した攻撃を確認しています。"}\n{"id":"b","text":"悪用は確認されていません。"}\nnot json\n' >"$work/j"
run assess --jsonl "$work/j"
is "assess: yes, no, error" "$(printf '%s\n' "$out" | python3 -c 'import json,sys; print([json.loads(l).get("exploited","error") for l in sys.stdin])')" "[True, False, 'error']"
printf 'We are aware of attacks that exploit this vulnerability. Update immediately.\n' >"$work/n.txt"
run assess "$work/n.txt"
is "assess: urgent exits 1" "$rc" 1
like "assess: quotes the sentence" "$out" "We are aware of attacks"
finish
