/* judge.c - the difference between the cards that are and the cards that should be.
 *
 * A rung should have a card when its instant lies strictly before the clock's stop (running: before
 * now). Found by time alone, it is issued. Found by an event, it is found late, and then the
 * settings of the rule are asked: may it be issued after the clock has stopped; all of them or the
 * highest only.
 */
#include "engine/core/judge.h"
#include "engine/cases/reckon.h"
#include "engine/core/across.h"
#include "engine/core/fold.h"

#include <stdlib.h>

enum { LIMIT_TEXT_BYTES = 40 };

/* Why a card is what it is; static words of the contract, told in viewer/README.md. */
const char *const reason_late[2] = {"late: found after its instant",
                                    "late: the rules or the calendar of its case have changed"};
const char *const reason_moved[2] = {"moved: its instant was judged again",
                                     "moved: the rules or the calendar of its case have changed"};
const char *const reason_withdrawn[2] = {
    "withdrawn: a later event shows that it should not have been",
    "withdrawn: the rules or the calendar of its case have changed"};
static const char reason_dismissed[] = "dismissed: a higher card took its place";
static const char reason_restored[] = "restored: the higher card was withdrawn";

/* "5.6 workday" from tenths; pure, so without printf. */
static struct slice tenths_text(int64_t tenths, enum unit unit, char text[LIMIT_TEXT_BYTES])
{
    char number[TERM_TEXT_BYTES];
    int64_t whole = tenths / 10;
    if (whole > TERM_MAX)
        whole = TERM_MAX;
    term_format((struct term){.n = (int32_t)whole, .unit = unit}, number);
    size_t digits = strcspn(number, " ");
    size_t at = digits;
    memcpy(text, number, digits);
    if (tenths % 10 != 0) {
        text[at++] = '.';
        text[at++] = (char)('0' + tenths % 10);
    }
    size_t rest = strlen(number + digits);
    memcpy(text + at, number + digits, rest);
    return (struct slice){.start = text, .count = at + rest};
}

static struct slice clock_name(const struct core *core, const struct rule *rule,
                               const struct core_clock *clock, char *text, size_t room)
{
    struct slice step = names_get(&core->names, clock->step);
    if (step.count == 0 || rule->name.count + step.count + 1 > room)
        return rule->name;
    memcpy(text, rule->name.start, rule->name.count);
    text[rule->name.count] = '/';
    memcpy(text + rule->name.count + 1, step.start, step.count);
    return (struct slice){.start = text, .count = rule->name.count + 1 + step.count};
}

static void emit(struct core *core, const struct core_case *kase, const struct core_clock *clock,
                 uint32_t rung_index, struct instant due, enum card_state state, const char *reason)
{
    struct reckoning reckoning;
    reckon_init(&reckoning, core, kase, clock);
    const struct rule *rule = reckoning.rule;
    const struct rung *rung = &rule->rungs[rung_index];
    const struct ruleset *ruleset = case_edition(core, kase)->ruleset;
    char name[2 * EVENT_CODE_BYTES_MAX + 256];
    char limit[LIMIT_TEXT_BYTES];
    char used[LIMIT_TEXT_BYTES];
    char over[LIMIT_TEXT_BYTES];
    struct card card = {
        .case_no = text_heap_get(&core->keys, kase->key),
        .item = names_get(&core->names, kase->item),
        .step = names_get(&core->names, clock->step),
        .handler = names_get(&core->names, kase->handler),
        .level = ruleset->levels[rung->level],
        .rule = rule->name,
        .rule_version = rule->revision,
        .clock = clock_name(core, rule, clock, name, sizeof name),
        .cycle = clock->cycle,
        .rung = rung->name,
        .due_at = due,
        .issued_at = core->now,
        .late_ms = core->now.ms > due.ms ? core->now.ms - due.ms : 0,
        .state = state,
        .reason = slice_of(reason),
        .is_shadow = rung->issue == ISSUE_SHADOW,
        .edition = ruleset->edition,
        .offset_s = reckoning.calendar == NULL ? 0 : calendar_offset_s(reckoning.calendar, due),
    };
    bool is_addressed = judge_address(core, kase, rung, &card.org, &card.area);
    if (!is_addressed && (state == CARD_ISSUED || state == CARD_PENDING))
        core->counts.unaddressed++;
    if (clock->state != CLOCK_FACT && rule->limit_count > 0) {
        int64_t tenths;
        int64_t added;
        enum unit unit;
        struct term term = reckoning.limits->terms[rung->limit];
        if (term_is_set(term))
            card.limit = tenths_text((int64_t)term.n * 10, term.unit, limit);
        if (reckon_used(&reckoning, rung->limit, due, &tenths, &added, &unit)) {
            card.used = tenths_text(tenths, unit, used);
            int64_t past = tenths - (int64_t)term.n * 10 - added;
            if (term_is_set(term) && past >= 0)
                card.over = tenths_text(past, unit, over);
        }
        (void)reckon_rung(&reckoning, rung_index);
        card.is_provisional = reckoning.is_provisional;
    }
    core->ports.card(core->ports.ctx, &card);
    if (case_edition(core, kase)->is_counting_cards)
        across_card(core, kase, clock, rung_index, &card);
}

