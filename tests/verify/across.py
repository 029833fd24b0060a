"""across.py - the receipt of a card across cases, counted again from the cases that it lists.

Written from the description of the receipt in engine/wire/README.md and of the rules in
rules/README.md, and from nothing of the engine.
"""

import datetime
from zoneinfo import ZoneInfo

SHOWN = 100
STANDING = ("pending", "issued", "superseded", "appealed", "dismissed", "closed")


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def window_of(begin, window, zone):
    """The name of the window that begins here, and its end; of a run, that is not known by it."""
    local = begin.astimezone(zone)
    if window == "none":
        part = "milliseconds" if begin.microsecond else "seconds"
        return local.isoformat(timespec=part), None
    if window == "second":
        return local.strftime("%Y-%m-%dT%H:%M:%S"), begin + datetime.timedelta(seconds=1)
    wall = local.replace(tzinfo=None)
    if window == "day":
        end = wall + datetime.timedelta(days=1)
        return local.strftime("%Y-%m-%d"), end.replace(tzinfo=zone)
    months = {"month": 1, "quarter": 3, "year": 12}[window]
    if (wall.month - 1) % months or wall.day != 1:
        raise ValueError(f"from: no {window} begins at {begin}")
    end = wall
    for _ in range(months):
        end = (end + datetime.timedelta(days=32)).replace(day=1)
    name = {"month": local.strftime("%Y-%m"), "year": local.strftime("%Y"),
            "quarter": f"{local:%Y}-Q{(wall.month + 2) // 3}"}[window]
    return name, end.replace(tzinfo=zone)


def judged_at(across, zone):
    """When a share is judged; None where that takes a calendar of workdays."""
    end = moment(across["to"])
    if across["judged"] is None:
        return end
    number, unit = across["judged"].split()
    if unit == "day":
        wall = end.astimezone(zone).replace(tzinfo=None) + datetime.timedelta(days=int(number))
        return wall.replace(tzinfo=zone)
    if unit in ("hour", "minute"):
        return end + datetime.timedelta(**{unit + "s": int(number)})
    return None


def limit_text(across):
    if across["form"] != "share":
        return str(across["at_least"])
    whole, tenth = divmod(across["permille"], 10)
    return f"{'>=' if across['reached'] else '>'} {whole}{f'.{tenth}' if tenth else ''}%"


class Group:
    """What the receipt lists, and what follows from it."""

    def __init__(self, receipt):
        self.across = receipt["across"]
        self.zone = ZoneInfo(receipt["calendar"]["zone"])
        self.members = self.across["members"]
        self.first = self.across["first"]

    def at(self, place):
        return moment(self.members[place - self.first]["at"])

    def holds(self):
        """The instant of the card; None: there should be none."""
        across = self.across
        if across["form"] == "share":
            if across["place"] != 0:
                raise ValueError("place: no single case decides on a share")
            so, most = across["so"] * 1000, across["permille"] * across["count"]
            is_much = so >= most if across["reached"] else so > most
            is_enough = across["count"] >= max(1, across["at_least"])
            return moment(across["judged_at"]) if is_much and is_enough else None
        if across["form"] == "count":
            place = across["at_least"] if across["count"] >= across["at_least"] else 0
        else:
            place = self.run_end()
        if place != across["place"]:
            raise ValueError(f"place is {across['place']}, should be {place}")
        return self.at(place) if place else None

    def run_end(self):
        """Listed from a later place on, what lies before was left out because no run ended there."""
        running = 0
        for index, member in enumerate(self.members):
            running = running + 1 if member["so"] else 0
            if running == self.across["at_least"]:
                return self.first + index
        if self.across["more"] + self.first - 1 > 0:
            raise ValueError("the cases that decide are not listed")
        return 0

    def wrong_list(self):
        across, members = self.across, self.members
        listed = len(members)
        if listed > SHOWN or listed + across["more"] != across["count"]:
            yield "members: more or fewer than there are"
        if across["first"] != max(1, across["place"] - SHOWN + 1):
            yield "first: not where the list begins"
        order = [moment(member["at"]) for member in members]
        if order != sorted(order):
            yield "members: not in order"
        if across["window"] == "none":
            yield from self.wrong_run(order)
        elif any(not moment(across["from"]) <= at < moment(across["to"]) for at in order):
            yield "members: one lies outside the window"
        if not across["cards"] and len({member["case"] for member in members}) != listed:
            yield "members: a case stands there twice"
        so = sum(member["so"] for member in members)
        if not so <= across["so"] <= so + across["more"]:
            yield "so: not the number of those that are so"


    def wrong_run(self, order):
        """All of it are so, and what stands at its two ends is not."""
        across = self.across
        before, behind = across["before"], across["broken_by"]
        if not all(member["so"] for member in self.members) or across["so"] != across["count"]:
            yield "members: one in the run is not so"
        if self.first == 1 and order[0] != moment(across["from"]):
            yield "from: the run begins elsewhere"
        if before and (before["so"] or moment(before["at"]) > moment(across["from"])):
            yield "before: the run does not begin behind it"
        if behind and (behind["so"] or moment(behind["at"]) < order[-1]):
            yield "broken_by: it does not break the run"
        if across["to"] != (behind and behind["at"]):
            yield "to: not where the run was broken"
        names = [member["case"] for member in self.members + [before, behind] if member]
        if len(set(names)) != len(names):
            yield "before, broken_by: a case of the run itself"


def check_across(receipt):
    """What is wrong with it: a list of sentences."""
    card, across, group = receipt["card"], receipt["across"], Group(receipt)
    wrong = list(group.wrong_list())

    def expect(name, said, should):
        if said != should:
            wrong.append(f"{name}: is {said!r}, should be {should!r}")

    name, end = window_of(moment(across["from"]), across["window"], group.zone)
    expect("card.case", card["case"], f"{across['per']}:{across['key']}/{name}")
    if across["to_org"] is None:
        expect(f"card.{across['per']}", card[across["per"]], across["key"])
    elif card.get("edition") == receipt["edition"]:
        expect("card.org", card["org"], across["to_org"])
    if end is not None:
        expect("to", moment(across["to"]), end)
    elif across["form"] != "in_a_row":
        wrong.append(f"window: a {across['form']} needs one")
    expect("card.rule", card["rule"], receipt["rule"]["name"])
    expect("card.clock", (card["clock"], card["cycle"]), (card["rule"], 0))
    if across["form"] == "share" and judged_at(across, group.zone) is not None:
        expect("judged_at", moment(across["judged_at"]), judged_at(across, group.zone))
    due = group.holds()
    expect("due_at", receipt["due_at"] and moment(receipt["due_at"]), due)
    if card["rule_version"] != receipt["rule"]["revision"]:
        return wrong  # the card was told by an older edition, and nothing has touched it since
    expect("card.limit", card["limit"], limit_text(across))
    if card["state"] in STANDING:
        expect("card.due_at", moment(card["due_at"]), due)
        late = moment(card["issued_at"]) - moment(card["due_at"])
        expect("card.late_ms", card["late_ms"],
               max(0, late // datetime.timedelta(milliseconds=1)))
    return wrong
