/* notice_parts.h - what the files that read a notice share; nobody else's.
 *
 * Layer: rules/days.
 */
#ifndef DAYS_NOTICE_PARTS_H
#define DAYS_NOTICE_PARTS_H

#include "rules/days/notice_text.h"

/* A notice on its way. */
struct notice_reading {
    struct arena *arena;
    struct problem_list *problems;
    struct notice *notice;
    bool is_bad;
    bool is_short; /* of memory */
};

/* notice_begin - the year and the days it may name. */
void notice_begin(struct notice_reading *reading, int32_t year);

/* notice_add - one day, told when it lies outside of the notice's year or was named before. */
void notice_add(struct notice_reading *reading, uint32_t line, uint32_t column, int32_t day,
                const struct notice_day *facts);

/* notice_copy - into the arena. */
struct slice notice_copy(struct notice_reading *reading, struct slice text);

/* The two forms. Each tells what is wrong itself and marks the reading. */
void notice_json_read(struct notice_reading *reading, struct slice text);
void notice_ics_read(struct notice_reading *reading, struct slice text);

/* notice_head_calendar - keep the name; what is too long for one is cut off. */
void notice_head_calendar(struct notice_head *head, struct slice name);

/* The heads of the two forms. Returns: false: memory is short. */
void notice_json_head(struct slice text, struct notice_head *head);
MUST_USE bool notice_ics_head(struct slice text, struct notice_head *head);

#endif
