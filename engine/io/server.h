/* server.h - the engine in the real world: libev's loop, three ZeroMQ sockets, one alarm.
 *
 * Layer: io. Everything that is decided is decided in the turn; here bytes and wake-ups are
 * carried.
 */
#ifndef IO_SERVER_H
#define IO_SERVER_H

#include "engine/io/door.h"
#include "engine/turn/turn.h"

struct server_options {
    const char *intake_endpoint;
    const char *feed_endpoint;
    const char *query_endpoint;
    enum turn_clock clock;
    int64_t silence_ms;       /* a source unheard for so long is silent */
    uint32_t turn_events_max; /* a turn ends when it has taken in so many */
    const char *secret_key;   /* CURVE on what is bound to tcp; NULL: none */
    struct door *door;        /* who may come in there; NULL: whoever knows the public key */
    void *rules_ctx;
    /* the newest edition, when it is not yet in force; NULL: none. Called once a second. */
    const struct ruleset *(*rules_newest)(void *ctx, uint32_t in_force);
};

struct server;

/* server_open - bind the sockets. Borrows: turn, until server_close. Returns 0, -errno (logged). */
MUST_USE int server_open(const struct server_options *options, struct turn *turn,
                         struct server **server_out);
void server_close(struct server **server_p);

/* server_endpoint - what the sockets are really bound to: 0 intake, 1 feed, 2 query. */
const char *server_endpoint(const struct server *server, int which);

/* server_run - until SIGTERM or SIGINT. Returns 0, or a negative errno after which the program
 * has to end. */
MUST_USE int server_run(struct server *server);

/* server_ports_card, server_ports_answer - for turn_ports; ctx: a struct server **, filled later
 * (what recovery hands out before the server stands goes nowhere, because there is nothing). */
void server_ports_card(void *ctx, uint64_t seq, struct slice topic, struct slice line);
void server_ports_answer(void *ctx, struct slice peer, struct slice message);

/* server_ports_may_speak - of the peer whose message is being taken. */
bool server_ports_may_speak(void *ctx, struct slice source);

#endif
