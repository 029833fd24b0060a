/* notice_ics.c - a notice as an iCalendar file: an event is a day off or a make-up workday.
 *
 * Such files have no property for a make-up workday: they say it in the summary, 春节（班）. What
 * neither says 班 nor 休 or 假, or says both, is refused: nobody guesses whether people work.
 */
#include "rules/days/calendar_parts.h"
#include "rules/days/ics.h"
#include "rules/days/notice_parts.h"

#include <errno.h>

enum meaning { MEANING_NONE, MEANING_OFF, MEANING_WORK, MEANING_BOTH };

/* An event on its way; lines without a name were not there. */
struct event {
    uint32_t line;
    struct ics_line start, end, duration, summary, day, document, description, url, repeats;
    bool is_cancelled;
};

struct ics_reading {
    struct notice_reading *notice;
    struct slice ground; /* of the file; events may have their own */
    uint32_t depth;
    bool is_event; /* the component at depth 2 */
    uint32_t event_count;
    struct event event;
};

TOLD_LIKE(3, 4, 5)
static void refuse(struct ics_reading *reading, const struct ics_line *at, const char *en,
                   const char *zh, ...)
{
    va_list arguments;
    va_start(arguments, zh);
    const struct problem place = {
        .file = reading->notice->notice->file, .line = at->line, .column = at->column};
    problem_tell(reading->notice->problems, &place, en, zh, arguments);
    va_end(arguments);
    reading->notice->is_bad = true;
}

/* ---- off or work ------------------------------------------------------------------------------
 */

static bool is_word(struct slice text, size_t at, const char *word)
{
    size_t count = strlen(word);
    if (text.count - at < count)
        return false;
    for (size_t i = 0; i < count; i++) {
        char c = text.start[at + i];
        if ((c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c) != word[i])
            return false;
    }
    return true;
}

/* (The longer words stand first: what they hold is not looked at again.) */
static enum meaning meaning_of(struct slice summary)
{
    static const struct {
        const char *word;
        enum meaning meaning;
    } words[] = {
        {"不上班", MEANING_OFF},       {"调休", MEANING_NONE},     {"班", MEANING_WORK},
        {"休", MEANING_OFF},           {"假", MEANING_OFF},        {"workday", MEANING_WORK},
        {"working day", MEANING_WORK}, {"work day", MEANING_WORK}, {"day off", MEANING_OFF},
        {"holiday", MEANING_OFF},
    };
    unsigned meaning = MEANING_NONE;
    for (size_t at = 0; at < summary.count;) {
        size_t step = 1;
        for (size_t i = 0; i < COUNT_OF(words) && step == 1; i++) {
            if (!is_word(summary, at, words[i].word))
                continue;
            meaning |= (unsigned)words[i].meaning;
            step = strlen(words[i].word);
        }
        at += step;
    }
    return (enum meaning)meaning;
}

static bool is_work_of(struct ics_reading *reading, bool *is_work_out)
{
    const struct event *event = &reading->event;
    enum meaning meaning = meaning_of(event->summary.value);
    if (event->day.name.count > 0) {
        struct slice word = event->day.value;
        bool is_work = word.count == 4 && is_word(word, 0, "work");
        *is_work_out = is_work;
        if (is_work || (word.count == 3 && is_word(word, 0, "off")))
            return true;
        refuse(reading, &event->day, "\"%.*s\" is neither off nor work",
               "“%.*s”既不是 off 也不是 work", SLICE_ARG(word));
        return false;
    }
    *is_work_out = meaning == MEANING_WORK;
    if (meaning == MEANING_OFF || meaning == MEANING_WORK)
        return true;
    const struct ics_line *at = event->summary.name.count > 0 ? &event->summary : &event->start;
    if (meaning == MEANING_BOTH)
        refuse(reading, at,
               "\"%.*s\" says both off (休, 假) and work (班): add X-CARDWATCH-DAY:off or "
               "X-CARDWATCH-DAY:work to the event",
               "“%.*s”既有“休”或“假”又有“班”：请在该事件中加 X-CARDWATCH-DAY:off 或 "
               "X-CARDWATCH-DAY:work",
               SLICE_ARG(event->summary.value));
    else
        refuse(
            reading, at,
            "\"%.*s\" does not say whether this is a day off or a make-up workday: write it "
            "with （休） or （班） behind it, or add X-CARDWATCH-DAY:off or X-CARDWATCH-DAY:work",
            "“%.*s”看不出是休息日还是补班日：请在后面写（休）或（班），或加 "
            "X-CARDWATCH-DAY:off 或 X-CARDWATCH-DAY:work",
            SLICE_ARG(event->summary.value));
    return false;
}