static bool rung_dismisses(const struct rung *rung, const struct rule *rule)
{
    if (rung->issue != ISSUE_AUTO)
        return false;
    for (uint32_t i = 0; i < rung->dismiss_count; i++)
        if (slice_is_equal(rung->dismisses[i], rule->name))
            return true;
    return false;
}

/* Does a card of another clock of the case, of the same step where both have one, dismiss those of
 * this one? */
static bool is_dismissed_by_others(const struct core *core, const struct core_case *kase,
                                   const struct core_clock *clock, const struct rule *rule)
{
    for (uint32_t row = rule->is_dismissible ? kase->first_clock : 0; row != 0;) {
        const struct core_clock *other = clock_row(core, row);
        const struct rule *by = clock_rule(core, kase, other);
        row = other->next;
        if (other->step != clock->step && other->step != 0 && clock->step != 0)
            continue;
        for (uint32_t i = 0; other->issued != 0 && i < by->rung_count; i++)
            if ((other->issued & rung_bit(i)) != 0 && rung_dismisses(&by->rungs[i], rule))
                return true;
    }
    return false;
}

/* Is one of these rungs of the rule above this one, so that its card takes the place? */
static bool is_outranked(const struct rule *rule, uint16_t rungs, uint32_t rung)
{
    for (uint32_t i = 0; i < rule->rung_count; i++)
        if ((rungs & rung_bit(i)) != 0 && rung_outranks(&rule->rungs[i], &rule->rungs[rung]))
            return true;
    return false;
}

/* A higher card of the same clock takes the place of the lower ones, where the rule says so: of
 * those that there are, the highest stand. A card of another rule takes the place of all. */
static void supersede_settle(struct core *core, const struct core_case *kase,
                             struct core_clock *clock, struct reckoning *reckoning)
{
    const struct rule *rule = reckoning->rule;
    if (rule->supersede != SUPERSEDE_DISMISS && !rule->is_dismissible)
        return;
    bool is_by_others = is_dismissed_by_others(core, kase, clock, clock_rule(core, kase, clock));
    uint16_t above = rule->supersede == SUPERSEDE_DISMISS ? clock->issued : 0;
    for (uint32_t i = 0; i < rule->rung_count; i++) {
        bool is_lower = is_by_others || is_outranked(rule, above, i);
        if ((clock->issued & rung_bit(i)) == 0 ||
            is_lower == ((clock->dismissed & rung_bit(i)) != 0))
            continue;
        clock->dismissed ^= rung_bit(i);
        emit(core, kase, clock, i, reckon_rung(reckoning, i),
             is_lower ? CARD_DISMISSED : rung_state(&rule->rungs[i]),
             is_lower ? reason_dismissed : reason_restored);
    }
}

