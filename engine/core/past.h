/* past.h - all that happened to a case, for folding it again. Inside engine/core. */
#ifndef CORE_PAST_H
#define CORE_PAST_H

#include "engine/core/family.h"

/* past_fetch - into core->past: the events of the case that were taken in up to `upto`, without
 * what was corrected since, and what its children's events tell it, in the order in which they
 * happened. Returns: how many. Cost: one look into the history for the case and each of its
 * children. */
uint32_t past_fetch(struct core *core, const struct core_case *kase, struct event_ref upto);

#endif
