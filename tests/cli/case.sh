#!/bin/sh
# Cases: ProxyLogon on the sample ledger, from the notice to the proof, with every gate tried while it is shut.
. "$(dirname "$0")/lib.sh"
cp "$TOBAN_SOURCE/samples/demo.yaml" "$work/toban.yaml"
printf 'approve:\n  four_eyes: yes\n  people: bucho kacho\n' >>"$work/toban.yaml"
export TOBAN_CONFIG="$work/toban.yaml" TOBAN_STORE="$store"
at() { export TOBAN_NOW="$1"; }
as() { export TOBAN_WHO="$1"; }
# of NAME EXPRESSION: of one machine of the case last shown as JSON; m is the machine
of() { member "$work/out" "[($2) for m in d['machines'] if m['name']=='$1'][0]"; }
show() { run case show C-1 --format json; }
# row KEY BUILD FILE: an inventory of one Exchange server of the ledger, as the sample has it but for the build
row() {
  python3 - "$TOBAN_SOURCE/samples/ledger.csv" "$1" "$2" "$3" <<'P'
import csv, sys
src, key, build, out = sys.argv[1:]
rows = list(csv.reader(open(src, encoding="cp932", newline="")))
keep = [rows[0]] + [r[:-1] + [build] for r in rows[1:] if r[0] == key]
csv.writer(open(out, "w", encoding="cp932", newline="")).writerows(keep)
P
}

as tanaka
at 2021-03-03T12:00+09:00
run ledger import "$TOBAN_SOURCE/samples/ledger.csv"
run round --mirror "$TOBAN_SOURCE/samples/mirror"
like "the notice is heard" "$out" "Exchange"

# From the notice to six machines.
run case open N-1
is "a case is opened from the notice" "$rc" 0
show
is "six machines, five of them affected" "$(member "$work/out" "' '.join(m['name']+'='+m['triage'] for m in d['machines'])")" "mail-tokyo=not-affected mail-osaka=affected mail-nagoya=affected mail-old=affected mail-shop=affected mail-log=affected"
is "VEX says the same" "$(member "$work/out" "' '.join(sorted({m['triage']+'='+m['vex'] for m in d['machines']}))")" "affected=affected not-affected=not_affected"
is "the table's deadline, three days" "$(of mail-osaka "m['deadline'],m['deadline_by']")" "('2021-03-06T14:59:59Z', 'table')"
run case show C-1
like "which is a Saturday" "$out" "the last one before is 2021-03-05"
export TOBAN_FIX_BUSINESS_DAYS=1
run case sync C-1
show
is "the site's own rule is earlier, and wins" "$(of mail-osaka "m['deadline'],m['deadline_by']")" "('2021-03-04T14:59:59Z', 'business-days')"
unset TOBAN_FIX_BUSINESS_DAYS
run case open
is "a case by hand wants a title" "$rc" 2

# The gates are shut.
run fix plan C-1
is "a plan for each fix" "$rc" 0
run fix plan C-1 --check
is "no plan is complete without test and rollback" "$rc" 1
like "and says what is missing" "$out" "rollback steps (--rollback)"
run fix apply mail-osaka --to 15.0.1497.12 --tested ok
is "no patch before a look for traces" "$rc" 6
like "it says what is missing" "$err" "record its verdict"
like "and why it is asked for" "$err" "is stated to be exploited"
run case close C-1 mail-osaka --why "we are busy"
is "an affected machine is not closed" "$rc" 6
run case triage mail-osaka not-affected --why "I say so"
is "not affected wants a justification" "$rc" 2

# Verdicts.
run case check mail-osaka clean --why "nothing seen"
is "clean wants its coverage" "$rc" 2
run case check mail-osaka clean --coverage "IIS, ECP and HttpProxy logs from 2021-02-20" --why "no trace"
is "clean with coverage" "$rc" 0
run case check mail-nagoya not-established --why "the logs begin on 2021-03-01"
is "logs that are too young establish nothing" "$rc" 0
run case check mail-shop compromised --why "a web shell in aspnet_client"
is "one is compromised" "$rc" 0
show
is "states" "$(member "$work/out" "' '.join(m['state']+'/'+m['verdict'] for m in d['machines'])")" "triaged/none checked/clean checked/not-established triaged/none checked/compromised triaged/none"
run fix apply mail-nagoya --to 15.2.792.10 --tested ok
is "what is not established opens no gate" "$rc" 6
run case triage mail-shop not-affected --justification vulnerable_code_not_present --why "hush"
is "a compromised machine is not talked away" "$rc" 6

