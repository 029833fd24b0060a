/* flatten.c - from what a calendar and its parents state to one pattern for every day.
 *
 * Days are settled in this order, the later over the earlier: the weekly pattern; the seasons of
 * the level that states the week and of those below it; the exceptions from the root down. A
 * season above the level that states the week is not looked at: it spoke of another week.
 */
#include "rules/calendar/tables.h"

#include <errno.h>
#include <stdlib.h>

/* The working time of one day, at most: 27 hours. Only clocks set back by a good part of a day
 * could make it more, and AXIS_WORKSHARE would not fit its integers. */
enum { WORK_MS_MAX = 27 * 3600000 };

/* One day before it is made a pattern. NULL hours: a day off. */
struct draft {
    const struct calendar_hours *hours;
    const struct calendar_exception *exception;
};

struct flattener {
    struct calendar *calendar;
    const struct calendar_definition *const *levels; /* from the root down */
    uint32_t level_count;
    uint32_t week_level;
    const struct calendar_hours *week;
    struct draft *drafts; /* TABLE_DAYS of them */
    uint32_t pattern_room;
};

/* ---- weeks, seasons, exceptions -------------------------------------------------------------- */

static void draft_week(struct flattener *flattener)
{
    for (int32_t day = flattener->calendar->first_day; day < TABLE_DAYS; day++) {
        const struct calendar_hours *hours = &flattener->week[date_weekday(day)];
        flattener->drafts[day].hours = hours->count > 0 ? hours : NULL;
    }
}

static void draft_season(struct flattener *flattener, const struct calendar_season *season)
{
    int32_t first = flattener->calendar->first_day;
    first = season->first_day > first ? season->first_day : first;
    int32_t last = season->last_day < TABLE_DAYS ? season->last_day : TABLE_DAYS - 1;
    for (int32_t day = first; day <= last; day++) {
        const struct calendar_hours *hours = &season->week[date_weekday(day)];
        if (flattener->drafts[day].hours != NULL && hours->count > 0)
            flattener->drafts[day].hours = hours;
    }
}

static void draft_seasons(struct flattener *flattener)
{
    for (uint32_t i = flattener->week_level; i < flattener->level_count; i++)
        for (uint32_t k = 0; k < flattener->levels[i]->season_count; k++)
            draft_season(flattener, &flattener->levels[i]->seasons[k]);
}

/* The hours of a workday by an exception that states none: those of its weekday in that season. A
 * make-up workday on a weekday without hours has those of Monday, or of the first day that has. */
static const struct calendar_hours *hours_of_week(const struct flattener *flattener, int32_t day)
{
    int weekday = date_weekday(day);
    for (int i = 0; flattener->week[weekday].count == 0; i++)
        weekday = i;
    const struct calendar_hours *hours = &flattener->week[weekday];
    for (uint32_t i = flattener->week_level; i < flattener->level_count; i++) {
        const struct calendar_definition *level = flattener->levels[i];
        for (uint32_t k = 0; k < level->season_count; k++) {
            const struct calendar_season *season = &level->seasons[k];
            if (season->first_day <= day && day <= season->last_day &&
                season->week[weekday].count > 0)
                hours = &season->week[weekday];
        }
    }
    return hours;
}

static void draft_exception(struct flattener *flattener, const struct calendar_exception *exception)
{
    const struct calendar *calendar = flattener->calendar;
    if (exception->day < calendar->first_day || exception->day > calendar->horizon_day)
        return; /* beyond the horizon the weekly pattern stands alone */
    struct draft *draft = &flattener->drafts[exception->day];
    draft->exception = exception;
    if (!exception->is_work)
        draft->hours = NULL;
    else if (exception->has_hours)
        draft->hours = &exception->hours;
    else
        draft->hours = hours_of_week(flattener, exception->day);
}

/* ---- patterns -------------------------------------------------------------------------------- */

bool calendar_hours_are_equal(const struct calendar_hours *a, const struct calendar_hours *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (a->at[i].from_ms != b->at[i].from_ms || a->at[i].to_ms != b->at[i].to_ms)
            return false;
    return true;
}

static void assert_hours(const struct calendar_hours *hours)
{
    assert(hours->count <= CALENDAR_INTERVALS_MAX);
    int32_t before = -1;
    for (uint32_t i = 0; i < hours->count; i++) {
        assert(hours->at[i].from_ms > before);
        assert(hours->at[i].to_ms > hours->at[i].from_ms);
        before = hours->at[i].to_ms;
    }
    assert(before <= DATE_DAY_MS);
}

/* day: the day whose change of clocks the real hours are to follow; -1: a day without one. */
static void pattern_fill(const struct calendar *calendar, struct pattern *pattern,
                         const struct calendar_hours *wall, int32_t day)
{
    *pattern = (struct pattern){.wall = *wall};
    for (uint32_t i = 0; i < wall->count; i++) {
        int32_t from = wall->at[i].from_ms;
        int32_t to = wall->at[i].to_ms;
        if (day >= 0) {
            from = (int32_t)(civil_instant(calendar, day, from) - calendar->midnight_ms[day]);
            to = (int32_t)(civil_instant(calendar, day, to) - calendar->midnight_ms[day]);
        }
        if (to - from > WORK_MS_MAX - pattern->total_ms)
            to = from + WORK_MS_MAX - pattern->total_ms;
        if (from >= to)
            continue; /* the whole interval is in the gap */
        uint32_t k = pattern->count++;
        pattern->from_ms[k] = from;
        pattern->to_ms[k] = to;
        pattern->before_ms[k] = pattern->total_ms;
        pattern->total_ms += to - from;
    }
}