/* ---- which days -------------------------------------------------------------------------------
 */

static int32_t year_of(struct slice value)
{
    int32_t year = 0;
    for (size_t i = 0; i < 4 && i < value.count; i++) {
        if (value.start[i] < '0' || value.start[i] > '9')
            return 0;
        year = year * 10 + (value.start[i] - '0');
    }
    return year < NOTICE_YEAR_MIN || year > NOTICE_YEAR_MAX ? 0 : year;
}

static bool date_of(struct ics_reading *reading, const struct ics_line *line, int32_t *day_out)
{
    enum { DIGITS = 8 };
    char text[DATE_TEXT_BYTES];
    struct slice value = line->value;
    bool is_date = value.count == DIGITS;
    for (size_t i = 0; is_date && i < DIGITS; i++)
        is_date = value.start[i] >= '0' && value.start[i] <= '9';
    if (!is_date) {
        refuse(reading, line,
               "\"%.*s\" is not a whole day: write it like DTSTART;VALUE=DATE:20250128",
               "“%.*s”不是整日：请写成 DTSTART;VALUE=DATE:20250128 的形式", SLICE_ARG(value));
        return false;
    }
    (void)snprintf(text, sizeof text, "%.4s-%.2s-%.2s", value.start, value.start + 4,
                   value.start + 6);
    if (year_of(value) > 0 && date_parse(slice_of(text), day_out) == 0)
        return true;
    refuse(reading, line, "there is no day %s in the years %d to %d",
           "没有 %s 这一天（年份须在 %d 至 %d 之间）", text, NOTICE_YEAR_MIN, NOTICE_YEAR_MAX);
    return false;
}

/* P3D, P1W. 0: it is neither. */
static int32_t days_of(struct slice value)
{
    enum { DAYS_MAX = 400 };
    int32_t days = 0;
    if (value.count < 3 || value.start[0] != 'P')
        return 0;
    for (size_t i = 1; i + 1 < value.count; i++) {
        if (value.start[i] < '0' || value.start[i] > '9' || days > DAYS_MAX)
            return 0;
        days = days * 10 + (value.start[i] - '0');
    }
    char unit = value.start[value.count - 1];
    return unit == 'D' ? days : unit == 'W' ? days * 7 : 0;
}

static bool span_of(struct ics_reading *reading, int32_t *first_out, int32_t *last_out)
{
    enum { LONGEST_DAYS = 366 };
    const struct event *event = &reading->event;
    const struct ics_line *behind = event->end.name.count > 0 ? &event->end : &event->duration;
    int32_t days = 1;
    if (!date_of(reading, &event->start, first_out))
        return false;
    if (event->end.name.count > 0 && event->duration.name.count > 0) {
        refuse(reading, &event->duration, "an event has DTEND or DURATION, not both",
               "一个事件只能有 DTEND 或 DURATION 之一");
        return false;
    }
    if (event->end.name.count > 0) {
        int32_t end = 0;
        if (!date_of(reading, behind, &end))
            return false;
        days = end - *first_out;
    } else if (event->duration.name.count > 0) {
        days = days_of(behind->value);
    }
    *last_out = *first_out + days - 1;
    if (days >= 1 && days <= LONGEST_DAYS)
        return true;
    refuse(reading, behind,
           "\"%.*s\" gives no length of 1 to 366 whole days: DTEND is the day after the last one, "
           "DURATION is written like P3D",
           "“%.*s”得不出 1 至 366 个整日：DTEND 是最后一天的次日，DURATION 写成 P3D 的形式",
           SLICE_ARG(behind->value));
    return false;
}

