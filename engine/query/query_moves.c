/* query_moves.c - the records of a case's moves, as they are told. */
#include "engine/query/query_moves.h"
#include "engine/query/receipt.h"

enum { MOVES_LISTED_MAX = 100 };

struct moves_walk {
    const struct query_world *world;
    const struct case_view *kase;
    json_t *list;
};

uint32_t moves_edition(const struct query_world *world, const json_t *edition)
{
    const struct ruleset *ruleset;
    int64_t number = json_integer_value(json_object_get(edition, "edition"));
    int64_t calendars = json_integer_value(json_object_get(edition, "calendars_edition"));
    for (uint32_t i = 0; (ruleset = core_edition(turn_core(world->turn), i)) != NULL; i++)
        if (ruleset->edition == number && ruleset->calendars_edition == calendars)
            return i;
    return UINT32_MAX;
}

/* Who imported the edition that asked for the move: it is its own calendars' edition. */
static void put_people(const struct query_world *world, json_t *move)
{
    const struct slice nobody = {0};
    json_int_t number =
        json_integer_value(json_object_get(json_object_get(move, "to"), "calendars_edition"));
    json_t *edition = json_pack("{s:I, s:I}", "edition", number, "calendars_edition", number);
    uint32_t index = moves_edition(world, edition);
    const struct ruleset *ruleset =
        index == UINT32_MAX ? NULL : core_edition(turn_core(world->turn), index);
    json_decref(edition);
    json_object_set_new(move, "by", query_text(ruleset == NULL ? nobody : ruleset->author));
    json_object_set_new(move, "approver", query_text(ruleset == NULL ? nobody : ruleset->approver));
}

/* An instant kept as ms is told like any other, by the calendar of its rule. */
static void tell_instant(json_t *object, const char *name, const struct rule *rule)
{
    const struct clock_view of = {.calendar = rule == NULL ? NULL : rule->calendar};
    const json_t *ms = json_object_get(object, name);
    if (json_is_integer(ms))
        json_object_set_new(object, name,
                            receipt_instant(&of, (struct instant){.ms = json_integer_value(ms)}));
}

static void tell_limits(const struct moves_walk *walk, json_t *move)
{
    size_t index;
    json_t *limit;
    const struct ruleset *ruleset =
        core_edition(turn_core(walk->world->turn), walk->kase->edition_index);
    json_array_foreach(json_object_get(move, "limits"), index, limit)
    {
        const char *name = json_string_value(json_object_get(limit, "rule"));
        const struct rule *rule = name == NULL ? NULL : ruleset_rule(ruleset, slice_of(name));
        tell_instant(limit, "from", rule);
        tell_instant(limit, "to", rule);
    }
}

static bool move_append(void *ctx, uint64_t entry, struct slice record)
{
    struct moves_walk *walk = ctx;
    json_t *move = json_loadb(record.start, record.count, 0, NULL);
    if (move == NULL)
        return true;
    struct instant at = {.ms = json_integer_value(json_object_get(move, "at_ms"))};
    json_object_del(move, "at_ms");
    json_object_set_new(move, "at", query_instant(at, 0));
    json_object_set_new(move, "entry", json_integer((json_int_t)entry));
    put_people(walk->world, move);
    tell_limits(walk, move);
    json_array_append_new(walk->list, move);
    return json_array_size(walk->list) < MOVES_LISTED_MAX;
}

json_t *query_moves(const struct query_world *world, const struct case_view *kase)
{
    struct moves_walk walk = {.world = world, .kase = kase, .list = json_array()};
    if (store_moved(turn_store(world->turn), kase->index, move_append, &walk) != 0)
        json_array_clear(walk.list);
    return walk.list;
}
