/* warm.c - bring near what the next events will look at. Among millions of cases every step from
 * the table to the case to its clocks is a wait for memory; taken for many events at once, the
 * waits overlap. Only reads, only hints: leaving it out changes nothing but the time.
 */
#include "engine/cases/state.h"
#include "engine/core/core.h"

enum {
    WINDOW = 64,
    CLOCKS_WARMED = 8,
    DEADLINES_WARMED = 84, /* three levels of the heap: among them most of those due soon */
    WORTH_IT = 16,
    RULES_NEAR = 64, /* so few unlike rules are near at all times */
};

/* Will an event of this kind look at the clocks of the case? */
static bool is_walked(const struct core *core, const struct core_case *kase, enum event_kind kind)
{
    return case_may_heed(kase, kind) ||
           (case_edition(core, kase)->starting & EVENT_KIND_BIT(kind)) != 0;
}

/* A row may lie across two lines. */
static void warm_row(const void *row, size_t bytes)
{
    const char *start = row;
    __builtin_prefetch(start);
    __builtin_prefetch(start + bytes - 1);
}

static void warm_clock(const struct core *core, uint32_t row)
{
    if (row != 0)
        warm_row(clock_row(core, row), sizeof(struct core_clock));
}

/* What hangs on these cases; rows of cases whose clocks will not be walked are 0. */
static void warm_clocks(const struct core *core, const uint32_t *rows, uint32_t count)
{
    uint32_t clocks[WINDOW] = {0};
    for (uint32_t i = 0; i < count; i++) {
        if (rows[i] != 0)
            clocks[i] = case_row(core, rows[i])->first_clock;
        warm_clock(core, clocks[i]);
    }
    for (uint32_t step = 0; step < CLOCKS_WARMED; step++) {
        for (uint32_t i = 0; i < count; i++) {
            if (clocks[i] == 0)
                continue;
            clocks[i] = clock_row(core, clocks[i])->next;
            warm_clock(core, clocks[i]);
        }
    }
}

static void warm_lines(const void *start, size_t bytes)
{
    enum { LINE_BYTES = 64 };
    for (size_t at = 0; at < bytes; at += LINE_BYTES)
        __builtin_prefetch((const char *)start + at);
}

/* As far as its name. */
static void warm_rule(const struct rule *rule)
{
    warm_lines(rule, offsetof(struct rule, name));
}

/* What it points to: a condition has its code and constants behind it. */
static void warm_rule_parts(const struct rule *rule)
{
    enum { CONDITION_BYTES = 192 };
    warm_lines(rule->rungs, rule->form == RULE_FACT ? 1 : rule->rung_count * sizeof *rule->rungs);
    warm_lines(rule->limits, rule->limit_count * sizeof *rule->limits);
    if (rule->fact != NULL)
        warm_lines(rule->fact, CONDITION_BYTES);
}

/* The rules that the event will ask: those of the clocks that heed it, and those of the case's item
 * that look at it. */
static void warm_rules(const struct core *core, uint32_t row, enum event_kind kind,
                       void (*warm)(const struct rule *rule))
{
    const struct core_case *kase = case_row(core, row);
    const struct ruleset *ruleset = case_edition(core, kase)->ruleset;
    if (ruleset->unlike_count <= RULES_NEAR)
        return;
    uint32_t at = is_walked(core, kase, kind) ? kase->first_clock : 0;
    for (uint32_t step = 0; step < CLOCKS_WARMED && at != 0; step++) {
        const struct core_clock *clock = clock_row(core, at);
        if (clock->state == CLOCK_RUNNING && (clock->heeds & EVENT_KIND_BIT(kind)) != 0)
            warm(ruleset_alike(ruleset, clock->rule));
        at = clock->next;
    }
    uint32_t own_count;
    const struct item_rule *own = item_rules_on(case_item_rules(core, kase), kind, &own_count);
    for (uint32_t i = 0; i < own_count; i++)
        warm(&ruleset->rules[own[i].alike]);
}

static void warm_tally(const struct core *core, uint32_t row, enum event_kind kind)
{
    const struct core_case *kase = case_row(core, row);
    if (kase->tally == 0)
        return;
    const struct case_tally *tally = pool_row(&core->tallies, kase->tally);
    __builtin_prefetch(&tally->count[kind]);
    __builtin_prefetch((const char *)tally + sizeof *tally - 1);
}

static void warm_item(const struct core *core, uint32_t row, enum event_kind kind)
{
    const struct item_rules *own = case_item_rules(core, case_row(core, row));
    if (own == NULL)
        return;
    __builtin_prefetch(&own->from[kind]);
    warm_lines(own->rules, own->on_count * sizeof *own->rules);
}

static void warm_events(const struct core *core, const struct event *events, uint32_t count)
{
    uint64_t hashes[WINDOW];
    uint32_t rows[WINDOW];
    uint32_t walked[WINDOW] = {0};
    for (uint32_t i = 0; i < count; i++) {
        hashes[i] = table_hash(events[i].case_no);
        table_prefetch(&core->case_table, hashes[i]);
    }
    for (uint32_t i = 0; i < count; i++) {
        rows[i] = table_guess(&core->case_table, hashes[i]);
        if (rows[i] != 0)
            __builtin_prefetch(case_row(core, rows[i]));
    }
    for (uint32_t i = 0; i < count; i++) {
        if (rows[i] == 0)
            continue;
        const struct core_case *kase = case_row(core, rows[i]);
        text_heap_prefetch(&core->keys, kase->key);
        walked[i] = is_walked(core, kase, events[i].kind) ? rows[i] : 0;
        warm_tally(core, rows[i], events[i].kind);
        warm_item(core, rows[i], events[i].kind);
    }
    warm_clocks(core, walked, count);
    for (uint32_t i = 0; i < count; i++)
        if (rows[i] != 0)
            warm_rules(core, rows[i], events[i].kind, warm_rule);
    for (uint32_t i = 0; i < count; i++)
        if (rows[i] != 0)
            warm_rules(core, rows[i], events[i].kind, warm_rule_parts);
}

static void warm_deadlines(const struct core *core, uint32_t from, uint32_t count)
{
    uint32_t rows[WINDOW];
    for (uint32_t i = 0; i < count; i++) {
        rows[i] = core->deadlines.heap[from + i].row;
        if ((rows[i] & DEADLINE_OF_GROUP) != 0)
            rows[i] = 0;
        else
            __builtin_prefetch(case_row(core, rows[i]));
    }
    warm_clocks(core, rows, count);
}

void core_warm(const struct core *core, const struct event *events, uint32_t count)
{
    if (count < WORTH_IT)
        return;
    uint32_t due =
        core->deadlines.count < DEADLINES_WARMED ? core->deadlines.count : DEADLINES_WARMED;
    for (uint32_t at = 0; at < due; at += WINDOW)
        warm_deadlines(core, at + 1, due - at < WINDOW ? due - at : WINDOW);
    for (uint32_t at = 0; at < count; at += WINDOW)
        warm_events(core, events + at, count - at < WINDOW ? count - at : WINDOW);
}
