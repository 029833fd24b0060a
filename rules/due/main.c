/* main.c - `cardwatch due`: one deadline, and how it was counted. The same code as the engine's
 * counts it; nothing is stored, and nothing asks what time it is now.
 */
#include "engine/sys/lang.h"
#include "engine/sys/options.h"
#include "rules/due/due.h"

#include <sysexits.h>

static struct {
    const char *calendar;
    const char *from;
    const char *limit;
    const char *count;
    const char *end;
    const char *start;
    const char *cutoff;
    const char *day_off;
    bool roll;
    bool explain;
    bool json;
    bool batch;
} options;

static const struct option rows[] = {
    {.name = "calendar",
     .short_name = 'c',
     .type = OPTION_TEXT,
     .value = "NAME|FILE",
     .preset = "cn",
     .en = "calendar, by name or file; a notice (*.json, *.ics): its calendar as it will be",
     .zh = "日历名或文件；放假通知（*.json、*.ics）：按该通知改变后的日历",
     .place = &options.calendar},
    {.name = "calendars",
     .type = OPTION_TEXT,
     .value = "DIR",
     .en = "folder of the calendars (default: those shipped)",
     .zh = "日历所在目录（默认：随软件提供的日历）",
     .place = &due_calendar_folder},
    {.name = "from",
     .short_name = 'f',
     .type = OPTION_TEXT,
     .value = "TIME",
     .en = "start: 2025-01-20T10:00:00+08:00, or local time: 2025-01-20 10:00, 2025-01-20",
     .zh = "起点：2025-01-20T10:00:00+08:00，或当地时间 2025-01-20 10:00、2025-01-20",
     .place = &options.from},
    {.name = "limit",
     .short_name = 'l',
     .type = OPTION_TEXT,
     .value = "TERM",
     .en = "limit with its unit: 20 workday, 8 workhour, 15 day, 8 week, 1 month, 24 hour",
     .zh = "期限及单位：20个工作日、8 workhour、15日、2周、1个月、24小时",
     .place = &options.limit},
    {.name = "count",
     .type = OPTION_TEXT,
     .value = "HOW",
     .preset = "day",
     .en = "day (the law: start day not counted), instant (same clock time), ceil (rounded up)",
     .zh = "day（法定：当日不计）、instant（到同一时刻）、ceil（已用时间进整）",
     .place = &options.count},
    {.name = "end",
     .type = OPTION_TEXT,
     .value = "WHEN",
     .preset = "midnight",
     .en = "count day: the last day ends at midnight (24:00) or at close of business (close)",
     .zh = "按日计算时末日截止：midnight（24:00）或 close（下班）",
     .place = &options.end},
    {.name = "roll",
     .type = OPTION_FLAG,
     .en = "natural days that end on a day off end on the next workday",
     .zh = "自然日期限末日为休息日的，顺延至下一工作日",
     .place = &options.roll},
    {.name = "start",
     .type = OPTION_TEXT,
     .value = "WHERE",
     .preset = "as-is",
     .en = "a start outside working time counts as-is or from the next working-moment",
     .zh = "非工作时间的起点：as-is 原样，working-moment 自下一工作时刻起",
     .place = &options.start},
    {.name = "cutoff",
     .type = OPTION_TEXT,
     .value = "A=B",
     .en = "a start on a workday at A or later counts from the next workday at B: 17:00=08:30",
     .zh = "工作日 A 时刻及以后的起点，自下一工作日 B 时刻起：17:00=08:30",
     .place = &options.cutoff},
    {.name = "day-off",
     .type = OPTION_TEXT,
     .value = "HOW",
     .preset = "as-is",
     .en = "a start on a day off: as-is, or the next workday at the same-time",
     .zh = "休息日的起点：as-is 原样，same-time 下一工作日同一时刻",
     .place = &options.day_off},
    {.name = "explain",
     .short_name = 'e',
     .type = OPTION_FLAG,
     .en = "show day by day what was counted, and why",
     .zh = "逐日列出计算过程与依据",
     .place = &options.explain},
    {.name = "json",
     .short_name = 'j',
     .type = OPTION_FLAG,
     .en = "print a JSON object (with --explain: its days too)",
     .zh = "输出 JSON（配合 --explain 时含逐日明细）",
     .place = &options.json},
    {.name = "batch",
     .type = OPTION_FLAG,
     .en = "answer many: lines FROM<tab>LIMIT on standard input",
     .zh = "批量：标准输入每行 起点<制表符>期限",
     .place = &options.batch},
};

static const struct program program = {
    .name = "cardwatch due",
    .section = "due",
    .usage = "--from TIME --limit TERM [OPTION…]",
    .about_en = "Count one deadline on a calendar, as the engine counts it.",
    .about_zh = "在日历上计算一个期限，与引擎的计算完全相同。",
    .options = rows,
    .option_count = COUNT_OF(rows),
};

