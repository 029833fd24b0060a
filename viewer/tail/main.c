/* main.c - `cardwatch view tail`: the feed as lines, one card each, until it is ended.
 *
 * Cards go to standard output, what happens to the sight of them to standard error, so that a
 * pipe gets cards only and a person gets both.
 */
#include "engine/sys/clock.h"
#include "engine/sys/columns.h"
#include "engine/sys/curve.h"
#include "engine/sys/lang.h"
#include "engine/sys/log.h"
#include "engine/sys/options.h"
#include "viewer/feed/feed.h"
#include "viewer/feed/fit.h"
#include "viewer/feed/place.h"
#include "viewer/tail/line.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static struct {
    const char *home;
    const char *feed;
    const char *query;
    const char *from;
    struct option_list levels;
    const char *org;
    const char *colour;
    const char *zone;
    int64_t count;
    int64_t last;
    int64_t blind_ms;
    bool json;
    bool shadow;
    struct curve_given curve;
} wish;

static const struct option options[] = {
    OPTION_HOME(wish),
    OPTION_FEED(wish),
    OPTION_QUERY(wish),
    CURVE_OPTIONS(wish.curve),
    {"from", 0, OPTION_TEXT, "SEQ|start|now", "now", 0, 0, "first card to show",
     "从哪一张牌开始显示", &wish.from},
    {"last", 0, OPTION_NUMBER, "N", "0", 0, INT32_MAX, "with --from now: the newest N first",
     "从现在开始时，先显示最近 N 张", &wish.last},
    {"level", 0, OPTION_LIST, "LEVEL,…", NULL, 0, 0, "only these levels (warn, yellow, red)",
     "只显示这些级别（warn、yellow、red）", &wish.levels},
    {"org", 0, OPTION_TEXT, "ORG", NULL, 0, 0, "only cards of this org", "只显示该部门的牌",
     &wish.org},
    {"count", 'n', OPTION_NUMBER, "N", "0", 0, INT32_MAX, "end after N cards (0: never)",
     "显示 N 张后结束（0 为不结束）", &wish.count},
    {"json", 0, OPTION_FLAG, NULL, NULL, 0, 0, "each card as the line of JSON that came",
     "按收到的 JSON 原样输出", &wish.json},
    {"shadow", 0, OPTION_FLAG, NULL, NULL, 0, 0, "cards of shadow rules too",
     "同时显示试运行规则的牌", &wish.shadow},
    {"color", 0, OPTION_TEXT, "auto|always|never", "auto", 0, 0, "colour", "颜色", &wish.colour},
    {"zone", 0, OPTION_TEXT, "ZONE", NULL, 0, 0,
     "time zone to show times in (default: the engine's)", "显示所用时区（默认按引擎）",
     &wish.zone},
    {"blind-ms", 0, OPTION_NUMBER, "MS", "5000", 100, 3600000, "no pulse for so long: blind",
     "多久没有心跳即为失明（毫秒）", &wish.blind_ms},
};

static const struct program program = {
    .name = "cardwatch view tail",
    .section = "tail",
    .usage = "[OPTION…]",
    .about_en = "Shows cards as they are issued, one line each.",
    .about_zh = "逐行显示刚发出的牌。",
    .options = options,
    .option_count = COUNT_OF(options),
};

struct tail {
    bool is_coloured;
    int64_t shown;
    bool was_blind;
    bool has_offset;
    int32_t offset_s;
};

static volatile sig_atomic_t is_ended;

static void end(int number)
{
    (void)number;
    is_ended = 1;
}

/* "red,yellow" in one value, or --level given twice: both mean the same. */
static bool names_level(const char *list, const char *level)
{
    size_t count = strlen(level);
    for (const char *at = list; *at != '\0';) {
        size_t piece = strcspn(at, ",");
        if (piece == count && strncmp(at, level, count) == 0)
            return true;
        at += piece + (at[piece] == ',');
    }
    return false;
}

static bool is_wanted(const struct card_view *view)
{
    if (wish.org != NULL && strcmp(wish.org, view->org) != 0)
        return false;
    for (uint32_t i = 0; i < wish.levels.count; i++) {
        if (names_level(wish.levels.values[i], view->level))
            return true;
    }
    return wish.levels.count == 0;
}

static bool is_enough(const struct tail *tail)
{
    return wish.count > 0 && tail->shown >= wish.count;
}

static void on_card(void *ctx, uint64_t seq, struct slice line, const json_t *card)
{
    struct tail *tail = ctx;
    (void)seq;
    (void)moment_learn(card);
    struct card_view view = card_view_of(card);
    if (is_enough(tail) || !is_wanted(&view))
        return;
    tail->shown++;
    char room[LINE_BYTES];
    struct line_shape shape =
        line_shape_of(terminal_columns(stdout)); /* it may be another by now */
    if (wish.json)
        printf("%.*s\n", (int)line.count, line.start);
    else
        puts(line_of_card(&view, &shape, tail->is_coloured, room));
}

/* At the engine's offset, as the cards are; before its first pulse, at this machine's. */
static const char *time_text(const struct tail *tail, struct instant at,
                             char text[MOMENT_TEXT_BYTES])
{
    struct moment moment = moment_here(at);
    if (tail->has_offset)
        moment.offset_s = tail->offset_s;
    return moment_text(moment, MOMENT_TIME, text);
}