# The waiver: by an approver, not by the one who asked.
run fix waive mail-nagoya --approve --why "go on"
is "nothing to approve yet" "$rc" 6
as kacho
run fix waive mail-nagoya --why "rebuilt from scratch on Saturday anyway"
is "a waiver is asked for" "$rc" 0
run fix waive mail-nagoya --approve --why "me too"
is "the one who asked cannot approve" "$rc" 6
like "four eyes are named" "$err" "approve.four_eyes"
as tanaka
run fix waive mail-nagoya --approve --why "fine"
is "who is no approver cannot approve" "$rc" 6
as bucho
run fix waive mail-nagoya --approve --why "agreed: rebuilt on the 6th"
is "an approver can" "$rc" 0
as tanaka
for verb in "case show C-1" "fix plan P-2"; do
  run $verb
  like "the waiver stands in $verb" "$(printf '%s' "$out" | tr A-Z a-z)" "waived"
done
run case list --format json
is "and in case list" "$(member "$work/out" "d['rows'][0]['waived']")" 1
run case show C-1 --format csv
like "and in the CSV" "$out" "bucho"

# Containment before patch.
run fix plan P-4 --test "send and receive" --rollback "restore the snapshot" --trigger "no mail for 10 minutes" --owner ito
run fix apply mail-shop --to 15.1.2106.13 --tested ok
is "a compromised machine is not patched before it is contained" "$rc" 6
like "and that is said" "$err" "contain it first"
# In a copy: a break-in is the machine's, whichever case it was found for.
run backup "$work/copy.db"
export TOBAN_STORE="sqlite:$work/copy.db"
run case open CVE-2021-26857 --title other
run fix plan C-2
run fix plan "$(printf '%s\n' "$out" | grep -B1 'machines: mail-shop' | sed -n 's/^\(P-[0-9]*\).*/\1/p')" --test t --rollback r --trigger t --owner ito
run case check mail-shop clean --coverage "the same logs" --why "by somebody else" --case C-2
run fix apply mail-shop --to 15.1.2106.13 --tested ok --case C-2
is "nor by way of another case" "$rc" 6
like "which names the first" "$err" "mail-shop: C-1: it is compromised"
run case check mail-shop clean --coverage "the same logs" --why "by somebody else"
is "of two cases one is named" "$rc" 6
export TOBAN_STORE="$store"
as bucho
run fix waive mail-shop --why "no time"
run fix waive mail-shop --approve --why "no time"
as kacho
run fix waive mail-shop --approve --why "no time"
run fix apply mail-shop --to 15.1.2106.13 --tested ok
is "a waiver does not replace that" "$rc" 6
as tanaka
run case contained mail-shop --why "port shut down, kept from the directory"
is "contained" "$rc" 0

# A mitigation: owner, end, and nothing is closed by it.
run fix mitigate C-1 --format json
is "what the notices name is offered, with publisher and sentence" "$(member "$work/out" "[(r['publisher'],r['quote'][:12]) for r in d['rows']]")" "[('JPCERT/CC', 'すぐに適用できない場合は')]"
run fix mitigate mail-log --what "443 closed" --until 2021-03-10 --why "window on the 13th"
is "a mitigation wants an owner" "$rc" 2
run fix mitigate mail-log --what "443 closed" --owner ito --until 2021-12-31 --why "for good"
is "and does not stand for ever" "$rc" 2
run fix mitigate mail-log --what "443 closed" --owner ito --until 2021-03-10 --why "window on the 13th"
is "mitigated" "$rc" 0
run case show C-1
like "mitigated, not fixed" "$out" "mitigated, not fixed, until 2021-03-10"
run case close C-1 mail-log --why "443 is closed"
is "a mitigation closes nothing" "$rc" 6
like "and says so" "$err" "a mitigation closes nothing"
run case triage mail-log not-affected --justification inline_mitigations_already_exist --why "443 is closed"
is "not by another name either" "$rc" 6
at 2021-03-11T09:00+09:00
show
is "it runs out with nobody touching it" "$(of mail-log "m['state'],m['mitigated'],m['mitigation_lapsed'],m['vex']")" "('triaged', False, True, 'affected')"
run round --no-collect
like "and the next round records it" "$out" "the mitigation ran out on 2021-03-10"
run round --no-collect
unlike "once" "$out" "the mitigation ran out"

