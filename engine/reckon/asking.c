/* asking.c - what a condition may know: the event at hand first, then the case. */
#include "engine/reckon/asking.h"
#include "engine/cases/kin.h"
#include "engine/cases/recent.h"
#include "engine/cases/tally.h"
#include "engine/reckon/reckon.h"

static const struct value no_value = {.type = VALUE_NONE};

static struct value text_value(struct slice text)
{
    if (text.count == 0)
        return no_value;
    return (struct value){.type = VALUE_TEXT, .text = text};
}

static struct value number_value(int64_t number)
{
    return (struct value){.type = VALUE_NUMBER, .number = number};
}

static struct value truth_value(bool truth)
{
    return (struct value){.type = VALUE_BOOL, .truth = truth};
}

static const struct item *item_of(const struct asking *asking)
{
    return case_item(asking->core, asking->kase);
}

static struct value step_place(const struct asking *asking)
{
    const struct item *item = item_of(asking);
    for (uint32_t i = 0; item != NULL && i < item->step_count; i++)
        if (slice_is_equal(item->steps[i].step_code, asking->event->step))
            return number_value(item->steps[i].place);
    return no_value;
}

/* Where the step stands in the item's order: the first, the last, both, or between. */
static struct value step_node(const struct asking *asking)
{
    const struct item *item = item_of(asking);
    const struct item_step *step = item_step_find(item, asking->event->step);
    bool is_first = true;
    bool is_last = true;
    if (step == NULL || step->place == 0)
        return no_value;
    for (uint32_t i = 0; i < item->step_count; i++) {
        is_first = is_first && (item->steps[i].place == 0 || item->steps[i].place >= step->place);
        is_last = is_last && item->steps[i].place <= step->place;
    }
    return text_value(is_first && is_last ? SLICE("single")
                      : is_first          ? SLICE("start")
                      : is_last           ? SLICE("end")
                                          : SLICE("middle"));
}

/* What the item's table does not speak of is allowed: another step, a step without results stated,
 * an event without one. */
static struct value result_allowed(const struct asking *asking)
{
    const struct item_step *step = item_step_find(item_of(asking), asking->event->step);
    bool is_listed =
        step == NULL || step->result_count == 0 || slice_is_empty(asking->event->result);
    for (uint32_t i = 0; !is_listed && i < step->result_count; i++)
        is_listed = slice_is_equal(step->results[i], asking->event->result);
    return truth_value(is_listed);
}

/* Whole units of working (or elapsed) time between two instants, begun ones included. */
static struct value span_value(const struct asking *asking, struct instant from, struct instant to,
                               enum unit unit)
{
    const struct calendar *calendar = case_calendar(asking->core, asking->kase, asking->rule);
    int64_t a;
    int64_t b;
    if (calendar == NULL || !instant_is_set(from) || !instant_is_set(to))
        return no_value;
    enum axis axis = counting_axis(COUNT_INSTANT, unit);
    if (axis_position(calendar, axis, from, &a) != 0 || axis_position(calendar, axis, to, &b) != 0)
        return no_value;
    int64_t length = axis_length(calendar, axis, a, (struct term){.n = 1, .unit = unit});
    if (b <= a)
        return number_value(0);
    return number_value((b - a + length - 1) / length);
}

static struct value in_hours(const struct asking *asking)
{
    const struct calendar *calendar = case_calendar(asking->core, asking->kase, asking->rule);
    struct calendar_day about;
    if (calendar == NULL)
        return no_value;
    int32_t ms;
    int32_t day = calendar_local_day(calendar, asking->event->at, &ms);
    if (calendar_day_get(calendar, day, &about) != 0)
        return no_value;
    for (uint32_t i = 0; i < about.hours.count; i++)
        if (about.hours.at[i].from_ms <= ms && ms <= about.hours.at[i].to_ms)
            return truth_value(true);
    return truth_value(false);
}

static struct value ask_time_of_day(const struct asking *asking)
{
    const struct calendar *calendar = case_calendar(asking->core, asking->kase, asking->rule);
    int32_t ms;
    if (calendar == NULL)
        return no_value;
    (void)calendar_local_day(calendar, asking->event->at, &ms);
    return number_value(ms);
}

static const struct case_tally *tally_of(const struct asking *asking)
{
    return asking->kase->tally == 0 ? NULL : pool_row(&asking->core->tallies, asking->kase->tally);
}

static struct value ask_item(const struct asking *asking)
{
    return text_value(names_get(&asking->core->names, asking->kase->item));
}

static struct value ask_item_kind(const struct asking *asking)
{
    enum item_kind kind;
    if (!ruleset_item_kind(case_edition(asking->core, asking->kase)->ruleset, item_of(asking),
                           &kind))
        return no_value;
    return text_value(slice_of(item_kind_name[kind]));
}

static struct value ask_org(const struct asking *asking)
{
    return text_value(names_get(&asking->core->names, asking->kase->org));
}

