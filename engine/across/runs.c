/* runs.c - in_a_row without a window: a run goes on until a case that is not so breaks it.
 *
 * One group for each rule and key holds all its cases. Each run that is long enough has a card of
 * its own, known by the instant at which the run begins; of runs that begin at one instant the last
 * has it. What changes between two instants can change no run but those that reach into that time:
 * only these are looked at again, from the case that breaks off what lies before to the one that
 * breaks off what lies behind.
 */
#include "engine/across/runs.h"
#include "engine/across/group_card.h"
#include "engine/across/groups.h"
#include "engine/across/marks.h"

/* Marks behind `first`, up to `last`, and the time in which their runs begin: both ends excluded.
 */
struct reach {
    uint32_t first;
    uint32_t last;
    int64_t after_ms;
    int64_t before_ms;
};

static struct core_run *run_row(const struct core *core, uint32_t row)
{
    return pool_row(&core->runs, row);
}

static int64_t at_of(const struct core *core, const struct core_group *group, uint32_t place)
{
    const struct core_mark *mark = pool_row(&core->marks, marks_at(core, group->root, place));
    return mark->at_ms;
}

/* The mark of a place and the next one are not of one instant. */
static bool is_edge(const struct core *core, const struct core_group *group, uint32_t place)
{
    return place == 0 || place >= marks_count(core, group->root) ||
           at_of(core, group, place) < at_of(core, group, place + 1);
}

static struct reach reach_of(const struct core *core, const struct core_group *group,
                             int64_t from_ms, int64_t to_ms)
{
    struct reach reach = {.after_ms = INT64_MIN, .before_ms = INT64_MAX};
    uint32_t count = marks_count(core, group->root);
    reach.first = marks_before(core, group->root, from_ms);
    reach.first -= marks_behind(core, group->root, reach.first);
    while (!is_edge(core, group, reach.first)) {
        reach.first = marks_before(core, group->root, at_of(core, group, reach.first));
        reach.first -= marks_behind(core, group->root, reach.first);
    }
    reach.last = to_ms == INT64_MAX ? count : marks_before(core, group->root, to_ms + 1);
    reach.last += marks_ahead(core, group->root, reach.last + 1);
    while (!is_edge(core, group, reach.last)) {
        reach.last = marks_before(core, group->root, at_of(core, group, reach.last) + 1);
        reach.last += marks_ahead(core, group->root, reach.last + 1);
    }
    if (reach.first > 0)
        reach.after_ms = at_of(core, group, reach.first);
    if (reach.last < count)
        reach.before_ms = at_of(core, group, reach.last + 1);
    return reach;
}

/* The cards of runs that begin after an instant are none any more, from this one on. */
static void withdraw(struct core *core, const struct core_group *group, uint32_t *link,
                     int64_t after_ms)
{
    while (*link != 0 && run_row(core, *link)->begin_ms > after_ms) {
        uint32_t row = *link;
        const struct core_run *run = run_row(core, row);
        struct group_card card = {.begin_ms = run->begin_ms,
                                  .length = run_find(core, group, run->begin_ms).length,
                                  .due_ms = run->due_ms};
        group_card_tell(core, group, &card,
                        &(struct card_change){rung_state(&group_rule(core, group)->rungs[0]),
                                              CARD_WITHDRAWN, reason_withdrawn[core->is_moving]});
        *link = run->next;
        pool_free(&core->runs, row);
    }
}

/* The card of this run, after those of later ones. Returns what leads to those before it. */
static uint32_t *settle(struct core *core, const struct core_group *group, uint32_t *link,
                        const struct group_card *card)
{
    enum card_state state = rung_state(&group_rule(core, group)->rungs[0]);
    withdraw(core, group, link, card->begin_ms);
    uint32_t row = *link;
    if (row != 0 && run_row(core, row)->begin_ms == card->begin_ms) {
        if (run_row(core, row)->due_ms != card->due_ms)
            group_card_tell(core, group, card,
                            &(struct card_change){state, state, reason_moved[core->is_moving]});
    } else {
        row = pool_add(&core->runs);
        if (row == 0) {
            core->counts.unjudgeable++;
            return link;
        }
        run_row(core, row)->begin_ms = card->begin_ms;
        run_row(core, row)->next = *link;
        *link = row;
        group_card_tell(core, group, card, &(struct card_change){CARD_NONE, state, ""});
    }
    run_row(core, row)->due_ms = card->due_ms;
    return &run_row(core, row)->next;
}

/* How many it takes; 0: no run has a card, for the rule in force looks at none. */
static uint32_t length_of(const struct core *core, const struct core_group *group)
{
    const struct rule_across *across = group_rule(core, group)->across;
    return across->form == ACROSS_IN_A_ROW ? across->at_least : 0;
}

void runs_judge(struct core *core, struct core_group *group, bool is_whole)
{
    uint32_t takes = length_of(core, group);
    struct reach reach = reach_of(core, group, is_whole ? INT64_MIN : group->touched_from_ms,
                                  is_whole ? INT64_MAX : group->touched_to_ms);
    uint32_t *link = &group->first_run;
    int64_t later_ms = INT64_MAX;
    while (*link != 0 && run_row(core, *link)->begin_ms >= reach.before_ms)
        link = &run_row(core, *link)->next;
    for (uint32_t place = reach.last; takes > 0 && place > reach.first;) {
        uint32_t length = marks_behind(core, group->root, place);
        uint32_t first = place - length + 1;
        place -= length > 0 ? length : 1;
        if (length < takes || at_of(core, group, first) == later_ms)
            continue;
        later_ms = at_of(core, group, first);
        link = settle(core, group, link,
                      &(struct group_card){.begin_ms = later_ms,
                                           .length = length,
                                           .due_ms = at_of(core, group, first + takes - 1)});
    }
    withdraw(core, group, link, reach.after_ms);
}

struct run run_find(const struct core *core, const struct core_group *group, int64_t begin_ms)
{
    struct run found = {.due_ms = INT64_MIN};
    uint32_t before = marks_before(core, group->root, begin_ms);
    for (uint32_t place = marks_before(core, group->root, begin_ms + 1); place > before; place--) {
        uint32_t length = marks_ahead(core, group->root, place);
        if (marks_behind(core, group->root, place) != 1 || length <= found.length)
            continue;
        found.first = place;
        found.length = length;
        if (length >= length_of(core, group))
            break;
    }
    for (uint32_t row = found.first == 0 ? 0 : group->first_run; row != 0;) {
        const struct core_run *run = run_row(core, row);
        if (run->begin_ms == begin_ms)
            found.due_ms = run->due_ms;
        row = run->begin_ms <= begin_ms ? 0 : run->next;
    }
    return found;
}
