/* family.c - see family.h. */
#include "engine/core/family.h"
#include "engine/core/again.h"
#include "engine/core/fold.h"
#include "engine/core/follow.h"

bool family_is_told(enum event_kind kind)
{
    return kind == EVENT_REOPEN || case_state_after(CASE_OPEN, kind) != CASE_OPEN;
}

static struct core_kin *kin_row(const struct core *core, uint32_t row)
{
    return pool_row(&core->kins, row);
}

/* ---- finding ----------------------------------------------------------------------------------
 */

static bool is_kin(const void *owner, uint32_t row, struct slice key)
{
    const struct core *core = owner;
    return slice_is_equal(names_get(&core->names, kin_row(core, row)->name), key);
}

static uint32_t kin_find(const struct core *core, struct slice case_no)
{
    return table_find(&core->kin_table, table_hash(case_no), case_no, is_kin, core);
}

/* Made when it is new; 0: no room. */
static uint32_t kin_make(struct core *core, struct slice case_no)
{
    uint32_t row = kin_find(core, case_no);
    if (row != 0)
        return row;
    uint32_t name = names_add(&core->names, case_no);
    row = name == UINT32_MAX ? 0 : pool_add(&core->kins);
    if (row == 0)
        return 0;
    if (table_add(&core->kin_table, table_hash(case_no), row) != 0) {
        pool_free(&core->kins, row);
        return 0;
    }
    struct core_kin *kin = kin_row(core, row);
    kin->name = name;
    kin->case_row = case_find(core, case_no);
    if (kin->case_row != 0)
        case_row(core, kin->case_row)->is_kin = true;
    return row;
}

static uint32_t kin_of(const struct core *core, const struct core_case *kase)
{
    return kase->is_kin ? kin_find(core, text_heap_get(&core->keys, kase->key)) : 0;
}

const struct core_kin *family_find(const struct core *core, const struct core_case *kase)
{
    uint32_t row = kin_of(core, kase);
    return row == 0 ? NULL : kin_row(core, row);
}

struct slice family_parent(const struct core *core, const struct core_case *kase)
{
    const struct core_kin *kin = family_find(core, kase);
    if (kin == NULL || kin->named == 0)
        return (struct slice){0};
    return names_get(&core->names, kin_row(core, kin->named)->name);
}

/* Does the parent look at its children at all? */
static bool is_looking(const struct core *core, const struct core_kin *parent)
{
    return parent->case_row != 0 && case_edition(core, case_row(core, parent->case_row))->is_joint;
}

uint32_t family_child(const struct core *core, const struct core_case *kase, uint32_t after)
{
    const struct core_kin *kin = after == 0 ? family_find(core, kase) : NULL;
    if (after != 0)
        return kin_row(core, after)->next;
    return kin == NULL || !is_looking(core, kin) ? 0 : kin->first_child;
}

uint32_t family_case(const struct core *core, uint32_t child)
{
    return kin_row(core, child)->case_row;
}

/* ---- who belongs to whom ----------------------------------------------------------------------
 */

void family_name(struct core *core, struct core_case *kase, struct slice parent)
{
    uint32_t own = kin_make(core, text_heap_get(&core->keys, kase->key));
    uint32_t named = kin_make(core, parent);
    if (own == 0 || named == 0)
        core->counts.unjudgeable++;
    else
        kin_row(core, own)->named = named;
}

void family_arrive(struct core *core, uint32_t case_index)
{
    if (case_index == 0 || core->kins.count == 1)
        return;
    struct core_case *kase = case_row(core, case_index);
    uint32_t row = kin_find(core, text_heap_get(&core->keys, kase->key));
    if (row == 0)
        return;
    kin_row(core, row)->case_row = case_index;
    kase->is_kin = true;
}

bool family_awaits(const struct core *core, const struct core_case *kase)
{
    return kase->is_kin && kase->settled_ms == INT64_MIN && family_child(core, kase, 0) != 0;
}

static void leave(struct core *core, uint32_t row)
{
    struct core_kin *kin = kin_row(core, row);
    if (kin->parent == 0)
        return;
    uint32_t *link = &kin_row(core, kin->parent)->first_child;
    while (*link != row)
        link = &kin_row(core, *link)->next;
    *link = kin->next;
    kin->next = kin->parent = 0;
    kin->is_seen = false;
}

static void join(struct core *core, uint32_t row, uint32_t parent)
{
    struct core_kin *kin = kin_row(core, row);
    kin->parent = parent;
    if (parent == 0)
        return;
    kin->next = kin_row(core, parent)->first_child;
    kin_row(core, parent)->first_child = row;
}

/* A parent that was admitted, and has had no event yet, will look at all of them with its first. */
static bool is_to_be_shown(const struct core *core, uint32_t parent)
{
    return parent != 0 && is_looking(core, kin_row(core, parent)) &&
           case_row(core, kin_row(core, parent)->case_row)->settled_ms != INT64_MIN;
}

static void look_again(struct core *core, uint32_t parent, struct event_ref upto)
{
    if (is_to_be_shown(core, parent))
        case_look_again(core, kin_row(core, parent)->case_row, upto);
}

