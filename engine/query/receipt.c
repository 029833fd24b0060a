/* receipt.c - see receipt.h. Everything is told as the clock stands now; of a card that stands it
 * is the same as when it was raised.
 */
#include "engine/query/receipt.h"
#include "engine/wire/text.h"

#include <sodium.h>
#include <stdlib.h>

enum { EVENTS_MAX = 1000, DIGEST_BYTES = 16 };

json_t *receipt_term(struct term term)
{
    char text[TERM_TEXT_BYTES];
    return term_is_set(term) ? json_string(term_format(term, text)) : json_null();
}

json_t *receipt_instant(const struct clock_view *clock, struct instant at)
{
    bool is_local = clock->calendar != NULL && instant_is_set(at) && at.ms <= INSTANT_LAST_MS;
    return query_instant(at, is_local ? calendar_offset_s(clock->calendar, at) : 0);
}

void receipt_clock_name(const struct clock_view *clock, char name[CLOCK_NAME_BYTES])
{
    (void)snprintf(name, CLOCK_NAME_BYTES, "%.*s%s%.*s", (int)clock->rule->name.count,
                   clock->rule->name.start, clock->step.count > 0 ? "/" : "",
                   (int)clock->step.count, clock->step.start == NULL ? "" : clock->step.start);
}

/* ---- the events behind it ----------------------------------------------------------------------
 */

/* As they happened; of two at one instant, as they came. */
static int event_order(const void *a, const void *b)
{
    const struct past_event *first = a;
    const struct past_event *second = b;
    if (first->event.at.ms != second->event.at.ms)
        return first->event.at.ms < second->event.at.ms ? -1 : 1;
    return first->ref.place < second->ref.place ? -1 : first->ref.place > second->ref.place;
}

void receipt_case_open(struct receipt_case *about, const struct query_world *world,
                       const struct core *core, const struct case_view *kase, struct event_ref upto)
{
    *about = (struct receipt_case){.world = world, .core = core, .kase = kase, .upto = upto};
    about->events = calloc(EVENTS_MAX, sizeof *about->events);
    if (about->events == NULL)
        return;
    uint32_t count = turn_history(world->turn, kase->newest, about->events, EVENTS_MAX);
    for (uint32_t i = 0; i < count && i < EVENTS_MAX; i++)
        if (about->events[i].ref.place <= upto.place)
            about->events[about->event_count++] = about->events[i];
    if (about->event_count > 0)
        qsort(about->events, about->event_count, sizeof *about->events, event_order);
}

void receipt_case_close(struct receipt_case *about)
{
    free(about->events);
    *about = (struct receipt_case){0};
}

bool receipt_is_replaced(const struct receipt_case *about, uint32_t index)
{
    const struct past_event *event = &about->events[index];
    for (uint32_t i = 0; i < about->event_count; i++) {
        const struct past_event *other = &about->events[i];
        if (i != index && other->source == event->source && other->seq == event->seq &&
            other->event.version > event->event.version)
            return true;
    }
    return false;
}

static const struct past_event *event_find(const struct receipt_case *about, event_kind_set kinds,
                                           struct instant at, struct slice step)
{
    const struct past_event *found = NULL;
    for (uint32_t i = 0; i < about->event_count; i++) {
        const struct past_event *past = &about->events[i];
        if ((EVENT_KIND_BIT(past->event.kind) & kinds) == 0 || past->event.at.ms != at.ms ||
            receipt_is_replaced(about, i))
            continue;
        if (step.count == 0 || slice_is_equal(past->event.step, step))
            return past;
        if (found == NULL)
            found = past;
    }
    return found;
}

static const struct past_event *event_at(const struct receipt_case *about, struct event_ref ref)
{
    for (uint32_t i = 0; i < about->event_count; i++)
        if (about->events[i].ref.place == ref.place)
            return &about->events[i];
    return NULL;
}

static void put(json_t *object, const char *name, json_t *value)
{
    json_object_set_new(object, name, value);
}

void receipt_put_origin(const struct receipt_case *about, json_t *object,
                        const struct past_event *past)
{
    uint32_t count = turn_source_count(about->world->turn);
    bool is_known = past != NULL && past->source > 0 && past->source <= count;
    put(object, "source",
        is_known ? query_text(turn_source(about->world->turn, past->source - 1)->name)
                 : json_null());
    put(object, "seq", past == NULL ? json_null() : json_integer((json_int_t)past->seq));
}

