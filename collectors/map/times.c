/* times.c - a pattern is walked beside the text; what it found is put together at the end.
 */
#include "collectors/map/times.h"

#include "engine/base/date.h"

struct parts {
    int year, month, day, hour, minute, second, ms;
    int offset_s;
    bool has_date, has_time, has_offset, is_pm, has_half;
};

struct walk {
    const char *at;
    const char *end;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct slice trim(struct slice text)
{
    while (text.count > 0 && is_blank(text.start[text.count - 1]))
        text.count--;
    while (text.count > 0 && is_blank(text.start[0])) {
        text.start++;
        text.count--;
    }
    return text;
}

/* One to `most` digits. */
static bool take_number(struct walk *walk, int most, int *number_out)
{
    int number = 0;
    int count = 0;
    while (count < most && walk->at < walk->end && *walk->at >= '0' && *walk->at <= '9') {
        number = number * 10 + (*walk->at - '0');
        walk->at++;
        count++;
    }
    *number_out = number;
    return count > 0;
}

static bool take_fraction(struct walk *walk, int *ms_out)
{
    static const int scale[] = {0, 100, 10, 1};
    int number = 0;
    int count = 0;
    for (; walk->at < walk->end && *walk->at >= '0' && *walk->at <= '9'; walk->at++) {
        if (count < 3) {
            number = number * 10 + (*walk->at - '0');
            count++;
        }
    }
    *ms_out = number * scale[count];
    return count > 0;
}

static bool take_offset(struct walk *walk, int *offset_s_out)
{
    int hours = 0;
    int minutes = 0;
    if (walk->at == walk->end)
        return false;
    char sign = *walk->at++;
    if (sign == 'Z' || sign == 'z') {
        *offset_s_out = 0;
        return true;
    }
    if ((sign != '+' && sign != '-') || !take_number(walk, 2, &hours))
        return false;
    if (walk->at < walk->end && *walk->at == ':')
        walk->at++;
    if (walk->at < walk->end && *walk->at >= '0' && *walk->at <= '9' &&
        !take_number(walk, 2, &minutes))
        return false;
    *offset_s_out = (hours * 60 + minutes) * (sign == '-' ? -60 : 60);
    return hours < 24 && minutes < 60;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool take_month_name(struct walk *walk, int *month_out)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    if (walk->end - walk->at < 3)
        return false;
    for (int i = 0; i < 12; i++) {
        const char *name = names + (size_t)i * 3;
        if (lower(walk->at[0]) == name[0] && lower(walk->at[1]) == name[1] &&
            lower(walk->at[2]) == name[2]) {
            walk->at += 3;
            *month_out = i + 1;
            return true;
        }
    }
    return false;
}

static bool take_half(struct walk *walk, bool *is_pm_out)
{
    if (walk->end - walk->at < 2 || lower(walk->at[1]) != 'm' ||
        (lower(walk->at[0]) != 'a' && lower(walk->at[0]) != 'p'))
        return false;
    *is_pm_out = lower(walk->at[0]) == 'p';
    walk->at += 2;
    return true;
}

static bool take_letter(struct walk *walk, char letter, struct parts *parts)
{
    switch (letter) {
    case 'Y':
        parts->has_date = true;
        return take_number(walk, 4, &parts->year);
    case 'y':
        parts->has_date = true;
        if (!take_number(walk, 2, &parts->year))
            return false;
        parts->year += parts->year < 69 ? 2000 : 1900; /* as POSIX has it */
        return true;
    case 'm':
        return take_number(walk, 2, &parts->month);
    case 'b':
        return take_month_name(walk, &parts->month);
    case 'd':
        return take_number(walk, 2, &parts->day);
    case 'H':
    case 'I':
        parts->has_time = true;
        parts->has_half = letter == 'I';
        return take_number(walk, 2, &parts->hour);
    case 'M':
        return take_number(walk, 2, &parts->minute);
    case 'S':
        return take_number(walk, 2, &parts->second);
    case 'f':
        return take_fraction(walk, &parts->ms);
    case 'p':
        return take_half(walk, &parts->is_pm);
    case 'z':
        parts->has_offset = true;
        return take_offset(walk, &parts->offset_s);
    case '%':
        return walk->at < walk->end && *walk->at++ == '%';
    default:
        return false;
    }
}

const char *times_pattern_check(const char *pattern)
{
    for (const char *at = pattern; *at != '\0'; at++) {
        if (*at != '%')
            continue;
        at++;
        if (*at == '\0' || strchr("YymbdHIMSfpz%", *at) == NULL)
            return at;
    }
    return NULL;
}

static bool walk_pattern(struct slice pattern, struct slice text, struct parts *parts)
{
    struct walk walk = {.at = text.start, .end = text.start + text.count};
    for (size_t i = 0; i < pattern.count; i++) {
        char c = pattern.start[i];
        if (is_blank(c)) {
            while (walk.at < walk.end && is_blank(*walk.at))
                walk.at++;
        } else if (c == '%' && i + 1 < pattern.count) {
            if (!take_letter(&walk, pattern.start[++i], parts))
                return false;
        } else if (walk.at == walk.end || *walk.at++ != c) {
            return false;
        }
    }
    return walk.at == walk.end;
}

/* 12-hour clocks: 12 am is 0, 12 pm is 12. */
static bool settle_half(struct parts *parts)
{
    if (!parts->has_half)
        return true;
    if (parts->hour < 1 || parts->hour > 12)
        return false;
    parts->hour = parts->hour % 12 + (parts->is_pm ? 12 : 0);
    return true;
}

static bool put_together(struct parts *parts, struct instant *at_out)
{
    if (!settle_half(parts) || parts->year < 1900 || parts->year > 2199 || parts->month < 1 ||
        parts->month > 12 || parts->day < 1 ||
        parts->day > date_month_days(parts->year, parts->month) || parts->hour > 23 ||
        parts->minute > 59 || parts->second > 60)
        return false;
    const struct date date = {
        .year = (int16_t)parts->year, .month = (uint8_t)parts->month, .day = (uint8_t)parts->day};
    int64_t s = (int64_t)date_day(date) * 86400 + parts->hour * INT64_C(3600) +
                parts->minute * INT64_C(60) + parts->second - parts->offset_s;
    at_out->ms = s * 1000 + parts->ms;
    return true;
}

/* The instant of a local wall-clock time (given as if in UTC). Of an hour that comes twice the
 * first; a time that the clocks jump over counts as so much after the jump. */
static struct instant instant_of_local(const struct calendar_zone *zone, struct instant local)
{
    uint32_t low = 0;
    uint32_t high = zone->offset_count;
    while (high - low > 1) { /* the last change that is surely over at this local time */
        uint32_t middle = low + (high - low) / 2;
        if (zone->offsets[middle].at.ms <= local.ms - 2 * (int64_t)DATE_DAY_MS)
            low = middle;
        else
            high = middle;
    }
    for (uint32_t i = low;; i++) {
        struct instant at = {.ms = local.ms - (int64_t)zone->offsets[i].offset_s * 1000};
        if (i + 1 == zone->offset_count || at.ms < zone->offsets[i + 1].at.ms)
            return at;
        int64_t after_ms = local.ms - (int64_t)zone->offsets[i + 1].offset_s * 1000;
        if (after_ms < zone->offsets[i + 1].at.ms)
            return at; /* in the gap: no clock ever showed it */
    }
}

/* What a form made of the text: a local time as if in UTC, or an instant. */
struct reading {
    struct instant at;
    bool is_local;
    bool is_date;
};

static int read_iso(struct slice text, struct reading *reading)
{
    int status = instant_parse(text, &reading->at);
    reading->is_date = status == DATE_E_DATE_ONLY;
    reading->is_local = reading->is_date || status == DATE_E_NO_OFFSET;
    if (status == DATE_E_RANGE)
        return TIMES_E_RANGE;
    return status == DATE_E_SYNTAX ? TIMES_E_FORM : 0;
}

static int read_number(struct slice text, int64_t scale, struct reading *reading)
{
    int64_t number = 0;
    if (text.count == 0 || text.count > 15)
        return TIMES_E_FORM;
    for (size_t i = 0; i < text.count; i++) {
        if (text.start[i] < '0' || text.start[i] > '9')
            return TIMES_E_FORM;
        number = number * 10 + (text.start[i] - '0');
    }
    if (number > INSTANT_LAST_MS / scale)
        return TIMES_E_RANGE;
    reading->at.ms = number * scale;
    return 0;
}

static int read_pattern(struct slice pattern, struct slice text, struct reading *reading)
{
    struct parts parts = {.month = 1, .day = 1};
    if (!walk_pattern(pattern, text, &parts))
        return TIMES_E_FORM;
    reading->is_local = !parts.has_offset;
    reading->is_date = !parts.has_time;
    return put_together(&parts, &reading->at) ? 0 : TIMES_E_RANGE;
}

static int read_form(const struct times *times, uint32_t index, struct slice text,
                     struct reading *reading)
{
    *reading = (struct reading){0};
    if (times->count == 0)
        return read_iso(text, reading);
    switch (times->at[index].form) {
    case TIME_ISO:
        return read_iso(text, reading);
    case TIME_UNIX:
        return read_number(text, 1000, reading);
    case TIME_UNIX_MS:
        return read_number(text, 1, reading);
    case TIME_PATTERN:
        return read_pattern(times->at[index].pattern, text, reading);
    }
    return TIMES_E_FORM;
}

int times_parse(const struct times *times, struct slice text, enum date_only date_only,
                struct instant *at_out)
{
    struct reading reading;
    int status = TIMES_E_FORM;
    text = trim(text);
    uint32_t index = 0;
    do {
        int outcome = read_form(times, index, text, &reading);
        if (status == TIMES_E_FORM)
            status =
                outcome; /* a form that fits but for the range says more than one that does not */
        if (outcome == 0) {
            status = 0;
            break;
        }
    } while (++index < times->count);
    if (status != 0)
        return status;
    if (reading.is_date) {
        if (date_only == DATE_ONLY_REFUSE)
            return TIMES_E_DATE_ONLY;
        if (date_only == DATE_ONLY_END)
            reading.at.ms += DATE_DAY_MS - 1000; /* 23:59:59: sources count in seconds */
    }
    if (reading.is_local && times->zone == NULL)
        return TIMES_E_NO_ZONE;
    *at_out = reading.is_local ? instant_of_local(times->zone, reading.at) : reading.at;
    return at_out->ms < INSTANT_FIRST_MS || at_out->ms > INSTANT_LAST_MS ? TIMES_E_RANGE : 0;
}
