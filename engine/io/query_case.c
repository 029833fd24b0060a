/* query_case.c - one case: its events, its clocks, what fires next; and why a card. */
#include "engine/io/query.h"
#include "engine/wire/text.h"

#include <stdlib.h>

enum { EVENTS_SHOWN_MAX = 1000, DAYS_SHOWN_MAX = 800 };

struct clocks_walk {
    const struct query_world *world;
    const struct case_view *kase;
    json_t *clocks;
    const char *only_clock; /* explain: of this card */
    const char *only_rung;
    int64_t only_cycle;
    json_t *receipt;
};

static json_t *term_json(struct term term)
{
    char text[TERM_TEXT_BYTES];
    return term_is_set(term) ? json_string(term_format(term, text)) : json_null();
}

static int32_t offset_of(const struct clock_view *clock, struct instant at)
{
    return clock->calendar == NULL || !instant_is_set(at) || at.ms > INSTANT_LAST_MS
               ? 0
               : calendar_offset_s(clock->calendar, at);
}

static json_t *instant_json(const struct clock_view *clock, struct instant at)
{
    return query_instant(at, offset_of(clock, at));
}

static void clock_text(const struct clock_view *clock, char *text, size_t room)
{
    struct slice rule = clock->rule->name;
    struct slice step = clock->step;
    size_t at = 0;
    for (size_t i = 0; i < rule.count && at + 1 < room; i++)
        text[at++] = rule.start[i];
    if (step.count > 0 && at + 1 < room)
        text[at++] = '/';
    for (size_t i = 0; i < step.count && at + 1 < room; i++)
        text[at++] = step.start[i];
    text[at] = '\0';
}

static void pause_append(void *ctx, const struct pause_view *pause)
{
    void **both = ctx;
    const struct clock_view *clock = both[1];
    json_array_append_new(
        both[0], json_pack("{s:s, s:o, s:o, s:o, s:o}", "kind", event_kind_name[pause->kind],
                           "from", instant_json(clock, pause->from), "to",
                           instant_json(clock, pause->to), "counted_to",
                           instant_json(clock, pause->counted_to), "term", term_json(pause->term)));
}

static json_t *pauses_json(const struct clocks_walk *walk, const struct clock_view *clock)
{
    union {
        const struct clock_view *in;
        void *out;
    } view = {.in = clock};
    void *both[2] = {json_array(), view.out};
    core_pauses(turn_core(walk->world->turn), walk->kase->index, clock, pause_append, both);
    return both[0];
}

static json_t *limits_json(const struct clock_view *clock)
{
    json_t *limits = json_array();
    for (uint32_t i = 0; i < clock->limit_count; i++) {
        const struct limit_view *limit = &clock->limits[i];
        if (!instant_is_set(limit->due_at) && !term_is_set(limit->term))
            continue;
        json_array_append_new(
            limits, json_pack("{s:o, s:o, s:o, s:b, s:b}", "name", query_text(limit->name), "limit",
                              term_json(limit->term), "due_at", instant_json(clock, limit->due_at),
                              "set_by_source", limit->is_set_by_source, "provisional",
                              limit->is_provisional));
    }
    return limits;
}

static json_t *rungs_json(const struct clock_view *clock)
{
    static const char *const states[] = {"waiting", "issued", "dismissed", "skipped", "never"};
    json_t *rungs = json_array();
    for (uint32_t i = 0; i < clock->rung_count; i++) {
        const struct rung_view *rung = &clock->rungs[i];
        json_array_append_new(
            rungs, json_pack("{s:o, s:i, s:o, s:s, s:o, s:s}", "rung", query_text(rung->rung->name),
                             "rank", rung->rung->level, "text", query_text(rung->rung->text),
                             "state", states[rung->state], "due_at",
                             instant_json(clock, rung->due_at), "why", rung->why));
    }
    return rungs;
}

