#!/bin/sh
# toban drill: March 2021 against a ledger, without touching the store.
# Expected: Microsoft's update of 2 March 2021, about 14:00 Pacific, is 3 March 07:00 in Japan; of the six Exchange
# servers of samples/ledger.csv one has build 15.1.2176.9 (KB5000871 installed), and 2010 has CVE-2021-26857 only.
. "$(dirname "$0")/lib.sh"
mkdir -p "$work/tmp" "$work/s"
export TMPDIR="$work/tmp"
store="sqlite:$work/s/toban.db"

run ledger import "$TOBAN_SOURCE/samples/ledger.csv" --store "$store"
is "the ledger is taken" "$rc" 0
sum() { (cd "$work/s" && find . -type f -exec sha256sum {} + | sort | sha256sum); }
before=$(sum)

run drill --store "$store"
is "without a name: the drills" "$rc" 0
like "both are listed" "$out" log4shell
like "with their titles" "$out" "ProxyLogon"

run drill proxylogon --store "$store" --format json
is "six servers, all answered, none late" "$rc" 0
is "schema" "$(member "$work/out" "d['schema']")" toban.drill/1
is "the machines" "$(member "$work/out" "' '.join(sorted(m['name']+'='+m['fate'] for m in d['machines']))")" \
  "mail-log=affected mail-nagoya=affected mail-old=affected mail-osaka=affected mail-shop=affected mail-tokyo=fixed-already"
is "2010: only CVE-2021-26857" "$(member "$work/out" "[m['vulnerabilities'] for m in d['machines'] if m['name']=='mail-old']")" "['CVE-2021-26857']"
is "heard in the round two hours after the updates" "$(member "$work/out" "d['you']['first_heard']+' '+d['you']['first_matched']")" "2021-03-03T00:00:00Z 2021-03-03T00:00:00Z"
is "safe a day later" "$(member "$work/out" "d['you']['all_safe']")" "2021-03-04T00:00:00Z"
is "26 hours after the updates" "$(member "$work/out" "sorted({m['hours_after_patch'] for m in d['machines'] if m['fate']=='affected'})")" "[26]"
is "looked at for traces before the patch" "$(member "$work/out" "[m['forensic'] for m in d['machines'] if m['name']=='mail-osaka']")" "[True]"
is "the machine that has the update is safe from the start" "$(member "$work/out" "[(m['told'],m['safe']) for m in d['machines'] if m['name']=='mail-tokyo']")" "[(None, None)]"
is "KEV came later than the drill" "$(member "$work/out" "[m['at'][:10] for m in d['milestones'] if m['kind']=='kev']")" "['2021-11-04']"
is "every milestone cites a source" "$(member "$work/out" "all(m['source'].startswith('https://') for m in d['milestones'])")" True
is "what no source carries was not heard" "$(member "$work/out" "[n['how'] for x in d['days'] for n in x['notices'] if n['publisher']=='Volexity']")" "['no-source']"
is "the store is as it was" "$(sum)" "$before"
is "nothing is left behind" "$(ls "$work/tmp")" ""

run drill proxylogon --store "$store"
like "the sentence is quoted" "$out" "limited, targeted attacks"
like "the day is shown" "$out" "2021-03-03 09:00"
like "assumptions are told" "$out" "--assume-hours"
run drill proxylogon --store "$store" --lang ja
like "Japanese" "$out" "緊急指令 21-02"
run drill proxylogon --store "$store" --format csv
is "CSV: a line a machine" "$(printf '%s\n' "$out" | wc -l | tr -d ' ')" 7

run drill proxylogon --store "$store" --assume-hours 96
is "four days of work: past the directive's deadline" "$rc" 1
like "and it says so" "$out" "5 of 5 machines would have been exposed"
run drill proxylogon --store "$store" --hour 6 --format json
is "a round before the updates hears of it a day later" "$(member "$work/out" "d['you']['first_heard']")" "2021-03-03T21:00:00Z"

# Patch windows: one that ends on Wednesday, 3 March at 14:00 is sooner than a day.
two="sqlite:$work/two/toban.db"
run ledger import "$TOBAN_SOURCE/samples/ledger.csv" --store "$two"
run windows add regular "weekly wednesday 12:00 2h" --store "$two"
run drill proxylogon --store "$two" --format json
is "the next window counts" "$(member "$work/out" "d['you']['all_safe']")" "2021-03-03T05:00:00Z"