static struct value ask_area(const struct asking *asking)
{
    return text_value(names_get(&asking->core->names, asking->kase->area));
}

static struct value ask_last_step_handler(const struct asking *asking)
{
    return text_value(
        names_get(&asking->core->names, tally_handler(asking->core, asking->kase, asking->event)));
}

static struct value ask_handler(const struct asking *asking)
{
    return text_value(names_get(&asking->core->names, asking->kase->handler));
}

static struct value ask_last_step_place(const struct asking *asking)
{
    const struct case_tally *tally = tally_of(asking);
    return tally == NULL || tally->last_step_place == 0 ? no_value
                                                        : number_value(tally->last_step_place);
}

static struct value ask_furthest_step_place(const struct asking *asking)
{
    const struct case_tally *tally = tally_of(asking);
    return tally == NULL || tally->furthest_step_place == 0
               ? no_value
               : number_value(tally->furthest_step_place);
}

static struct value ask_last_result(const struct asking *asking)
{
    const struct case_tally *tally = tally_of(asking);
    return tally == NULL ? no_value
                         : text_value(names_get(&asking->core->names, tally->last_result));
}

static struct value ask_is_finished(const struct asking *asking)
{
    return truth_value(asking->kase->state != CASE_OPEN);
}

static struct value ask_is_accepted(const struct asking *asking)
{
    return truth_value(asking->kase->is_accepted);
}

static struct value ask_in_catalogue(const struct asking *asking)
{
    return truth_value(item_of(asking) != NULL);
}

static struct value ask_kind(const struct asking *asking)
{
    return text_value(slice_of(event_kind_name[asking->event->kind]));
}

static struct value ask_step(const struct asking *asking)
{
    return text_value(asking->event->step);
}

static struct value ask_result(const struct asking *asking)
{
    return text_value(asking->event->result);
}

static struct value ask_reason(const struct asking *asking)
{
    return text_value(asking->event->reason);
}

static struct value fee_value(int64_t fee)
{
    return fee == EVENT_FEE_NONE ? no_value : number_value(fee);
}

static struct value ask_fee_due(const struct asking *asking)
{
    return fee_value(asking->event->fee_due);
}

static struct value ask_fee_paid(const struct asking *asking)
{
    return fee_value(asking->event->fee_paid);
}

static struct value ask_rating(const struct asking *asking)
{
    return asking->event->rating == 0 ? no_value : number_value(asking->event->rating);
}

static struct value instant_value(struct instant at)
{
    return instant_is_set(at) ? (struct value){.type = VALUE_INSTANT, .number = at.ms} : no_value;
}

static struct value ask_at(const struct asking *asking)
{
    return instant_value(asking->event->at);
}

static struct value ask_entered_at(const struct asking *asking)
{
    return instant_value(asking->event->entered_at);
}

static struct value ask_entry_delay(const struct asking *asking)
{
    return span_value(asking, asking->event->at, asking->event->entered_at, UNIT_WORKHOUR);
}

static struct value ask_arrival_delay(const struct asking *asking)
{
    return span_value(asking, asking->event->at, asking->arrived, UNIT_WORKHOUR);
}

static struct value ask_parent(const struct asking *asking)
{
    return text_value(kin_parent(asking->core, asking->kase));
}

static struct value ask_children(const struct asking *asking)
{
    const struct core_kin *kin = kin_find(asking->core, asking->kase);
    return number_value(kin == NULL ? 0 : kin->child_count);
}

static struct value ask_children_open(const struct asking *asking)
{
    const struct core_kin *kin = kin_find(asking->core, asking->kase);
    return number_value(kin == NULL ? 0 : kin->open_count);
}

static struct value ask_children_finished(const struct asking *asking)
{
    const struct core_kin *kin = kin_find(asking->core, asking->kase);
    return number_value(kin == NULL ? 0 : kin->finished_count);
}

static struct value (*const answers[FIELD_COUNT])(const struct asking *asking) = {
    [FIELD_KIND] = ask_kind,
    [FIELD_ITEM] = ask_item,
    [FIELD_ITEM_KIND] = ask_item_kind,
    [FIELD_ORG] = ask_org,
    [FIELD_AREA] = ask_area,
    [FIELD_STEP] = ask_step,
    [FIELD_STEP_PLACE] = step_place,
    [FIELD_LAST_STEP_PLACE] = ask_last_step_place,
    [FIELD_FURTHEST_STEP_PLACE] = ask_furthest_step_place,
    [FIELD_STEP_NODE] = step_node,
    [FIELD_LAST_RESULT] = ask_last_result,
    [FIELD_LAST_STEP_HANDLER] = ask_last_step_handler,
    [FIELD_HANDLER] = ask_handler,
    [FIELD_RESULT] = ask_result,
    [FIELD_REASON] = ask_reason,
    [FIELD_FEE_DUE] = ask_fee_due,
    [FIELD_FEE_PAID] = ask_fee_paid,
    [FIELD_RATING] = ask_rating,
    [FIELD_AT] = ask_at,
    [FIELD_TIME_OF_DAY] = ask_time_of_day,
    [FIELD_ENTERED_AT] = ask_entered_at,
    [FIELD_ENTRY_DELAY] = ask_entry_delay,
    [FIELD_ARRIVAL_DELAY] = ask_arrival_delay,
    [FIELD_IN_HOURS] = in_hours,
    [FIELD_IS_FINISHED] = ask_is_finished,
    [FIELD_IS_ACCEPTED] = ask_is_accepted,
    [FIELD_IN_CATALOGUE] = ask_in_catalogue,
    [FIELD_PARENT] = ask_parent,
    [FIELD_CHILDREN] = ask_children,
    [FIELD_CHILDREN_OPEN] = ask_children_open,
    [FIELD_CHILDREN_FINISHED] = ask_children_finished,
    [FIELD_RESULT_ALLOWED] = result_allowed,
};

