#!/bin/sh
# The story of March 2021 on the sample ledger, by commands only: from the notice to the monthly report.
# After every step a process that writes is killed; nothing that was decided may change by it.
. "$(dirname "$0")/lib.sh"
cp "$TOBAN_SOURCE/samples/demo.yaml" "$work/toban.yaml"
printf 'approve:\n  four_eyes: yes\n  people: bucho kacho\nreport:\n  publisher: Example\n  namespace: https://example.jp/\n' >>"$work/toban.yaml"
export TOBAN_CONFIG="$work/toban.yaml" TOBAN_STORE="$store"
at() { export TOBAN_NOW="$1"; }
as() { export TOBAN_WHO="$1"; }
# What people decided, as one number. Steps by rule are told apart by their name.
decided() { python3 - "$work/toban.db" <<'P'
import hashlib, sqlite3, sys
d = sqlite3.connect(sys.argv[1]); h = hashlib.sha256()
for (t,) in d.execute("SELECT name FROM sqlite_master WHERE type='table' AND name LIKE 'decision_%' ORDER BY name").fetchall():
    w = " WHERE who <> 'toban'" if t == "decision_case_step" else ""
    for r in d.execute("SELECT * FROM %s%s ORDER BY 1" % (t, w)): h.update(repr((t, r)).encode())
print(h.hexdigest()[:16], d.execute("PRAGMA integrity_check").fetchone()[0])
P
}
killed=0 hurt=
# then ARGS…: one step of the story; then a round and a sync are killed -9 in the middle
then_() {
  run "$@"
  before=$(decided)
  for delay in 0.01 0.04 0.09; do
    "$TOBAN" round --no-collect >/dev/null 2>&1 & p=$!
    "$TOBAN" case sync >/dev/null 2>&1 & q=$!
    sleep $delay
    kill -9 $p $q 2>/dev/null
    wait $p $q 2>/dev/null
    killed=$((killed + 1))
  done
  after=$(decided)
  [ "$before" = "$after" ] || hurt="$hurt [$*]"
}
of() { "$TOBAN" case show C-1 --format json >"$work/case" 2>/dev/null; member "$work/case" "[($2) for m in d['machines'] if m['name']=='$1'][0]"; }
row() { python3 - "$TOBAN_SOURCE/samples/ledger.csv" "$1" "$2" "$3" <<'P'
import csv, sys
src, key, build, out = sys.argv[1:]
rows = list(csv.reader(open(src, encoding="cp932", newline="")))
csv.writer(open(out, "w", encoding="cp932", newline="")).writerows([rows[0]] + [r[:-1] + [build] for r in rows[1:] if r[0] == key])
P
}

# 3 March: the notice, and six machines.
as tanaka
at 2021-03-03T12:00+09:00
then_ ledger import "$TOBAN_SOURCE/samples/ledger.csv"
then_ contacts add 佐藤 --role 情シス責任者 --channel mail=sato@example.jp --channel mobile=090-0000-0001 --order 1
then_ contacts add 鈴木 --role 広報 --channel mail=suzuki@example.jp --order 2
run round --mirror "$TOBAN_SOURCE/samples/mirror"
is "the notice asks for something now" "$rc" 1
unlike "machines of several levels are not all sent to the build of one" "$out" "Bring the affected machines to"
like "a mail server is affected: the list does not lead with mail" "$out" "090-0000-0001"
then_ case open N-1
is "six machines" "$("$TOBAN" case show C-1 --format json >"$work/case"; member "$work/case" "len(d['machines'])")" 6
for verb in news "case list" "fix plan"; do
  run $verb
  like "$verb leads with what needs no mail" "$(printf '%s' "$out" | head -3)" "090-0000-0001"
done
then_ fix plan C-1
for p in P-1 P-2 P-3 P-4; do then_ fix plan $p --test "send and receive" --rollback "restore the snapshot" --trigger "no mail for 10 minutes" --owner ito; done
then_ fix apply mail-osaka --to 15.0.1497.12 --tested ok
is "the patch is refused before the look for traces" "$rc" 6

# The sweep of three.
d=$work/osaka
mkdir -p "$d/inetpub/wwwroot" "$d/Windows/System32"
echo welcome >"$d/inetpub/wwwroot/index.htm"
printf 'pack own\ntitle Own names\nversion 1\nvulnerability CVE-2021-26855\ncheck o1\n    title Page nobody installed\n    vulnerability CVE-2021-26855\n    level shell-present\n    needs file-names\n    path \\inetpub\\wwwroot\\aspnet_client\\*.aspx\n' >"$work/own.pack"
then_ investigate "$d=C:" --pack "$work/own.pack" --case C-1 --asset mail-osaka
is "one is clean, with its coverage" "$rc $(of mail-osaka "m['verdict']")" "0 clean"
d=$work/nagoya
mkdir -p "$d"
{
  printf '#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Date: 2021-03-02 00:00:01\r\n'
  printf '#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\r\n'
  printf '2021-03-02 00:00:01 192.0.2.5 GET /owa/ - 443 - 198.51.100.7 Mozilla/5.0 - 200 0 0 10\r\n'
} >"$d/u_ex210302.log"
then_ investigate "$d" --pack proxylogon --since 2021-01-03 --case C-1 --asset mail-nagoya
is "one is not established: the logs are too young" "$rc $(of mail-nagoya "m['verdict']")" "3 not-established"
like "and it says what is missing" "$out" "2021-03-02"
then_ investigate "$TOBAN_SOURCE/samples/collected/C=C:" --pack proxylogon --since 2021-01-03 --case C-1 --asset mail-shop
is "one is compromised" "$rc $(of mail-shop "m['verdict']")" "1 compromised"

