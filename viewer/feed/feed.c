/* feed.c - `next` is the one number everything turns around: the first seq not handed on yet.
 *
 * Below next: dropped, it was seen. Exactly next: handed on. Above next: held, and what is missing
 * is asked for by number. Whether the numbers still count in the same ledger is ledger.c's: while
 * that is in doubt, what comes is held. What is known to exist (a card's own seq, a pulse's head)
 * but was not got for as long as would make us blind, makes us blind too: a viewer that shows only
 * some of the cards must not look as if it showed all.
 */
#include "viewer/feed/feed.h"
#include "engine/sys/clock.h"
#include "engine/sys/log.h"
#include "engine/sys/socket.h"
#include "viewer/feed/ask.h"
#include "viewer/feed/held.h"
#include "viewer/feed/ledger.h"
#include "viewer/feed/sight.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
    BLIND_MS = 5000,
    ASK_WAIT_MS = 2000,
    ASK_AGAIN_MS = 1000,
    PAGE_CARDS = 1000,
    TURN_MESSAGES_MAX = 20000, /* a flood must not keep the caller from its screen */
};

struct feed {
    struct feed_events events;
    bool with_shadow;
    uint64_t last_count;
    int watch_fd; /* an epoll of both sockets: one number that never changes */
    char *feed_endpoint;
    struct socket *cards;
    struct asker *asker;
    struct ledger_asked asked; /* as it was when the last question was asked */
    bool asked_about_past;     /* from a card on that was handed on already */
    int64_t ask_after_ms;      /* monotonic: an error answer is not asked again at once */

    uint64_t next;  /* 0: not known yet, wanted are those to come */
    uint64_t known; /* the highest seq known to exist */
    struct ledger ledger;

    struct sight sight;
    bool has_caught_up; /* once: what is missing since then the feed has lost */
    uint64_t lost;      /* … and had to be asked for */
    uint64_t lost_told;

    struct held held;
};

static const struct socket_options feed_limits = {
    .send_max = 16,
    .receive_max = 100000,
    .message_bytes_max = INT64_C(1024) * 1024,
    .linger_ms = 0,
};

/* --- watching ----------------------------------------------------------------------------------
 */

static void watch(struct feed *feed, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data = {.fd = fd}};
    if (fd < 0)
        return;
    /* A number of a socket that was closed may have come back: the old entry goes first. */
    (void)epoll_ctl(feed->watch_fd, EPOLL_CTL_DEL, fd, &event);
    if (epoll_ctl(feed->watch_fd, EPOLL_CTL_ADD, fd, &event) != 0)
        log_warn("a socket cannot be watched, looking at it by time: %s", strerror(errno));
}

/* All cards have their numbers in one row: without those that wait, or are shadow, there would be
 * gaps. */
static int cards_open(struct feed *feed)
{
    static const char *const topics[] = {"card.", "pending.", "shadow.", "pulse"};
    int error = socket_open(SOCKET_SUB, false, feed->feed_endpoint, &feed_limits, &feed->cards);
    for (size_t i = 0; error == 0 && i < COUNT_OF(topics); i++)
        error = socket_subscribe(feed->cards, slice_of(topics[i]));
    if (error == 0)
        watch(feed, socket_fd(feed->cards));
    return error;
}

static int feed_connect(struct feed *feed, const struct feed_options *options)
{
    feed->watch_fd = epoll_create1(EPOLL_CLOEXEC);
    feed->feed_endpoint = strdup(options->feed_endpoint);
    if (feed->watch_fd < 0 || feed->feed_endpoint == NULL)
        return -errno;
    int error = cards_open(feed);
    if (error == 0)
        error = ask_open(options->query_endpoint, ASK_WAIT_MS, &feed->asker);
    if (error == 0)
        watch(feed, ask_fd(feed->asker));
    return error > 0 ? -EAGAIN : error;
}

