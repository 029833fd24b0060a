"""world.py - a made-up authority from one random generator: calendars, catalogue, rules.

Everything is made twice: as the structures the oracle reads, and as the files the program reads.
"""

import datetime

from tests.verify.days import DAY, Calendar

HOUR = 3_600_000
ZONES = ("Asia/Shanghai", "Europe/Amsterdam", "America/New_York")
HOURS = ([(9.0, 12.0), (13.5, 17.5)], [(8.5, 17.0)], [(8.0, 12.0), (14.0, 18.0)], [(9.0, 13.0)])
LEVELS = ("warn", "yellow", "red")
FIRST, LAST = datetime.date(2024, 1, 1), datetime.date(2025, 12, 31)


def wall(hour):
    return f"{int(hour):02d}:{int(hour % 1 * 60):02d}"


def ms(hours):
    return [(int(a * HOUR), int(b * HOUR)) for a, b in hours]


def spans(hours):
    return '"' + " ".join(f"{wall(a)}-{wall(b)}" for a, b in hours) + '"' if hours else "off"


def term(pair):
    return "same day" if pair == (0, "day") else f"{pair[0]} {pair[1]}"


# ---- calendars -------------------------------------------------------------------------------


def make_exceptions(rng, week):
    """Holidays, make-up workdays and half days: for the calendar, and as lines."""
    found, lines = {}, {"off": [], "work": []}
    for _ in range(rng.randrange(4, 12)):
        day = FIRST + rng.randrange(30, 700) * DAY
        for _ in range(rng.choice((1, 1, 3, 8))):
            if day not in found:
                found[day] = None
                lines["off"].append(day.isoformat())
            day += DAY
    hours = None
    for _ in range(rng.randrange(0, 8)):
        day = FIRST + rng.randrange(30, 700) * DAY
        if day in found:
            continue
        if week[day.weekday()] and rng.random() < 0.5:
            hours = [(9.0, 12.0)]
            found[day] = ms(hours)
            lines.setdefault("half", []).append(day.isoformat())
        else:
            found[day] = []
            lines["work"].append(day.isoformat())
    return found, lines


def exceptions_text(lines):
    text = "exceptions:\n"
    off = ", ".join(lines["off"])
    text += f"  - ground: paper one\n    off: {{holiday: [{off}]}}\n"
    if lines["work"]:
        text += "    work: {make-up: [" + ", ".join(lines["work"]) + "]}\n"
    if lines.get("half"):
        text += "  - ground: paper two\n    hours:\n"
        text += "".join(f'      {day}: "09:00-12:00"\n' for day in lines["half"])
    return text


def make_calendar(rng, name, parent):
    level, text = {}, f"calendar: {name}\n"
    if parent is None or rng.random() < 0.3:
        hours = rng.choice(HOURS)
        week = [hours] * 5 + [[(9.0, 12.0)] if rng.random() < 0.2 else [], []]
        level["week"] = [ms(day) for day in week]
        text += f"week: {{mon-fri: {spans(hours)}, sat: {spans(week[5])}, sun: off}}\n"
    if parent is None:
        level["zone"] = rng.choice(ZONES)
        level["known"] = (FIRST, LAST)
        text += f"zone: {level['zone']}\nknown: {{from: {FIRST}, to: {LAST}}}\n"
    else:
        text += f"inherits: {parent.name}\n"
    if rng.random() < 0.3:
        first = datetime.date(2024, 6, 1) + rng.randrange(0, 300) * DAY
        last = first + rng.randrange(20, 120) * DAY
        hours = rng.choice(HOURS)
        level["seasons"] = [(first, last, [ms(hours)] * 5 + [[], []])]
        text += f"seasons:\n  - {{from: {first}, to: {last}, week: {{mon-fri: {spans(hours)}}}}}\n"
    week = level.get("week") or parent.week
    level["exceptions"], lines = make_exceptions(rng, week)
    levels = (parent.levels if parent else []) + [level]
    return Calendar(name, levels), text + exceptions_text(lines)