/* ---- one event --------------------------------------------------------------------------------
 */

static struct slice ground_of(struct ics_reading *reading)
{
    const struct event *event = &reading->event;
    const struct ics_line *line = event->document.name.count > 0 ? &event->document
                                  : event->url.name.count > 0    ? &event->url
                                                                 : &event->description;
    return line->name.count > 0 && line->value.count > 0 ? line->value : reading->ground;
}

static void end_event(struct ics_reading *reading)
{
    struct event *event = &reading->event;
    const struct ics_line begin = {.line = event->line, .column = 1};
    struct notice_day facts = {0};
    int32_t first = 0;
    int32_t last = 0;
    reading->event_count++;
    if (event->is_cancelled)
        return;
    if (event->repeats.name.count > 0) {
        refuse(reading, &event->repeats,
               "an event that repeats (%.*s) is not read: a notice names each of its days",
               "不读取重复的事件（%.*s）：通知应逐日列出", SLICE_ARG(event->repeats.name));
        return;
    }
    if (event->start.name.count == 0) {
        refuse(reading, &begin, "this event has no DTSTART", "该事件没有 DTSTART");
        return;
    }
    if (!span_of(reading, &first, &last) || !is_work_of(reading, &facts.is_work))
        return;
    facts.name = event->summary.value;
    facts.ground = ground_of(reading);
    if (slice_is_empty(facts.ground))
        refuse(reading, &begin,
               "these days need the document they come from: X-CARDWATCH-DOCUMENT, URL or "
               "DESCRIPTION, of the event or of the whole file",
               "请注明这些日子的依据文件：该事件或整个文件的 X-CARDWATCH-DOCUMENT、URL 或 "
               "DESCRIPTION");
    for (int32_t day = first; day <= last; day++)
        notice_add(reading->notice, event->start.line, event->start.column, day, &facts);
}

