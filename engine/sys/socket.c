/* socket.c - libzmq behind one door. Its own error numbers (EFSM and the like, above 156 million)
 * are turned into errno's here, and whoever turns one logs it.
 *
 * Every option that matters is set, also where the library's default happens to be right, so that
 * the reason stands in one place.
 */
#include "engine/sys/socket.h"

#include "engine/sys/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <zmq.h>

enum {
    FRAMES_MAX = 4,
    ENDPOINT_BYTES = 256,
    HEARTBEAT_MS = 2000,      /* a peer that vanished without a word … */
    HEARTBEAT_LOST_MS = 6000, /* … is given up after this */
    HANDSHAKE_MS = 10000,     /* a connection that says nothing does not hold its place */
    RECONNECT_MS = 100,       /* an engine that restarts is found again at once … */
    RECONNECT_MAX_MS = 2000,  /* … and one that stays away is not hammered */
};

struct socket {
    void *zmq;
    int fd;
    enum socket_kind kind;
    bool is_user_wanted;
    char endpoint[ENDPOINT_BYTES];
};

/* The frames of one message, as libzmq holds them: handed out without a copy. */
struct holder {
    size_t count;
    zmq_msg_t messages[FRAMES_MAX];
};

static void *context;

/* What socket_use_keys was given. */
static struct {
    const char *server_key;
    const char *public_key;
    const char *secret_key;
} keys;

void socket_use_keys(const char *server_key, const char *public_key, const char *secret_key)
{
    keys.server_key = server_key;
    keys.public_key = public_key;
    keys.secret_key = secret_key;
}

/* ours - errno after a failed call, as a negative errno of the system. */
static int ours(void)
{
    if (errno < ZMQ_HAUSNUMERO)
        return -errno;
    return errno == ETERM ? -ESHUTDOWN : -EIO;
}

static int failed(const char *call, const char *endpoint)
{
    int result = ours();
    log_error("socket %s failed: endpoint=%s reason=%s", call, endpoint, zmq_strerror(zmq_errno()));
    return result;
}

static bool set_number(struct socket *socket, int option, int value)
{
    return zmq_setsockopt(socket->zmq, option, &value, sizeof value) == 0;
}

static bool set_text(struct socket *socket, int option, const char *value)
{
    return zmq_setsockopt(socket->zmq, option, value, strlen(value)) == 0;
}

static bool set_limits(struct socket *socket, const struct socket_options *options)
{
    return set_number(socket, ZMQ_SNDHWM, options->send_max) &&
           set_number(socket, ZMQ_RCVHWM, options->receive_max) &&
           set_number(socket, ZMQ_LINGER, options->linger_ms) &&
           zmq_setsockopt(socket->zmq, ZMQ_MAXMSGSIZE, &options->message_bytes_max,
                          sizeof options->message_bytes_max) == 0;
}

static bool set_connection(struct socket *socket)
{
    return set_number(socket, ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS) &&
           set_number(socket, ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_LOST_MS) &&
           set_number(socket, ZMQ_HEARTBEAT_TTL, HEARTBEAT_LOST_MS) &&
           set_number(socket, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS) &&
           set_number(socket, ZMQ_RECONNECT_IVL, RECONNECT_MS) &&
           set_number(socket, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS) &&
           /* A request may be sent before the connection stands. What a reconnect sends late has
            * no second effect: events are numbered, and stale answers find nobody waiting. */
           set_number(socket, ZMQ_IMMEDIATE, 0) &&
           /* Only an address in brackets asks for it; else a host without IPv6 would fail. */
           set_number(socket, ZMQ_IPV6, strchr(socket->endpoint, '[') != NULL);
}

static bool set_manners(struct socket *socket)
{
    switch (socket->kind) {
    case SOCKET_ROUTER:
        /* An answer to a peer that has gone, or that does not read, is told and not swallowed. A
         * second peer with the same identity does not take the first one's answers. */
        return set_number(socket, ZMQ_ROUTER_MANDATORY, 1) &&
               set_number(socket, ZMQ_ROUTER_HANDOVER, 0);
    case SOCKET_XPUB:
        /* A viewer that does not read loses messages, sees the gap, and asks for them by number;
         * it never makes the engine wait. */
        return set_number(socket, ZMQ_XPUB_NODROP, 0);
    case SOCKET_DEALER:
    case SOCKET_SUB:
        return true;
    }
    return false;
}

