#!/usr/bin/env bash
# test_rules.sh - cardwatch rules from end to end: check, import, list, show, history, diff, rollback,
# export, with the sets that are shipped.
# shellcheck disable=SC1111 # Chinese messages have Chinese quotes
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 2
export LC_ALL=C.UTF-8 CARDWATCH_LANG=en TZ=Asia/Shanghai
unset CARDWATCH_HOME CARDWATCH_STORE CARDWATCH_CONFIG

rules=${CARDWATCH_BIN:-build/release/bin}/cardwatch-rules
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
store=$room/data/rules
given=(--calendars rules/calendars)
tests=0 failed=0 checks=0 bad=0

begin()
{
    name=$1
    bad=0
    tests=$((tests + 1))
}
end()
{
    [ "$bad" -eq 0 ] || { failed=$((failed + 1)); echo "not ok system/rules/$name"; }
}
# run CODE ARGUMENT... - the verb ends with this code; what it says is in $room/out and $room/err.
run()
{
    local code=$1 got=0
    shift
    "$rules" "$@" >"$room/out" 2>"$room/err" </dev/null || got=$?
    checks=$((checks + 1))
    [ "$got" -eq "$code" ] && return
    echo "cardwatch rules $* ended with $got, should be $code"
    cat "$room/out" "$room/err"
    bad=1
}
# says FILE TEXT - the output holds this text.
says()
{
    checks=$((checks + 1))
    grep -qF -- "$2" "$room/$1" && return
    echo "$1 does not say: $2"
    cat "$room/$1"
    bad=1
}
# says_nothing FILE - the output is empty.
says_nothing()
{
    checks=$((checks + 1))
    [ -s "$room/$1" ] || return 0
    echo "$1 says:"
    cat "$room/$1"
    bad=1
}
# says_not FILE TEXT - the output does not hold this text.
says_not()
{
    checks=$((checks + 1))
    grep -qF -- "$2" "$room/$1" || return 0
    echo "$1 says: $2"
    cat "$room/$1"
    bad=1
}

begin the_shipped_sets_pass_their_own_tests
for set in permit-law hunan hunan-instant jiangsu yingzhou chain hotline-12345 shandong-flow rates joint wabo; do
    run 0 check --alone "${given[@]}" "rules/sets/$set.yaml"
    says out "good: rules="
done
run 0 check --alone "${given[@]}" rules/sets/boston.yaml rules/sets/boston-items.csv
says out "items=115"
end

begin the_example_of_the_readme_is_good
for readme in rules/README.md rules/README.zh-CN.md; do
    awk '/^```yaml/ { n++; next } /^```/ { inside = 0 } { if (n == 1 && !done) print }
         /^```$/ { if (n == 1) done = 1 }' "$readme" | grep -v '^```' >"$room/my-permit.yaml"
    run 0 check --alone "${given[@]}" "$room/my-permit.yaml"
    says out "tests=1"
done
end

begin a_failing_test_is_told_and_refused
sed 's/2025-01-27 00:00 warn/2025-01-28 00:00 warn/' "$room/my-permit.yaml" >"$room/failing.yaml"
run 65 check --alone "${given[@]}" "$room/failing.yaml"
says err "this card should be and is not: 2025-01-28T00:00:00 warn my-permit"
says err "this card is and should not be: 2025-01-27T00:00:00 warn my-permit"
says err "1 of 1 tests failed"
run 65 import --store "$store" "${given[@]}" "$room/failing.yaml"
run 66 list --store "$store"
says err "there is no rule store in $store"
end

begin a_failing_test_names_what_the_test_states
sed 's/case=B dismissed/case=B withdrawn/' rules/sets/jiangsu.yaml >"$room/taken-back.yaml"
run 65 check --alone "${given[@]}" "$room/taken-back.yaml"
says err "this card should be and is not: 2025-03-13T10:00:00 warn jiangsu-case case=B withdrawn"
says err "this card is and should not be: 2025-03-13T10:00:00 warn jiangsu-case case=B org=D-2 dismissed"
sed 's/warn permit-deemed withdrawn/warn permit-deemed dismissed/' \
    rules/sets/permit-law.yaml >"$room/taken-back.yaml"