static void clock_append(void *ctx, const struct clock_view *clock)
{
    struct clocks_walk *walk = ctx;
    char name[256];
    clock_text(clock, name, sizeof name);
    const char *state = clock->is_paused ? "paused" : clock_state_name[clock->state];
    json_array_append_new(
        walk->clocks, json_pack("{s:s, s:o, s:i, s:i, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
                                "clock", name, "rule", query_text(clock->rule->name),
                                "rule_version", (int)clock->rule->revision, "cycle",
                                (int)clock->cycle, "state", state, "judgeable", clock->is_judgeable,
                                "start_at", instant_json(clock, clock->start_at), "counted_from",
                                instant_json(clock, clock->counted_from), "stop_at",
                                instant_json(clock, clock->stop_at), "used", term_json(clock->used),
                                "limits", limits_json(clock), "pauses", pauses_json(walk, clock),
                                "rungs", rungs_json(clock)));
}

static json_t *events_json(const struct query_world *world, const struct case_view *kase)
{
    json_t *list = json_array();
    struct past_event *past = calloc(EVENTS_SHOWN_MAX, sizeof *past);
    if (past == NULL)
        return list;
    uint32_t count = turn_history(world->turn, kase->newest, past, EVENTS_SHOWN_MAX);
    if (count > EVENTS_SHOWN_MAX)
        count = EVENTS_SHOWN_MAX;
    struct bytes bytes = {0};
    for (uint32_t i = count; i-- > 0;) {
        bytes.count = 0;
        if (event_to_json(&bytes, &past[i].event) != 0)
            continue;
        json_t *event = json_loadb(bytes.start, bytes.count, 0, NULL);
        json_object_set_new(event, "seq", json_integer((json_int_t)past[i].seq));
        json_object_set_new(event, "arrived_at", query_instant(past[i].arrived_at, 0));
        json_array_append_new(list, event);
    }
    bytes_clear(&bytes);
    free(past);
    return list;
}

struct cards_walk {
    struct store *store;
    json_t *cards;
    uint64_t newest;
};

static bool newest_note(void *ctx, uint64_t seq)
{
    ((struct cards_walk *)ctx)->newest = seq;
    return true;
}

/* A card's id follows from case, clock, cycle and rung: every rung of every clock is asked for. */
static void clock_cards(void *ctx, const struct clock_view *clock)
{
    void **both = ctx;
    const struct case_view *kase = both[0];
    struct cards_walk *walk = both[1];
    char name[256];
    clock_text(clock, name, sizeof name);
    for (uint32_t i = 0; i < clock->rung_count; i++) {
        char id[CARD_ID_BYTES];
        struct slice line;
        card_id(kase->case_no, slice_of(name), clock->cycle, clock->rungs[i].rung->name, id);
        walk->newest = 0;
        if (store_card_records(walk->store, slice_of(id), newest_note, walk) == 0 &&
            walk->newest != 0 && store_card_line(walk->store, walk->newest, &line) == 0)
            json_array_append_new(walk->cards, json_loadb(line.start, line.count, 0, NULL));
    }
}

static json_t *cards_json(const struct query_world *world, struct case_view *kase)
{
    struct cards_walk walk = {.store = turn_store(world->turn), .cards = json_array()};
    void *both[2] = {kase, &walk};
    core_clocks(turn_core(world->turn), kase->index, clock_cards, both);
    return walk.cards;
}

static json_t *case_json(const struct query_world *world, struct case_view *kase)
{
    struct clocks_walk walk = {.world = world, .kase = kase, .clocks = json_array()};
    core_clocks(turn_core(world->turn), kase->index, clock_append, &walk);
    struct instant silent = query_source_silent(world, kase->source);
    const struct source *source = kase->source > 0 && kase->source <= turn_source_count(world->turn)
                                      ? turn_source(world->turn, kase->source - 1)
                                      : NULL;
    return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:i, s:o, s:b, s:o, s:o, s:o, s:o, s:o}",
                     "case", query_text(kase->case_no), "state", case_state_name[kase->state],
                     "item", query_text(kase->item), "org", query_text(kase->org), "area",
                     query_text(kase->area), "handler", query_text(kase->handler), "edition",
                     (int)kase->edition, "source",
                     source == NULL ? json_null() : query_text(source->name), "judgeable",
                     !instant_is_set(silent), "silent_since", query_instant(silent, 0), "next_at",
                     query_instant(kase->next_at, 0), "events", events_json(world, kase), "clocks",
                     walk.clocks, "cards", cards_json(world, kase));
}

