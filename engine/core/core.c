/* core.c - the door of the core: makes it, lets time pass, takes events in.
 *
 * Invariant between two calls: a case's entry among the deadlines is never later than its next
 * instant, and every rung whose instant lies before core->now has been judged.
 */
#include "engine/core/core.h"
#include "engine/across/across.h"
#include "engine/cases/kin.h"
#include "engine/cases/limits.h"
#include "engine/cases/stray.h"
#include "engine/core/judge.h"
#include "engine/fold/family.h"
#include "engine/fold/fold.h"
#include "engine/fold/follow.h"
#include "engine/reckon/decisions.h"

#include <stdlib.h>

enum { CASE_MAX_PRESET = 16000000, PAST_FIRST_ROOM = 256 };

static int core_init(struct core *core, const struct core_limits *limits)
{
    uint32_t case_max = limits->case_max != 0 ? limits->case_max : CASE_MAX_PRESET;
    uint32_t clock_max = limits->clock_max != 0 ? limits->clock_max : case_max * 8;
    struct {
        struct pool *pool;
        size_t row_bytes;
        uint32_t max;
    } pools[] = {
        {&core->cases, sizeof(struct core_case), case_max},
        {&core->clocks, sizeof(struct core_clock), clock_max},
        {&core->mores, sizeof(struct clock_more), clock_max},
        {&core->pauses, sizeof(struct core_pause), clock_max},
        {&core->tallies, sizeof(struct case_tally), case_max},
        {&core->limit_sets, sizeof(struct limit_set), clock_max},
        {&core->step_tallies, sizeof(struct step_tally), clock_max},
        {&core->recents, sizeof(struct case_recent), clock_max},
        {&core->instants, sizeof(struct case_instants), clock_max},
        {&core->groups, sizeof(struct core_group), clock_max},
        {&core->marks, sizeof(struct core_mark), clock_max},
        {&core->runs, sizeof(struct core_run), clock_max},
        {&core->sides, sizeof(struct case_side), case_max},
        {&core->strays, sizeof(struct core_stray), clock_max},
        {&core->kins, sizeof(struct core_kin), clock_max},
        {&core->decisions, sizeof(struct core_decision), clock_max},
        {&core->confirms, sizeof(struct core_confirm), clock_max},
    };
    for (size_t i = 0; i < COUNT_OF(pools); i++) {
        int error =
            pool_init(pools[i].pool, (uint32_t)pools[i].row_bytes, pools[i].max, limits->is_few);
        if (error != 0)
            return error;
    }
    core->editions = calloc(EDITION_MAX, sizeof *core->editions);
    core->past = calloc(PAST_FIRST_ROOM, sizeof *core->past);
    core->past_room = PAST_FIRST_ROOM;
    core->items_found = calloc((size_t)1 << ITEMS_FOUND_BITS, sizeof *core->items_found);
    core->firsts_found = calloc((size_t)1 << FIRSTS_FOUND_BITS, sizeof *core->firsts_found);
    core->limits_found = calloc((size_t)1 << LIMITS_FOUND_BITS, sizeof *core->limits_found);
    if (core->editions == NULL || core->past == NULL || core->items_found == NULL ||
        core->firsts_found == NULL || core->limits_found == NULL ||
        table_init(&core->case_table) != 0 || table_init(&core->limit_table) != 0 ||
        table_init(&core->group_table) != 0 || table_init(&core->side_table) != 0 ||
        table_init(&core->kin_table) != 0 || text_heap_init(&core->keys) != 0 ||
        names_init(&core->names) != 0)
        return NO_MEMORY;
    core->now = INSTANT_NONE;
    return 0;
}

struct core *core_create(const struct core_limits *limits, const struct core_ports *ports)
{
    struct core *core = calloc(1, sizeof *core);
    if (core == NULL)
        return NULL;
    core->ports = *ports;
    core->is_stepping = limits->is_stepping;
    if (core_init(core, limits) != 0)
        core_destroy(&core);
    return core;
}

void core_destroy(struct core **core_p)
{
    struct core *core = *core_p;
    *core_p = NULL;
    if (core == NULL)
        return;
    pool_clear(&core->cases);
    pool_clear(&core->clocks);
    pool_clear(&core->mores);
    pool_clear(&core->pauses);
    pool_clear(&core->tallies);
    pool_clear(&core->limit_sets);
    pool_clear(&core->step_tallies);
    pool_clear(&core->recents);
    pool_clear(&core->instants);
    pool_clear(&core->groups);
    pool_clear(&core->marks);
    pool_clear(&core->runs);
    pool_clear(&core->sides);
    pool_clear(&core->strays);
    pool_clear(&core->kins);
    pool_clear(&core->decisions);
    pool_clear(&core->confirms);
    table_clear(&core->case_table);
    table_clear(&core->limit_table);
    table_clear(&core->group_table);
    table_clear(&core->side_table);
    table_clear(&core->kin_table);
    text_heap_clear(&core->keys);
    names_clear(&core->names);
    deadlines_clear(&core->deadlines);
    free(core->editions);
    free(core->past);
    free(core->old);
    free(core->held);
    free(core->items_found);
    free(core->firsts_found);
    free(core->limits_found);
    free(core);
}