# A level whose fix came on 8 March (2016 CU16), one without version, one nobody can name.
printf '管理番号,機器名,製品名,ビルド\r\nB-1,cu16,Microsoft Exchange Server 2016 CU16,15.1.1979.3\r\nB-2,bare,Microsoft Exchange Server,\r\nB-3,odd,mailsrv_exchange_old,\r\n' >"$work/odd.csv"
three="sqlite:$work/three/toban.db"
run ledger import "$work/odd.csv" --store "$three"
run drill proxylogon --store "$three" --format json
is "what the ledger cannot answer exits 3" "$rc" 3
is "the fix of an old level came on the 8th" "$(member "$work/out" "[m['fix_available'][:10] for m in d['machines'] if m['name']=='cu16']")" "['2021-03-09']"
is "nothing is safe before its fix is out" "$(member "$work/out" "[m['safe']>=m['fix_available'] and m['past_deadline'] for m in d['machines'] if m['name']=='cu16']")" "[True]"
is "without a version it cannot be told" "$(member "$work/out" "[(m['fate'],bool(m['missing'])) for m in d['machines'] if m['name']=='bare']")" "[('cannot-tell', True)]"
is "an unknown name would not have been heard of" "$(member "$work/out" "[(m['fate'],m['told'],m['safe']) for m in d['machines'] if m['name']=='odd']")" "[('never-heard', None, None)]"

# An empty ledger, and sources that are off.
run drill proxylogon --store "sqlite:$work/empty/toban.db"
is "an empty ledger exits 3" "$rc" 3
like "and says so" "$out" "The ledger is empty"
cat >"$work/off.yaml" <<Y
sources: {jpcert: {enabled: no}, ipa: {enabled: no}, cisa: {enabled: no}, msrc: {enabled: no}, msrc_blog: {enabled: no}, nvd: {enabled: no}}
Y
run drill proxylogon --store "$store" --config "$work/off.yaml" --format json
is "with all sources off nothing is heard" "$(member "$work/out" "d['you']['first_heard']")" None
is "and the servers would not have been known" "$(member "$work/out" "{m['fate'] for m in d['machines']}")" "{'never-heard'}"
is "which exits 3" "$rc" 3

run drill log4shell --store "$store" --format json
is "log4shell: KEV on the day after" "$(member "$work/out" "[m['at'][:10] for m in d['milestones'] if m['kind']=='kev']")" "['2021-12-11']"
is "log4shell: what only the vendor told would not have been known" "$(member "$work/out" "[(m['name'],m['fate']) for m in d['machines']]")" "[('vcenter', 'never-heard')]"
printf '管理番号,機器名,製品名,バージョン\r\nL-1,app,Apache Log4j,2.14.1\r\nL-2,new,Apache Log4j,2.17.1\r\nL-3,half,Apache Log4j,2.15.0\r\n' >"$work/log4j.csv"
four="sqlite:$work/four/toban.db"
run ledger import "$work/log4j.csv" --store "$four"
run drill log4shell --store "$four" --format json
is "log4shell: by the version of the component" "$(member "$work/out" "sorted((m['name'],m['fate'],m['vulnerabilities']) for m in d['machines'])")" \
  "[('app', 'affected', 'CVE-2021-44228 CVE-2021-45046'), ('half', 'affected', 'CVE-2021-45046'), ('new', 'fixed-already', '')]"

# --live: a line a step, from a pipe.
TOBAN_NOW=2021-03-01T12:00+09:00
export TOBAN_NOW
live="sqlite:$work/live/toban.db"
run ledger import "$TOBAN_SOURCE/samples/ledger.csv" --store "$live"
printf '2\n\n1\nwait for the director\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n' | "$TOBAN" drill proxylogon --live --log "$work/log.jsonl" --store "$live" --config /dev/null >"$work/out" 2>"$work/err"
is "--live ends like the drill" "$?" 0
is "four decisions are recorded" "$(wc -l <"$work/log.jsonl" | tr -d ' ')" 4
is "with moment and name" "$(head -1 "$work/log.jsonl" | python3 -c 'import json,sys; d=json.load(sys.stdin); print(d["schema"], d["at"], bool(d["who"]), d["option"])')" "toban.drill.log/1 2021-03-01T12:00:00+09:00 True 2"
like "the meaning is told at the end" "$(cat "$work/out")" "the evidence stays"
run audit list --format json --store "$live"
is "an exercise has its audit row" "$(member "$work/out" "[(r['object'],r['detail']) for r in d['rows'] if r['action']=='drill.exercised']")" "[('proxylogon', '{\"decisions\":2}')]"
printf '1\nq\n' | "$TOBAN" drill proxylogon --live --store "$store" >"$work/out" 2>"$work/err"
is "q ends early" "$?" 0
like "and says so" "$(cat "$work/out")" "Ended early"
is "the log lies beside the store" "$(ls "$work/s/drills")" "proxylogon-20210301-120000.jsonl"
rm -r "$work/s/drills"
is "the store is still as it was" "$(sum)" "$before"
unset TOBAN_NOW

run drill nothing --store "$store"
is "an unknown drill" "$rc" 4
like "names those there are" "$err" "log4shell, proxylogon"
mkdir -p "$work/rules/drills"
printf 'drill mine\n  title.ja: 題\n  title.en: t\n  from: 2021-02-30\n  until: 2021-03-02\n  cve: CVE-2021-1\n  product: a:b\n' >"$work/rules/drills/mine.txt"
run drill mine --rules "$work/rules" --store "$store"
is "a drill of the site that is wrong" "$rc" 4
like "file and line" "$err" "mine.txt:4"
run rules check --rules "$work/rules"
is "rules check reads drills" "$rc" 4
like "and shows the line" "$out" "mine.txt:4"
finish
