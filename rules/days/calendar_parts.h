/* calendar_parts.h - what the files that read a calendar share; nobody else's.
 *
 * Layer: rules/days. Every reader tells what is wrong itself and goes on.
 */
#ifndef DAYS_CALENDAR_PARTS_H
#define DAYS_CALENDAR_PARTS_H

#include "rules/days/calendar_text.h"

/* A date in a scalar, told when it is none, or not within the years that calendars reach. */
MUST_USE bool calendar_date_at(const struct yaml_node *node, struct slice text,
                               struct problem_list *problems, int32_t *day_out);

/* Working hours in a scalar: "09:00-12:00 13:30-17:30", or off. */
MUST_USE bool calendar_hours_at(const struct yaml_node *node, struct problem_list *problems,
                                struct calendar_hours *hours_out);

/* A week: {mon-fri: hours, sat: off}. Days that are not named are off.
 *
 * may_be_off: false in a season, where off would say nothing.
 */
MUST_USE bool calendar_week_at(const struct yaml_node *node, bool may_be_off,
                               struct problem_list *problems, struct calendar_hours week_out[7]);

/* The list of exceptions of a page, group by group. Returns: 0, CALENDAR_TEXT_E_BAD, -ENOMEM. */
MUST_USE int calendar_exceptions_at(struct arena *arena, const struct yaml_node *node,
                                    struct problem_list *problems, struct calendar_page *page);

#endif
