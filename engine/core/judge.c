/* judge.c - the difference between the cards that are and the cards that should be.
 *
 * A rung should have a card when its instant lies strictly before the clock's stop (running: before
 * now). Found by time alone, it is issued. Found by an event, it is found late, and then the
 * settings of the rule are asked: may it be issued after the clock has stopped; all of them or the
 * highest only.
 */
#include "engine/core/judge.h"
#include "engine/core/confirm.h"
#include "engine/core/rank.h"
#include "engine/core/tell.h"
#include "engine/fold/follow.h"
#include "engine/reckon/asking.h"
#include "engine/reckon/decisions.h"
#include "engine/reckon/first_due.h"

#include <stdlib.h>

static void issue(struct core *core, struct core_case *kase, struct core_clock *clock,
                  struct reckoning *reckoning, uint32_t rung_index, struct instant due,
                  const char *reason)
{
    const struct rung *rung = &reckoning->rule->rungs[rung_index];
    struct asking asking = {
        .core = core, .kase = kase, .rule = reckoning->rule, .arrived = core->now, .at = due};
    if (!asking_holds(&asking, rung->when)) {
        clock->unmet |= rung_bit(rung_index);
        return;
    }
    clock->issued |= rung_bit(rung_index);
    kase->has_cards = true;
    case_settle_after(kase, due);
    struct card_change change = {.before = CARD_NONE, .state = rung_state(rung), .reason = reason};
    judge_tell(core, kase, clock, rung_index, due, &change);
    rank_settle(core, kase, clock, reckoning);
    if (rung->dismiss_count > 0)
        rank_settle_others(core, kase);
}

/* The rungs of a clock that have an instant and wait for it, and the earliest of these. */
struct waiting {
    uint32_t count;
    uint32_t rungs[RULE_RUNGS_MAX];
    struct instant due[RULE_RUNGS_MAX];
};

static bool has_instant(struct instant at)
{
    return instant_is_set(at) && at.ms != INT64_MAX;
}

static void waiting_list(struct reckoning *reckoning, struct waiting *waiting)
{
    const struct core_clock *clock = reckoning->clock;
    waiting->count = 0;
    for (uint32_t i = 0; i < reckoning->rule->rung_count; i++) {
        if (((clock->issued | clock->skipped | clock->unmet) & rung_bit(i)) != 0)
            continue;
        struct instant due = reckon_rung(reckoning, i);
        if (!has_instant(due))
            continue;
        uint32_t place = waiting->count++;
        for (; place > 0 && due.ms < waiting->due[place - 1].ms; place--) {
            waiting->due[place] = waiting->due[place - 1];
            waiting->rungs[place] = waiting->rungs[place - 1];
        }
        waiting->due[place] = due;
        waiting->rungs[place] = i;
    }
}

/* waiting: as the list is now. A clock that stopped at an instant still to come is awake till then.
 */
static void next_set(struct core_clock *clock, const struct reckoning *reckoning,
                     const struct waiting *waiting)
{
    bool is_awake = clock->state == CLOCK_RUNNING || clock->is_ahead;
    bool is_waiting = is_awake && reckoning->is_judgeable && waiting->count > 0 &&
                      waiting->due[0].ms < clock->stop_ms;
    clock->next_ms = is_waiting ? waiting->due[0].ms : INT64_MAX;
}

static bool is_held(const struct core *core, const struct core_clock *clock, struct instant due)
{
    if (clock->state == CLOCK_FACT)
        return true;
    int64_t end = clock->stop_ms < core->now.ms ? clock->stop_ms : core->now.ms;
    return has_instant(due) && due.ms < end;
}

/* Found late, may it still be issued? */
static bool may_issue(const struct core *core, const struct core_clock *clock,
                      struct reckoning *reckoning, const struct rung *rung)
{
    if (clock->state == CLOCK_FACT)
        return true;
    if (clock->state == CLOCK_CANCELLED || (clock->state == CLOCK_STOPPED && !rung->after_finish))
        return false;
    return rung->after_limit || !is_held(core, clock, reckon_limit(reckoning, rung->limit));
}

/* Of what is found late, what is not to be issued: what may not be any more, and where the rule
 * says so, what lies below the highest level found now or raised before. */
static void skip_late(const struct core *core, struct core_clock *clock,
                      struct reckoning *reckoning, const struct waiting *waiting)
{
    const struct rule *rule = reckoning->rule;
    uint16_t found = 0;
    for (uint32_t i = 0; i < waiting->count; i++) {
        uint32_t rung = waiting->rungs[i];
        if (!is_held(core, clock, waiting->due[i]))
            continue;
        if (may_issue(core, clock, reckoning, &rule->rungs[rung]))
            found |= rung_bit(rung);
        else
            clock->skipped |= rung_bit(rung);
    }
    if (rule->late_discovery != DISCOVER_HIGHEST)
        return;
    for (uint32_t i = 0; i < rule->rung_count; i++)
        if ((found & rung_bit(i)) != 0 &&
            rank_is_below(core, reckoning->kase, clock, found | clock->issued, i))
            clock->skipped |= rung_bit(i);
}

