"""conditions.py - what the conditions of a receipt asked, worked out again from the answers.

Written from the conditions in rules/README.md and the description of the receipt in
engine/wire/README.md, and from nothing of the engine.
"""

import re

PARTS = ("applies_when", "start_when", "condition")
TEXTS = ("kind", "item", "item_kind", "org", "area", "step", "handler", "result", "reason",
         "step_node", "last_result", "last_step_handler", "parent")
NUMBERS = ("step_place", "last_step_place", "furthest_step_place", "fee_due", "fee_paid", "rating",
           "entry_delay", "arrival_delay", "children", "children_open", "children_finished")
INSTANTS = ("at", "entered_at")
TIMES = ("time_of_day",)
TRUTHS = ("in_hours", "is_finished", "is_accepted", "in_catalogue", "result_allowed")
FIELDS = TEXTS + NUMBERS + INSTANTS + TIMES + TRUTHS
OF_EVENT = ("kind", "step", "step_place", "step_node", "last_step_handler", "result", "reason", "fee_due",
            "fee_paid", "rating", "at", "time_of_day", "entered_at", "entry_delay", "arrival_delay",
            "in_hours", "result_allowed")
TOKEN = re.compile(r"""\s*(?:(?P<text>'[^']*'|"[^"]*")|(?P<time>[0-9]+:[0-9:]+)|(?P<number>[0-9]+)|(?P<name>[A-Za-z_]\w*)"""
                   r"""|(?P<sign>>=|<=|!=|[=<>()\[\],+*/-]))""")
RAISED = re.compile(r"\s*\(\s*([^,]+?)\s*,\s*([^)]+?)\s*\)")
COMPARED = {"=": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
            "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b}
LARGEST = 2 ** 63


def time_of(text):
    """Milliseconds of the day of "16:30", "16:30:00", "16:30:00.250"."""
    hour, minute, second = (text + ":00").split(":")[:3]
    return (int(hour) * 60 + int(minute)) * 60_000 + round(float(second) * 1000)


class Instant(int):
    """Milliseconds; a text that it is compared with is read as an instant."""


def sum_of(sign, a, b):
    if a is None or b is None or sign == "/" and b == 0:
        return None
    found = {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b,
             "/": lambda: abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)}[sign]()
    return found if -LARGEST <= found < LARGEST else None


def number_in(text):
    return int(text) if text is not None and re.fullmatch("-?[0-9]{1,18}", text) else None