# The waiver: asked by one, given by another.
as kacho
then_ fix waive mail-nagoya --why "rebuilt from scratch on Saturday anyway"
then_ fix waive mail-nagoya --approve --why "me too"
is "the one who asked cannot approve" "$rc" 6
as bucho
then_ fix waive mail-nagoya --approve --why "agreed"
is "an approver can" "$rc" 0

# Containment of the compromised one, without mail.
as tanaka
then_ fix apply mail-shop --to 15.1.2106.13 --tested ok
is "compromised: contained before it is patched" "$rc" 6
then_ contain plan C-1
is "a plan from the playbook" "$rc" 0
then_ contacts tree --down C-1
is "the call list leads with what needs no mail" "$(printf '%s\n' "$out" | grep -o '090-0000-0001\|sato@' | head -1)" 090-0000-0001
then_ contain approve B-1 --why "my own plan"
is "who drafted it cannot approve it" "$rc" 6
as bucho
then_ contain approve B-1 --why "go"
is "another can" "$rc" 0
as tanaka
run contain show B-1 --format json
numbers=$(member "$work/out" "' '.join(str(x['number']) for x in d['actions'] if x['required'])")
for i in $numbers; do then_ contain done B-1 $i; done
is "all that is required is done: it is contained" "$(of mail-shop "m['contained'] is not None")" True

# The contractor is asked, and says nothing.
then_ ledger ask 北斗システム --about CVE-2021-26855 --case C-1 --due 2021-03-05
is "an enquiry" "$rc" 0
then_ ledger ask sent E-1 --channel "phone 043-000-0000"

# A mitigation that runs out.
then_ fix mitigate mail-log --what "443 closed" --owner ito --until 2021-03-10 --why "window on the 13th"
is "mitigated, not fixed" "$(of mail-log "m['state'],m['vex']")" "('mitigated', 'affected')"
then_ case close C-1 mail-log --why "closed by the firewall"
is "which closes nothing" "$rc" 6
at 2021-03-11T09:00+09:00
run round --no-collect
like "it runs out, and the machine is open again" "$out" "the mitigation ran out"

# Patches: one proved, one not.
then_ fix apply mail-osaka --to 15.0.1497.12 --tested "mail flows"
is "patched" "$rc" 0
then_ fix rollback mail-osaka --why "OWA is blank"
at 2021-03-12T09:00+09:00
then_ fix apply mail-osaka mail-nagoya --to KB5000871 --tested "mail flows"
is "again, with the waived one" "$rc" 0
at 2021-03-14T09:00+09:00
row S-002 15.0.1497.12 "$work/osaka.csv"
then_ ledger import "$work/osaka.csv"
run round --no-collect
is "the next inventory proves one" "$(of mail-osaka "m['state'],m['vex']")" "('verified', 'fixed')"
is "the other is patched, unverified" "$(of mail-nagoya "m['state'],m['unverified_days']")" "('patched', 2)"
then_ case close C-1 mail-osaka mail-tokyo --why "proved"
then_ case close C-1 --why "enough"
is "the case stays open" "$rc" 6

# The monthly report tells all of it.
at 2021-03-31T17:00+09:00
run round --no-collect
then_ report month 2021-03 --out "$work/month.html"
is "the month is written" "$rc" 0
then_ report month 2021-03 --format json
is "an enquiry is overdue" "$(python3 - "$work/out" <<'P'
import json, sys
t = json.dumps(json.load(open(sys.argv[1])), ensure_ascii=False)
print(all(x in t for x in ("mail-nagoya", "bucho", "北斗システム")))
P
)" True
page=$(cat "$work/month.html")
for what in mail-shop mail-nagoya bucho 北斗システム 090-0000-0001; do like "the page has $what" "$page" "$what"; done
then_ report case C-1 --format json
is "the report of the case has the rollback, the waiver and the containment" "$(python3 - "$work/out" <<'P'
import json, sys
t = json.dumps(json.load(open(sys.argv[1])), ensure_ascii=False)
print([x for x in ("OWA is blank", "agreed", "B-1") if x not in t])
P
)" "[]"
then_ report case C-1 --format csaf --out "$work/c1.json"
is "VEX for machines" "$rc $(member "$work/c1.json" "d['document']['category']")" "0 csaf_vex"

# Nothing was lost on the way.
is "$killed processes were killed between the steps, and no decision changed" "$hurt" ""
before=$(decided)
run rebuild
is "nor by a rebuild" "$rc $(decided)" "0 $before"
then_ ledger import "$TOBAN_SOURCE/samples/ledger.csv"
is "nor by a re-import" "$hurt" ""
run audit verify
is "the chain is whole" "$rc" 0
finish
