/* receipt_days.c - the count, day by day: what of each day counts, and how much it comes to.
 *
 * A day's share is told in steps of the axis (rules/calendar/calendar.h), so that nothing is
 * rounded: the shares of all days add up to what is used.
 */
#include "engine/query/receipt.h"

enum { DAYS_SHOWN_MAX = 800, HOURS_TEXT_BYTES = CALENDAR_INTERVALS_MAX * 2 * CLOCK_TEXT_BYTES };

static enum unit unit_of_limit(const struct clock_view *clock, uint32_t limit)
{
    const struct limit_view *view = &clock->limits[limit];
    struct term written = clock->rule->limits[limit].otherwise;
    if (!view->is_set_by_source)
        return view->term.unit;
    return term_is_set(written) ? written.unit : UNIT_DAY;
}

void tally_open(struct tally *tally, const struct receipt_case *about,
                const struct clock_view *clock, uint32_t limit, struct instant until)
{
    *tally = (struct tally){.clock = clock, .from = clock->counted_from, .until = until};
    if (until.ms > INSTANT_LAST_MS)
        tally->until = INSTANT_NONE;
    if (clock->calendar == NULL || !clock->is_judgeable || clock->state == CLOCK_FACT ||
        limit >= clock->limit_count)
        return;
    tally->unit = unit_of_limit(clock, limit);
    if (tally->unit == UNIT_NONE)
        return;
    enum count count =
        clock->limits[limit].is_set_by_source ? COUNT_INSTANT : clock->rule->counting.count;
    tally->axis = counting_axis(count, tally->unit);
    tally->is_days = tally->axis == AXIS_CIVIL_DAY || tally->axis == AXIS_WORKDAY_RANK;
    bool is_long = tally->unit == UNIT_MONTH || tally->unit == UNIT_YEAR;
    struct term one = {.n = 1, .unit = is_long ? UNIT_DAY : tally->unit};
    tally->per_unit = axis_length(clock->calendar, tally->axis, 0, one);
    tally->stretch_count = explain_stretches(about->core, about->kase->index, clock, tally->axis,
                                             tally->stretch_from, tally->stretch_to, STRETCHES_MAX);
    tally->is_known = true;
}

int64_t tally_units(const struct tally *tally, struct instant from, struct instant to)
{
    int64_t first;
    int64_t last;
    const struct calendar *calendar = tally->clock->calendar;
    if (!tally->is_known || to.ms <= from.ms ||
        axis_position(calendar, tally->axis, from, &first) != 0 ||
        axis_position(calendar, tally->axis, to, &last) != 0)
        return 0;
    return last - first;
}

json_t *tally_text(const struct tally *tally, int64_t units)
{
    char text[64];
    if (!tally->is_known)
        return json_null();
    bool is_long = tally->unit == UNIT_MONTH || tally->unit == UNIT_YEAR;
    long long whole = units / tally->per_unit;
    long long parts = units % tally->per_unit * 1000 / tally->per_unit;
    int count = snprintf(text, sizeof text, "%lld.%03lld", whole, parts);
    while (count > 0 && text[count - 1] == '0')
        count--;
    if (count > 0 && text[count - 1] == '.')
        count--;
    (void)snprintf(text + count, sizeof text - (size_t)count, " %s",
                   unit_name[is_long ? UNIT_DAY : tally->unit]);
    return json_string(text);
}

/* In tenths of the limit's own unit: a month or year is as long as it is from the start. */
static int64_t tenths_of(const struct tally *tally, int64_t steps)
{
    int64_t start = 0;
    const struct calendar *calendar = tally->clock->calendar;
    if (axis_position(calendar, tally->axis, tally->from, &start) != 0)
        return 0;
    struct term one = {.n = 1, .unit = tally->unit};
    int64_t unit = axis_length(calendar, tally->axis, start, one);
    return steps / unit * 10 + steps % unit * 10 / unit;
}

static json_t *tenths_json(const struct tally *tally, int64_t tenths)
{
    char text[64];
    char part[4] = "";
    if (tenths % 10 != 0)
        (void)snprintf(part, sizeof part, ".%d", (int)(tenths % 10));
    (void)snprintf(text, sizeof text, "%lld%s %s", (long long)(tenths / 10), part,
                   unit_name[tally->unit]);
    return json_string(text);
}

json_t *tally_used(const struct tally *tally, int64_t used)
{
    return tally->is_known && instant_is_set(tally->until)
               ? tenths_json(tally, tenths_of(tally, used))
               : json_string("");
}

json_t *tally_over(const struct tally *tally, int64_t used, const struct limit_view *limit)
{
    if (!tally->is_known || !instant_is_set(tally->until) || !term_is_set(limit->term))
        return json_string("");
    int64_t past =
        tenths_of(tally, used) - (int64_t)limit->term.n * 10 - tenths_of(tally, limit->extended);
    return past < 0 ? json_string("") : tenths_json(tally, past);
}

static struct instant later(struct instant a, struct instant b)
{
    return a.ms > b.ms ? a : b;
}

static struct instant earlier(struct instant a, struct instant b)
{
    return a.ms < b.ms ? a : b;
}

/* What of a piece of time counts: all of it, but what is left out. visit is called for each piece
 * that remains. */
