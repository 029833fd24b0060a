/* zone.c - local time: from the list of a zone's offsets to the midnights of every day.
 *
 * A segment is the time between two changes of the offset. For a local time the segments are
 * asked in order; the first that reaches it has it, so an hour that comes twice is the first one,
 * and a time in a gap belongs to the segment after it, at whose start it is already past.
 */
#include "rules/calendar/tables.h"

enum { SECOND_MS = 1000 };

static int64_t segment_end(const struct calendar *calendar, uint32_t segment)
{
    return segment + 1 < calendar->offset_count ? calendar->offsets[segment + 1].at.ms : INT64_MAX;
}

static int64_t segment_offset(const struct calendar *calendar, uint32_t segment)
{
    return calendar->offsets[segment].offset_s * (int64_t)SECOND_MS;
}

/* Index of the offset in force at an instant. */
static uint32_t zone_segment(const struct calendar *calendar, int64_t at_ms)
{
    uint32_t low = 0; /* offsets[low].at <= at < offsets[high].at */
    uint32_t high = calendar->offset_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (calendar->offsets[middle].at.ms <= at_ms)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Does the segment end only after this local time? (No sum at the open end: it would overflow.) */
static bool reaches(const struct calendar *calendar, uint32_t segment, int64_t local_ms)
{
    int64_t end = segment_end(calendar, segment);
    return end == INT64_MAX || local_ms < end + segment_offset(calendar, segment);
}

void zone_tables(struct calendar *calendar)
{
    uint32_t segment = 0;
    for (int32_t day = 0; day <= TABLE_DAYS; day++) {
        int64_t local = day * (int64_t)DATE_DAY_MS;
        while (!reaches(calendar, segment, local))
            segment++;
        int64_t at = local - segment_offset(calendar, segment);
        int64_t start = calendar->offsets[segment].at.ms;
        calendar->midnight_ms[day] = at < start ? start : at;
    }
    for (int32_t day = 0; day < TABLE_DAYS; day++) {
        int64_t from = calendar->midnight_ms[day];
        int64_t to = calendar->midnight_ms[day + 1];
        uint32_t at_start = zone_segment(calendar, from);
        int64_t wall = from + segment_offset(calendar, at_start) - day * (int64_t)DATE_DAY_MS;
        calendar->has_change[day] =
            to - from != DATE_DAY_MS || wall != 0 || segment_end(calendar, at_start) < to;
    }
}

bool day_find(const struct calendar *calendar, struct instant at, int32_t *day_out)
{
    const int64_t *midnight = calendar->midnight_ms;
    if (at.ms < midnight[0] || at.ms >= midnight[TABLE_DAYS])
        return false;
    int32_t day = at.ms < 0 ? 0 : (int32_t)(at.ms / DATE_DAY_MS);
    day = day < TABLE_DAYS ? day : TABLE_DAYS - 1;
    while (midnight[day] > at.ms)
        day--;
    while (midnight[day + 1] <= at.ms)
        day++;
    *day_out = day;
    return true;
}

int32_t civil_ms(const struct calendar *calendar, int32_t day, int64_t at_ms)
{
    int64_t from = calendar->midnight_ms[day];
    if (!calendar->has_change[day])
        return (int32_t)(at_ms - from);
    int64_t highest = 0;
    int64_t base = day * (int64_t)DATE_DAY_MS;
    for (uint32_t segment = zone_segment(calendar, from);; segment++) {
        int64_t end = segment_end(calendar, segment);
        int64_t wall = (at_ms < end ? at_ms : end) + segment_offset(calendar, segment) - base;
        highest = wall > highest ? wall : highest;
        if (at_ms < end)
            break;
    }
    return (int32_t)(highest < DATE_DAY_MS ? highest : DATE_DAY_MS);
}

int64_t civil_instant(const struct calendar *calendar, int32_t day, int32_t ms)
{
    int64_t from = calendar->midnight_ms[day];
    int64_t to = calendar->midnight_ms[day + 1];
    if (ms == DATE_DAY_MS)
        return to;
    if (!calendar->has_change[day])
        return from + ms;
    int64_t local = day * (int64_t)DATE_DAY_MS + ms;
    for (uint32_t segment = zone_segment(calendar, from); from < to; segment++) {
        int64_t end = segment_end(calendar, segment);
        int64_t at = local - segment_offset(calendar, segment);
        at = at < from ? from : at;
        end = end < to ? end : to;
        if (at < end)
            return at;
        from = end;
    }
    return to;
}

int32_t calendar_offset_s(const struct calendar *calendar, struct instant at)
{
    return calendar->offsets[zone_segment(calendar, at.ms)].offset_s;
}

int32_t calendar_local_day(const struct calendar *calendar, struct instant at, int32_t *ms_out)
{
    int64_t local = at.ms + segment_offset(calendar, zone_segment(calendar, at.ms));
    int64_t ms = local % DATE_DAY_MS;
    ms = ms < 0 ? ms + DATE_DAY_MS : ms;
    *ms_out = (int32_t)ms;
    return (int32_t)((local - ms) / DATE_DAY_MS);
}

struct instant calendar_instant(const struct calendar *calendar, int32_t day, int32_t ms)
{
    int64_t local = day * (int64_t)DATE_DAY_MS + ms;
    /* No offset is a whole day and more, so no segment before this one can reach the time. */
    uint32_t segment = zone_segment(calendar, local - 2 * (int64_t)DATE_DAY_MS);
    while (!reaches(calendar, segment, local))
        segment++;
    int64_t at = local - segment_offset(calendar, segment);
    if (at < calendar->offsets[segment].at.ms && segment > 0)
        at = local - segment_offset(calendar, segment - 1);
    return (struct instant){.ms = at};
}
