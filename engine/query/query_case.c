/* query_case.c - one case: its events, its clocks, what fires next; and why a card. */
#include "engine/query/query_idle.h"
#include "engine/query/query_moves.h"
#include "engine/query/receipt.h"
#include "engine/query/said.h"
#include "engine/wire/text.h"

#include <stdlib.h>

enum { EVENTS_SHOWN_MAX = 1000, CHILDREN_SHOWN_MAX = 1000 };

struct clocks_walk {
    const struct receipt_case *about;
    json_t *object; /* that they are told in */
    json_t *clocks;
    json_t *awaited; /* clocks that a card to come would begin */
    json_t *cards;
};

static json_t *limits_json(const struct clock_view *clock)
{
    json_t *limits = json_array();
    for (uint32_t i = 0; i < clock->limit_count; i++) {
        const struct limit_view *limit = &clock->limits[i];
        if (!instant_is_set(limit->due_at) && !term_is_set(limit->term))
            continue;
        json_array_append_new(
            limits, json_pack("{s:o, s:o, s:o, s:b, s:b}", "name", query_text(limit->name), "limit",
                              receipt_term(limit->term), "due_at",
                              receipt_instant(clock, limit->due_at), "set_by_source",
                              limit->is_set_by_source, "provisional", limit->is_provisional));
    }
    return limits;
}

static bool newest_note(void *ctx, uint64_t seq)
{
    *(uint64_t *)ctx = seq;
    return true;
}

json_t *query_card_newest(const struct query_world *world, const char *id)
{
    struct store *store = turn_store(world->turn);
    uint64_t newest = 0;
    struct slice line;
    bool is_found = store_card_records(store, slice_of(id), newest_note, &newest) == 0 &&
                    newest != 0 && store_card_line(store, newest, &line) == 0;
    return is_found ? json_loadb(line.start, line.count, 0, NULL) : NULL;
}

/* A card's id follows from case, clock, cycle and rung. */
static json_t *rung_card(const struct receipt_case *about, const struct clock_view *clock,
                         uint32_t rung)
{
    char name[CLOCK_NAME_BYTES];
    char id[CARD_ID_BYTES];
    receipt_clock_name(clock, name);
    card_id(about->kase->case_no, slice_of(name), clock->cycle, clock->rungs[rung].rung->name, id);
    return query_card_newest(about->world, id);
}

static json_t *rungs_json(const struct receipt_case *about, const struct clock_view *clock)
{
    static const char *const states[] = {"waiting", "issued", "dismissed", "skipped", "never"};
    json_t *rungs = json_array();
    for (uint32_t i = 0; i < clock->rung_count; i++) {
        const struct rung_view *rung = &clock->rungs[i];
        json_t *json = json_pack(
            "{s:o, s:o, s:i, s:o, s:s, s:o, s:s, s:b}", "rung", query_text(rung->rung->name),
            "level", query_text(clock->ruleset->levels[rung->rung->level]), "rank",
            rung->rung->level, "text", query_text(rung->rung->text), "state", states[rung->state],
            "due_at", receipt_instant(clock, rung->due_at), "why", rung->why, "shadow",
            rung->rung->issue == ISSUE_SHADOW);
        if (rung->rung->when != NULL)
            json_object_set_new(json, "if", query_text(rung->rung->when->text));
        if (rung->state == RUNG_ISSUED || rung->state == RUNG_DISMISSED) {
            json_t *card = rung_card(about, clock, i);
            json_object_set(json, "card_state", json_object_get(card, "state"));
            if (card != NULL) /* it was told when it was raised */
                json_object_set(json, "shadow", json_object_get(card, "shadow"));
            json_decref(card);
        }
        json_array_append_new(rungs, json);
    }
    return rungs;
}

/* Did an event of the case itself end the clock? One that begins after the end of its case is
 * ended where it begins. */