void family_settle(struct core *core, uint32_t case_index, const struct event *event,
                   struct event_ref ref, bool is_again)
{
    uint32_t row = kin_of(core, case_row(core, case_index));
    struct core_kin *kin = kin_row(core, row);
    uint32_t before = kin->parent;
    kin->case_row = case_index;
    if (kin->named != before) {
        leave(core, row);
        join(core, row, kin->named);
        look_again(core, before, ref);
        look_again(core, kin->named, ref);
        return;
    }
    if (!is_to_be_shown(core, before) || (!is_again && !family_is_told(event->kind)))
        return;
    uint32_t parent_case = kin_row(core, before)->case_row;
    if (is_again || event->at.ms < case_row(core, parent_case)->settled_ms)
        case_look_again(core, parent_case, ref);
    else
        case_show_child(core, parent_case, event);
}

/* ---- what the parent sees ---------------------------------------------------------------------
 */

static void seen_add(struct core_kin *parent, enum case_state state, int by)
{
    parent->open_count += (uint32_t)(state == CASE_OPEN ? by : 0);
    parent->finished_count += (uint32_t)(state == CASE_FINISHED ? by : 0);
}

static void see(struct core_kin *parent, struct core_kin *child, enum event_kind kind)
{
    enum case_state before = child->is_seen ? (enum case_state)child->state : CASE_OPEN;
    if (child->is_seen)
        seen_add(parent, before, -1);
    else
        parent->child_count++;
    child->state = (uint8_t)case_state_after(before, kind);
    child->is_seen = true;
    seen_add(parent, (enum case_state)child->state, 1);
}

/* Ended by the last child, and not by an end of its own. */
static bool is_stopped_by_children(const struct core_case *kase, const struct core_clock *clock)
{
    return clock->state == CLOCK_STOPPED && kase->ended_by == EVENT_NONE &&
           family_is_told((enum event_kind)clock->stopped_by);
}

static void stop(struct core *core, struct core_clock *clock, const struct event *event)
{
    clock->state = CLOCK_STOPPED;
    clock->stop_ms = event->at.ms;
    clock->stopped_by = (uint8_t)event->kind;
    clock->next_ms = CLOCK_TOUCHED;
    core->counts.clocks_running--;
}

/* It had not ended after all: the time goes on as if it had never stood still. */
static void go_on(struct core *core, struct core_case *kase, struct core_clock *clock)
{
    case_heeds(kase, clock->heeds);
    clock->state = CLOCK_RUNNING;
    clock->stop_ms = INT64_MAX;
    clock->stopped_by = EVENT_NONE;
    clock->next_ms = CLOCK_TOUCHED;
    core->counts.clocks_running++;
}

static bool have_all_ended(const struct core_kin *kin)
{
    return kin->child_count > 0 && kin->open_count == 0;
}

bool family_show(struct core *core, struct core_case *kase, const struct event *event)
{
    uint32_t row = kin_of(core, kase);
    uint32_t child = kin_find(core, event->case_no);
    if (row == 0 || child == 0)
        return false;
    bool is_touched = follow(core, kase, event->at);
    struct core_kin *kin = kin_row(core, row);
    see(kin, kin_row(core, child), event->kind);
    for (uint32_t at = kase->first_clock; at != 0;) {
        struct core_clock *clock = clock_row(core, at);
        at = clock->next;
        if (!clock_rule(core, kase, clock)->stops_with_children)
            continue;
        bool is_ending = clock->state == CLOCK_RUNNING && have_all_ended(kin);
        bool is_going_on = !have_all_ended(kin) && is_stopped_by_children(kase, clock);
        if (is_ending)
            stop(core, clock, event);
        else if (is_going_on)
            go_on(core, kase, clock);
        is_touched = is_touched || is_ending || is_going_on;
    }
    is_touched |= follow(core, kase, event->at);
    return is_touched;
}

bool family_start(struct core *core, struct core_case *kase, const struct event *event)
{
    const struct core_kin *kin = family_find(core, kase);
    bool is_touched = false;
    for (uint32_t at = kin != NULL && have_all_ended(kin) ? kase->first_clock : 0; at != 0;) {
        struct core_clock *clock = clock_row(core, at);
        at = clock->next;
        if (!clock_rule(core, kase, clock)->stops_with_children || clock->state != CLOCK_RUNNING ||
            clock->start_ms != event->at.ms)
            continue;
        stop(core, clock, event);
        clock->stopped_by = EVENT_FINISH;
        is_touched = true;
    }
    return is_touched;
}

void family_reset(struct core *core, struct core_case *kase)
{
    uint32_t row = kin_of(core, kase);
    if (row == 0)
        return;
    struct core_kin *kin = kin_row(core, row);
    kin->named = 0;
    kin->child_count = kin->open_count = kin->finished_count = 0;
    for (uint32_t child = kin->first_child; child != 0; child = kin_row(core, child)->next)
        kin_row(core, child)->is_seen = false;
}

/* ---- the whole --------------------------------------------------------------------------------
 */

int family_reindex(struct core *core)
{
    for (uint32_t row = 1; row < core->kins.count; row++) {
        struct slice case_no = names_get(&core->names, kin_row(core, row)->name);
        int error = table_add(&core->kin_table, table_hash(case_no), row);
        if (error != 0)
            return error;
    }
    return 0;
}

uint64_t family_bytes(const struct core *core)
{
    return pool_bytes(&core->kins) + table_bytes(&core->kin_table);
}