static struct value ask_field(void *ctx, enum field field)
{
    const struct asking *asking = ctx;
    assert(answers[field] != NULL);
    if (condition_field_of[field] == OF_EVENT && asking->event == NULL)
        return no_value;
    return answers[field](asking);
}

static uint32_t ask_count(void *ctx, enum event_kind kind)
{
    const struct asking *asking = ctx;
    return tally_count(asking->core, asking->kase, kind);
}

static uint32_t ask_count_step(void *ctx, enum event_kind kind)
{
    const struct asking *asking = ctx;
    if (asking->event == NULL)
        return 0;
    return tally_count_step(asking->core, asking->kase, kind, asking->event->step);
}

static struct value ask_count_within(void *ctx, const struct window *window)
{
    const struct asking *asking = ctx;
    if (asking->event == NULL)
        return no_value;
    return recent_count(asking->core, asking->kase,
                        case_calendar(asking->core, asking->kase, asking->rule), window,
                        asking->event);
}

static bool ask_same_arrival(void *ctx, enum event_kind kind)
{
    const struct asking *asking = ctx;
    struct instant arrived = tally_arrived(asking->core, asking->kase, kind);
    return asking->event != NULL && instant_is_set(arrived) && arrived.ms == asking->arrived.ms;
}

/* Has the instant of this card passed, as the clocks stand? That is known from the events alone,
 * whether or when the card was issued: folding the case again gives the same. */
static bool clock_has_raised(const struct asking *asking, const struct core_clock *clock,
                             struct slice card)
{
    struct reckoning reckoning;
    reckon_init(&reckoning, asking->core, asking->kase, clock);
    reckoning.is_told_by_events = true;
    int64_t end = asking->event != NULL ? asking->event->at.ms : asking->at.ms;
    if (clock->stop_ms < end)
        end = clock->stop_ms;
    for (uint32_t i = 0; i < reckoning.rule->rung_count; i++) {
        if (!slice_is_equal(reckoning.rule->rungs[i].name, card))
            continue;
        struct instant due = reckon_rung(&reckoning, i);
        return clock->state == CLOCK_FACT || (instant_is_set(due) && due.ms < end);
    }
    return false;
}

static bool ask_raised(void *ctx, struct slice rule, struct slice card)
{
    const struct asking *asking = ctx;
    for (uint32_t row = asking->kase->first_clock; row != 0;) {
        const struct core_clock *clock = clock_row(asking->core, row);
        row = clock->next;
        if (slice_is_equal(clock_rule(asking->core, asking->kase, clock)->name, rule) &&
            clock_has_raised(asking, clock, card))
            return true;
    }
    return false;
}

static struct value ask_since(void *ctx, enum event_kind kind, enum unit unit)
{
    const struct asking *asking = ctx;
    struct instant last = tally_happened(asking->core, asking->kase, kind);
    if (!instant_is_set(last) || asking->event == NULL)
        return no_value;
    return span_value(asking, last, asking->event->at, unit);
}

static struct value ask_attr(void *ctx, struct slice name)
{
    struct asking *asking = ctx;
    struct slice value;
    if (asking->event == NULL ||
        !event_attr(asking->event, name, &asking->room, &asking->room_bytes, &value))
        return no_value;
    return (struct value){.type = VALUE_TEXT, .text = value};
}

struct condition_asker asking_asker(struct asking *asking)
{
    return (struct condition_asker){.ctx = asking,
                                    .field = ask_field,
                                    .count = ask_count,
                                    .since = ask_since,
                                    .count_step = ask_count_step,
                                    .count_within = ask_count_within,
                                    .raised = ask_raised,
                                    .same_arrival = ask_same_arrival,
                                    .attr = ask_attr};
}

bool asking_is_so(const struct asking *asking, const struct condition *condition)
{
    char room[ASKING_ROOM_BYTES];
    struct asking copy = *asking;
    copy.room = room;
    copy.room_bytes = sizeof room;
    struct condition_asker asker = asking_asker(&copy);
    return condition_holds(condition, &asker);
}
