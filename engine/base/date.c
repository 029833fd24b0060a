/* date.c - days are counted in eras of 400 years that begin on 1 March, so that the leap day is the
 * last of its year and no table of months is needed.
 */
#include "engine/base/date.h"

enum {
    ERA_DAYS = 146097,    /* 400 years */
    EPOCH_SHIFT = 719468, /* days from 0000-03-01 to 1970-01-01 */
    EPOCH_WEEKDAY = 3,    /* 1970-01-01 was a Thursday */
    YEAR_MIN = 1900,      /* what texts may name */
    YEAR_MAX = 2199,
    SECOND_MS = 1000,
    MINUTE_MS = 60 * SECOND_MS,
    HOUR_MS = 60 * MINUTE_MS,
    OFFSET_HOURS_MAX = 23, /* RFC 3339 allows no more */
};

static int32_t floor_div(int32_t a, int32_t b)
{
    return a >= 0 ? a / b : -((-a + b - 1) / b);
}

static int32_t day_of(int32_t year, int32_t month, int32_t day)
{
    year -= month <= 2;
    int32_t era = floor_div(year, 400);
    int32_t year_of_era = year - era * 400;
    int32_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * ERA_DAYS + day_of_era - EPOCH_SHIFT;
}

int32_t date_day(struct date date)
{
    assert(date.month >= 1 && date.month <= 12);
    assert(date.day >= 1 && date.day <= date_month_days(date.year, date.month));
    return day_of(date.year, date.month, date.day);
}

struct date date_of_day(int32_t day)
{
    assert(day >= -12687428 && day <= 11248737); /* an int16_t year */
    int32_t shifted = day + EPOCH_SHIFT;
    int32_t era = floor_div(shifted, ERA_DAYS);
    int32_t day_of_era = shifted - era * ERA_DAYS;
    int32_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int32_t month_index = (5 * day_of_year + 2) / 153; /* 0 = March */
    int32_t month = month_index < 10 ? month_index + 3 : month_index - 9;
    return (struct date){
        .year = (int16_t)(year_of_era + era * 400 + (month <= 2)),
        .month = (uint8_t)month,
        .day = (uint8_t)(day_of_year - (153 * month_index + 2) / 5 + 1),
    };
}

int date_weekday(int32_t day)
{
    int32_t rest = (day + EPOCH_WEEKDAY) % 7;
    return rest < 0 ? rest + 7 : rest;
}

int date_month_days(int year, int month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    assert(month >= 1 && month <= 12);
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && is_leap ? 29 : days[month - 1];
}

int32_t date_add_months(int32_t day, int months)
{
    struct date date = date_of_day(day);
    int32_t month_count = date.year * 12 + date.month - 1 + months;
    int32_t year = floor_div(month_count, 12);
    int32_t month = month_count - year * 12 + 1;
    int32_t last = date_month_days(year, month);
    return day_of(year, month, date.day < last ? date.day : last);
}

/* ---- text ------------------------------------------------------------------------------------ */

/* What is left to read. Every take_… either takes what it asks for, or leaves the text alone. */
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

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool take_digits(struct reader *reader, int count, int32_t *number_out)
{
    if (reader->end - reader->at < count)
        return false;
    int32_t number = 0;
    for (int i = 0; i < count; i++) {
        if (!is_digit(reader->at[i]))
            return false;
        number = number * 10 + (reader->at[i] - '0');
    }
    reader->at += count;
    *number_out = number;
    return true;
}

static struct reader reader_of(struct slice text)
{
    const char *start = text.count == 0 ? "" : text.start;
    return (struct reader){.at = start, .end = start + text.count};
}

static int take_date(struct reader *reader, int32_t *day_out)
{
    int32_t year = 0;
    int32_t month = 0;
    int32_t day = 0;
    if (!take_digits(reader, 4, &year) || !take(reader, '-') || !take_digits(reader, 2, &month) ||
        !take(reader, '-') || !take_digits(reader, 2, &day))
        return DATE_E_SYNTAX;
    if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1 ||
        day > date_month_days(year, month))
        return DATE_E_RANGE;
    *day_out = day_of(year, month, day);
    return 0;
}

/* "10:00", "10:00:30", "10:00:30.123…" to ms; the hour may be 24 only as "24:00" and "24:00:00". */
static int take_clock(struct reader *reader, int32_t *ms_out)
{
    int32_t hour = 0;
    int32_t minute = 0;
    int32_t second = 0;
    int32_t part = 0;
    if (!take_digits(reader, 2, &hour) || !take(reader, ':') || !take_digits(reader, 2, &minute))
        return DATE_E_SYNTAX;
    if (take(reader, ':')) {
        if (!take_digits(reader, 2, &second))
            return DATE_E_SYNTAX;
        if (take(reader, '.')) {
            int32_t worth = 100;
            if (reader->at == reader->end || !is_digit(*reader->at))
                return DATE_E_SYNTAX;
            for (; reader->at != reader->end && is_digit(*reader->at); reader->at++, worth /= 10)
                part += worth * (*reader->at - '0');
        }
    }
    int32_t ms = hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS + part;
    if (hour > 24 || minute > 59 || second > 59 || ms > DATE_DAY_MS)
        return DATE_E_RANGE;
    *ms_out = ms;
    return 0;
}

