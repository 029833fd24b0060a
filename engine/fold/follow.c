/* follow.c - clocks that begin with a card: an order to be given within five days of a red one, an
 * answer to be had within its term.
 *
 * Such a card is not asked whether it was issued, or when: its instant follows from the events, and
 * so do the clocks that begin there; folding the case again gives the same. One that waits for a
 * supervisor begins them when it is released, which is an event too. There is one for each
 * card, known by its rule and by the step and the cycle of the clock that raised the card.
 */
#include "engine/fold/follow.h"
#include "engine/cases/limits.h"
#include "engine/fold/starts.h"
#include "engine/reckon/decisions.h"
#include "engine/reckon/reckon.h"

static struct core_clock *clock_find(const struct core *core, const struct core_case *kase,
                                     uint32_t rule, uint32_t step, uint32_t cycle)
{
    for (uint32_t row = kase->first_clock; row != 0;) {
        struct core_clock *clock = clock_row(core, row);
        if (clock->rule == rule && clock->step == step && clock->cycle == cycle)
            return clock;
        row = clock->next;
    }
    return NULL;
}

/* Judged, and untouched since: a rung that still waits lies at next_ms or later. */
static bool is_waiting(const struct core_clock *source, uint32_t rung, struct instant end)
{
    uint16_t past = source->issued | source->skipped | source->unmet;
    return source->state != CLOCK_FACT && source->next_ms != CLOCK_TOUCHED &&
           source->next_ms >= end.ms && (past & rung_bit(rung)) == 0;
}

/* The instant of the card, if it has passed; of one that waited for a supervisor, of its release.
 * Else INSTANT_NONE. */
static struct instant card_instant(const struct core *core, const struct core_case *kase,
                                   const struct core_clock *source, uint32_t rung,
                                   struct instant end)
{
    struct reckoning reckoning;
    if (is_waiting(source, rung, end))
        return INSTANT_NONE;
    reckon_init(&reckoning, core, kase, source);
    reckoning.is_told_by_events = true;
    struct instant due = reckon_rung(&reckoning, rung);
    int64_t end_ms = source->stop_ms < end.ms ? source->stop_ms : end.ms;
    if (source->state != CLOCK_FACT && (!instant_is_set(due) || due.ms >= end_ms))
        return INSTANT_NONE;
    return confirm_public_at(core, kase, source, rung, due);
}

bool follow_suits(const struct core *core, const struct core_case *kase, const struct rule *rule,
                  struct instant at)
{
    enum item_kind kind;
    if (instant_is_before(at, rule->valid_from) || !instant_is_before(at, rule->valid_to) ||
        !rule_is_of_item(rule, names_get(&core->names, kase->item)))
        return false;
    return rule->item_kinds == 0 ||
           (ruleset_item_kind(case_edition(core, kase)->ruleset, case_item(core, kase), &kind) &&
            (rule->item_kinds & (UINT32_C(1) << kind)) != 0);
}

static bool clock_begin(struct core *core, struct core_case *kase, const struct follower *follower,
                        const struct core_clock *source, struct instant at)
{
    const struct rule *rule = &case_edition(core, kase)->ruleset->rules[follower->rule];
    const struct event start = {.case_no = text_heap_get(&core->keys, kase->key),
                                .at = at,
                                .entered_at = INSTANT_NONE,
                                .due_at = INSTANT_NONE,
                                .step = names_get(&core->names, source->step),
                                .fee_due = EVENT_FEE_NONE,
                                .fee_paid = EVENT_FEE_NONE};
    if (!follow_suits(core, kase, rule, at))
        return false;
    struct core_clock *clock =
        fold_begin(core, kase, 0, follower->rule, &start, source->step, source->cycle);
    if (clock == NULL)
        return false;
    core->counts.clocks_running++;
    fold_end_at_once(core, kase, clock, rule, NULL);
    if (clock->state != CLOCK_RUNNING)
        clock->next_ms = INT64_MAX; /* nothing can fall due on it, and time alone judges no other */
    case_settle_after(kase, at);
    return true;
}

static void clock_take_away(struct core *core, struct core_case *kase, uint32_t row)
{
    struct core_clock *clock = clock_row(core, row);
    uint32_t *link = &kase->first_clock;
    while (*link != row)
        link = &clock_row(core, *link)->next;
    *link = clock->next;
    if (clock->state == CLOCK_RUNNING)
        core->counts.clocks_running--;
    clock_judgeable_note(core, clock, true);
    clock_more_release(core, clock);
    pool_free(&core->clocks, row);
}

/* The card may have moved since (an extension that was asked for late, another calendar), or may be
 * none any more. */
static bool clocks_review(struct core *core, struct core_case *kase,
                          const struct follower *follower, struct instant end)
{
    bool is_changed = false;
    for (uint32_t row = kase->first_clock; row != 0;) {
        struct core_clock *clock = clock_row(core, row);
        uint32_t next = clock->next;
        if (clock->rule == follower->rule) {
            const struct core_clock *source =
                clock_find(core, kase, follower->source, clock->step, clock->cycle);
            struct instant at = source == NULL
                                    ? INSTANT_NONE
                                    : card_instant(core, kase, source, follower->rung, end);
            is_changed |= at.ms != clock->start_ms;
            if (!instant_is_set(at)) {
                clock_take_away(core, kase, row);
            } else if (at.ms != clock->start_ms) {
                clock->start_ms = at.ms;
                clock->next_ms = CLOCK_TOUCHED;
            }
        }
        row = next;
    }
    return is_changed;
}

static bool clocks_begin(struct core *core, struct core_case *kase, const struct follower *follower,
                         struct instant end)
{
    bool is_changed = false;
    for (uint32_t row = kase->first_clock; row != 0;) {
        const struct core_clock *source = clock_row(core, row);
        row = source->next;
        if (source->rule != follower->source ||
            clock_find(core, kase, follower->rule, source->step, source->cycle) != NULL)
            continue;
        struct instant at = card_instant(core, kase, source, follower->rung, end);
        if (instant_is_set(at))
            is_changed |= clock_begin(core, kase, follower, source, at);
    }
    return is_changed;
}

bool follow_is_moved(const struct core *core, const struct core_case *kase,
                     const struct event *event)
{
    /* item and org bring their own calendars */
    bool is_elsewhere =
        (event->item.count > 0 && kase->item == 0) ||
        (event->org.count > 0 && !slice_is_equal(names_get(&core->names, kase->org), event->org));
    return case_edition(core, kase)->ruleset->follower_count > 0 && kase->first_clock != 0 &&
           (event->kind == EVENT_EXTEND || (is_elsewhere && !event_is_of_card(event->kind)));
}

bool follow_cards(struct core *core, struct core_case *kase, struct instant end)
{
    const struct ruleset *ruleset = case_edition(core, kase)->ruleset;
    bool is_changed = false;
    bool is_again = true;
    while (is_again) { /* a clock that has begun may have raised a card that another follows */
        is_again = false;
        for (uint32_t i = 0; i < ruleset->follower_count; i++) {
            is_again |= clocks_review(core, kase, &ruleset->followers[i], end);
            is_again |= clocks_begin(core, kase, &ruleset->followers[i], end);
        }
        is_changed |= is_again;
    }
    return is_changed;
}
