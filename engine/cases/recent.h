/* recent.h - the newest events of a case, counted in a window: "returned twice within 5 workdays".
 *
 * Layer: cases. Inside the core. Kept only where some rule of the case's edition counts so.
 */
#ifndef CASES_RECENT_H
#define CASES_RECENT_H

#include "engine/cases/state.h"

/* recent_note - keep when an event happened that is counted in a window, and as many of the events
 * before it as its edition tells apart. recent_release hands the rows back. */
void recent_note(struct core *core, const struct core_case *kase, struct case_tally *tally,
                 const struct event *event);
void recent_release(struct core *core, const struct case_tally *tally);

/* recent_count - how many events lie in the window that ends with the event at hand, this one
 * included; no value where the calendar does not reach. Cost: O(events kept). */
struct value recent_count(const struct core *core, const struct core_case *kase,
                          const struct calendar *calendar, const struct window *window,
                          const struct event *event);

#endif
