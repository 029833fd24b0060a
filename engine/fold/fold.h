/* fold.h - what one event does to its case, cards left aside.
 *
 * Layer: fold. Inside the core.
 */
#ifndef FOLD_FOLD_H
#define FOLD_FOLD_H

#include "engine/reckon/asking.h"

/* Who looks on while a case is folded, and changes nothing; either may be NULL. */
struct fold_watch {
    void *ctx;
    /* Before the rules of the case look at the event at hand. */
    void (*event)(void *ctx, struct core *core, const struct asking *asking);
    /* Before a clock of a rule begins, or a fact of it is noted. */
    void (*begin)(void *ctx, const struct asking *asking, uint32_t rule_index, uint32_t step,
                  uint32_t cycle);
};

static inline void fold_watch_event(struct core *core, const struct asking *asking)
{
    if (core->watch != NULL && core->watch->event != NULL)
        core->watch->event(core->watch->ctx, core, asking);
}

static inline void fold_watch_begin(const struct core *core, const struct asking *asking,
                                    uint32_t rule_index, uint32_t step, uint32_t cycle)
{
    if (core->watch != NULL && core->watch->begin != NULL)
        core->watch->begin(core->watch->ctx, asking, rule_index, step, cycle);
}

/* fold_event - apply an event to the case as it stands: fields, pauses, clocks begun, stopped,
 * extended. Must be called in the order of `at`.
 *
 * arrived: when the event was taken in.
 * Returns: true when some clock was touched or begun, and the case has to be judged.
 */
bool fold_event(struct core *core, struct core_case *kase, struct instant arrived,
                const struct event *event);

/* fold_history - the case anew, from all its events up to `newest`, as the history port gives them
 * back; of a joint case, from what its children's tell it too. newest: UINT64_MAX, when none of
 * those that were taken in is still to be applied. (past.c) */
void fold_history(struct core *core, struct core_case *kase, struct event_ref newest);

/* fold_reset - the case as it was before its first event; its rows are handed back. Clocks of
 * which the caller has kept copies keep their `more` rows: clock_more_release frees those. */
void fold_reset(struct core *core, struct core_case *kase);

#endif