run 65 check --alone "${given[@]}" "$room/taken-back.yaml"
says err "this card should be and is not: 2025-03-12T00:00:00 warn permit-deemed dismissed"
says err "this card is and should not be: 2025-03-12T00:00:00 warn permit-deemed withdrawn"
sed 's/case=B dismissed/case=B superseded/' rules/sets/jiangsu.yaml >"$room/taken-back.yaml"
run 0 check --alone "${given[@]}" "$room/taken-back.yaml"
sed 's/2025-03-07 00:00 yellow$/& org=A/' rules/sets/hotline-12345.yaml >"$room/of-org.yaml"
run 65 check --alone "${given[@]}" "$room/of-org.yaml"
says err "this card should be and is not: 2025-03-07T00:00:00 yellow hotline-sign org=A"
says err "this card is and should not be: 2025-03-07T00:00:00 yellow hotline-sign org=B"
end

begin a_mistake_has_file_line_column
sed 's/before statutory/before statutry/' "$room/my-permit.yaml" >"$room/wrong.yaml"
run 65 check --alone "${given[@]}" "$room/wrong.yaml"
says err "wrong.yaml:12:28: error: unknown limit of this clock \"statutry\": did you mean \"statutory\"?"
run 65 check --alone "${given[@]}" --lang zh "$room/wrong.yaml"
says err "wrong.yaml:12:28: 错误：没有这个时限“statutry”：是不是“statutory”？"
run 65 check --alone "${given[@]}" --json "$room/wrong.yaml"
says out '"column": 28'
run 65 check --alone "${given[@]}" "$room/nowhere.yaml"
says err "nowhere.yaml: error: cannot be read"
run 64 check
says err "name at least one FILE"
run 64 chekc
says err "Did you mean: cardwatch rules check"
end

begin an_import_makes_an_edition
run 0 import --store "$store" "${given[@]}" --author 王 --note 首次 rules/sets/wabo.yaml
says out "edition 1 is in the store"
says out "calendar nl"
run 0 import --store "$store" "${given[@]}" rules/sets/wabo.yaml
says out "nothing changed"
run 0 import --store "$store" "${given[@]}" --json rules/sets/boston.yaml rules/sets/boston-items.csv
says out '"edition": 2'
run 0 list --store "$store"
says out "boston-workdays"
says out "3 rules, 115 items"
run 0 list --store "$store" --edition 1 --json
says out '"author": "王"'
run 65 list --store "$store" --edition 9
says err "there is no edition 9: the newest is 2"
end

begin a_notice_changes_the_calendar_it_is_for
printf '{"year": 2027, "papers": ["p"], "days": [{"date": "2027-01-01", "isOffDay": true}]}\n' \
    >"$room/next-year.json"
run 0 import --store "$room/notices" "${given[@]}" "$room/next-year.json"
says out "notice cn-2027  ($room/next-year.json): changes calendar cn"
says out "  calendar cn  ("
run 0 import --store "$room/notices" "${given[@]}" "$room/next-year.json"
says out "nothing changed"
run 0 check --store "$room/notices" "${given[@]}" rules/sets/permit-law.yaml
echo '{"year": 2027, "papers": ["p"], "days": []}' >"$room/empty.json"
run 65 check --store "$room/notices" "${given[@]}" "$room/empty.json"
says err "empty.json:1:41: error: no day stands here"
end

begin the_home_is_where_the_environment_says
CARDWATCH_HOME=$room/data run 0 list
says out "Edition 2"
end

begin show_is_plain
run 0 show --store "$store" wabo-decision
says out "Limit \"promised\": what the event says, else the item's, else 56 days"
says_not out "时限"
run 0 --lang zh show --store "$store" wabo-decision
says out "时限“承诺时限”：事件所载，否则事项规定，否则 56 个自然日"
says_not out "Limit"
run 0 show --store "$store" "Graffiti Removal"
says out "Limit \"promised\": 45 workdays"
run 0 --lang zh show --store "$store" "Graffiti Removal"
says out "时限“承诺时限”：45 个工作日"
says_not out "promised"
cat >"$room/rate.yaml" <<'END'
rule: rate
calendar: nl
across: {per: org, window: month, of: finish, share: count(return) >= 2, over: 1%,
         at_least: 20 case, judged: 2 day after}
