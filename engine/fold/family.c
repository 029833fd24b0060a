/* family.c - see family.h. */
#include "engine/fold/family.h"
#include "engine/cases/kin.h"
#include "engine/fold/follow.h"

/* ---- whom to tell -----------------------------------------------------------------------------
 */

static uint32_t shown_case(const struct core *core, uint32_t parent)
{
    return kin_is_shown(core, parent) ? kin_row(core, parent)->case_row : 0;
}

struct family_news family_settle(struct core *core, uint32_t case_index, const struct event *event,
                                 bool is_again)
{
    uint32_t row = kin_of(core, case_row(core, case_index));
    struct core_kin *kin = kin_row(core, row);
    uint32_t before = kin->parent;
    kin->case_row = case_index;
    uint32_t parent = shown_case(core, before);
    if (kin->named != before) {
        kin_join(core, row, kin->named);
        return (struct family_news){.again = {parent, shown_case(core, kin->named)}};
    }
    if (parent == 0 || (!is_again && !kin_is_told(event->kind)))
        return (struct family_news){0};
    if (is_again || event->at.ms < case_row(core, parent)->settled_ms)
        return (struct family_news){.again = {parent}};
    return (struct family_news){.shown = parent};
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
           kin_is_told((enum event_kind)clock->stopped_by);
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
    case_heeds_any(kase);
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
    uint32_t child = kin_named(core, event->case_no);
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
    const struct core_kin *kin = kin_find(core, kase);
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
