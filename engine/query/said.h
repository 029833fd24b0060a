/* said.h - the conditions that an answer tells, in words: `said`, by what is said.
 *
 * Layer: query. A reader who knows no rule's language looks a condition up by its text, or one
 * thing that it asks by its `ask`; the answer itself keeps what the rule wrote.
 */
#ifndef QUERY_SAID_H
#define QUERY_SAID_H

#include "engine/query/query.h"

/* said_put - a condition, its parts and all it asks, into `said` of an object. NULL: nothing. */
void said_put(json_t *object, const struct ruleset *ruleset, const struct rule *rule,
              const struct condition *condition);

/* said_put_rule - every condition of a rule. */
void said_put_rule(json_t *object, const struct ruleset *ruleset, const struct rule *rule);

/* said_put_clock - what the rungs of a clock are raised by: the fact, and the `if` of each. */
void said_put_clock(json_t *object, const struct clock_view *clock);

/* said_put_receipt - every condition of the rules that a receipt tells of. */
void said_put_receipt(json_t *object, const struct query_world *world, const json_t *receipt);

#endif
