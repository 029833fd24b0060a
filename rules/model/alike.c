/* alike.c - which rules differ in nothing that an event looks at. A catalogue of two thousand items
 * with twenty rules each has forty thousand rules, and mostly the same twenty over and over: the
 * core asks the first of those alike, which is near, for all of them.
 *
 * Of a rule a key is written, all that tells how it judges, byte by byte; two rules with the same
 * key are alike. What is not in the key: name, revision, titles, ground, set, place in the files,
 * and for which items it is.
 */
#include "rules/model/ruleset.h"

#include <stdlib.h>

enum { NO_MEMORY = -12, FIRST_ROOM = 4096 };

/* A field that is new may make two rules differ: it belongs into the key, then its size here. */
#define HAS_SIZE(type, bytes) (sizeof(void *) != 8 || sizeof(struct type) == (bytes))
static_assert(HAS_SIZE(rule, 344), "the key of a rule has all of its fields");
static_assert(HAS_SIZE(rung, 136), "the key of a rung has all of its fields");
static_assert(HAS_SIZE(rule_limit, 72), "the key of a limit has all of its fields");
static_assert(HAS_SIZE(rule_pause, 24), "the key of a pause has all of its fields");
static_assert(HAS_SIZE(condition, 56), "the key of a condition has all of its fields");
static_assert(HAS_SIZE(window, 20), "the key of a window has all of its fields");
static_assert(HAS_SIZE(counting, 20), "the key of a counting has all of its fields");

struct key {
    unsigned char *bytes;
    size_t count;
    size_t room;
    bool is_short; /* of memory */
};

static void put(struct key *key, const void *bytes, size_t count)
{
    if (key->count + count > key->room) {
        size_t room = key->room == 0 ? FIRST_ROOM : key->room * 2;
        while (room < key->count + count)
            room *= 2;
        unsigned char *more = realloc(key->bytes, room);
        key->is_short = key->is_short || more == NULL;
        if (more == NULL)
            return;
        key->bytes = more;
        key->room = room;
    }
    if (count > 0)
        memcpy(key->bytes + key->count, bytes, count);
    key->count += count;
}

/* Of a number, an enum, a bool. */
#define PUT(key, field) put((key), &(field), sizeof(field))

/* What is one and the same, and not only equal. */
static void put_place(struct key *key, const void *place)
{
    put(key, &place, sizeof place);
}

static void put_text(struct key *key, struct slice text)
{
    PUT(key, text.count);
    put(key, text.start, text.count);
}

static void put_term(struct key *key, struct term term)
{
    PUT(key, term.n);
    PUT(key, term.unit);
}

static void put_value(struct key *key, const struct value *value)
{
    PUT(key, value->type);
    switch (value->type) {
    case VALUE_NONE:
        break;
    case VALUE_BOOL:
        PUT(key, value->truth);
        break;
    case VALUE_NUMBER:
    case VALUE_INSTANT:
        PUT(key, value->number);
        break;
    case VALUE_TEXT:
        put_text(key, value->text);
        break;
    case VALUE_TERM:
        put_term(key, value->term);
        break;
    }
}

static void put_condition(struct key *key, const struct condition *condition)
{
    bool is_there = condition != NULL;
    PUT(key, is_there);
    if (!is_there)
        return;
    PUT(key, condition->count);
    for (uint32_t i = 0; i < condition->count; i++) {
        PUT(key, condition->code[i].op);
        PUT(key, condition->code[i].operand);
        PUT(key, condition->code[i].unit);
    }
    PUT(key, condition->constant_count);
    for (uint32_t i = 0; i < condition->constant_count; i++)
        put_value(key, &condition->constants[i]);
    PUT(key, condition->window_count);
    for (uint32_t i = 0; i < condition->window_count; i++) {
        PUT(key, condition->windows[i].kind);
        PUT(key, condition->windows[i].is_of_step);
        put_term(key, condition->windows[i].within);
        PUT(key, condition->windows[i].most);
    }
}

static void put_counting(struct key *key, const struct counting *counting)
{
    PUT(key, counting->count);
    PUT(key, counting->end_at_close);
    PUT(key, counting->roll);
    PUT(key, counting->start_moment);
    PUT(key, counting->cutoff_ms);
    PUT(key, counting->cutoff_to_ms);
    PUT(key, counting->day_off_same_time);
}

static void put_rung(struct key *key, const struct rung *rung)
{
    put_text(key, rung->name);
    put_text(key, rung->text);
    PUT(key, rung->level);
    PUT(key, rung->form);
    PUT(key, rung->limit);
    put_term(key, rung->offset);
    PUT(key, rung->share_permille);
    PUT(key, rung->over_at_least);
    PUT(key, rung->cutoff_ms);
    PUT(key, rung->chain_rung);
    PUT(key, rung->after_finish);
    PUT(key, rung->after_limit);
    PUT(key, rung->issue);
    put_term(key, rung->confirm_within);
    PUT(key, rung->confirm_issues);
    put_condition(key, rung->when);
    PUT(key, rung->to_supervisor);
    put_text(key, rung->to_org);
    PUT(key, rung->dismiss_count);
    for (uint32_t i = 0; i < rung->dismiss_count; i++)
        put_text(key, rung->dismisses[i]);
}

