/* receipt_across.c - the receipt of a card across cases: the group, its numbers, and the cases. */
#include "engine/query/receipt.h"

enum { MEMBERS_SHOWN_MAX = 100 };

static json_t *kinds_json(event_kind_set kinds)
{
    json_t *list = json_array();
    for (int kind = 1; kind < EVENT_KIND_COUNT; kind++)
        if ((kinds & EVENT_KIND_BIT(kind)) != 0)
            json_array_append_new(list, json_string(event_kind_name[kind]));
    return list;
}

static json_t *instant_json(const struct group_view *group, struct instant at)
{
    bool is_real = instant_is_set(at) && at.ms <= INSTANT_LAST_MS;
    return query_instant(at, is_real ? calendar_offset_s(group->rule->calendar, at) : 0);
}

struct members_walk {
    const struct group_view *group;
    json_t *list;
};

static void member_append(void *ctx, const struct member_view *member)
{
    struct members_walk *walk = ctx;
    json_t *json = json_pack("{s:o, s:o, s:b}", "case", query_text(member->case_no), "at",
                             instant_json(walk->group, member->at), "so", member->is_so);
    if (member->rule.count > 0)
        json_object_set_new(json, "rule", query_text(member->rule));
    json_array_append_new(walk->list, json);
}

/* The first hundred; where a later one decided, those that lead up to it. */
static void put_members(const struct core *core, const struct group_view *group, json_t *json)
{
    struct members_walk walk = {.group = group, .list = json_array()};
    uint32_t first = group->place > MEMBERS_SHOWN_MAX ? group->place - MEMBERS_SHOWN_MAX + 1 : 1;
    uint32_t left = group->count - first + 1;
    explain_members(core, group->index, group->first + first - 1,
                    left < MEMBERS_SHOWN_MAX ? left : MEMBERS_SHOWN_MAX, member_append, &walk);
    size_t listed = json_array_size(walk.list);
    json_object_set_new(json, "first", json_integer(first));
    json_object_set_new(json, "members", walk.list);
    json_object_set_new(json, "more", json_integer((json_int_t)(group->count - listed)));
}

/* The case of one place; null: there is none. */
static json_t *member_json(const struct core *core, const struct group_view *group, uint32_t place)
{
    struct members_walk walk = {.group = group, .list = json_array()};
    if (place > 0)
        explain_members(core, group->index, place, 1, member_append, &walk);
    json_t *member = json_incref(json_array_get(walk.list, 0));
    json_decref(walk.list);
    return member != NULL ? member : json_null();
}

/* What a run begins behind, and what has broken it. */
static void put_ends(const struct core *core, const struct group_view *group, json_t *json)
{
    if (group->window != WINDOW_NONE)
        return;
    json_object_set_new(json, "before", member_json(core, group, group->first - 1));
    json_object_set_new(json, "broken_by", member_json(core, group, group->first + group->count));
}

static json_t *group_json(const struct core *core, const struct group_view *group)
{
    const struct rule_across *across = group->rule->across;
    bool is_share = across->form == ACROSS_SHARE;
    json_t *json =
        json_pack("{s:s, s:o, s:s, s:o, s:o, s:s, s:o, s:o, s:i, s:i, s:i, s:i}", "per",
                  across_per_name[group->per], "key", query_text(group->key), "window",
                  across_window_name[group->window], "from", instant_json(group, group->from), "to",
                  instant_json(group, group->to), "form", across_form_name[across->form], "of",
                  kinds_json(group->rule->on), "if",
                  across->is_so == NULL ? json_null() : query_text(across->is_so->text), "at_least",
                  (int)across->at_least, "count", (int)group->count, "so", (int)group->so_count,
                  "place", (int)group->place);
    json_object_set_new(json, "cards",
                        !across->is_of_cards
                            ? json_null()
                            : json_pack("{s:o, s:o}", "level",
                                        query_text(group->ruleset->levels[across->level]), "rule",
                                        query_text(across->of_rule)));
    json_object_set_new(json, "permille", is_share ? json_integer(across->permille) : json_null());
    json_object_set_new(json, "reached", is_share ? json_boolean(across->is_reached) : json_null());
    json_object_set_new(json, "judged", receipt_term(across->judged));
    json_object_set_new(json, "judged_at",
                        is_share ? instant_json(group, group->judged_at) : json_null());
    const struct rung *rung = &group->rule->rungs[0];
    bool is_addressed = rung->to_supervisor || rung->to_org.count > 0;
    json_object_set_new(json, "to_org", is_addressed ? query_text(group->org) : json_null());
    put_members(core, group, json);
    put_ends(core, group, json);
    return json;
}

json_t *receipt_across(const struct query_world *world, json_t *card)
{
    const struct core *core = turn_core(world->turn);
    struct group_view group;
    if (!explain_group(core, slice_of(json_string_value(json_object_get(card, "rule"))),
                       slice_of(json_string_value(json_object_get(card, "case"))), &group))
        return NULL;
    json_t *receipt =
        json_pack("{s:i, s:O, s:o, s:i, s:o, s:o, s:o}", "receipt", 1, "card", card, "rule",
                  receipt_rule(group.rule), "edition", (int)group.ruleset->edition, "calendar",
                  receipt_calendar(group.rule->calendar), "across", group_json(core, &group),
                  "due_at", instant_json(&group, group.due_at));
    receipt_sign(receipt);
    return receipt;
}