static bool case_find(const struct query_world *world, const json_t *request, json_t *answer,
                      struct case_view *kase)
{
    const char *case_no = json_string_value(json_object_get(request, "case"));
    if (case_no == NULL) {
        query_refuse(answer, "missing", "case: must be given");
        return false;
    }
    if (!core_find(turn_core(world->turn), slice_of(case_no), kase)) {
        query_refuse(answer, "not_found", "there is no such case");
        return false;
    }
    return true;
}

void query_case(const struct query_world *world, const json_t *request, json_t *answer)
{
    struct case_view kase;
    if (case_find(world, request, answer, &kase))
        json_object_set_new(answer, "case", case_json(world, &kase));
}

/* ---- explain ------------------------------------------------------------------------------------
 */

/* Every day from the start to the card, and whether it counts: what a person can check. */
static json_t *days_json(const struct clock_view *clock, struct instant due)
{
    json_t *days = json_array();
    int32_t ms;
    if (clock->calendar == NULL || !instant_is_set(due) || due.ms > INSTANT_LAST_MS)
        return days;
    int32_t first = calendar_local_day(clock->calendar, clock->counted_from, &ms);
    int32_t last = calendar_local_day(clock->calendar, (struct instant){.ms = due.ms - 1}, &ms);
    int n = 0;
    for (int32_t day = first; day <= last && day - first < DAYS_SHOWN_MAX; day++) {
        static const char *const names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
        struct calendar_day about;
        char date[DATE_TEXT_BYTES];
        if (calendar_day_get(clock->calendar, day, &about) != 0)
            break;
        bool is_first = day == first && clock->rule->counting.count == COUNT_DAY;
        n += about.is_work && !is_first ? 1 : 0;
        json_array_append_new(
            days,
            json_pack("{s:s, s:s, s:b, s:b, s:i, s:o, s:o, s:b}", "date", date_format(day, date),
                      "weekday", names[date_weekday(day)], "workday", about.is_work, "start",
                      day == first, "n", n, "name", query_text(about.name), "ground",
                      query_text(about.ground), "provisional", about.is_provisional));
    }
    return days;
}

static json_t *convention_json(const struct rule *rule)
{
    static const char *const counts[] = {"day", "instant", "ceil"};
    const struct counting *counting = &rule->counting;
    return json_pack("{s:s, s:s, s:b, s:b, s:b, s:i, s:i}", "count", counts[counting->count], "end",
                     counting->end_at_close ? "close" : "24:00", "roll", counting->roll,
                     "start_moment", counting->start_moment, "day_off_same_time",
                     counting->day_off_same_time, "cutoff_ms", (int)counting->cutoff_ms,
                     "cutoff_to_ms", (int)counting->cutoff_to_ms);
}

static json_t *rule_json(const struct rule *rule)
{
    return json_pack("{s:o, s:i, s:o, s:o, s:o}", "name", query_text(rule->name), "revision",
                     (int)rule->revision, "ground", query_text(rule->ground), "title_zh",
                     query_text(rule->title_zh), "title_en", query_text(rule->title_en));
}

static json_t *calendar_json(const struct calendar *calendar)
{
    char date[DATE_TEXT_BYTES];
    if (calendar == NULL)
        return json_null();
    return json_pack("{s:o, s:o, s:s}", "name", query_text(calendar_name(calendar)), "zone",
                     query_text(calendar_zone_name(calendar)), "horizon",
                     date_format(calendar_horizon(calendar), date));
}

