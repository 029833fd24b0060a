/* calendar.c - a calendar's life, and what it says of one day. */
#include "rules/calendar/tables.h"

#include <errno.h>
#include <stdlib.h>

/* The levels from the root down to the definition. Returns: their count; 0: too many. */
static uint32_t levels_of(const struct calendar_definition *definition,
                          const struct calendar_definition *levels[CALENDAR_DEPTH_MAX])
{
    uint32_t count = 0;
    for (const struct calendar_definition *at = definition; at != NULL; at = at->parent)
        if (++count > CALENDAR_DEPTH_MAX)
            return 0;
    uint32_t place = count;
    for (const struct calendar_definition *at = definition; at != NULL; at = at->parent)
        levels[--place] = at;
    return count;
}

struct facts {
    const struct calendar_zone *zone;
    const struct calendar_hours *week;
    int32_t first_day;
    int32_t horizon_day;
};

static int facts_of(const struct calendar_definition *const *levels, uint32_t count,
                    struct facts *facts)
{
    *facts = (struct facts){.first_day = INT32_MIN, .horizon_day = INT32_MIN};
    for (uint32_t i = 0; i < count; i++) {
        if (levels[i]->zone != NULL)
            facts->zone = levels[i]->zone;
        if (levels[i]->has_week)
            facts->week = levels[i]->week;
        if (levels[i]->first_day != INT32_MIN)
            facts->first_day = levels[i]->first_day;
        if (levels[i]->horizon_day != INT32_MIN)
            facts->horizon_day = levels[i]->horizon_day;
    }
    if (facts->zone == NULL || facts->zone->offset_count == 0)
        return CALENDAR_E_NO_ZONE;
    if (facts->week == NULL)
        return CALENDAR_E_NO_WEEK;
    if (facts->first_day == INT32_MIN || facts->horizon_day == INT32_MIN)
        return CALENDAR_E_NO_HORIZON;
    for (int weekday = 0; weekday < 7; weekday++)
        if (facts->week[weekday].count > 0)
            return 0;
    return CALENDAR_E_EMPTY;
}

static bool copy_texts(struct calendar *calendar, struct slice name,
                       const struct calendar_zone *zone)
{
    struct calendar_offset *offsets =
        arena_take(calendar->arena, zone->offset_count, sizeof *offsets);
    if (offsets == NULL || !arena_copy(calendar->arena, name, &calendar->name) ||
        !arena_copy(calendar->arena, zone->name, &calendar->zone_name))
        return false;
    memcpy(offsets, zone->offsets, zone->offset_count * sizeof *offsets);
    for (uint32_t i = 1; i < zone->offset_count; i++)
        assert(offsets[i - 1].at.ms < offsets[i].at.ms);
    calendar->offsets = offsets;
    calendar->offset_count = zone->offset_count;
    return true;
}

/* What calendar_create does once it has the memory. */
static int fill(struct calendar *calendar, const struct calendar_definition *const *levels,
                uint32_t count, const struct facts *facts)
{
    calendar->first_day = facts->first_day > 0 ? facts->first_day : 0;
    calendar->horizon_day =
        facts->horizon_day < CALENDAR_LAST_DAY ? facts->horizon_day : CALENDAR_LAST_DAY;
    calendar->arena = arena_create();
    if (calendar->arena == NULL || !copy_texts(calendar, levels[count - 1]->name, facts->zone))
        return -ENOMEM;
    zone_tables(calendar);
    return calendar_flatten(calendar, levels, count);
}

int calendar_create(const struct calendar_definition *definition, struct calendar **calendar_out)
{
    const struct calendar_definition *levels[CALENDAR_DEPTH_MAX];
    struct facts facts;
    uint32_t count = levels_of(definition, levels);
    if (count == 0)
        return CALENDAR_E_DEPTH;
    int status = facts_of(levels, count, &facts);
    if (status != 0)
        return status;
    struct calendar *calendar = calloc(1, sizeof *calendar);
    if (calendar == NULL)
        return -ENOMEM;
    status = fill(calendar, levels, count, &facts);
    if (status == 0)
        *calendar_out = calendar;
    else
        calendar_destroy(&calendar);
    return status;
}

void calendar_destroy(struct calendar **calendar_p)
{
    if (*calendar_p == NULL)
        return;
    arena_destroy(&(*calendar_p)->arena);
    free((*calendar_p)->patterns);
    free(*calendar_p);
    *calendar_p = NULL;
}

struct slice calendar_name(const struct calendar *calendar)
{
    return calendar->name;
}

struct slice calendar_zone_name(const struct calendar *calendar)
{
    return calendar->zone_name;
}

int32_t calendar_horizon(const struct calendar *calendar)
{
    return calendar->horizon_day;
}

static const struct mark *mark_find(const struct calendar *calendar, int32_t day)
{
    uint32_t low = 0;
    uint32_t high = calendar->mark_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (calendar->marks[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low < calendar->mark_count && calendar->marks[low].day == day ? &calendar->marks[low]
                                                                         : NULL;
}

int calendar_day_get(const struct calendar *calendar, int32_t day, struct calendar_day *day_out)
{
    if (day < calendar->first_day || day > CALENDAR_LAST_DAY)
        return CALENDAR_E_UNKNOWN;
    const struct pattern *pattern = calendar_pattern(calendar, day);
    const struct mark *mark = mark_find(calendar, day);
    *day_out = (struct calendar_day){
        .is_work = pattern->total_ms > 0,
        .is_exception = mark != NULL,
        .is_provisional = day > calendar->horizon_day,
        .hours = pattern->wall,
    };
    if (mark != NULL) {
        day_out->name = mark->name;
        day_out->ground = mark->ground;
    }
    return 0;
}
