/* condition_text.h - a condition as a person writes it, to the small program that is run.
 *
 * Layer: rules/condition. The language, word by word, is told in rules/README.md:
 *
 *     length(reason) < 10 and kind = reject
 *     count(correct_ask) >= 2
 *     since(step_start) in workhour > 4 or not in_hours
 *     fee_paid * 100 > fee_due * 105
 *     item_kind in [promised, joint] and has org
 *     count(return, step) >= 2 or raised(my-rule, red)
 *     count(return, step, within 5 workday) >= 2
 *     attr('channel') = 'web' and number(attr('floor')) > 5
 */
#ifndef CONDITION_CONDITION_TEXT_H
#define CONDITION_CONDITION_TEXT_H

#include "engine/base/arena.h"
#include "rules/model/condition.h"
#include "rules/read/yaml.h"

enum {
    CONDITION_E_BAD = 1, /* at least one error was added to the problems */
    CONDITION_CODE_MAX = 256,
    CONDITION_CONSTANTS_MAX = 64,
    CONDITION_WINDOWS_MAX = 8,
    CONDITION_NESTING_MAX = 32, /* parentheses and nots within each other */
};

/* When a condition is looked at: with an event, or when a card falls due, without one. */
enum condition_moment { CONDITION_AT_EVENT, CONDITION_WHEN_DUE };

/* condition_parse - a scalar node to a checked program in the arena. What asks for an event where
 * there is none is refused.
 *
 * Returns: 0, CONDITION_E_BAD (the first mistake is told), -ENOMEM.
 */
MUST_USE int condition_parse(struct arena *arena, const struct yaml_node *node,
                             enum condition_moment moment, struct problem_list *problems,
                             const struct condition **condition_out);

#endif
