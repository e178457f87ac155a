#!/bin/sh
# Reports: the same truth in every form, escaped for each, with the waiver in all of them.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/report_story.sh"
story
of() { member "$work/out" "[($2) for m in d['machines'] if m['name']=='$1'][0]"; }

# The case as JSON: states, times, figures. The notice was published on the 3rd of March and heard at noon.
run report case C-1 --format json
is "a report as JSON" "$rc" 0
is "states" "$(member "$work/out" "' '.join(m['name']+'='+m['state']+'/'+m['vex'] for m in d['machines'])")" "mail-tokyo=triaged/not_affected mail-osaka=verified/fixed mail-nagoya=patched/affected mail-old=triaged/under_investigation mail-shop=contained/affected mail-log=mitigated/affected"
is "published, heard, matched" "$(member "$work/out" "d['times']['published'],d['times']['heard'],d['times']['matched']")" "('2021-03-02T15:00:00Z', '2021-03-03T03:00:00Z', '2021-03-03T03:00:00Z')"
is "what not every machine reached has no time" "$(member "$work/out" "d['times']['checked'],d['times']['patched'],d['times']['verified']")" "(None, None, None)"
is "its own times" "$(of mail-osaka "m['times']['checked'],m['times']['patched'],m['times']['verified'],m['times']['mitigated']")" "('2021-03-03T09:00:00Z', '2021-03-05T12:00:00Z', '2021-03-06T00:00:00Z', None)"
is "a waiver settles the check" "$(of mail-nagoya "m['times']['checked'],m['waived'],m['waiver']['who'],m['unverified_days']")" "('2021-03-03T09:00:00Z', True, 'bucho', 2)"
is "figures" "$(member "$work/out" "[d['figures'][k] for k in ('machines','open','overdue','unchecked','mitigated','unverified','waived','fixed','compromised')]")" "[6, 4, 4, 2, 1, 1, 1, 1, 1]"
is "from publication, in seconds" "$(member "$work/out" "[d['figures']['from_publication'][k]['median_seconds'] for k in ('heard','matched','checked','patched','verified')]")" "[43200, 43200, 64800, 248400, 291600]"
is "by contractor" "$(member "$work/out" "sorted((g['name'],g['machines'],g['open']) for g in d['figures']['by_contractor'])")" "[('', 4, 2), ('北斗システム', 2, 2)]"
is "the sentence and who said it" "$(member "$work/out" "any('CVE-2021-26855' in s['quote'] and s['publisher']=='JPCERT/CC' for s in d['statements'])")" True
is "mail is hit: it says so first" "$(member "$work/out" "list(d)[1],bool(d['lead'])")" "('lead', True)"

# The waiver stands in every form.
for f in table html csv json sarif csaf cyclonedx-vex openvex; do
  run report case C-1 --format $f
  is "$f is made" "$rc" 0
  like "the waiver stands in $f" "$out" bucho
done
run report month 2021-03
like "and in the month" "$out" bucho
run report audit
like "and in the audit" "$out" bucho