/* On the binding side our own secret key makes us a server; on the other all three are needed. */
static bool set_curve(struct socket *socket, bool bind, const struct socket_options *options)
{
    bool is_tcp = strncmp(socket->endpoint, "tcp://", 6) == 0; /* ipc: by file permission */
    if (bind) {
        if (options->curve_secret_key == NULL || !is_tcp)
            return true;
        return set_number(socket, ZMQ_CURVE_SERVER, 1) &&
               set_text(socket, ZMQ_CURVE_SECRETKEY, options->curve_secret_key) &&
               (options->zap_domain == NULL ||
                set_text(socket, ZMQ_ZAP_DOMAIN, options->zap_domain));
    }
    bool is_own = options->curve_server_key != NULL;
    const char *server_key = is_own ? options->curve_server_key : keys.server_key;
    const char *public_key = is_own ? options->curve_public_key : keys.public_key;
    const char *secret_key = is_own ? options->curve_secret_key : keys.secret_key;
    if (server_key == NULL || !is_tcp)
        return true;
    if (public_key == NULL || secret_key == NULL) {
        errno = EINVAL;
        return false;
    }
    return set_text(socket, ZMQ_CURVE_SERVERKEY, server_key) &&
           set_text(socket, ZMQ_CURVE_PUBLICKEY, public_key) &&
           set_text(socket, ZMQ_CURVE_SECRETKEY, secret_key);
}

/* libzmq deletes whatever lies at an ipc path before it binds: a second engine would take the
 * first one's collectors away without a sound. So we knock first. */
static bool somebody_listens(const char *endpoint)
{
    const char *path = endpoint + strlen("ipc://");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strncmp(endpoint, "ipc://", 6) != 0 || path[0] == '*' || path[0] == '@' ||
        strlen(path) >= sizeof address.sun_path)
        return false;
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0)
        return false;
    bool answered = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    (void)close(fd);
    return answered;
}

static int attach(struct socket *socket, bool bind)
{
    if (!bind)
        return zmq_connect(socket->zmq, socket->endpoint);
    if (somebody_listens(socket->endpoint)) {
        errno = EADDRINUSE;
        return -1;
    }
    /* An ipc endpoint is guarded by its file's permissions: owner and group, nobody else. */
    mode_t before = umask(S_IXUSR | S_IXGRP | S_IRWXO);
    int result = zmq_bind(socket->zmq, socket->endpoint);
    int error = errno;
    (void)umask(before);
    errno = error;
    size_t room = sizeof socket->endpoint;
    if (result == 0) /* the port that was chosen for "*" */
        result = zmq_getsockopt(socket->zmq, ZMQ_LAST_ENDPOINT, socket->endpoint, &room);
    return result;
}

static int zmq_type(enum socket_kind kind)
{
    switch (kind) {
    case SOCKET_DEALER:
        return ZMQ_DEALER;
    case SOCKET_ROUTER:
        return ZMQ_ROUTER;
    case SOCKET_XPUB:
        return ZMQ_XPUB;
    case SOCKET_SUB:
        return ZMQ_SUB;
    }
    return -1;
}

void *socket_context(void)
{
    if (context == NULL)
        context = zmq_ctx_new();
    return context;
}

static int prepare(struct socket *socket, bool bind, const struct socket_options *options)
{
    const char *endpoint = socket->endpoint;
    socket->is_user_wanted = options->is_user_wanted;
    if (socket_context() == NULL)
        return failed("context", endpoint);
    socket->zmq = zmq_socket(context, zmq_type(socket->kind));
    if (socket->zmq == NULL)
        return failed("open", endpoint);
    if (!set_limits(socket, options) || !set_connection(socket) || !set_manners(socket) ||
        !set_curve(socket, bind, options))
        return failed("option", endpoint);
    size_t room = sizeof socket->fd;
    if (zmq_getsockopt(socket->zmq, ZMQ_FD, &socket->fd, &room) != 0)
        return failed("fd", endpoint);
    return attach(socket, bind) == 0 ? 0 : failed(bind ? "bind" : "connect", endpoint);
}

int socket_open(enum socket_kind kind, bool bind, const char *endpoint,
                const struct socket_options *options, struct socket **socket_out)
{
    size_t endpoint_bytes = strlen(endpoint) + 1;
    if (endpoint_bytes > ENDPOINT_BYTES) {
        errno = ENAMETOOLONG;
        return failed("open", endpoint);
    }
    struct socket *socket = calloc(1, sizeof *socket);
    if (socket == NULL)
        return -ENOMEM;
    memcpy(socket->endpoint, endpoint, endpoint_bytes);
    socket->kind = kind;
    int result = prepare(socket, bind, options);
    if (result == 0)
        *socket_out = socket;
    else
        socket_close(&socket);
    return result;
}

