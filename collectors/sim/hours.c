/* hours.c - two tables: from day to the number of workdays before it, and back.
 */
#include "collectors/sim/hours.h"

#include "engine/base/date.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MORNING_S = 9 * 3600,
    LUNCH_S = 12 * 3600,
    AFTERNOON_S = 13 * 3600 + 1800,
    MORNING_WORK_S = LUNCH_S - MORNING_S,
    DAY_S = 86400,
    TENS = DAY_S / 10,
};

struct hours {
    bool is_always;
    int64_t first_s; /* local seconds since 1970 of the beginning: midnight, or `from` itself */
    int32_t first_day;
    uint32_t workday_count;
    bool is_work[HOURS_DAYS_MAX];
    uint32_t before[HOURS_DAYS_MAX];   /* workdays before this day */
    uint16_t workdays[HOURS_DAYS_MAX]; /* number of the n-th workday */
    uint32_t crowd[2][TENS];           /* [is_work] */
};

/* How many come in each half hour, in parts of a workday. */
static const uint16_t crowd_work[48] = {
    2,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  2, 3, 5, 9, 14, 30, 65, 98, 110, 100, 84, 66, 40,
    18, 14, 22, 58, 84, 86, 70, 58, 44, 30, 12, 8, 6, 5, 5, 5,  5,  5,  5,  4,   4,   3,  3,  2};
static const uint16_t crowd_off[48] = {1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2,
                                       2, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 3, 3, 3, 3, 3,
                                       3, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 2, 2, 2, 1, 1};

static int64_t local_s(struct instant at)
{
    return at.ms / 1000 + HOURS_OFFSET_S;
}

static void make_crowd(struct hours *hours)
{
    uint32_t sum = 0;
    for (int i = 0; i < 48; i++)
        sum += crowd_work[i];
    for (int i = 0; i < TENS; i++) {
        hours->crowd[1][i] =
            (uint32_t)((uint64_t)HOURS_CROWD_ONE * crowd_work[i / 180] / sum / 180);
        hours->crowd[0][i] = (uint32_t)((uint64_t)HOURS_CROWD_ONE * crowd_off[i / 180] / sum / 180);
    }
}

/* ---- days off out of a file ------------------------------------------------------------------ */

enum { DATE_BYTES = 10 };

struct day_range {
    int32_t first;
    int32_t last;
};

static void set_days(struct hours *hours, struct day_range range, bool is_work)
{
    for (int32_t day = range.first; day <= range.last; day++)
        if (day >= hours->first_day && day < hours->first_day + HOURS_DAYS_MAX)
            hours->is_work[day - hours->first_day] = is_work;
}

/* "2024-01-01,1,0,holiday,元旦": the third column says whether it is a workday. */
static bool take_table_row(struct hours *hours, const char *line)
{
    struct day_range range;
    const char *first = strchr(line, ',');
    const char *second = first == NULL ? NULL : strchr(first + 1, ',');
    if (second == NULL || (second[1] != '0' && second[1] != '1') ||
        date_parse((struct slice){line, (size_t)(first - line)}, &range.first) != 0)
        return false;
    range.last = range.first;
    set_days(hours, range, second[1] == '1');
    return true;
}

/* "      春节: [2024-02-04, 2024-02-10..2024-02-17]", below "off:" or "work:" of a calendar in
 * YAML. */
static bool take_dates(struct hours *hours, const char *line, bool is_work)
{
    size_t count = strlen(line);
    bool is_any = false;
    for (size_t i = 0; i + DATE_BYTES <= count; i++) {
        struct day_range range;
        if (date_parse((struct slice){line + i, DATE_BYTES}, &range.first) != 0)
            continue;
        range.last = range.first;
        i += DATE_BYTES;
        if (i + 2 + DATE_BYTES <= count && line[i] == '.' && line[i + 1] == '.' &&
            date_parse((struct slice){line + i + 2, DATE_BYTES}, &range.last) == 0)
            i += 2 + DATE_BYTES;
        set_days(hours, range, is_work);
        is_any = true;
    }
    return is_any;
}