static bool is_stopped_by_own(const struct receipt_case *about, const struct clock_view *clock)
{
    bool is_at_once = clock->stop_at.ms == clock->start_at.ms;
    for (uint32_t i = 0; i < about->event_count; i++) {
        const struct event *event = &about->events[i].event;
        bool is_then =
            event->at.ms == clock->stop_at.ms || (is_at_once && event->at.ms < clock->stop_at.ms);
        if (event->kind == clock->stopped_by && is_then)
            return true;
    }
    return false;
}

/* The kind of the event that ended a clock; or that the last part of a joint case had ended. null:
 * it runs. */
static json_t *stopped_by_json(const struct receipt_case *about, const struct clock_view *clock)
{
    if (!instant_is_set(clock->stop_at))
        return json_null();
    if (clock->rule->stops_with_children && !is_stopped_by_own(about, clock))
        return json_string("last_child");
    return json_string(event_kind_name[clock->stopped_by]);
}

static void awaited_append(struct clocks_walk *walk, const struct clock_view *clock)
{
    const struct core *core = turn_core(walk->about->world->turn);
    for (uint32_t i = 0; i < clock->ruleset->follower_count; i++) {
        const struct follower *follower = &clock->ruleset->followers[i];
        const struct rule *rule = &clock->ruleset->rules[follower->rule];
        if (&clock->ruleset->rules[follower->source] != clock->rule)
            continue;
        const struct rung_view *rung = &clock->rungs[follower->rung];
        struct instant due = rung->due_at;
        bool is_dated = instant_is_set(due) && due.ms <= INSTANT_LAST_MS;
        if (rung->state != RUNG_WAITING || !explain_may_follow(core, walk->about->kase->index, rule,
                                                               is_dated ? due : core_now(core)))
            continue;
        const struct clock_view awaited = {
            .rule = rule, .step = clock->step, .cycle = clock->cycle};
        char name[CLOCK_NAME_BYTES];
        receipt_clock_name(&awaited, name);
        json_array_append_new(walk->awaited,
                              json_pack("{s:s, s:o, s:i, s:i, s:o, s:o}", "clock", name, "rule",
                                        query_text(rule->name), "rule_version", (int)rule->revision,
                                        "cycle", (int)clock->cycle, "after",
                                        receipt_after(walk->about, &awaited), "due_at",
                                        receipt_instant(clock, due)));
    }
}

static void clock_append(void *ctx, const struct clock_view *clock)
{
    struct clocks_walk *walk = ctx;
    char name[CLOCK_NAME_BYTES];
    receipt_clock_name(clock, name);
    const char *state = clock->is_paused ? "paused" : clock_state_name[clock->state];
    struct instant now = core_now(turn_core(walk->about->world->turn));
    struct instant open_to = instant_is_set(clock->stop_at) ? clock->stop_at : now;
    json_t *json =
        json_pack("{s:s, s:o, s:i, s:i, s:s, s:b, s:o, s:o, s:o, s:o, s:o}", "clock", name, "rule",
                  query_text(clock->rule->name), "rule_version", (int)clock->rule->revision,
                  "cycle", (int)clock->cycle, "state", state, "judgeable", clock->is_judgeable,
                  "start_at", receipt_instant(clock, clock->start_at), "counted_from",
                  receipt_instant(clock, clock->counted_from), "stop_at",
                  receipt_instant(clock, clock->stop_at), "stopped_by",
                  stopped_by_json(walk->about, clock), "used", receipt_term(clock->used));
    json_object_set_new(json, "after", receipt_after(walk->about, clock));
    json_object_set_new(json, "limits", limits_json(clock));
    json_object_set_new(json, "pauses", receipt_pauses(walk->about, clock, 0, open_to));
    json_object_set_new(json, "rungs", rungs_json(walk->about, clock));
    said_put_clock(walk->object, clock);
    json_array_append_new(walk->clocks, json);
    awaited_append(walk, clock);
}

