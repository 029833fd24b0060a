/* groups.c - questions about groups of cases. */
#include "engine/across/groups.h"
#include "engine/across/marks.h"
#include "engine/across/runs.h"
#include "engine/cases/address.h"
#include "engine/explain/explain.h"

static uint32_t deciding_place(const struct core *core, const struct core_group *group)
{
    const struct rule_across *across = group_rule(core, group)->across;
    uint32_t count = marks_count(core, group->root);
    if (across->form == ACROSS_SHARE)
        return 0;
    if (across->form == ACROSS_IN_A_ROW)
        return marks_run(core, group->root, across->at_least);
    return count < across->at_least ? 0 : across->at_least;
}

/* What is the run's own. Returns false when no run begins there. */
static bool run_look(const struct core *core, const struct core_group *group, struct instant begin,
                     struct group_view *view)
{
    struct run run = run_find(core, group, begin.ms);
    uint32_t behind = run.first + run.length;
    if (run.first == 0)
        return false;
    view->first = run.first;
    view->count = view->so_count = run.length;
    view->place = run.length < view->rule->across->at_least ? 0 : view->rule->across->at_least;
    view->due_at.ms = run.due_ms;
    if (behind <= marks_count(core, group->root)) {
        const struct core_mark *mark = pool_row(&core->marks, marks_at(core, group->root, behind));
        view->to.ms = mark->at_ms;
    }
    return true;
}

bool explain_group(const struct core *core, struct slice rule, struct slice case_no,
                   struct group_view *group_out)
{
    struct instant begin;
    uint32_t row = group_named(core, rule, case_no, &begin);
    if (row == 0)
        return false;
    const struct core_group *group = group_row(core, row);
    const struct rung *rung = &group_rule(core, group)->rungs[0];
    struct slice key = names_get(&core->names, group->key);
    struct card card = {.org = group->per == PER_ORG ? key : (struct slice){0}};
    (void)rung_address(core->editions[group->edition].ruleset, rung, &card);
    *group_out = (struct group_view){
        .index = row,
        .first = 1,
        .ruleset = core->editions[group->edition].ruleset,
        .rule = group_rule(core, group),
        .key = key,
        .org = card.org,
        .per = (enum across_per)group->per,
        .window = (enum across_window)group->window,
        .from = begin,
        .to = group_end(core, group),
        .judged_at = {.ms = group->judged_ms},
        .due_at = {.ms = group->issued_ms},
        .count = marks_count(core, group->root),
        .so_count = group->so_count,
    };
    if (group->window == WINDOW_NONE)
        return run_look(core, group, begin, group_out);
    group_out->place = deciding_place(core, group);
    return true;
}

void explain_members(const struct core *core, uint32_t group_index, uint32_t place, uint32_t max,
                     void (*visit)(void *ctx, const struct member_view *member), void *ctx)
{
    const struct core_group *group = group_row(core, group_index);
    uint32_t count = marks_count(core, group->root);
    for (uint32_t i = 0; i < max && place + i <= count; i++) {
        const struct core_mark *mark =
            pool_row(&core->marks, marks_at(core, group->root, place + i));
        struct member_view view = {.case_no = text_heap_get(&core->keys, mark->case_key),
                                   .at = {.ms = mark->at_ms},
                                   .is_so = mark->is_so,
                                   .rule = names_get(&core->names, mark->clock_rule)};
        visit(ctx, &view);
    }
}
