/* confirm.c - see confirm.h. */
#include "engine/core/confirm.h"

#include "engine/core/rank.h"
#include "engine/core/tell.h"
#include "engine/core/waiting.h"
#include "engine/fold/decision.h"
#include "engine/reckon/reckon.h"

static const char reason_released[] = "released: by a supervisor";
static const char reason_by_time[] = "released: its time to be decided on has passed";
static const char reason_by_rules[] = "released: the rules of its case have changed";
static const char reason_refused[] = "dismissed: by a supervisor";
static const char reason_recalled[] = "recalled: its release does not hold any more";
static const char reason_again[] = "restored: its dismissal does not hold any more";
static const char reason_overdue[] = "overdue: its time to be decided on has passed";

/* Most cases are under rules that ask for no release, and nobody has sent one: they are not even
 * looked for. */
static bool is_looked_for(const struct core *core, const struct core_case *kase)
{
    bool may_wait = case_edition(core, kase)->is_confirming || core->is_moving;
    return (may_wait && core->confirms.count > 1) || core->decisions.count > 1;
}

/* ---- settling ---------------------------------------------------------------------------------
 */

/* The clock and the rung of a row; NULL: there are none any more. */
static struct core_clock *clock_of(const struct core *core, const struct core_case *kase,
                                   const struct core_confirm *confirm, uint32_t *rung_out)
{
    for (uint32_t row = kase->first_clock; row != 0;) {
        struct core_clock *clock = clock_row(core, row);
        const struct rule *rule = clock_rule(core, kase, clock);
        row = clock->next;
        if (clock->step != confirm->step || clock->cycle != confirm->cycle ||
            !slice_is_equal(names_get(&core->names, confirm->rule), rule->name))
            continue;
        for (*rung_out = 0; *rung_out < rule->rung_count; (*rung_out)++)
            if (slice_is_equal(names_get(&core->names, confirm->rung), rule->rungs[*rung_out].name))
                return clock;
    }
    return NULL;
}

/* What it comes to for the others that a card is public now, or is so no more. */
static void ranks_settle(struct core *core, const struct core_case *kase, struct core_clock *clock,
                         struct reckoning *reckoning, uint32_t rung)
{
    if (clock->state != CLOCK_FACT)
        clock->next_ms = CLOCK_TOUCHED;
    rank_settle(core, kase, clock, reckoning);
    if (reckoning->rule->rungs[rung].dismiss_count > 0)
        rank_settle_others(core, kase);
}

static const char *reason_of(const struct card_change *change, const struct core_confirm *confirm)
{
    if (change->state == CARD_ISSUED)
        return confirm->by == 0 ? reason_by_time : reason_released;
    if (change->state == CARD_DISMISSED)
        return reason_refused;
    return change->before == CARD_ISSUED ? reason_recalled : reason_again;
}

static bool decide(struct core *core, const struct core_case *kase, struct core_clock *clock,
                   uint32_t rung, struct core_confirm *confirm, enum confirm_state decided)
{
    struct reckoning reckoning;
    struct card_change change = {.before = confirm_card_state(core, kase, clock, rung)};
    if (confirm->decided == (uint8_t)decided)
        return false;
    confirm->decided = (uint8_t)decided;
    confirm->is_moot = change.before == CARD_DISMISSED && (clock->dismissed & rung_bit(rung)) != 0;
    change.state = confirm_card_state(core, kase, clock, rung);
    change.reason = reason_of(&change, confirm);
    reckon_init(&reckoning, core, kase, clock);
    if (change.state != change.before)
        judge_tell(core, kase, clock, rung, reckon_rung(&reckoning, rung), &change);
    ranks_settle(core, kase, clock, &reckoning, rung);
    return true;
}

static bool row_settle(struct core *core, const struct core_case *kase, struct core_clock *clock,
                       uint32_t rung, struct core_confirm *confirm)
{
    struct reckoning reckoning;
    reckon_init(&reckoning, core, kase, clock);
    const struct core_decision *decision =
        decision_of(core, kase, clock, rung, reckon_rung(&reckoning, rung));
    bool is_free =
        confirm->free_ms != INT64_MAX && (decision == NULL || decision->at_ms > confirm->free_ms);
    if (confirm->free_ms == INT64_MIN || is_free) {
        confirm->by = 0;
        return decide(core, kase, clock, rung, confirm, CONFIRM_RELEASED);
    }
    confirm->free_ms = INT64_MAX;
    confirm->by = decision == NULL ? 0 : decision->place;
    return decide(core, kase, clock, rung, confirm,
                  decision == NULL                  ? CONFIRM_OPEN
                  : decision->kind == EVENT_RELEASE ? CONFIRM_RELEASED
                                                    : CONFIRM_REFUSED);
}

/* Does what a supervisor has dismissed stay so, under rules that ask nobody? */
static bool row_stays(const struct core *core, const struct core_case *kase,
                      const struct core_clock *clock, uint32_t rung, struct core_confirm *confirm)
{
    struct reckoning reckoning;
    if (confirm->decided != CONFIRM_REFUSED)
        return false;
    reckon_init(&reckoning, core, kase, clock);
    const struct core_decision *decision =
        decision_of(core, kase, clock, rung, reckon_rung(&reckoning, rung));
    confirm->by = decision == NULL ? 0 : decision->place;
    return decision != NULL && decision->kind == EVENT_DISMISS;
}

