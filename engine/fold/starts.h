/* starts.h - which clocks an event begins, lets go on, or stops.
 *
 * Layer: fold. Inside the core.
 */
#ifndef FOLD_STARTS_H
#define FOLD_STARTS_H

#include "engine/model/idle.h"
#include "engine/reckon/asking.h"

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

#endif
