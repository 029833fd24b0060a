/* fold.c - the life of a case, event by event. Nothing here looks at what time it is: what an
 * event means depends on the events before it alone, so that folding again gives the same.
 */
#include "engine/fold/fold.h"
#include "engine/across/across.h"
#include "engine/cases/kin.h"
#include "engine/cases/limits.h"
#include "engine/cases/pauses.h"
#include "engine/cases/stray.h"
#include "engine/cases/tally.h"
#include "engine/fold/decision.h"
#include "engine/fold/family.h"
#include "engine/fold/follow.h"
#include "engine/fold/starts.h"
#include "engine/reckon/asking.h"
#include "engine/reckon/reckon.h"

static void state_set(struct core *core, struct core_case *kase, enum case_state state)
{
    if (kase->state == CASE_OPEN && state != CASE_OPEN)
        core->counts.cases_open--;
    if (kase->state != CASE_OPEN && state == CASE_OPEN)
        core->counts.cases_open++;
    kase->state = (uint32_t)state & 3;
}

/* ---- clocks ------------------------------------------------------------------------------------
 */

/* Asked for when the limit is over: where the rule allows that, so long as none of its cards has
 * come. An extension undoes no card. (What follows a card comes behind it.) */
static bool is_late_asked(struct reckoning *reckoning, uint32_t limit, struct instant due,
                          struct instant asked_at)
{
    const struct rule *rule = reckoning->rule;
    bool is_late = instant_is_before(due, asked_at);
    if (!is_late || !rule->extension.after_due_allowed)
        return is_late;
    for (uint32_t i = 0; i < rule->rung_count; i++) {
        if (rule->rungs[i].limit != limit || rule->rungs[i].form == RUNG_CHAIN)
            continue;
        struct instant at = reckon_rung(reckoning, i);
        if (instant_is_set(at) && instant_is_before(at, asked_at))
            return true;
    }
    return false;
}

static bool clock_extend(struct core *core, struct core_case *kase, struct core_clock *clock,
                         const struct rule *rule, const struct event *event)
{
    if (term_is_empty(event->term)) {
        stray_note(core, kase, event, STRAY_NO_LENGTH, NULL);
        return false;
    }
    struct clock_more *more = clock_more_make(core, clock);
    if (more == NULL || more->extension_count >= rule->extension.times_max) {
        stray_note(core, kase, event, STRAY_EXTENSION_SPENT, clock_rule(core, kase, clock));
        return false;
    }
    struct reckoning reckoning;
    reckon_init(&reckoning, core, kase, clock);
    int64_t lengths[RULE_LIMITS_MAX] = {0};
    bool is_in_time = false;
    for (uint32_t i = 0; i < rule->limit_count; i++) {
        struct instant due = reckon_limit(&reckoning, i);
        if (!instant_is_set(due) || is_late_asked(&reckoning, i, due, event->at))
            continue;
        is_in_time = true;
        lengths[i] = reckon_extension(&reckoning, i, rule->extension.by);
        if (!term_is_set(event->term))
            continue;
        int64_t asked = reckon_extension(&reckoning, i, event->term);
        lengths[i] = asked < lengths[i] ? asked : lengths[i]; /* at most what the rule gives */
    }
    if (!is_in_time) {
        stray_note(core, kase, event, STRAY_EXTENSION_TOO_LATE, clock_rule(core, kase, clock));
        return false;
    }
    more->extension_count++;
    clock->next_ms = CLOCK_TOUCHED;
    for (uint32_t i = 0; i < rule->limit_count; i++)
        more->extended[i] += lengths[i];
    return true;
}

/* Reopening a case lets those clocks go on that its end had stopped; what was done before that,
 * such as the acceptance, stays done. */
static bool goes_on_with_case(const struct core_clock *clock, const struct rule *rule)
{
    return case_state_after(CASE_OPEN, (enum event_kind)clock->stopped_by) != CASE_OPEN ||
           (rule->start & EVENT_KIND_BIT(EVENT_REOPEN)) != 0;
}

/* What is said of a step ends the clock of that step alone. An order and its answer need not name
 * one. */
