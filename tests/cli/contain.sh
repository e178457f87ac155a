#!/bin/sh
# Containment: a compromised mail server of the sample ledger, from the refused patch to the undone block.
. "$(dirname "$0")/lib.sh"
cp "$TOBAN_SOURCE/samples/demo.yaml" "$work/toban.yaml"
printf 'approve:\n  four_eyes: yes\n  people: bucho kacho\n' >>"$work/toban.yaml"
export TOBAN_CONFIG="$work/toban.yaml" TOBAN_STORE="$store"
at() { export TOBAN_NOW="$1"; }
as() { export TOBAN_WHO="$1"; }
plan() { run contain show B-1 --format json; }
# action NAME EXPRESSION: of the action x of the plan last shown
action() { member "$work/out" "[($2) for x in d['actions'] if x['action']=='$1'][0]"; }
# Whatever a plan names would leave its mark here if anybody ran it.
mkdir "$work/bin"
for tool in nft netsh pwsh powershell powershell.exe iptables ssh sudo sh bash; do
  printf '#!/bin/sh\n: >"%s/ran-%s"\n' "$work" "$tool" >"$work/bin/$tool"
  chmod +x "$work/bin/$tool"
done
toban_path="$work/bin:$PATH"
run() {
  env PATH="$toban_path" "$TOBAN" "$@" >"$work/out" 2>"$work/err"
  rc=$?
  out=$(cat "$work/out")
  err=$(cat "$work/err")
}

as tanaka
at 2021-03-03T12:00+09:00
run ledger import "$TOBAN_SOURCE/samples/ledger.csv"
run round --mirror "$TOBAN_SOURCE/samples/mirror"
run case open N-1
run fix plan C-1
p=$(printf '%s\n' "$out" | grep -B1 'machines: mail-shop' | sed -n 's/^\(P-[0-9]*\).*/\1/p')
run fix plan "$p" --test "send and receive" --rollback "restore the snapshot" --trigger "no mail" --owner ito
run contain plan C-1
is "nothing to contain before anything was found" "$rc" 6
like "and says what is missing" "$err" "case check"
run case check mail-shop compromised --why "a web shell in aspnet_client"
run fix apply mail-shop --to 15.1.2106.13 --tested ok
is "compromised: no patch" "$rc" 6
like "before containment, and says how" "$err" "toban contain plan"

# The draft.
run contain plan C-1
is "a plan is drafted" "$rc" 0
like "from the playbook that fits" "$out" "playbook mail-server"
like "it wants approving" "$out" "wants approving"
like "it leads with other means than mail" "$out" "do not rely on"
like "it names who is asked first" "$out" "web-shop, 通販サイト, 伊藤"
like "and who runs the machine" "$out" "北斗システム"
like "when to call experts" "$out" "Call outside experts when"
like "the directory" "$out" "Disable-ADAccount -Identity 'mail-shop\$'"
like "the switch" "$out" "set interfaces <fill in: port> disable"
like "Windows" "$out" "netsh advfirewall export"
like "nftables" "$out" "nft add table inet toban_contain"
like "what the ledger does not say is marked, with the reason" "$out" "fill in ip: the ledger does not say it"
plan
is "as JSON" "$(member "$work/out" "d['schema'],d['state'],d['playbook'],d['case']")" "('toban.containment/1', 'draft', 'mail-server', 'C-1')"
is "every action says its effect, owner and how it is undone" "$(member "$work/out" "[x['action'] for x in d['actions'] if not x['effect'] or not (x['title'].startswith('Tell:') or (x['undo'] and x['owner']))]")" "[]"
isolate=$(action isolate "x['number']") cut=$(action cut-ad "x['number']") accounts=$(action accounts "x['number']") web=$(action close-web "x['number']")
run contain plan C-1
is "no second plan for the same machine" "$rc" 6
run contain plan C-1 --asset mail-shop
is "not by name either" "$rc" 6
like "the first is named" "$err" "B-1"
run contain plan C-1 --asset db-shop
is "only machines of the case" "$rc" 4
run contain plan C-1 --asset mail-log --playbook nothing
is "only playbooks there are" "$rc" 4
like "which are named" "$err" "mail-server, web-appliance, workstations"
run contain plan C-1 --asset mail-osaka --playbook web-appliance --format json
is "a person's word wins over what fits" "$(member "$work/out" "d['id'],d['playbook']")" "('B-2', 'web-appliance')"

# Approval.
run contain done B-1 $isolate
is "nothing is done before approval" "$rc" 6
like "which says what is missing" "$err" "contain approve B-1"
run contain approve B-1 --why go
is "who is no approver cannot" "$rc" 6
as kacho
run contain refuse B-2 --why "it is no appliance"
is "a draft can be refused" "$rc" 0
run contain approve B-2 --why "after all"
is "and stays so" "$rc" 6
run contain plan C-1 --asset mail-osaka
is "another is drafted by an approver" "$rc" 0
run contain approve B-3 --why "my own"
is "who drafted cannot approve" "$rc" 6
like "four eyes are named" "$err" "approve.four_eyes"
run contain approve B-1
is "approval wants a reason" "$rc" 2
as bucho
run contain approve B-1 --why "agreed with the head of sales"
is "an approver can" "$rc" 0
run contain approve B-1 --why again
is "once" "$rc" 6

