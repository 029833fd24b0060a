/* stray.h - what a case keeps about its events that have no effect. Inside the core.
 *
 * The notes are part of the state: folded again, a case has those that it should have, and the
 * counts with them.
 */
#ifndef CASES_STRAY_H
#define CASES_STRAY_H

#include "engine/cases/state.h"

/* stray_note - about the event at core->folding, once for each reason. rule: of the case's edition,
 * when it is one rule's affair; else NULL. Beyond STRAY_MAX of a case nothing is kept. */
void stray_note(struct core *core, struct core_case *kase, const struct event *event,
                enum stray_reason reason, const struct rule *rule);

/* stray_forget - the notes about events of these kinds are taken back. */
void stray_forget(struct core *core, struct core_case *kase, event_kind_set kinds);

/* stray_release - hand the notes of a case back. */
void stray_release(struct core *core, struct core_case *kase);

/* stray_asks_again - the event may be the other half of what is noted of its case as reversed: the
 * case has to be folded again to know. */
bool stray_asks_again(const struct core *core, const struct core_case *kase,
                      const struct event *event);

/* stray_reversed_last - put the pauses that end before they begin, and their resumes, behind all
 * other events.
 *
 * A resume that finds no pause is that of a pause which begins later, if that was sent before it
 * and was open when it came. Looked for among the first REVERSED_MAX pauses and resumes of a case.
 * past: sorted by `at`. Returns: how many events stand before them.
 * Cost: O(resumes × REVERSED_MAX squared). */
uint32_t stray_reversed_last(const struct edition *edition, struct past_event *past,
                             uint32_t count);

#endif
