/* due.h - what the files of `cardwatch due` share; nobody else's.
 *
 * Layer: rules/due, a program.
 */
#ifndef RULES_DUE_H
#define RULES_DUE_H

#include "rules/calendar/calendar.h"
#include "rules/read/problem.h"

/* One question, and its answer. */
struct due {
    const struct calendar *calendar;
    struct counting counting;
    struct instant from;
    struct term limit;
    struct instant start; /* what the start settings made of from */
    struct instant at;    /* the deadline */
    bool is_provisional;
};

/* Where calendars are looked for by name; NULL: where those lie that came with the program. */
extern const char *due_calendar_folder;

/* due_calendar_load - a calendar by name or file, with all it inherits from.
 *
 * Owns:    the caller owns *calendar_out and ends it with calendar_destroy.
 * Returns: false, and the problems say why.
 */
MUST_USE bool due_calendar_load(const char *name, struct problem_list *problems,
                                struct calendar **calendar_out);

/* due_setting - one setting of the counting: count, end, roll, start, cutoff, day-off; roll takes
 * yes or no.
 *
 * Returns: NULL, or what would have been right.
 */
MUST_USE const char *due_setting(struct counting *counting, const char *name, const char *value);

/* due_instant - a point in time; without an offset it is taken in the calendar's zone, a date alone
 * at 00:00. Returns: false when it is none. */
MUST_USE bool due_instant(const struct calendar *calendar, struct slice text,
                          struct instant *at_out);

/* due_reckon - fill start, at, is_provisional. Returns: 0, CALENDAR_E_UNKNOWN. */
MUST_USE int due_reckon(struct due *due);

/* due_explain - how it was counted, day by day, as a table. */
void due_explain(const struct due *due, FILE *to);

/* due_json - the answer, and with_days its table, as one JSON object. Returns: false: no memory. */
MUST_USE bool due_json(const struct due *due, bool with_days, FILE *to);

/* due_batch - many questions, line by line; see the head of batch.c. The calendar, which may be
 * NULL, is taken away. Returns: an exit code. */
int due_batch(struct calendar **calendar_p, struct counting counting, FILE *from, FILE *to);

#endif