/* ---- time --------------------------------------------------------------------------------------
 */

void core_advance(struct core *core, struct instant now)
{
    assert(core->now.ms <= now.ms);
    struct deadline first;
    if (!core->is_stepping)
        core->now = now;
    while (deadlines_first(&core->deadlines, &first) && first.at_ms < now.ms) {
        deadlines_drop_first(&core->deadlines);
        if (!deadline_is_due(core, &first))
            continue;
        if (core->is_stepping && core->now.ms <= first.at_ms)
            core->now.ms = first.at_ms + 1;
        if ((first.row & DEADLINE_OF_GROUP) != 0) {
            across_due(core, first.row & ~DEADLINE_OF_GROUP);
            continue;
        }
        struct core_case *kase = case_row(core, first.row);
        kase->armed = 0;
        judge_due(core, kase, (struct instant){.ms = first.at_ms});
        judge_arm(core, kase, first.row);
        across_judge(core);
    }
    core->now = now;
}

struct instant core_next_deadline(const struct core *core)
{
    struct deadline first;
    if (!deadlines_first(&core->deadlines, &first))
        return INSTANT_NEVER;
    return (struct instant){.ms = first.at_ms + 1};
}

struct instant core_now(const struct core *core)
{
    return core->now;
}

/* ---- events ------------------------------------------------------------------------------------
 */

static bool is_case(const void *owner, uint32_t row, struct slice key)
{
    const struct core *core = owner;
    return slice_is_equal(text_heap_get(&core->keys, case_row(core, row)->key), key);
}

static bool is_item_known(const struct core *core, uint16_t edition, struct slice code)
{
    const struct ruleset *ruleset = core->editions[edition].ruleset;
    return code.count == 0 || ruleset->item_count == 0 || ruleset_item(ruleset, code) != NULL ||
           core->editions[edition].is_watching_items;
}

static uint32_t case_make(struct core *core, struct slice case_no, uint64_t hash, uint32_t source)
{
    uint32_t row = pool_add(&core->cases);
    if (row == 0)
        return 0;
    struct core_case *kase = case_row(core, row);
    kase->key = text_heap_add(&core->keys, case_no);
    if (kase->key == 0 || table_add(&core->case_table, hash, row) != 0) {
        pool_free(&core->cases, row);
        return 0;
    }
    kase->edition = (uint16_t)core->in_force;
    kase->source = (uint16_t)source;
    kase->settled_ms = INT64_MIN;
    core->counts.cases++;
    core->counts.cases_open++;
    return row;
}

int core_admit(struct core *core, const struct event *event, struct event_ref ref, uint32_t source,
               uint32_t *case_out, struct event_ref *previous_out)
{
    assert(core->edition_count > 0);
    uint64_t hash = table_hash(event->case_no);
    uint32_t row = table_find(&core->case_table, hash, event->case_no, is_case, core);
    uint16_t edition = row != 0 ? case_row(core, row)->edition : (uint16_t)core->in_force;
    if (row == 0 && event_is_of_card(event->kind))
        return CORE_E_UNKNOWN_CASE;
    if (!is_item_known(core, edition, event->item))
        return CORE_E_UNKNOWN_ITEM;
    if (core->clocks.count >= core->clocks.max && core->clocks.free == 0)
        return CORE_E_FULL;
    if (across_is_full(core))
        return CORE_E_FULL;
    if (row == 0) {
        row = case_make(core, event->case_no, hash, source);
        kin_arrive(core, row);
    }
    if (row == 0)
        return CORE_E_FULL;
    struct core_case *kase = case_row(core, row);
    *previous_out = (struct event_ref){.place = kase->newest};
    *case_out = row;
    kase->newest = ref.place & PLACE_MASK;
    return 0;
}

static bool changes_item(const struct core *core, const struct core_case *kase,
                         const struct event *event)
{
    return event->item.count > 0 && kase->item != 0 && !event_is_of_card(event->kind) &&
           !slice_is_equal(names_get(&core->names, kase->item), event->item);
}

static void case_fold_again(struct core *core, struct core_case *kase, struct event_ref newest)
{
    core->counts.late_events++;
    uint32_t old_count = judge_old_keep(core, kase);
    fold_history(core, kase, newest);
    judge_old_settle(core, kase, old_count);
    for (uint32_t i = 0; i < old_count; i++)
        clock_more_release(core, &core->old[i].clock);
}

/* Judge it now, or when the hold ends. Without room for the note it is judged at once: sooner than
 * asked, never not at all. */
