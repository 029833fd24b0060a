"""receipt_calendar.py - calendars for the verifier: from our calendar files, or from a receipt's
own list of days. The files are read by a small reader of just the YAML they are written in.
"""

import datetime
import re

from tests.verify.days import DAY, Calendar, Unknown
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|\'(?:[^\']|\'\')*\'|[\[\]{},]|:(?=\s|$)|'
                   r'[^\s\[\]{},"\':](?:[^\[\]{},:]|:(?=\S))*)')


# ---- the text -------------------------------------------------------------------------


def without_comment(line):
    quote = None
    for i, char in enumerate(line):
        if quote:
            quote = None if char == quote else quote
        elif char in "\"'" and (i == 0 or line[i - 1] in " [{,:"):
            quote = char
        elif char == "#" and (i == 0 or line[i - 1].isspace()):
            return line[:i]
    return line


def lines_of(text):
    """(indent, text) of every line; what a bracket holds open is one line."""
    held = ""
    for raw in text.splitlines():
        line = without_comment(raw).rstrip()
        if held:
            held += " " + line.strip()
        elif line.strip() and line != "---":
            held = line
        bare = re.sub(r'"[^"]*"|\'[^\']*\'', "", held)
        if held and bare.count("[") + bare.count("{") <= bare.count("]") + bare.count("}"):
            yield len(held) - len(held.lstrip()), held.strip()
            held = ""


def plain(word):
    word = word.strip()
    if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'":
        return word[1:-1]
    return word


def flow(tokens):
    """One value of a line: a word, [list] or {map}."""
    token = tokens.pop(0)
    if token == "[":
        found = []
        while tokens[0] != "]":
            found.append(flow(tokens))
            if tokens[0] == ",":
                tokens.pop(0)
        tokens.pop(0)
        return found
    if token == "{":
        found = {}
        while tokens[0] != "}":
            key = plain(tokens.pop(0))
            if tokens.pop(0) != ":":
                raise ValueError(f"a colon is missing behind {key}")
            found[key] = flow(tokens)
            if tokens[0] == ",":
                tokens.pop(0)
        tokens.pop(0)
        return found
    return plain(token)


def value_of(text):
    return flow(TOKEN.findall(text)) if text[0] in "[{" else plain(text)


def key_split(text):
    found = re.match(r'("[^"]*"|\'[^\']*\'|[^:"\'](?:[^:]|:(?=\S))*):(?:\s+(.*))?$', text)
    return (plain(found.group(1)), found.group(2) or "") if found else None


def block(lines):
    """The lines of one indentation, as a map or a list."""
    indent = lines[0][0]
    if lines[0][1].startswith("- "):
        found = []
        while lines and lines[0][0] == indent and lines[0][1].startswith("- "):
            text = lines[0][1][2:].strip()
            if key_split(text) and text[0] not in "{[":
                lines[0] = (indent + 2, text)
                found.append(block(lines))
            else:
                lines.pop(0)
                found.append(value_of(text))
        return found
    if key_split(lines[0][1]) is None:
        return value_of(lines.pop(0)[1])
    found = {}
    while lines and lines[0][0] == indent:
        key, rest = key_split(lines.pop(0)[1])
        if rest:
            found[key] = value_of(rest)
        else:
            deeper = lines and lines[0][0] > indent
            found[key] = block(lines) if deeper else ""
    return found


def read_yaml(text):
    return block(list(lines_of(text)))


# ---- what it says ---------------------------------------------------------------------


def clock_ms(text):
    hours, minutes = text.split(":")[:2]
    return (int(hours) * 60 + int(minutes)) * 60_000


def spans_of(text):
    """The hours of a day: "09:00-12:00 13:30-17:00", or off."""
    if text == "off":
        return []
    return [tuple(clock_ms(end) for end in span.split("-")) for span in text.split()]


def week_of(said):
    week = [[] for _ in range(7)]
    for names, text in said.items():
        ends = [WEEKDAYS.index(name) for name in names.split("-")]
        for i in range(ends[0], ends[-1] + 1):
            week[i] = spans_of(text)
    return week


def dates_of(text):
    first, _, last = text.partition("..")
    day = datetime.date.fromisoformat(first)
    while day <= datetime.date.fromisoformat(last or first):
        yield day
        day += DAY


def named_days(said):
    """(date, name) of `off:` or `work:`: lists by the name of the occasion, or a plain list."""
    groups = said if isinstance(said, dict) else {"": said}
    for name, texts in groups.items():
        for text in [texts] if isinstance(texts, str) else texts:
            for day in dates_of(text):
                yield day, name


def level_of(said, parents):
    """One file as days.Calendar reads it, with what it says of each exception."""
    level, about = {}, {}
    if "zone" in said:
        level["zone"] = said["zone"]
    if "week" in said:
        level["week"] = week_of(said["week"])
    if "known" in said:
        known = next((p["known"] for p in reversed(parents) if "known" in p), (None, None))
        level["known"] = tuple(
            datetime.date.fromisoformat(said["known"][end]) if end in said["known"] else known[i]
            for i, end in enumerate(("from", "to")))
    level["seasons"] = [(datetime.date.fromisoformat(s["from"]),
                         datetime.date.fromisoformat(s["to"]), week_of(s["week"]))
                        for s in said.get("seasons", [])]
    level["exceptions"] = {}
    for group in said.get("exceptions") or []:
        ground = group.get("ground") or group.get("url", "")
        for key, hours in (("off", None), ("work", [])):
            for day, name in named_days(group.get(key, [])):
                level["exceptions"][day] = hours
                about[day] = (name, ground)
        for text, hours in (group.get("hours") or {}).items():
            for day in dates_of(text):
                level["exceptions"][day] = spans_of(hours)
                about[day] = ("", ground)
    return level, about


def read_calendars(paths):
    """name → calendar, of all files."""
    said = {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            one = read_yaml(file.read())
        said[one["calendar"]] = one
    return {name: FileCalendar(name, said) for name in said}


class FileCalendar(Calendar):
    is_whole = True

    def __init__(self, name, said):
        chain = [name]
        while said[chain[0]].get("inherits"):
            chain.insert(0, said[chain[0]]["inherits"])
        levels, self.told = [], {}
        for link in chain:
            level, about = level_of(said[link], levels)
            levels.append(level)
            self.told.update(about)
        super().__init__(name, levels)

    def about(self, day):
        """Name and document of an exception; of any other day, nothing."""
        return ("", "") if self.is_beyond(day) else self.told.get(day, ("", ""))

    @property
    def horizon(self):
        return self.known[1]


class ListCalendar(Calendar):
    """The days that a receipt itself lists; nothing is known of others."""

    is_whole = False

    def __init__(self, receipt):
        self.name = receipt["calendar"]["name"]
        self.zone = ZoneInfo(receipt["calendar"]["zone"])
        self.horizon = datetime.date.fromisoformat(receipt["calendar"]["horizon"])
        self.seen = {datetime.date.fromisoformat(day["date"]): spans_of(day["hours"] or "off")
                     for day in receipt["days"]}
        self.told = {datetime.date.fromisoformat(day["date"]): (day["name"], day["ground"])
                     for day in receipt["days"]}

    def hours(self, day):
        if day not in self.seen:
            raise Unknown(day)
        return self.seen[day]

    def about(self, day):
        return self.told[day]

    def is_beyond(self, day):
        return day > self.horizon