/* ---- parts -------------------------------------------------------------------------------------
 */

/* Of a fact nothing is counted. */
static json_t *convention_json(const struct rule *rule)
{
    if (rule->form == RULE_FACT)
        return json_null();
    static const char *const counts[] = {"day", "instant", "ceil"};
    const struct counting *counting = &rule->counting;
    json_t *pauses = json_array();
    for (uint32_t i = 0; i < rule->pause_count; i++)
        json_array_append_new(pauses, json_pack("{s:s, s:s, s:o, s:o}", "from",
                                                event_kind_name[rule->pauses[i].from], "to",
                                                event_kind_name[rule->pauses[i].to], "for",
                                                receipt_term(rule->pauses[i].term), "at_most",
                                                receipt_term(rule->pauses[i].cap)));
    json_t *json = json_pack(
        "{s:s, s:s, s:b, s:b, s:b, s:i, s:i, s:o}", "count", counts[counting->count], "end",
        counting->end_at_close ? "close" : "24:00", "roll", counting->roll, "start_moment",
        counting->start_moment, "day_off_same_time", counting->day_off_same_time, "cutoff_ms",
        (int)counting->cutoff_ms, "cutoff_to_ms", (int)counting->cutoff_to_ms, "pauses", pauses);
    put(json, "extension",
        json_pack("{s:i, s:o, s:b}", "times", (int)rule->extension.times_max, "by",
                  receipt_term(rule->extension.by), "after_due",
                  rule->extension.after_due_allowed));
    return json;
}

json_t *receipt_rule(const struct rule *rule)
{
    return json_pack("{s:o, s:i, s:o, s:o, s:o, s:o}", "name", query_text(rule->name), "revision",
                     (int)rule->revision, "ground", query_text(rule->ground), "set",
                     query_text(rule->set), "title_zh", query_text(rule->title_zh), "title_en",
                     query_text(rule->title_en));
}

json_t *receipt_calendar(const struct calendar *calendar)
{
    char date[DATE_TEXT_BYTES];
    if (calendar == NULL)
        return json_null();
    return json_pack("{s:o, s:o, s:s}", "name", query_text(calendar_name(calendar)), "zone",
                     query_text(calendar_zone_name(calendar)), "horizon",
                     date_format(calendar_horizon(calendar), date));
}

static json_t *clock_json(const struct clock_view *clock)
{
    bool is_stopped = instant_is_set(clock->stop_at);
    char name[CLOCK_NAME_BYTES];
    receipt_clock_name(clock, name);
    return json_pack("{s:o, s:o, s:i, s:s, s:o}", "name", query_text(slice_of(name)), "step",
                     query_text(clock->step), "cycle", (int)clock->cycle, "state",
                     clock_state_name[clock->state], "stopped_by",
                     is_stopped ? json_string(event_kind_name[clock->stopped_by]) : json_null());
}

json_t *receipt_after(const struct receipt_case *about, const struct clock_view *clock)
{
    char name[CLOCK_NAME_BYTES];
    char id[CARD_ID_BYTES];
    struct slice rule = clock->rule->follows_rule;
    if (rule.count == 0)
        return json_null();
    (void)snprintf(name, sizeof name, "%.*s%s%.*s", (int)rule.count, rule.start,
                   clock->step.count > 0 ? "/" : "", (int)clock->step.count,
                   clock->step.start == NULL ? "" : clock->step.start);
    card_id(about->kase->case_no, slice_of(name), clock->cycle, clock->rule->follows_card, id);
    return json_pack("{s:o, s:o, s:s}", "rule", query_text(rule), "rung",
                     query_text(clock->rule->follows_card), "card", id);
}