static int take_offset(struct reader *reader, int64_t *offset_ms_out)
{
    if (take(reader, 'Z') || take(reader, 'z')) {
        *offset_ms_out = 0;
        return 0;
    }
    int sign = take(reader, '-') ? -1 : take(reader, '+') ? 1 : 0;
    int32_t hour = 0;
    int32_t minute = 0;
    if (sign == 0 || !take_digits(reader, 2, &hour) || !take(reader, ':') ||
        !take_digits(reader, 2, &minute))
        return DATE_E_SYNTAX;
    if (hour > OFFSET_HOURS_MAX || minute > 59)
        return DATE_E_RANGE;
    *offset_ms_out = sign * (int64_t)(hour * HOUR_MS + minute * MINUTE_MS);
    return 0;
}

int date_parse(struct slice text, int32_t *day_out)
{
    struct reader reader = reader_of(text);
    int32_t day = 0;
    int status = take_date(&reader, &day);
    if (status != 0)
        return status;
    if (reader.at != reader.end)
        return DATE_E_SYNTAX;
    *day_out = day;
    return 0;
}

int clock_parse(struct slice text, int32_t *ms_out)
{
    struct reader reader = reader_of(text);
    int32_t ms = 0;
    int status = take_clock(&reader, &ms);
    if (status != 0)
        return status;
    if (reader.at != reader.end || ms % SECOND_MS != 0)
        return DATE_E_SYNTAX;
    *ms_out = ms;
    return 0;
}

int instant_parse(struct slice text, struct instant *instant_out)
{
    struct reader reader = reader_of(text);
    int32_t day = 0;
    int32_t ms = 0;
    int64_t offset_ms = 0;
    int status = take_date(&reader, &day);
    if (status != 0)
        return status;
    struct instant at = {.ms = day * (int64_t)DATE_DAY_MS};
    if (reader.at == reader.end) {
        *instant_out = at;
        return DATE_E_DATE_ONLY;
    }
    if (!take(&reader, 'T') && !take(&reader, 't') && !take(&reader, ' '))
        return DATE_E_SYNTAX;
    status = take_clock(&reader, &ms);
    if (status != 0)
        return status;
    if (ms == DATE_DAY_MS)
        return DATE_E_RANGE; /* RFC 3339 knows no 24:00, and two names of one instant are a trap */
    at.ms += ms;
    if (reader.at == reader.end) {
        *instant_out = at;
        return DATE_E_NO_OFFSET;
    }
    status = take_offset(&reader, &offset_ms);
    if (status != 0)
        return status;
    at.ms -= offset_ms;
    if (reader.at != reader.end)
        return DATE_E_SYNTAX;
    if (at.ms < INSTANT_FIRST_MS || at.ms > INSTANT_LAST_MS)
        return DATE_E_RANGE;
    *instant_out = at;
    return 0;
}

static char *put(char *to, int32_t number, int width)
{
    for (int i = width - 1; i >= 0; i--, number /= 10)
        to[i] = (char)('0' + number % 10);
    return to + width;
}

static char *put_date(char *to, int32_t day)
{
    struct date date = date_of_day(day);
    assert(date.year >= 0 && date.year <= 9999);
    to = put(to, date.year, 4);
    *to++ = '-';
    to = put(to, date.month, 2);
    *to++ = '-';
    return put(to, date.day, 2);
}

static char *put_clock(char *to, int32_t ms, bool with_seconds)
{
    to = put(to, ms / HOUR_MS, 2);
    *to++ = ':';
    to = put(to, ms / MINUTE_MS % 60, 2);
    if (!with_seconds)
        return to;
    *to++ = ':';
    return put(to, ms / SECOND_MS % 60, 2);
}

char *date_format(int32_t day, char text[DATE_TEXT_BYTES])
{
    *put_date(text, day) = '\0';
    return text;
}

char *clock_format(int32_t ms, char text[CLOCK_TEXT_BYTES])
{
    assert(ms >= 0 && ms <= DATE_DAY_MS);
    *put_clock(text, ms, ms % MINUTE_MS >= SECOND_MS) = '\0';
    return text;
}

char *instant_format(struct instant at, int32_t offset_s, char text[INSTANT_TEXT_BYTES])
{
    int32_t offset_minutes = offset_s / 60;
    assert(offset_minutes > -24 * 60 && offset_minutes < 24 * 60);
    if (at.ms < INSTANT_FIRST_MS || at.ms > INSTANT_LAST_MS) {
        text[0] = '-';
        text[1] = '\0';
        return text;
    }
    int64_t local = at.ms + offset_minutes * (int64_t)MINUTE_MS;
    int32_t ms = (int32_t)(local % DATE_DAY_MS);
    ms = ms < 0 ? ms + DATE_DAY_MS : ms;
    char *to = put_date(text, (int32_t)((local - ms) / DATE_DAY_MS));
    *to++ = 'T';
    to = put_clock(to, ms, true);
    if (ms % SECOND_MS != 0) {
        *to++ = '.';
        to = put(to, ms % SECOND_MS, 3);
    }
    if (offset_minutes == 0) {
        *to++ = 'Z';
    } else {
        int32_t size = offset_minutes < 0 ? -offset_minutes : offset_minutes;
        *to++ = offset_minutes < 0 ? '-' : '+';
        to = put_clock(to, size * MINUTE_MS, false);
    }
    *to = '\0';
    return text;
}