/* Cards first, then what happened to them: the two streams keep their order on a screen. */
static void notice_begin(const struct tail *tail)
{
    char time[MOMENT_TEXT_BYTES];
    (void)fflush(stdout);
    (void)fprintf(stderr, "-- %s ", time_text(tail, clock_now(), time));
}

static void on_pulse(void *ctx, const json_t *pulse)
{
    struct tail *tail = ctx;
    (void)moment_learn(pulse);
    struct moment now = field_moment(pulse, "now");
    tail->has_offset = instant_is_set(now.at);
    tail->offset_s = now.offset_s;
}

static void on_gap(void *ctx, uint64_t from, uint64_t to)
{
    notice_begin(ctx);
    (void)fprintf(stderr,
                  say("gap: cards %llu to %llu are no longer kept by the engine\n",
                      "缺口：引擎已不再保存第 %llu 至 %llu 号牌\n"),
                  (unsigned long long)from, (unsigned long long)to);
}

static void on_sight(void *ctx, bool is_blind, struct instant since)
{
    struct tail *tail = ctx;
    char time[MOMENT_TEXT_BYTES];
    if (is_blind) {
        notice_begin(tail);
        (void)fprintf(
            stderr,
            say("blind since %s: no pulse from the engine, or cards it has cannot be got\n",
                "失明：自 %s 起没有引擎心跳，或取不到已发出的牌\n"),
            time_text(tail, since, time));
    } else if (tail->was_blind) {
        notice_begin(tail);
        (void)fprintf(stderr, say("sight is back\n", "已恢复\n"));
    }
    tail->was_blind = is_blind;
}

static void on_change(void *ctx, const struct feed_change *change)
{
    char text[FEED_CHANGE_BYTES];
    notice_begin(ctx);
    (void)fprintf(stderr, say("%s; its cards follow\n", "%s；以下为其牌\n"),
                  feed_change_text(change, text));
}

static _Noreturn void refuse(const char *option, const char *value, const char *right)
{
    (void)fprintf(stderr, say("%s: --%s: \"%s\" is not %s\n", "%s：--%s：“%s”不是%s\n"),
                  program.name, option, value, right);
    exit(EX_USAGE);
}

static uint64_t from_of(const char *text)
{
    if (strcmp(text, "now") == 0)
        return 0;
    if (strcmp(text, "start") == 0)
        return 1;
    char *rest = NULL;
    errno = 0;
    unsigned long long seq = strtoull(text, &rest, 10);
    if (errno != 0 || text[0] < '0' || text[0] > '9' || *rest != '\0' || seq == 0)
        refuse("from", text, say("a card number, start or now", "牌号、start 或 now"));
    return seq;
}

static bool is_coloured_of(const char *text)
{
    if (strcmp(text, "always") == 0)
        return true;
    if (strcmp(text, "never") == 0)
        return false;
    if (strcmp(text, "auto") != 0)
        refuse("color", text, say("auto, always or never", " auto、always 或 never"));
    const char *no_colour = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) == 1 && (no_colour == NULL || no_colour[0] == '\0');
}

static int follow(struct feed *feed, const struct tail *tail)
{
    while (is_ended == 0 && !is_enough(tail)) {
        if (fflush(stdout) != 0)
            return EX_IOERR;
        int error = feed_wait(feed, 200);
        if (error != 0) {
            log_error("the feed cannot be read: %s", strerror(-error));
            return EX_SOFTWARE;
        }
    }
    return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

int main(int argc, char **argv)
{
    log_init("view-tail", LOG_WARN_LEVEL);
    int operand = options_read(&program, argc, argv);
    curve_use(program.name, &wish.curve);
    if (operand < argc) {
        (void)fprintf(stderr, say("%s: %s: takes no operands\n", "%s：%s：不带参数\n"),
                      program.name, argv[operand]);
        return EX_USAGE;
    }
    fit_init(fit_locale_is_utf8());
    if (wish.zone != NULL && !moment_zone(wish.zone))
        refuse("zone", wish.zone, say("a time zone of this machine", "本机已有的时区"));
    struct tail tail = {.is_coloured = is_coloured_of(wish.colour)};
    struct sigaction action = {.sa_handler = end};
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);

    char rooms[2][PLACE_BYTES];
    struct feed_options feed_options = {
        .feed_endpoint = place_endpoint(wish.feed, wish.home, "feed", rooms[0]),
        .query_endpoint = place_endpoint(wish.query, wish.home, "query", rooms[1]),
        .from_seq = from_of(wish.from),
        .last_count = (uint64_t)wish.last,
        .with_shadow = wish.shadow,
        .blind_ms = wish.blind_ms,
    };
    struct feed_events events = {.ctx = &tail,
                                 .card = on_card,
                                 .pulse = on_pulse,
                                 .gap = on_gap,
                                 .sight = on_sight,
                                 .changed = on_change};
    OWNED(feed_close) struct feed *feed = NULL;
    if (feed_open(&feed_options, &events, &feed) != 0)
        return EX_UNAVAILABLE;
    char room[LINE_BYTES];
    struct line_shape shape = line_shape_of(terminal_columns(stdout));
    if (!wish.json && isatty(STDOUT_FILENO) == 1)
        puts(line_of_names(&shape, tail.is_coloured, room));
    return follow(feed, &tail);
}
