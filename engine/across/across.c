/* across.c - see across.h. */
#include "engine/across/across.h"

#include "engine/across/group_card.h"
#include "engine/across/groups.h"
#include "engine/across/marks.h"
#include "engine/across/runs.h"
#include "engine/reckon/asking.h"
#include "engine/reckon/decisions.h"
#include "engine/reckon/reckon.h"

static const uint32_t touched_last = UINT32_MAX;

static struct core_mark *mark_row(const struct core *core, uint32_t row)
{
    return pool_row(&core->marks, row);
}

/* ---- the marks of one case --------------------------------------------------------------------
 */

static void touch(struct core *core, uint32_t row, int64_t at_ms)
{
    struct core_group *group = group_row(core, row);
    if (at_ms < group->touched_from_ms)
        group->touched_from_ms = at_ms;
    if (at_ms > group->touched_to_ms)
        group->touched_to_ms = at_ms;
    if (group->next_touched != 0)
        return;
    group->next_touched = touched_last;
    if (core->touched == 0)
        core->touched = row;
    else
        group_row(core, core->touched_last)->next_touched = row;
    core->touched_last = row;
}

static void mark_lay(struct core *core, struct case_side *side, uint32_t group_index,
                     const struct core_mark *like)
{
    uint32_t row = pool_add(&core->marks);
    if (row == 0) {
        core->counts.unjudgeable++;
        return;
    }
    struct core_group *group = group_row(core, group_index);
    struct core_mark *mark = mark_row(core, row);
    *mark = *like;
    mark->group = group_index;
    mark->case_key = side->case_key;
    mark->next = side->first_mark;
    side->first_mark = row;
    group->root = marks_add(core, group->root, row);
    group->so_count += mark->is_so;
    touch(core, group_index, mark->at_ms);
}

/* link: what leads to it among the marks of its case. */
static void mark_take(struct core *core, uint32_t *link)
{
    uint32_t row = *link;
    const struct core_mark *mark = mark_row(core, row);
    struct core_group *group = group_row(core, mark->group);
    *link = mark->next;
    group->root = marks_remove(core, group->root, row);
    group->so_count -= mark->is_so;
    touch(core, mark->group, mark->at_ms);
    pool_free(&core->marks, row);
}

static void forget(struct core *core, const struct core_case *kase, bool is_of_cards)
{
    struct case_side *side = core->sides.count == 1 ? NULL : case_side_find(core, kase);
    if (side == NULL)
        return;
    for (uint32_t *link = &side->first_mark; *link != 0;) {
        if ((mark_row(core, *link)->clock_rule != 0) == is_of_cards)
            mark_take(core, link);
        else
            link = &mark_row(core, *link)->next;
    }
}

void across_forget(struct core *core, const struct core_case *kase)
{
    forget(core, kase, false);
}

void across_cards_forget(struct core *core, const struct core_case *kase)
{
    forget(core, kase, true);
}

/* ---- what lays them ---------------------------------------------------------------------------
 */

static uint32_t key_of(const struct core_case *kase, enum across_per per)
{
    switch (per) {
    case PER_ORG:
        return kase->org;
    case PER_HANDLER:
        return kase->handler;
    case PER_ITEM:
        return kase->item;
    case PER_AREA:
        return kase->area;
    case ACROSS_PER_COUNT:
        break;
    }
    assert(false);
    return 0;
}

void across_event(struct core *core, const struct core_case *kase, const struct rule *rule,
                  const struct asking *asking)
{
    struct core_mark mark = {.at_ms = asking->event->at.ms,
                             .is_so = asking_holds(asking, rule->across->is_so)};
    uint32_t key = key_of(kase, rule->across->per);
    if (key == 0 || (rule->across->form == ACROSS_COUNT && !mark.is_so))
        return; /* whose it is, is not known; or it is not counted */
    struct case_side *side = case_side_make(core, kase);
    uint32_t group_index = side == NULL ? 0 : group_make(core, rule, key, asking->event->at);
    if (group_index == 0) {
        core->counts.unjudgeable++;
        return;
    }
    for (uint32_t row = side->first_mark; row != 0; row = mark_row(core, row)->next) {
        struct core_mark *there = mark_row(core, row);
        if (there->group != group_index)
            continue;
        if (mark.is_so && !there->is_so) { /* it stands there once, and is so now */
            struct core_group *group = group_row(core, group_index);
            there->is_so = true;
            group->so_count++;
            marks_renew(core, group->root, row);
            touch(core, group_index, there->at_ms);
        }
        return;
    }
    mark_lay(core, side, group_index, &mark);
}