static json_t *start_json(const struct receipt_case *about, const struct clock_view *clock,
                          struct event_ref by, const struct past_event **start_out)
{
    bool is_fact = clock->state == CLOCK_FACT;
    const struct past_event *past = event_at(about, by);
    if (past == NULL)
        past = event_find(about, is_fact ? clock->rule->on : clock->rule->start, clock->start_at,
                          clock->rule->per_step ? clock->step : (struct slice){0});
    json_t *json =
        json_pack("{s:o, s:o, s:o}", "kind",
                  past == NULL ? json_null() : json_string(event_kind_name[past->event.kind]), "at",
                  receipt_instant(clock, clock->start_at), "counted_from",
                  receipt_instant(clock, clock->counted_from));
    put(json, "after", receipt_after(about, clock));
    receipt_put_origin(about, json, past);
    *start_out = past;
    return json;
}

static const struct item_step *step_find(const struct item *item, struct slice code)
{
    for (uint32_t i = 0; item != NULL && i < item->step_count; i++)
        if (slice_is_equal(item->steps[i].step_code, code))
            return &item->steps[i];
    return NULL;
}

/* Where the length came from: the case's item and org as they were told up to the start. */
static json_t *source_json(const struct receipt_case *about, const struct clock_view *clock,
                           uint32_t limit, const struct past_event *start)
{
    static const char *const names[] = {"event", "item", "kind", "org", "step", "otherwise"};
    struct slice item_code = about->kase->item;
    struct slice org_code = about->kase->org;
    enum limit_source source = LIMIT_SOURCE_COUNT;
    const struct event card = {.due_at = INSTANT_NONE, .step = clock->step};
    const struct event *begun = start == NULL ? &card : &start->event;
    if (start == NULL && clock->rule->follows_rule.count == 0)
        return json_null();
    for (uint32_t i = 0; i < about->event_count; i++) {
        const struct past_event *past = &about->events[i];
        if (start == NULL ? past->event.at.ms > clock->start_at.ms : past > start)
            break;
        if (receipt_is_replaced(about, i))
            continue;
        if (past->event.item.count > 0)
            item_code = past->event.item;
        if (past->event.org.count > 0)
            org_code = past->event.org;
    }
    const struct item *item = ruleset_item(clock->ruleset, item_code);
    struct term term = rule_limit_term(clock->ruleset, &clock->rule->limits[limit], begun, item,
                                       ruleset_org(clock->ruleset, org_code),
                                       step_find(item, begun->step), &source);
    struct term is = clock->limits[limit].term;
    return term.n == is.n && term.unit == is.unit ? json_string(names[source]) : json_null();
}

static json_t *limit_json(const struct receipt_case *about, const struct clock_view *clock,
                          uint32_t limit, const struct past_event *start, const struct tally *tally)
{
    const struct limit_view *view = &clock->limits[limit];
    if (!tally->is_known)
        return json_null();
    json_t *json = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "name", query_text(view->name), "text",
        query_text(clock->rule->limits[limit].text), "term", receipt_term(view->term), "given",
        view->is_set_by_source ? receipt_instant(clock, clock->due_given) : json_null(), "source",
        source_json(about, clock, limit, start), "due_at", receipt_instant(clock, view->due_at),
        "provisional", view->is_provisional);
    put(json, "unit", json_string(unit_name[tally->unit]));
    put(json, "unit_steps", json_integer(tally->per_unit));
    put(json, "extended_steps", json_integer(view->extended));
    put(json, "extended", tally_text(tally, view->extended));
    return json;
}

/* May the event have changed the count up to an instant? A correction may, and what happened before
 * the instant; an extension, whenever it was asked for, where it counted. */
static bool is_telling(const struct receipt_case *about, const struct clock_view *clock,
                       uint32_t index, struct instant due)
{
    const struct event *event = &about->events[index].event;
    if (event->version > 0)
        return true;
    if (event->kind == EVENT_EXTEND)
        return receipt_is_extending(about, clock, index);
    return event->at.ms < due.ms;
}

/* Without the event that its clock began with there was no card. */
static bool is_beginning(const struct clock_view *clock, const struct event *event)
{
    return event->version == 0 && event->at.ms == clock->start_at.ms &&
           (clock->rule->start & EVENT_KIND_BIT(event->kind)) != 0;
}

/* What the engine may have learned only after the card's newest record was written: where the count
 * differs from the card, it is by these. Of what came at that very instant it is not known. */
