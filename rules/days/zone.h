/* zone.h - a time zone out of the system's tz database.
 *
 * Layer: rules/days. Reads the compiled file of a zone (TZif, RFC 8536, version 2 and later) and
 * writes out the rule at its end (a POSIX TZ string) year by year through 2100, so that whoever
 * counts needs no rule of clocks any more, only a list of offsets.
 */
#ifndef DAYS_ZONE_H
#define DAYS_ZONE_H

#include "engine/base/arena.h"
#include "rules/calendar/calendar.h"

enum {
    ZONE_E_NAME = 1, /* not the name of a zone: letters, digits, + - _ and / between the parts */
    ZONE_E_NONE,     /* the database has no such zone, or there is no database */
    ZONE_E_BROKEN,   /* its file is not what RFC 8536 says, or counts leap seconds */
};

/* zone_read - a zone by name, "Asia/Shanghai", from the folder in TZDIR or /usr/share/zoneinfo.
 * "UTC" needs no database.
 *
 * Borrows: the zone lives in the arena.
 * Returns: 0, ZONE_E_NAME, ZONE_E_NONE, ZONE_E_BROKEN, -ENOMEM.
 */
MUST_USE int zone_read(struct arena *arena, struct slice name, struct calendar_zone *zone_out);

/* zone_decode - a zone out of the bytes of its file.
 *
 * Returns: 0, ZONE_E_BROKEN, -ENOMEM.
 */
MUST_USE int zone_decode(struct arena *arena, struct slice name, struct slice bytes,
                         struct calendar_zone *zone_out);

/* zone_rule_expand - the changes that a POSIX TZ string ("CET-1CEST,M3.5.0,M10.5.0/3") makes from
 * the start of a year through 2100, appended to offsets; those not after the last of the offsets
 * are left out.
 *
 * offsets: *count of them, room for ZONE_OFFSETS_MAX; at least one.
 * Returns: false when it is no such string; the offsets are then as before.
 */
enum { ZONE_OFFSETS_MAX = 4096 };

MUST_USE bool zone_rule_expand(struct slice rule, int first_year, struct calendar_offset *offsets,
                               uint32_t *count);

#endif