/* What the file does not know stays Monday to Friday. */
static bool read_calendar(struct hours *hours, const char *path)
{
    enum { NOTHING, OFF, WORK } section = NOTHING;
    char line[1024];
    bool is_any = false;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    while (fgets(line, sizeof line, file) != NULL) {
        const char *word = line + strspn(line, " \t");
        if (strncmp(word, "off:", 4) == 0)
            section = OFF;
        else if (strncmp(word, "work:", 5) == 0)
            section = WORK;
        else if (word[0] == '-' || word[0] == '#')
            section = NOTHING; /* the next document begins */
        if (take_table_row(hours, line))
            is_any = true;
        else if (section != NOTHING)
            is_any = take_dates(hours, line, section == WORK) || is_any;
    }
    (void)fclose(file);
    return is_any;
}

int hours_create(const struct hours_options *options, struct hours **hours_out)
{
    OWNED(hours_destroy) struct hours *hours = calloc(1, sizeof *hours);
    if (hours == NULL)
        return -ENOMEM;
    hours->is_always = options->is_always;
    hours->first_day = (int32_t)(local_s(options->from) / DAY_S);
    hours->first_s =
        options->is_always ? local_s(options->from) : (int64_t)hours->first_day * DAY_S;
    for (int32_t i = 0; i < HOURS_DAYS_MAX; i++)
        hours->is_work[i] = date_weekday(hours->first_day + i) < 5;
    if (options->calendar != NULL && !read_calendar(hours, options->calendar))
        return HOURS_E_CALENDAR;
    for (int32_t i = 0; i < HOURS_DAYS_MAX; i++) {
        hours->before[i] = hours->workday_count;
        if (hours->is_work[i])
            hours->workdays[hours->workday_count++] = (uint16_t)i;
    }
    make_crowd(hours);
    *hours_out = hours;
    hours = NULL;
    return 0;
}

void hours_destroy(struct hours **hours_p)
{
    free(*hours_p);
    *hours_p = NULL;
}

int64_t hours_day_s(const struct hours *hours)
{
    return hours->is_always ? DAY_S : HOURS_DAY_S;
}

static struct instant of_local(int64_t s)
{
    return (struct instant){.ms = (s - HOURS_OFFSET_S) * 1000};
}

struct instant hours_instant(const struct hours *hours, int64_t work_s)
{
    if (hours->is_always)
        return of_local(hours->first_s + work_s);
    uint64_t number = (uint64_t)work_s / HOURS_DAY_S;
    int64_t rest_s = work_s % HOURS_DAY_S;
    int64_t day = number < hours->workday_count
                      ? hours->workdays[number]
                      : HOURS_DAYS_MAX + (int64_t)(number - hours->workday_count);
    int64_t in_day_s =
        rest_s < MORNING_WORK_S ? MORNING_S + rest_s : AFTERNOON_S + rest_s - MORNING_WORK_S;
    return of_local((hours->first_day + day) * DAY_S + in_day_s);
}

int64_t hours_work(const struct hours *hours, struct instant at)
{
    int64_t s = local_s(at) - hours->first_s;
    if (hours->is_always)
        return s < 0 ? 0 : s;
    int64_t day = s / DAY_S;
    int64_t in_day_s = s % DAY_S;
    if (s < 0)
        return 0;
    if (day >= HOURS_DAYS_MAX)
        return (hours->workday_count + (day - HOURS_DAYS_MAX)) * HOURS_DAY_S;
    int64_t work_s = (int64_t)hours->before[day] * HOURS_DAY_S;
    if (!hours->is_work[day] || in_day_s <= MORNING_S)
        return work_s;
    if (in_day_s < LUNCH_S)
        return work_s + in_day_s - MORNING_S;
    if (in_day_s < AFTERNOON_S)
        return work_s + MORNING_WORK_S;
    int64_t late_s = in_day_s - AFTERNOON_S + MORNING_WORK_S;
    return work_s + (late_s < HOURS_DAY_S ? late_s : HOURS_DAY_S);
}

uint32_t hours_crowd(const struct hours *hours, struct instant at)
{
    if (hours->is_always)
        return HOURS_CROWD_ONE / TENS;
    int64_t s = local_s(at);
    int64_t day = s / DAY_S - hours->first_day;
    bool is_work = day < 0 || day >= HOURS_DAYS_MAX || hours->is_work[day];
    return hours->crowd[is_work][s % DAY_S / 10];
}
