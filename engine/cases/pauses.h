/* pauses.h - the pauses of a case: what each event begins and ends.
 *
 * Layer: cases. Inside the core. What a pause comes to for a clock is reckoned: reckon.h.
 */
#ifndef CASES_PAUSES_H
#define CASES_PAUSES_H

#include "engine/cases/state.h"

/* pauses_take - begin and end the pauses that this event does. Returns: the kinds with which those
 * begin, or began; empty: there are none. */
event_kind_set pauses_take(struct core *core, struct core_case *kase, const struct event *event);

#endif
