#!/bin/sh
# The review: nothing is good because nothing is known, and every line moves with the data it is about.
. "$(dirname "$0")/lib.sh"
cp "$TOBAN_SOURCE/samples/demo.yaml" "$work/toban.yaml"
export TOBAN_CONFIG="$work/toban.yaml" TOBAN_STORE="$store" TOBAN_WHO=tanaka
at() { export TOBAN_NOW="$1"; }
# look: measures, without keeping it
look() { run review --no-save --format json; }
# mark LINE: "measured 97", "unknown None"
mark() { member "$work/out" "[(l['state'],l['score']) for l in d['lines'] if l['line']=='$1'][0]" | tr -d "(),'"; }
value() { member "$work/out" "[l['value'] for l in d['lines'] if l['line']=='$1'][0]"; }
next() { member "$work/out" "[l['next'] for l in d['lines'] if l['line']=='$1'][0]"; }
# sql STATEMENT…: what people and days would have put there
sql() {
  python3 - "$work/toban.db" "$@" <<'P'
import sqlite3, sys
d = sqlite3.connect(sys.argv[1], isolation_level=None)
d.execute("PRAGMA foreign_keys=ON")
for s in sys.argv[2:]: d.execute(s)
P
}
day=86400000000
now=1614740400000000 # 2021-03-03T12:00+09:00
# ---- an empty store ----
at 2021-03-03T12:00+09:00
run review --format json
is "an empty store is not good: exit 3" "$rc" 3
is "its score is 0" "$(member "$work/out" "d['schema'],d['score']")" "('toban.review/1', 0)"
is "no line of it has a mark above 0" "$(member "$work/out" "[l['line'] for l in d['lines'] if l['score']]")" "[]"
is "weights are stated, and are percent" "$(member "$work/out" "sum(d['weights'].values()), sum(l['weight'] for l in d['lines'])")" "(100, 100)"
is "unknown lines have no mark, a reason and a next step" "$(member "$work/out" "all(l['score'] is None and l['value'] and l['reason'] and l['next'] for l in d['lines'] if l['state']=='unknown')")" True
for l in source_daily people_rounds people_cases ledger_answers ledger_exposure contact_contractors look_logs fix_rollback record_chain; do
  is "unknown: $l" "$(mark $l)" "unknown None"
done
run review --no-save
like "people read it too" "$out" "The ledger is empty."
like "and it says what to type" "$out" "toban ledger import FILE"
like "and that unknown is not good" "$out" "unknown (they count as 0"
run review --fail-under 101
is "a mark above 100 is none" "$rc" 2

# ---- the sample ledger and a round ----
run ledger import "$TOBAN_SOURCE/samples/ledger.csv"
run round --mirror "$TOBAN_SOURCE/samples/mirror"
look
is "39 of 40 rows state their exposure" "$(mark ledger_exposure)" "measured 97"
like "in words" "$(value ledger_exposure)" "39 of 40"
is "all have owners" "$(mark ledger_owner)" "measured 100"
is "the ledger was asked, and answered" "$(member "$work/out" "[' ms' in l['value'] and l['score'] > 0 for l in d['lines'] if l['line']=='ledger_time']")" "[True]"
is "health and review count alike" "$(member "$work/out" "[l['value'].split()[0] for l in d['lines'] if l['line']=='ledger_answers'][0]")" "$("$TOBAN" ledger health --format json | python3 -c "import json,sys; r=json.load(sys.stdin)['rows'][0]; print(r['of']-r['missing'])")"
run ledger set kintai exposure=internal
is "a field is filled in" "$rc" 0
look
is "now it is whole" "$(mark ledger_exposure)" "measured 100"
is "and asks for nothing more" "$(next ledger_exposure)" ""
python3 - "$TOBAN_SOURCE/samples/ledger.csv" "$work/new.csv" <<'P'
import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding="cp932", newline="")))
new = ["X-001", "new"] + [""] * (len(rows[0]) - 2)
csv.writer(open(sys.argv[2], "w", encoding="cp932", newline="")).writerows([rows[0], new])
P
run ledger import "$work/new.csv"
look
is "a row without owner, purpose and exposure lowers all three" "$(mark ledger_owner) $(mark ledger_purpose) $(mark ledger_exposure)" "measured 97 measured 97 measured 97"
run ledger set new owner=tanaka
run ledger set new purpose=test
look
is "filled in, they rise again" "$(mark ledger_owner) $(mark ledger_purpose)" "measured 100 measured 100"
at 2021-05-03T12:00+09:00
look
is "an old ledger falls" "$(member "$work/out" "[0 < l['score'] < 60 for l in d['lines'] if l['line']=='ledger_age']")" "[True]"
is "so do sources that are no longer visited" "$(mark source_fresh)" "measured 0"
at 2021-03-03T12:00+09:00

# ---- visits and rounds over weeks ----
is "one day is no habit" "$(mark source_fresh; look; mark source_daily)" "measured 0
unknown None"
for i in 1 2 3 4 5 6 7 8 9 10; do
  sql "INSERT INTO fact_visit(source,started,ended,outcome) VALUES('jpcert',$now-$i*$day,$now,'ok'),('cisa',$now-$i*$day,$now,'unchanged')" \
    "INSERT INTO fact_round(at,items) VALUES($now-$i*$day,1)"
