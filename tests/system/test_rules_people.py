"""cardwatch rules as a matter of two people: drafts, who may approve them and when, a shadow rule
that is promoted, a document that is removed, and stores from before there were drafts."""

import base64
import contextlib
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import zlib

from tests.lib.check import check, check_eq, main, program, skip, test
from tests.lib.house import House
from tests.lib.watched import wait_until

USAGE, DATA, NO_INPUT = 64, 65, 66  # sysexits.h
CALENDAR = os.path.join("rules", "calendars", "cn.yaml")

SHADOW = """\
rule: overpaid
revision: {revision}
calendar: cn
issue: {issue}
fact: {{on: fee, is: fee_paid > fee_due + {slack}}}
card: red
tests:
  - it: sees that more was paid than was due
    events:
      - 2025-01-20 10:00 fee fee_due=10000 fee_paid=20000
    cards:
      - 2025-01-20 10:00 red
    until: 2025-01-21 10:00
"""

# The data.mdb of a store of two editions, made by the program before there were drafts, promotions
# or moves (zlib, base64): a calendar "hall" and a shadow rule, by 王; the rule's revision 2, by 李.
OLD_STORE = """
eNrt3E9o01AcwPGkuq0NuowxRAQ17qKHVdvKJgYU9aaHIfPiSQlL6qJtM5rW4WRFdvIPTL0oCCorKiKi6EU8OPUggu6mxyET
3OYuys47aJI1I+3UWuiYwvdDeXlJ33spzen33stPEHxhr/z06vuYKJRZOG1xW4gVF4Ul542/vLq0fah0bKjoFxIAAAAAAEC9
iXWK//24Xaox/m+q6LeKRwIAAAAAQN2FArU2oSCPyQWZfwUAAAAAgHqKeXF3WDB0M2daGftv+/0oWegfEXSrN582MrmaBwis
t7vx/3jzMXm8mecCAAAAAPiXnfRKRZh4dqN49+L5mbl31/cdnFszc71z7b3HV84d3Tp1aKA98iSSzacMVbFOG9l+zdSlrHHa
tJ3oW1XiUq+WMjK6llWVPi2VkkzbzjtN7T5NtwakpNabU5WzbsukYXQopu1VjrujKHu9qp43hpxBsrqqZA1dGiz9ouHG2y3f
uh/s//D2QmF+aqh/dHTP68NPp8OXn3/Wu4sf5ytuO2hlnLvut01tx5E+LXOiTzOlUxlrwLnx2WTWSqtKIpaIRWNx59Oh5Czv
vCsaT0R3xoekAcM45TRMW5loMmuqSntstxqLReO7nLK9Q7G1XNTOO0NZyeSQtDoQ/7cKPXIPq/8AAAAAAPyFold6cbUoru+5
KhbFhdfaZ0YuuVnuZu9dm3446u67FwdLXapND7iDuRMDkdJx+xktnQqdLPWuNt3hvtjvT3asDdS9URoC8T/7/wEAAAAAWA6/
3v9fPcv+6rL+S/b/V0+7t7jtvzHwVaswKU8S/QMAAAAA8N9p8crwYuAvVkwENAXif9b/AQAAAABYDrWu//tRe6Ssfw3r//66
f1iorDjjrBPUZpUMgAAAAACAMn62vUS089zGibezGw7Mds1tKuQ233rRbj/LacPd6ffJh2+e/zbbXqLe2fbI/1d7/r9IIP5v
E+4098h3iP4BAAAAACsikFEvJG4JZNSbvjnivr/+5eWjr4+KdcyoV21K448Z9f6v/H9SWfx/X56U77P/HwAAAACAFbLNK8OL
G/j9DIB+/r6Giut+u2rv//8EzBT7XQ==
"""


