/* explain.c - the way from the start to the deadline, one row for each local day, as a table
 * for people and as JSON for programs.
 */
#include "engine/sys/lang.h"
#include "rules/due/due.h"

#include <jansson.h>

/* Why a day counts or does not. */
enum why {
    WHY_COUNTED,
    WHY_BEFORE, /* before the start that the settings make */
    WHY_START,  /* count day: the day of the start */
    WHY_OFF,
    WHY_AFTER, /* the limit was used up, and its end moved to a workday */
};

struct row {
    int32_t day;
    int64_t counted; /* steps of the axis */
    int64_t total;
    enum why why;
    struct calendar_day facts;
};

/* What all rows need. */
struct course {
    const struct due *due;
    enum axis axis;
    int64_t start;  /* position */
    int64_t length; /* of the limit */
    int32_t first;  /* days */
    int32_t start_day;
    int32_t last;
};

static int64_t position_at(const struct course *course, struct instant at)
{
    int64_t position = course->start;
    /* Within the course every position is known, because the deadline was found. */
    (void)!axis_position(course->due->calendar, course->axis, at, &position);
    return position;
}

static bool is_by_days(enum axis axis)
{
    return axis == AXIS_CIVIL_DAY || axis == AXIS_WORKDAY_RANK;
}

static struct course course_of(const struct due *due)
{
    int32_t ms = 0;
    struct course course = {.due = due,
                            .axis = counting_axis(due->counting.count, due->limit.unit)};
    const struct instant last = {.ms = due->at.ms - 1}; /* 24:00 belongs to the day it ends */
    course.start = position_at(&course, due->start);
    course.length = axis_length(due->calendar, course.axis, course.start, due->limit);
    course.first = calendar_local_day(due->calendar, due->from, &ms);
    course.start_day = calendar_local_day(due->calendar, due->start, &ms);
    course.last = calendar_local_day(due->calendar, last, &ms);
    course.last = course.last < course.start_day ? course.start_day : course.last;
    return course;
}

static struct row row_of(const struct course *course, int32_t day)
{
    const struct calendar *calendar = course->due->calendar;
    struct instant from = instant_later_of(course->due->start, calendar_instant(calendar, day, 0));
    struct instant to = calendar_instant(calendar, day + 1, 0);
    if (instant_is_before(course->due->at, to))
        to = course->due->at;
    struct row row = {.day = day};
    if (calendar_day_get(calendar, day, &row.facts) != 0)
        row.facts = (struct calendar_day){0}; /* a natural limit from before the known days */
    if (day < course->start_day) {
        row.why = WHY_BEFORE;
        return row;
    }
    if (is_by_days(course->axis)) {
        struct instant noon = calendar_instant(calendar, day, DATE_DAY_MS / 2);
        row.total = position_at(course, noon) - course->start;
        row.counted = day == course->start_day ? 0 : 1;
        if (course->axis == AXIS_WORKDAY_RANK && !row.facts.is_work)
            row.counted = 0;
    } else {
        row.total = position_at(course, to) - course->start;
        row.counted = row.total - (position_at(course, from) - course->start);
    }
    if (row.total > course->length) {
        row.total = course->length;
        row.counted = 0;
        row.why = WHY_AFTER;
    } else if (is_by_days(course->axis) && day == course->start_day) {
        row.why = WHY_START;
    } else if (row.counted == 0) {
        row.why = row.facts.is_work ? WHY_COUNTED : WHY_OFF;
    }
    return row;
}

/* ---- words ----------------------------------------------------------------------------------- */

enum { AMOUNT_BYTES = 32 };

/* Steps of an axis as days ("3", "3.43") or hours and minutes ("26:30"). */
static const char *amount(enum axis axis, int64_t steps, char text[AMOUNT_BYTES])
{
    if (is_by_days(axis)) {
        (void)snprintf(text, AMOUNT_BYTES, "%lld", (long long)steps);
    } else if (axis == AXIS_ELAPSED || axis == AXIS_WORKTIME) {
        long long minutes = steps / 60000;
        (void)snprintf(text, AMOUNT_BYTES, "%lld:%02lld", minutes / 60, minutes % 60);
    } else {
        int64_t day = axis == AXIS_WORKSHARE ? AXIS_WORKSHARE_DAY : DATE_DAY_MS;
        long long hundredths = (steps + day / 200) / (day / 100);
        (void)snprintf(text, AMOUNT_BYTES, "%lld.%02lld", hundredths / 100, hundredths % 100);
    }
    return text;
}

