/* limits.c - how long a clock's limits are: resolved once, when it begins, and shared by all clocks
 * that have the same ones.
 */
#include "engine/cases/limits.h"

static_assert(sizeof(struct limit_set) == RULE_LIMITS_MAX * (sizeof(int32_t) + sizeof(enum unit)),
              "sets of limits are compared as bytes");

static bool is_limit_set(const void *owner, uint32_t row, struct slice key)
{
    const struct core *core = owner;
    return memcmp(pool_row(&core->limit_sets, row), key.start, key.count) == 0;
}

/* The row of these lengths, made when it is new; 0: no room. */
static uint32_t limit_set_find(struct core *core, const struct limit_set *set)
{
    struct slice key = {.start = (const char *)set, .count = sizeof *set};
    uint64_t hash = table_hash(key);
    uint32_t row = table_find(&core->limit_table, hash, key, is_limit_set, core);
    if (row != 0)
        return row;
    row = pool_add(&core->limit_sets);
    if (row == 0 || table_add(&core->limit_table, hash, row) != 0)
        return 0;
    memcpy(pool_row(&core->limit_sets, row), set, sizeof *set);
    return row;
}

/* The same, of those that were asked for last. count: of the lengths that may be set. */
static uint32_t limit_set_keep(struct core *core, const struct limit_set *set, uint32_t count)
{
    uint64_t spread = 0;
    for (uint32_t i = 0; i < count; i++)
        spread = (spread ^ ((uint64_t)set->terms[i].n << 8 | set->terms[i].unit)) *
                 UINT64_C(0x9e3779b97f4a7c15);
    uint32_t *found = &core->limits_found[spread >> (64 - LIMITS_FOUND_BITS)];
    if (*found == 0 || memcmp(pool_row(&core->limit_sets, *found), set, sizeof *set) != 0)
        *found = limit_set_find(core, set);
    return *found;
}

struct clock_more *clock_more_make(struct core *core, struct core_clock *clock)
{
    if (clock->more == 0) {
        clock->more = pool_add(&core->mores);
        if (clock->more == 0)
            return NULL;
        ((struct clock_more *)pool_row(&core->mores, clock->more))->due_ms = INT64_MIN;
    }
    return pool_row(&core->mores, clock->more);
}

/* Of this limit, by its sources. */
static struct term limit_term(const struct core *core, const struct core_case *kase,
                              const struct rule_limit *limit, const struct event *event,
                              enum limit_source *source_out)
{
    const struct ruleset *ruleset = case_edition(core, kase)->ruleset;
    const struct item *item = case_item(core, kase);
    const struct org *org =
        ruleset->org_count == 0 ? NULL : ruleset_org(ruleset, names_get(&core->names, kase->org));
    const struct item_step *step =
        event->step.count == 0 ? NULL : item_step_find(item, event->step);
    return rule_limit_term(ruleset, limit, event, item, org, step, source_out);
}

void limits_take(struct core *core, const struct core_case *kase, const struct rule *rule,
                 const struct event *event, struct core_clock *clock)
{
    struct limit_set set = {0}; /* it is compared as bytes: a term has no holes */
    bool is_by_source = false;
    for (uint32_t i = 0; i < rule->limit_count; i++) {
        const struct rule_limit *limit = &rule->limits[i];
        enum limit_source source = LIMIT_SOURCE_COUNT;
        set.terms[i] = limit->source_count == 0 ? limit->otherwise
                                                : limit_term(core, kase, limit, event, &source);
        if (source == LIMIT_FROM_EVENT && !term_is_set(set.terms[i]))
            is_by_source = true;
    }
    clock->limits = limit_set_keep(core, &set, rule->limit_count);
    if (is_by_source && instant_is_set(event->due_at)) {
        struct clock_more *more = clock_more_make(core, clock);
        if (more != NULL)
            more->due_ms = event->due_at.ms;
    }
}

void clock_more_release(struct core *core, struct core_clock *clock)
{
    struct clock_more *more = clock_more_find(core, clock);
    if (more == NULL)
        return;
    for (uint32_t row = more->first_gap; row != 0;) {
        uint32_t next = pause_row(core, row)->next;
        pool_free(&core->pauses, row);
        row = next;
    }
    pool_free(&core->mores, clock->more);
    clock->more = 0;
}
