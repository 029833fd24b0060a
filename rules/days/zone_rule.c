/* zone_rule.c - POSIX TZ strings: "std offset [dst [offset] , start [/time] , end [/time]]".
 *
 * The signs are POSIX's: west is positive, so "CST-8" is eight hours ahead of UTC. Times of a
 * change may be negative or above 24 hours (RFC 8536, 3.3.1).
 */
#include "rules/days/zone.h"

enum {
    LAST_YEAR = 2100, /* one more than calendars reach, so that 2099 ends right */
    HOUR_S = 3600,
    MINUTE_S = 60,
    CHANGE_HOURS_MAX = 167,
    OFFSET_HOURS_MAX = 24,
    DAY_S = 86400,
    SECOND_MS = 1000,
};

enum form { FORM_MONTH, FORM_JULIAN, FORM_ZERO }; /* Mm.w.d, Jn, n */

/* When in the year the clocks change. */
struct change {
    enum form form;
    int month;
    int week;    /* 5: the last */
    int weekday; /* 0 = Sunday, as POSIX has it */
    int day;     /* of FORM_JULIAN: 1 to 365, never 29 February; of FORM_ZERO: 0 to 365 */
    int32_t time_s;
};

struct rule {
    int32_t std_offset_s;
    int32_t dst_offset_s;
    bool has_dst;
    struct change start;
    struct change end;
};

struct reader {
    const char *at;
    const char *end;
};

static bool take(struct reader *reader, char c)
{
    if (reader->at == reader->end || *reader->at != c)
        return false;
    reader->at++;
    return true;
}

static bool take_number(struct reader *reader, int min, int max, int *number_out)
{
    int number = 0;
    const char *start = reader->at;
    for (; reader->at != reader->end && *reader->at >= '0' && *reader->at <= '9'; reader->at++) {
        number = number * 10 + (*reader->at - '0');
        if (number > max)
            return false;
    }
    *number_out = number;
    return reader->at != start && number >= min;
}

static bool take_name(struct reader *reader)
{
    const char *start = reader->at;
    if (take(reader, '<')) {
        while (reader->at != reader->end && *reader->at != '>')
            reader->at++;
        return take(reader, '>');
    }
    while (reader->at != reader->end && ((*reader->at >= 'A' && *reader->at <= 'Z') ||
                                         (*reader->at >= 'a' && *reader->at <= 'z')))
        reader->at++;
    return reader->at - start >= 3;
}

/* [+-]hh[:mm[:ss]] */
static bool take_time(struct reader *reader, int hours_max, int32_t *seconds_out)
{
    int sign = take(reader, '-') ? -1 : 1;
    if (sign == 1)
        (void)take(reader, '+'); /* it may be there */
    int hours = 0;
    int minutes = 0;
    int seconds = 0;
    if (!take_number(reader, 0, hours_max, &hours))
        return false;
    if (take(reader, ':') && !take_number(reader, 0, 59, &minutes))
        return false;
    if (take(reader, ':') && !take_number(reader, 0, 59, &seconds))
        return false;
    *seconds_out = sign * (hours * HOUR_S + minutes * MINUTE_S + seconds);
    return true;
}

static bool take_change(struct reader *reader, struct change *change)
{
    bool is_day = false;
    if (take(reader, 'M')) {
        change->form = FORM_MONTH;
        is_day = take_number(reader, 1, 12, &change->month) && take(reader, '.') &&
                 take_number(reader, 1, 5, &change->week) && take(reader, '.') &&
                 take_number(reader, 0, 6, &change->weekday);
    } else if (take(reader, 'J')) {
        change->form = FORM_JULIAN;
        is_day = take_number(reader, 1, 365, &change->day);
    } else {
        change->form = FORM_ZERO;
        is_day = take_number(reader, 0, 365, &change->day);
    }
    change->time_s = 2 * HOUR_S;
    return is_day && (!take(reader, '/') || take_time(reader, CHANGE_HOURS_MAX, &change->time_s));
}