static bool is_of_step(const struct core *core, const struct core_clock *clock,
                       const struct rule *rule, const struct event *event)
{
    const event_kind_set of_one = EVENT_KIND_BIT(EVENT_STEP_END) | EVENT_KIND_BIT(EVENT_RETURN);
    const event_kind_set of_any = EVENT_KIND_BIT(EVENT_SUPERVISE) | EVENT_KIND_BIT(EVENT_FEEDBACK) |
                                  EVENT_KIND_BIT(EVENT_CLOSE_OUT);
    event_kind_set bit = EVENT_KIND_BIT(event->kind);
    if (!rule->per_step || ((of_one | of_any) & bit) == 0 ||
        ((of_any & bit) != 0 && event->step.count == 0))
        return true;
    return slice_is_equal(names_get(&core->names, clock->step), event->step);
}

static bool clock_event(struct core *core, struct core_case *kase, struct core_clock *clock,
                        struct asking *asking, const struct event *event)
{
    event_kind_set bit = EVENT_KIND_BIT(event->kind);
    bool is_running = clock->state == CLOCK_RUNNING;
    if (clock->state == CLOCK_FACT ||
        (is_running ? (clock->heeds & bit) == 0 : event->kind != EVENT_REOPEN))
        return false; /* most are: their rules are not even looked at */
    const struct rule *rule = clock_rule_alike(core, kase, clock);
    if (!is_running) {
        if (rule->per_step || rule->restart || !goes_on_with_case(clock, rule))
            return false;
        fold_continue(core, kase, clock, event);
        return true;
    }
    asking->rule = rule;
    if ((rule->cancel & bit) != 0) {
        fold_stop(core, clock, CLOCK_CANCELLED, event);
        return true;
    }
    if ((rule->stop & bit) != 0 && asking_holds(asking, rule->stop_when) &&
        is_of_step(core, clock, rule, event)) {
        fold_stop(core, clock, CLOCK_STOPPED, event);
        return true;
    }
    if (event->kind == EVENT_EXTEND && rule->extension.times_max > 0)
        return clock_extend(core, kase, clock, rule, event);
    return false;
}

/* ---- the case ----------------------------------------------------------------------------------
 */

static void name_set(struct core *core, uint32_t *number, struct slice text)
{
    if (text.count == 0)
        return;
    uint32_t found = names_add(&core->names, text);
    if (found != UINT32_MAX)
        *number = found;
}

static void fields_take(struct core *core, struct core_case *kase, const struct event *event)
{
    name_set(core, &kase->item, event->item);
    name_set(core, &kase->org, event->org);
    name_set(core, &kase->area, event->area);
    name_set(core, &kase->handler, event->handler);
    kase->is_accepted = kase->is_accepted || event->kind == EVENT_ACCEPT;
    if (case_state_after(CASE_OPEN, event->kind) == CASE_OPEN && event->kind != EVENT_REOPEN)
        return;
    state_set(core, kase, case_state_after(CASE_OPEN, event->kind));
    kase->ended_by = (event->kind == EVENT_REOPEN ? EVENT_NONE : event->kind) & 31u;
}

static bool clocks_touch(struct core *core, const struct core_case *kase)
{
    for (uint32_t row = kase->first_clock; row != 0;) {
        struct core_clock *clock = clock_row(core, row);
        clock->next_ms = CLOCK_TOUCHED;
        row = clock->next;
    }
    return true;
}

/* Those that pauses of these kinds hold. Of a clock that has stopped nothing comes before its stop
 * because a pause ended later; but what was passed over may be seen otherwise. */
static bool clocks_touch_paused(struct core *core, const struct core_case *kase,
                                event_kind_set kinds)
{
    bool is_touched = kase->has_cards; /* their instants may have moved, whatever the clock does */
    for (uint32_t row = kase->first_clock; row != 0;) {
        struct core_clock *clock = clock_row(core, row);
        row = clock->next;
        if ((clock->heeds & kinds) == 0 ||
            (clock->state != CLOCK_RUNNING && !clock->is_ahead && clock->skipped == 0))
            continue;
        clock->next_ms = CLOCK_TOUCHED;
        is_touched = true;
    }
    return is_touched;
}

