/* ruleset.c - looking things up in a compiled rule set. Items and orgs are sorted by their codes,
 * so that finding one of ten thousand takes fourteen compares.
 */
#include "rules/model/ruleset.h"

#include <stdlib.h>

enum { NO_MEMORY = -12 }; /* -ENOMEM: errno.h is not for the pure folders */

const char *const item_kind_name[ITEM_KIND_COUNT] = {"immediate", "promised", "joint", "forwarded"};
const char *const item_kind_zh[ITEM_KIND_COUNT] = {"即办件", "承诺件", "联办件", "上报件"};
const char *const edition_move_name[3] = {"none", "calendars", "all"};
const char *const across_per_name[ACROSS_PER_COUNT] = {"org", "handler", "item", "area"};
const char *const across_window_name[ACROSS_WINDOW_COUNT] = {"year", "quarter", "month",
                                                             "day",  "second",  "none"};
const char *const across_form_name[3] = {"share", "count", "in_a_row"};

void ruleset_destroy(struct ruleset **ruleset_p)
{
    struct ruleset *ruleset = *ruleset_p;
    *ruleset_p = NULL;
    if (ruleset == NULL)
        return;
    for (uint32_t i = 0; i < ruleset->calendar_count; i++) {
        struct calendar *calendar = ruleset->calendars[i];
        calendar_destroy(&calendar);
    }
    struct arena *arena = ruleset->arena; /* the rule set itself lives in it */
    arena_destroy(&arena);
}

const struct item *ruleset_item(const struct ruleset *ruleset, struct slice code)
{
    uint32_t low = 0;
    uint32_t high = ruleset->item_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = slice_order(ruleset->items[middle].code, code);
        if (order == 0)
            return &ruleset->items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct item_step *item_step_find(const struct item *item, struct slice step_code)
{
    for (uint32_t i = 0; item != NULL && i < item->step_count; i++)
        if (slice_is_equal(item->steps[i].step_code, step_code))
            return &item->steps[i];
    return NULL;
}

bool ruleset_item_kind(const struct ruleset *ruleset, const struct item *item,
                       enum item_kind *kind_out)
{
    *kind_out = item == NULL ? ITEM_PROMISED : item->kind;
    return item != NULL || ruleset->item_count == 0;
}

const struct org *ruleset_org(const struct ruleset *ruleset, struct slice code)
{
    uint32_t low = 0;
    uint32_t high = ruleset->org_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = slice_order(ruleset->orgs[middle].code, code);
        if (order == 0)
            return &ruleset->orgs[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static event_kind_set rule_on(const struct rule *rule)
{
    return rule->form == RULE_CLOCK ? rule->start : rule->on;
}

static int rung_index(const struct rule *rule, struct slice name)
{
    for (uint32_t i = 0; i < rule->rung_count; i++)
        if (slice_is_equal(rule->rungs[i].name, name))
            return (int)i;
    return -1;
}

/* A rule whose source is not among the rules, as in the test of a rule alone, never begins. */
static bool index_followers(struct ruleset *ruleset, struct arena *arena)
{
    struct follower *followers = arena_take(arena, ruleset->rule_count, sizeof *followers);
    if (followers == NULL)
        return false;
    ruleset->follower_count = 0;
    ruleset->followers = followers;
    for (uint32_t i = 0; i < ruleset->rule_count; i++) {
        const struct rule *rule = &ruleset->rules[i];
        const struct rule *source =
            slice_is_empty(rule->follows_rule) ? NULL : ruleset_rule(ruleset, rule->follows_rule);
        int rung = source == NULL ? -1 : rung_index(source, rule->follows_card);
        if (rung >= 0)
            followers[ruleset->follower_count++] =
                (struct follower){.rule = (uint16_t)i,
                                  .source = (uint16_t)(source - ruleset->rules),
                                  .rung = (uint8_t)rung};
    }
    return true;
}

static bool is_general_on(const struct rule *rule, int kind)
{
    return rule->item_count == 0 && (rule_on(rule) & EVENT_KIND_BIT(kind)) != 0;
}

static int index_kind(struct ruleset *ruleset, struct arena *arena, int kind)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < ruleset->rule_count; i++)
        count += is_general_on(&ruleset->rules[i], kind);
    uint16_t *on = arena_take(arena, count, sizeof *on);
    if (on == NULL)
        return NO_MEMORY;
    ruleset->on_count[kind] = 0;
    for (uint32_t i = 0; i < ruleset->rule_count; i++)
        if (is_general_on(&ruleset->rules[i], kind))
            on[ruleset->on_count[kind]++] = (uint16_t)i;
    ruleset->on[kind] = on;
    return 0;
}

/* A rule and one of its items. */
struct pair {
    struct slice code;
    uint32_t rule;
};

static int pair_order(const void *a, const void *b)
{
    const struct pair *x = a;
    const struct pair *y = b;
    int order = slice_order(x->code, y->code);
    return order != 0 ? order : (x->rule > y->rule) - (x->rule < y->rule);
}

static uint32_t pairs_list(const struct ruleset *ruleset, struct pair *pairs)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < ruleset->rule_count; i++) {
        const struct rule *rule = &ruleset->rules[i];
        for (uint32_t k = 0; k < rule->item_count; k++, count++)
            if (pairs != NULL)
                pairs[count] = (struct pair){.code = rule->items[k], .rule = i};
    }
    return count;
}