# Patching: plan, rollback, proof.
run fix apply mail-osaka --to 15.0.1497.12 --tested "mail flows"
is "no patch without a complete plan" "$rc" 6
like "what it lacks" "$err" "test steps"
for p in P-1 P-2; do run fix plan $p --test "send and receive" --rollback "restore the snapshot" --trigger "no mail for 10 minutes" --owner ito; done
run fix apply mail-osaka --to 15.0.1497.12 --tested "mail flows"
is "patched" "$rc" 0
like "unverified" "$out" "patched, unverified"
run fix rollback mail-osaka --why "OWA is blank"
show
is "rolled back, open again" "$(of mail-osaka "m['state'],m['rolled_back']['why']")" "('checked', 'OWA is blank')"
at 2021-03-12T09:00+09:00
run fix apply mail-osaka mail-nagoya mail-shop --to "KB5000871" --tested "mail flows"
is "three are patched" "$rc" 0
run case close C-1 mail-osaka --why "patched"
is "a patch alone closes nothing" "$rc" 6
like "patched, unverified" "$err" "patched, unverified"
run fix verify C-1
is "no inventory, no proof" "$rc" 3
at 2021-03-14T09:00+09:00
row S-002 15.0.1497.12 "$work/osaka.csv"
run ledger import "$work/osaka.csv"
run round --no-collect
like "the next inventory proves one" "$out" "15.0.1497.12"
show
is "verified" "$(of mail-osaka "m['state'],m['vex']")" "('verified', 'fixed')"
is "the other ages visibly" "$(of mail-nagoya "m['state'],m['unverified_days'],m['vex']")" "('patched', 2, 'affected')"
row S-005 15.1.2106.2 "$work/shop.csv"
run ledger import "$work/shop.csv"
run fix verify C-1
is "an inventory that still shows the old build" "$rc" 1
like "says so" "$out" "still shows an affected version"
run case close C-1 mail-osaka mail-tokyo --why "proved"
is "what is proved, or not affected, is closed" "$rc" 0
run case close C-1 --why "all done"
is "the case is not, while machines are open" "$rc" 6
like "which are named" "$err" "mail-nagoya: patched, unverified"

# A build that goes backwards.
at 2021-03-20T09:00+09:00
row S-002 15.00.1497.002 "$work/back.csv"
run ledger import "$work/back.csv"
run round --no-collect
like "a build that goes backwards opens the machine again" "$out" "an affected version again"
show
is "with its gates shut" "$(of mail-osaka "m['state'],m['verdict'],m['reopened']")" "('triaged', 'none', 1)"
run fix apply mail-osaka --to 15.0.1497.12 --tested ok
is "a new exposure, a new look" "$rc" 6

# What people decided is never lost.
run ledger show S-004
run case triage mail-old not-affected --justification component_not_present --why "switched off on the 5th"
show
member "$work/out" "[(m['name'],m['state'],m['triage'],m['verdict'],m['waived'],m['plan'],m['mitigation'],m['patched'],m['closed']) for m in d['machines']]" >"$work/before"
run rebuild
is "rebuild" "$rc" 0
run ledger import "$TOBAN_SOURCE/samples/ledger.csv"
run round --no-collect
show
member "$work/out" "[(m['name'],m['state'],m['triage'],m['verdict'],m['waived'],m['plan'],m['mitigation'],m['patched'],m['closed']) for m in d['machines']]" >"$work/after"
is "rebuild and re-import leave decisions alone" "$(cat "$work/after")" "$(cat "$work/before")"
run case show C-1
like "a word against the matching is shown" "$out" "a person's word stands against it"

# Killed between any two steps.
steps() { python3 - "$work/toban.db" <<'P'
import sqlite3, sys
d = sqlite3.connect(sys.argv[1])
print(d.execute("SELECT (SELECT count(*) FROM decision_case_step) - (SELECT count(*) FROM fact_audit WHERE action LIKE 'case.%')").fetchone()[0], d.execute("PRAGMA integrity_check").fetchone()[0])
P
}
for delay in 0.02 0.05 0.08 0.12 0.2 0.3 0.45 0.7; do
  "$TOBAN" case note C-1 "killed after $delay" >/dev/null 2>&1 &
  p=$!
  "$TOBAN" case check mail-log suspicious --why "killed after $delay" >/dev/null 2>&1 &
  q=$!
  sleep $delay
  kill -9 $p $q 2>/dev/null
  wait $p $q 2>/dev/null
done
is "steps and their audit rows come together" "$(steps)" "0 ok"