done
look
is "visited on every day" "$(mark source_daily)" "measured 100"
is "a round on every business day" "$(mark people_rounds)" "measured 100"
sql "UPDATE fact_visit SET outcome='failed' WHERE source='cisa' AND started BETWEEN $now-5*$day AND $now-4*$day" "DELETE FROM fact_round WHERE at=$now-1*$day"
look
is "failed visits are missing days: 20 of 22" "$(mark source_daily)" "measured 90"
like "of that source" "$(value source_daily)" "cisa 9 of 11"
is "a missed round shows" "$(member "$work/out" "[60 < l['score'] < 100 for l in d['lines'] if l['line']=='people_rounds']")" "[True]"

# ---- an urgent notice, and a case ----
is "within its time nothing is missed" "$(mark people_cases)" "empty None"
at 2021-03-05T12:00+09:00
look
is "two days without a case" "$(mark people_cases)" "measured 0"
like "the notice is named" "$(next people_cases)" "N-"
at 2021-03-03T15:00+09:00
run case open N-1
run case open N-2
at 2021-03-05T12:00+09:00
look
is "a case within a day" "$(mark people_cases)" "measured 100"
export TOBAN_REVIEW_CASE_HOURS=2
look
is "the site asks for two hours: late is half" "$(mark people_cases)" "measured 50"
unset TOBAN_REVIEW_CASE_HOURS
is "decisions have their record" "$(mark record_chain)" "measured 100"

# ---- contractors ----
is "the contractor in the open case was never asked" "$(mark contact_contractors)" "measured 0"
like "it is named" "$(next contact_contractors)" "北斗システム"
for c in 1 2; do run ledger ask 北斗システム --about "$([ $c = 1 ] && echo CVE-2021-26855 || echo Exchange)" --case C-$c --due 2021-03-06; done
is "enquiries are drafted" "$rc" 0
look
is "a draft asks nobody" "$(mark contact_contractors)" "measured 0"
for c in 1 2; do run ledger ask sent E-$c --channel mail; done
look
is "sent, there is time to answer" "$(mark contact_contractors)" "empty None"
at 2021-03-08T12:00+09:00
look
is "overdue: silent" "$(mark contact_contractors)" "measured 0"
like "the enquiry is named" "$(next contact_contractors)" "E-1"
at 2021-03-05T12:00+09:00
run ledger ask answer E-1 --runs yes --channel phone
run ledger ask answer E-2 --runs no --channel phone
look
is "answers raise it" "$(mark contact_contractors)" "measured 100"

# ---- contacts ----
is "no contact: nobody is reached" "$(mark contact_channels)" "measured 0"
run contacts add 佐藤 --role 当番 --order 1 --channel mail=sato@example.jp
is "somebody is added" "$rc" 0
look
is "mail alone is no other channel" "$(mark contact_channels)" "measured 0"
is "it is known who is told" "$(mark people_notified)" "measured 50"
run contacts set K-1 --channel mail=sato@example.jp --channel mobile=090-0000-0000
look
is "a telephone is" "$(mark contact_channels)" "measured 100"
is "and reaches who is told" "$(mark people_notified)" "measured 75"
is "never checked" "$(mark contact_checked)" "measured 0"
at 2021-02-23T12:00+09:00
run contacts add 鈴木 --order 2 --channel "chat=#csirt needs mail" --substitute K-1
run contacts check K-2
at 2021-03-05T12:00+09:00
look
is "chat that needs the mail server is mail" "$(mark contact_channels)" "measured 50"
is "one of two was checked" "$(mark contact_checked)" "measured 50"
is "one of two has a substitute" "$(mark contact_substitutes)" "measured 50"
run contacts set K-1 --substitute K-2
run contacts check K-1
look
is "checked and substituted" "$(mark contact_checked) $(mark contact_substitutes)" "measured 100 measured 100"
export TOBAN_CONTACTS_RECHECK_DAYS=5
look
is "the site asks for a check every five days" "$(mark contact_checked)" "measured 50"
unset TOBAN_CONTACTS_RECHECK_DAYS
export TOBAN_REVIEW_NOTIFY=部長
look
is "who is named and not there is nobody" "$(mark people_notified)" "measured 0"
unset TOBAN_REVIEW_NOTIFY
run contacts remove K-2
look
is "a removed substitute is none" "$(mark contact_substitutes)" "measured 0"