/* The rules of one item, in file order, by the kinds of events that they look at. */
static int index_item(const struct ruleset *ruleset, struct arena *arena, const struct pair *pairs,
                      struct item_rules *own)
{
    uint32_t *from = arena_take(arena, EVENT_KIND_COUNT + 1, sizeof *from);
    own->on_count = 0;
    for (uint32_t i = 0; i < own->count; i++)
        for (event_kind_set on = rule_on(&ruleset->rules[pairs[i].rule]); on != 0; on &= on - 1)
            own->on_count++;
    struct item_rule *rules = arena_take(arena, own->on_count, sizeof *rules);
    if (from == NULL || rules == NULL)
        return NO_MEMORY;
    uint32_t at = 0;
    for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        from[kind] = at;
        for (uint32_t i = 0; i < own->count; i++)
            if ((rule_on(&ruleset->rules[pairs[i].rule]) & EVENT_KIND_BIT(kind)) != 0)
                rules[at++] = (struct item_rule){.rule = (uint16_t)pairs[i].rule,
                                                 .alike = ruleset->alike[pairs[i].rule]};
    }
    from[EVENT_KIND_COUNT] = at;
    own->code = pairs->code;
    own->from = from;
    own->rules = rules;
    return 0;
}

/* pairs: sorted. */
static int index_pairs(struct ruleset *ruleset, struct arena *arena, const struct pair *pairs,
                       uint32_t pair_count)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < pair_count; i++)
        count += i == 0 || !slice_is_equal(pairs[i].code, pairs[i - 1].code);
    struct item_rules *all = arena_take(arena, count, sizeof *all);
    int error = all == NULL ? NO_MEMORY : 0;
    ruleset->item_rules = all;
    ruleset->item_rules_count = count;
    for (uint32_t i = 0, at = 0; error == 0 && i < pair_count; i += all[at++].count) {
        all[at].count = 1;
        while (i + all[at].count < pair_count &&
               slice_is_equal(pairs[i].code, pairs[i + all[at].count].code))
            all[at].count++;
        error = index_item(ruleset, arena, &pairs[i], &all[at]);
    }
    return error;
}

static int index_items(struct ruleset *ruleset, struct arena *arena)
{
    uint32_t pair_count = pairs_list(ruleset, NULL);
    struct pair *pairs = malloc((pair_count + 1) * sizeof *pairs);
    if (pairs == NULL)
        return NO_MEMORY;
    (void)pairs_list(ruleset, pairs);
    qsort(pairs, pair_count, sizeof *pairs, pair_order);
    int error = index_pairs(ruleset, arena, pairs, pair_count);
    free(pairs);
    return error;
}

