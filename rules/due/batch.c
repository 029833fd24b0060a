/* batch.c - `cardwatch due --batch`: many questions over standard input, one answer a line.
 *
 * A question is a line of words with tabs between them:
 *
 *     calendar  NAME-or-FILE      the calendar of what follows
 *     set       NAME  VALUE       a setting: count, end, start, cutoff, day-off, roll
 *     due       FROM  LIMIT       the deadline; a line that begins with a date means the same
 *     before    FROM  LIMIT       the limit laid backwards from FROM, without start settings
 *     work      FROM  MS          when so many ms of working time are used up from FROM on;
 * negative: back from it used      FROM  TO          how far apart the two lie, on all axes in the
 * order of enum axis day       DATE              work or off, and the hours
 *
 * An answer is an RFC 3339 instant, followed by "provisional" where it is; or numbers; or "unknown"
 * for what the calendar cannot judge; or "error: …" (then the program ends with 65). `calendar` and
 * `set` answer nothing when all is well.
 */
#include "engine/sys/lang.h"
#include "rules/due/due.h"

#include <stdlib.h>
#include <sysexits.h>

enum { LINE_BYTES = 4096 };

struct batch {
    struct calendar *calendar;
    struct counting counting;
    FILE *to;
    bool is_bad;
};

static void answer_error(struct batch *batch, const char *en, const char *zh)
{
    (void)fprintf(batch->to, "error: %s\n", say(en, zh));
    batch->is_bad = true;
}

static void answer_instant(const struct batch *batch, struct instant at, bool is_provisional)
{
    char text[INSTANT_TEXT_BYTES];
    (void)fprintf(batch->to, "%s%s\n",
                  instant_format(at, calendar_offset_s(batch->calendar, at), text),
                  is_provisional ? "\tprovisional" : "");
}

static void on_calendar(struct batch *batch, const char *name)
{
    struct problem_list problems;
    problem_list_init(&problems);
    calendar_destroy(&batch->calendar);
    if (!due_calendar_load(name, &problems, &batch->calendar)) {
        problem_list_print(&problems, stderr);
        answer_error(batch, "no calendar", "没有可用的日历");
    }
    problem_list_clear(&problems);
}

static void on_due(struct batch *batch, const char *from, const char *limit)
{
    struct due due = {.calendar = batch->calendar, .counting = batch->counting};
    if (!due_instant(batch->calendar, slice_of(from), &due.from) ||
        term_parse(slice_of(limit), &due.limit) != 0)
        answer_error(batch, "not a start and a limit", "不是起点和期限");
    else if (due_reckon(&due) != 0)
        (void)fputs("unknown\n", batch->to);
    else
        answer_instant(batch, due.at, due.is_provisional);
}

static void on_before(struct batch *batch, const char *from, const char *limit)
{
    struct instant at = INSTANT_NONE;
    struct term term = {0};
    int64_t position = 0;
    bool is_provisional = false;
    if (!due_instant(batch->calendar, slice_of(from), &at) ||
        term_parse(slice_of(limit), &term) != 0) {
        answer_error(batch, "not an instant and a limit", "不是时刻和期限");
        return;
    }
    enum axis axis = counting_axis(batch->counting.count, term.unit);
    if (axis_position(batch->calendar, axis, at, &position) == 0) {
        bool is_calendar_unit = term.unit == UNIT_MONTH || term.unit == UNIT_YEAR;
        if (is_calendar_unit)
            term.n = -term.n;
        int64_t length = axis_length(batch->calendar, axis, position, term);
        position += is_calendar_unit ? length : -length;
        if (axis_instant(batch->calendar, &batch->counting, axis, position, &at, &is_provisional) ==
            0) {
            answer_instant(batch, at, is_provisional);
            return;
        }
    }
    (void)fputs("unknown\n", batch->to);
}

static void on_work(struct batch *batch, const char *from, const char *ms)
{
    struct instant at = INSTANT_NONE;
    int64_t position = 0;
    bool is_provisional = false;
    char *end = NULL;
    long long length = strtoll(ms, &end, 10);
    if (!due_instant(batch->calendar, slice_of(from), &at) || end == ms || *end != '\0' ||
        length < -INSTANT_LAST_MS || length > INSTANT_LAST_MS)
        answer_error(batch, "not an instant and milliseconds", "不是时刻和毫秒数");
    else if (axis_position(batch->calendar, AXIS_WORKTIME, at, &position) != 0 ||
             axis_instant(batch->calendar, &batch->counting, AXIS_WORKTIME, position + length, &at,
                          &is_provisional) != 0)
        (void)fputs("unknown\n", batch->to);
    else
        answer_instant(batch, at, is_provisional);
}

