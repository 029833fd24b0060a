/* fold.h - what one event does to its case, cards left aside. For engine/core and engine/explain.
 */
#ifndef CORE_FOLD_H
#define CORE_FOLD_H

#include "engine/core/asking.h"

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
 * those that were taken in is still to be applied. */
void fold_history(struct core *core, struct core_case *kase, struct event_ref newest);

/* fold_reset - the case as it was before its first event; its rows are handed back. Clocks of
 * which the caller has kept copies keep their `more` rows: fold_release frees those. */
void fold_reset(struct core *core, struct core_case *kase);
void fold_release(struct core *core, struct core_clock *clock);

/* fold_begin - a new clock of a rule, the case's last: it starts at the event's instant, with the
 * limits that it gives. after: row of one of the newest, from where the last is looked for; 0: from
 * the first. Counted as running by who calls. NULL: no room. */
struct core_clock *fold_begin(struct core *core, struct core_case *kase, uint32_t after,
                              uint32_t rule_index, const struct event *event, uint32_t step,
                              uint32_t cycle);

/* fold_start - ask the general rules and those of the case's item, in file order, what this event
 * begins. Returns: true when some clock has begun, or goes on. */
bool fold_start(struct core *core, struct core_case *kase, struct asking *asking,
                const struct event *event);

/* fold_refusal - what keeps a rule from an event of the case, its own start or condition left
 * aside; IDLE_NOT: nothing. asking: of the event at hand. */
enum idle_reason fold_refusal(struct core *core, const struct asking *asking,
                              const struct rule *rule, const struct event *event);

/* fold_stop - a running clock stops at the event. Where nothing of it has held until then, it need
 * not be judged again. */
void fold_stop(struct core *core, struct core_clock *clock, enum clock_state state,
               const struct event *event);

/* fold_continue - a clock that stands still goes on: the time between its stop and the event is a
 * stretch that it alone leaves out. */
void fold_continue(struct core *core, struct core_case *kase, struct core_clock *clock,
                   const struct event *event);

/* fold_end_at_once - a clock that begins behind the end of its case stands still, if that end would
 * have stopped it. event: that begins it, which is then noted as stray; NULL: a card does. */
void fold_end_at_once(struct core *core, struct core_case *kase, struct core_clock *clock,
                      const struct rule *rule, const struct event *event);

/* decision_take - fold a release or a dismissal of a card. decision_forget - the case is folded
 * again: nothing was decided yet. (decision.c) */
bool decision_take(struct core *core, struct core_case *kase, const struct event *event);
void decision_forget(struct core *core, const struct core_case *kase);

#endif
