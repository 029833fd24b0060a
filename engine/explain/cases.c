/* cases.c - questions about cases: one by its number, its joint case, those that fall due first. */
#include "engine/cases/kin.h"
#include "engine/explain/explain.h"
#include "engine/fold/follow.h"

const char *const clock_state_name[4] = {"running", "stopped", "cancelled", "fact"};
const char *const case_state_name[3] = {"open", "finished", "void"};

static void view_fill(const struct core *core, uint32_t row, struct case_view *view)
{
    const struct core_case *kase = case_row(core, row);
    *view = (struct case_view){
        .index = row,
        .case_no = text_heap_get(&core->keys, kase->key),
        .state = (enum case_state)kase->state,
        .item = names_get(&core->names, kase->item),
        .org = names_get(&core->names, kase->org),
        .area = names_get(&core->names, kase->area),
        .handler = names_get(&core->names, kase->handler),
        .edition = case_edition(core, kase)->ruleset->edition,
        .calendars_edition = case_edition(core, kase)->ruleset->calendars_edition,
        .edition_index = kase->edition,
        .source = kase->source,
        .newest = {.place = kase->newest},
        .next_at = INSTANT_NEVER,
    };
    for (uint32_t clock = kase->first_clock; clock != 0; clock = clock_row(core, clock)->next)
        if (clock_row(core, clock)->next_ms < view->next_at.ms)
            view->next_at.ms = clock_row(core, clock)->next_ms;
}

bool explain_find(const struct core *core, struct slice case_no, struct case_view *case_out)
{
    uint32_t row = case_find(core, case_no);
    if (row != 0)
        view_fill(core, row, case_out);
    return row != 0;
}

void explain_case(const struct core *core, uint32_t case_index, struct case_view *case_out)
{
    view_fill(core, case_index, case_out);
}

/* A frontier over the deadlines: places of the heap whose children have not been looked at, the
 * earliest first. An entry may be too early (judge_arm): then the case comes back with its real
 * instant and takes its turn. */
enum { FRONTIER_MAX = 8192 };

struct frontier_entry {
    struct deadline deadline;
    uint32_t place; /* in the deadlines; 0: a case whose instant is known */
};

struct frontier {
    uint32_t count;
    struct frontier_entry entries[FRONTIER_MAX];
};

static bool is_first(const struct frontier_entry *a, const struct frontier_entry *b)
{
    return a->deadline.at_ms != b->deadline.at_ms ? a->deadline.at_ms < b->deadline.at_ms
                                                  : a->deadline.row < b->deadline.row;
}

static void frontier_add(struct frontier *frontier, struct frontier_entry entry)
{
    if (frontier->count == FRONTIER_MAX)
        return;
    uint32_t at = frontier->count++;
    for (; at > 0 && is_first(&entry, &frontier->entries[(at - 1) / 2]); at = (at - 1) / 2)
        frontier->entries[at] = frontier->entries[(at - 1) / 2];
    frontier->entries[at] = entry;
}

static struct frontier_entry frontier_take(struct frontier *frontier)
{
    struct frontier_entry first = frontier->entries[0];
    struct frontier_entry last = frontier->entries[--frontier->count];
    uint32_t at = 0;
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= frontier->count)
            break;
        if (child + 1 < frontier->count &&
            is_first(&frontier->entries[child + 1], &frontier->entries[child]))
            child++;
        if (!is_first(&frontier->entries[child], &last))
            break;
        frontier->entries[at] = frontier->entries[child];
        at = child;
    }
    frontier->entries[at] = last;
    return first;
}

static void frontier_add_place(const struct core *core, struct frontier *frontier, uint32_t place)
{
    if (place <= core->deadlines.count)
        frontier_add(frontier,
                     (struct frontier_entry){.deadline = deadlines_at(&core->deadlines, place),
                                             .place = place});
}

/* Is it a case's, still waited for, and not the second of two alike? Those come one after the
 * other. */
static bool is_to_be_seen(const struct core *core, const struct frontier_entry *entry,
                          const struct frontier_entry *before)
{
    bool is_again = before->deadline.row == entry->deadline.row &&
                    before->deadline.at_ms == entry->deadline.at_ms &&
                    (before->place == 0) == (entry->place == 0);
    return (entry->deadline.row & DEADLINE_OF_GROUP) == 0 && !is_again &&
           (entry->place == 0 || deadline_is_due(core, &entry->deadline));
}

void explain_due(const struct core *core, struct instant before, uint32_t max,
                 bool (*visit)(void *ctx, const struct case_view *kase), void *ctx)
{
    struct frontier frontier = {.count = 0};
    struct frontier_entry last = {.deadline = {.row = 0}};
    frontier_add_place(core, &frontier, 1);
    while (frontier.count > 0 && max > 0) {
        struct frontier_entry entry = frontier_take(&frontier);
        if (entry.deadline.at_ms >= before.ms)
            return;
        if (entry.place != 0)
            for (uint32_t child = 0; child < DEADLINE_CHILDREN; child++)
                frontier_add_place(core, &frontier, deadlines_child(entry.place) + child);
        if (!is_to_be_seen(core, &entry, &last))
            continue;
        last = entry;
        struct case_view view;
        view_fill(core, entry.deadline.row, &view);
        if (entry.place != 0 && view.next_at.ms > entry.deadline.at_ms) {
            entry.place = 0;
            entry.deadline.at_ms = view.next_at.ms;
            frontier_add(&frontier, entry);
            continue;
        }
        max--;
        if (!visit(ctx, &view))
            return;
    }
}

struct slice explain_parent(const struct core *core, uint32_t case_index)
{
    return kin_parent(core, case_row(core, case_index));
}

uint32_t explain_children(const struct core *core, uint32_t case_index, uint32_t max,
                          void (*visit)(void *ctx, const struct case_view *child), void *ctx)
{
    const struct core_kin *kin = kin_find(core, case_row(core, case_index));
    uint32_t count = 0;
    for (uint32_t row = kin == NULL ? 0 : kin->first_child; row != 0;) {
        const struct core_kin *child = pool_row(&core->kins, row);
        struct case_view view;
        row = child->next;
        if (count++ >= max)
            continue;
        explain_case(core, child->case_row, &view);
        visit(ctx, &view);
    }
    return count;
}

void explain_strays(const struct core *core, uint32_t case_index,
                    void (*visit)(void *ctx, const struct stray_view *stray), void *ctx)
{
    const struct core_case *kase = case_row(core, case_index);
    const struct ruleset *ruleset = case_edition(core, kase)->ruleset;
    for (uint32_t row = kase->first_stray; row != 0;) {
        const struct core_stray *stray = pool_row(&core->strays, row);
        struct stray_view view = {
            .ref = {.place = stray->place},
            .kind = (enum event_kind)stray->kind,
            .at = {.ms = stray->at_ms},
            .reason = (enum stray_reason)stray->reason,
            .rule = stray->rule == 0 ? NULL : &ruleset->rules[stray->rule - 1],
        };
        row = stray->next;
        visit(ctx, &view);
    }
}

bool explain_may_follow(const struct core *core, uint32_t case_index, const struct rule *rule,
                        struct instant at)
{
    return follow_suits(core, case_row(core, case_index), rule, at);
}