static bool counts_card(const struct rule *rule, const struct rule *of, const struct rung *rung,
                        struct instant due)
{
    const struct rule_across *across = rule->across;
    return across != NULL && across->is_of_cards && across->level == rung->level &&
           (across->of_rule.count == 0 || slice_is_equal(across->of_rule, of->name)) &&
           !instant_is_before(due, rule->valid_from) && instant_is_before(due, rule->valid_to);
}

void across_card(struct core *core, const struct core_case *kase, const struct core_clock *clock,
                 uint32_t rung_index, const struct card *card)
{
    const struct ruleset *ruleset = case_edition(core, kase)->ruleset;
    const struct rule *of = clock_rule(core, kase, clock);
    const struct rung *rung = &of->rungs[rung_index];
    struct core_mark mark = {.at_ms = card->due_at.ms,
                             .clock_rule = names_add(&core->names, of->name),
                             .step = clock->step,
                             .cycle = clock->cycle,
                             .rung = (uint8_t)rung_index,
                             .is_so = true};
    struct case_side *side = case_side_make(core, kase);
    if (side == NULL || mark.clock_rule == UINT32_MAX) {
        core->counts.unjudgeable++;
        return;
    }
    for (uint32_t *link = &side->first_mark; *link != 0;) {
        const struct core_mark *there = mark_row(core, *link);
        if (there->clock_rule == mark.clock_rule && there->step == mark.step &&
            there->cycle == mark.cycle && there->rung == mark.rung)
            mark_take(core, link);
        else
            link = &mark_row(core, *link)->next;
    }
    bool is_told = rung->issue == ISSUE_AUTO ? !confirm_is_refused(core, kase, clock, rung_index)
                                             : confirm_is_released(core, kase, clock, rung_index);
    bool is_counted = is_told && (card->state == CARD_ISSUED || card->state == CARD_DISMISSED);
    for (uint32_t i = 0; is_counted && i < ruleset->rule_count; i++) {
        const struct rule *rule = &ruleset->rules[i];
        uint32_t key = rule->across == NULL ? 0 : key_of(kase, rule->across->per);
        if (key == 0 || !counts_card(rule, of, rung, card->due_at))
            continue;
        uint32_t group_index = group_make(core, rule, key, card->due_at);
        if (group_index != 0)
            mark_lay(core, side, group_index, &mark);
        else
            core->counts.unjudgeable++;
    }
}

static void clock_cards_again(struct core *core, const struct core_case *kase,
                              const struct core_clock *clock)
{
    struct reckoning reckoning;
    reckon_init(&reckoning, core, kase, clock);
    for (uint32_t i = 0; i < reckoning.rule->rung_count; i++) {
        if ((clock->issued & rung_bit(i)) == 0)
            continue;
        const struct card card = {.due_at = reckon_rung(&reckoning, i),
                                  .state = confirm_card_state(core, kase, clock, i)};
        across_card(core, kase, clock, i, &card);
    }
}

void across_cards_again(struct core *core, const struct core_case *kase)
{
    if (!case_edition(core, kase)->is_counting_cards)
        return;
    for (uint32_t row = kase->first_clock; row != 0; row = clock_row(core, row)->next)
        if (clock_row(core, row)->issued != 0)
            clock_cards_again(core, kase, clock_row(core, row));
}

/* ---- judging ----------------------------------------------------------------------------------
 */

