/* options.c - one table of options for all four kinds; what one kind alone has says so in its text.
 */
#include "collectors/options.h"

#include "engine/base/date.h"
#include "engine/sys/clock.h"
#include "engine/sys/curve.h"
#include "engine/sys/lang.h"
#include "engine/sys/options.h"
#include "engine/wire/intake.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

enum {
    PATH_BYTES = 400,
    LIVE_HISTORY_EVENTS = 300000, /* a live run begins with so much past, … */
    LIVE_HISTORY_DAYS = 20,       /* … or with so many days of it, whichever is less */
    DAY_S = 86400,
};

static struct {
    const char *home;
    const char *intake;
    const char *end_tick;
    const char *paced_from;
    const char *from;
    const char *until;
    const char *encoding;
    const char *map;
    const char *report;
    const char *out;
    const char *catalogue;
    const char *calendar_name;
    const char *calendar;
    const char *source;
    const char *position;
    struct curve_given curve;
    int64_t alive_ms;
    int64_t batch;
    int64_t speed;
    int64_t seed;
    int64_t events;
    int64_t rate;
    int64_t cases;
    int64_t late;
    bool follow;
    bool is_always;
    bool is_dry;
    bool is_strict;
} given;

#define TEXT_ROW(n, v, p, e, z, w)                                                                 \
    {                                                                                              \
        .name = (n), .type = OPTION_TEXT, .value = (v), .preset = (p), .en = (e), .zh = (z),       \
        .place = (w)                                                                               \
    }
#define NUMBER_ROW(n, p, least, most, e, z, w)                                                     \
    {                                                                                              \
        .name = (n), .type = OPTION_NUMBER, .value = "N", .preset = (p), .min = (least),           \
        .max = (most), .en = (e), .zh = (z), .place = (w)                                          \
    }
#define FLAG_ROW(n, e, z, w)                                                                       \
    {                                                                                              \
        .name = (n), .type = OPTION_FLAG, .en = (e), .zh = (z), .place = (w)                       \
    }

static const struct option rows[] = {
    TEXT_ROW("map", "FILE", NULL, "mapping: columns and words of the source to events (YAML)",
             "映射文件：来源的列与用语到事件（YAML）", &given.map),
    TEXT_ROW("source", "NAME", NULL,
             "name of the source (default: of the mapping, else of the file)",
             "来源名称（默认取自映射，其次取自文件名）", &given.source),
    TEXT_ROW("home", "DIR", "./cardwatch-data", "where the engine's sockets are",
             "引擎套接字所在目录", &given.home),
    TEXT_ROW("intake", "ENDPOINT", NULL, "the engine's intake (default: ipc://HOME/intake)",
             "引擎接收端点（默认 ipc://HOME/intake）", &given.intake),
    TEXT_ROW("position", "FILE", NULL, "keep here how far the engine has acknowledged",
             "在此文件中保存引擎已确认的位置", &given.position),
    TEXT_ROW("report", "FILE", NULL, "append every refused row here, as JSON lines",
             "将每个被拒的行以 JSON 行追加到此文件", &given.report),
    TEXT_ROW("encoding", "NAME", NULL, "of the file: UTF-8 or GB18030 (default: of the mapping)",
             "文件编码：UTF-8 或 GB18030（默认取自映射）", &given.encoding),
    FLAG_ROW("follow", "go on as the file grows, also across rotation",
             "文件增长时继续读取，轮转后也继续", &given.follow),
    {.name = "alive",
     .type = OPTION_DURATION,
     .value = "TIME",
     .preset = "10 second",
     .min = 0,
     .max = 86400000,
     .en = "with --follow: say that the source is alive so often; 0 ms: never",
     .zh = "与 --follow 合用：每隔多久报告来源仍在；0 ms：从不",
     .place = &given.alive_ms},
    NUMBER_ROW("speed", "0", 0, 100000000, "simulated seconds per real one, by event time; 0: full",
               "每真实秒的模拟秒数，按事件时间；0：全速", &given.speed),
    TEXT_ROW("paced-from", "INSTANT", NULL,
             "with --speed: what happened before this is sent at once",
             "与 --speed 合用：此刻之前的事件立即发送", &given.paced_from),
    TEXT_ROW("end-tick", "INSTANT|last", NULL,
             "at the end tell the engine that time goes on to here", "结束时告知引擎时间前进到此刻",
             &given.end_tick),
    FLAG_ROW("dry-run", "print the events as JSON lines instead of sending them",
             "将事件以 JSON 行打印，不发送", &given.is_dry),
    FLAG_ROW("strict", "exit with 65 when a row was refused", "有行被拒时以 65 退出",
             &given.is_strict),
    NUMBER_ROW("batch", "256", 1, BATCH_EVENTS_MAX, "most events in one message",
               "每条消息最多事件数", &given.batch),
    CURVE_OPTIONS(given.curve),
    NUMBER_ROW("seed", "1", 0, INT64_MAX, "sim: the same seed gives the same events",
               "sim：同一种子产生同样的事件", &given.seed),
    NUMBER_ROW("events", "0", 0, INT64_MAX, "sim: end after so many events; 0: no end",
               "sim：产生多少事件后结束；0：不结束", &given.events),
    NUMBER_ROW("rate", "0", 0, 10000000, "sim: live, so many events a second on the wall clock",
               "sim：按真实时钟每秒产生多少事件", &given.rate),
    NUMBER_ROW("cases", "3000", 1, 100000000, "sim: applications on a workday",
               "sim：每个工作日的申请数", &given.cases),
    NUMBER_ROW("late", "50", 0, 1000, "sim: of a thousand cases end late",
               "sim：每千件中超期的件数", &given.late),
    TEXT_ROW("from", "DATE", NULL, "sim: first day (default: 2024-01-01; live: some days ago)",
             "sim：第一天（默认 2024-01-01；实时：若干天前）", &given.from),
    TEXT_ROW("until", "DATE", NULL, "sim: end before this day", "sim：在此日之前结束",
             &given.until),
    FLAG_ROW("always", "sim: open day and night", "sim：昼夜开放", &given.is_always),
    TEXT_ROW("calendar", "FILE", NULL, "sim: days off: a calendar in YAML, or CSV of date,…,1 or 0",
             "sim：节假日：YAML 日历，或 CSV：日期,…,1 或 0", &given.calendar),
    TEXT_ROW("out", "jsonl|csv", NULL, "write the events to standard output in this form",
             "以此格式将事件写到标准输出", &given.out),
    TEXT_ROW("catalogue", "FILE", NULL, "sim: write its catalogue of items here (CSV; -: output)",
             "sim：将事项目录写到此处（CSV；- 为标准输出）", &given.catalogue),
    TEXT_ROW("calendar-name", "NAME", "cn", "sim: the calendar that the catalogue names",
             "sim：目录所用的日历名", &given.calendar_name),
};