# The chain.
run audit verify
is "the audit chain is whole" "$rc" 0
head=$(printf '%s\n' "$out" | sed -n 's/^head //p')
run audit verify --head "$head"
is "its head is known" "$rc" 0
run audit list --format json
is "every row has who and when" "$(member "$work/out" "all(r['who'] and r['at'] for r in d['rows'])")" True
is "the store itself refuses to change or remove a row" "$(python3 - "$work/toban.db" "$work" <<'P'
import shutil, sqlite3, sys
db, work = sys.argv[1:]
src = sqlite3.connect(db); src.execute("PRAGMA wal_checkpoint(TRUNCATE)"); src.close()
for name, sql in (("changed", "UPDATE fact_audit SET who='nobody' WHERE id=7"), ("removed", "DELETE FROM fact_audit WHERE id=7"),
                  ("cut", "DELETE FROM fact_audit WHERE id=(SELECT max(id) FROM fact_audit)")):
    p = "%s/%s.db" % (work, name); shutil.copy(db, p); d = sqlite3.connect(p)
    try:
        d.execute(sql); print("the store let a row be", name)
    except sqlite3.DatabaseError: pass
    d.execute("DROP TRIGGER fact_audit_kept"); d.execute("DROP TRIGGER fact_audit_stays"); d.execute(sql); d.commit(); d.close()
P
)" ""
for how in changed removed; do
  run audit verify --store "sqlite:$work/$how.db"
  is "a row that was $how is told" "$rc" 3
done
run audit verify --store "sqlite:$work/cut.db"
is "rows cut off at the end need a head" "$rc" 0
run audit verify --head "$head" --store "sqlite:$work/cut.db"
is "and are told with it" "$rc" 3

# A store of the first schema is brought up to date, and keeps what people said.
python3 - "$TOBAN_SOURCE/src/store/sql/0001_first.sql" "$work/first.db" <<'P'
import sqlite3, sys
d = sqlite3.connect(sys.argv[2]); d.executescript(open(sys.argv[1], encoding="utf-8").read())
d.execute("INSERT INTO decision_asset_field VALUES('main','S-003','owner','髙橋①','tanaka',1)"); d.execute("PRAGMA user_version=1"); d.commit()
P
run ledger import "$TOBAN_SOURCE/samples/ledger.csv" --store "sqlite:$work/first.db"
run ledger show S-003 --store "sqlite:$work/first.db"
like "an upgrade keeps a person's word" "$out" "髙橋①"
run case open --title "by hand" --store "sqlite:$work/first.db"
is "and has cases" "$rc" 0

# Windows.
at 2021-03-03T12:00+09:00
run windows add servers "monthly second tuesday +4 22:00 6h"
is "a window" "$rc" 0
run windows add bad "every full moon"
is "a rule that is none" "$rc" 2
run windows list --format json
is "second Tuesday + 4" "$(member "$work/out" "d['rows'][0]['start'],d['rows'][0]['end']")" "('2021-03-13 22:00', '2021-03-14 04:00')"
run windows freeze --from 2021-03-13 --until 2021-04-02 --why "年度末の凍結; 変更は、しない"
run windows list --format json
is "a freeze keeps it shut" "$(member "$work/out" "d['rows'][0]['start']")" "2021-04-17 22:00"
run windows list --format ics
is "iCalendar keeps the rules of RFC 5545" "$(python3 - "$work/out" <<'P'
import sys
b = open(sys.argv[1], "rb").read()
lines = b.split(b"\r\n")
bad = [l for l in lines if len(l) > 75 or b"\n" in l]
text = b.replace(b"\r\n ", b"").decode("utf-8")  # unfolded
un = text.split("\r\n")
ev = text.split("BEGIN:VEVENT")[1:]
need = all(all(k in e for k in ("UID:", "DTSTAMP:", "DTSTART", "DTEND", "SUMMARY:", "END:VEVENT")) for e in ev)
uids = [l for l in un if l.startswith("UID:")]
print(not bad, need, un[0], un[-2], "DTSTART:20210417T130000Z" in un, "20210313T130000Z" in text, len(uids) == len(set(uids)) > 10,
      "凍結\\; 変更は" in text or "凍結; 変更は" not in text)
P
)" "True True BEGIN:VCALENDAR END:VCALENDAR True False True True"
run windows remove Z-1
run windows list --format json
is "taken away, it opens again" "$(member "$work/out" "d['rows'][0]['start']")" "2021-03-13 22:00"
run audit verify
is "the chain is whole at the end" "$rc" 0
run case show C-1 --lang ja
is "in Japanese, too" "$rc" 0
finish
