/* server.c - the loop. Whatever wakes it (a message, the alarm, the second) leads to the same
 * place: `work`, which runs turns until nothing is left to read, answers a few questions, and sets
 * the alarm to the next deadline.
 *
 * ZeroMQ's descriptors are edge-triggered: before the loop sleeps, every socket is asked again.
 */
#include "engine/io/server.h"
#include "engine/query/horizon.h"
#include "engine/query/query.h"
#include "engine/sys/clock.h"
#include "engine/sys/log.h"
#include "engine/sys/socket.h"

#include <errno.h>
#include <ev.h>
#include <stdlib.h>

enum {
    SOCKET_INTAKE,
    SOCKET_FEED,
    SOCKET_QUERY,
    SOCKET_COUNT_ALL,
    QUERIES_PER_TURN = 16,
    MOVE_CASES = 2000, /* that come under another edition in one turn: some milliseconds */
    FEED_MESSAGES_MAX = 200000,
    FRAMES_MAX = 4,
    TAKING_MS_LEAST = 5,  /* a card waits for the turn at hand: it takes events in so long … */
    TAKING_MS_MOST = 200, /* … or four times as long as a commit takes, which has to be paid for */
};

struct server {
    struct server_options options;
    struct turn *turn;
    struct socket *sockets[SOCKET_COUNT_ALL];
    struct ev_loop *loop;
    ev_io io[SOCKET_COUNT_ALL];
    ev_timer second;
    ev_periodic alarm;
    ev_io knock; /* of the door */
    ev_signal stops[2];
    ev_signal reload;
    const char *user; /* who sent the message that is being taken; NULL: not known */
    int64_t started_ms;
    int error;
    struct horizon_told told;
    int64_t commit_ms; /* how long the last turn's commit took */
    uint64_t unsent;   /* messages for a peer that had gone or was full: it asks again */
};

static struct query_world world_of(const struct server *server)
{
    return (struct query_world){
        .turn = server->turn,
        .wall = clock_now(),
        .silence_ms = server->options.silence_ms,
        .started_ms = server->started_ms,
        .unsent = server->unsent,
        .is_wall_clock = server->options.clock == TURN_WALL,
    };
}

/* ---- handing out --------------------------------------------------------------------------------
 */

void server_ports_card(void *ctx, uint64_t seq, struct slice topic, struct slice line)
{
    struct server *server = *(struct server **)ctx;
    struct slice frames[2] = {topic, line};
    (void)seq;
    if (server != NULL) /* whom it does not reach asks for it by number: the ledger has it */
        server->unsent += socket_send(server->sockets[SOCKET_FEED], frames, 2) != 0;
}

/* A REQ socket puts an empty frame before its message and wants it back: it is kept in the peer as
 * a trailing zero byte, which no routing id of ZeroMQ's own making ends with. */
void server_ports_answer(void *ctx, struct slice peer, struct slice message)
{
    struct server *server = *(struct server **)ctx;
    bool is_request = peer.count > 0 && peer.start[peer.count - 1] == 'R';
    struct slice id = {.start = peer.start, .count = peer.count - 1};
    struct slice with_gap[3] = {id, {0}, message};
    struct slice plain[2] = {id, message};
    int error = is_request ? socket_send(server->sockets[SOCKET_INTAKE], with_gap, 3)
                           : socket_send(server->sockets[SOCKET_INTAKE], plain, 2);
    if (error != 0)
        server->unsent++; /* it asks again with its hello */
}

bool server_ports_may_speak(void *ctx, struct slice source)
{
    const struct server *server = *(struct server **)ctx;
    return server == NULL || door_may_speak(server->options.door, server->user, source);
}

static void publish_pulse(struct server *server)
{
    struct query_world world = world_of(server);
    json_t *pulse = query_pulse(&world);
    char *text = json_dumps(pulse, JSON_COMPACT);
    json_decref(pulse);
    if (text == NULL)
        return;
    struct slice frames[2] = {SLICE("pulse"), slice_of(text)};
    server->unsent += socket_send(server->sockets[SOCKET_FEED], frames, 2) != 0;
    free(text);
}

/* ---- turns --------------------------------------------------------------------------------------
 */

static int64_t taking_ms(const struct server *server)
{
    int64_t ms = 4 * server->commit_ms;
    return ms < TAKING_MS_LEAST ? TAKING_MS_LEAST : ms > TAKING_MS_MOST ? TAKING_MS_MOST : ms;
}