static const char *weekday_text(int32_t day)
{
    static const char *const en[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const zh[] = {"周一", "周二", "周三", "周四", "周五", "周六", "周日"};
    return say(en[date_weekday(day)], zh[date_weekday(day)]);
}

/* The reason in words, without the holiday's name and document. */
static const char *why_text(const struct row *row)
{
    switch (row->why) {
    case WHY_BEFORE:
        return say("before the start counts", "起算之前");
    case WHY_START:
        return say("the day of the start is not counted", "起始当日不计");
    case WHY_AFTER:
        return say("the limit ended on a day off and moves on", "期限末日为休息日，顺延");
    case WHY_COUNTED:
    case WHY_OFF:
        break;
    }
    if (row->facts.is_exception && row->facts.is_work)
        return say("workday", "上班");
    if (row->facts.is_exception)
        return say("day off", "放假");
    if (row->why == WHY_OFF)
        return say("weekly day off", "周休");
    return "";
}

static void print_why(const struct row *row, FILE *to)
{
    const char *separator = say(": ", "：");
    const char *why = why_text(row);
    if (why[0] != '\0')
        (void)fprintf(to, "  %s", why);
    if (row->facts.is_exception)
        (void)fprintf(to, "%s%.*s%s%.*s", separator, SLICE_ARG(row->facts.name),
                      row->facts.name.count == 0 ? "" : " — ", SLICE_ARG(row->facts.ground));
    if (row->facts.is_provisional)
        (void)fputs(say("  (provisional)", "  （暂定）"), to);
}

void due_explain(const struct due *due, FILE *to)
{
    const struct course course = course_of(due);
    char date[DATE_TEXT_BYTES];
    char counted[AMOUNT_BYTES];
    char total[AMOUNT_BYTES];
    char limit[TERM_TEXT_BYTES];
    static const char *const counts[] = {"day", "instant", "ceil"};
    (void)fprintf(
        to, say("%s, count: %s, calendar %.*s, zone %.*s\n", "%s，计法 %s，日历 %.*s，时区 %.*s\n"),
        term_format(due->limit, limit), counts[due->counting.count],
        SLICE_ARG(calendar_name(due->calendar)), SLICE_ARG(calendar_zone_name(due->calendar)));
    if (due->start.ms != due->from.ms) {
        char text[INSTANT_TEXT_BYTES];
        int32_t offset_s = calendar_offset_s(due->calendar, due->start);
        (void)fprintf(to, say("counts from %s\n", "自 %s 起算\n"),
                      instant_format(due->start, offset_s, text));
    }
    (void)fputs(say("date        day   counted     total  why\n",
                    "日期        星期     计入      累计  说明\n"),
                to);
    for (int32_t day = course.first; day <= course.last; day++) {
        const struct row row = row_of(&course, day);
        bool is_counted = row.counted > 0;
        (void)fprintf(to, say("%s  %s  %8s  %8s", "%s  %s %8s  %8s"), date_format(day, date),
                      weekday_text(day),
                      is_counted ? amount(course.axis, row.counted, counted) : "-",
                      amount(course.axis, row.total, total));
        print_why(&row, to);
        (void)fputc('\n', to);
    }
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static json_t *json_slice(struct slice slice)
{
    return json_stringn(slice.count == 0 ? "" : slice.start, slice.count);
}

static json_t *json_instant(const struct due *due, struct instant at)
{
    char text[INSTANT_TEXT_BYTES];
    return json_string(instant_format(at, calendar_offset_s(due->calendar, at), text));
}

static json_t *json_row(const struct course *course, const struct row *row)
{
    char date[DATE_TEXT_BYTES];
    char counted[AMOUNT_BYTES];
    char total[AMOUNT_BYTES];
    return json_pack("{s:s, s:i, s:b, s:b, s:s, s:s, s:s, s:o, s:o, s:b}", "date",
                     date_format(row->day, date), "weekday", date_weekday(row->day) + 1, "work",
                     row->facts.is_work, "is_counted", row->counted > 0, "counted",
                     amount(course->axis, row->counted, counted), "total",
                     amount(course->axis, row->total, total), "why", why_text(row), "name",
                     json_slice(row->facts.name), "ground", json_slice(row->facts.ground),
                     "provisional", row->facts.is_provisional);
}

bool due_json(const struct due *due, bool with_days, FILE *to)
{
    static const char *const counts[] = {"day", "instant", "ceil"};
    char limit[TERM_TEXT_BYTES];
    json_t *answer =
        json_pack("{s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:b}", "calendar",
                  json_slice(calendar_name(due->calendar)), "zone",
                  json_slice(calendar_zone_name(due->calendar)), "limit",
                  term_format(due->limit, limit), "count", counts[due->counting.count], "from",
                  json_instant(due, due->from), "start", json_instant(due, due->start), "due",
                  json_instant(due, due->at), "provisional", due->is_provisional);
    if (answer == NULL)
        return false;
    bool is_whole = true;
    if (with_days) {
        const struct course course = course_of(due);
        json_t *days = json_array();
        for (int32_t day = course.first; day <= course.last; day++) {
            const struct row row = row_of(&course, day);
            is_whole &= json_array_append_new(days, json_row(&course, &row)) == 0;
        }
        is_whole &= json_object_set_new(answer, "days", days) == 0;
    }
    is_whole = is_whole && json_dumpf(answer, to, JSON_COMPACT) == 0;
    json_decref(answer);
    (void)fputc('\n', to);
    return is_whole;
}