card: red
END
run 0 check "${given[@]}" "$room/rate.yaml"
run 0 import --store "$room/rates" "${given[@]}" "$room/rate.yaml"
run 0 show --store "$room/rates" rate
says out "Across the cases of one org in one month: those with finished (finish)"
says out "A card when they are over 1% of at least 20 cases; judged 2 days after the end"
run 0 --lang zh show --store "$room/rates" rate
says out "占比超过 1% 即发牌（至少 20 件）；期间结束后 2 个自然日判定"
cat >"$room/spoken.yaml" <<'END'
set: spoken
calendar: cn
rules:
  - rule: noon
    clock: {start: accept, stop: finish, limits: {promised: from item, otherwise 5 workday}}
    cards:
      - warn: 30 minute before 12:00
      - yellow: after promised
      - red: 5 workday after yellow card
  - rule: order
    clock: {start: {after: yellow of noon}, stop: supervise, limits: {order: 5 workday}}
    cards: [{red: after order}]
END
run 0 import --store "$room/spoken" "${given[@]}" "$room/spoken.yaml"
run 0 --lang zh show --store "$room/spoken" noon
says out "预警：期满当日 12:00 前 30 分钟；"
says out "红牌：黄牌发出后 5 个工作日仍未结束"
run 0 --lang zh show --store "$room/spoken" order
says out "开始：黄牌发出之时（规则 noon）"
run 0 show --store "$room/spoken" noon
says out "red: 5 workdays after the card \"yellow\", unless the clock has ended by then"
says out "warn: on the day the limit ends, 30 minutes before 12:00"
run 65 show --store "$store" wabo-decison
says err "Did you mean: wabo-decision"
end

begin a_condition_is_read_aloud
aloud=$room/aloud.txt # rule, on, its condition, and what is said of it
cat >"$aloud" <<'END'
seen|deliver|not seen(apply) and seen(accept)|there has been no "applied" and there has been "accepted"|没有“申请”，且已有“受理”
count|correct_ask|count(correct_ask) >= 2|the number of "correction asked for" is at least 2|“补正告知”的次数不低于 2
step|return|count(return, step) = 2|the number of "returned" of this step is 2|本环节“退回”的次数为 2
window|return|count(return, step, within 5 workday) > 1|the number of "returned" of this step within 5 workdays is more than 1|本环节 5 个工作日内“退回”的次数超过 1
states|finish|not is_accepted or not in_hours|the case is not accepted or it happened outside working hours|办件未受理，或发生在工作时间外
mixed|finish|is_accepted and (in_hours or not has step)|the case is accepted and (it happened in working hours or there is no step)|办件已受理，且（发生在工作时间内，或没有环节）
neither|finish|not (is_accepted or has parent)|not (the case is accepted or there is a joint case that this one belongs to)|并非（办件已受理，或有所属联办件）
kinds|finish, reject|kind in [finish, reject] and org != 'A'|the event is one of "finished", "not accepted" and the org is other than "A"|本事件属于“办结”、“不予受理”，且机构不同于“A”
not|finish|not org = 'A' and not result in ['1', '2']|the org is not "A" and the result is none of "1", "2"|机构不为“A”，且结果不属于“1”、“2”
not-less|finish|not rating < 3|not (the rating is less than 3)|并非（评分低于 3）
item-kind|finish|item_kind = joint and has item|the kind of item is joint and there is an item|事项类型为联办件，且有事项
results|step_end|not result_allowed|the step may not have this result|本环节不可有此结果
node|step_end|step_node = 'middle'|the position of this step is in between|本环节的位置为中间
fee|fee|fee_paid * 100 > fee_due * 105|the fee paid × 100 is more than the fee due × 105|实收费用 × 100 超过应收费用 × 105
sum|fee|(fee_paid + 1) * 2 <= fee_due|(the fee paid + 1) × 2 is at most the fee due|(实收费用 + 1) × 2 不超过应收费用
attr|finish|attr('channel') = 'web' and not has attr('proxy')|the attr "channel" is "web" and there is no attr "proxy"|附加项“channel”为“web”，且没有附加项“proxy”
length|reject|length(reason) < 10|the number of characters of the reason is less than 10|理由的字数低于 10
number|finish|number(result) > 4|the number in the result is more than 4|结果所写的数超过 4
since|finish|since(accept) in workday > 5|the workdays begun since the last "accepted" is more than 5|距上一次“受理”的工作日数（不足一的按一计）超过 5
raised|finish|not raised(seen, red)|the card "red" of rule seen has not come|规则 seen 的红牌未成立
arrival|finish|same_arrival(accept)|it arrived together with "accepted"|与“受理”同时到达
after|finish|at >= '2025-03-03T10:00:00+08:00'|the instant of the event is at or after 2025-03-03 10:00:00|事件发生时间不早于 2025-03-03 10:00:00
truth|finish|is_accepted = in_hours|(the case is accepted) just when (it happened in working hours)|（办件已受理）当且仅当（发生在工作时间内）
END
{
    echo 'set: aloud'
    echo 'calendar: cn'
    echo 'rules:'
    while IFS='|' read -r name on is _ _; do
        printf '  - rule: %s\n    fact: {on: [%s], is: "%s"}\n    card: red\n' "$name" "$on" "$is"
    done
} >"$room/aloud.yaml" <"$aloud"
run 0 import --store "$room/aloud" "${given[@]}" "$room/aloud.yaml"
while IFS='|' read -r name _ _ en zh; do
    run 0 show --store "$room/aloud" "$name"
    says out "  A card when: $en"
    run 0 --lang zh show --store "$room/aloud" "$name"
    says out "  发牌条件：$zh"