static void receipt_clock(void *ctx, const struct clock_view *clock)
{
    struct clocks_walk *walk = ctx;
    char name[256];
    clock_text(clock, name, sizeof name);
    if (strcmp(name, walk->only_clock) != 0 || clock->cycle != walk->only_cycle)
        return;
    for (uint32_t i = 0; i < clock->rung_count; i++) {
        const struct rung_view *rung = &clock->rungs[i];
        if (!slice_is_equal(rung->rung->name, slice_of(walk->only_rung)))
            continue;
        const struct limit_view *limit = &clock->limits[rung->rung->limit];
        bool has_limit = clock->limit_count > 0;
        walk->receipt = json_pack(
            "{s:o, s:o, s:o, s:{s:o, s:o}, s:o, s:{s:o, s:o}, s:o, s:o, s:o, s:i}", "rule",
            rule_json(clock->rule), "calendar", calendar_json(clock->calendar), "convention",
            convention_json(clock->rule), "start", "at", instant_json(clock, clock->start_at),
            "counted_from", instant_json(clock, clock->counted_from), "limit",
            !has_limit ? json_null()
                       : json_pack("{s:o, s:o, s:s, s:o}", "name", query_text(limit->name), "term",
                                   term_json(limit->term), "source",
                                   limit->is_set_by_source ? "event" : "rule", "due_at",
                                   instant_json(clock, limit->due_at)),
            "rung", "text", query_text(rung->rung->text), "due_at",
            instant_json(clock, rung->due_at), "stop_at", instant_json(clock, clock->stop_at),
            "pauses", pauses_json(walk, clock), "days", days_json(clock, rung->due_at), "edition",
            (int)walk->kase->edition);
    }
}

static void explain_card(const struct query_world *world, const char *id, json_t *answer)
{
    struct cards_walk newest = {.store = turn_store(world->turn)};
    struct slice line;
    if (store_card_records(newest.store, slice_of(id), newest_note, &newest) != 0 ||
        newest.newest == 0 || store_card_line(newest.store, newest.newest, &line) != 0) {
        query_refuse(answer, "not_found", "there is no such card");
        return;
    }
    json_t *card = json_loadb(line.start, line.count, 0, NULL);
    struct case_view kase;
    struct clocks_walk walk = {
        .world = world,
        .kase = &kase,
        .only_clock = json_string_value(json_object_get(card, "clock")),
        .only_rung = json_string_value(json_object_get(card, "rung")),
        .only_cycle = json_integer_value(json_object_get(card, "cycle")),
    };
    const char *case_no = json_string_value(json_object_get(card, "case"));
    if (walk.only_clock != NULL && walk.only_rung != NULL && case_no != NULL &&
        core_find(turn_core(world->turn), slice_of(case_no), &kase))
        core_clocks(turn_core(world->turn), kase.index, receipt_clock, &walk);
    if (walk.receipt == NULL) /* withdrawn, and the clock is gone with the event that began it */
        walk.receipt = json_object();
    json_object_set(walk.receipt, "used", json_object_get(card, "used"));
    json_object_set(walk.receipt, "over", json_object_get(card, "over"));
    json_object_set_new(walk.receipt, "card", card);
    json_object_set_new(answer, "receipt", walk.receipt);
}

void query_explain(const struct query_world *world, const json_t *request, json_t *answer)
{
    const char *card = json_string_value(json_object_get(request, "card"));
    struct case_view kase;
    if (card != NULL) {
        explain_card(world, card, answer);
    } else if (case_find(world, request, answer, &kase)) {
        struct clocks_walk walk = {.world = world, .kase = &kase, .clocks = json_array()};
        core_clocks(turn_core(world->turn), kase.index, clock_append, &walk);
        json_object_set_new(answer, "clocks", walk.clocks);
    }
}