static void case_judge_or_hold(struct core *core, struct core_case *kase, uint32_t case_index)
{
    if (core->is_holding && !kase->is_held && core->held_count == core->held_room) {
        uint32_t room = core->held_room == 0 ? 1024 : core->held_room * 2;
        uint32_t *held = realloc(core->held, room * sizeof *held);
        if (held != NULL) {
            core->held = held;
            core->held_room = room;
        }
    }
    if (!core->is_holding || (!kase->is_held && core->held_count == core->held_room)) {
        judge_case(core, kase, case_index);
        return;
    }
    if (!kase->is_held)
        core->held[core->held_count++] = case_index;
    kase->is_held = true;
}

/* Fold the case again from all that was taken in up to `upto`, and judge it. */
static void case_look_again(struct core *core, uint32_t case_index, struct event_ref upto)
{
    struct core_case *kase = case_row(core, case_index);
    case_fold_again(core, kase, upto);
    case_judge_or_hold(core, kase, case_index);
}

/* Show the case an event of its child, in order, and judge it. */
static void case_show_child(struct core *core, uint32_t case_index, const struct event *event)
{
    struct core_case *kase = case_row(core, case_index);
    uint32_t old_count = kase->has_cards ? judge_old_keep(core, kase) : 0;
    bool is_touched = family_show(core, kase, event);
    kase->settled_ms = event->at.ms;
    if (!is_touched)
        return;
    judge_old_settle(core, kase, old_count);
    case_judge_or_hold(core, kase, case_index);
}

void core_hold(struct core *core)
{
    core->is_holding = true;
}

bool core_has_held(const struct core *core)
{
    return core->held_count > 0 || core->touched != 0;
}

void core_release(struct core *core)
{
    for (uint32_t i = 0; i < core->held_count; i++) {
        struct core_case *kase = case_row(core, core->held[i]);
        kase->is_held = false;
        judge_case(core, kase, core->held[i]);
    }
    core->held_count = 0;
    core->is_holding = false;
    across_judge(core);
}

/* A joint case is looked at again because of what happens to its parts. */
static void parents_tell(struct core *core, uint32_t case_index, const struct event *event,
                         struct event_ref ref, bool is_again)
{
    struct family_news news = family_settle(core, case_index, event, is_again);
    for (uint32_t i = 0; i < COUNT_OF(news.again); i++)
        if (news.again[i] != 0)
            case_look_again(core, news.again[i], ref);
    if (news.shown != 0)
        case_show_child(core, news.shown, event);
}

/* May this event, which comes after all cards of the case, move the instants of some of them, or
 * take them away? Most only begin clocks and stop them. What is left out when a clock goes on moves
 * no instant that has come, but that of a cut-off, which lies on the day of the limit's end. */
static bool may_move_cards(const struct core *core, const struct core_case *kase,
                           const struct event *event)
{
    const struct edition *edition = case_edition(core, kase);
    event_kind_set moving = edition->pause_from | edition->pause_to | edition->moving |
                            EVENT_KIND_BIT(EVENT_EXTEND) | EVENT_KIND_BIT(EVENT_REOPEN);
    return (moving & EVENT_KIND_BIT(event->kind)) != 0 || event_is_of_card(event->kind) ||
           edition->ruleset->follower_count > 0 || kase->is_kin || event->parent.count > 0 ||
           (event->item.count > 0 && kase->item == 0) ||
           (edition->has_calendars && event->org.count > 0);
}

/* Returns whether it was folded again as a whole. */
static bool case_take(struct core *core, struct core_case *kase, uint32_t case_index,
                      const struct event *event, struct event_ref ref, bool is_correction)
{
    if (is_correction || event->at.ms < kase->settled_ms || changes_item(core, kase, event) ||
        follow_is_moved(core, kase, event) || stray_asks_again(core, kase, event) ||
        kin_awaits(core, kase)) {
        case_look_again(core, case_index, ref);
        return true;
    }
    core->folding = ref.place;
    bool is_kept = kase->has_cards && may_move_cards(core, kase, event);
    uint32_t old_count = is_kept ? judge_old_keep(core, kase) : 0;
    bool is_touched = fold_event(core, kase, core->now, event);
    kase->settled_ms = event->at.ms;
    if (!is_touched)
        return false;
    judge_old_settle(core, kase, old_count);
    case_judge_or_hold(core, kase, case_index);
    return false;
}

void core_apply(struct core *core, struct instant now, uint32_t case_index,
                const struct event *event, struct event_ref ref, bool is_correction)
{
    core_advance(core, now);
    core->counts.events++;
    struct core_case *kase = case_row(core, case_index);
    bool is_again = case_take(core, kase, case_index, event, ref, is_correction);
    if (kase->is_kin)
        parents_tell(core, case_index, event, ref, is_again);
    if (!core->is_holding)
        across_judge(core);
}