static void put_clocks(const struct query_world *world, const struct case_view *kase, json_t *json)
{
    struct receipt_case about;
    struct clocks_walk walk = {
        .about = &about, .object = json, .clocks = json_array(), .awaited = json_array()};
    receipt_case_open(&about, world, turn_core(world->turn), kase,
                      (struct event_ref){.place = UINT64_MAX});
    explain_clocks(turn_core(world->turn), kase->index, clock_append, &walk);
    receipt_case_close(&about);
    json_object_set_new(json, "clocks", walk.clocks);
    json_object_set_new(json, "awaited", walk.awaited);
}

/* The events of a case, as they are listed. */
struct events_walk {
    const struct past_event *past;
    uint32_t count;
    json_t *list; /* oldest first, past from its end */
};

static void stray_mark(void *ctx, const struct stray_view *stray)
{
    struct events_walk *walk = ctx;
    for (uint32_t i = 0; i < walk->count; i++) {
        if (walk->past[i].ref.place != stray->ref.place)
            continue;
        json_t *event = json_array_get(walk->list, walk->count - 1 - i);
        json_object_set_new(event, "stray", json_string(stray_reason_name[stray->reason]));
        if (stray->rule != NULL)
            json_object_set_new(event, "stray_rule", query_text(stray->rule->name));
    }
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
        json_t *event = event_to_json(&bytes, &past[i].event) == 0
                            ? json_loadb(bytes.start, bytes.count, 0, NULL)
                            : json_object();
        json_object_set_new(event, "seq", json_integer((json_int_t)past[i].seq));
        json_object_set_new(event, "arrived_at", query_instant(past[i].arrived_at, 0));
        json_array_append_new(list, event);
    }
    struct events_walk walk = {.past = past, .count = count, .list = list};
    explain_strays(turn_core(world->turn), kase->index, stray_mark, &walk);
    bytes_clear(&bytes);
    free(past);
    return list;
}

/* Every rung of every clock is asked for. */
static void clock_cards(void *ctx, const struct clock_view *clock)
{
    struct clocks_walk *walk = ctx;
    for (uint32_t i = 0; i < clock->rung_count; i++) {
        json_t *card = rung_card(walk->about, clock, i);
        if (card != NULL)
            json_array_append_new(walk->cards, card);
    }
}

static json_t *cards_json(const struct query_world *world, const struct case_view *kase)
{
    const struct receipt_case about = {.world = world, .kase = kase};
    struct clocks_walk walk = {.about = &about, .cards = json_array()};
    explain_clocks(turn_core(world->turn), kase->index, clock_cards, &walk);
    return walk.cards;
}

static void child_append(void *ctx, const struct case_view *child)
{
    json_array_append_new(
        ctx, json_pack("{s:o, s:s, s:o, s:o, s:o}", "case", query_text(child->case_no), "state",
                       case_state_name[child->state], "item", query_text(child->item), "org",
                       query_text(child->org), "next_at", query_instant(child->next_at, 0)));
}

static void put_family(const struct query_world *world, const struct case_view *kase, json_t *json)
{
    const struct core *core = turn_core(world->turn);
    json_t *list = json_array();
    uint32_t count = explain_children(core, kase->index, CHILDREN_SHOWN_MAX, child_append, list);
    json_object_set_new(json, "parent", query_text(explain_parent(core, kase->index)));
    json_object_set_new(json, "child_count", json_integer(count));
    json_object_set_new(json, "children", list);
}

static json_t *case_json(const struct query_world *world, struct case_view *kase)
{
    struct instant silent = query_source_silent(world, kase->source);
    const struct source *source = kase->source > 0 && kase->source <= turn_source_count(world->turn)
                                      ? turn_source(world->turn, kase->source - 1)
                                      : NULL;
    return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:i, s:i, s:o, s:b, s:o, s:o, s:o, s:o}",
                     "case", query_text(kase->case_no), "state", case_state_name[kase->state],
                     "item", query_text(kase->item), "org", query_text(kase->org), "area",
                     query_text(kase->area), "handler", query_text(kase->handler), "edition",
                     (int)kase->edition, "calendars_edition", (int)kase->calendars_edition,
                     "source", source == NULL ? json_null() : query_text(source->name), "judgeable",
                     !instant_is_set(silent), "silent_since", query_instant(silent, 0), "next_at",
                     query_instant(kase->next_at, 0), "events", events_json(world, kase), "cards",
                     cards_json(world, kase));
}

