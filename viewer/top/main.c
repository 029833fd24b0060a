/* main.c - `cardwatch view top`: the feed and two kinds of queries, on one poll, and a screen that
 * is drawn at most ten times a second, whatever comes.
 */
#include "engine/sys/clock.h"
#include "engine/sys/curve.h"
#include "engine/sys/lang.h"
#include "engine/sys/log.h"
#include "engine/sys/options.h"
#include "viewer/feed/ask.h"
#include "viewer/feed/feed.h"
#include "viewer/feed/place.h"
#include "viewer/top/panes.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { DRAW_MS = 100, IDLE_MS = 500, ASK_EVERY_MS = 3000, ASK_WAIT_MS = 2000 };

static struct {
    const char *home;
    const char *feed;
    const char *query;
    const char *zone;
    int64_t blind_ms;
    struct curve_given curve;
} wish;

static const struct option options[] = {
    OPTION_HOME(wish),
    OPTION_FEED(wish),
    OPTION_QUERY(wish),
    CURVE_OPTIONS(wish.curve),
    {"zone", 0, OPTION_TEXT, "ZONE", NULL, 0, 0,
     "time zone to show times in (default: the engine's)", "显示所用时区（默认按引擎）",
     &wish.zone},
    {"blind-ms", 0, OPTION_NUMBER, "MS", "5000", 100, 3600000, "no pulse for so long: blind",
     "多久没有心跳即为失明（毫秒）", &wish.blind_ms},
};

static const struct program program = {
    .name = "cardwatch view top",
    .section = "top",
    .usage = "[OPTION…]",
    .about_en = "The engine at work, on the whole terminal.",
    .about_zh = "在整个终端上显示引擎的实时情况。",
    .options = options,
    .option_count = COUNT_OF(options),
};

struct top {
    struct hall hall;
    struct view view;
    struct feed *feed;
    struct asker *background; /* counts, due */
    struct asker *question;   /* what the reader asked */
    json_t *waiting;          /* a question that has to wait for the one before it */
    bool is_due_next;
    int64_t ask_at_ms;
    bool is_changed; /* something to draw */
};

static volatile sig_atomic_t ended_by;

static void end(int number)
{
    ended_by = number;
}