/* waiting_out: what waits afterwards, if the clock runs. What was skipped is looked at anew: an
 * event may have changed the reason. */
static void issue_late(struct core *core, struct core_case *kase, struct core_clock *clock,
                       struct reckoning *reckoning, struct waiting *waiting_out)
{
    clock->skipped = 0;
    for (uint32_t round = 0; round <= RULE_RUNGS_MAX; round++) {
        waiting_list(reckoning, waiting_out);
        if (waiting_out->count == 0 || !is_held(core, clock, waiting_out->due[0]))
            return; /* the earliest is still to come: mostly so */
        skip_late(core, clock, reckoning, waiting_out);
        bool is_any = false;
        for (uint32_t i = 0; i < waiting_out->count; i++) {
            uint32_t rung = waiting_out->rungs[i];
            if (!is_held(core, clock, waiting_out->due[i]) ||
                (clock->skipped & rung_bit(rung)) != 0)
                continue;
            is_any = true;
            issue(core, kase, clock, reckoning, rung, waiting_out->due[i],
                  clock->state == CLOCK_FACT ? "" : reason_late[core->is_moving]);
        }
        if (!is_any) /* a chain may begin at what was issued just now: look again */
            break;
    }
    waiting_list(reckoning, waiting_out);
}

static void judge_clock(struct core *core, struct core_case *kase, struct core_clock *clock)
{
    struct reckoning reckoning;
    struct waiting waiting;
    struct instant due;
    if (first_due_find(core, kase, clock, &due) && due.ms >= core->now.ms) {
        clock->next_ms = due.ms;
        clock->is_ahead = false;
        clock_judgeable_note(core, clock, true);
        return;
    }
    reckon_init_alike(&reckoning, core, kase, clock);
    clock->is_ahead = clock->state != CLOCK_RUNNING && clock->stop_ms > core->now.ms;
    if (!reckoning.is_judgeable && clock->state != CLOCK_FACT) {
        clock->next_ms = INT64_MAX;
        clock_judgeable_note(core, clock, false);
        return;
    }
    issue_late(core, kase, clock, &reckoning, &waiting);
    next_set(clock, &reckoning, &waiting);
    clock_judgeable_note(core, clock, reckoning.is_judgeable);
    first_due_keep(&reckoning, (struct instant){.ms = clock->next_ms});
}

/* What a case waits for, as its clocks stand. */
struct waits {
    int64_t next_ms;
    event_kind_set heeds;
};

static void waits_add(struct waits *waits, const struct core_clock *clock)
{
    if (clock->next_ms < waits->next_ms)
        waits->next_ms = clock->next_ms;
    if (clock->state == CLOCK_RUNNING)
        waits->heeds |= clock->heeds;
}

/* An entry that would only move later is left: the case is looked at once for nothing. */
static void arm(struct core *core, struct core_case *kase, uint32_t case_index,
                const struct waits *waits)
{
    struct instant next = {.ms = confirm_next_ms(core, kase)};
    if (waits->next_ms < next.ms)
        next.ms = waits->next_ms;
    case_heeds_set(kase, waits->heeds);
    if (next.ms == INT64_MAX) {
        kase->armed = 0;
        return;
    }
    uint64_t mark = deadline_mark(next);
    if (kase->armed != 0 && kase->armed <= mark && kase->armed >= deadline_mark(core->now))
        return;
    kase->armed = mark & DEADLINE_MARK_MASK;
    int error = deadlines_add(&core->deadlines, case_index, next);
    assert(error == 0); /* a deadline that is lost is a card that is lost */
}

void judge_arm(struct core *core, struct core_case *kase, uint32_t case_index)
{
    struct waits waits = {.next_ms = INT64_MAX};
    for (uint32_t row = kase->first_clock; row != 0; row = clock_row(core, row)->next)
        waits_add(&waits, clock_row(core, row));
    arm(core, kase, case_index, &waits);
}

static struct waits judge_clocks(struct core *core, struct core_case *kase)
{
    struct waits waits = {.next_ms = INT64_MAX};
    (void)follow(core, kase, core->now);
    for (uint32_t row = kase->first_clock; row != 0;) {
        struct core_clock *clock = clock_row(core, row);
        row = clock->next;
        if (clock->next_ms == CLOCK_TOUCHED || clock->is_ahead)
            judge_clock(core, kase, clock);
        waits_add(&waits, clock);
    }
    return waits;
}

void judge_case(struct core *core, struct core_case *kase, uint32_t case_index)
{
    struct waits waits = judge_clocks(core, kase);
    while (confirm_settle(core, kase)) /* what follows a released card is looked at again */
        waits = judge_clocks(core, kase);
    arm(core, kase, case_index, &waits);
}

