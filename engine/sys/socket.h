/* socket.h - ZeroMQ, thin: every socket with its limits set on purpose.
 *
 * Layer: sys. The only file that speaks to libzmq besides its users' poll loops; ZeroMQ's own
 * error numbers do not leave it. All calls are non-blocking unless they say how long they wait.
 */
#ifndef SYS_SOCKET_H
#define SYS_SOCKET_H

#include "engine/base/slice.h"

enum socket_kind { SOCKET_DEALER, SOCKET_ROUTER, SOCKET_XPUB, SOCKET_SUB };

struct socket_options {
    int send_max; /* messages under way before send says AGAIN; XPUB: drops them for that peer
                   * alone, without a word: who reads the feed sees it by the numbers */
    int receive_max;
    int64_t message_bytes_max;
    int linger_ms;                /* how long close waits for what is still to be sent */
    const char *curve_server_key; /* Z85, of the engine; NULL: no CURVE. On the binding side: … */
    const char *curve_public_key; /* … its own pair */
    const char *curve_secret_key;
    const char *zap_domain; /* binding, with CURVE: zap.h is asked about each peer; NULL: nobody */
    bool is_user_wanted;    /* received.user is filled */
};

struct socket;

enum {
    SOCKET_E_AGAIN = 1, /* nothing to receive; or no room to send now */
    SOCKET_E_NO_PEER,   /* ROUTER: the peer has gone */
    SOCKET_E_TOO_MANY,  /* more frames than the caller has room for: the message was dropped */
};

/* socket_open - bind (or connect) a socket of the process-wide context.
 *
 * endpoint: "tcp://127.0.0.1:7401", "ipc:///run/cardwatch/intake"; a bind to "tcp://…:*" chooses
 *           a free port, see socket_endpoint.
 * Owns:     the caller ends it with socket_close.
 * Returns:  0, or a negative errno after logging the endpoint and the reason.
 */
MUST_USE int socket_open(enum socket_kind kind, bool bind, const char *endpoint,
                         const struct socket_options *options, struct socket **socket_out);
void socket_close(struct socket **socket_p);

/* socket_use_keys - from now on a socket that connects over tcp, and whose options name no key,
 * does so with these. Borrows: all three, to the end of the program. */
void socket_use_keys(const char *server_key, const char *public_key, const char *secret_key);

/* socket_context - of libzmq, for zap.c; NULL if memory is short. */
void *socket_context(void);

/* socket_terminate - after the last socket_close of the process. */
void socket_terminate(void);

/* socket_endpoint - what it is really bound to. Lives as long as the socket. */
const char *socket_endpoint(const struct socket *socket);

/* socket_fd - readable when something MAY have happened; edge-triggered: after any send or
 * receive on this socket ask socket_is_readable again before sleeping. */
int socket_fd(const struct socket *socket);
bool socket_is_readable(struct socket *socket);

/* socket_subscribe - SUB: topics that begin with this. */
MUST_USE int socket_subscribe(struct socket *socket, struct slice prefix);

/* One received message: up to 4 frames. Owned by the receiver until received_clear. */
struct received {
    size_t count;
    struct slice frames[4];
    const char *user; /* the public key of the peer, in Z85, if zap.h let it in; else NULL */
    void *holder;
};

/* socket_receive - returns 0, SOCKET_E_AGAIN, SOCKET_E_TOO_MANY, or a negative errno. */
MUST_USE int socket_receive(struct socket *socket, struct received *received_out);
void received_clear(struct received *received);

/* socket_receive_wait - the same, waiting up to wait_ms for something to come (-1: for ever). */
MUST_USE int socket_receive_wait(struct socket *socket, int wait_ms, struct received *received_out);

/* socket_send - all frames as one message, copied. Returns 0, SOCKET_E_AGAIN (nothing was sent),
 * SOCKET_E_NO_PEER, or a negative errno. */
MUST_USE int socket_send(struct socket *socket, const struct slice *frames, size_t count);

#endif