class Condition:
    """One condition, read; every part of it is a function of the answers."""

    def __init__(self, text, instant_of):
        self.text, self.at, self.instant_of = text, 0, instant_of
        self.asks, self.windows = [], []
        self.answer = self.either()
        if self.text[self.at:].strip():
            raise ValueError(f"{self.text[self.at:]!r} is left over")

    # ---- words -------------------------------------------------------------------------------

    def peek(self):
        found = TOKEN.match(self.text, self.at)
        return (None, None) if found is None else (found.lastgroup, found.group(found.lastgroup))

    def next(self):
        found = TOKEN.match(self.text, self.at)
        if found is None:
            raise ValueError(f"cannot be read from {self.text[self.at:]!r}")
        self.at = found.end()
        return found.lastgroup, found.group(found.lastgroup)

    def take(self, *words):
        sort, word = self.peek()
        if sort in ("name", "sign") and word in words:
            self.next()
            return word
        return None

    def expect(self, word):
        if not self.take(word):
            raise ValueError(f"{word!r} should stand at {self.text[self.at:]!r}")

    def name(self):
        sort, word = self.next()
        if sort != "name":
            raise ValueError(f"{word!r} is no name")
        return word

    # ---- what is asked -----------------------------------------------------------------------

    def ask(self, what):
        if what not in self.asks:
            self.asks.append(what)
        return lambda answers: answers[what]

    def ask_window(self, what, window):
        """Each stands for itself: with what it is compared with, it counts up to another number."""
        key = what, len(self.windows)
        self.windows.append(window)
        self.asks.append(key)
        return lambda answers: answers[key]

    def count(self):
        self.expect("(")
        kind, is_of_step, window = self.name(), False, None
        while self.take(","):
            word = self.name()
            if word == "step":
                is_of_step = True
            elif word == "within":
                _, n = self.next()
                unit = self.name()
                unit = unit[:-1] if unit.endswith("s") else unit
                window = f"{int(n) * 7} day" if unit == "week" else f"{int(n)} {unit}"
            else:
                raise ValueError(f"count: {word!r}")
        self.expect(")")
        ask = f"count({kind}{', step' if is_of_step else ''}"
        if window is None:
            return self.ask(ask + ")")
        return self.ask_window(f"{ask}, within {window})", (kind, is_of_step, window))

    def about_kind(self, word):
        self.expect("(")
        kind = self.name()
        self.expect(")")
        if word == "seen":
            found = self.ask(f"count({kind})")
            return lambda answers: found(answers) > 0
        if word == "same_arrival":
            return self.ask(f"same_arrival({kind})")
        self.expect("in")
        return self.ask(f"since({kind}) in {self.name()}")

    def attr(self):
        self.expect("(")
        sort, name = self.next()
        if sort != "text":
            raise ValueError("attr names an attr in quotes")
        self.expect(")")
        quote = '"' if "'" in name[1:-1] else "'"
        return self.ask(f"attr({quote}{name[1:-1]}{quote})")

    def raised(self):
        found = RAISED.match(self.text, self.at)
        if found is None:
            raise ValueError("raised names a rule and a card")
        self.at = found.end()
        return self.ask(f"raised({found.group(1)}, {found.group(2)})")

    def field(self, name=None):
        name = name or self.name()
        if name == "attr":
            return self.attr()
        if name not in FIELDS:
            raise ValueError(f"{name!r} is no field")
        return self.ask(name)

    # ---- from the whole to its parts ---------------------------------------------------------

    def either(self):
        found = self.both()
        while self.take("or"):
            found = (lambda a, b: lambda answers: bool(a(answers)) | bool(b(answers)))(
                found, self.both())
        return found

    def both(self):
        found = self.negated()
        while self.take("and"):
            found = (lambda a, b: lambda answers: bool(a(answers)) & bool(b(answers)))(
                found, self.negated())
        return found

    def negated(self):
        if self.take("not"):
            found = self.negated()
            return lambda answers: not found(answers)
        return self.comparison()

    def comparison(self):
        begin = self.at
        left = self.sum()
        is_word = self.text[begin:self.at].strip() in ("kind", "item_kind")
        if self.take("in"):
            self.expect("[")
            items = [self.beside(is_word)]
            while self.take(","):
                items.append(self.beside(is_word))
            self.expect("]")
            return lambda answers: any([self.compared("=", left(answers), item(answers))
                                        for item in items])
        sign = self.take(*COMPARED)
        if sign is None:
            return left
        right = self.beside(is_word)
        return lambda answers: self.compared(sign, left(answers), right(answers))

    def beside(self, is_word):
        """An event kind beside `kind` needs no quotes."""
        if is_word and self.peek()[0] == "name":
            word = self.name()
            return lambda answers: word
        return self.sum()

    def compared(self, sign, a, b):
        if a is None or b is None:
            return False
        if isinstance(a, Instant) and isinstance(b, str):
            b = Instant(self.instant_of(b))
        if isinstance(b, Instant) and isinstance(a, str):
            a = Instant(self.instant_of(a))
        return COMPARED[sign](a, b)

    def sum(self):
        found = self.product()
        while (sign := self.take("+", "-")) is not None:
            found = (lambda s, a, b: lambda answers: sum_of(s, a(answers), b(answers)))(
                sign, found, self.product())
        return found

    def product(self):
        found = self.alone()
        while (sign := self.take("*", "/")) is not None:
            found = (lambda s, a, b: lambda answers: sum_of(s, a(answers), b(answers)))(
                sign, found, self.alone())
        return found

    def alone(self):
        if self.take("("):
            found = self.either()
            self.expect(")")
            return found
        if self.take("-"):
            found = self.alone()
            return lambda answers: sum_of("-", 0, found(answers))
        sort, word = self.next()
        if sort == "text":
            return lambda answers: word[1:-1]
        if sort == "time":
            time = time_of(word)
            return lambda answers: time
        if sort == "number":
            if self.peek()[0] == "name" and self.peek()[1] not in ("and", "or", "in"):
                self.name()  # its unit is that of what it is compared with
            return lambda answers: int(word)
        if sort != "name":
            raise ValueError(f"{word!r} stands for nothing")
        return self.named(word)

    def named(self, word):
        if word in ("true", "false"):
            return lambda answers: word == "true"
        if word == "has":
            found = self.field()
            return lambda answers: found(answers) is not None
        if word in ("length", "number"):
            self.expect("(")
            found = self.field()
            self.expect(")")
            if word == "length":
                return lambda answers: len(found(answers) or "")
            return lambda answers: number_in(found(answers))
        if word == "count":
            return self.count()
        if word in ("seen", "since", "same_arrival"):
            return self.about_kind(word)
        return self.raised() if word == "raised" else self.field(word)


