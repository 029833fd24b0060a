/* horizon.h - the last day that a calendar officially knows comes near: the rule keeper is told.
 *
 * Layer: query. Beyond it limits are laid on the weekly pattern alone, and their cards are marked
 * provisional.
 */
#ifndef QUERY_HORIZON_H
#define QUERY_HORIZON_H

#include "rules/model/ruleset.h"

#include <jansson.h>

enum { HORIZON_DAYS = 60 }; /* before it the reminding begins */

/* horizon_json - the calendars whose last known day is so near, or behind: `calendar`, `known_to`,
 * `days_left` (negative: behind). ruleset: NULL gives an empty list. */
json_t *horizon_json(const struct ruleset *ruleset, struct instant now);

/* What was told last: begin with {0}. */
struct horizon_told {
    int32_t day;
    uint32_t edition;
};

/* horizon_tell - the same in the log, once for each edition and each day of `now`. */
void horizon_tell(struct horizon_told *told, const struct ruleset *ruleset, struct instant now);

#endif
