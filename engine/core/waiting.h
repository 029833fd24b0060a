/* waiting.h - what is kept of a card that waits for a supervisor, or has waited: since when, until
 * when it may, whether that time has passed. Inside engine/core; what it comes to: confirm.h.
 */
#ifndef CORE_WAITING_H
#define CORE_WAITING_H

#include "engine/cases/change.h"
#include "engine/reckon/decisions.h"

static inline struct core_confirm *waiting_row(const struct core *core, uint32_t row)
{
    return pool_row(&core->confirms, row);
}

/* waiting_make - a row for a card, which does not wait yet; NULL: no room. */
struct core_confirm *waiting_make(struct core *core, const struct core_case *kase,
                                  const struct core_clock *clock, uint32_t rung_index);

/* waiting_set - keep whether it waits, and too long, and how many do. */
void waiting_set(struct core *core, struct core_confirm *confirm, bool is_waiting, bool is_overdue);

/* waiting_end - the row is handed back. link: what leads to it among those of its case. */
void waiting_end(struct core *core, uint32_t *link);

/* waiting_told - a card of the case was told: it begins to wait, or does so no more. */
void waiting_told(struct core *core, const struct core_case *kase, const struct core_clock *clock,
                  uint32_t rung, const struct card_change *change);

/* waiting_until - until when it should be decided on; INSTANT_NEVER: it does not wait, or for ever.
 */
struct instant waiting_until(const struct core *core, const struct core_case *kase,
                             const struct core_clock *clock, uint32_t rung);

#endif