static const struct program program = {
    .name = "cardwatch collect",
    .section = "collect",
    .usage = "csv|jsonl|xes|sim [OPTION…] FILE…",
    .about_en = "Push events of one source to an engine; nothing is lost, nothing is sent twice.",
    .about_zh = "将一个来源的事件推送到引擎；不丢失，不重复。",
    .options = rows,
    .option_count = COUNT_OF(rows),
};

static int usage(const char *text, const char *value)
{
    (void)fprintf(stderr, "cardwatch collect: %s: %s\n", value, text);
    (void)fprintf(stderr, say("Try: %s --help\n", "用法见：%s --help\n"), program.name);
    return EX_USAGE;
}

/* ---- sim ------------------------------------------------------------------------------------- */

enum { CITY_OFFSET_MS = 8 * 3600 * 1000 };

static bool read_day(const char *text, struct instant *at_out)
{
    int32_t day;
    if (date_parse(slice_of(text), &day) != 0)
        return false;
    at_out->ms = (int64_t)day * DATE_DAY_MS - CITY_OFFSET_MS;
    return true;
}

static int64_t live_history_s(int64_t rate)
{
    int64_t s = LIVE_HISTORY_EVENTS / rate;
    return s < (int64_t)LIVE_HISTORY_DAYS * DAY_S ? s : (int64_t)LIVE_HISTORY_DAYS * DAY_S;
}

static int sim_options_take(struct collect *collect)
{
    struct sim_options *sim = &collect->sim;
    *sim = (struct sim_options){
        .seed = (uint64_t)given.seed,
        .until = INSTANT_NEVER,
        .event_max = (uint64_t)given.events,
        .cases_per_day = (uint64_t)given.cases,
        .late_per_mille = (uint32_t)given.late,
        .is_always = given.is_always,
        .calendar = given.calendar,
    };
    (void)read_day("2024-01-01", &sim->from);
    if (given.rate > 0) {
        /* Hours are for people; a rate is asked for at any hour, so the hall never closes. */
        collect->run.is_live = true;
        sim->is_always = true;
        sim->rate = (uint64_t)given.rate;
        sim->from.ms = clock_now().ms - live_history_s(given.rate) * 1000;
    }
    if (given.from != NULL && !read_day(given.from, &sim->from))
        return usage(say("must be a day such as 2024-01-01", "必须是日期，例如 2024-01-01"),
                     "--from");
    if (given.until != NULL && !read_day(given.until, &sim->until))
        return usage(say("must be a day such as 2024-12-31", "必须是日期，例如 2024-12-31"),
                     "--until");
    return 0;
}

/* ---- all ------------------------------------------------------------------------------------- */

static int kind_take(struct collect *collect, const char *word)
{
    static const char *const words[] = {"csv", "jsonl", "xes", "sim"};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (word != NULL && strcmp(word, words[i]) == 0) {
            collect->kind = (enum collect_kind)i;
            return 0;
        }
    }
    return usage(say("must be csv, jsonl, xes or sim", "必须是 csv、jsonl、xes 或 sim"),
                 word == NULL ? say("the first word", "第一个词") : word);
}

