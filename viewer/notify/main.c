/* main.c - cardwatch view notify: tells department heads, by mail and by robot.
 *
 * Each turn: take cards in, hand them over to the outbox when their window is over, send. The
 * outbox is written before anything is sent, and after. When it is full, no more is taken from
 * the feed: the engine keeps the cards, and they are asked for again when there is room.
 */
#include "engine/sys/clock.h"
#include "engine/sys/lang.h"
#include "engine/sys/log.h"
#include "engine/sys/options.h"
#include "engine/sys/socket.h"
#include "viewer/feed/card_view.h"
#include "viewer/feed/feed.h"
#include "viewer/feed/place.h"
#include "viewer/notify/collect.h"
#include "viewer/notify/config.h"
#include "viewer/notify/outbox.h"
#include "viewer/notify/post.h"

#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

enum {
    TURN_MS = 200,
    ASK_WAIT_MS = 1000,
    OUTBOX_NOTICES_MAX = 20000,
    STOP_MS = 5000, /* for what is under way, so that it need not be sent twice */
};

struct notify {
    struct config config;
    struct recipients *recipients;
    struct outbox *outbox;
    struct collect *collect;
    struct post *post;
    struct feed *feed; /* NULL: the outbox is full, or the position is not known yet */
    const char *feed_endpoint;
    const char *query_endpoint;
    bool is_other_ledger; /* the feed's cards are not those that the position counts */
    uint64_t begin_after; /* … but it goes on behind this one */
    int error;            /* of a hand-over in the middle of a turn of the feed */
    int signal_fd;
};

static void hand_over_if_due(struct notify *notify)
{
    if (notify->error != 0 || notify->is_other_ledger ||
        !collect_is_due(notify->collect, clock_monotonic_ms(), notify->config.window_ms,
                        (size_t)notify->config.digest_max))
        return;
    outbox_set_ledger(notify->outbox, feed_ledger(notify->feed));
    notify->error = collect_hand_over(notify->collect, notify->outbox, clock_now().ms);
}

/* --- what the feed says --------------------------------------------------------------------- */

static void on_card(void *ctx, uint64_t seq, struct slice line, const json_t *card)
{
    struct notify *notify = ctx;
    (void)line;
    if (notify->is_other_ledger || notify->error != 0)
        return;
    collect_take(notify->collect, clock_monotonic_ms(), seq, card);
    hand_over_if_due(notify); /* a flood in one turn is several digests */
}

static void on_gap(void *ctx, uint64_t from, uint64_t to)
{
    struct notify *notify = ctx;
    log_error("cards that the engine no longer keeps were not told of: from=%llu to=%llu",
              (unsigned long long)from, (unsigned long long)to);
    collect_pass(notify->collect, clock_monotonic_ms(), to);
}

static void on_sight(void *ctx, bool is_blind, struct instant since)
{
    (void)ctx;
    (void)since;
    if (is_blind)
        log_warn("no pulse from the engine: notices wait");
    else
        log_info("the engine is in sight");
}

/* To begin another ledger from its first card would tell everybody of everything: it goes on behind
 * what is there already, and says so. An older copy that went on has raised some of what was told
 * again, under the same ids; what it has raised otherwise is what must be looked at by hand. */
static void on_change(void *ctx, const struct feed_change *change)
{
    struct notify *notify = ctx;
    char text[FEED_CHANGE_BYTES];
    notify->begin_after = change->kind == FEED_LEDGER_FORKED ? change->seen : change->head;
    notify->is_other_ledger = true;
    log_error("%s; its cards up to %llu are not told of", feed_change_text(change, text),
              (unsigned long long)notify->begin_after);
}

/* --- the feed ------------------------------------------------------------------------------- */