/* A group of cases that a rule across cases looks at bears its name as a case has its number. */
static void group_append(const struct query_world *world, const struct rule *rule, const char *name,
                         json_t *groups)
{
    struct group_view group;
    char id[CARD_ID_BYTES];
    size_t index;
    const json_t *told;
    if (!explain_group(turn_core(world->turn), rule->name, slice_of(name), &group))
        return;
    json_array_foreach(groups, index, told)
    {
        if (slice_is_equal(rule->name, slice_of(json_string_value(json_object_get(told, "rule")))))
            return;
    }
    card_id(slice_of(name), rule->name, 0, group.rule->rungs[0].name, id);
    json_t *json = json_pack("{s:o, s:i, s:i}", "rule", query_text(rule->name), "count",
                             (int)group.count, "so", (int)group.so_count);
    json_t *card = query_card_newest(world, id);
    json_object_set_new(json, "card", card == NULL ? json_null() : card);
    json_array_append_new(groups, json);
}

/* Rules that look at a group of this name, of whatever edition. */
static json_t *groups_json(const struct query_world *world, const char *name)
{
    json_t *groups = json_array();
    const struct ruleset *ruleset;
    for (uint32_t i = 0; (ruleset = core_edition(turn_core(world->turn), i)) != NULL; i++)
        for (uint32_t k = 0; k < ruleset->rule_count; k++)
            if (ruleset->rules[k].across != NULL)
                group_append(world, &ruleset->rules[k], name, groups);
    return groups;
}

static bool case_find(const struct query_world *world, const json_t *request, json_t *answer,
                      struct case_view *kase)
{
    const char *case_no = json_string_value(json_object_get(request, "case"));
    if (case_no == NULL) {
        query_refuse(answer, "missing", "case: must be given");
        return false;
    }
    if (explain_find(turn_core(world->turn), slice_of(case_no), kase))
        return true;
    json_t *groups = groups_json(world, case_no);
    if (json_array_size(groups) == 0)
        query_refuse(answer, "not_found", "there is no such case");
    else
        json_object_set(answer, "groups", groups);
    json_decref(groups);
    return false;
}

void query_case(const struct query_world *world, const json_t *request, json_t *answer)
{
    struct case_view kase;
    if (!case_find(world, request, answer, &kase))
        return;
    json_t *json = case_json(world, &kase);
    put_clocks(world, &kase, json);
    put_family(world, &kase, json);
    json_object_set_new(json, "moves", query_moves(world, &kase));
    json_object_set_new(answer, "case", json);
}

/* ---- explain ------------------------------------------------------------------------------------
 */

static void explain_card(const struct query_world *world, const char *id, json_t *answer)
{
    json_t *card = query_card_newest(world, id);
    if (card == NULL)
        query_refuse(answer, "not_found", "there is no such card");
    else
        json_object_set_new(answer, "receipt", receipt_of_card(world, card));
    said_put_receipt(answer, world, json_object_get(answer, "receipt"));
    json_decref(card);
}

void query_explain(const struct query_world *world, const json_t *request, json_t *answer)
{
    const char *card = json_string_value(json_object_get(request, "card"));
    struct case_view kase;
    if (card != NULL) {
        explain_card(world, card, answer);
    } else if (case_find(world, request, answer, &kase)) {
        put_clocks(world, &kase, answer);
        json_object_set_new(answer, "case_no", query_text(kase.case_no));
        json_object_set_new(answer, "item", query_text(kase.item));
        json_object_set_new(answer, "state", json_string(case_state_name[kase.state]));
        query_idle(world, &kase, request, answer);
    }
}
