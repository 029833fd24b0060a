/* tally.h - what is counted of a case: how often each kind of event came, and when last.
 *
 * Layer: cases. Inside the core. Kept only where some rule of the case's edition asks for it.
 */
#ifndef CASES_TALLY_H
#define CASES_TALLY_H

#include "engine/cases/state.h"

/* tally_before, tally_after - count an event, before and after the case's rules have looked at it.
 * is_by_step: by its step too. tally_release hands the rows back. */
void tally_before(struct core *core, struct core_case *kase, const struct event *event,
                  bool is_by_step);
void tally_after(struct core *core, struct core_case *kase, const struct event *event);
void tally_release(struct core *core, struct core_case *kase);

/* tally_arrival - note when an event of this kind arrived; tally_arrived - when the last one before
 * the event at hand did, INSTANT_NONE: none did. */
void tally_arrival(struct core *core, struct core_case *kase, enum event_kind kind,
                   struct instant arrived);
struct instant tally_arrived(const struct core *core, const struct core_case *kase,
                             enum event_kind kind);

/* tally_happened - when the last event of this kind before the one at hand happened, where some
 * condition asks how long ago; INSTANT_NONE: there was none. */
struct instant tally_happened(const struct core *core, const struct core_case *kase,
                              enum event_kind kind);

/* tally_handler - who handled the step before that of the event at hand, which names its own step
 * and handler: a number of a name; 0: nobody was named. */
uint32_t tally_handler(const struct core *core, const struct core_case *kase,
                       const struct event *event);

/* tally_count, tally_count_step - how many events of a kind the case has had, this one included;
 * how many of them of one step. */
uint32_t tally_count(const struct core *core, const struct core_case *kase, enum event_kind kind);
uint32_t tally_count_step(const struct core *core, const struct core_case *kase,
                          enum event_kind kind, struct slice step);

#endif