static json_t *learned_json(const struct receipt_case *about, const struct clock_view *clock,
                            struct instant due, const json_t *card)
{
    json_t *list = json_array();
    struct instant written;
    const char *text = json_string_value(json_object_get(card, "issued_at"));
    if (text == NULL || instant_parse(slice_of(text), &written) != 0)
        return list;
    for (uint32_t i = 0; i < about->event_count; i++) {
        const struct past_event *past = &about->events[i];
        if (past->arrived_at.ms < written.ms || !is_telling(about, clock, i, due) ||
            (past->arrived_at.ms == written.ms && is_beginning(clock, &past->event)))
            continue;
        json_t *json = json_pack("{s:s, s:o, s:o, s:I}", "kind", event_kind_name[past->event.kind],
                                 "at", receipt_instant(clock, past->event.at), "arrived_at",
                                 receipt_instant(clock, past->arrived_at), "version",
                                 (json_int_t)past->event.version);
        receipt_put_origin(about, json, past);
        json_array_append_new(list, json);
    }
    return list;
}

/* ---- pauses ------------------------------------------------------------------------------------
 */

struct pause_walk {
    const struct receipt_case *about;
    const struct clock_view *clock;
    const struct tally *tally;
    json_t *list;
    struct instant told;    /* what lies before it was told with an earlier pause */
    struct instant open_to; /* a pause still open counts to here */
};

/* What a pause leaves out: its part of the merged stretches. What overlaps is told once, with the
 * pause that began first. */
static int64_t pause_units(struct pause_walk *walk, const struct pause_view *pause)
{
    const struct tally *tally = walk->tally;
    struct instant from = pause->from.ms > walk->told.ms ? pause->from : walk->told;
    struct instant to = pause->counted_to;
    int64_t sum = 0;
    if (to.ms == INT64_MAX)
        to = walk->open_to;
    for (uint32_t i = 0; i < tally->stretch_count && instant_is_set(to); i++) {
        struct instant first = tally->stretch_from[i];
        struct instant last = tally->stretch_to[i];
        sum += tally_units(tally, first.ms > from.ms ? first : from, last.ms < to.ms ? last : to);
    }
    if (to.ms > walk->told.ms)
        walk->told = to;
    return sum;
}

static void pause_append(void *ctx, const struct pause_view *pause)
{
    struct pause_walk *walk = ctx;
    const struct past_event *past =
        event_find(walk->about, EVENT_KIND_BIT(pause->kind),
                   pause->kind == EVENT_REOPEN ? pause->to : pause->from, (struct slice){0});
    int64_t units = pause_units(walk, pause);
    json_t *json = json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:I}", "kind", event_kind_name[pause->kind], "ground",
        past == NULL ? json_string("") : query_text(past->event.reason), "from",
        receipt_instant(walk->clock, pause->from), "to", receipt_instant(walk->clock, pause->to),
        "counted_to", receipt_instant(walk->clock, pause->counted_to), "term",
        receipt_term(pause->term), "excluded", tally_text(walk->tally, units), "excluded_steps",
        (json_int_t)units);
    receipt_put_origin(walk->about, json, past);
    json_array_append_new(walk->list, json);
}

