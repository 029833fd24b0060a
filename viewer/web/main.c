/* main.c - cardwatch view web: the wall of a service hall, in a browser.
 *
 * One loop carries the feed, the web server and the clock. The board is filled from card 1 at
 * every start, so that its counts are true whatever happened in between.
 */
#include "engine/sys/clock.h"
#include "engine/sys/curve.h"
#include "engine/sys/lang.h"
#include "engine/sys/log.h"
#include "engine/sys/options.h"
#include "engine/sys/socket.h"
#include "viewer/feed/feed.h"
#include "viewer/feed/place.h"
#include "viewer/web/board.h"
#include "viewer/web/server.h"
#include "viewer/web/site.h"

#include <ev.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { HOST_BYTES = 128, EXIT_USAGE_WRONG = 64 };

static struct {
    const char *listen;
    const char *home;
    const char *feed;
    const char *query;
    const char *title;
    const char *tls_cert;
    const char *tls_key;
    bool show_case;
    int64_t client_max;
    int64_t card_max;
    struct curve_given curve;
} in_force;

static const struct option options[] = {
    {"listen", 'l', OPTION_TEXT, "ADDR:PORT", "127.0.0.1:8080", 0, 0,
     "where browsers find the page; port 0: any free one",
     "网页的监听地址；端口 0 表示任选空闲端口", &in_force.listen},
    OPTION_HOME(in_force),
    OPTION_FEED(in_force),
    OPTION_QUERY(in_force),
    CURVE_OPTIONS(in_force.curve),
    {"title", 't', OPTION_TEXT, "TEXT", "", 0, 0, "whose wall it is: the name at the top",
     "大屏标题：单位名称", &in_force.title},
    {"tls-cert", 0, OPTION_TEXT, "FILE", NULL, 0, 0, "certificate chain (PEM): speak https",
     "证书链 (PEM)：使用 https", &in_force.tls_cert},
    {"tls-key", 0, OPTION_TEXT, "FILE", NULL, 0, 0, "its private key (PEM)", "证书的私钥 (PEM)",
     &in_force.tls_key},
    {"show-case", 0, OPTION_FLAG, NULL, NULL, 0, 0,
     "case numbers in full instead of their last 4 characters", "显示完整办件号，而非仅后 4 位",
     &in_force.show_case},
    {"clients-max", 0, OPTION_NUMBER, "N", "200", 1, 10000, "screens at a time",
     "同时连接的屏幕数上限", &in_force.client_max},
    {"cards-max", 0, OPTION_NUMBER, "N", "4000000", 1000, 100000000,
     "cards whose state is remembered (16 to 32 bytes each)",
     "记住状态的牌数上限（每张 16 至 32 字节）", &in_force.card_max},
};

static const struct program program = {
    .name = "cardwatch view web",
    .section = "web",
    .usage = "[OPTION…]",
    .about_en = "A page for the big screen of a service hall: cards as they are raised, counts, "
                "ranking, sources. No personal data.",
    .about_zh = "政务大厅大屏网页：实时发牌、统计、排名、数据来源。不含个人信息。",
    .options = options,
    .option_count = COUNT_OF(options),
};

struct web {
    struct ev_loop *loop;
    struct feed *feed;
    struct board *board;
    struct server *server;
    bool was_behind;
    int error; /* of the feed: the program ends with it */
    ev_io watch;
    ev_timer timer;
    ev_signal stop[2];
};

/* --- what the feed says --------------------------------------------------------------------- */

static void on_card(void *ctx, uint64_t seq, struct slice line, const json_t *card)
{
    struct web *web = ctx;
    (void)line;
    if (board_take_card(web->board, seq, card) && !board_is_behind(web->board))
        server_tell_cards(web->server);
}

static void on_pulse(void *ctx, const json_t *pulse)
{
    struct web *web = ctx;
    board_take_pulse(web->board, pulse, feed_head_seq(web->feed));
    bool is_behind = board_is_behind(web->board);
    if (web->was_behind && !is_behind)
        server_tell_all(web->server); /* a replay ended: one picture instead of its many steps */
    web->was_behind = is_behind;
    server_tell_pulse(web->server);
}

static void on_gap(void *ctx, uint64_t from, uint64_t to)
{
    struct web *web = ctx;
    log_warn("the engine no longer keeps some cards, counting without them: from=%llu to=%llu",
             (unsigned long long)from, (unsigned long long)to);
    board_take_gap(web->board, from, to);
}

static void on_sight(void *ctx, bool is_blind, struct instant since)
{
    struct web *web = ctx;
    if (is_blind)
        log_warn("no pulse from the engine, the wall shows it");
    else
        log_info("the engine is in sight");
    board_take_sight(web->board, is_blind, since);
    server_tell_sight(web->server);
}

static void on_change(void *ctx, const struct feed_change *change)
{
    struct web *web = ctx;
    char text[FEED_CHANGE_BYTES];
    log_error("counting anew: %s", feed_change_text(change, text));
    board_forget(web->board);
    web->was_behind = true;
    server_tell_all(web->server);
}

/* --- the loop ------------------------------------------------------------------------------- */

static void turn(struct web *web)
{
    web->error = feed_turn(web->feed);
    if (web->error != 0)
        ev_break(web->loop, EVBREAK_ALL);
}

static void on_readable(struct ev_loop *loop, ev_io *io, int events)
{
    (void)loop;
    (void)events;
    turn(io->data);
}

static void on_time(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)events;
    turn(timer->data);
}