# ---- the answers ------------------------------------------------------------------------------


def is_sort(ask, value):
    """Is it an answer that this question may have?"""
    if ask in TRUTHS or ask.startswith(("raised(", "same_arrival(")):
        return isinstance(value, bool)
    if ask.startswith("count(") and ", within " not in ask:
        return type(value) is int and value >= 0
    if value is None:
        return True
    if ask in NUMBERS or ask.startswith(("count(", "since(")):
        return type(value) is int
    return isinstance(value, str)


def told_at(receipt, path):
    at = receipt
    for name in path.split("/"):
        at = at[int(name)] if isinstance(at, list) else None if at is None else at.get(name)
    return at


class Answers:
    """What a receipt says was asked by one condition."""

    def __init__(self, receipt, part, first_window, instant_of):
        self.receipt, self.instant_of, self.first_window = receipt, instant_of, first_window
        self.part, self.said = part, receipt[part]
        self.condition = Condition(self.said["text"], instant_of)
        self.is_withheld = False

    def window_of(self, said, ask):
        """The count that an answer refers to is that of this window."""
        text, index = ask
        path = f"counts/{self.first_window + index}/count"
        if said["told_in"] != path:
            return f"{text}: told_in {said['told_in']!r}, should be {path!r}"
        count = self.receipt["counts"][self.first_window + index]
        if (count["of"], count["step"] is not None, count["term"]) != self.condition.windows[index]:
            return f"{text}: {path} is of another window"
        return None

    def wrong_of(self, said, ask):
        """What is wrong with one answer, or None."""
        text = ask if isinstance(ask, str) else ask[0]
        if said.get("ask") != text:
            return f"{said.get('ask')!r} was not asked here, but {text!r}"
        if len(said) != 2:
            return f"{text}: its answer stands in one place"
        if "withheld" in said:
            self.is_withheld = True
            is_personal = text.startswith(("attr('personal.", 'attr("personal.'))
            return None if is_personal and said["withheld"] == "personal" else f"{text}: withheld"
        if "value" in said:
            return None if is_sort(text, said["value"]) else f"{text}: {said['value']!r}"
        if not isinstance(ask, str):
            return self.window_of(said, ask)
        if (text, said.get("told_in")) != ("last_step_handler", "handled/before/handler"):
            return f"{text}: told_in {said.get('told_in')!r}"
        return None

    def value_of(self, said):
        value = said["value"] if "value" in said else told_at(self.receipt, said["told_in"])
        if said["ask"] in INSTANTS and value is not None:
            return Instant(self.instant_of(value))
        return time_of(value) if said["ask"] in TIMES and value is not None else value

    def wrong(self):
        asks, values = self.condition.asks, self.said["values"]
        if len(asks) != len(values):
            return [f"{len(values)} answers, asked was {len(asks)} times"]
        wrong = [found for said, ask in zip(values, asks) if (found := self.wrong_of(said, ask))]
        if wrong or self.is_withheld:
            return wrong
        answers = {ask: self.value_of(said) for said, ask in zip(values, asks)}
        holds = bool(self.condition.answer(answers))
        if self.said["holds"] is not holds:
            wrong.append(f"holds: is {self.said['holds']}, should be {holds}")
        return wrong + (self.eventless(answers) if self.part == "card_when" else
                        self.beginning(answers))

    @staticmethod
    def eventless(answers):
        """A card falls due without an event: nothing is known of one."""
        return [f"{ask}: is {value!r}, and no event was at hand" for ask, value in answers.items()
                if value and (ask in OF_EVENT or ask.startswith(("since(", "same_arrival(", "attr(")) or
                              ask.endswith(", step)"))]

    def beginning(self, answers):
        """What is asked of the event that the clock began with, and the start tells too."""
        wrong, start = [], self.receipt["start"]
        if answers.get("kind", start["kind"]) != start["kind"]:
            wrong.append(f"kind: is {answers['kind']!r}, it began with {start['kind']!r}")
        if answers.get("at", self.instant_of(start["at"])) != self.instant_of(start["at"]):
            wrong.append("at: is not when it began")
        time = time_of(start["at"][11:].rstrip("Z").split("+")[0].split("-")[0])
        if answers.get("time_of_day", time) not in (time, None):
            wrong.append("time_of_day: is not when it began")
        return wrong


