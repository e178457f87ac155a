#!/bin/sh
# Contacts and enquiries: ProxyLogon on the sample ledger, where the mail servers are what is affected.
. "$(dirname "$0")/lib.sh"
cp "$TOBAN_SOURCE/samples/demo.yaml" "$work/toban.yaml"
export TOBAN_CONFIG="$work/toban.yaml" TOBAN_STORE="$store" TOBAN_WHO=佐藤 TOBAN_NOW=2021-03-03T12:00+09:00
rows() { member "$work/out" "$1"; }
# audit ACTION: how many rows of it
audit() { toban audit list --format json >"$work/audit"; member "$work/audit" "sum(r['action']=='$1' for r in d['rows'])"; }
run ledger import "$TOBAN_SOURCE/samples/ledger.csv"

# A table of contacts, as Excel in Japan saves it.
cat >"$work/utf8.csv" <<'C'
連絡網
連絡順,氏名,役職,所属,会社名,電話番号,携帯電話,メールアドレス,連絡元,代理者,最終確認日
1,佐藤,情シス責任者,情報システム部,当社,03-1234-5678,090-0000-0001,sato@example.jp,,鈴木,2021/2/1
1,鈴木,運用担当,情報システム部,当社,,090-0000-0002,suzuki@example.jp,佐藤,,2020/6/1
2,髙橋,広報担当,広報部,当社,,,takahashi@example.jp,佐藤,,
,当番窓口,窓口,,北斗システム,043-000-0000,,hokuto-noc@example.jp,,,
,,,,,03-9999-9999,,,,,
C
iconv -f UTF-8 -t CP932 "$work/utf8.csv" >"$work/contacts.csv"
run contacts import --dry-run "$work/contacts.csv"
like "a dry run" "$out" "4 contacts: 4 new"
run contacts list --format json
is "changes nothing" "$(rows "len(d['rows'])")" 0
run contacts import "$work/contacts.csv"
is "a row without a name is kept aside" "$rc" 3
like "with its line" "$err" "contacts.csv:7"
run contacts list --format json
is "four are there, in CP932 as in UTF-8" "$(rows "' '.join(r['id']+'='+r['name'] for r in d['rows'])")" "K-1=佐藤 K-2=鈴木 K-3=髙橋 K-4=当番窓口"
is "who calls whom is found by name" "$(rows "[(r['called_by'],r['substitute'],r['order']) for r in d['rows']]")" "[('', 'K-2', 1), ('K-1', '', 1), ('K-1', '', 2), ('', '', 0)]"
is "channels in their order" "$(rows "d['rows'][0]['channels']")" "phone 03-1234-5678; mobile 090-0000-0001; mail sato@example.jp"
is "never checked, or long ago, is overdue" "$(rows "' '.join(r['overdue'] for r in d['rows'])")" "no yes yes yes"
before=$(audit contact.changed)
run contacts import "$work/utf8.csv"
like "the same table again makes no duplicates" "$out" "0 new, 0 changed, 4 as before"
is "and writes nothing" "$(audit contact.changed)" "$before"
sed 's/090-0000-0001/090-0000-0009/; s/2021\/2\/1//' "$work/utf8.csv" >"$work/new.csv"
run contacts import "$work/new.csv"
like "a new number changes one" "$out" "0 new, 1 changed, 3 as before"
run contacts list --format json
is "which is to be checked again" "$(rows "d['rows'][0]['overdue'],d['rows'][0]['channels']")" "('yes', 'phone 03-1234-5678; mail sato@example.jp; mobile 090-0000-0009')"
run contacts list --overdue
is "what is overdue exits 1" "$rc" 1
run contacts check K-1 鈴木
run contacts list --overdue --format json
is "checked today" "$(rows "' '.join(r['name'] for r in d['rows'])")" "髙橋 当番窓口"
TOBAN_CONTACTS_RECHECK_DAYS=0 TOBAN_NOW=2021-03-04T12:00+09:00 run contacts list --overdue --format json
is "the days are a setting" "$(rows "len(d['rows'])")" 4
run contacts import "$TOBAN_SOURCE/samples/README.md"
is "what is no table of contacts is refused" "$rc" 4

# By hand.
run contacts add 佐藤 --organisation 当社
is "the same name in the same organisation is one" "$rc" 6
run contacts add 田中 --organisation 当社 --channel "chat=#bcp needs S-015" --called-by 髙橋
is "one more, called by a name" "$out" "K-5"
run contacts add x --channel pigeon=1
is "a channel of no kind" "$rc" 2
run contacts set K-5 --called-by K-5
is "nobody calls themselves" "$rc" 2
run contacts set K-99 --role x
is "a contact that is not there" "$rc" 4

