/* query_idle.c - why the rules that have no clock in a case do not judge it: one line a rule.
 *
 * An edition may have very many rules that are of other items: unless all are asked for, these are
 * counted and not listed.
 */
#include "engine/query/query_idle.h"
#include "engine/query/receipt.h"
#include "engine/query/said.h"

enum { IDLE_LISTED_MAX = 1000, ITEMS_LISTED_MAX = 8, FEW_RULES = 64 };

struct idle_walk {
    const struct query_world *world;
    const struct case_view *kase;
    json_t *answer;
    const json_t *clocks;
    const json_t *awaited;
    json_t *list;
    bool is_all;
    uint32_t others; /* of other items, not listed */
    uint32_t more;   /* behind the last that is listed */
};

static json_t *kinds_json(event_kind_set kinds)
{
    json_t *list = json_array();
    for (int kind = 1; kind < EVENT_KIND_COUNT; kind++)
        if ((kinds & EVENT_KIND_BIT(kind)) != 0)
            json_array_append_new(list, json_string(event_kind_name[kind]));
    return list;
}

static json_t *item_kinds_json(uint32_t kinds)
{
    json_t *list = json_array();
    for (int kind = 0; kind < ITEM_KIND_COUNT; kind++)
        if ((kinds & (UINT32_C(1) << kind)) != 0)
            json_array_append_new(list, json_string(item_kind_name[kind]));
    return list;
}

static json_t *items_json(const struct rule *rule)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < rule->item_count && i < ITEMS_LISTED_MAX; i++)
        json_array_append_new(list, query_text(rule->items[i]));
    return list;
}

static json_t *unmet_json(const struct idle_view *idle)
{
    struct condition parts[CONDITION_PARTS_MAX];
    json_t *list = json_array();
    uint32_t count = idle->condition == NULL ? 0 : condition_parts(idle->condition, parts);
    for (uint32_t i = 0; i < count; i++)
        if ((idle->unmet & (UINT32_C(1) << i)) != 0)
            json_array_append_new(list, query_text(parts[i].text));
    return list;
}

static json_t *instant_json(const struct rule *rule, struct instant at)
{
    const struct clock_view of = {.calendar = rule->calendar};
    return receipt_instant(&of, at);
}

/* The rung of a rule among the clocks of the case; NULL: it has no such clock. */
static const json_t *rung_find(const json_t *clocks, struct slice rule, struct slice rung)
{
    size_t i;
    size_t k;
    const json_t *clock;
    const json_t *one;
    json_array_foreach(clocks, i, clock)
    {
        if (!slice_is_equal(rule, slice_of(json_string_value(json_object_get(clock, "rule")))))
            continue;
        json_array_foreach(json_object_get(clock, "rungs"), k, one)
        {
            if (slice_is_equal(rung, slice_of(json_string_value(json_object_get(one, "rung")))))
                return one;
        }
    }
    return NULL;
}

/* What is said only for some reasons. */
static void put_more(const struct idle_walk *walk, const struct idle_view *idle, json_t *json)
{
    const struct rule *rule = idle->rule;
    const struct ruleset *ruleset =
        core_edition(turn_core(walk->world->turn), walk->kase->edition_index);
    const struct item *item = ruleset_item(ruleset, walk->kase->item);
    enum item_kind kind;
    if (idle->reason == IDLE_KIND && ruleset_item_kind(ruleset, item, &kind))
        json_object_set_new(json, "item_kind", json_string(item_kind_name[kind]));
    if (idle->reason == IDLE_KIND || idle->reason == IDLE_KINDLESS)
        json_object_set_new(json, "item_kinds", item_kinds_json(rule->item_kinds));
    if (idle->reason == IDLE_BEFORE)
        json_object_set_new(json, "valid_from", instant_json(rule, rule->valid_from));
    if (idle->reason == IDLE_AFTER)
        json_object_set_new(json, "valid_to", instant_json(rule, rule->valid_to));
    if (idle->reason == IDLE_ITEM) {
        json_object_set_new(json, "items", items_json(rule));
        json_object_set_new(json, "item_count", json_integer(rule->item_count));
    }
    if (idle->reason == IDLE_WAITS)
        json_object_set_new(json, "waits_for",
                            kinds_json(rule->form == RULE_CLOCK ? rule->start : rule->on));
    if (idle->condition != NULL)
        json_object_set_new(json, "condition", query_text(idle->condition->text));
    if (idle->condition != NULL)
        json_object_set_new(json, "unmet", unmet_json(idle));
    said_put(walk->answer, ruleset, rule, idle->condition);
    if (idle->reason == IDLE_GROUP)
        json_object_set_new(json, "group", query_text(idle->group));
    if (idle->reason != IDLE_CARD)
        return;
    const json_t *rung = rung_find(walk->clocks, rule->follows_rule, rule->follows_card);
    json_object_set_new(json, "after",
                        json_pack("{s:o, s:o}", "rule", query_text(rule->follows_rule), "rung",
                                  query_text(rule->follows_card)));
    json_object_set_new(json, "rung_state",
                        rung == NULL ? json_null() : json_copy(json_object_get(rung, "state")));
    json_object_set_new(json, "rung_why",
                        rung == NULL ? json_null() : json_copy(json_object_get(rung, "why")));
}