def check_card(receipt, instant_of):
    """The condition of the card itself. Under other rules than those that it was raised under, it need
    not hold."""
    said, text = receipt.get("card_when"), receipt["rung"].get("if")
    if said is None or text is None:
        return ["card_when: a card without a condition has none, and one with it has one"] \
            if (said is None) != (text is None) else []
    wrong = Answers(receipt, "card_when", 0, instant_of).wrong()
    card = receipt["card"]
    if said["text"] != text:
        wrong.append("text: it is not that of the rung")
    if said["holds"] is not True and not receipt.get("moves") and "digest" in receipt:
        wrong.append("no card was raised, it did not hold")
    raised = instant_of(said["asked_at"])
    if raised > instant_of(card["issued_at"]):
        wrong.append("asked_at: the card was there before")
    if card["state"] in ("issued", "pending") and raised != instant_of(card["issued_at"]) and \
            (card["reason"] == "" or card["reason"].startswith("late: ")):
        wrong.append("asked_at: it is not when the card was raised")
    return [f"card_when: {what}" for what in wrong]


def check_conditions(receipt, instant_of):
    """What is wrong with the conditions of a receipt: a list of sentences."""
    wrong, windows = [], 0
    for part in PARTS:
        if part not in receipt:
            continue
        answers = Answers(receipt, part, windows, instant_of)
        wrong += [f"{part}: {what}" for what in answers.wrong()]
        windows += len(answers.condition.windows)
        if receipt[part]["holds"] is not True:
            wrong.append(f"{part}: nothing began, it did not hold")
    wrong += check_card(receipt, instant_of)
    is_counted = receipt["calendar"] is not None and receipt["start"]["kind"] is not None
    if is_counted and windows != len(receipt.get("counts", [])):
        wrong.append(f"counts: {len(receipt.get('counts', []))}, asked was for {windows}")
    if receipt["clock"]["state"] != "fact":
        return wrong
    if receipt["convention"] is not None:
        wrong.append("convention: of a fact nothing is counted")
    if "condition" not in receipt:
        wrong.append("condition: nothing tells what it asked")
    elif receipt["condition"]["text"] != receipt["rung"]["text"]:
        wrong.append(f"condition.text: the rule says {receipt['rung']['text']!r}")
    return wrong
