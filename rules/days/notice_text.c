/* notice_text.c - what both forms of a notice have in common: the days, and the doubts about them.
 */
#include "rules/days/notice_text.h"

#include "rules/days/notice_parts.h"
#include "rules/read/csv_text.h"

#include <errno.h>

static struct slice without_mark(struct slice text)
{
    static const char mark[] = {'\xEF', '\xBB', '\xBF'};
    if (text.count >= sizeof mark && memcmp(text.start, mark, sizeof mark) == 0)
        text = (struct slice){.start = text.start + sizeof mark, .count = text.count - sizeof mark};
    while (text.count > 0 && strchr(" \t\r\n", text.start[0]) != NULL && text.start[0] != '\0')
        text = (struct slice){.start = text.start + 1, .count = text.count - 1};
    return text;
}

static bool begins(struct slice text, const char *word)
{
    size_t count = strlen(word);
    return text.count >= count && memcmp(text.start, word, count) == 0;
}

static bool has(struct slice text, const char *word)
{
    size_t count = strlen(word);
    for (size_t i = 0; i + count <= text.count; i++)
        if (memcmp(text.start + i, word, count) == 0)
            return true;
    return false;
}

bool notice_is(struct slice text)
{
    text = without_mark(text);
    return begins(text, "BEGIN:VCALENDAR") || (begins(text, "{") && has(text, "\"days\""));
}

void notice_head_calendar(struct notice_head *head, struct slice name)
{
    size_t count = name.count < sizeof head->calendar ? name.count : sizeof head->calendar - 1;
    memcpy(head->calendar, name.start, count);
    head->calendar[count] = '\0';
}

bool notice_head_of(struct slice text, struct notice_head *head_out)
{
    *head_out = (struct notice_head){.calendar = "cn"};
    text = without_mark(text);
    if (!begins(text, "{"))
        return notice_ics_head(text, head_out);
    notice_json_head(text, head_out);
    return true;
}

struct slice notice_copy(struct notice_reading *reading, struct slice text)
{
    struct slice copy = SLICE("");
    if (!arena_copy(reading->arena, text, &copy))
        reading->is_short = true;
    return copy;
}

void notice_begin(struct notice_reading *reading, int32_t year)
{
    reading->notice->year = year;
    reading->notice->first_day =
        date_day((struct date){.year = (int16_t)(year - 1), .month = 12, .day = 1});
}

void notice_add(struct notice_reading *reading, uint32_t line, uint32_t column, int32_t day,
                const struct notice_day *facts)
{
    struct notice *notice = reading->notice;
    char date[DATE_TEXT_BYTES];
    int32_t last =
        date_day((struct date){.year = (int16_t)(notice->year + 1), .month = 1, .day = 31});
    (void)date_format(day, date);
    if (day < notice->first_day || day > last) {
        problem_error(reading->problems, notice->file, line, column,
                      "%s is no day of the notice of %d: a notice names days from %d-12-01 to "
                      "%d-01-31; put another year's days into a file of their own",
                      "%s 不属于 %d 年的通知：通知只列 %d-12-01 至 %d-01-31 的日子；"
                      "其他年份请另存一个文件",
                      date, notice->year, notice->year - 1, notice->year + 1);
        reading->is_bad = true;
        return;
    }
    struct notice_day *place = &notice->days[day - notice->first_day];
    if (place->is_named && place->is_work == facts->is_work) {
        problem_warn(reading->problems, notice->file, line, column,
                     "%s stands here twice; it is already in line %u", "%s 重复出现；第 %u 行已有",
                     date, place->line);
        return;
    }
    if (place->is_named) {
        problem_error(reading->problems, notice->file, line, column,
                      "%s is %s here and %s in line %u: a day is one of them; take the wrong one "
                      "out",
                      "%s 此处为 %s，前面为 %s（第 %u 行）：同一天只能是其一；请删去错的一处", date,
                      facts->is_work ? "work" : "off", place->is_work ? "work" : "off",
                      place->line);
        reading->is_bad = true;
        return;
    }
    *place = *facts;
    place->is_named = true;
    place->line = line;
    notice->count++;
}

static int read_form(struct notice_reading *reading, struct slice text)
{
    struct slice utf8;
    if (text.count > YAML_BYTES_MAX) {
        problem_error(reading->problems, reading->notice->file, 0, 0,
                      "%zu bytes are more than the %d allowed", "%zu 字节，超过允许的 %d 字节",
                      text.count, YAML_BYTES_MAX);
        return CALENDAR_TEXT_E_BAD;
    }
    int status = text_decode(reading->arena, reading->notice->file, text, reading->problems, &utf8);
    if (status != 0)
        return status < 0 ? status : CALENDAR_TEXT_E_BAD;
    if (begins(without_mark(utf8), "{"))
        notice_json_read(reading, utf8);
    else
        notice_ics_read(reading, utf8);
    return reading->is_short ? -ENOMEM : reading->is_bad ? CALENDAR_TEXT_E_BAD : 0;
}

int notice_read(struct arena *arena, const char *file, const char *name, struct slice text,
                struct problem_list *problems, struct notice **notice_out)
{
    struct notice_reading reading = {.arena = arena,
                                     .problems = problems,
                                     .notice = arena_take(arena, 1, sizeof(struct notice))};
    if (reading.notice == NULL)
        return -ENOMEM;
    reading.notice->line = 1;
    reading.notice->column = 1;
    reading.notice->file = notice_copy(&reading, slice_of(file)).start;
    reading.notice->name = notice_copy(&reading, slice_of(name)).start;
    if (reading.is_short)
        return -ENOMEM;
    int status = read_form(&reading, text);
    *notice_out = reading.notice;
    return status;
}
