/* difference.h - telling how one document differs from another: tables by rows, all others by
 * lines.
 *
 * Layer: rules/difference.
 */
#ifndef RULES_DIFFERENCE_H
#define RULES_DIFFERENCE_H

#include "engine/base/arena.h"
#include "rules/text/ruleset_text.h"

#include <jansson.h>

/* A document and its two texts; a text whose start is NULL is not there. */
struct difference {
    enum document_kind kind;
    const char *name;
    struct slice before;
    struct slice after;
};

/* difference_say - "~ items 事项" and what changed in it, on standard output, or, with all, one
 * more object of that list. is_brief: without what changed in it.
 *
 * Returns: 0, -ENOMEM.
 */
MUST_USE int difference_say(struct arena *arena, const struct difference *difference, bool is_brief,
                            json_t *all);

#endif