static bool take_offset(struct reader *reader, int32_t *offset_out)
{
    int32_t west_s = 0;
    if (!take_time(reader, OFFSET_HOURS_MAX, &west_s) || west_s <= -DAY_S || west_s >= DAY_S)
        return false;
    *offset_out = -west_s;
    return true;
}

static bool read_rule(struct slice text, struct rule *rule)
{
    struct reader reader = {.at = text.start, .end = text.start + text.count};
    if (!take_name(&reader) || !take_offset(&reader, &rule->std_offset_s))
        return false;
    rule->has_dst = reader.at != reader.end;
    if (!rule->has_dst)
        return true;
    if (!take_name(&reader))
        return false;
    rule->dst_offset_s = rule->std_offset_s + HOUR_S;
    if (reader.at != reader.end && *reader.at != ',' && !take_offset(&reader, &rule->dst_offset_s))
        return false;
    return rule->dst_offset_s < DAY_S && take(&reader, ',') && take_change(&reader, &rule->start) &&
           take(&reader, ',') && take_change(&reader, &rule->end) && reader.at == reader.end;
}

static int32_t first_of_year(int year)
{
    return date_day((struct date){.year = (int16_t)year, .month = 1, .day = 1});
}

static int32_t change_day(const struct change *change, int year)
{
    int32_t first = first_of_year(year);
    bool is_leap = date_month_days(year, 2) == 29;
    if (change->form == FORM_ZERO)
        return first + change->day;
    if (change->form == FORM_JULIAN)
        return first + change->day - 1 + (is_leap && change->day >= 60);
    first =
        date_day((struct date){.year = (int16_t)year, .month = (uint8_t)change->month, .day = 1});
    int weekday = (date_weekday(first) + 1) % 7; /* 0 = Sunday */
    int32_t day = first + (change->weekday - weekday + 7) % 7 + (change->week - 1) * 7;
    return day < first + date_month_days(year, change->month) ? day : day - 7;
}

static struct instant change_at(const struct change *change, int year, int32_t offset_before_s)
{
    int64_t local_s = change_day(change, year) * (int64_t)DAY_S + change->time_s;
    return (struct instant){.ms = (local_s - offset_before_s) * SECOND_MS};
}

/* One more change behind the others. Two at one instant are one: the later word counts. */
static bool append(struct calendar_offset *offsets, uint32_t *count, uint32_t first,
                   struct instant at, int32_t offset_s)
{
    struct calendar_offset *last = &offsets[*count - 1];
    if (*count > first && last->at.ms == at.ms) {
        last->offset_s = offset_s;
        if (last->offset_s == offsets[*count - 2].offset_s)
            (*count)--;
        return true;
    }
    if (at.ms <= last->at.ms || offset_s == last->offset_s)
        return true;
    if (*count == ZONE_OFFSETS_MAX)
        return false;
    offsets[(*count)++] = (struct calendar_offset){.at = at, .offset_s = offset_s};
    return true;
}

bool zone_rule_expand(struct slice text, int first_year, struct calendar_offset *offsets,
                      uint32_t *count)
{
    struct rule rule = {0};
    uint32_t first = *count;
    if (!read_rule(text, &rule))
        return false;
    if (!rule.has_dst) {
        if (!instant_is_set(offsets[first - 1].at))
            offsets[first - 1].offset_s = rule.std_offset_s;
        return true;
    }
    for (int year = first_year; year <= LAST_YEAR; year++) {
        struct instant start = change_at(&rule.start, year, rule.std_offset_s);
        struct instant end = change_at(&rule.end, year, rule.dst_offset_s);
        bool is_north = instant_is_before(start, end);
        if (!append(offsets, count, first, is_north ? start : end,
                    is_north ? rule.dst_offset_s : rule.std_offset_s) ||
            !append(offsets, count, first, is_north ? end : start,
                    is_north ? rule.std_offset_s : rule.dst_offset_s)) {
            *count = first;
            return false;
        }
    }
    return true;
}
