/* again.h - a joint case is looked at again because of what happens to its parts. Inside
 * engine/core; by core.c.
 */
#ifndef CORE_AGAIN_H
#define CORE_AGAIN_H

#include "engine/cases/state.h"
#include "engine/core/core.h"

/* case_look_again - fold the case again from all that was taken in up to `upto`, and judge it. */
void case_look_again(struct core *core, uint32_t case_index, struct event_ref upto);

/* case_show_child - show the case an event of its child, in order, and judge it. */
void case_show_child(struct core *core, uint32_t case_index, const struct event *event);

#endif