json_t *receipt_pauses(const struct receipt_case *about, const struct clock_view *clock,
                       uint32_t limit, struct instant open_to)
{
    struct tally tally;
    struct pause_walk walk = {.about = about,
                              .clock = clock,
                              .list = json_array(),
                              .tally = &tally,
                              .told = INSTANT_NONE,
                              .open_to = open_to};
    tally_open(&tally, about, clock, limit, INSTANT_NONE);
    explain_pauses(about->core, about->kase->index, clock, tally.axis, pause_append, &walk);
    return walk.list;
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

/* NOLINTNEXTLINE(misc-no-recursion): a chain points to an earlier rung, checked at import */
static json_t *rung_json(const struct receipt_case *about, const struct clock_view *clock,
                         uint32_t index)
{
    static const char *const forms[] = {"before", "at",     "after", "share",
                                        "over",   "cutoff", "chain"};
    const struct rung_view *view = &clock->rungs[index];
    const struct rung *rung = view->rung;
    bool is_clock = clock->state != CLOCK_FACT;
    json_t *json =
        json_pack("{s:o, s:o, s:o, s:s, s:o, s:o}", "name", query_text(rung->name), "level",
                  query_text(clock->ruleset->levels[rung->level]), "text", query_text(rung->text),
                  "form", is_clock ? forms[rung->form] : "fact", "offset",
                  receipt_term(rung->offset), "due_at", receipt_instant(clock, view->due_at));
    if (rung->when != NULL)
        put(json, "if", query_text(rung->when->text));
    if (is_clock && rung->form == RUNG_SHARE)
        put(json, "share_permille", json_integer(rung->share_permille));
    if (is_clock && rung->form == RUNG_OVER)
        put(json, "over_at_least", json_integer(rung->over_at_least));
    if (is_clock && rung->form == RUNG_CUTOFF)
        put(json, "cutoff_ms", json_integer(rung->cutoff_ms));
    if (is_clock && rung->form == RUNG_CHAIN) {
        enum rung_state state = clock->rungs[rung->chain_rung].state;
        json_t *follows = rung_json(about, clock, rung->chain_rung);
        json_t *released = receipt_released(about, clock, rung->chain_rung);
        put(follows, "issued", json_boolean(state == RUNG_ISSUED || state == RUNG_DISMISSED));
        if (released != NULL) /* the chain begins there */
            put(follows, "released_at", released);
        put(json, "follows", follows);
    }
    return json;
}

void receipt_sign(json_t *receipt)
{
    uint8_t digest[DIGEST_BYTES];
    char hex[2 * DIGEST_BYTES + 1];
    (void)json_object_del(receipt, "digest");
    char *text = json_dumps(receipt, JSON_COMPACT | JSON_SORT_KEYS);
    if (text == NULL)
        return;
    (void)crypto_generichash(digest, sizeof digest, (const uint8_t *)text, strlen(text), NULL, 0);
    (void)sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
    put(receipt, "digest", json_string(hex));
    free(text);
}

json_t *receipt_count(const struct receipt_case *about, const struct clock_view *clock,
                      const struct rung_view *rung)
{
    const struct past_event *start;
    struct tally tally;
    uint32_t limit = rung->rung->limit;
    int64_t used = 0;
    int32_t total = 0;
    tally_open(&tally, about, clock, limit, rung->due_at);
    json_t *count = json_pack("{s:o, s:i, s:i, s:o, s:o, s:o}", "rule", receipt_rule(clock->rule),
                              "edition", (int)about->kase->edition, "calendars_edition",
                              (int)about->kase->calendars_edition, "calendar",
                              receipt_calendar(clock->calendar), "convention",
                              convention_json(clock->rule), "clock", clock_json(clock));
    struct event_ref by = receipt_put_asked(about, clock, count);
    put(count, "start", start_json(about, clock, by, &start));
    put(count, "limit", limit_json(about, clock, limit, start, &tally));
    put(count, "extensions", receipt_extensions(about, clock));
    put(count, "pauses", receipt_pauses(about, clock, limit, clock->stop_at));
    put(count, "rung", rung_json(about, clock, (uint32_t)(rung - clock->rungs)));
    receipt_put_asked_card(about, clock, rung->rung, count);
    json_t *days = tally_days(&tally, &used, &total);
    put(count, "days_total", json_integer(total));
    put(count, "days_cut", json_boolean((size_t)total > json_array_size(days)));
    put(count, "days", days);
    put(count, "used_steps", json_integer(used));
    put(count, "due_at", receipt_instant(clock, rung->due_at));
    put(count, "stop_at", receipt_instant(clock, clock->stop_at));
    put(count, "used", tally_used(&tally, used));
    put(count, "over", tally_over(&tally, used, &clock->limits[limit]));
    receipt_put_past(about, clock, start, count);
    receipt_refer(count);
    return count;
}

json_t *receipt_make(const struct receipt_case *about, const struct clock_view *clock,
                     const struct rung_view *rung, json_t *card)
{
    json_t *count = receipt_count(about, clock, rung);
    json_t *receipt = json_pack("{s:i, s:O}", "receipt", 1, "card", card);
    (void)json_object_update(receipt, count);
    json_decref(count);
    put(receipt, "confirm", receipt_confirm(about, clock, (uint32_t)(rung - clock->rungs)));
    put(receipt, "learned_later", learned_json(about, clock, rung->due_at, card));
    receipt_sign(receipt);
    return receipt;
}
