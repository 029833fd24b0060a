/* decisions.h - what supervisors said of the cards of a case, and what it comes to: which card is
 * meant, what decides, whether a card is released. Asked by the reckoning of chains, and by all
 * of the core above it.
 *
 * Layer: reckon.
 */
#ifndef RECKON_DECISIONS_H
#define RECKON_DECISIONS_H

#include "engine/cases/state.h"

/* An event that acts on a card of its case. */
struct core_decision {
    int64_t at_ms;
    uint64_t place; /* in the journal */
    uint32_t card;  /* what it names: numbers of names */
    uint32_t step;
    uint32_t next;
    uint8_t kind;
};

enum confirm_state { CONFIRM_OPEN, CONFIRM_RELEASED, CONFIRM_REFUSED };

/* A card that waits for a supervisor, or has waited. */
struct core_confirm {
    int64_t since_ms; /* when it was last told to be pending */
    int64_t until_ms; /* it should be decided on by then; INT64_MAX: there is no such time */
    int64_t free_ms;  /* public from then on without anybody's act; INT64_MIN: it was so before its
                         rule asked for one; INT64_MAX: it is not */
    uint64_t by;      /* place of the event that decides; 0: none does */
    uint32_t case_row;
    uint32_t rule; /* numbers of names */
    uint32_t rung;
    uint32_t step;
    uint32_t next;
    uint8_t cycle;
    uint8_t decided;
    bool is_waiting; /* it is pending, as it was told last */
    bool is_overdue; /* … and that it should not be any more, was told */
    bool is_moot;    /* it was decided on when another card had its place already */
};

enum { CLOCK_NAME_BYTES = 2 * EVENT_CODE_BYTES_MAX + 256 };

/* clock_name - "my-rule", "my-rule/step". Borrows: from text, or the rule. */
struct slice clock_name(const struct core *core, const struct rule *rule,
                        const struct core_clock *clock, char text[CLOCK_NAME_BYTES]);

/* case_side_find, case_side_make - what few cases have beside their row; NULL: none, no room.
 * case_side_reindex - after an image was loaded, before all else: returns 0, -ENOMEM (-12). */
struct case_side *case_side_find(const struct core *core, const struct core_case *kase);
struct case_side *case_side_make(struct core *core, const struct core_case *kase);
MUST_USE int case_side_reindex(struct core *core);

/* decision_names - does it name this card? By its id there is but one; by its rule there may be
 * others. decision_is_behind - did it happen after the card's instant? */
bool decision_names(const struct core *core, const struct core_case *kase,
                    const struct core_decision *decision, const struct core_clock *clock,
                    uint32_t rung_index);
bool decision_is_behind(const struct core_clock *clock, const struct core_decision *decision,
                        struct instant due);

/* decision_of - the first that decides on a card with this instant; NULL: none does. */
const struct core_decision *decision_of(const struct core *core, const struct core_case *kase,
                                        const struct core_clock *clock, uint32_t rung,
                                        struct instant due);

/* confirm_find - what is kept of a card that waits, or has waited; NULL: nothing. confirm_link -
 * what leads to it among those of its case. */
uint32_t *confirm_link(const struct core *core, const struct core_case *kase,
                       const struct core_clock *clock, uint32_t rung_index);
struct core_confirm *confirm_find(const struct core *core, const struct core_case *kase,
                                  const struct core_clock *clock, uint32_t rung_index);

/* confirm_is_released, confirm_is_refused - as the card was told last. What a supervisor has
 * dismissed stays so under rules that ask nobody. */
bool confirm_is_released(const struct core *core, const struct core_case *kase,
                         const struct core_clock *clock, uint32_t rung);
bool confirm_is_refused(const struct core *core, const struct core_case *kase,
                        const struct core_clock *clock, uint32_t rung);

/* confirm_public_at - when people were told of a card with this instant, which has passed: that
 * instant, or its release. INSTANT_NONE: it waits, or was dismissed. */
struct instant confirm_public_at(const struct core *core, const struct core_case *kase,
                                 const struct core_clock *clock, uint32_t rung, struct instant due);

/* confirm_card_state - the state of a card that is there, whatever its rung. Cost: a look at the
 * rung, where no card of any case has waited for a supervisor. */
enum card_state confirm_card_state(const struct core *core, const struct core_case *kase,
                                   const struct core_clock *clock, uint32_t rung);

#endif