static int take_messages(struct server *server, uint64_t until_events)
{
    int64_t until_ms = clock_monotonic_ms() + taking_ms(server);
    while (turn_counts(server->turn)->events < until_events && clock_monotonic_ms() < until_ms) {
        struct received received;
        int outcome = socket_receive(server->sockets[SOCKET_INTAKE], &received);
        if (outcome == SOCKET_E_AGAIN)
            return 0;
        if (outcome == SOCKET_E_TOO_MANY)
            continue;
        if (outcome != 0)
            return outcome;
        unsigned char peer[72];
        int error = 0;
        bool is_request = received.count == 3 && received.frames[1].count == 0;
        if ((received.count == 2 || is_request) && received.frames[0].count < sizeof peer) {
            memcpy(peer, received.frames[0].start, received.frames[0].count);
            peer[received.frames[0].count] = is_request ? 'R' : 'D';
            server->user = received.user;
            error = turn_take(
                server->turn,
                (struct slice){.start = (const char *)peer, .count = received.frames[0].count + 1},
                received.frames[received.count - 1]);
        }
        server->user = NULL; /* it lived as long as the message */
        received_clear(&received);
        if (error != 0)
            return error;
    }
    return 0;
}

static int run_turn(struct server *server)
{
    uint64_t until = turn_counts(server->turn)->events + server->options.turn_events_max;
    int error = turn_begin(server->turn, clock_now());
    uint32_t move_max = server->options.turn_events_max;
    if (error == 0)
        error = turn_move(server->turn, move_max < MOVE_CASES ? move_max : MOVE_CASES);
    if (error == 0)
        error = take_messages(server, until);
    if (error != 0)
        return error;
    int64_t from_ms = clock_monotonic_ms();
    error = turn_end(server->turn);
    server->commit_ms = clock_monotonic_ms() - from_ms;
    return error;
}

/* ---- questions ----------------------------------------------------------------------------------
 */

static char *requeue(struct server *server, const json_t *request)
{
    const json_t *numbers = json_object_get(request, "numbers");
    json_t *answer = json_object();
    json_t *taken = json_array();
    json_object_set_new(answer, "ok", json_true());
    json_object_set_new(answer, "taken", taken);
    if (!json_is_array(numbers) || json_array_size(numbers) > 1000) {
        query_refuse(answer, "bad_argument", "numbers: a list of at most 1000 numbers");
        numbers = NULL;
    }
    log_info("requeue: by %s because %s", json_string_value(json_object_get(request, "who")),
             json_string_value(json_object_get(request, "why")));
    char *act = json_dumps(request, JSON_COMPACT | JSON_SORT_KEYS);
    server->error = act == NULL ? -ENOMEM : turn_begin(server->turn, clock_now());
    if (server->error == 0)
        server->error = turn_act(server->turn, slice_of(act));
    free(act);
    for (size_t i = 0; server->error == 0 && i < json_array_size(numbers); i++) {
        bool is_taken = false;
        json_int_t number = json_integer_value(json_array_get(numbers, i));
        server->error = turn_requeue(server->turn, (uint64_t)number, &is_taken);
        if (is_taken)
            json_array_append_new(taken, json_integer(number));
    }
    if (server->error == 0)
        server->error = turn_end(server->turn);
    char *text = json_dumps(answer, JSON_COMPACT);
    json_decref(answer);
    return text;
}

/* Whoever comes by a file's permissions is one of us; over the network it takes the role. */
static char *forbidden(void)
{
    json_t *answer = json_object();
    query_refuse(answer, "forbidden", "this needs a key with the role operator");
    char *text = json_dumps(answer, JSON_COMPACT);
    json_decref(answer);
    return text;
}

static bool is_requeue(const json_t *request)
{
    const char *name = json_string_value(json_object_get(request, "query"));
    const char *who = json_string_value(json_object_get(request, "who"));
    const char *why = json_string_value(json_object_get(request, "why"));
    return name != NULL && strcmp(name, "requeue") == 0 && who != NULL && why != NULL;
}

static void answer_question(struct server *server, const struct received *received)
{
    struct slice body = received->frames[received->count - 1];
    struct query_world world = world_of(server);
    json_t *request = json_loadb(body.start, body.count, 0, NULL);
    bool is_act = is_requeue(request);
    bool is_allowed = !is_act || door_is_operator(server->options.door, received->user);
    char *text = !is_allowed ? forbidden()
                 : is_act    ? requeue(server, request)
                             : query_answer(&world, body);
    struct slice frames[FRAMES_MAX];
    memcpy(frames, received->frames, sizeof frames);
    frames[received->count - 1] = slice_of(text);
    if (text != NULL)
        server->unsent += socket_send(server->sockets[SOCKET_QUERY], frames, received->count) != 0;
    free(text);
    json_decref(request);
}