static void put_limit(struct key *key, const struct rule_limit *limit)
{
    PUT(key, limit->name);
    put_text(key, limit->text);
    PUT(key, limit->source_count);
    put(key, limit->sources, limit->source_count);
    for (uint32_t i = 0; i < ITEM_KIND_COUNT; i++)
        put_term(key, limit->by_kind[i]);
    put_term(key, limit->otherwise);
}

static void put_clock(struct key *key, const struct rule *rule)
{
    put_place(key, rule->calendar);
    put_counting(key, &rule->counting);
    PUT(key, rule->start);
    put_text(key, rule->follows_rule);
    put_text(key, rule->follows_card);
    PUT(key, rule->stop);
    PUT(key, rule->cancel);
    put_condition(key, rule->start_when);
    put_condition(key, rule->stop_when);
    PUT(key, rule->per_step);
    PUT(key, rule->is_dismissible);
    PUT(key, rule->stops_with_children);
    PUT(key, rule->restart);
    PUT(key, rule->continues);
    PUT(key, rule->restarts_running);
    PUT(key, rule->open_pause_at_finish);
    PUT(key, rule->limit_count);
    for (uint32_t i = 0; i < rule->limit_count; i++)
        put_limit(key, &rule->limits[i]);
    PUT(key, rule->pause_count);
    for (uint32_t i = 0; i < rule->pause_count; i++) {
        PUT(key, rule->pauses[i].from);
        PUT(key, rule->pauses[i].to);
        put_term(key, rule->pauses[i].term);
        put_term(key, rule->pauses[i].cap);
    }
    PUT(key, rule->extension.times_max);
    put_term(key, rule->extension.by);
    PUT(key, rule->extension.after_due_allowed);
}

static void put_rule(struct key *key, const struct rule *rule)
{
    PUT(key, rule->form);
    PUT(key, rule->valid_from.ms);
    PUT(key, rule->valid_to.ms);
    PUT(key, rule->item_kinds);
    put_condition(key, rule->applies);
    put_clock(key, rule);
    PUT(key, rule->late_discovery);
    PUT(key, rule->supersede);
    PUT(key, rule->on);
    put_condition(key, rule->fact);
    put_place(key, rule->across); /* each has its own: they look at cases together */
    PUT(key, rule->is_promoted);
    PUT(key, rule->rung_count);
    for (uint32_t i = 0; i < rule->rung_count; i++)
        put_rung(key, &rule->rungs[i]);
}

/* The keys of the rules that are the first of their kind, one behind the other in `key`. */
struct known {
    uint64_t hash;
    size_t from;
    size_t count;
    uint32_t rule; /* plus one; 0: the place is empty */
};

static uint64_t hash_of(const unsigned char *bytes, size_t count)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* Writes the rule's key, and takes it back if it is there already. Returns the rule it is like. */
static uint32_t find_alike(struct key *key, struct known *known, size_t places,
                           const struct ruleset *ruleset, uint32_t rule)
{
    size_t from = key->count;
    put_rule(key, &ruleset->rules[rule]);
    size_t count = key->count - from;
    uint64_t hash = hash_of(key->bytes + from, count);
    for (size_t at = hash & (places - 1);; at = (at + 1) & (places - 1)) {
        struct known *it = &known[at];
        if (it->rule == 0) {
            *it = (struct known){.hash = hash, .from = from, .count = count, .rule = rule + 1};
            return rule;
        }
        if (it->hash == hash && it->count == count &&
            memcmp(key->bytes + it->from, key->bytes + from, count) == 0) {
            key->count = from;
            return it->rule - 1;
        }
    }
}

int ruleset_find_alike(struct ruleset *ruleset, struct arena *arena)
{
    uint16_t *alike = arena_take(arena, ruleset->rule_count, sizeof *alike);
    size_t places = 64;
    while (places < (size_t)ruleset->rule_count * 2)
        places *= 2;
    struct known *known = calloc(places, sizeof *known);
    struct key key = {.is_short = alike == NULL || known == NULL};
    ruleset->unlike_count = 0;
    for (uint32_t i = 0; !key.is_short && i < ruleset->rule_count; i++) {
        alike[i] = (uint16_t)find_alike(&key, known, places, ruleset, i);
        ruleset->unlike_count += alike[i] == i;
    }
    ruleset->alike = alike;
    free(known);
    free(key.bytes);
    return key.is_short ? NO_MEMORY : 0;
}