/* The cards of other rules that some card dismisses, or does no more. */
static void others_settle(struct core *core, const struct core_case *kase)
{
    for (uint32_t row = kase->first_clock; row != 0;) {
        struct core_clock *clock = clock_row(core, row);
        row = clock->next;
        if (clock->issued == 0 || !clock_rule(core, kase, clock)->is_dismissible)
            continue;
        struct reckoning reckoning;
        reckon_init(&reckoning, core, kase, clock);
        supersede_settle(core, kase, clock, &reckoning);
    }
}

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
    emit(core, kase, clock, rung_index, due, rung_state(rung), reason);
    supersede_settle(core, kase, clock, reckoning);
    if (rung->dismiss_count > 0)
        others_settle(core, kase);
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
        if ((found & rung_bit(i)) != 0 && is_outranked(rule, found | clock->issued, i))
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

void judge_case(struct core *core, struct core_case *kase)
{
    (void)follow(core, kase, core->now);
    for (uint32_t row = kase->first_clock; row != 0;) {
        struct core_clock *clock = clock_row(core, row);
        row = clock->next;
        if (clock->next_ms != CLOCK_TOUCHED && !clock->is_ahead)
            continue;
        struct reckoning reckoning;
        struct waiting waiting;
        reckon_init_alike(&reckoning, core, kase, clock);
        clock->is_ahead = clock->state != CLOCK_RUNNING && clock->stop_ms > core->now.ms;
        if (!reckoning.is_judgeable && clock->state != CLOCK_FACT) {
            clock->next_ms = INT64_MAX;
            clock_judgeable_note(core, clock, false);
            continue;
        }
        issue_late(core, kase, clock, &reckoning, &waiting);
        next_set(clock, &reckoning, &waiting);
        clock_judgeable_note(core, clock, reckoning.is_judgeable);
    }
}

void judge_due(struct core *core, struct core_case *kase, struct instant at)
{
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
            clock->issued &= (uint16_t)~rung_bit(i);
            clock->dismissed &= (uint16_t)~rung_bit(i);
            emit(core, kase, clock, i, (struct instant){.ms = old->due_ms[i]}, CARD_WITHDRAWN,
                 reason_withdrawn[core->is_moving]);
            continue;
        }
        case_settle_after(kase, due);
        if (due.ms != old->due_ms[i])
            emit(core, kase, clock, i, due,
                 (clock->dismissed & rung_bit(i)) != 0 ? CARD_DISMISSED
                                                       : rung_state(&reckoning.rule->rungs[i]),
                 reason_moved[core->is_moving]);
    }
    if (!reckoning.rule->is_dismissible) /* the others are looked at when all are there */
        supersede_settle(core, kase, clock, &reckoning);
}

void judge_withdraw(struct core *core, const struct core_case *kase, const struct core_clock *clock,
                    uint32_t rung, struct instant due)
{
    emit(core, kase, clock, rung, due, CARD_WITHDRAWN, reason_withdrawn[core->is_moving]);
}

void judge_old_settle(struct core *core, struct core_case *kase, uint32_t old_count)
{
    for (uint32_t row = kase->first_clock; row != 0;) {
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
                emit(core, kase, &old->clock, k, (struct instant){.ms = old->due_ms[k]},
                     CARD_WITHDRAWN, reason_withdrawn[core->is_moving]);
    }
    if (case_edition(core, kase)->is_dismissing)
        others_settle(core, kase);
}

/* An entry that would only move later is left: the case is looked at once for nothing. */
void judge_arm(struct core *core, struct core_case *kase, uint32_t case_index)
{
    struct instant next = INSTANT_NEVER;
    event_kind_set heeds = 0;
    for (uint32_t row = kase->first_clock; row != 0;) {
        const struct core_clock *clock = clock_row(core, row);
        if (clock->next_ms < next.ms)
            next.ms = clock->next_ms;
        if (clock->state == CLOCK_RUNNING)
            heeds |= clock->heeds;
        row = clock->next;
    }
    kase->heeds = 0;
    case_heeds(kase, heeds);
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
