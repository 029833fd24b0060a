/* warm.c - bring near what the next events will look at. Among millions of cases every step from
 * the table to the case to its clocks is a wait for memory; taken for many events at once, the
 * waits overlap. Only reads, only hints: leaving it out changes nothing but the time.
 */
#include "engine/core/state.h"

enum { WINDOW = 64, CLOCKS_WARMED = 6 };

static void warm_cases(const struct core *core, const uint32_t rows[WINDOW],
                       uint32_t clocks[WINDOW])
{
    for (uint32_t i = 0; i < WINDOW; i++) {
        if (rows[i] == 0)
            continue;
        const struct core_case *kase = case_row(core, rows[i]);
        clocks[i] = kase->first_clock;
        text_heap_prefetch(&core->keys, kase->key);
        if (clocks[i] != 0)
            __builtin_prefetch(clock_row(core, clocks[i]));
        if (kase->deadline != 0)
            __builtin_prefetch(&core->deadlines.heap[kase->deadline]);
    }
}

static void warm_window(const struct core *core, const struct event *events, uint32_t count)
{
    uint64_t hashes[WINDOW];
    uint32_t rows[WINDOW] = {0};
    uint32_t clocks[WINDOW] = {0};
    for (uint32_t i = 0; i < count; i++) {
        hashes[i] = table_hash(events[i].case_no);
        table_prefetch(&core->case_table, hashes[i]);
    }
    for (uint32_t i = 0; i < count; i++) {
        rows[i] = table_guess(&core->case_table, hashes[i]);
        if (rows[i] != 0)
            __builtin_prefetch(case_row(core, rows[i]));
    }
    warm_cases(core, rows, clocks);
    for (uint32_t step = 0; step < CLOCKS_WARMED; step++) {
        for (uint32_t i = 0; i < count; i++) {
            if (clocks[i] == 0)
                continue;
            clocks[i] = clock_row(core, clocks[i])->next;
            if (clocks[i] != 0)
                __builtin_prefetch(clock_row(core, clocks[i]));
        }
    }
}

void core_warm(const struct core *core, const struct event *events, uint32_t count)
{
    for (uint32_t at = 0; at < count; at += WINDOW)
        warm_window(core, events + at, count - at < WINDOW ? count - at : WINDOW);
}
