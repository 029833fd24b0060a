/* query.c - which question it is, and those about cards, counts and what was refused. */
#include "engine/query/query.h"
#include "engine/query/horizon.h"
#include "engine/wire/text.h"

#include <stdlib.h>

json_t *query_text(struct slice text)
{
    json_t *json = json_stringn(text.start == NULL ? "" : text.start, text.count);
    return json != NULL ? json : json_string("?");
}

json_t *query_instant(struct instant at, int32_t offset_s)
{
    char text[INSTANT_TEXT_BYTES];
    if (!instant_is_set(at) || at.ms > INSTANT_LAST_MS || at.ms < INSTANT_FIRST_MS)
        return json_null();
    return json_string(instant_format(at, offset_s, text));
}

void query_refuse(json_t *answer, const char *code, const char *text)
{
    json_object_set_new(answer, "ok", json_false());
    json_object_set_new(answer, "error", json_string(code));
    json_object_set_new(answer, "text", json_string(text));
}

int64_t query_number(const json_t *request, const char *name, int64_t preset, int64_t min,
                     int64_t max)
{
    const json_t *value = json_object_get(request, name);
    if (!json_is_integer(value))
        return preset;
    int64_t number = json_integer_value(value);
    return number < min ? min : number > max ? max : number;
}

struct instant query_source_silent(const struct query_world *world, uint32_t source_number)
{
    if (source_number == 0 || source_number > turn_source_count(world->turn))
        return INSTANT_NONE;
    const struct source *source = turn_source(world->turn, source_number - 1);
    if (world->wall.ms - source->row.heard_ms <= world->silence_ms)
        return INSTANT_NONE;
    return (struct instant){.ms = source->row.heard_ms};
}

/* ---- pulse and status ---------------------------------------------------------------------------
 */

static json_t *sources_json(const struct query_world *world, int32_t offset_s)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < turn_source_count(world->turn); i++) {
        const struct source *source = turn_source(world->turn, i);
        json_array_append_new(
            list,
            json_pack("{s:o, s:I, s:o, s:o, s:o}", "source", query_text(source->name), "seq",
                      (json_int_t)source->row.committed, "last_at",
                      query_instant((struct instant){.ms = source->row.last_at_ms}, offset_s),
                      "heard_at",
                      query_instant((struct instant){.ms = source->row.heard_ms}, offset_s),
                      "silent_since",
                      query_instant(query_source_silent(world, source->row.number), offset_s)));
    }
    return list;
}

/* Those alone of which some wait. */
static json_t *pending_json(const struct turn_counts *counts)
{
    json_t *levels = json_object();
    for (uint32_t i = 0; i < counts->level_count; i++)
        if (counts->levels[i].pending > 0)
            json_object_set_new(levels, counts->levels[i].level,
                                json_integer((json_int_t)counts->levels[i].pending));
    return levels;
}

static json_t *levels_json(const struct turn_counts *counts, const struct ruleset *ruleset)
{
    json_t *levels = json_object();
    for (uint32_t i = 0; ruleset != NULL && i < ruleset->level_count; i++) {
        char name[32];
        size_t count =
            ruleset->levels[i].count < sizeof name - 1 ? ruleset->levels[i].count : sizeof name - 1;
        memcpy(name, ruleset->levels[i].start, count);
        name[count] = '\0';
        json_object_set_new(levels, name, json_integer(0));
    }
    for (uint32_t i = 0; i < counts->level_count; i++)
        json_object_set_new(levels, counts->levels[i].level,
                            json_integer((json_int_t)counts->levels[i].issued));
    return levels;
}

static json_t *strays_json(const struct core_counts *counts)
{
    json_t *strays = json_object();
    for (int i = 0; i < STRAY_REASON_COUNT; i++)
        if (counts->stray[i] > 0)
            json_object_set_new(strays, stray_reason_name[i],
                                json_integer((json_int_t)counts->stray[i]));
    return strays;
}

