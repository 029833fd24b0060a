/* server.h - the web server: pages over HTTP, the board over one WebSocket, /live.
 *
 * Layer: viewer/web. libwebsockets on the caller's libev loop. A client has no queue: it has a
 * place in the board's ring of cards, and is given what came since whenever its socket has room.
 * One that has fallen out of the ring gets a fresh snapshot, counted; one that takes nothing for
 * long is dropped, counted. Called by main.c.
 */
#ifndef WEB_SERVER_H
#define WEB_SERVER_H

#include "viewer/web/board.h"

struct ev_loop;

struct server_options {
    const char *host;     /* "127.0.0.1", "::1"; "" or "*": everywhere */
    int port;             /* 0: any free one */
    int client_max;       /* WebSockets at a time */
    const char *tls_cert; /* PEM files; NULL: no TLS */
    const char *tls_key;
};

struct server_counts {
    uint64_t clients;     /* now */
    uint64_t resynced;    /* too slow: given a fresh snapshot */
    uint64_t dropped;     /* took nothing for long */
    uint64_t turned_away; /* over the cap, from another origin, or with another path */
};

struct server;

/* server_open - board: borrowed until server_close. Returns 0 or a negative errno, logged. */
MUST_USE int server_open(struct ev_loop *loop, const struct server_options *options,
                         struct board *board, struct server **server_out);
void server_close(struct server **server_p);

/* server_port - what it really listens on. */
int server_port(const struct server *server);

/* The board has changed: tell the clients. server_tell_cards may be called for every card: what
 * comes within 50 ms goes out together. */
void server_tell_cards(struct server *server);
void server_tell_pulse(struct server *server);
void server_tell_sight(struct server *server);
void server_tell_all(struct server *server); /* a fresh snapshot to everyone */

struct server_counts server_counts(const struct server *server);

#endif