static bool settings_read(struct counting *counting)
{
    const struct {
        const char *name;
        const char *value;
    } settings[] = {
        {"count", options.count},   {"end", options.end},
        {"start", options.start},   {"day-off", options.day_off},
        {"cutoff", options.cutoff}, {"roll", options.roll ? "yes" : "no"},
    };
    bool is_good = true;
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        if (settings[i].value == NULL)
            continue;
        const char *right = due_setting(counting, settings[i].name, settings[i].value);
        if (right == NULL)
            continue;
        (void)fprintf(stderr,
                      say("cardwatch due: --%s %s: should be one of: %s\n",
                          "cardwatch due: --%s %s：应为：%s\n"),
                      settings[i].name, settings[i].value, right);
        is_good = false;
    }
    return is_good;
}

static bool limit_read(struct term *limit)
{
    static const char *const units = "minute hour workminute workhour day week workday month year";
    if (options.limit == NULL) {
        (void)fputs(say("cardwatch due: --limit is missing, like --limit \"20 workday\"\n",
                        "cardwatch due: 缺少 --limit，例如 --limit \"20 workday\"\n"),
                    stderr);
        return false;
    }
    switch (term_parse(slice_of(options.limit), limit)) {
    case 0:
        return true;
    case TERM_E_NO_UNIT:
        (void)fprintf(stderr,
                      say("cardwatch due: --limit %s has no unit: is it \"%s workday\"? (%s)\n",
                          "cardwatch due: --limit %s 没有单位：是否为“%s workday”？（%s）\n"),
                      options.limit, options.limit, units);
        return false;
    case TERM_E_UNIT:
        (void)fprintf(stderr,
                      say("cardwatch due: --limit %s: unknown unit; known are: %s\n",
                          "cardwatch due: --limit %s：不认识的单位；可用：%s\n"),
                      options.limit, units);
        return false;
    default:
        (void)fprintf(stderr,
                      say("cardwatch due: --limit %s: should be a whole number with a unit, like "
                          "\"20 workday\"\n",
                          "cardwatch due: --limit %s：应为整数加单位，例如“20 workday”\n"),
                      options.limit);
        return false;
    }
}

static bool from_read(const struct calendar *calendar, struct instant *from)
{
    if (options.from != NULL && due_instant(calendar, slice_of(options.from), from))
        return true;
    (void)fprintf(stderr,
                  say("cardwatch due: --from %s: should be like \"2025-01-20 10:00\" or "
                      "2025-01-20T10:00:00+08:00\n",
                      "cardwatch due: --from %s：应如“2025-01-20 10:00”或 "
                      "2025-01-20T10:00:00+08:00\n"),
                  options.from == NULL ? say("is missing", "缺少") : options.from);
    return false;
}

static int answer(const struct due *due)
{
    char text[INSTANT_TEXT_BYTES];
    if (options.json)
        return due_json(due, options.explain, stdout) ? EX_OK : EX_OSERR;
    if (options.explain)
        due_explain(due, stdout);
    (void)puts(instant_format(due->at, calendar_offset_s(due->calendar, due->at), text));
    if (due->is_provisional) {
        char date[DATE_TEXT_BYTES];
        (void)fprintf(stderr,
                      say("provisional: the calendar is officially known until %s; later days are "
                          "by the week alone\n",
                          "暂定：日历官方公布至 %s，此后仅按周休推算\n"),
                      date_format(calendar_horizon(due->calendar), date));
    }
    return EX_OK;
}

static bool calendar_load(struct calendar **calendar)
{
    struct problem_list problems;
    problem_list_init(&problems);
    bool is_good = due_calendar_load(options.calendar, &problems, calendar);
    problem_list_print(&problems, stderr);
    problem_list_clear(&problems);
    return is_good;
}

int main(int argc, char **argv)
{
    OWNED(calendar_destroy) struct calendar *calendar = NULL;
    struct due due = {.counting = {.cutoff_ms = -1}};
    int operand = options_read(&program, argc, argv);
    if (operand < argc) {
        (void)fprintf(stderr,
                      say("cardwatch due: \"%s\": every value has an option; see --help\n",
                          "cardwatch due: “%s”：所有值都须带选项名；见 --help\n"),
                      argv[operand]);
        return EX_USAGE;
    }
    if (!settings_read(&due.counting) || (!options.batch && !limit_read(&due.limit)))
        return EX_USAGE;
    if (!calendar_load(&calendar))
        return EX_CONFIG;
    if (options.batch)
        return due_batch(&calendar, due.counting, stdin, stdout);
    due.calendar = calendar;
    if (!from_read(calendar, &due.from))
        return EX_USAGE;
    if (due_reckon(&due) != 0) {
        (void)fprintf(stderr,
                      say("cardwatch due: calendar %s cannot judge this: the days are outside of "
                          "what it knows\n",
                          "cardwatch due: 日历 %s 无法判断：日期超出其已知范围\n"),
                      options.calendar);
        return EX_DATAERR;
    }
    return answer(&due);
}