json_t *query_pulse(const struct query_world *world)
{
    const struct core *core = turn_core(world->turn);
    const struct turn_counts *counts = turn_counts(world->turn);
    const struct ruleset *ruleset = core_rules(core);
    struct core_counts inside;
    struct store_facts facts;
    core_count(core, &inside);
    store_facts_get(turn_store(world->turn), &facts);
    struct instant due = core_next_deadline(core);
    /* the engine's own place is that of the first calendar in force */
    const struct calendar *place =
        ruleset == NULL || ruleset->calendar_count == 0 ? NULL : ruleset->calendars[0];
    int32_t offset_s = place == NULL || !instant_is_set(core_now(core))
                           ? 0
                           : calendar_offset_s(place, core_now(core));
    json_t *pulse = json_object();
    struct {
        const char *name;
        json_t *value;
    } fields[] = {
        {"head", json_integer((json_int_t)turn_card_seq(world->turn))},
        {"now", query_instant(core_now(core), offset_s)},
        {"wall", query_instant(world->wall, 0)},
        {"clock", json_string(world->is_wall_clock ? "wall" : "events")},
        {"instance", json_string(store_instance(turn_store(world->turn)))},
        {"edition", json_integer(ruleset == NULL ? 0 : ruleset->edition)},
        {"to_move", json_integer(turn_cases_to_move(world->turn))},
        {"calendars_ending", horizon_json(ruleset, core_now(core))},
        {"events", json_integer((json_int_t)inside.events)},
        {"late_events", json_integer((json_int_t)inside.late_events)},
        {"corrections", json_integer((json_int_t)counts->corrections)},
        {"duplicates", json_integer((json_int_t)counts->duplicates)},
        {"stray", strays_json(&inside)},
        {"unjudgeable", json_integer((json_int_t)inside.unjudgeable)},
        {"unaddressed", json_integer((json_int_t)inside.unaddressed)},
        {"kindless", json_integer((json_int_t)inside.kindless)},
        {"refused", json_integer((json_int_t)facts.refused)},
        {"malformed", json_integer((json_int_t)counts->malformed)},
        {"ledger_differs", json_integer((json_int_t)counts->ledger_differs)},
        {"cases", json_integer((json_int_t)inside.cases)},
        {"cases_open", json_integer((json_int_t)inside.cases_open)},
        {"clocks_running", json_integer((json_int_t)inside.clocks_running)},
        {"cards", levels_json(counts, ruleset)},
        {"cards_pending", pending_json(counts)},
        {"cards_overdue", json_integer((json_int_t)inside.overdue)},
        {"due_next", query_instant(due, offset_s)},
        {"zone", place == NULL ? json_null() : query_text(calendar_zone_name(place))},
        {"sources", sources_json(world, offset_s)},
        {"memory_bytes", json_integer((json_int_t)inside.memory_bytes)},
        {"journal_bytes", json_integer((json_int_t)facts.used_bytes)},
        {"map_used_permille",
         json_integer((json_int_t)(facts.used_bytes / (facts.max_bytes / 1000 + 1)))},
        {"poison", json_integer(turn_poison_count(world->turn))},
        {"is_full", json_boolean(turn_is_full(world->turn))},
        {"started_at", query_instant((struct instant){.ms = world->started_ms}, 0)},
        {"unsent", json_integer((json_int_t)world->unsent)},
        {"uptime_s", json_integer((world->wall.ms - world->started_ms) / 1000)},
    };
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        json_object_set_new(pulse, fields[i].name, fields[i].value);
    return pulse;
}

static void query_status(const struct query_world *world, const json_t *request, json_t *answer)
{
    (void)request;
    json_t *pulse = query_pulse(world);
    json_object_update(answer, pulse);
    json_decref(pulse);
}

/* ---- cards --------------------------------------------------------------------------------------
 */

static bool line_append(void *ctx, uint64_t seq, struct slice line)
{
    struct bytes *text = ctx;
    (void)seq;
    if (text->start[text->count - 1] == '}' && bytes_append(text, SLICE(",")) != 0)
        return false;
    return bytes_append(text, line) == 0;
}

/* The one answer that may be long: the ledger's lines go out as they stand, nothing is parsed. */
static char *cards_text(const struct query_world *world, const json_t *request)
{
    struct bytes text = {0};
    uint64_t from = (uint64_t)query_number(request, "from", 1, 1, INT64_MAX);
    uint32_t max = (uint32_t)query_number(request, "max", 1000, 1, 1000);
    int error = bytes_append(&text, SLICE("{\"ok\":true,\"cards\":["));
    if (error == 0)
        error = store_cards(turn_store(world->turn), from, max, line_append, &text);
    if (error == 0)
        error = bytes_printf(&text, "],\"head\":%llu,\"gap\":false,\"instance\":\"%s\"}",
                             (unsigned long long)turn_card_seq(world->turn),
                             store_instance(turn_store(world->turn)));
    if (error == 0)
        error = bytes_append(&text, (struct slice){.start = "", .count = 1});
    if (error == 0)
        return text.start;
    bytes_clear(&text);
    return NULL;
}

