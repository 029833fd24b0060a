/* group_card.h - the record of a card of a group of cases.
 *
 * Layer: across. Inside the core.
 */
#ifndef ACROSS_GROUP_CARD_H
#define ACROSS_GROUP_CARD_H

#include "engine/cases/change.h"
#include "engine/cases/state.h"

/* What a card of a group says of itself. */
struct group_card {
    int64_t begin_ms; /* without a window: where its run begins … */
    uint32_t length;  /* … and how long it is */
    int64_t due_ms;
};

/* group_card_tell - one change of it goes out. */
void group_card_tell(struct core *core, const struct core_group *group,
                     const struct group_card *about, const struct card_change *change);

#endif