static int answer_questions(struct server *server)
{
    for (int i = 0; i < QUERIES_PER_TURN && server->error == 0; i++) {
        struct received received;
        int outcome = socket_receive(server->sockets[SOCKET_QUERY], &received);
        if (outcome == SOCKET_E_AGAIN)
            return 0;
        if (outcome < 0)
            return outcome;
        if (outcome == 0) {
            if (received.count >= 2)
                answer_question(server, &received);
            received_clear(&received);
        }
    }
    return server->error;
}

/* ---- the loop -----------------------------------------------------------------------------------
 */

static void drain_subscriptions(struct server *server)
{
    struct received received;
    while (socket_receive(server->sockets[SOCKET_FEED], &received) == 0)
        received_clear(&received);
}

static bool is_due(const struct server *server)
{
    return turn_deadline(server->turn).ms <= clock_now().ms;
}

static void set_alarm(struct server *server)
{
    struct instant next = turn_deadline(server->turn);
    ev_periodic_stop(server->loop, &server->alarm);
    if (next.ms > INSTANT_LAST_MS)
        return;
    ev_periodic_set(&server->alarm, (double)next.ms / 1000.0, 0.0, NULL);
    ev_periodic_start(server->loop, &server->alarm);
}

static void work(struct server *server)
{
    do {
        if (socket_is_readable(server->sockets[SOCKET_INTAKE]) || is_due(server))
            server->error = run_turn(server);
        if (server->error == 0)
            server->error = answer_questions(server);
        drain_subscriptions(server);
    } while (server->error == 0 && (socket_is_readable(server->sockets[SOCKET_INTAKE]) ||
                                    socket_is_readable(server->sockets[SOCKET_QUERY])));
    if (server->error != 0)
        ev_break(server->loop, EVBREAK_ALL);
    else
        set_alarm(server);
}

static void on_io(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)loop;
    (void)events;
    work(watcher->data);
}

static void on_alarm(struct ev_loop *loop, ev_periodic *watcher, int events)
{
    (void)loop;
    (void)events;
    work(watcher->data);
}

static int take_rules(struct server *server)
{
    if (turn_cases_to_move(server->turn) > 0)
        return 0;
    const struct ruleset *in_force = core_rules(turn_core(server->turn));
    const struct ruleset *newest = server->options.rules_newest(
        server->options.rules_ctx, in_force == NULL ? 0 : in_force->edition);
    if (newest == NULL)
        return 0;
    int error = turn_begin(server->turn, clock_now());
    if (error == 0)
        error = turn_rules(server->turn, newest);
    if (error == 0)
        error = turn_end(server->turn);
    if (error == 0)
        log_info("rules: edition %u is in force for new cases: rules=%u items=%u", newest->edition,
                 newest->rule_count, newest->item_count);
    if (error == 0 && turn_cases_to_move(server->turn) > 0)
        log_info("rules: open cases move to it: %s", edition_move_name[newest->move]);
    return error;
}

static void on_second(struct ev_loop *loop, ev_timer *watcher, int events)
{
    struct server *server = watcher->data;
    (void)events;
    server->error = take_rules(server);
    if (server->error != 0) {
        ev_break(loop, EVBREAK_ALL);
        return;
    }
    (void)turn_image_poll(server->turn);
    horizon_tell(&server->told, core_rules(turn_core(server->turn)),
                 core_now(turn_core(server->turn)));
    publish_pulse(server);
    work(server);
}

/* Apart from work: a knock is no reason for a turn. */
static void on_knock(struct ev_loop *loop, ev_io *watcher, int events)
{
    const struct server *server = watcher->data;
    (void)loop;
    (void)events;
    door_work(server->options.door);
}

static void on_reload(struct ev_loop *loop, ev_signal *watcher, int events)
{
    const struct server *server = watcher->data;
    (void)loop;
    (void)events;
    if (server->options.door != NULL)
        door_reload(server->options.door);
}

static void on_stop(struct ev_loop *loop, ev_signal *watcher, int events)
{
    (void)watcher;
    (void)events;
    ev_break(loop, EVBREAK_ALL);
}

