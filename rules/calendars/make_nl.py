#!/usr/bin/env python3
"""make_nl.py - print rules/calendars/nl.yaml: the holidays of the Netherlands, computed.

Source: Algemene termijnenwet, article 3, first and second paragraph: New Year's Day, Easter Monday,
Whit Monday, both Christmas days, Ascension Day, the day on which the King's birthday is celebrated,
5 May, and, put on a par with them, Good Friday. Days that a royal decree puts on a par with them
for single years (third paragraph) are not in it: a body that follows them inherits and adds them.
"""

import datetime

FIRST, LAST = 2009, 2030

HEAD = f"""\
# De algemeen erkende feestdagen van Nederland. Made by make_nl.py, which names the law.
calendar: nl
name: {{en: Working days of the Netherlands, zh: 荷兰工作日}}
zone: Europe/Amsterdam
known: {{from: {FIRST}-01-01, to: {LAST}-12-31}}
week: {{mon-fri: "09:00-17:00", sat-sun: off}}
exceptions:
  - ground: Algemene termijnenwet, artikel 3, eerste en tweede lid
    url: https://wetten.overheid.nl/BWBR0002448
    off:
"""


def easter(year):
    """Easter Sunday, after Meeus, Jones and Butcher."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return datetime.date(year, f // 31, f % 31 + 1)


def birthday(year):
    """The Queen's until 2013, the King's since; on a Sunday it is celebrated the day before."""
    day = datetime.date(year, 4, 30) if year < 2014 else datetime.date(year, 4, 27)
    return day - datetime.timedelta(1) if day.weekday() == 6 else day


def holidays(year):
    sunday = easter(year)
    return {
        "Nieuwjaarsdag": datetime.date(year, 1, 1),
        "Goede Vrijdag": sunday - datetime.timedelta(2),
        "Tweede Paasdag": sunday + datetime.timedelta(1),
        "Koninginnedag" if year < 2014 else "Koningsdag": birthday(year),
        "Bevrijdingsdag": datetime.date(year, 5, 5),
        "Hemelvaartsdag": sunday + datetime.timedelta(39),
        "Tweede Pinksterdag": sunday + datetime.timedelta(50),
        "Eerste Kerstdag": datetime.date(year, 12, 25),
        "Tweede Kerstdag": datetime.date(year, 12, 26),
    }


def main():
    names = {}
    for year in range(FIRST, LAST + 1):
        for name, day in holidays(year).items():
            names.setdefault(name, []).append(day)
    taken = set()
    print(HEAD, end="")
    for name, days in names.items():
        print(f"      {name}:")
        days = [day for day in days if day not in taken]  # Ascension Day 2016 was 5 May
        taken.update(days)
        for i in range(0, len(days), 6):
            start = "[" if i == 0 else " "
            end = "]" if i + 6 >= len(days) else ","
            print(f"        {start}" + ", ".join(map(str, days[i:i + 6])) + end)


if __name__ == "__main__":
    main()