# The call tree.
run contacts tree --format json
is "the tree, from top to bottom" "$(rows "[(l['depth'],l['name']) for l in d['lines']]")" "[(0, '佐藤'), (1, '鈴木'), (1, '髙橋'), (2, '田中')]"
is "mail works so far" "$(rows "d['mail_affected'],d['lines'][2]['reached']")" "(False, True)"
run contacts tree --down S-015 --format json
is "a machine that a channel needs" "$(rows "d['mail_affected'],[(c['needs'],c['works']) for c in d['lines'][3]['channels']]")" "(False, [('S-015', False)])"
run contacts tree --down mail-osaka --format json
is "a mail server is a mail server by its product" "$(rows "d['mail_affected']")" True
run contacts tree --down S-011 --format json
is "a file server is none" "$(rows "d['mail_affected']")" False
run ledger set S-011 purpose=社内のメール中継
run contacts tree --down S-011 --format json
is "by its use, too, as a person says it" "$(rows "d['mail_affected']")" True
run ledger set S-011 purpose=
run contacts tree --down mail
like "without mail the lead says so" "$out" "A mail server is affected: do not rely on mail."
like "whom nobody can reach is told" "$out" "Nobody can reach:"
like "and who takes over their list" "$out" "whoever calls takes over this list"
run contacts add '<script>alert(1)</script>' --role '"><img src=x>' --channel phone=1 --order 9
run contacts tree --format html --down mail --lang ja
is "the printed tree is well-formed, and nobody's name is markup" "$(python3 - "$work/out" <<'P'
import sys, html.parser
t = open(sys.argv[1], encoding="utf-8").read()
void, stack, tags, bad = {"meta", "br", "img", "link"}, [], set(), []
class P(html.parser.HTMLParser):
    def handle_starttag(s, tag, attrs):
        tags.add(tag)
        if tag not in void: stack.append(tag)
    def handle_endtag(s, tag):
        if tag not in void and (not stack or stack.pop() != tag): bad.append(tag)
P().feed(t)
print(bad, stack, sorted(tags & {"script", "img", "link", "iframe"}), "@page{size:A4" in t, 'lang="ja"' in t, "http" in t)
P
)" "[] [] [] True True False"
run contacts remove K-6
run contacts set 佐藤 --called-by 田中
run contacts tree
is "a circle exits 3" "$rc" 3
like "and is told" "$out" "call each other in a circle"
run contacts set 佐藤 --called-by ""
run contacts tree
is "taken out again" "$rc" 0

# A round in which mail servers are affected.
run round --mirror "$TOBAN_SOURCE/samples/mirror"
like "the round leads with it" "$(printf '%s\n' "$out" | sed -n 3,5p)" "do not rely on"
like "and with whom to call, without mail" "$(printf '%s\n' "$out" | tr '\n' ' ')" "佐藤 (情シス責任者) phone 03-1234-5678; 鈴木 (運用担当) mobile"
run round --no-collect --format json
is "for programs, too" "$(rows "d['mail_affected'],[c['kind'] for c in d['call']],d['enquiries']")" "(True, ['phone', 'mobile', 'chat'], {'open': 0, 'overdue': 0})"
run contacts list
like "so does every list" "$(printf '%s\n' "$out" | head -1)" "A mail server is affected"
like "mail is last, and marked" "$out" "mail takahashi@example.jp (needs mail, which is affected)"
run news N-1
like "the notice" "$(printf '%s\n' "$out" | head -1)" "A mail server is affected"
run case open N-1
like "and the case" "$out" "A mail server is affected"
run case show C-1 --format json
is "of which they are part" "$(rows "d['mail_affected'],d['enquiries']")" "(True, {'open': 0, 'overdue': 0})"
run contacts tree --down C-1 --format json
is "a case decides, when asked" "$(rows "d['mail_affected']")" True
run contacts tree --down none --format json
is "or nothing does" "$(rows "d['mail_affected']")" False

# Enquiries.
run ledger ask
is "an enquiry wants an organisation" "$rc" 2
run ledger ask 北斗システム
is "and what it is about" "$rc" 2
run ledger ask 北斗システム --about CVE-2021-26855 --due 2021-03-01
is "and a day ahead" "$rc" 2
run ledger ask 北斗システム --about CVE-2021-26855 --case C-1 --due 2021-03-05 --lang ja --out "$work/letter.txt"
is "drafted" "$rc" 0
like "to be sent by other means than mail" "$out" "043-000-0000"
letter=$(cat "$work/letter.txt")
like "in Japanese, whatever else" "$letter" "ご回答くださいますようお願いいたします"
like "with its number and day" "$letter" "2021年3月5日までに"
like "what we think it is about" "$letter" "mail-shop"
like "how to answer without mail" "$letter" "03-1234-5678"
like "and a form" "$letter" "[runs]"
unlike "no placeholder is left" "$letter" "{"
run ledger ask 北斗システム --about CVE-2021-26855 --out "$work/letter2.txt"
is "the same is not asked twice" "$rc" 6
run ledger ask --all-contractors --about "Apache Tomcat" --lang en
is "all contractors" "$rc" 0
like "in English" "$out" "Do you run what Apache Tomcat concerns?"
like "the text leads with another way" "$(printf '%s\n' "$out" | head -1)" "do not send this by mail"
run case list --format json
is "unanswered, in case list" "$(rows "d['rows'][0]['enquiries_open'],d['rows'][0]['enquiries_overdue']")" "(1, 0)"
run ledger ask sent E-1 --channel "電話のうえ FAX"
is "sent" "$rc" 0
export TOBAN_NOW=2021-03-07T09:00+09:00
run ledger ask list --unanswered --format json
is "past its day it is overdue" "$(rows "[(r['id'],r['state'],r['overdue']) for r in d['rows']]")" "[('E-1', 'sent', 'yes'), ('E-2', 'draft', 'yes')]"
run round --no-collect
like "the round counts them" "$(printf '%s\n' "$out" | tr '\n' ' ')" "enquiries to contractors: 2 without an answer, 2 of them overdue"
run case show C-1
like "and the case" "$out" "1 without an answer, 1 of them overdue"
run ledger health --format json
is "and ledger health" "$(rows "[(r['missing'],r['of']) for r in d['rows'] if r['check'].startswith('enquiry')]")" "[(2, 2), (2, 2)]"
run ledger ask remind E-1
like "a reminder" "$out" "再照会 E-1（1回目）"
run ledger ask remind E-1 --quiet
like "counts" "$out" "（2回目）"