# Escaping.
run report case C-3 --format html
unlike "no markup of a stranger's in HTML" "$out" "<script>alert"
like "it is shown as text" "$out" "&lt;script&gt;"
run report case C-1 --format csv
is "formulas are defused, lines end in CRLF, no BOM unasked" "$(python3 - "$work/out" <<'P'
import csv, sys
b = open(sys.argv[1], "rb").read()
rows = list(csv.DictReader(b.decode("utf-8").splitlines()))
bad = [c for r in rows for c in r.values() if c and c[0] in "=+-@\t\r"]
print(bad, [r["waiver_why"] for r in rows if r["waived_by"]], b.count(b"\r\n") == b.count(b"\n") == 7, b[:3] == b"\xef\xbb\xbf")
P
)" "[] [\"'=承知した。6日に再構築すること\"] True False"
run report case C-1 --format csv --bom
is "a BOM on request" "$(head -c 3 "$work/out" | od -An -tx1 | tr -d ' \n')" efbbbf

# The page: one file, nothing loaded, in both languages.
for l in en ja; do
  run report case C-1 --out "$work/page-$l.html" --lang $l
  is "a page ($l)" "$rc" 0
  is "one file without scripts or anything loaded ($l)" "$(grep -ciE '<script|<link|<img|@import|url\(|src=|href=' "$work/page-$l.html")" 0
  like "for A4 ($l)" "$(cat "$work/page-$l.html")" "size:A4"
done
like "in Japanese" "$(cat "$work/page-ja.html")" 'lang="ja"'
run report case C-1 --out "$work/page-ja.html"
is "a file that is there is not written over" "$rc" 6
run report case C-1 --out "$work/page-ja.html" --replace
is "unless asked for" "$rc" 0
run report case C-1 --out "$work/page.xyz"
is "a form that cannot be told" "$rc" 2
run report case C-99
is "no such case" "$rc" 4
if command -v chromium >/dev/null && command -v pdfinfo >/dev/null; then
  for l in en ja; do
    chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync \
      --user-data-dir="$work/chromium" --no-pdf-header-footer --print-to-pdf="$work/$l.pdf" "file://$work/page-$l.html" >/dev/null 2>&1
    is "six machines fit one page of A4 ($l)" "$(pdfinfo "$work/$l.pdf" 2>/dev/null | sed -n 's/^Pages: *//p')" 1
  done
else
  echo "# skipped: pages of the printed report (no chromium, or no pdfinfo)"
fi

# Month and its bounds: the site's zone decides.
run report month 2021-03 --format json
is "the month in the site's zone" "$(member "$work/out" "d['from'],d['until'],d['running']")" "('2021-02-28T15:00:00Z', '2021-03-31T15:00:00Z', True)"
is "figures of the month" "$(member "$work/out" "[d['figures'][k] for k in ('cases_opened','machines','open','overdue','fixed')]")" "[3, 6, 4, 4, 1]"
run report month 2021-02 --format json
is "nothing in February" "$(member "$work/out" "d['figures']['machines'],d['figures']['from_publication']['verified']['median_seconds']")" "(0, None)"
run report month 2021-04
is "a month that has not begun" "$rc" 2
run report month 2021-13
is "no month" "$rc" 2
at 2021-04-08T09:00+09:00
run report month 2021-03 --format json
is "a month that is over is as it stood at its end: the mitigation had run out" "$(member "$work/out" "[d['figures'][k] for k in ('open','overdue','mitigated','mitigation_lapsed','fixed')]")" "[4, 4, 0, 1, 1]"
run case note C-1 "in April"
run report month 2021-04 --format json
is "and April reached nothing" "$(member "$work/out" "d['figures']['from_publication']['verified']['reached'],d['figures']['open']")" "(0, 4)"
at 2021-03-08T09:00+09:00

# Audit.
run report audit --format json
is "the chain is whole" "$(member "$work/out" "d['chain']['whole'],d['chain']['rows']==len(d['rows']),len(d['chain']['head'])")" "(True, True, 64)"
is "the waiver with who asked and who agreed" "$(member "$work/out" "[(w['machine'],w['asked_by'],w['approved_by'],w['in_force']) for w in d['waivers']]")" "[('mail-nagoya', 'kacho', 'bucho', True)]"
run report audit --format json --from 2021-03-04 --until 2021-03-04
is "a day" "$(member "$work/out" "sorted({r['action'] for r in d['rows'] if not r['by_rule']})")" "['case.contained', 'case.mitigated']"
is "waivers in force whatever the day" "$(member "$work/out" "len(d['waivers'])")" 1
python3 - "$work/toban.db" <<'P'
import sqlite3, sys
d = sqlite3.connect(sys.argv[1])
d.execute("DROP TRIGGER fact_audit_kept"); d.execute("UPDATE fact_audit SET who='nobody' WHERE id=7"); d.commit()
P
run report audit
is "a chain that was touched" "$rc" 3
like "says so" "$out" "BROKEN"

# VEX by hand: what the standards ask, beside the validators of tests/validate.
run report case C-1 --format csaf
is "CSAF: version and history agree, dates ascend" "$(member "$work/out" "(lambda t: (t['version']==str(len(t['revision_history'])), [r['number'] for r in t['revision_history']]==[str(i+1) for i in range(len(t['revision_history']))], sorted(r['date'] for r in t['revision_history'])==[r['date'] for r in t['revision_history']], t['status']))(d['document']['tracking'])")" "(True, True, True, 'interim')"
is "CSAF: one status a machine" "$(member "$work/out" "{k: len(v) for k, v in d['vulnerabilities'][0]['product_status'].items()}")" "{'under_investigation': 1, 'known_affected': 3, 'known_not_affected': 1, 'fixed': 1}"
is "CSAF: flag, mitigation, fix" "$(member "$work/out" "d['vulnerabilities'][0]['flags'][0]['label'],sorted({r['category'] for r in d['vulnerabilities'][0]['remediations']})")" "('vulnerable_code_not_present', ['mitigation', 'vendor_fix'])"
is "CSAF: names of software with CPE" "$(member "$work/out" "sum(1 for v in d['product_tree']['branches'] for p in v['branches'] for x in p['branches'] if x['product']['product_identification_helper']['cpe'].startswith('cpe:2.3:a:microsoft:exchange_server:'))")" 6
run report case C-2 --format csaf
is "CSAF: an empty case is no VEX" "$(member "$work/out" "d['document']['category']")" csaf_base
run report case C-2 --format openvex
is "OpenVEX cannot say nothing" "$rc" 6
run report case C-1 --format cyclonedx-vex
is "CycloneDX: states" "$(member "$work/out" "sorted({v['analysis']['state'] for v in d['vulnerabilities']})")" "['exploitable', 'in_triage', 'not_affected', 'resolved']"
is "CycloneDX: every ref is a component" "$(member "$work/out" "{a['ref'] for v in d['vulnerabilities'] for a in v['affects']} <= {c['bom-ref'] for m in d['components'] for c in m['components']}")" True
run report case C-1 --format openvex
is "OpenVEX: states" "$(member "$work/out" "sorted({s['status'] for s in d['statements']})")" "['affected', 'fixed', 'not_affected', 'under_investigation']"
run report case C-1 --format sarif
is "SARIF: only what is affected fails" "$(member "$work/out" "sorted({(r['kind'],r['level'],r['properties']['vex']) for r in d['runs'][0]['results']})")" "[('fail', 'error', 'affected'), ('pass', 'none', 'fixed'), ('pass', 'none', 'not_affected'), ('review', 'none', 'under_investigation')]"
export TOBAN_REPORT_NAMESPACE=nonsense
run report case C-1 --format csaf
is "a namespace that is none" "$rc" 2
finish