int feed_open(const struct feed_options *options, const struct feed_events *events,
              struct feed **feed_out)
{
    struct feed *feed = calloc(1, sizeof *feed);
    if (feed == NULL)
        return -ENOMEM;
    feed->watch_fd = -1;
    feed->events = *events;
    feed->with_shadow = options->with_shadow;
    feed->next = options->from_seq;
    feed->last_count = options->last_count;
    ledger_begin(&feed->ledger, options->ledger == NULL ? "" : options->ledger);
    if (feed->next > 0) /* seen by somebody; in this ledger? */
        ledger_doubt(&feed->ledger);
    sight_begin(&feed->sight, options->blind_ms > 0 ? options->blind_ms : BLIND_MS,
                clock_monotonic_ms(), clock_now());
    int error = feed_connect(feed, options);
    if (error == 0)
        *feed_out = feed;
    else
        feed_close(&feed);
    return error;
}

void feed_close(struct feed **feed_p)
{
    struct feed *feed = *feed_p;
    if (feed == NULL)
        return;
    if (feed->cards != NULL)
        socket_close(&feed->cards);
    ask_close(&feed->asker);
    if (feed->watch_fd >= 0)
        (void)close(feed->watch_fd); /* only watched: nothing is lost with it */
    held_clear(&feed->held);
    ledger_clear(&feed->ledger);
    free(feed->feed_endpoint);
    free(feed);
    *feed_p = NULL;
}

/* --- cards -------------------------------------------------------------------------------------
 */

static void progress(struct feed *feed, uint64_t next)
{
    assert(next > feed->next);
    feed->next = next;
    sight_progress(&feed->sight);
    if (feed->known < next - 1)
        feed->known = next - 1;
}

static void hand_on(struct feed *feed, bool is_shadow, struct slice line, json_t *card)
{
    uint64_t seq = feed->next;
    progress(feed, seq + 1);
    ledger_card(&feed->ledger, card);
    if (is_shadow && !feed->with_shadow)
        return;
    if (feed->events.card != NULL)
        feed->events.card(feed->events.ctx, seq, line, card);
}

static void hand_on_held(struct feed *feed)
{
    struct held_card held;
    while (feed->next > 0 && !ledger_is_doubted(&feed->ledger) &&
           held_take(&feed->held, feed->next, &held)) {
        hand_on(feed, held.is_shadow, (struct slice){held.line, held.line_bytes}, held.card);
        held_card_clear(&held);
    }
}

static uint64_t number_of(const json_t *object, const char *name)
{
    json_int_t number = json_integer_value(json_object_get(object, name));
    return number > 0 ? (uint64_t)number : 0;
}

/* The first number wanted, now that the head is known. */
static uint64_t baseline(const struct feed *feed, uint64_t head)
{
    return head > feed->last_count ? head - feed->last_count + 1 : 1;
}

static int take_card(struct feed *feed, bool is_shadow, struct slice line, json_t *card)
{
    uint64_t seq = number_of(card, "seq");
    if (seq == 0) {
        log_warn("a card without seq on the feed, going on: bytes=%zu", line.count);
        return 0;
    }
    if (feed->known < seq)
        feed->known = seq;
    if (feed->next == 0)
        feed->next = baseline(feed, seq - 1);
    if (seq > feed->next || (seq == feed->next && ledger_is_doubted(&feed->ledger)))
        return held_append(&feed->held, seq, is_shadow, line, card);
    if (seq == feed->next) {
        hand_on(feed, is_shadow, line, card);
        hand_on_held(feed);
    }
    return 0;
}

/* --- pulses and status -------------------------------------------------------------------------
 */

static void take_pulse(struct feed *feed, const json_t *pulse)
{
    uint64_t head = number_of(pulse, "head");
    sight_pulse(&feed->sight, clock_monotonic_ms(), clock_now());
    if (feed->next == 0)
        feed->next = baseline(feed, head);
    if (feed->known < head)
        feed->known = head;
    ledger_pulse(&feed->ledger, pulse, feed->next);
    if (feed->events.pulse != NULL)
        feed->events.pulse(feed->events.ctx, pulse);
}

static void take_status(struct feed *feed, const json_t *status)
{
    uint64_t head = number_of(status, "head");
    if (feed->next == 0)
        feed->next = baseline(feed, head);
    if (feed->known < head)
        feed->known = head;
}

/* None of the numbers says anything about the new ones. What the old engine has sent may still lie
 * in the socket: it goes with it. */