# The form comes back, quoted and in CP932.
python3 - "$work/letter.txt" "$work/reply.txt" <<'P'
import sys
t = open(sys.argv[1], encoding="utf-8").read()
for tag, answer in (("runs", "はい"), ("product", "Exchange Server 2016 CU18"), ("version", "15.1.2106.13"), ("found", "IIS のログを調査、\n痕跡なし"), ("contact", "北 043-000-0000")):
    i = t.index("[%s]" % tag); j = t.index("\n", i)
    t = t[:j] + answer + t[j:]
open(sys.argv[2], "w", encoding="cp932", newline="\r\n").write("".join("> " + l + "\n" for l in t.split("\n")))
P
run ledger ask answer E-2 --form "$work/reply.txt"
is "a form that answers another is refused" "$rc" 6
run ledger ask answer E-1 --form "$work/reply.txt"
is "answered" "$rc" 0
like "what the ledger has otherwise is said" "$out" "the ledger has マイクロソフト Exchange Server 2016 CU18 15.1.2106.2, the answer says 15.1.2106.13"
like "and that it was not changed" "$out" "the ledger was not changed"
run ledger show S-005
like "nor was it" "$out" "15.1.2106.2"
run ledger ask list --format json
is "the answer" "$(rows "[(r['state'],r['runs'],r['version'],r['found'],r['overdue'],r['reminders']) for r in d['rows'] if r['id']=='E-1'][0]")" "('answered', 'yes', '15.1.2106.13', 'IIS のログを調査、\n痕跡なし', 'no', 2)"
run ledger ask remind E-1
is "what is answered is not reminded of" "$rc" 6
run ledger ask answer E-2 --runs maybe
is "an answer that is none" "$rc" 2
printf 'nothing of ours\n' >"$work/junk.txt"
run ledger ask answer E-2 --form "$work/junk.txt"
is "a letter without a form" "$rc" 4
run ledger ask answer E-2 --runs no --channel "電話、北"
is "by hand" "$rc" 0
like "if the ledger says otherwise, it is told" "$out" "web-shop: the ledger has Apache Tomcat here"
run ledger ask withdraw E-2 --why "by mistake"
is "what is answered is not withdrawn" "$rc" 6
run round --no-collect
unlike "nothing is open any more" "$out" "without an answer"

# Mail is back when its servers are.
python3 - "$TOBAN_SOURCE/samples/ledger.csv" "$work/fixed.csv" <<'P'
import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding="cp932", newline="")))
fixed = {"S-002": "15.0.1497.12", "S-003": "15.2.792.10", "S-005": "15.1.2106.13", "S-006": "15.2.721.13"}
csv.writer(open(sys.argv[2], "w", encoding="cp932", newline="")).writerows(r[:-1] + [fixed.get(r[0], r[-1])] for r in rows if r[0] != "S-004")
P
run ledger import --replace "$work/fixed.csv" # the oldest is switched off
run round --no-collect
unlike "the next inventory proves them fixed, and the round no longer says so" "$out" "do not rely on mail"
run contacts list
unlike "and so is the list" "$out" "do not rely on mail"

# Every write has its audit row.
run ledger names --confirm '一太郎2021' justsystems:ichitaro
run sources accept nvd 0000000000000000000000000000000000000000000000000000000000000000 --why "it did shrink"
for a in contact.added:6 contact.checked:2 contact.removed:1 enquiry.asked:2 enquiry.sent:1 enquiry.reminded:2 enquiry.answered:2 ledger.set:2 name.confirmed:1 source.accepted:1; do
  is "audit: ${a%:*}" "$(audit "${a%:*}")" "${a#*:}"
done
run audit verify
is "the chain is whole" "$rc" 0
finish