static int open_feed(struct notify *notify)
{
    struct feed_options wanted = {.feed_endpoint = notify->feed_endpoint,
                                  .query_endpoint = notify->query_endpoint,
                                  .from_seq = outbox_position(notify->outbox) + 1,
                                  .ledger = outbox_ledger(notify->outbox)};
    struct feed_events events = {
        .ctx = notify, .card = on_card, .gap = on_gap, .sight = on_sight, .changed = on_change};
    return feed_open(&wanted, &events, &notify->feed);
}

static int set_position(struct notify *notify, const char *ledger, uint64_t position)
{
    log_info("beginning behind card %llu", (unsigned long long)position);
    outbox_set_ledger(notify->outbox, ledger);
    return outbox_intend(notify->outbox, position, clock_now().ms, json_array(), json_array());
}

/* The first position: the head, as the engine tells it. */
static int ask_position(struct notify *notify)
{
    json_t *answer = NULL;
    int error =
        ask(notify->query_endpoint, json_pack("{s:s}", "query", "status"), ASK_WAIT_MS, &answer);
    if (error == -ENOMEM)
        return error;
    if (error != 0)
        return 0; /* not there yet: the next turn asks again */
    if (json_is_integer(json_object_get(answer, "head")))
        error = set_position(notify, field_text(answer, "instance"),
                             (uint64_t)field_number(answer, "head"));
    json_decref(answer);
    return error;
}

static void stop_feed(struct notify *notify)
{
    feed_close(&notify->feed);
    collect_forget(notify->collect);
}

/* What was collected was on the feed, whatever the ledger is now: it is told of. */
static int leave_ledger(struct notify *notify)
{
    bool has_cards = collect_is_due(notify->collect, clock_monotonic_ms(), 0, 0);
    int error = !has_cards ? 0 : collect_hand_over(notify->collect, notify->outbox, clock_now().ms);
    if (error == 0)
        error = set_position(notify, feed_ledger(notify->feed), notify->begin_after);
    notify->is_other_ledger = false;
    stop_feed(notify);
    return error;
}

static int turn_feed(struct notify *notify)
{
    bool is_full = outbox_count(notify->outbox) >= OUTBOX_NOTICES_MAX;
    if (notify->is_other_ledger)
        return leave_ledger(notify);
    if (notify->feed != NULL && is_full) {
        stop_feed(notify);
        log_warn("the outbox is full, taking no more cards in: notices=%zu",
                 outbox_count(notify->outbox));
    }
    if (!outbox_has_position(notify->outbox) && notify->config.from_seq > 0)
        return set_position(notify, "", notify->config.from_seq - 1);
    if (!outbox_has_position(notify->outbox))
        return ask_position(notify);
    bool has_room = outbox_count(notify->outbox) < OUTBOX_NOTICES_MAX / 2;
    if (notify->feed == NULL && has_room)
        return open_feed(notify);
    return notify->feed == NULL ? 0 : feed_turn(notify->feed);
}

/* --- the loop ------------------------------------------------------------------------------- */

static int turn(struct notify *notify)
{
    int error = turn_feed(notify);
    hand_over_if_due(notify);
    if (error == 0)
        error = notify->error;
    return error == 0 ? post_turn(notify->post, false) : error;
}

static bool is_stopped(const struct notify *notify)
{
    struct signalfd_siginfo about;
    return read(notify->signal_fd, &about, sizeof about) == (ssize_t)sizeof about;
}

/* Without a feed yet there is something to do at once, unless the outbox is what it waits for. */
static int turn_ms(const struct notify *notify)
{
    bool is_full = outbox_count(notify->outbox) >= OUTBOX_NOTICES_MAX / 2;
    return notify->feed == NULL && !is_full ? 1 : TURN_MS;
}