static void event_line(struct event *event, struct ics_line *line)
{
    struct {
        const char *name;
        struct ics_line *place;
        bool is_text;
    } rows[] = {
        {"DTSTART", &event->start, false},
        {"DTEND", &event->end, false},
        {"DURATION", &event->duration, false},
        {"SUMMARY", &event->summary, true},
        {"DESCRIPTION", &event->description, true},
        {"URL", &event->url, false},
        {"X-CARDWATCH-DAY", &event->day, false},
        {"X-CARDWATCH-DOCUMENT", &event->document, true},
        {"RRULE", &event->repeats, false},
        {"RDATE", &event->repeats, false},
        {"EXDATE", &event->repeats, false},
        {"RECURRENCE-ID", &event->repeats, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (!ics_name_is(line, rows[i].name))
            continue;
        if (rows[i].is_text)
            line->value = ics_text(line->value);
        *rows[i].place = *line;
    }
    if (ics_name_is(line, "STATUS"))
        event->is_cancelled = slice_is_equal(line->value, SLICE("CANCELLED"));
}

/* ---- the file ---------------------------------------------------------------------------------
 */

/* The properties of the file itself. */
static void file_line(struct ics_reading *reading, struct ics_line *line)
{
    struct notice *notice = reading->notice->notice;
    bool is_own = ics_name_is(line, "X-CARDWATCH-DOCUMENT");
    if (is_own || (slice_is_empty(reading->ground) &&
                   (ics_name_is(line, "URL") || ics_name_is(line, "X-WR-CALDESC") ||
                    ics_name_is(line, "DESCRIPTION"))))
        reading->ground = ics_text(line->value);
    if (!ics_name_is(line, "X-CARDWATCH-CALENDAR"))
        return;
    notice->line = line->line;
    notice->column = line->column;
}

/* Follows BEGIN and END. Returns: whether the line was one of them. */
static bool component_line(struct ics_reading *reading, const struct ics_line *line)
{
    if (ics_name_is(line, "BEGIN")) {
        reading->depth++;
        if (reading->depth == 2) {
            reading->is_event = slice_is_equal(line->value, SLICE("VEVENT"));
            reading->event = (struct event){.line = line->line};
        }
        return true;
    }
    if (!ics_name_is(line, "END"))
        return false;
    if (reading->depth == 2 && reading->is_event && reading->notice != NULL)
        end_event(reading);
    reading->is_event = reading->is_event && reading->depth > 2;
    reading->depth -= reading->depth > 0;
    return true;
}

void notice_ics_read(struct notice_reading *notice, struct slice text)
{
    struct ics_reading reading = {.notice = notice};
    struct notice_head head;
    struct ics ics;
    struct ics_line line = {.line = 1, .column = 1};
    if (!notice_head_of(text, &head) || !ics_begin(&ics, notice->arena, text)) {
        notice->is_short = true;
        return;
    }
    notice->notice->calendar = notice_copy(notice, slice_of(head.calendar));
    notice->notice->amends = head.amends;
    notice_begin(notice, head.year > 0 ? head.year : NOTICE_YEAR_MIN);
    while (ics_next(&ics, &line)) {
        if (component_line(&reading, &line))
            continue;
        if (reading.depth == 2 && reading.is_event)
            event_line(&reading.event, &line);
        else if (reading.depth == 1)
            file_line(&reading, &line);
    }
    if (reading.depth > 0)
        refuse(&reading, &line, "the file ends before END:VCALENDAR: it was cut off",
               "文件在 END:VCALENDAR 之前结束：内容不完整");
    else if (notice->notice->count == 0 && !notice->is_bad)
        refuse(&reading, &(struct ics_line){.line = 1, .column = 1},
               "no day stands here: a notice without days would make all its holidays workdays",
               "此处没有任何日子：空的通知会使全年节假日变成工作日");
}

/* ---- the head ---------------------------------------------------------------------------------
 */

/* The year in which most events begin, the later of two. */
static int32_t most(const uint32_t *events)
{
    int32_t best = 0;
    for (int32_t i = 0; i <= NOTICE_YEAR_MAX - NOTICE_YEAR_MIN; i++)
        if (events[i] > 0 && (best == 0 || events[i] >= events[best - NOTICE_YEAR_MIN]))
            best = NOTICE_YEAR_MIN + i;
    return best;
}

bool notice_ics_head(struct slice text, struct notice_head *head)
{
    uint32_t events[NOTICE_YEAR_MAX - NOTICE_YEAR_MIN + 1] = {0};
    struct ics_reading reading = {.notice = NULL};
    struct arena *arena = arena_create();
    struct ics ics;
    struct ics_line line;
    if (arena == NULL || !ics_begin(&ics, arena, text)) {
        arena_destroy(&arena);
        return false;
    }
    int32_t stated = 0;
    while (ics_next(&ics, &line)) {
        if (component_line(&reading, &line))
            continue;
        int32_t year = year_of(line.value);
        if (reading.depth == 2 && reading.is_event && ics_name_is(&line, "DTSTART") &&
            year >= NOTICE_YEAR_MIN)
            events[year - NOTICE_YEAR_MIN]++;
        if (reading.depth != 1)
            continue;
        if (ics_name_is(&line, "X-CARDWATCH-YEAR"))
            stated = year;
        if (ics_name_is(&line, "X-CARDWATCH-AMENDS"))
            head->amends = line.value.count == 4 && is_word(line.value, 0, "true");
        if (ics_name_is(&line, "X-CARDWATCH-CALENDAR") && line.value.count > 0)
            notice_head_calendar(head, line.value);
    }
    head->year = stated > 0 ? stated : most(events);
    arena_destroy(&arena);
    return true;
}