# ---- looks and logs ----
is "exposure is seen, how long logs are kept is not said" "$(mark look_logs)" "unknown None"
export TOBAN_REVIEW_LOG_DAYS=30
look
is "30 days of logs for 60 days of exposure" "$(mark look_logs)" "measured 50"
like "both are told" "$(value look_logs)" "the longest exposure seen was 60 days (CVE-2021-26855"
export TOBAN_REVIEW_LOG_DAYS=90
look
is "90 are enough" "$(mark look_logs)" "measured 100"
run case check mail-nagoya not-established --why "the logs begin on 2021-03-01" --case C-1
look
is "until a look establishes nothing" "$(mark look_logs)" "measured 0"
like "which is named" "$(next look_logs)" "mail-nagoya (C-1)"
run case check mail-osaka clean --coverage "IIS logs from 2020-12-01" --why "no trace" --case C-1
look
is "one of two" "$(mark look_logs)" "measured 50"

# ---- plans, mitigations, patches ----
is "no plan: not known" "$(mark fix_rollback)" "unknown None"
run fix plan C-1
look
is "drafts have no way back" "$(mark fix_rollback)" "measured 0"
run fix plan C-1
plans=$(printf '%s\n' "$out" | sed -n 's/^\(P-[0-9]*\).*/\1/p')
for p in $plans; do run fix plan $p --test "send and receive" --rollback "restore the snapshot" --trigger "no mail for 10 minutes" --owner ito --track emergency; done
look
is "written, they are whole" "$(member "$work/out" "[l['score'] for l in d['lines'] if l['line']=='fix_rollback'][0] >= 90")" True
is "no emergency patch yet" "$(mark fix_emergency)" "measured 0"
is "no mitigation: nothing to say" "$(mark fix_mitigations)" "empty None"
run fix mitigate mail-log --what "443 closed" --owner ito --until 2021-03-10 --why "window on the 13th" --case C-1
look
is "a mitigation within its time" "$(mark fix_mitigations)" "measured 100"
at 2021-03-11T12:00+09:00
look
is "past its time it is an open door" "$(mark fix_mitigations)" "measured 0"
like "the machine is named" "$(next fix_mitigations)" "mail-log (C-1)"
at 2021-03-05T12:00+09:00
run fix apply mail-osaka --to 15.0.1497.12 --tested "mail flows" --case C-1
is "patched" "$rc" 0
look
is "patched on the emergency track, not proved" "$(mark fix_emergency)" "measured 50"
is "its proof has time" "$(mark fix_unproved)" "measured 100"
at 2021-03-13T12:00+09:00
look
is "after a week it has not" "$(mark fix_unproved)" "measured 0"
run fix waive mail-nagoya --why "rebuilt anyway" --case C-1
export TOBAN_WHO=bucho
run fix waive mail-nagoya --approve --why "agreed" --case C-1
export TOBAN_WHO=tanaka
look
is "no patch on the waiver yet" "$(mark look_waivers)" "empty None"
run fix apply mail-nagoya --to 15.2.792.10 --tested "mail flows" --case C-1
is "patched on a waiver" "$rc" 0
look
is "a waived look is owed" "$(mark look_waivers)" "measured 0"
at 2021-03-14T12:00+09:00
run case check mail-nagoya clean --coverage "logs from the collector since 2020-12-01" --why "no trace" --case C-1
look
is "and made up for" "$(mark look_waivers)" "measured 100"
python3 - "$TOBAN_SOURCE/samples/ledger.csv" "$work/osaka.csv" <<'P'
import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding="cp932", newline="")))
csv.writer(open(sys.argv[2], "w", encoding="cp932", newline="")).writerows([rows[0]] + [r[:-1] + ["15.0.1497.12"] for r in rows[1:] if r[0] == "S-002"])
P
run ledger import "$work/osaka.csv"
run fix verify C-1
look
is "a proof is the exercise" "$(mark fix_emergency)" "measured 100"

# ---- history ----
run review
run review --history --format json
is "two reviews were kept, the newest first" "$(member "$work/out" "len(d['rows']), d['schema'], d['rows'][1]['score'], d['rows'][0]['score'] > 0")" "(2, 'toban.review.history/1', 0, True)"
is "the difference is told" "$(member "$work/out" "d['rows'][0]['change'] == d['rows'][0]['score'] - d['rows'][1]['score']")" True
like "line by line" "$(member "$work/out" "d['rows'][0]['lines']")" "ledger_exposure -→97"
is "by whom" "$(member "$work/out" "d['rows'][0]['who']")" tanaka
run review --history
is "for people too" "$rc" 0

# ---- exit codes, other forms ----
run review --no-save --format csv
is "CSV has a row a line" "$(python3 -c 'import csv,sys; r=list(csv.DictReader(open(sys.argv[1], encoding="utf-8-sig"))); print(len(r) > 15, r[0]["line"])' "$work/out")" "True source_daily"
run review --no-save --format json
unknown=$(member "$work/out" "[l['line'] for l in d['lines'] if l['state']=='unknown']")
is "by now everything is measured" "$unknown" "[]"
is "low lines: exit 1" "$rc" 1
run review --no-save --fail-under 0
is "with no threshold: exit 0" "$rc" 0
run review --no-save --lang ja
like "in Japanese" "$out" "準備状況"
run review --no-save --lang ja --format json
is "with the names of lines as they are" "$(member "$work/out" "d['lines'][0]['line']")" source_daily
run audit verify
is "looking at it changed nothing that counts" "$rc" 0
finish