class Store:
    """A folder with rule files, and the store that they are imported into."""

    def __init__(self, folder):
        self.folder = folder

    def run(self, verb, *arguments, lang="en", store="rules"):
        surroundings = dict(os.environ, TZ="Asia/Shanghai", LC_ALL="C.UTF-8")
        return subprocess.run(
            [program("cardwatch-rules"), "--lang", lang, verb, "--store",
             os.path.join(self.folder, store), *arguments],
            capture_output=True, text=True, check=False, env=surroundings)

    def says(self, verb, *arguments, code=0, **options):
        """What it prints; of a refusal, what it says on standard error."""
        done = self.run(verb, *arguments, **options)
        check_eq(done.returncode, code, f"{verb} {arguments}: {done.stdout}{done.stderr}")
        return done.stdout if code == 0 else done.stderr

    def json(self, verb, *arguments):
        return json.loads(self.says(verb, "--json", *arguments))

    def rule(self, revision=1, issue="shadow", slack=0):
        path = os.path.join(self.folder, "overpaid.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(SHADOW.format(revision=revision, issue=issue, slack=slack))
        return path

    def editions(self):
        return [edition["edition"] for edition in self.json("history")]


@contextlib.contextmanager
def store(is_two=False):
    folder = tempfile.mkdtemp(prefix="cardwatch-people-")
    try:
        made = Store(folder)
        made.says("import", "--author", "王", "--note", "首次", CALENDAR, made.rule())
        if is_two:
            made.says("approval", "--author", "王", "two")
        yield made
    finally:
        shutil.rmtree(folder)


# ---- the setting ---------------------------------------------------------------------------------

@test
def one_person_is_the_rule_until_two_are_asked_for():
    with store() as rules:
        check_eq(rules.json("approval"), {"people": 1, "settings": []})
        check("one: a change is in force at once" in rules.says("approval"))
        check("一人：修改立即生效" in rules.says("approval", lang="zh"))
        said = rules.says("approval", "--author", "王", "--note", "制度", "two")
        check("two: a change is a draft" in said and "  王  制度" in said, said)
        check("两人：修改先成为草稿" in rules.says("approval", lang="zh"))
        setting = rules.json("approval")["settings"][0]
        check_eq((setting["people"], setting["author"], setting["approver"], setting["note"]),
                 (2, "王", "", "制度"))
        check("[two|one]" in rules.says("approval", "three", code=USAGE))


@test
def two_may_be_asked_for_before_there_is_any_edition():
    with store() as rules:
        rules.says("approval", "--author", "王", "two", store="new")
        said = rules.says("import", "--author", "王", CALENDAR, rules.rule(), store="new")
        check("draft 1 waits for another person than 王" in said, said)
        check("holds no edition yet" in rules.says("list", store="new", code=DATA))
        check("还没有版次" in rules.says("list", store="new", code=DATA, lang="zh"))
        check("+ rules overpaid" in rules.says("diff", "--draft", "1", store="new"))
        rules.says("approve", "--by", "李", "1", store="new")
        check("Edition 1" in rules.says("list", store="new"))


@test
def back_to_one_person_takes_two():
    with store(is_two=True) as rules:
        said = rules.says("approval", "--author", "王", "one")
        check("draft 1 waits for another person than 王: cardwatch rules approve 1" in said, said)
        check_eq(rules.json("approval")["people"], 2)
        check_eq(rules.json("drafts")[0]["changes"], "approval: one")
        check("a change would take one person" in rules.says("diff", "--draft", "1"))
        check("holds no documents" in rules.says("list", "--draft", "1", code=DATA))
        rules.says("approval", "--author", "王", "one")  # a second of the same
        check("another person must approve it" in rules.says("approve", "--by", "王", "1", code=DATA))
        check("takes one person from now on" in rules.says("approve", "--by", "李", "1"))
        setting = rules.json("approval")
        check_eq([(past["people"], past["author"], past["approver"])
                  for past in setting["settings"]], [(2, "王", ""), (1, "王", "李")])
        check_eq(setting["people"], 1)
        check("王, approved by 李" in rules.says("approval"))
        check("the setting was changed since draft 2" in
              rules.says("approve", "--by", "李", "2", code=DATA))
        rules.says("approval", "two")  # and the old draft does not come to life again
        check("请重新设定" in rules.says("approve", "--by", "李", "2", code=DATA, lang="zh"))
        check_eq(rules.editions(), [1])


# ---- drafts --------------------------------------------------------------------------------------

@test
def an_import_waits_for_the_second_person():
    with store(is_two=True) as rules:
        made = rules.json("import", "--author", "王", "--note", "放宽", "--move", "all",
                          rules.rule(revision=2, slack=100))
        check_eq(made, {"edition": None, "draft": 1, "author": "王", "move": "all"})
        check_eq(rules.editions(), [1])
        check("revision 1" in rules.says("show", "overpaid"))
        check("revision 2" in rules.says("show", "--draft", "1", "overpaid"))
        check("Draft 1 moves open cases: all" in rules.says("show", "--draft", "1", "overpaid"))
        check("Draft 1," in rules.says("list", "--draft", "1"))
        check_eq(rules.json("list", "--draft", "1")["draft"], 1)
        difference = rules.says("diff", "--draft", "1")
        check("draft 1 by 王, on edition 1. 放宽" in difference and "~ rules overpaid" in difference
              and "+    2  revision: 2" in difference and "moves open cases: all" in difference,
              difference)
        check_eq(rules.json("diff", "--draft", "1"),
                 [{"change": "changed", "kind": "rules", "name": "overpaid"}])
        rules.says("export", "--draft", "1", os.path.join(rules.folder, "exported"))
        with open(os.path.join(rules.folder, "exported", "overpaid.yaml"), encoding="utf-8") as file:
            check_eq(file.read(), SHADOW.format(revision=2, issue="shadow", slack=100))

        said = rules.says("approve", "--by", "王", "1", code=DATA)
        check("draft 1 is by 王: another person must approve it" in said, said)
        check("须由另一人批准" in rules.says("approve", "--by", "王", "1", code=DATA, lang="zh"))
        check_eq(rules.editions(), [1])
        check_eq(rules.json("approve", "--by", "李", "--note", "同意", "1"),
                 {"draft": 1, "edition": 2, "author": "王", "approver": "李", "move": "all"})
        edition = rules.json("history")[1]
        check_eq((edition["author"], edition["approver"], edition["note"], edition["move"]),
                 ("王", "李", "放宽", "all"))
        check("王, approved by 李" in rules.says("history"))
        check("王，李 批准" in rules.says("history", lang="zh"))
        check("by 王, approved by 李" in rules.says("list"))
        check_eq(rules.json("list")["approver"], "李")
        check("approved as edition 2" in rules.says("drafts"))
        draft = rules.json("drafts")[0]
        check_eq((draft["state"], draft["edition"], draft["base"], draft["decided_by"],
                  draft["decision_note"]), ("approved", 2, 1, "李", "同意"))
        said = rules.says("approve", "--by", "张", "1", code=DATA)
        check("draft 1 is approved already, by 李" in said, said)


@test
def a_draft_has_passed_check_and_tests():
    with store(is_two=True) as rules:
        path = rules.rule(revision=2)
        with open(path, encoding="utf-8") as file:
            text = file.read().replace("fee_paid=20000", "fee_paid=10000")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        check("1 of 1 tests failed" in rules.says("import", path, code=DATA))
        check_eq(rules.says("drafts"), "there are no drafts\n")
        check_eq(rules.says("drafts", lang="zh"), "没有草稿\n")
        check_eq(rules.json("drafts"), [])
        check("nothing changed" in rules.says("import", rules.rule()))


@test
def a_rejected_draft_stays_rejected_and_says_why():
    with store(is_two=True) as rules:
        rules.says("import", "--author", "王", rules.rule(revision=2))
        check("--note WHY" in rules.says("reject", "--by", "李", "1", code=USAGE))
        check("--note 原因" in rules.says("reject", "--by", "李", "1", code=USAGE, lang="zh"))
        check("draft 1 is rejected" in rules.says("reject", "--by", "李", "--note", "缺依据", "1"))
        for verb in (("approve",), ("reject", "--note", "x")):
            said = rules.says(*verb, "--by", "张", "1", code=DATA)
            check("draft 1 is rejected already, by 李" in said, said)
        row = rules.says("drafts")
        check("rejected" in row and "by 李. 缺依据" in row, row)
        row = rules.says("drafts", lang="zh")
        check("已否决" in row and "李 审批。缺依据" in row, row)
        check_eq(rules.editions(), [1])
        rules.says("import", "--author", "王", rules.rule(revision=2))
        check_eq(rules.json("reject", "--by", "王", "--note", "撤回", "2"),
                 {"draft": 2, "state": "rejected", "decided_by": "王", "decision_note": "撤回"})


@test
def a_draft_is_overtaken_by_the_edition_that_came_since():
    with store(is_two=True) as rules:
        rules.says("import", "--author", "王", rules.rule(revision=2))
        rules.says("import", "--author", "张", rules.rule(revision=3))
        check_eq([draft["state"] for draft in rules.json("drafts")], ["waiting", "waiting"])
        rules.says("approve", "--by", "李", "2")
        check_eq([draft["state"] for draft in rules.json("drafts")], ["overtaken", "approved"])
        check("overtaken" in rules.says("drafts"))
        check("已过时" in rules.says("drafts", lang="zh"))
        said = rules.says("approve", "--by", "李", "1", code=DATA)
        check("draft 1 was made on edition 1, and edition 2 came since: import it again" in said,
              said)
        check("请重新导入" in rules.says("approve", "--by", "李", "1", code=DATA, lang="zh"))
        check_eq(rules.editions(), [1, 2])
        rules.says("reject", "--by", "李", "--note", "过时", "1")
        check_eq(rules.json("drafts")[0]["state"], "rejected")


@test
def every_verb_that_changes_makes_a_draft():
    with store() as rules:
        rules.says("import", "--author", "王", rules.rule(revision=2))
        rules.says("approval", "two")
        for verb in (("rollback", "1"), ("promote", "overpaid"), ("remove", "rules", "overpaid"),
                     ("import", "--move", "calendars")):
            made = rules.json(*verb, "--author", "王")
            check_eq((made["edition"], made["author"]), (None, "王"), str(verb))
        check_eq([draft["changes"] for draft in rules.json("drafts")],
                 ["~ rules overpaid", "+ promotions promotions", "- rules overpaid", ""])
        check("no document is changed" in rules.says("diff", "--draft", "4"))
        check_eq(rules.editions(), [1, 2])
        check("第 5 号草稿等待 王 以外的人批准" in
              rules.says("rollback", "--author", "王", "1", lang="zh"))


@test
def numbers_that_are_none_are_told():
    with store(is_two=True) as rules:
        check("there is no draft 7: the newest is 0" in rules.says("approve", "7", code=DATA))
        check("没有第 7 号草稿" in rules.says("reject", "--note", "x", "7", code=DATA, lang="zh"))
        check('"seven" is no draft' in rules.says("approve", "seven", code=USAGE))
        check("expects DRAFT" in rules.says("approve", code=USAGE))
        check("there is no draft 7" in rules.says("diff", "--draft", "7", code=DATA))
        check("--draft N alone" in rules.says("diff", "--draft", "7", "1", code=USAGE))
        check("there is no rule store" in rules.says("drafts", store="nowhere", code=NO_INPUT))
        check("there is no rule store" in rules.says("approval", store="nowhere", code=NO_INPUT))


# ---- who someone is ------------------------------------------------------------------------------

@test
def a_person_is_the_login_unless_another_name_is_given():
    with store(is_two=True) as rules:
        caller = os.environ.get("SUDO_USER") if os.geteuid() == 0 else None
        try:
            login = caller or pwd.getpwuid(os.geteuid()).pw_name
        except KeyError:
            login = str(os.geteuid())
        check_eq(rules.json("import", rules.rule(revision=2))["author"], login)
        check(f"draft 1 is by {login}" in rules.says("approve", "1", code=DATA))
        for name in ("", " 李", "李 ", "a\nb"):
            check("is no name" in rules.says("approve", "--by", name, "1", code=USAGE), repr(name))
        check("不是姓名" in rules.says("import", "--author", "", rules.rule(revision=3), code=USAGE,
                                   lang="zh"))


@test
def under_sudo_it_is_the_one_who_called():
    if os.geteuid() != 0:
        skip("only root is asked who called it")
    with store(is_two=True) as rules:
        os.environ["SUDO_USER"] = "zhang"
        try:
            check_eq(rules.json("import", rules.rule(revision=2))["author"], "zhang")
        finally:
            del os.environ["SUDO_USER"]


# ---- promote -------------------------------------------------------------------------------------

@test
def a_shadow_rule_is_promoted_with_its_record():
    with store() as rules:
        check("recorded only, never public" in rules.says("show", "overpaid"))
        said = rules.says("promote", "--author", "李", "--note", '两个月, 无"误"', "overpaid")
        check("edition 2 is in the store" in said, said)
        shown = rules.says("show", "overpaid")
        check("never public" not in shown, shown)
        check("It was shadow, and edition 2 promoted it" in shown
              and 'by 李. 两个月, 无"误"' in shown, shown)
        check("原为影子规则，由第 2 版转正" in rules.says("show", "overpaid", lang="zh"))
        check("never public" in rules.says("show", "--edition", "1", "overpaid"))
        check("+ promotions promotions" in rules.says("diff"))
        check_eq(rules.says("show", "promotions"),
                 'rule,revision,issue,note\noverpaid,1,auto,"两个月, 无""误"""\n')
        said = rules.says("promote", "overpaid", code=DATA)
        check("rule overpaid is not shadow" in said, said)
        check("不是影子规则" in rules.says("promote", "overpaid", code=DATA, lang="zh"))

        # A new revision states its own issue; the table keeps both, each of its revision.
        rules.says("import", rules.rule(revision=2))
        check("never public" in rules.says("show", "overpaid"))
        check("has revision 2, not 1" in
              rules.says("promote", "--revision", "1", "overpaid", code=DATA))
        check("修订号是 2" in
              rules.says("promote", "--revision", "1", "overpaid", code=DATA, lang="zh"))
        rules.says("promote", "--to", "confirm", "--revision", "2", "overpaid")
        check("a supervisor releases it" in rules.says("show", "overpaid"))
        check("~ promotions promotions" in rules.says("diff"))
        check_eq(rules.says("show", "promotions").splitlines()[1:],
                 ['overpaid,1,auto,"两个月, 无""误"""', "overpaid,2,confirm,"])
        check("edition 4 promoted it" in rules.says("show", "overpaid"))


@test
def what_cannot_be_promoted_is_told():
    with store() as rules:
        said = rules.says("promote", "overpayd", code=DATA)
        check("there is no rule overpayd" in said and "Did you mean: overpaid" in said, said)
        check("没有规则 overpayd" in rules.says("promote", "overpayd", code=DATA, lang="zh"))
        check("expects RULE" in rules.says("promote", code=USAGE))
        check("expects --to auto|confirm" in
              rules.says("promote", "--to", "shadow", "overpaid", code=USAGE))
        rules.says("import", rules.rule(revision=2, issue="auto"))
        check("is not shadow" in rules.says("promote", "overpaid", code=DATA))
        check_eq(rules.editions(), [1, 2])


@test
def a_table_of_promotions_can_be_written_by_hand():
    with store() as rules:
        path = os.path.join(rules.folder, "trial.csv")

        def table(text):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            return path

        for text, words in (
                ("rule,revision,issue\noverpaid,1,shadow\n", ":2:3: error: \"shadow\": a rule is"),
                ("rule,revision,issue\noverpaid,one,auto\n", ":2:2: error: \"one\" is no revision"),
                ("rule,revision,issue\noverpaid,0,auto\n", ":2:2: error: \"0\" is no revision"),
                ("rule,revision,issue\n,1,auto\n", ":2:1: error: rule must be given"),
                ("rule,revision\noverpaid,1\n", "the column issue is missing"),
                ("rule,revision,issue\noverpaid,1,auto\noverpaid,1,confirm\n",
                 ":3:1: error: rule \"overpaid\", revision 1, stands twice")):
            said = rules.says("import", table(text), code=DATA)
            check(words in said, f"{words}: {said}")
        check("规则只能转为" in rules.says(
            "import", table("rule,revision,issue\noverpaid,1,shadow\n"), code=DATA, lang="zh"))
        # One that is not there, and one of another revision: without effect, and no mistake.
        rules.says("import", table("规则,修订,发牌\nnowhere,1,auto\noverpaid,9,auto\n"))
        check("never public" in rules.says("show", "overpaid"))
        rules.says("import", table("rule,revision,issue\noverpaid,1,confirm\n"))
        check("a supervisor releases it" in rules.says("show", "overpaid"))
        rules.says("export", os.path.join(rules.folder, "exported"))
        check(os.path.exists(os.path.join(rules.folder, "exported", "trial.csv")))


@test
def a_promoted_rule_raises_public_cards():
    event = {"kind": "fee", "at": "2025-01-20T10:00:00+08:00", "fee_due": 100, "fee_paid": 200}
    folder = tempfile.mkdtemp(prefix="cardwatch-people-")

    def push(house, case):
        path = house.path("events.jsonl")
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(dict(event, case=case)) + "\n")
        pushed = house.collect("jsonl", "--source", "hall", "--end-tick", "last", path)
        check_eq(pushed.end(), 0, "\n".join(pushed.err))

    try:
        with House([CALENDAR, Store(folder).rule()]) as house:
            house.engine_start()
            house.engine_ready()
            push(house, "K1")
            done = subprocess.run(
                [program("cardwatch-rules"), "promote", "--store", house.path("rules"), "overpaid"],
                capture_output=True, text=True, check=False)
            check_eq(done.returncode, 0, done.stderr)
            wait_until(lambda: house.ask("status")["edition"] == 2, "edition 2 to be in force")
            push(house, "K2")
            check_eq([(card["case"], card["edition"], card["shadow"]) for card in house.cards()],
                     [("K1", 1, True), ("K2", 2, False)])
    finally:
        shutil.rmtree(folder)