static int sockets_open(struct server *server)
{
    static const struct {
        enum socket_kind kind;
        struct socket_options options;
    } wanted[SOCKET_COUNT_ALL] = {
        /* intake: a collector waits for its acknowledgement, so little is under way; when the
         * engine is behind, ZeroMQ makes the collector wait */
        [SOCKET_INTAKE] = {SOCKET_ROUTER,
                           {.send_max = 10000,
                            .receive_max = 4096,
                            .message_bytes_max = BATCH_BYTES_MAX + EVENT_BYTES_MAX,
                            .linger_ms = 200}},
        /* feed: a viewer that is too slow loses messages and asks for them by number */
        [SOCKET_FEED] = {SOCKET_XPUB,
                         {.send_max = FEED_MESSAGES_MAX,
                          .receive_max = 1000,
                          .message_bytes_max = 4096,
                          .linger_ms = 200}},
        [SOCKET_QUERY] = {SOCKET_ROUTER,
                          {.send_max = 1000,
                           .receive_max = 1000,
                           .message_bytes_max = EVENT_BYTES_MAX,
                           .linger_ms = 200}},
    };
    const char *endpoints[SOCKET_COUNT_ALL] = {server->options.intake_endpoint,
                                               server->options.feed_endpoint,
                                               server->options.query_endpoint};
    static const char *const domains[SOCKET_COUNT_ALL] = {"intake", "feed", "query"};
    for (int i = 0; i < SOCKET_COUNT_ALL; i++) {
        struct socket_options options = wanted[i].options;
        options.curve_secret_key = server->options.secret_key;
        options.zap_domain = server->options.door == NULL ? NULL : domains[i];
        options.is_user_wanted = server->options.door != NULL;
        int error = socket_open(wanted[i].kind, true, endpoints[i], &options, &server->sockets[i]);
        if (error != 0)
            return error;
    }
    return 0;
}

int server_open(const struct server_options *options, struct turn *turn, struct server **server_out)
{
    struct server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return -ENOMEM;
    server->options = *options;
    server->turn = turn;
    server->started_ms = clock_now().ms;
    int error = sockets_open(server);
    if (error == 0) {
        server->loop = ev_default_loop(EVFLAG_AUTO);
        error = server->loop == NULL ? -ENOMEM : 0;
    }
    if (error != 0)
        server_close(&server);
    else
        *server_out = server;
    return error;
}

void server_close(struct server **server_p)
{
    struct server *server = *server_p;
    *server_p = NULL;
    if (server == NULL)
        return;
    for (int i = 0; i < SOCKET_COUNT_ALL; i++)
        if (server->sockets[i] != NULL)
            socket_close(&server->sockets[i]);
    if (server->loop != NULL)
        ev_loop_destroy(server->loop);
    free(server);
}

const char *server_endpoint(const struct server *server, int which)
{
    assert(which >= 0);
    assert(which < SOCKET_COUNT_ALL);
    return socket_endpoint(server->sockets[which]);
}

int server_run(struct server *server)
{
    static const int signals[2] = {SIGTERM, SIGINT};
    for (int i = 0; i < SOCKET_COUNT_ALL; i++) {
        ev_io_init(&server->io[i], on_io, socket_fd(server->sockets[i]), EV_READ);
        server->io[i].data = server;
        ev_io_start(server->loop, &server->io[i]);
    }
    for (int i = 0; i < 2; i++) {
        ev_signal_init(&server->stops[i], on_stop, signals[i]);
        ev_signal_start(server->loop, &server->stops[i]);
    }
    ev_signal_init(&server->reload, on_reload, SIGHUP);
    server->reload.data = server;
    ev_signal_start(server->loop, &server->reload);
    if (server->options.door != NULL) {
        ev_io_init(&server->knock, on_knock, door_fd(server->options.door), EV_READ);
        server->knock.data = server;
        ev_io_start(server->loop, &server->knock);
        door_work(server->options.door); /* who has knocked before */
    }
    ev_timer_init(&server->second, on_second, 0.0, 1.0);
    server->second.data = server;
    ev_timer_start(server->loop, &server->second);
    ev_periodic_init(&server->alarm, on_alarm, 0.0, 0.0, NULL);
    server->alarm.data = server;
    ev_run(server->loop, 0);
    if (server->error == 0) /* else the state is ahead of what is on disk */
        turn_image(server->turn);
    return server->error;
}