/* Some condition asks for what the event adds to the tally of its case. */
static bool is_counted(const struct edition *edition, const struct event *event)
{
    event_kind_set counted = edition->counted | edition->counted_steps;
    return (counted & EVENT_KIND_BIT(event->kind)) != 0 ||
           (edition->is_placing && (event->step.count > 0 || event->kind == EVENT_STEP_END)) ||
           (edition->is_handling && event->handler.count > 0);
}

/* Instants depend on the clock itself, on the pauses, and, for the calendar, on item and org: what
 * none of these has changed for need not be judged again. */
bool fold_event(struct core *core, struct core_case *kase, struct instant arrived,
                const struct event *event)
{
    const struct edition *edition = case_edition(core, kase);
    struct asking asking = {.core = core, .kase = kase, .event = event, .arrived = arrived};
    if (event_is_of_card(event->kind))
        return decision_take(core, kase, event);
    if (event->parent.count > 0)
        kin_name(core, kase, event->parent);
    bool is_touched = follow(core, kase, event->at);
    bool is_tallied = is_counted(edition, event);
    if (is_tallied)
        tally_before(core, kase, event,
                     (edition->counted_steps & EVENT_KIND_BIT(event->kind)) != 0);
    bool is_heeded = case_may_heed(kase, event->kind) || event->kind == EVENT_REOPEN;
    for (uint32_t row = is_heeded ? kase->first_clock : 0; row != 0;) {
        struct core_clock *clock = clock_row(core, row);
        row = clock->next;
        is_touched |= clock_event(core, kase, clock, &asking, event);
    }
    if (event->kind == EVENT_EXTEND && kase->ended_by != EVENT_NONE)
        stray_note(core, kase, event, STRAY_EXTENSION_AFTER_END, NULL);
    struct core_case before = *kase;
    fields_take(core, kase, event);
    bool is_moved = before.item != kase->item || before.org != kase->org;
    event_kind_set paused = pauses_take(core, kase, event);
    if (paused != 0)
        is_touched |= clocks_touch_paused(core, kase, paused);
    if (is_moved)
        is_touched |= clocks_touch(core, kase);
    /* a rule sees the case's state before this event, its fields after it */
    struct core_case after = *kase;
    kase->state = before.state;
    kase->is_accepted = before.is_accepted;
    kase->ended_by = before.ended_by;
    fold_watch_event(core, &asking);
    is_touched |= fold_start(core, kase, &asking, event);
    kase->state = after.state;
    kase->is_accepted = after.is_accepted;
    kase->ended_by = after.ended_by;
    if (kase->is_kin && edition->is_joint)
        is_touched |= family_start(core, kase, event);
    if (is_tallied)
        tally_after(core, kase, event);
    if (edition->is_noting_arrivals)
        tally_arrival(core, kase, event->kind, arrived);
    is_touched |= follow(core, kase, event->at);
    return is_touched;
}

void fold_reset(struct core *core, struct core_case *kase)
{
    for (uint32_t row = kase->first_clock; row != 0;) {
        struct core_clock *clock = clock_row(core, row);
        uint32_t next = clock->next;
        if (clock->state == CLOCK_RUNNING)
            core->counts.clocks_running--;
        clock_judgeable_note(core, clock, true);
        pool_free(&core->clocks, row);
        row = next;
    }
    for (uint32_t row = kase->first_pause; row != 0;) {
        uint32_t next = pause_row(core, row)->next;
        pool_free(&core->pauses, row);
        row = next;
    }
    tally_release(core, kase);
    across_forget(core, kase);
    decision_forget(core, kase);
    stray_release(core, kase);
    kin_reset(core, kase);
    state_set(core, kase, CASE_OPEN);
    kase->first_clock = kase->first_pause = kase->tally = 0;
    kase->heeds = 0;
    kase->item = kase->org = kase->area = kase->handler = 0;
    kase->is_accepted = kase->has_cards = false;
    kase->ended_by = EVENT_NONE;
    kase->pause_count = 0;
    kase->settled_ms = INT64_MIN;
}