static void on_stop(struct ev_loop *loop, ev_signal *signal_watch, int events)
{
    (void)signal_watch;
    (void)events;
    ev_break(loop, EVBREAK_ALL);
}

/* "127.0.0.1:8080", "[::1]:8080", "*:8080" to host and port. */
static bool split_listen(const char *text, char host[HOST_BYTES], int *port_out)
{
    const char *colon = strrchr(text, ':');
    if (colon == NULL || colon[1] == '\0')
        return false;
    char *end;
    long port = strtol(colon + 1, &end, 10);
    size_t count = (size_t)(colon - text);
    if (*end != '\0' || port < 0 || port > 65535)
        return false;
    if (count >= 2 && text[0] == '[' && text[count - 1] == ']') {
        text++;
        count -= 2;
    }
    if (count >= HOST_BYTES)
        return false;
    memcpy(host, text, count);
    host[count] = '\0';
    *port_out = (int)port;
    return true;
}

static int open_feed(struct web *web)
{
    char feed_room[PLACE_BYTES], query_room[PLACE_BYTES];
    struct feed_options wanted = {
        .feed_endpoint = place_endpoint(in_force.feed, in_force.home, "feed", feed_room),
        .query_endpoint = place_endpoint(in_force.query, in_force.home, "query", query_room),
        .from_seq = 1};
    struct feed_events events = {.ctx = web,
                                 .card = on_card,
                                 .pulse = on_pulse,
                                 .gap = on_gap,
                                 .sight = on_sight,
                                 .changed = on_change};
    return feed_open(&wanted, &events, &web->feed);
}

static void watch_all(struct web *web)
{
    static const int signals[2] = {SIGINT, SIGTERM};
    int fds[2];
    int count = feed_fds(web->feed, fds);
    assert(count <= 1); /* one epoll stands for both sockets */
    if (count == 1) {
        ev_io_init(&web->watch, on_readable, fds[0], EV_READ);
        web->watch.data = web;
        ev_io_start(web->loop, &web->watch);
    }
    ev_timer_init(&web->timer, on_time, 0.0, 0.2);
    web->timer.data = web;
    ev_timer_start(web->loop, &web->timer);
    for (size_t i = 0; i < COUNT_OF(signals); i++) {
        ev_signal_init(&web->stop[i], on_stop, signals[i]);
        ev_signal_start(web->loop, &web->stop[i]);
    }
}

static void unwatch_all(struct web *web)
{
    ev_io_stop(web->loop, &web->watch);
    ev_timer_stop(web->loop, &web->timer);
    for (size_t i = 0; i < COUNT_OF(web->stop); i++)
        ev_signal_stop(web->loop, &web->stop[i]);
}

static int run(struct web *web, const struct server_options *wanted)
{
    int error = server_open(web->loop, wanted, web->board, &web->server);
    if (error == 0)
        error = open_feed(web);
    if (error != 0)
        return error;
    const char *scheme = wanted->tls_cert == NULL ? "http" : "https";
    bool is_bracketed = strchr(wanted->host, ':') != NULL;
    printf(is_bracketed ? "%s://[%s]:%d/\n" : "%s://%s:%d/\n", scheme, wanted->host,
           server_port(web->server));
    (void)fflush(stdout);
    watch_all(web);
    (void)ev_run(web->loop, 0);
    unwatch_all(web);
    struct server_counts counts = server_counts(web->server);
    log_info("stopped: cards=%llu resynced=%llu dropped=%llu turned_away=%llu",
             (unsigned long long)board_place(web->board), (unsigned long long)counts.resynced,
             (unsigned long long)counts.dropped, (unsigned long long)counts.turned_away);
    return web->error;
}

int main(int argc, char **argv)
{
    (void)options_read(&program, argc, argv);
    curve_use(program.name, &in_force.curve);
    log_init("view-web", LOG_INFO_LEVEL);
    char host[HOST_BYTES];
    struct server_options wanted = {.client_max = (int)in_force.client_max,
                                    .tls_cert = in_force.tls_cert,
                                    .tls_key = in_force.tls_key};
    if (!split_listen(in_force.listen, host, &wanted.port)) {
        (void)fprintf(stderr,
                      say("cardwatch view web: --listen %s: should be ADDR:PORT\n",
                          "cardwatch view web：--listen %s：应为 地址:端口\n"),
                      in_force.listen);
        return EXIT_USAGE_WRONG;
    }
    if ((in_force.tls_cert == NULL) != (in_force.tls_key == NULL)) {
        (void)fputs(say("cardwatch view web: --tls-cert and --tls-key go together\n",
                        "cardwatch view web：--tls-cert 与 --tls-key 必须同时给出\n"),
                    stderr);
        return EXIT_USAGE_WRONG;
    }
    wanted.host = host;
    if (sodium_init() < 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        return EXIT_FAILURE;
    struct web web = {.loop = ev_default_loop(EVFLAG_AUTO), .was_behind = true};
    struct board_options board = {.title = in_force.title,
                                  .build = site_build(),
                                  .with_whole_case = in_force.show_case,
                                  .card_max = (size_t)in_force.card_max};
    web.board = board_create(&board);
    int error = web.loop == NULL || web.board == NULL ? -1 : run(&web, &wanted);
    feed_close(&web.feed);
    server_close(&web.server);
    board_destroy(&web.board);
    socket_terminate();
    if (web.loop != NULL)
        ev_loop_destroy(web.loop);
    return error == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