/* The instant of the card that the group should have; false: it should have none. */
static bool due_of(const struct core *core, const struct core_group *group, int64_t *due_out)
{
    const struct rule_across *across = group_rule(core, group)->across;
    uint32_t count = marks_count(core, group->root);
    uint32_t place = across->at_least;
    if (across->form == ACROSS_SHARE) {
        int64_t so = (int64_t)group->so_count * 1000;
        int64_t most = (int64_t)across->permille * count;
        *due_out = group->judged_ms;
        return group->judged_ms < core->now.ms && count > 0 && count >= across->at_least &&
               (across->is_reached ? so >= most : so > most);
    }
    if (across->form == ACROSS_IN_A_ROW)
        place = marks_run(core, group->root, across->at_least);
    if (place == 0 || place > count)
        return false;
    *due_out = mark_row(core, marks_at(core, group->root, place))->at_ms;
    return true;
}

static void arm(struct core *core, struct core_group *group, uint32_t row)
{
    bool is_waiting = group->judged_ms >= core->now.ms && group->judged_ms != INT64_MAX;
    struct instant at = {.ms = group->judged_ms};
    uint64_t armed = is_waiting ? deadline_mark(at) : 0;
    bool is_there = armed == 0 || armed == group->armed;
    group->armed = armed;
    if (is_there)
        return;
    int error = deadlines_add(&core->deadlines, row | DEADLINE_OF_GROUP, at);
    assert(error == 0); /* a deadline that is lost is a card that is lost */
}

/* The one card of a window. late: why a share that holds is told only now. */
static void window_judge(struct core *core, struct core_group *group, const char *late)
{
    const struct rule *rule = group_rule(core, group);
    enum card_state state = rung_state(&rule->rungs[0]);
    struct group_card card = {.due_ms = group->issued_ms};
    if (!due_of(core, group, &card.due_ms)) {
        card.due_ms = group->issued_ms;
        if (group->issued_ms != INT64_MIN)
            group_card_tell(
                core, group, &card,
                &(struct card_change){state, CARD_WITHDRAWN, reason_withdrawn[core->is_moving]});
        group->issued_ms = INT64_MIN;
        return;
    }
    if (group->issued_ms == INT64_MIN)
        group_card_tell(core, group, &card,
                        &(struct card_change){CARD_NONE, state,
                                              rule->across->form == ACROSS_SHARE ? late : ""});
    else if (group->issued_ms != card.due_ms)
        group_card_tell(core, group, &card,
                        &(struct card_change){state, state, reason_moved[core->is_moving]});
    group->issued_ms = card.due_ms;
}

static void judge(struct core *core, uint32_t row, const char *late)
{
    struct core_group *group = group_row(core, row);
    const struct rule_across *before = group_rule(core, group)->across;
    group_renew(core, group);
    const struct rule_across *across = group_rule(core, group)->across;
    arm(core, group, row);
    if (group->window == WINDOW_NONE)
        runs_judge(core, group,
                   across->form != before->form || across->at_least != before->at_least);
    else
        window_judge(core, group, late);
    group->touched_from_ms = INT64_MAX;
    group->touched_to_ms = INT64_MIN;
}

void across_judge(struct core *core)
{
    while (core->touched != 0) {
        uint32_t row = core->touched;
        struct core_group *group = group_row(core, row);
        core->touched = group->next_touched == touched_last ? 0 : group->next_touched;
        group->next_touched = 0;
        judge(core, row, reason_late[core->is_moving]);
    }
}

void across_due(struct core *core, uint32_t row)
{
    group_row(core, row)->armed = 0;
    judge(core, row, "");
}

/* ---- the whole --------------------------------------------------------------------------------
 */

bool across_is_full(const struct core *core)
{
    return core->marks.count >= core->marks.max && core->marks.free == 0;
}

int across_reindex(struct core *core)
{
    for (uint32_t row = 1; row < core->groups.count; row++) {
        struct core_group *group = group_row(core, row);
        int error = group_reindex(core, row);
        if (error != 0)
            return error;
        group->armed = 0;
        arm(core, group, row);
    }
    return 0;
}

uint64_t across_bytes(const struct core *core)
{
    return pool_bytes(&core->groups) + pool_bytes(&core->marks) + pool_bytes(&core->runs) +
           pool_bytes(&core->sides) + pool_bytes(&core->decisions) + pool_bytes(&core->confirms) +
           table_bytes(&core->group_table) + table_bytes(&core->side_table);
}