/* Under other rules the card waits for nobody. */
static bool row_end(struct core *core, const struct core_case *kase, struct core_clock *clock,
                    uint32_t rung, uint32_t *link)
{
    const struct core_confirm *confirm = waiting_row(core, *link);
    bool was_public = confirm->decided == CONFIRM_RELEASED;
    bool was_refused = confirm->decided == CONFIRM_REFUSED;
    struct card_change change = {.before = confirm->is_waiting ? CARD_PENDING : CARD_DISMISSED,
                                 .reason = was_refused ? reason_again : reason_by_rules};
    waiting_end(core, link);
    if (was_public)
        return false;
    struct reckoning reckoning;
    reckon_init(&reckoning, core, kase, clock);
    change.state = confirm_card_state(core, kase, clock, rung);
    if (change.state != change.before)
        judge_tell(core, kase, clock, rung, reckon_rung(&reckoning, rung), &change);
    ranks_settle(core, kase, clock, &reckoning, rung);
    return true;
}

bool confirm_settle(struct core *core, struct core_case *kase)
{
    struct case_side *side = is_looked_for(core, kase) ? case_side_find(core, kase) : NULL;
    bool is_changed = false;
    if (side == NULL || (side->first_confirm == 0 && side->first_decision == 0))
        return false;
    for (uint32_t *link = &side->first_confirm; *link != 0;) {
        struct core_confirm *confirm = waiting_row(core, *link);
        uint32_t rung;
        struct core_clock *clock = clock_of(core, kase, confirm, &rung);
        bool is_there = clock != NULL && (clock->issued & rung_bit(rung)) != 0;
        bool is_asked =
            is_there && clock_rule(core, kase, clock)->rungs[rung].issue == ISSUE_CONFIRM;
        if (is_asked) {
            is_changed |= row_settle(core, kase, clock, rung, confirm);
            link = &confirm->next;
        } else if (is_there && row_stays(core, kase, clock, rung, confirm)) {
            link = &confirm->next;
        } else if (is_there) {
            is_changed |= row_end(core, kase, clock, rung, link);
        } else {
            waiting_end(core, link);
        }
    }
    decision_strays(core, kase, side);
    return is_changed;
}

void confirm_adopt(struct core *core, const struct core_case *kase)
{
    for (uint32_t row = case_edition(core, kase)->is_confirming ? kase->first_clock : 0;
         row != 0;) {
        const struct core_clock *clock = clock_row(core, row);
        const struct rule *rule = clock_rule(core, kase, clock);
        row = clock->next;
        for (uint32_t i = 0; clock->issued != 0 && i < rule->rung_count; i++) {
            if ((clock->issued & rung_bit(i)) == 0 || rule->rungs[i].issue != ISSUE_CONFIRM ||
                confirm_find(core, kase, clock, i) != NULL)
                continue;
            struct core_confirm *confirm = waiting_make(core, kase, clock, i);
            if (confirm == NULL)
                return;
            confirm->free_ms = INT64_MIN;
            confirm->decided = CONFIRM_RELEASED;
        }
    }
}

/* ---- time -------------------------------------------------------------------------------------
 */

static bool is_awaited(const struct core_confirm *confirm)
{
    return confirm->is_waiting && !confirm->is_overdue;
}

int64_t confirm_next_ms(const struct core *core, const struct core_case *kase)
{
    bool may_wait = core->confirms.count > 1 && case_edition(core, kase)->is_confirming;
    const struct case_side *side = may_wait ? case_side_find(core, kase) : NULL;
    int64_t next_ms = INT64_MAX;
    for (uint32_t row = side == NULL ? 0 : side->first_confirm; row != 0;) {
        const struct core_confirm *confirm = waiting_row(core, row);
        if (is_awaited(confirm) && confirm->until_ms < next_ms)
            next_ms = confirm->until_ms;
        row = confirm->next;
    }
    return next_ms;
}

static bool row_due(struct core *core, struct core_case *kase, struct core_confirm *confirm)
{
    uint32_t rung;
    struct core_clock *clock = clock_of(core, kase, confirm, &rung);
    assert(clock != NULL); /* a card that waits has its clock */
    waiting_set(core, confirm, true, true);
    case_settle_after(kase, (struct instant){.ms = confirm->until_ms});
    if (clock_rule(core, kase, clock)->rungs[rung].confirm_issues) {
        confirm->free_ms = confirm->until_ms;
        return decide(core, kase, clock, rung, confirm, CONFIRM_RELEASED);
    }
    struct reckoning reckoning;
    reckon_init(&reckoning, core, kase, clock);
    judge_tell(core, kase, clock, rung, reckon_rung(&reckoning, rung),
               &(struct card_change){CARD_PENDING, CARD_PENDING, reason_overdue});
    return false;
}

bool confirm_due(struct core *core, struct core_case *kase, struct instant at)
{
    bool may_wait = core->confirms.count > 1 && case_edition(core, kase)->is_confirming;
    struct case_side *side = may_wait ? case_side_find(core, kase) : NULL;
    bool is_changed = false;
    for (uint32_t row = side == NULL ? 0 : side->first_confirm; row != 0;) {
        struct core_confirm *confirm = waiting_row(core, row);
        row = confirm->next;
        if (is_awaited(confirm) && confirm->until_ms <= at.ms)
            is_changed |= row_due(core, kase, confirm);
    }
    return is_changed;
}