/* A clock that a card to come begins is told among those that are awaited. */
static bool is_awaited(const struct idle_walk *walk, const struct idle_view *idle)
{
    size_t i;
    const json_t *one;
    json_array_foreach(walk->awaited, i, one)
    {
        const char *rule = json_string_value(json_object_get(one, "rule"));
        if (idle->reason == IDLE_CARD && slice_is_equal(idle->rule->name, slice_of(rule)))
            return true;
    }
    return false;
}

static bool idle_append(void *ctx, const struct idle_view *idle)
{
    struct idle_walk *walk = ctx;
    const struct rule *rule = idle->rule;
    if (is_awaited(walk, idle))
        return true;
    if (idle->reason == IDLE_ITEM && !walk->is_all) {
        walk->others++;
        return true;
    }
    if (json_array_size(walk->list) == IDLE_LISTED_MAX) {
        walk->more++;
        return true;
    }
    json_t *json = json_pack(
        "{s:o, s:i, s:o, s:o, s:s, s:o, s:o}", "rule", query_text(rule->name), "rule_version",
        (int)rule->revision, "title_zh", query_text(rule->title_zh), "title_en",
        query_text(rule->title_en), "reason", idle_reason_name[idle->reason], "kind",
        idle->kind == EVENT_NONE ? json_null() : json_string(event_kind_name[idle->kind]), "at",
        instant_json(rule, idle->at));
    put_more(walk, idle, json);
    json_array_append_new(walk->list, json);
    return true;
}

/* The rule behind this one; 0: from the first. */
static uint32_t index_behind(const struct ruleset *ruleset, const char *name)
{
    const struct rule *rule = name == NULL ? NULL : ruleset_rule(ruleset, slice_of(name));
    return rule == NULL ? 0 : (uint32_t)(rule - ruleset->rules) + 1;
}

void query_idle(const struct query_world *world, const struct case_view *kase,
                const json_t *request, json_t *answer)
{
    const struct core *core = turn_core(world->turn);
    const struct ruleset *ruleset = core_edition(core, kase->edition_index);
    const char *after = json_string_value(json_object_get(request, "after"));
    struct idle_walk walk = {.world = world,
                             .kase = kase,
                             .answer = answer,
                             .clocks = json_object_get(answer, "clocks"),
                             .awaited = json_object_get(answer, "awaited"),
                             .list = json_array(),
                             .is_all = json_is_true(json_object_get(request, "all")) ||
                                       ruleset->rule_count <= FEW_RULES};
    int error = explain_idle(core, kase->index, index_behind(ruleset, after), idle_append, &walk);
    if (error != 0) {
        json_decref(walk.list);
        query_refuse(answer, "full", "memory is short");
        return;
    }
    json_object_set_new(answer, "idle", walk.list);
    json_object_set_new(answer, "idle_of_other_items", json_integer(walk.others));
    json_object_set_new(answer, "idle_more", json_integer(walk.more));
}