# ---- rules -----------------------------------------------------------------------------------


def make_term(rng, unit, low=1, high=None):
    most = {"workday": 15, "day": 25, "workhour": 60, "hour": 200, "month": 2}[unit]
    most = high or most
    return (rng.randrange(min(low, most), most + 1), unit)


def make_limit(rng, name, unit, count, after):
    ceil = count == "ceil"
    sources = [s for s in ("event", "item", "kind", "org", "step") if rng.random() < 0.3]
    if (ceil or after) and "event" in sources:
        sources.remove("event")
    kinds = {k: make_term(rng, unit, 4) for k in ("promised", "immediate")} if "kind" in sources \
        else {}
    otherwise = make_term(rng, unit, 4)
    if sources and "kind" not in sources and rng.random() < 0.2:
        otherwise = None
    if ceil:
        sources = [s for s in sources if s in ("event", "kind")]
        otherwise = otherwise or make_term(rng, unit, 4)
    if count == "day" and rng.random() < 0.08:
        otherwise = (0, "day")
    return {"name": name, "from": sources, "kinds": kinds, "otherwise": otherwise}


def make_offset(rng, limit_unit):
    unit = rng.choice((limit_unit, limit_unit, "workday", "hour", "day"))
    if unit == "month":
        unit = "day"
    return make_term(rng, unit, 1, {"hour": 30, "workhour": 12}.get(unit, 3))


def make_rung(rng, rule, names):
    level = rng.choice(LEVELS)
    limit = rng.randrange(len(rule["limits"]))
    unit = rule["unit"]
    forms = ["before", "before", "at", "after", "share", "cutoff"]
    forms += ["over", "over"] if rule["count"] == "ceil" else []
    forms += ["chain"] if names else []
    form = rng.choice(forms)
    rung = {"level": level, "form": form, "limit": limit, "offset": None, "share": 0, "over": 0,
            "cutoff": 0, "chain": None}
    if form in ("before", "after"):
        rung["offset"] = make_offset(rng, unit)
        if form == "before" and unit == "workday" and rung["offset"][1] == "workday":
            rung["offset"] = (min(3, rung["offset"][0]), "workday")
    elif form == "share":
        rung["share"] = rng.choice((500, 800, 875, 1000, 1200))
        if level == "warn":  # a warning comes before its limit is over
            rung["share"] = min(rung["share"], 1000)
    elif form == "over":
        rung["over"] = rng.randrange(-2, 4)
    elif form == "cutoff":
        rung["limit"] = 0  # it speaks of the first
        rung["cutoff"] = rng.choice((12, 17)) * HOUR
        rung["offset"] = rng.choice((None, (30, "minute"), (2, "hour")))
    elif form == "chain":
        rung["chain"] = rng.choice(names)
        above = next(r for r in rule["rungs"] if r["name"] == rung["chain"])
        rung["limit"] = above["limit"]
        rung["offset"] = make_term(rng, rng.choice(("workday", "day", "hour")), 1, 5)
    rung["name"] = f"{level}-{len(names) + 1}"
    ahead = form in ("before", "cutoff") or (form == "share" and rung["share"] < 1000) or (
        form == "over" and rung["over"] <= 0)
    rung["after_finish"] = level != "warn" if rng.random() < 0.8 else rng.random() < 0.5
    rung["after_limit"] = not (level == "warn" and ahead)
    if rng.random() < 0.2:
        rung["after_limit"] = not rung["after_limit"]
    if rule["late"] == "all" and rng.random() < 0.3:  # a supervisor has to release it
        is_timed = rng.random() < 0.5 and not rule["supersede"]
        units = ("workday", "workday", "day", "hour", "workhour")
        rung["confirm"] = make_term(rng, rng.choice(units), 1, 9) if is_timed else True
    return rung