static int loop(struct notify *notify)
{
    int error = turn(notify);
    while (error == 0 && !is_stopped(notify)) {
        int fds[4] = {notify->signal_fd};
        int count = 1;
        if (notify->feed != NULL)
            count += feed_fds(notify->feed, fds + 1);
        post_wait(notify->post, fds, count, turn_ms(notify));
        error = turn(notify);
    }
    int64_t until_ms = clock_monotonic_ms() + STOP_MS;
    while (error == 0 && post_under_way(notify->post) > 0 && clock_monotonic_ms() < until_ms) {
        post_wait(notify->post, NULL, 0, TURN_MS);
        error = post_turn(notify->post, true);
    }
    return error;
}

/* Signals are read as bytes, between turns: nothing is ever half done when one comes. */
static int open_signals(struct notify *notify)
{
    sigset_t set;
    if (sigemptyset(&set) != 0 || sigaddset(&set, SIGINT) != 0 || sigaddset(&set, SIGTERM) != 0 ||
        sigprocmask(SIG_BLOCK, &set, NULL) != 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        return -errno;
    notify->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return notify->signal_fd < 0 ? -errno : 0;
}

static void tell_counts(const struct notify *notify)
{
    struct collect_counts collected = collect_counts(notify->collect);
    struct post_counts posted = post_counts(notify->post);
    log_info("stopped: cards=%llu no_recipient=%llu notices=%llu sent=%llu failed=%llu "
             "retried=%llu waiting=%zu",
             (unsigned long long)collected.cards, (unsigned long long)collected.no_recipient,
             (unsigned long long)collected.notices, (unsigned long long)posted.sent,
             (unsigned long long)posted.failed, (unsigned long long)posted.retried,
             outbox_count(notify->outbox));
}

static int run(struct notify *notify)
{
    const struct config *config = &notify->config;
    int error = outbox_open(config->position, &notify->outbox);
    if (error != 0)
        return error;
    struct post_options wanted = {.smtp = config->smtp,
                                  .smtp_user = config->smtp_user,
                                  .smtp_password = config->smtp_password,
                                  .needs_tls = config->needs_tls,
                                  .from = config->from,
                                  .secret = {config->secret, config->secret_bytes},
                                  .retry_first_ms = config->retry_first_ms,
                                  .retry_max_ms = config->retry_max_ms,
                                  .give_up_ms = config->give_up_ms};
    notify->collect = collect_create(notify->recipients, lang_is_zh());
    notify->post = post_create(&wanted, notify->outbox);
    if (notify->collect == NULL || notify->post == NULL)
        return -ENOMEM;
    error = open_signals(notify);
    if (error != 0)
        return error;
    log_info("started: destinations=%zu waiting=%zu position=%llu",
             recipients_destination_count(notify->recipients), outbox_count(notify->outbox),
             (unsigned long long)outbox_position(notify->outbox));
    error = loop(notify);
    tell_counts(notify);
    return error;
}

int main(int argc, char **argv)
{
    struct notify notify = {.signal_fd = -1};
    config_read(&notify.config, argc, argv);
    log_init("view-notify", LOG_INFO_LEVEL);
    if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return EX_OSERR;
    int exit_code = config_load(&notify.config, &notify.recipients);
    char feed_room[PLACE_BYTES], query_room[PLACE_BYTES];
    notify.feed_endpoint =
        place_endpoint(notify.config.feed, notify.config.home, "feed", feed_room);
    notify.query_endpoint =
        place_endpoint(notify.config.query, notify.config.home, "query", query_room);
    if (exit_code == 0) {
        int error = run(&notify);
        exit_code = error == 0                  ? EX_OK
                    : error == OUTBOX_E_DAMAGED ? EX_DATAERR
                    : error == OUTBOX_E_IN_USE  ? EX_TEMPFAIL
                                                : EX_IOERR;
    }
    feed_close(&notify.feed);
    post_destroy(&notify.post);
    collect_destroy(&notify.collect);
    outbox_close(&notify.outbox);
    recipients_destroy(&notify.recipients);
    config_clear(&notify.config);
    if (notify.signal_fd >= 0)
        (void)close(notify.signal_fd);
    curl_global_cleanup();
    socket_terminate();
    return exit_code;
}