static int pattern_add(struct flattener *flattener, const struct calendar_hours *wall, int32_t day,
                       uint16_t *index_out)
{
    struct calendar *calendar = flattener->calendar;
    assert(calendar->pattern_count < UINT16_MAX);
    if (calendar->pattern_count == flattener->pattern_room) {
        uint32_t room = flattener->pattern_room == 0 ? 64 : flattener->pattern_room * 2;
        struct pattern *more = realloc(calendar->patterns, room * sizeof *more);
        if (more == NULL)
            return -ENOMEM;
        calendar->patterns = more;
        flattener->pattern_room = room;
    }
    assert_hours(wall);
    *index_out = (uint16_t)calendar->pattern_count++;
    pattern_fill(calendar, &calendar->patterns[*index_out], wall, day);
    return 0;
}

/* The pattern of a day: one of its own where the clocks change, else one that is there already. */
static int pattern_of(struct flattener *flattener, int32_t day, uint16_t *index_out)
{
    const struct calendar *calendar = flattener->calendar;
    const struct calendar_hours *wall = flattener->drafts[day].hours;
    *index_out = 0;
    if (wall == NULL)
        return 0;
    if (calendar->has_change[day])
        return pattern_add(flattener, wall, day, index_out);
    const struct draft *week_ago = day >= 7 ? &flattener->drafts[day - 7] : NULL;
    if (week_ago != NULL && week_ago->hours == wall && !calendar->has_change[day - 7]) {
        *index_out = calendar->pattern[day - 7];
        return 0;
    }
    for (uint32_t i = 0; i < calendar->pattern_count; i++) {
        const struct pattern *pattern = &calendar->patterns[i];
        bool is_plain =
            pattern->count == pattern->wall.count && pattern->count > 0 &&
            pattern->from_ms[0] == pattern->wall.at[0].from_ms &&
            pattern->to_ms[pattern->count - 1] == pattern->wall.at[pattern->count - 1].to_ms;
        if (is_plain && calendar_hours_are_equal(&pattern->wall, wall)) {
            *index_out = (uint16_t)i;
            return 0;
        }
    }
    return pattern_add(flattener, wall, -1, index_out);
}

static int settle_days(struct flattener *flattener)
{
    struct calendar *calendar = flattener->calendar;
    static const struct calendar_hours day_off = {0};
    uint16_t index = 0;
    int status = pattern_add(flattener, &day_off, -1, &index);
    for (int32_t day = 0; status == 0 && day < TABLE_DAYS; day++) {
        uint32_t rank = calendar->workday_count;
        calendar->rank_before[day] = rank;
        status = pattern_of(flattener, day, &calendar->pattern[day]);
        if (status != 0)
            return status;
        int32_t total = calendar_pattern(calendar, day)->total_ms;
        if (total == 0)
            continue;
        calendar->workday[rank] = day;
        calendar->worktime_before[rank + 1] = calendar->worktime_before[rank] + total;
        calendar->workday_count = rank + 1;
    }
    calendar->rank_before[TABLE_DAYS] = calendar->workday_count;
    return status;
}

static int settle_marks(struct flattener *flattener)
{
    struct calendar *calendar = flattener->calendar;
    uint32_t count = 0;
    for (int32_t day = 0; day < TABLE_DAYS; day++)
        count += flattener->drafts[day].exception != NULL;
    struct mark *marks = arena_take(calendar->arena, count, sizeof *marks);
    if (marks == NULL)
        return -ENOMEM;
    calendar->marks = marks;
    for (int32_t day = 0; day < TABLE_DAYS; day++) {
        const struct calendar_exception *exception = flattener->drafts[day].exception;
        if (exception == NULL)
            continue;
        struct mark *mark = &marks[calendar->mark_count++];
        mark->day = day;
        if (!arena_copy(calendar->arena, exception->name, &mark->name) ||
            !arena_copy(calendar->arena, exception->ground, &mark->ground))
            return -ENOMEM;
    }
    return 0;
}

int calendar_flatten(struct calendar *calendar, const struct calendar_definition *const *levels,
                     uint32_t count)
{
    struct flattener flattener = {.calendar = calendar, .levels = levels, .level_count = count};
    for (uint32_t i = 0; i < count; i++) {
        if (levels[i]->has_week) {
            flattener.week = levels[i]->week;
            flattener.week_level = i;
        }
    }
    assert(flattener.week != NULL); /* or calendar_create had refused */
    flattener.drafts = calloc(TABLE_DAYS, sizeof *flattener.drafts);
    if (flattener.drafts == NULL)
        return -ENOMEM;
    draft_week(&flattener);
    draft_seasons(&flattener);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < levels[i]->exception_count; k++)
            draft_exception(&flattener, &levels[i]->exceptions[k]);
    int status = settle_days(&flattener);
    if (status == 0)
        status = settle_marks(&flattener);
    free(flattener.drafts);
    return status;
}