def rung_when(rule, rung):
    limit = rule["limits"][rung["limit"]]["name"]
    form = rung["form"]
    if form in ("before", "after"):
        when = f"{term(rung['offset'])} {form} {limit}"
    elif form == "at":
        when = f"at {limit}"
    elif form == "share":
        share = rung["share"] / 10
        when = f"{share:g}% of {limit}"
    elif form == "over":
        when = f"over {limit} >= {rung['over']}"
    elif form == "cutoff":
        at = wall(rung["cutoff"] / HOUR)
        when = f"{term(rung['offset'])} before {at}" if rung["offset"] else f"at {at}"
    else:
        when = f"{term(rung['offset'])} after {rung['chain']} card"
    return when


def rung_text(rule, rung):
    word = {True: "issue", False: "skip"}
    said = rung.get("confirm", "auto")
    issue = "confirm" if said is True else said if said == "auto" else f"{{confirm: {term(said)}}}"
    return (f"      - {rung['level']}: {{when: '{rung_when(rule, rung)}', name: {rung['name']}, "
            f"after_finish: {word[rung['after_finish']]}, "
            f"after_limit: {word[rung['after_limit']]}, issue: {issue}}}\n")


PAUSES = (("pause", "resume"), ("correct_ask", "correct_done"), ("correct_ask", "resume"),
          ("pause", "step_end"))
LIVES = (
    (["accept"], ["finish", "forward"], False),
    (["accept"], ["decide", "finish"], False),
    (["apply"], ["accept", "reject"], False),
    (["apply", "accept"], ["deliver"], False),
    (["step_start"], ["step_end", "return", "finish"], True),
    (["pause"], ["resume", "finish"], False),
    (["return"], ["assign", "finish"], False),
)


ANSWERS = (["supervise"], ["feedback", "finish"], ["close_out", "decide"], ["assign", "step_end"])


def is_good(rule, rung):
    """Not twice the same, and no warning longer than what it warns of: these are refused."""
    if rung_when(rule, rung) in [rung_when(rule, r) for r in rule["rungs"]]:
        return False
    limit = rule["limits"][rung["limit"]]
    lengths = list(limit["kinds"].values()) + [limit["otherwise"] or (99, "workday")]
    ahead = rung["offset"] if rung["form"] == "before" else (-rung["over"], "workday")
    if rung["form"] not in ("before", "over"):
        return True
    return days(ahead, 4, 2) < min(days(length, 24, 10) for length in lengths)


def days(pair, hours, workhours):
    """Roughly, by how many hours a day is taken to have."""
    n, unit = pair
    return n * {"hour": 1 / hours, "workhour": 1 / workhours, "day": 1, "workday": 1,
                "month": 19}[unit]


def may_be_passed_over(rule, rung):
    """A card that follows one which is not issued when it is found late?"""
    while rung["form"] == "chain":
        rung = next(r for r in rule["rungs"] if r["name"] == rung["chain"])
        if not rung["after_finish"] or not rung["after_limit"] or rule["late"] == "highest":
            return True
    return False


def make_after(rng, rules):
    """The card of a rule before, with which the clock begins; or none."""
    cards = [(rule, rung) for rule in rules for rung in rule["rungs"]
             if not may_be_passed_over(rule, rung)]
    return rng.choice(cards) if cards and rng.random() < 0.4 else None