static int64_t piece_count(const struct tally *tally, struct instant from, struct instant to,
                           json_t *intervals)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i <= tally->stretch_count && from.ms < to.ms; i++) {
        bool is_last = i == tally->stretch_count;
        if (!is_last && tally->stretch_to[i].ms <= from.ms)
            continue;
        struct instant end = is_last ? to : earlier(to, tally->stretch_from[i]);
        int64_t units = tally_units(tally, from, end);
        if (units > 0 && intervals != NULL)
            json_array_append_new(intervals, json_pack("{s:o, s:o, s:I}", "from",
                                                       receipt_instant(tally->clock, from), "to",
                                                       receipt_instant(tally->clock, end), "units",
                                                       (json_int_t)units));
        sum += units;
        if (!is_last)
            from = later(from, tally->stretch_to[i]);
    }
    return sum;
}

/* Whole days: the first is not counted, nor is one behind the beginning of a pause up to the day
 * on which it ends. */
static int64_t whole_day_count(const struct tally *tally, int32_t day,
                               const struct calendar_day *about)
{
    const struct calendar *calendar = tally->clock->calendar;
    int32_t ms;
    struct instant last = {.ms = tally->until.ms - 1};
    if (day == calendar_local_day(calendar, tally->from, &ms) ||
        (tally->axis == AXIS_WORKDAY_RANK && !about->is_work))
        return 0;
    for (uint32_t i = 0; i < tally->stretch_count; i++) {
        if (tally->stretch_from[i].ms >= last.ms)
            break;
        if (day > calendar_local_day(calendar, tally->stretch_from[i], &ms) &&
            day <= calendar_local_day(calendar, earlier(tally->stretch_to[i], last), &ms))
            return 0;
    }
    return 1;
}

static int64_t day_units(const struct tally *tally, int32_t day, const struct calendar_day *about,
                         json_t *intervals)
{
    const struct calendar *calendar = tally->clock->calendar;
    struct instant from = later(tally->from, calendar_instant(calendar, day, 0));
    struct instant to = earlier(tally->until, calendar_instant(calendar, day + 1, 0));
    if (tally->is_days)
        return whole_day_count(tally, day, about);
    if (tally->axis != AXIS_WORKTIME && tally->axis != AXIS_WORKSHARE)
        return piece_count(tally, from, to, intervals);
    for (uint32_t i = 0; i < about->hours.count; i++) {
        const struct calendar_interval *hours = &about->hours.at[i];
        (void)piece_count(tally, later(from, calendar_instant(calendar, day, hours->from_ms)),
                          earlier(to, calendar_instant(calendar, day, hours->to_ms)), intervals);
    }
    return piece_count(tally, from, to, NULL);
}

static json_t *hours_json(const struct calendar_hours *hours)
{
    char text[HOURS_TEXT_BYTES] = "";
    size_t at = 0;
    for (uint32_t i = 0; i < hours->count; i++) {
        char from[CLOCK_TEXT_BYTES];
        char to[CLOCK_TEXT_BYTES];
        int put = snprintf(text + at, sizeof text - at, "%s%s-%s", i == 0 ? "" : " ",
                           clock_format(hours->at[i].from_ms, from),
                           clock_format(hours->at[i].to_ms, to));
        at += put > 0 ? (size_t)put : 0;
    }
    return json_string(text);
}

static json_t *day_json(const struct tally *tally, int32_t day, int32_t first, int64_t *used)
{
    static const char *const names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    struct calendar_day about;
    char date[DATE_TEXT_BYTES];
    if (calendar_day_get(tally->clock->calendar, day, &about) != 0)
        return NULL;
    json_t *intervals = tally->is_days ? NULL : json_array();
    int64_t units = day_units(tally, day, &about, intervals);
    *used += units;
    json_t *json =
        json_pack("{s:s, s:s, s:b, s:o, s:b, s:b, s:I, s:I, s:o, s:o, s:b}", "date",
                  date_format(day, date), "weekday", names[date_weekday(day)], "workday",
                  about.is_work, "hours", hours_json(&about.hours), "start", day == first,
                  "counted", units > 0, "units", (json_int_t)units, "n",
                  (json_int_t)(*used / tally->per_unit), "name", query_text(about.name), "ground",
                  query_text(about.ground), "provisional", about.is_provisional);
    if (intervals != NULL) {
        json_object_set_new(json, "amount", tally_text(tally, units));
        json_object_set_new(json, "intervals", intervals);
    }
    return json;
}

json_t *tally_days(const struct tally *tally, int64_t *used_out, int32_t *total_out)
{
    json_t *days = json_array();
    int32_t ms;
    *used_out = 0;
    *total_out = 0;
    if (!tally->is_known || !instant_is_set(tally->until) || tally->until.ms <= tally->from.ms)
        return days;
    const struct calendar *calendar = tally->clock->calendar;
    int32_t first = calendar_local_day(calendar, tally->from, &ms);
    int32_t last = calendar_local_day(calendar, (struct instant){.ms = tally->until.ms - 1}, &ms);
    for (int32_t day = first; day <= last; day++) {
        json_t *json = day_json(tally, day, first, used_out);
        if (json == NULL)
            break;
        (*total_out)++;
        if (*total_out <= DAYS_SHOWN_MAX)
            json_array_append(days, json);
        json_decref(json);
    }
    return days;
}