static int begin_again(struct feed *feed, const struct feed_change *change)
{
    ledger_begin(&feed->ledger, change->name);
    held_clear(&feed->held);
    socket_close(&feed->cards);
    feed->next = feed->last_count > 0 ? baseline(feed, change->head) : 1;
    feed->known = change->head;
    feed->has_caught_up = false;
    sight_progress(&feed->sight);
    if (feed->events.changed != NULL)
        feed->events.changed(feed->events.ctx, change);
    return cards_open(feed);
}

/* --- answers -----------------------------------------------------------------------------------
 */

static void ask_later(struct feed *feed)
{
    feed->ask_after_ms = clock_monotonic_ms() + ASK_AGAIN_MS;
}

static void tell_gap(struct feed *feed, uint64_t to)
{
    uint64_t from = feed->next;
    progress(feed, to + 1);
    ledger_card(&feed->ledger, NULL);
    if (feed->events.gap != NULL)
        feed->events.gap(feed->events.ctx, from, to);
}

static bool is_shadow_card(const json_t *card)
{
    return json_is_true(json_object_get(card, "shadow"));
}

/* Numbers left out although nothing was thrown away are cards that are not for this viewer. */
static void pass_over(struct feed *feed, uint64_t to, bool is_gap)
{
    if (to < feed->next)
        return;
    if (is_gap) {
        tell_gap(feed, to);
        return;
    }
    progress(feed, to + 1);
    ledger_card(&feed->ledger, NULL);
}

static int take_cards(struct feed *feed, const json_t *answer, const json_t *cards)
{
    bool is_gap = json_is_true(json_object_get(answer, "gap"));
    uint64_t head = number_of(answer, "head");
    if (json_array_size(cards) == 0)
        pass_over(feed, head, is_gap);
    for (size_t i = 0; i < json_array_size(cards); i++) {
        json_t *card = json_array_get(cards, i);
        uint64_t seq = number_of(card, "seq");
        if (seq < feed->next)
            continue;
        pass_over(feed, seq - 1, is_gap);
        char *line = json_dumps(card, JSON_COMPACT);
        if (line == NULL)
            return -ENOMEM;
        feed->lost += feed->has_caught_up;
        hand_on(feed, is_shadow_card(card), slice_of(line), card);
        free(line);
    }
    if (feed->known < head)
        feed->known = head;
    hand_on_held(feed);
    return 0;
}

static int take_page(struct feed *feed, const json_t *answer, const json_t *cards)
{
    uint64_t next = feed->next;
    int error = take_cards(feed, answer, cards);
    /* What is known to exist did not come: not asked for again at once. */
    if (feed->next == next && feed->known >= next && !feed->asked_about_past)
        ask_later(feed);
    return error;
}

static int take_answer(struct feed *feed, const json_t *answer)
{
    const json_t *cards = json_object_get(answer, "cards");
    if (json_is_false(json_object_get(answer, "ok"))) {
        const char *text = json_string_value(json_object_get(answer, "text"));
        log_warn("the engine refuses a query, asking again: %s", text == NULL ? "" : text);
        ask_later(feed);
        return 0;
    }
    struct feed_change change;
    if (!json_is_integer(json_object_get(answer, "head"))) {
        log_warn("an answer without head, asking again");
        ask_later(feed);
        return 0;
    }
    if (ledger_judge(&feed->ledger, &feed->asked, answer, &change))
        return begin_again(feed, &change);
    if (!json_is_array(cards))
        take_status(feed, answer);
    else if (!ledger_is_doubted(&feed->ledger)) /* else asked again: it may be an old engine's */
        return take_page(feed, answer, cards);
    return 0;
}

static json_t *question(struct feed *feed, bool is_missing)
{
    uint64_t from = feed->next;
    if (from == 0)
        return json_pack("{s:s}", "query", "status");
    if (!is_missing)
        return NULL;
    if (ledger_is_doubted(&feed->ledger))
        from = ledger_from(&feed->ledger, from);
    feed->asked_about_past = from < feed->next;
    return json_pack("{s:s,s:I,s:i}", "query", "cards", "from", (json_int_t)from, "max",
                     PAGE_CARDS);
}

static void caught_up(struct feed *feed)
{
    feed->has_caught_up = true;
    if (feed->lost > feed->lost_told)
        log_info("cards did not come by the feed and were asked for: cards=%llu in all=%llu",
                 (unsigned long long)(feed->lost - feed->lost_told),
                 (unsigned long long)feed->lost);
    feed->lost_told = feed->lost;
}