def make_rule(rng, number, calendars, rules):
    start, stop, per_step = rng.choice(LIVES) if number else LIVES[0]
    after = make_after(rng, rules)
    if after:
        start, stop, per_step = [], rng.choice(ANSWERS), after[0]["per_step"]
    count = rng.choice(("day", "day", "instant", "ceil"))
    unit = "workday" if count == "ceil" else rng.choice(
        ("workday", "workday", "day", "workhour", "hour", "month"))
    rule = {
        "name": f"rule-{number}", "calendar": rng.choice(sorted(calendars)), "unit": unit,
        "start": start, "stop": stop, "cancel": ["withdraw", "void"], "per_step": per_step,
        "after": after and (after[0]["name"], after[1]["name"]),
        "restart": rng.random() < 0.3 and not after, "count": count,
        "continues": per_step or (not after and rng.random() < 0.5),
        "close": count == "day" and rng.random() < 0.3,
        "roll": count == "day" and rng.random() < 0.7,
        "late": rng.choice(("all", "all", "highest")), "supersede": rng.random() < 0.3,
        "kinds": ["promised"] if rng.random() < 0.15 else [], "pauses": [], "extension": None,
    }
    rule["open_pause"] = start == ["pause"] and rng.random() < 0.5
    if rule["open_pause"]:
        rule["stop"] = ["resume"]
    rule["start_at"] = {"outside": count == "instant" if rng.random() < 0.6 else
                        rng.random() < 0.5, "same_time": rng.random() < 0.2,
                        "cutoff": (17 * HOUR, 8 * HOUR) if rng.random() < 0.2 else None}
    names = ("promised", "statutory")[:1 if unit == "month" else rng.randrange(1, 3)]
    if rng.random() < 0.1:
        rule["cancel"] = []
    rule["limits"] = [make_limit(rng, name, unit, count, after) for name in names]
    for pair in PAUSES:
        is_usual = pair in PAUSES[:2]
        if (rng.random() < (0.5 if is_usual else 0.1) and pair[0] not in start + stop and
                pair[0] not in [p["from"] for p in rule["pauses"]]):
            units = ("workday",) if count == "ceil" else ("workday", "day", "hour")
            one = {"from": pair[0], "to": pair[1],
                   "term": make_term(rng, rng.choice(units), 1, 8) if rng.random() < 0.3 else None,
                   "cap": make_term(rng, rng.choice(units), 2, 20) if rng.random() < 0.3 else None}
            rule["pauses"].append(one)
    if rng.random() < 0.6 and unit != "month":
        rule["extension"] = {"times": rng.choice((1, 1, 2)), "by": make_term(rng, unit, 1, 10),
                             "any_time": rng.random() < 0.2}
    rule["rungs"] = []
    for _ in range(rng.randrange(1, 6)):
        rung = make_rung(rng, rule, [r["name"] for r in rule["rungs"]])
        if is_good(rule, rung):
            rule["rungs"].append(rung)
    if not rule["rungs"]:
        rule["rungs"].append(dict(rung, form="at", limit=0, offset=None))
    return rule


def limit_text(limit):
    parts = []
    if limit["from"]:
        parts.append("from: [" + ", ".join(limit["from"]) + "]")
    if limit["kinds"]:
        parts.append("kinds: {" + ", ".join(f"{k}: {term(t)}" for k, t in limit["kinds"].items())
                     + "}")
    if limit["otherwise"]:
        parts.append("otherwise: " + term(limit["otherwise"]))
    return f"        {limit['name']}: {{{', '.join(parts)}}}\n"


def start_text(start_at):
    parts = ["outside: " + ("next working moment" if start_at["outside"] else "as it is")]
    parts.append("day_off: " + ("same time" if start_at["same_time"] else "as it is"))
    if start_at["cutoff"]:
        parts.append('cutoff: "17:00 → next workday 08:00"')
    return ", ".join(parts)