static void on_used(struct batch *batch, const char *from, const char *to)
{
    struct instant a = INSTANT_NONE;
    struct instant b = INSTANT_NONE;
    if (!due_instant(batch->calendar, slice_of(from), &a) ||
        !due_instant(batch->calendar, slice_of(to), &b)) {
        answer_error(batch, "not two instants", "不是两个时刻");
        return;
    }
    for (int axis = AXIS_ELAPSED; axis <= AXIS_WORKDAY_RANK; axis++) {
        int64_t first = 0;
        int64_t last = 0;
        const char *end = axis == AXIS_WORKDAY_RANK ? "\n" : "\t";
        if (axis_position(batch->calendar, (enum axis)axis, a, &first) != 0 ||
            axis_position(batch->calendar, (enum axis)axis, b, &last) != 0)
            (void)fprintf(batch->to, "unknown%s", end);
        else
            (void)fprintf(batch->to, "%lld%s", (long long)(last - first), end);
    }
}

/* The end of the working span that an instant lies in. */
static struct instant span_end(const struct calendar *calendar, struct instant at)
{
    struct calendar_day day;
    int32_t ms = 0;
    int32_t number = calendar_local_day(calendar, at, &ms);
    if (calendar_day_get(calendar, number, &day) == 0)
        for (uint32_t i = 0; i < day.hours.count; i++)
            if (ms < day.hours.at[i].to_ms)
                return calendar_instant(calendar, number, day.hours.at[i].to_ms);
    return at;
}

static void on_span(struct batch *batch, const char *from)
{
    const struct counting moment = {.start_moment = true, .cutoff_ms = -1};
    struct instant at[3] = {INSTANT_NONE, INSTANT_NONE, INSTANT_NONE};
    char text[INSTANT_TEXT_BYTES];
    if (!due_instant(batch->calendar, slice_of(from), &at[0])) {
        answer_error(batch, "not an instant", "不是时刻");
        return;
    }
    if (counting_start(batch->calendar, &moment, at[0], &at[0]) == 0) {
        at[1] = span_end(batch->calendar, at[0]);
        if (counting_start(batch->calendar, &moment, at[1], &at[2]) != 0)
            at[2] = INSTANT_NEVER;
    }
    for (int i = 0; i < 3; i++)
        (void)fprintf(batch->to, "%s%s",
                      instant_format(at[i], calendar_offset_s(batch->calendar, at[i]), text),
                      i < 2 ? "\t" : "\n");
}

static void on_day(struct batch *batch, const char *date)
{
    int32_t number = 0;
    struct calendar_day day;
    if (date_parse(slice_of(date), &number) != 0) {
        answer_error(batch, "not a date", "不是日期");
        return;
    }
    if (calendar_day_get(batch->calendar, number, &day) != 0) {
        (void)fputs("unknown\n", batch->to);
        return;
    }
    (void)fputs(day.is_work ? "work" : "off", batch->to);
    for (uint32_t i = 0; day.is_work && i < day.hours.count; i++) {
        char from[CLOCK_TEXT_BYTES];
        char to[CLOCK_TEXT_BYTES];
        (void)fprintf(batch->to, "%s%s-%s", i == 0 ? "\t" : " ",
                      clock_format(day.hours.at[i].from_ms, from),
                      clock_format(day.hours.at[i].to_ms, to));
    }
    (void)fputs(day.is_provisional ? "\tprovisional\n" : "\n", batch->to);
}

/* The line's words in place; missing ones are empty. */
static void split(char *line, char *words[3])
{
    static char none[] = "";
    line[strcspn(line, "\r\n")] = '\0';
    for (int i = 0; i < 3; i++) {
        words[i] = line == NULL ? none : line;
        char *tab = line == NULL || i == 2 ? NULL : strchr(line, '\t');
        if (tab != NULL)
            *tab = '\0';
        line = tab == NULL ? NULL : tab + 1;
    }
}

static void on_line(struct batch *batch, char *line)
{
    char *word[3];
    split(line, word);
    if (word[0][0] == '\0')
        return;
    if (strcmp(word[0], "calendar") == 0)
        on_calendar(batch, word[1]);
    else if (strcmp(word[0], "set") == 0) {
        const char *right = due_setting(&batch->counting, word[1], word[2]);
        if (right != NULL)
            answer_error(batch, right, right);
    } else if (batch->calendar == NULL)
        answer_error(batch, "no calendar", "没有可用的日历");
    else if (strcmp(word[0], "due") == 0)
        on_due(batch, word[1], word[2]);
    else if (strcmp(word[0], "before") == 0)
        on_before(batch, word[1], word[2]);
    else if (strcmp(word[0], "work") == 0)
        on_work(batch, word[1], word[2]);
    else if (strcmp(word[0], "used") == 0)
        on_used(batch, word[1], word[2]);
    else if (strcmp(word[0], "span") == 0)
        on_span(batch, word[1]);
    else if (strcmp(word[0], "day") == 0)
        on_day(batch, word[1]);
    else
        on_due(batch, word[0], word[1]);
}

int due_batch(struct calendar **calendar_p, struct counting counting, FILE *from, FILE *to)
{
    static char line[LINE_BYTES];
    struct batch batch = {.calendar = *calendar_p, .counting = counting, .to = to};
    *calendar_p = NULL;
    while (fgets(line, sizeof line, from) != NULL)
        on_line(&batch, line);
    calendar_destroy(&batch.calendar);
    if (ferror(from) || fflush(to) != 0)
        return EX_IOERR;
    return batch.is_bad ? EX_DATAERR : EX_OK;
}