done <"$aloud"
end

begin days_after_a_limit_and_days_after_its_card
cat >"$room/after.yaml" <<'END'
set: after
calendar: cn
rules:
  - rule: after
    clock: {start: accept, stop: finish, limits: {promised: 2 workday}}
    cards:
      - yellow: after promised
      - {red: {when: 3 workday after promised, name: a}}
      - {red: {when: 3 workday after yellow card, name: b}}
  - rule: order
    clock: {start: {after: yellow of after}, stop: supervise, limits: {order: 3 workday}}
    cards: [{red: after order}]
  - rule: closed
    clock: {start: sign, stop: finish, end: close, roll: none, limits: {promised: 2 day}}
    cards: [{red: after promised}]
tests:
  - it: the limit ends with Wednesday 5 March, its card is of 6 March
    events:
      - 2025-03-03 10:00 accept
    cards:
      - 2025-03-06 00:00 yellow after
      - 2025-03-11 00:00 red after
      - 2025-03-12 00:00 red after
      - 2025-03-12 00:00 red order
    until: 2025-04-01 00:00
  - it: a day off has no close
    events:
      - 2025-03-06 10:00 sign
    cards:
      - 2025-03-09 00:00 red closed
    until: 2025-04-01 00:00
END
run 0 check --alone "${given[@]}" "$room/after.yaml"
says out "tests=2"
end

begin what_changed_can_be_seen_and_undone
sed 's/revision: [0-9]*/revision: 99/' rules/sets/wabo.yaml >"$room/wabo.yaml"
run 0 import --store "$store" "${given[@]}" "$room/wabo.yaml"
says out "edition 3 is in the store"
run 0 diff --store "$store"
says out "~ rules wabo"
says out "    revision: 99"
run 0 diff --store "$store" --json 1 3
says out '"change": "added"'
run 0 history --store "$store" wabo
says out "~ rules wabo"
run 0 rollback --store "$store" 2
says out "edition 4 is in the store"
run 0 diff --store "$store" 2 4
says out "editions 2 and 4 hold the same"
run 65 rollback --store "$store" 77
run 64 rollback --store "$store" seven
end

begin a_rule_that_has_changed_needs_a_revision
turned=$room/turned
cat >"$room/turned.yaml" <<'RULES'
set: turned
calendar: cn
rules:
  - rule: turned-one
    revision: 1
    ground: 法
    issue: shadow
    clock: {start: accept, stop: finish, limits: {p: 5 workday}}
    cards: [red: after p]
    tests:
      - it: waits
        events: [2025-03-03 10:00 accept]
        cards: []
        until: 2025-03-03 12:00
  - rule: turned-two
    revision: 3
    ground: 法
    clock: {start: accept, stop: finish, limits: {p: 5 workday}}
    cards: [red: after p]