def rule_text(rule):
    switch = {True: ("restart", "issue", "step", "dismiss"),
              False: ("continue", "skip", "case", "keep")}
    text = f"  - rule: {rule['name']}\n    ground: simulated\n    calendar: {rule['calendar']}\n"
    text += f"    late_discovery: {rule['late']}\n    supersede: {switch[rule['supersede']][3]}\n"
    if rule["kinds"]:
        text += f"    applies: {{kinds: [{', '.join(rule['kinds'])}]}}\n"
    text += "    clock:\n"
    stop = rule["stop"] + (["finish"] if rule["open_pause"] else [])
    start = f"[{', '.join(rule['start'])}]"
    if rule["after"]:
        start = "{after: %s of %s}" % rule["after"][::-1]
    text += f"      start: {start}\n      stop: [{', '.join(stop)}]\n"
    text += "" if rule["cancel"] else "      cancel: none\n"
    text += f"      count: {rule['count']}\n"
    if rule["count"] == "day":
        text += f'      end: {"close" if rule["close"] else chr(34) + "24:00" + chr(34)}\n'
        text += f"      roll: {'next workday' if rule['roll'] else 'none'}\n"
    text += f"      start_at: {{{start_text(rule['start_at'])}}}\n"
    if not rule["after"]:
        text += f"      per: {switch[rule['per_step']][2]}\n"
        if rule["restart"] or rule["continues"]:
            text += f"      again: {switch[rule['restart']][0]}\n"
    text += "      open_pause_at_finish: issue\n" if rule["open_pause"] else ""
    if rule["pauses"]:
        text += "      pauses:\n"
    for pair in rule["pauses"]:
        text += f"        - {pair['from']} … {pair['to']}"
        text += f" for {term(pair['term'])}" if pair["term"] else ""
        text += f" at most {term(pair['cap'])}" if pair["cap"] else ""
        text += "\n"
    if rule["extension"]:
        said = rule["extension"]
        text += (f"      extension: {{times: {said['times']}, by: {term(said['by'])}, asked: "
                 f"{'any time' if said['any_time'] else 'before due'}}}\n")
    text += "      limits:\n" + "".join(limit_text(limit) for limit in rule["limits"])
    return text + "    cards:\n" + "".join(rung_text(rule, rung) for rung in rule["rungs"])


# ---- catalogue -------------------------------------------------------------------------------


def make_limits(rng, names):
    return {name: make_term(rng, rng.choice(("workday", "workday", "day")), 4)
            for name in names if rng.random() < 0.6}


def make_items(rng, calendars, names):
    items, text = {}, "item_code,item_name,kind,calendar," + ",".join(names) + "\n"
    for number in range(4):
        item = {"kind": rng.choice(("promised", "immediate", "joint")), "steps": {},
                "calendar": rng.choice(sorted(calendars)) if rng.random() < 0.3 else None,
                "limits": make_limits(rng, names)}
        items[f"I-{number}"] = item
        cells = [term(item["limits"][n]) if n in item["limits"] else "" for n in names]
        text += f"I-{number},item {number},{item['kind']},{item['calendar'] or ''}," + \
            ",".join(cells) + "\n"
    steps = "item_code,step_code,step_name,place,limit\n"
    for code, item in items.items():
        for step in ("review", "decide"):
            if rng.random() < 0.5:
                item["steps"][step] = make_term(rng, "workday", 1, 1)
                steps += f"{code},{step},{step},,{term(item['steps'][step])}\n"
    return items, text, steps


def make_orgs(rng, calendars, names):
    orgs, text = {}, "org_code,org_name,area,calendar,limits\n"
    for number in range(3):
        org = {"calendar": rng.choice(sorted(calendars)) if rng.random() < 0.3 else None,
               "limits": make_limits(rng, names)}
        orgs[f"O-{number}"] = org
        limits = "; ".join(f"{n}={term(t)}" for n, t in org["limits"].items())
        text += f"O-{number},org {number},,{org['calendar'] or ''},{limits}\n"
    return orgs, text


def make(rng):
    """A world, and its files: name -> text."""
    calendars, files = {}, {}
    for name, parent in (("nation", None), ("city", "nation"), ("abroad", None)):
        calendars[name], files[f"{name}.yaml"] = make_calendar(rng, name, calendars.get(parent))
    rules = []
    for number in range(rng.randrange(2, 6)):
        rules.append(make_rule(rng, number, calendars, rules))
    names = sorted({limit["name"] for rule in rules for limit in rule["limits"]})
    items, files["items.csv"], steps = make_items(rng, calendars, names)
    orgs, files["orgs.csv"] = make_orgs(rng, calendars, names)
    if steps.count("\n") > 1:
        files["steps.csv"] = steps
    files["rules.yaml"] = "set: simulated\nrules:\n" + "".join(rule_text(rule) for rule in rules)
    world = {"calendars": calendars, "rules": rules, "items": items, "orgs": orgs,
             "levels": LEVELS}
    return world, files