struct history_walk {
    struct store *store;
    json_t *list;
};

static bool record_append(void *ctx, uint64_t seq)
{
    struct history_walk *walk = ctx;
    struct slice line;
    if (store_card_line(walk->store, seq, &line) == 0)
        json_array_append_new(walk->list, json_loadb(line.start, line.count, 0, NULL));
    return json_array_size(walk->list) < 1000;
}

static void query_card(const struct query_world *world, const json_t *request, json_t *answer)
{
    const char *id = json_string_value(json_object_get(request, "card"));
    struct history_walk walk = {.store = turn_store(world->turn), .list = json_array()};
    json_object_set_new(answer, "history", walk.list);
    if (id == NULL)
        query_refuse(answer, "missing", "card: must be given");
    else if (store_card_records(walk.store, slice_of(id), record_append, &walk) != 0)
        query_refuse(answer, "store", "the ledger cannot be read");
    else if (json_array_size(walk.list) == 0)
        query_refuse(answer, "not_found", "there is no such card");
    else
        json_object_set(answer, "card", json_array_get(walk.list, json_array_size(walk.list) - 1));
}

static bool refused_append(void *ctx, uint64_t number, struct slice record)
{
    json_t *refused = json_loadb(record.start, record.count, 0, NULL);
    json_t *wall = json_object_get(refused, "wall_ms");
    json_object_set_new(refused, "number", json_integer((json_int_t)number));
    json_object_set_new(refused, "at",
                        query_instant((struct instant){.ms = json_integer_value(wall)}, 0));
    json_object_del(refused, "wall_ms");
    json_array_append_new(ctx, refused);
    return true;
}

static void query_quarantine(const struct query_world *world, const json_t *request, json_t *answer)
{
    int64_t after = query_number(request, "after", 0, 0, INT64_MAX - 1);
    int64_t max = query_number(request, "max", 100, 1, 1000);
    json_t *list = json_array();
    json_object_set_new(answer, "refused", list);
    if (store_refused(turn_store(world->turn), (uint64_t)after + 1, (uint32_t)max, refused_append,
                      list) != 0)
        query_refuse(answer, "store", "what was refused cannot be read");
}

char *query_answer(const struct query_world *world, struct slice request_bytes)
{
    static const struct {
        const char *name;
        void (*answer)(const struct query_world *world, const json_t *request, json_t *answer);
    } queries[] = {
        {"status", query_status},   {"card", query_card},     {"case", query_case},
        {"explain", query_explain}, {"open", query_open},     {"due", query_due},
        {"pending", query_pending}, {"counts", query_counts}, {"quarantine", query_quarantine},
    };
    char *text = NULL;
    json_t *answer = json_object();
    json_error_t error;
    json_t *request =
        json_loadb(request_bytes.start, request_bytes.count, JSON_REJECT_DUPLICATES, &error);
    const char *name = json_string_value(json_object_get(request, "query"));
    json_object_set_new(answer, "ok", json_true());
    size_t i = 0;
    while (name != NULL && i < COUNT_OF(queries) && strcmp(queries[i].name, name) != 0)
        i++;
    if (request == NULL)
        query_refuse(answer, "malformed", error.text);
    else if (name == NULL)
        query_refuse(answer, "missing", "query: must be given");
    else if (i == COUNT_OF(queries) && strcmp(name, "cards") != 0)
        query_refuse(
            answer, "unknown_query",
            "query: one of status, cards, card, case, explain, open, due, pending, counts, "
            "quarantine, requeue");
    else if (store_read_begin(turn_store(world->turn)) != 0)
        query_refuse(answer, "store", "the store cannot be read");
    else if (i < COUNT_OF(queries))
        queries[i].answer(world, request, answer);
    else if ((text = cards_text(world, request)) == NULL)
        query_refuse(answer, "store", "the ledger cannot be read");
    store_read_end(turn_store(world->turn));
    json_decref(request);
    if (text == NULL)
        text = json_dumps(answer, JSON_COMPACT);
    json_decref(answer);
    return text;
}