RULES
run 0 import --store "$turned" "${given[@]}" "$room/turned.yaml"
sed 's/it: waits/it: still waits/; s/^    ground/    # a remark\n    ground/' "$room/turned.yaml" \
    >"$room/turned-2.yaml"
run 0 check --store "$turned" "${given[@]}" "$room/turned-2.yaml"
says_nothing err
sed 's/p: 5 workday/p: 6 workday/' "$room/turned.yaml" >"$room/turned-3.yaml"
run 0 check --store "$turned" "${given[@]}" "$room/turned-3.yaml"
says err 'turned-3.yaml:15:1: warning: rule "turned-two" has changed, and its revision is still 3'
run 0 check --lang zh --store "$turned" "${given[@]}" "$room/turned-3.yaml"
says err '规则“turned-one”已改动，而 revision 仍为 1：请提高到 2'
run 0 promote --store "$turned" turned-one
run 65 import --store "$turned" "${given[@]}" "$room/turned-3.yaml"
says err 'rule "turned-one" has changed, and revision 1 of it is promoted'
sed 's/revision: 1/revision: 2/; s/revision: 3/revision: 4/' "$room/turned-3.yaml" \
    >"$room/turned-4.yaml"
run 0 import --store "$turned" "${given[@]}" "$room/turned-4.yaml"
end

begin an_edition_may_ask_open_cases_to_move
moving=$room/moving
run 66 import --store "$moving" --move all
says err "there is no rule store in"
run 0 import --store "$moving" "${given[@]}" rules/sets/wabo.yaml
run 0 import --store "$moving" "${given[@]}" rules/sets/wabo.yaml
says out "nothing changed"
run 0 import --store "$moving" "${given[@]}" --move calendars rules/sets/wabo.yaml
says out "edition 2 is in the store, and moves open cases: calendars"
run 0 import --store "$moving" "${given[@]}" --move all
says out "edition 3 is in the store, and moves open cases: all"
run 0 history --store "$moving"
says out "moves open cases: calendars"
run 0 history --store "$moving" --json
says out '"move": "none"'
says out '"move": "all"'
run 0 list --store "$moving"
says out "moves open cases: all"
run 0 list --store "$moving" --json --edition 2
says out '"move": "calendars"'
run 0 show --store "$moving" wabo-decision
says out "Edition 3 moves open cases: all"
run 0 --lang zh show --store "$moving" --edition 2 wabo-decision
says out "第 2 版：在办件一并改用此版日历"
run 0 rollback --store "$moving" --move all --json 1
says out '"move": "all"'
run 64 import --store "$moving" --move everything rules/sets/wabo.yaml
says err "--move everything: expects calendars, all or none"
run 64 --lang zh import --store "$moving" --move everything rules/sets/wabo.yaml
says err "应为 calendars、all 或 none"
run 64 import --store "$moving"
says err "name at least one FILE"
end

begin an_export_is_what_was_imported
run 0 export --store "$store" "$room/exported"
for file in wabo.yaml boston.yaml boston-items.csv; do
    checks=$((checks + 1))
    cmp -s "rules/sets/$file" "$room/exported/$file" || { echo "$file differs"; bad=1; }
done
run 0 check --alone --calendars "$room/exported" "$room/exported"
run 73 export --store "$store" "$room/exported"
end

begin ten_thousand_items_are_checked_in_a_moment
{
    echo "item_code,item_name,kind,promised,statutory"
    for ((i = 0; i < 10000; i++)); do echo "X$i,事项$i,promised,7 workday,20 workday"; done
} >"$room/items.csv"
started=$SECONDS
run 0 check --alone "${given[@]}" rules/sets/permit-law.yaml "$room/items.csv"
says out "items=10000"
checks=$((checks + 1))
[ $((SECONDS - started)) -le 10 ] || { echo "it took $((SECONDS - started)) s"; bad=1; }
sed '5000s/20 workday/20/' "$room/items.csv" >"$room/bad.csv"
run 65 check --alone "${given[@]}" rules/sets/permit-law.yaml "$room/bad.csv"
says err "bad.csv:5000:5: error: statutory: 20 has no unit"
end

echo "system/rules: tests=$tests failed=$failed checks=$checks"
[ "$failed" -eq 0 ]