static int ask_for_missing(struct feed *feed)
{
    bool is_missing =
        feed->next > 0 && (feed->known >= feed->next || ledger_is_doubted(&feed->ledger));
    sight_missing(&feed->sight, is_missing, clock_monotonic_ms());
    if (feed->next > 0 && !is_missing)
        caught_up(feed);
    if (ask_is_busy(feed->asker) || clock_monotonic_ms() < feed->ask_after_ms)
        return 0;
    json_t *request = question(feed, is_missing);
    if (request == NULL)
        return 0;
    feed->asked = (struct ledger_asked){.next = feed->next, .doubts = feed->ledger.doubts};
    int error = ask_start(feed->asker, request);
    if (error != 0) { /* the query endpoint is not there: being blind says so, in its time */
        watch(feed, ask_fd(feed->asker));
        ask_later(feed);
    }
    return error == -ENOMEM ? error : 0;
}

static int turn_answers(struct feed *feed)
{
    for (;;) {
        int error = ask_for_missing(feed);
        if (error != 0)
            return error;
        json_t *answer = NULL;
        error = ask_poll(feed->asker, &answer);
        if (error == ASK_E_AGAIN || error == ASK_E_IDLE)
            return 0;
        if (error != 0) { /* given up: the next turn asks again, on another socket */
            watch(feed, ask_fd(feed->asker));
            if (error < 0)
                ask_later(feed);
            return error == -ENOMEM ? error : 0;
        }
        error = take_answer(feed, answer);
        json_decref(answer);
        if (error != 0)
            return error;
    }
}

/* --- the turn ----------------------------------------------------------------------------------
 */

static bool begins(struct slice text, struct slice with)
{
    return text.count >= with.count && memcmp(text.start, with.start, with.count) == 0;
}

static int take_message(struct feed *feed, struct slice topic, struct slice line)
{
    json_t *object =
        json_loadb(line.start == NULL ? "" : line.start, line.count, JSON_REJECT_DUPLICATES, NULL);
    int error = 0;
    if (!json_is_object(object))
        log_warn("a message of the feed is no JSON object, going on: bytes=%zu", line.count);
    else if (slice_is_equal(topic, SLICE("pulse")))
        take_pulse(feed, object);
    else
        error = take_card(feed, begins(topic, SLICE("shadow.")), line, object);
    json_decref(object);
    return error;
}

static int turn_messages(struct feed *feed)
{
    for (int i = 0; i < TURN_MESSAGES_MAX; i++) {
        struct received received;
        int error = socket_receive(feed->cards, &received);
        if (error == SOCKET_E_AGAIN)
            return 0;
        if (error == SOCKET_E_TOO_MANY)
            continue;
        if (error != 0)
            return error;
        if (received.count == 2)
            error = take_message(feed, received.frames[0], received.frames[1]);
        else
            log_warn("a message of the feed has not two frames, going on: frames=%zu",
                     received.count);
        received_clear(&received);
        if (error != 0)
            return error;
    }
    return 0;
}

int feed_turn(struct feed *feed)
{
    int error = turn_messages(feed);
    if (error == 0)
        error = turn_answers(feed);
    if (error == 0 && sight_look(&feed->sight, clock_monotonic_ms()) && feed->events.sight != NULL)
        feed->events.sight(feed->events.ctx, feed->sight.is_blind, feed->sight.pulse_at);
    return error;
}

int feed_wait(struct feed *feed, int wait_ms)
{
    if (!socket_is_readable(feed->cards)) {
        struct pollfd watched = {.fd = feed->watch_fd, .events = POLLIN};
        if (poll(&watched, 1, wait_ms) < 0 && errno != EINTR)
            return -errno;
    }
    return feed_turn(feed);
}

int feed_fds(const struct feed *feed, int fds[2])
{
    fds[0] = feed->watch_fd;
    return 1;
}

const char *feed_ledger(const struct feed *feed)
{
    return feed->ledger.name;
}

uint64_t feed_head_seq(const struct feed *feed)
{
    return feed->next > 0 ? feed->next - 1 : 0;
}