void judge_due(struct core *core, struct core_case *kase, struct instant at)
{
    if (confirm_due(core, kase, at))
        (void)follow(core, kase, (struct instant){.ms = at.ms + 1});
    for (;;) {
        struct core_clock *first = NULL;
        for (uint32_t row = kase->first_clock; row != 0;) {
            struct core_clock *clock = clock_row(core, row);
            bool is_awake = clock->state == CLOCK_RUNNING || clock->is_ahead;
            if (is_awake && clock->next_ms <= at.ms &&
                (first == NULL || clock->next_ms < first->next_ms))
                first = clock;
            row = clock->next;
        }
        if (first == NULL)
            return;
        struct reckoning reckoning;
        struct waiting waiting;
        reckon_init_alike(&reckoning, core, kase, first);
        waiting_list(&reckoning, &waiting);
        for (uint32_t i = 0; i < waiting.count && waiting.due[i].ms <= first->next_ms; i++)
            issue(core, kase, first, &reckoning, waiting.rungs[i], waiting.due[i], "");
        waiting_list(&reckoning, &waiting);
        next_set(first, &reckoning, &waiting);
        clock_judgeable_note(core, first, reckoning.is_judgeable);
        (void)follow(core, kase, (struct instant){.ms = at.ms + 1});
    }
}

static void old_due_keep(const struct core *core, const struct core_case *kase,
                         const struct core_clock *clock, struct old_clock *old)
{
    struct reckoning reckoning;
    reckon_init(&reckoning, core, kase, clock);
    for (uint32_t i = 0; i < reckoning.rule->rung_count; i++)
        if ((clock->issued & rung_bit(i)) != 0)
            old->due_ms[i] = reckon_rung(&reckoning, i).ms;
}

uint32_t judge_old_keep(struct core *core, const struct core_case *kase)
{
    uint32_t count = 0;
    for (uint32_t row = kase->first_clock; row != 0;) {
        const struct core_clock *clock = clock_row(core, row);
        if (count == core->old_room) {
            uint32_t room = core->old_room == 0 ? 64 : core->old_room * 2;
            struct old_clock *old = realloc(core->old, room * sizeof *old);
            assert(old != NULL); /* a case cannot be judged by half: the journal brings it back */
            core->old = old;
            core->old_room = room;
        }
        struct old_clock *old = &core->old[count++];
        row = clock->next;
        old->clock = *clock;
        old->is_matched = false;
        if (clock->issued != 0)
            old_due_keep(core, kase, clock, old);
    }
    return count;
}

static void old_give_back(struct core *core, struct core_case *kase, struct core_clock *clock,
                          const struct old_clock *old)
{
    struct reckoning reckoning;
    clock->issued = old->clock.issued;
    clock->dismissed = old->clock.dismissed;
    if (clock->issued == 0)
        return;
    kase->has_cards = true;
    reckon_init(&reckoning, core, kase, clock);
    for (uint32_t i = 0; i < reckoning.rule->rung_count; i++) {
        if ((clock->issued & rung_bit(i)) == 0)
            continue;
        struct instant due = reckon_rung(&reckoning, i);
        if (!is_held(core, clock, due)) {
            judge_withdraw(core, kase, clock, i, (struct instant){.ms = old->due_ms[i]});
            clock->issued &= (uint16_t)~rung_bit(i);
            clock->dismissed &= (uint16_t)~rung_bit(i);
            continue;
        }
        case_settle_after(kase, due);
        enum card_state state = confirm_card_state(core, kase, clock, i);
        if (due.ms != old->due_ms[i])
            judge_tell(core, kase, clock, i, due,
                       &(struct card_change){state, state, reason_moved[core->is_moving]});
    }
    if (!reckoning.rule->is_dismissible) /* the others are looked at when all are there */
        rank_settle(core, kase, clock, &reckoning);
}

void judge_withdraw(struct core *core, const struct core_case *kase, const struct core_clock *clock,
                    uint32_t rung, struct instant due)
{
    struct card_change change = {.before = confirm_card_state(core, kase, clock, rung),
                                 .state = CARD_WITHDRAWN,
                                 .reason = reason_withdrawn[core->is_moving]};
    judge_tell(core, kase, clock, rung, due, &change);
}

void judge_old_settle(struct core *core, struct core_case *kase, uint32_t old_count)
{
    for (uint32_t row = old_count == 0 ? 0 : kase->first_clock; row != 0;) {
        struct core_clock *clock = clock_row(core, row);
        for (uint32_t i = 0; i < old_count; i++) {
            struct old_clock *old = &core->old[i];
            if (old->is_matched || old->clock.rule != clock->rule ||
                old->clock.step != clock->step || old->clock.cycle != clock->cycle)
                continue;
            old->is_matched = true;
            old_give_back(core, kase, clock, old);
            break;
        }
        row = clock->next;
    }
    for (uint32_t i = 0; i < old_count; i++) {
        struct old_clock *old = &core->old[i];
        uint16_t issued = old->is_matched ? 0 : old->clock.issued;
        for (uint32_t k = 0; issued != 0 && k < RULE_RUNGS_MAX; k++)
            if ((issued & rung_bit(k)) != 0)
                judge_withdraw(core, kase, &old->clock, k, (struct instant){.ms = old->due_ms[k]});
    }
    if (case_edition(core, kase)->is_dismissing)
        rank_settle_others(core, kase);
}
