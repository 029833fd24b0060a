/* ask.c - a query that was given up may still be answered later, and an answer does not say to
 * which query it belongs: so the socket is opened anew then, and the late answer finds nobody.
 */
#include "viewer/feed/ask.h"
#include "engine/sys/clock.h"
#include "engine/sys/log.h"
#include "engine/sys/socket.h"
#include "viewer/feed/feed.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE_MAX = 8 }; /* times wait_ms */

struct asker {
    char *endpoint;
    int wait_ms;
    int patience_ms; /* wait_ms; longer while a slow engine's answers come when they were given up
                      */
    struct socket *socket;
    bool is_busy;
    int64_t asked_ms; /* monotonic */
};

static const struct socket_options asker_limits = {
    .send_max = 4,
    .receive_max = 16,
    .message_bytes_max = INT64_C(64) * 1024 * 1024,
    .linger_ms = 0,
};

int ask_open(const char *query_endpoint, int wait_ms, struct asker **asker_out)
{
    struct asker *asker = calloc(1, sizeof *asker);
    if (asker == NULL)
        return -ENOMEM;
    asker->wait_ms = wait_ms;
    asker->patience_ms = wait_ms;
    asker->endpoint = strdup(query_endpoint);
    int error = -ENOMEM;
    if (asker->endpoint != NULL)
        error = socket_open(SOCKET_DEALER, false, query_endpoint, &asker_limits, &asker->socket);
    if (error == 0)
        *asker_out = asker;
    else
        ask_close(&asker);
    return error;
}

void ask_close(struct asker **asker_p)
{
    struct asker *asker = *asker_p;
    if (asker == NULL)
        return;
    if (asker->socket != NULL)
        socket_close(&asker->socket);
    free(asker->endpoint);
    free(asker);
    *asker_p = NULL;
}

/* After a failure here the asker has no socket; the next ask_start tries again. */
static void give_up(struct asker *asker)
{
    asker->is_busy = false;
    if (asker->socket != NULL)
        socket_close(&asker->socket);
    if (socket_open(SOCKET_DEALER, false, asker->endpoint, &asker_limits, &asker->socket) != 0)
        asker->socket = NULL;
}

int ask_start(struct asker *asker, json_t *request)
{
    if (request == NULL)
        return -ENOMEM;
    char *text = asker->is_busy ? NULL : json_dumps(request, JSON_COMPACT);
    json_decref(request);
    if (asker->is_busy)
        return ASK_E_BUSY;
    if (text == NULL)
        return -ENOMEM;
    if (asker->socket == NULL)
        give_up(asker);
    int error = -ENOTCONN;
    if (asker->socket != NULL) {
        struct slice frame = slice_of(text);
        error = socket_send(asker->socket, &frame, 1);
    }
    free(text);
    if (error > 0) { /* no room: the queries of an engine that is not there lie before it */
        give_up(asker);
        return -EAGAIN;
    }
    asker->is_busy = error == 0;
    asker->asked_ms = clock_monotonic_ms();
    return error;
}

static json_t *answer_load(struct slice text)
{
    json_t *answer =
        json_loadb(text.start == NULL ? "" : text.start, text.count, JSON_REJECT_DUPLICATES, NULL);
    if (answer != NULL && !json_is_object(answer)) {
        json_decref(answer);
        answer = NULL;
    }
    return answer;
}

/* A socket that nobody looks at goes on saying that it is ready, and its owner never rests. What
 * comes to an asker that awaits nothing is no answer. */
static int idle(struct asker *asker)
{
    struct received received;
    if (asker->socket != NULL && socket_receive(asker->socket, &received) == 0) {
        log_warn("an answer to no question, left aside: endpoint=%s", asker->endpoint);
        received_clear(&received);
    }
    return ASK_E_IDLE;
}

int ask_poll(struct asker *asker, json_t **answer_out)
{
    if (!asker->is_busy)
        return idle(asker);
    struct received received;
    int error = socket_receive(asker->socket, &received);
    if (error == SOCKET_E_AGAIN) {
        if (clock_monotonic_ms() - asker->asked_ms < asker->patience_ms)
            return ASK_E_AGAIN;
        if (asker->patience_ms < PATIENCE_MAX * asker->wait_ms)
            asker->patience_ms *= 2;
        give_up(asker);
        return ASK_E_TIMEOUT;
    }
    if (error != 0) {
        give_up(asker);
        return error < 0 ? error : -EBADMSG;
    }
    /* A REQ peer's empty frame may stand before the answer: the last frame is the answer. */
    json_t *answer = received.count == 0 ? NULL : answer_load(received.frames[received.count - 1]);
    received_clear(&received);
    asker->is_busy = false;
    asker->patience_ms = asker->wait_ms;
    if (answer == NULL) {
        log_warn("the engine's answer is no JSON object, going on: endpoint=%s", asker->endpoint);
        return -EBADMSG;
    }
    *answer_out = answer;
    return 0;
}

bool ask_is_busy(const struct asker *asker)
{
    return asker->is_busy;
}

int ask_fd(const struct asker *asker)
{
    return asker->socket == NULL ? -1 : socket_fd(asker->socket);
}

int ask(const char *query_endpoint, json_t *request, int wait_ms, json_t **answer_out)
{
    OWNED(ask_close) struct asker *asker = NULL;
    int error = ask_open(query_endpoint, wait_ms, &asker);
    if (error != 0) {
        json_decref(request);
        return error;
    }
    error = ask_start(asker, request);
    if (error != 0)
        return error < 0 ? error : -EBUSY;
    for (;;) {
        error = ask_poll(asker, answer_out);
        if (error == ASK_E_TIMEOUT)
            return -ETIMEDOUT;
        if (error != ASK_E_AGAIN)
            return error;
        struct pollfd watched = {.fd = ask_fd(asker), .events = POLLIN};
        if (poll(&watched, 1, 50) < 0 && errno != EINTR)
            return -errno;
    }
}