int ruleset_index(struct ruleset *ruleset, struct arena *arena)
{
    int error = 0;
    assert(ruleset->rule_count <= UINT16_MAX);
    if (!index_followers(ruleset, arena))
        return NO_MEMORY;
    for (int kind = 0; error == 0 && kind < EVENT_KIND_COUNT; kind++)
        error = index_kind(ruleset, arena, kind);
    if (error == 0)
        error = ruleset_find_alike(ruleset, arena);
    return error != 0 ? error : index_items(ruleset, arena);
}

const struct item_rules *ruleset_item_rules(const struct ruleset *ruleset, struct slice code)
{
    uint32_t low = 0;
    uint32_t high = ruleset->item_rules_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = slice_order(ruleset->item_rules[middle].code, code);
        if (order == 0)
            return &ruleset->item_rules[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const uint16_t *ruleset_on(const struct ruleset *ruleset, enum event_kind kind, uint32_t *count_out)
{
    assert(kind < EVENT_KIND_COUNT);
    *count_out = ruleset->on_count[kind];
    return ruleset->on[kind];
}

const struct rule *ruleset_rule(const struct ruleset *ruleset, struct slice name)
{
    for (uint32_t i = 0; i < ruleset->rule_count; i++)
        if (slice_is_equal(ruleset->rules[i].name, name))
            return &ruleset->rules[i];
    return NULL;
}

bool rule_is_of_item(const struct rule *rule, struct slice code)
{
    for (uint32_t i = 0; i < rule->item_count; i++)
        if (slice_is_equal(rule->items[i], code))
            return true;
    return rule->item_count == 0;
}

int ruleset_level(const struct ruleset *ruleset, struct slice name)
{
    for (uint32_t i = 0; i < ruleset->level_count; i++)
        if (slice_is_equal(ruleset->levels[i], name))
            return (int)i;
    return -1;
}

/* The term of these is how long they are to last: the limit of the clock that they start. */
static const event_kind_set kinds_with_term = EVENT_KIND_BIT(EVENT_PAUSE) |
                                              EVENT_KIND_BIT(EVENT_CORRECT_ASK) |
                                              EVENT_KIND_BIT(EVENT_SUPERVISE);

static struct term limit_by_name(const struct item_limit *limits, uint32_t count, uint16_t name)
{
    for (uint32_t i = 0; i < count; i++)
        if (limits[i].name == name)
            return limits[i].term;
    return (struct term){0};
}

static struct term limit_from(const struct ruleset *ruleset, enum limit_source source,
                              const struct rule_limit *limit, const struct event *event,
                              const struct item *item, const struct org *org,
                              const struct item_step *step)
{
    const struct term none = {0};
    enum item_kind kind;
    switch (source) {
    case LIMIT_FROM_EVENT:
        if (term_is_set(event->limit))
            return event->limit;
        return (kinds_with_term & EVENT_KIND_BIT(event->kind)) != 0 ? event->term : none;
    case LIMIT_FROM_ITEM:
        return item == NULL ? none : limit_by_name(item->limits, item->limit_count, limit->name);
    case LIMIT_FROM_KIND:
        return ruleset_item_kind(ruleset, item, &kind) ? limit->by_kind[kind] : none;
    case LIMIT_FROM_ORG:
        return org == NULL ? none : limit_by_name(org->limits, org->limit_count, limit->name);
    case LIMIT_FROM_STEP:
        return step == NULL ? none : step->limit;
    case LIMIT_SOURCE_COUNT:
        break;
    }
    assert(false);
    return none;
}

struct term rule_limit_term(const struct ruleset *ruleset, const struct rule_limit *limit,
                            const struct event *event, const struct item *item,
                            const struct org *org, const struct item_step *step,
                            enum limit_source *source_out)
{
    assert(limit->name < ruleset->limit_name_count);
    for (uint32_t i = 0; i < limit->source_count; i++) {
        enum limit_source source = (enum limit_source)limit->sources[i];
        *source_out = source;
        if (source == LIMIT_FROM_EVENT && instant_is_set(event->due_at))
            return (struct term){0}; /* the instant itself is given */
        struct term term = limit_from(ruleset, source, limit, event, item, org, step);
        if (term_is_set(term))
            return term;
    }
    *source_out = LIMIT_SOURCE_COUNT;
    return limit->otherwise;
}