void socket_close(struct socket **socket_p)
{
    if (*socket_p != NULL && (*socket_p)->zmq != NULL)
        (void)zmq_close((*socket_p)->zmq); /* fails only for what is not a socket */
    free(*socket_p);
    *socket_p = NULL;
}

void socket_terminate(void)
{
    if (context != NULL) {
        while (zmq_ctx_term(context) != 0 && errno == EINTR)
            continue;
    }
    context = NULL;
}

const char *socket_endpoint(const struct socket *socket)
{
    return socket->endpoint;
}

int socket_fd(const struct socket *socket)
{
    return socket->fd;
}

bool socket_is_readable(struct socket *socket)
{
    int events = 0;
    size_t room = sizeof events;
    return zmq_getsockopt(socket->zmq, ZMQ_EVENTS, &events, &room) == 0 &&
           (events & ZMQ_POLLIN) != 0;
}

int socket_subscribe(struct socket *socket, struct slice prefix)
{
    assert(socket->kind == SOCKET_SUB);
    if (zmq_setsockopt(socket->zmq, ZMQ_SUBSCRIBE, prefix.start, prefix.count) != 0)
        return failed("subscribe", socket->endpoint);
    return 0;
}

/* One frame; a signal in between does not tear a message apart. */
static int receive_frame(struct socket *socket, zmq_msg_t *message)
{
    while (zmq_msg_recv(message, socket->zmq, ZMQ_DONTWAIT) < 0) {
        if (errno == EAGAIN)
            return SOCKET_E_AGAIN;
        if (errno != EINTR)
            return failed("receive", socket->endpoint);
    }
    return 0;
}

static int drop_rest(struct socket *socket)
{
    bool more = true;
    while (more) {
        zmq_msg_t message;
        (void)zmq_msg_init(&message); /* cannot fail */
        int result = receive_frame(socket, &message);
        more = result == 0 && zmq_msg_more(&message);
        (void)zmq_msg_close(&message);
        if (result != 0)
            return result;
    }
    return SOCKET_E_TOO_MANY;
}

int socket_receive(struct socket *socket, struct received *received_out)
{
    struct received received = {.holder = malloc(sizeof(struct holder))};
    struct holder *holder = received.holder;
    if (holder == NULL)
        return -ENOMEM;
    holder->count = 0;
    bool more = true;
    int result = 0;
    while (result == 0 && more && holder->count < FRAMES_MAX) {
        zmq_msg_t *message = &holder->messages[holder->count++];
        (void)zmq_msg_init(message); /* cannot fail */
        result = receive_frame(socket, message);
        more = result == 0 && zmq_msg_more(message);
        received.frames[received.count++] =
            (struct slice){.start = zmq_msg_data(message), .count = zmq_msg_size(message)};
    }
    if (result == 0 && more)
        result = drop_rest(socket);
    if (result != 0) {
        received_clear(&received);
        return result;
    }
    if (socket->is_user_wanted) /* NULL for who came in without being asked about */
        received.user = zmq_msg_gets(&holder->messages[holder->count - 1], "User-Id");
    *received_out = received;
    return 0;
}

void received_clear(struct received *received)
{
    struct holder *holder = received->holder;
    for (size_t i = 0; holder != NULL && i < holder->count; i++)
        (void)zmq_msg_close(&holder->messages[i]); /* fails only for what is not a message */
    free(holder);
    *received = (struct received){.count = 0};
}

int socket_receive_wait(struct socket *socket, int wait_ms, struct received *received_out)
{
    int result = socket_receive(socket, received_out);
    if (result != SOCKET_E_AGAIN || wait_ms == 0)
        return result;
    zmq_pollitem_t item = {.socket = socket->zmq, .events = ZMQ_POLLIN};
    if (zmq_poll(&item, 1, wait_ms) < 0) {
        /* A signal ends the wait early: whoever waits looks whether it was told to stop. */
        return errno == EINTR ? SOCKET_E_AGAIN : failed("wait", socket->endpoint);
    }
    return socket_receive(socket, received_out);
}

int socket_send(struct socket *socket, const struct slice *frames, size_t count)
{
    assert(count > 0);
    for (size_t i = 0; i < count; i++) {
        int flags = ZMQ_DONTWAIT | (i + 1 < count ? ZMQ_SNDMORE : 0);
        while (zmq_send(socket->zmq, frames[i].start, frames[i].count, flags) < 0) {
            if (errno == EINTR)
                continue;
            /* Room is given by whole messages: only the first frame can be refused for it. */
            if (errno == EAGAIN && i == 0)
                return SOCKET_E_AGAIN;
            if (errno == EHOSTUNREACH)
                return SOCKET_E_NO_PEER;
            return failed("send", socket->endpoint);
        }
    }
    return 0;
}