# ---- remove --------------------------------------------------------------------------------------

@test
def a_document_is_removed_and_history_keeps_it():
    with store() as rules:
        said = rules.says("remove", "calendar", "cn", code=DATA)
        check("the calendar cn stays, for rules name it: overpaid" in said, said)
        check("edition 1 has no rules overpayd" in
              rules.says("remove", "rules", "overpayd", code=DATA))
        check("Did you mean: overpaid" in rules.says("remove", "rules", "overpayd", code=DATA))
        check("第 1 版没有 items overpaid" in
              rules.says("remove", "items", "overpaid", code=DATA, lang="zh"))
        check("is no kind of document. There are: calendar rules" in
              rules.says("remove", "rule", "overpaid", code=USAGE))
        check("不是文件种类" in rules.says("remove", "rule", "overpaid", code=USAGE, lang="zh"))
        check("expects KIND NAME" in rules.says("remove", "rules", code=USAGE))
        check_eq(rules.editions(), [1])
        check_eq(rules.json("remove", "rules", "overpaid"), {"edition": 2, "move": "none"})
        check("- rules overpaid" in rules.says("history"))
        check("overpaid" in rules.says("list", "--edition", "1"))
        check("overpaid" not in rules.says("list"))
        check("edition 3 is in the store, and moves open cases: all" in
              rules.says("remove", "--move", "all", "calendar", "cn"))
        rules.says("rollback", "1")
        check("overpaid" in rules.says("list"))

# ---- stores from before --------------------------------------------------------------------------

@test
def a_store_of_old_opens_and_goes_on():
    if sys.byteorder != "little" or sys.maxsize < 2**32:
        skip("the old store was made by a little-endian machine of 64 bits")
    with store() as rules:
        folder = os.path.join(rules.folder, "old")
        os.mkdir(folder)
        with open(os.path.join(folder, "data.mdb"), "wb") as file:
            file.write(zlib.decompress(base64.b64decode(OLD_STORE)))
        history = json.loads(rules.says("history", "--json", store="old"))
        check_eq([(edition["author"], edition["approver"], edition["note"], edition["move"])
                  for edition in history], [("王", "", "首次", "none"), ("李", "", "修订", "none")])
        check("recorded only, never public" in rules.says("show", "overpaid", store="old"))
        check_eq(rules.says("drafts", store="old"), "there are no drafts\n")  # only read so far
        check("one: a change" in rules.says("approval", store="old"))
        rules.says("approval", "--author", "王", "two", store="old")
        rules.says("promote", "--author", "王", "overpaid", store="old")
        rules.says("approve", "--by", "李", "1", store="old")
        check("edition 3 promoted it" in rules.says("show", "overpaid", store="old"))


main("system/rules_people")