static int end_tick_take(struct collect *collect)
{
    collect->run.end_at = INSTANT_NONE;
    collect->run.has_end_tick = given.end_tick != NULL;
    if (given.end_tick == NULL || strcmp(given.end_tick, "last") == 0)
        return 0;
    struct instant at;
    if (instant_parse(slice_of(given.end_tick), &at) != 0)
        return usage(say("must be \"last\", or an instant such as 2012-03-01T00:00:00+01:00",
                         "必须是 last，或时刻，例如 2012-03-01T00:00:00+01:00"),
                     "--end-tick");
    collect->run.end_at = at;
    return 0;
}

static int paced_from_take(struct collect *collect)
{
    collect->run.paced_from = INSTANT_NONE;
    if (given.paced_from == NULL)
        return 0;
    struct instant at;
    if (instant_parse(slice_of(given.paced_from), &at) != 0)
        return usage(say("must be an instant such as 2012-03-01T00:00:00+01:00",
                         "必须是时刻，例如 2012-03-01T00:00:00+01:00"),
                     "--paced-from");
    collect->run.paced_from = at;
    return 0;
}

static int endpoint_take(struct collect *collect)
{
    static char endpoint[PATH_BYTES];
    if (given.intake != NULL) {
        collect->run.endpoint = given.intake;
        return 0;
    }
    int length = snprintf(endpoint, sizeof endpoint, "ipc://%s/intake", given.home);
    collect->run.endpoint = endpoint;
    return length < (int)sizeof endpoint ? 0 : usage(say("too long", "太长"), "--home");
}

static int operands_take(struct collect *collect, int argc, char **argv, int first)
{
    int code = kind_take(collect, first < argc ? argv[first] : NULL);
    if (code != 0)
        return code;
    collect->paths = argv + first + 1;
    collect->path_count = (size_t)(argc - first - 1);
    bool is_sim = collect->kind == COLLECT_SIM;
    if (is_sim && collect->path_count > 0)
        return usage(say("sim reads no file", "sim 不读取文件"), collect->paths[0]);
    if (!is_sim && collect->path_count == 0)
        return usage(say("name at least one file (- is standard input)",
                         "请至少给出一个文件（- 为标准输入）"),
                     argv[first]);
    if (is_sim && given.map != NULL)
        return usage(say("sim needs no mapping", "sim 不需要映射"), "--map");
    if (collect->kind == COLLECT_XES && given.map == NULL)
        return usage(say("xes needs a mapping (--map FILE)", "xes 需要映射（--map FILE）"),
                     argv[first]);
    if (collect->kind == COLLECT_XES && given.follow)
        return usage(say("an XES log is read whole", "XES 日志只能整体读取"), "--follow");
    if (given.out != NULL && strcmp(given.out, "jsonl") != 0 && strcmp(given.out, "csv") != 0)
        return usage(say("must be jsonl or csv", "必须是 jsonl 或 csv"), "--out");
    return 0;
}

int collect_options(struct collect *collect, int argc, char **argv)
{
    int first = options_read(&program, argc, argv);
    curve_use(program.name, &given.curve);
    collect->map = given.map;
    collect->encoding = given.encoding;
    collect->report_path = given.report;
    collect->out = given.out;
    collect->catalogue = given.catalogue;
    collect->calendar_name = given.calendar_name;
    collect->follow = given.follow;
    collect->is_more_than_catalogue =
        given.events > 0 || given.rate > 0 || given.out != NULL || given.until != NULL;
    collect->run = (struct run_options){
        .source = given.source,
        .position = given.position,
        .map_print = "",
        .speed = given.speed,
        .alive_ms = given.follow || given.rate > 0 ? given.alive_ms : 0,
        .is_dry = given.is_dry,
        .is_strict = given.is_strict,
        .batch_events = given.batch,
    };
    int code = operands_take(collect, argc, argv, first);
    if (code == 0)
        code = end_tick_take(collect);
    if (code == 0)
        code = paced_from_take(collect);
    if (code == 0)
        code = endpoint_take(collect);
    return code != 0 || collect->kind != COLLECT_SIM ? code : sim_options_take(collect);
}

int collect_position(struct collect *collect)
{
    static char path[PATH_BYTES];
    if (!collect->follow || collect->run.position != NULL || collect->run.is_dry ||
        collect->out != NULL)
        return 0;
    int length = snprintf(path, sizeof path, "%s/%s.position", given.home, collect->run.source);
    if (length >= (int)sizeof path)
        return usage(say("too long", "太长"), "--home");
    if (mkdir(given.home, 0755) != 0 && errno != EEXIST) {
        (void)fprintf(stderr, "cardwatch collect: %s: %s\n", given.home, strerror(errno));
        return EX_CANTCREAT;
    }
    collect->run.position = path;
    return 0;
}