# Carried out.
as ito
run contain done B-1 99
is "only actions there are" "$rc" 4
run contain done B-1 $isolate $isolate
is "none is done twice" "$rc" 6
run contain done B-1 $isolate --why "port shut"
is "one of two required" "$rc" 0
run fix apply mail-shop --to 15.1.2106.13 --tested ok
is "not contained yet" "$rc" 6
run contain skip B-1 $cut --why "is in a workgroup"
is "a required action is not left out by whoever" "$rc" 6
run contain skip B-1 $accounts --why "nobody logged on there"
is "another is" "$rc" 0
at 2021-03-03T15:00+09:00
run contain done B-1 $cut
is "the last required one" "$rc" 0
like "makes it contained" "$out" "mail-shop  contained"
run case show C-1 --format json
is "in the case, too, by name" "$(member "$work/out" "[(m['state'],m['contained']['who'],m['contained']['value']) for m in d['machines'] if m['name']=='mail-shop'][0]")" "('contained', 'ito', 'B-1')"
run contain undone B-1 $web --why x
is "what was not done is not undone" "$rc" 6

# Undone before the patch: shut again.
run contain undone B-1 $cut --why "the mail has to run"
is "undone" "$rc" 0
like "is told" "$out" "NOT contained any more"
run fix apply mail-shop --to 15.1.2106.13 --tested ok
is "and the patch is refused again" "$rc" 6
run contain done B-1 $cut --undo-by 2021-03-20
is "done again, until a day of one's own" "$rc" 0
run fix apply mail-shop --to 15.1.2106.13 --tested ok
is "contained: the patch is possible" "$rc" 0

# Reminders: 14 days after the 3rd.
at 2021-03-16T09:00+09:00
run contain show B-1
unlike "not before the day" "$out" "WANTS UNDOING"
at 2021-03-18T09:00+09:00
for verb in "contain show B-1" "case show C-1" "round --no-collect"; do
  run $verb
  like "a reminder in $verb" "$out" "WANTS UNDOING since 2021-03-17: B-1, action $isolate"
done
run round --no-collect --format json
is "and for programs" "$(member "$work/out" "[(r['plan'],r['action'],r['name']) for r in d['wants_undoing']]")" "[('B-1', $isolate, 'mail-shop')]"
run contain list --format json
is "counted in the list" "$(member "$work/out" "[(r['id'],r['state'],r['wants_undoing']) for r in d['rows']]")" "[('B-1', 'under-way', 1), ('B-2', 'refused', 0), ('B-3', 'draft', 0)]"
run contain undone B-1 $isolate --why "rebuilt, patched, back in service"
run case show C-1
unlike "undone, no reminder" "$out" "action $isolate:"
like "the timeline has it" "$out" "released B-1"
run case show C-1 --format json
is "after the patch it is back in service, still patched" "$(member "$work/out" "[m['state'] for m in d['machines'] if m['name']=='mail-shop'][0]")" "patched"
run fix rollback mail-shop --why "OWA is blank"
run fix apply mail-shop --to 15.1.2106.13 --tested ok
is "rolled back and in service, it is contained again before the next try" "$rc" 6
run case contained mail-shop --why "cable pulled"
is "by hand, as ever" "$rc" 0
run fix apply mail-shop --to 15.1.2106.13 --tested ok
is "which opens the gate" "$rc" 0

# A hostile ledger.
mkdir "$work/site" "$work/site/playbooks"
python3 - "$work/evil.csv" <<'P'
import csv, sys
rows = [["管理番号", "機器名", "種別", "用途", "管理者", "IPアドレス", "台数"],
        ["X-1", "mail'; touch %s/ran-evil; '" % sys.argv[1].rsplit("/", 1)[0], "サーバー", "メール\nrm -rf /", "`reboot`", "192.0.2.1; reboot", "1"],
        ["X-2", "mail-good", "サーバー", "メール", "ito", "192.0.2.2", "1"]]
csv.writer(open(sys.argv[1], "w", encoding="utf-8", newline="")).writerows(rows)
P
as bucho
run ledger import "$work/evil.csv" --ledger evil
is "a ledger that somebody wrote commands into" "$rc" 0
run case open --title evil
run case add C-2 X-1 X-2
is "a case by hand" "$rc" 0
run contain plan C-2 --asset X-1 --asset X-2 --format json
is "a plan" "$rc" 0
is "no command has a word of it" "$(member "$work/out" "[c[k] for x in d['actions'] for c in x['commands'] for k in ('do','undo') if k in c and ('reboot' in c[k] or 'touch' in c[k] or 'rm -rf' in c[k])]")" "[]"
is "and why is told" "$(member "$work/out" "sorted({f['place'] for x in d['actions'] if x['asset_key']=='X-1' for c in x['commands'] for f in c['fill'] if 'not a plain name' in f['why']})")" "['account', 'ip', 'name']"
is "what is plain is filled in" "$(member "$work/out" "any('192.0.2.2' in c['do'] for x in d['actions'] if x['asset_key']=='X-2' for c in x['commands'])")" True
printf 'title = 自社\nkind = サーバー\naction = cut\ntitle = t\neffect = e\nundo = {nonsense}\n' >"$work/site/playbooks/own.txt"
export TOBAN_RULES="$work/site"
run rules check
is "a playbook of one's own is checked" "$rc" 4
like "with file and line" "$out" "playbooks/own.txt:6:"
unset TOBAN_RULES

run contain show B-1 --lang ja
is "in Japanese, too" "$rc" 0
run contain show B-1 --format csv
is "as CSV" "$(head -1 "$work/out" | cut -d, -f1-4)" "number,asset,name,action"
is "nothing was ever run" "$(ls "$work" | grep '^ran-')" ""
run audit verify
is "the audit chain is whole" "$rc" 0
run audit list --format json
is "who, when, why of the approval" "$(member "$work/out" "[(r['who'],r['object']) for r in d['rows'] if r['action']=='contain.approved']")" "[('bucho', 'B-1')]"
finish