/* A crash must not leave the terminal without echo; the core is still the crash's. */
static void crash(int number)
{
    screen_close();
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

static void on_card(void *ctx, uint64_t seq, struct slice line, const json_t *card)
{
    struct top *top = ctx;
    (void)line;
    (void)moment_learn(card);
    hall_card(&top->hall, seq, card);
    top->is_changed = true;
}

static void on_pulse(void *ctx, const json_t *pulse)
{
    struct top *top = ctx;
    (void)moment_learn(pulse);
    hall_pulse(&top->hall, pulse, clock_monotonic_ms());
    top->is_changed = true;
}

static void on_sight(void *ctx, bool is_blind, struct instant since)
{
    struct top *top = ctx;
    top->hall.is_blind = is_blind;
    top->hall.has_sight = true;
    top->hall.blind_since = since;
    top->is_changed = true;
}

static void on_gap(void *ctx, uint64_t from, uint64_t to)
{
    struct top *top = ctx;
    (void)snprintf(top->hall.notice, sizeof top->hall.notice,
                   say("cards %llu to %llu are no longer kept by the engine",
                       "引擎已不再保存第 %llu 至 %llu 号牌"),
                   (unsigned long long)from, (unsigned long long)to);
    top->is_changed = true;
}

static void on_change(void *ctx, const struct feed_change *change)
{
    struct top *top = ctx;
    char text[FEED_CHANGE_BYTES];
    hall_forget_cards(&top->hall);
    (void)snprintf(top->hall.notice, sizeof top->hall.notice, "%s", feed_change_text(change, text));
    top->is_changed = true;
}

/* --- queries -----------------------------------------------------------------------------------
 */

static void turn_background(struct top *top)
{
    json_t *answer = NULL;
    int error = ask_poll(top->background, &answer);
    if (error == 0) {
        (void)moment_learn(answer);
        hall_counts(&top->hall, answer);
        hall_due(&top->hall, answer);
        json_decref(answer);
        top->is_changed = true;
    }
    int64_t now_ms = clock_monotonic_ms();
    if (ask_is_busy(top->background) || now_ms < top->ask_at_ms)
        return;
    /* One after the other at once, then rest: a screen that opens is complete after two answers. */
    json_t *request =
        top->is_due_next ? json_pack("{s:s,s:s,s:i}", "query", "due", "within", "2 day", "max", 200)
                         : json_pack("{s:s,s:s}", "query", "counts", "by", "org");
    if (ask_start(top->background, request) != 0 || top->is_due_next)
        top->ask_at_ms = now_ms + ASK_EVERY_MS;
    top->is_due_next = !top->is_due_next;
}

static void turn_question(struct top *top)
{
    json_t *answer = NULL;
    int error = ask_poll(top->question, &answer);
    if (error != ASK_E_AGAIN && error != ASK_E_IDLE && top->waiting == NULL) {
        view_answer(&top->view, error == 0 ? answer : NULL);
        top->is_changed = true;
    }
    json_decref(answer);
    if (top->waiting != NULL && !ask_is_busy(top->question)) {
        json_t *request = top->waiting;
        top->waiting = NULL;
        if (ask_start(top->question, request) != 0)
            view_answer(&top->view, NULL);
    }
}

static void turn_keys(struct top *top)
{
    char typed[TYPED_BYTES];
    for (enum key key = screen_key(typed); key != KEY_IS_NONE; key = screen_key(typed)) {
        json_t *request = view_key(&top->view, &top->hall, key, typed);
        top->is_changed = true;
        if (request == NULL)
            continue;
        json_decref(top->waiting);
        top->waiting = request;
    }
}

/* --- the loop -----------------------------------------------------------------------------------
 */

/* Returns false when the terminal is gone. */
static bool rest(struct top *top, int wait_ms)
{
    int fds[2];
    nfds_t feed_count = (nfds_t)feed_fds(top->feed, fds);
    struct pollfd watched[5] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                {.fd = ask_fd(top->background), .events = POLLIN},
                                {.fd = ask_fd(top->question), .events = POLLIN}};
    for (nfds_t i = 0; i < feed_count; i++)
        watched[3 + i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
    if (poll(watched, 3 + feed_count, wait_ms) < 0)
        return errno == EINTR;
    return (watched[0].revents & (POLLHUP | POLLERR | POLLNVAL)) == 0;
}

static int run(struct top *top)
{
    int64_t drawn_ms = 0;
    while (ended_by == 0 && !top->view.is_ended) {
        int error = feed_turn(top->feed);
        if (error != 0)
            return EX_SOFTWARE;
        turn_keys(top);
        turn_question(top);
        turn_background(top);
        int64_t since_ms = clock_monotonic_ms() - drawn_ms;
        if ((top->is_changed && since_ms >= DRAW_MS) || since_ms >= IDLE_MS) {
            hall_rank(&top->hall);
            panes_draw(&top->hall, &top->view, clock_now());
            drawn_ms = clock_monotonic_ms();
            top->is_changed = false;
        }
        if (!rest(top, DRAW_MS))
            return EX_OK;
    }
    return EX_OK;
}

static void signals_init(void)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    static const int crashes[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    struct sigaction action = {.sa_handler = end};
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        (void)sigaction(ends[i], &action, NULL);
    action.sa_handler = crash;
    for (size_t i = 0; i < COUNT_OF(crashes); i++)
        (void)sigaction(crashes[i], &action, NULL);
}

static int top_open(struct top *top)
{
    char rooms[2][PLACE_BYTES];
    const char *query = place_endpoint(wish.query, wish.home, "query", rooms[1]);
    struct feed_options feed_options = {
        .feed_endpoint = place_endpoint(wish.feed, wish.home, "feed", rooms[0]),
        .query_endpoint = query,
        .last_count = HALL_CARDS_MAX,
        .blind_ms = wish.blind_ms,
    };
    struct feed_events events = {.ctx = top,
                                 .card = on_card,
                                 .pulse = on_pulse,
                                 .gap = on_gap,
                                 .sight = on_sight,
                                 .changed = on_change};
    int error = feed_open(&feed_options, &events, &top->feed);
    if (error == 0)
        error = ask_open(query, ASK_WAIT_MS, &top->background);
    if (error == 0)
        error = ask_open(query, ASK_WAIT_MS, &top->question);
    return error;
}

static void top_close(struct top *top)
{
    feed_close(&top->feed);
    ask_close(&top->background);
    ask_close(&top->question);
    json_decref(top->waiting);
    hall_clear(&top->hall);
    view_clear(&top->view);
}

int main(int argc, char **argv)
{
    static struct top top; /* large: the ring of cards */
    log_init("view-top", LOG_ERROR_LEVEL);
    int operand = options_read(&program, argc, argv);
    curve_use(program.name, &wish.curve);
    if (operand < argc) {
        (void)fprintf(stderr, say("%s: %s: takes no operands\n", "%s：%s：不带参数\n"),
                      program.name, argv[operand]);
        return EX_USAGE;
    }
    if (wish.zone != NULL && !moment_zone(wish.zone)) {
        (void)fprintf(stderr,
                      say("%s: --zone: no such time zone: %s\n", "%s：--zone：没有这个时区：%s\n"),
                      program.name, wish.zone);
        return EX_USAGE;
    }
    int code = EX_UNAVAILABLE;
    if (top_open(&top) == 0) {
        signals_init();
        if (screen_open()) {
            code = run(&top);
            screen_close();
        } else {
            (void)fprintf(stderr,
                          say("%s: this is no terminal it knows; try: cardwatch view tail\n",
                              "%s：不是可用的终端；请改用：cardwatch view tail\n"),
                          program.name);
            code = EX_USAGE;
        }
    }
    top_close(&top);
    return code;
}
