/* tell.h - one change of a card as its record. Inside engine/core. */
#ifndef CORE_TELL_H
#define CORE_TELL_H

#include "engine/cases/change.h"
#include "engine/cases/state.h"

/* judge_tell - the record of it goes out, and who has to know is told. */
void judge_tell(struct core *core, const struct core_case *kase, const struct core_clock *clock,
                uint32_t rung_index, struct instant due, const struct card_change *change);

#endif
