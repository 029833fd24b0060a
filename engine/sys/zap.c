/* zap.c - a request is eight frames: version, id, domain, address, identity, mechanism, and with
 * CURVE the peer's key. Whatever is not quite that is answered with a refusal.
 */
#include "engine/sys/zap.h"
#include "engine/sys/curve.h"
#include "engine/sys/log.h"
#include "engine/sys/socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum { FRAME_BYTES = 256, FRAMES_MAX = 8 };
enum { FRAME_VERSION, FRAME_ID, FRAME_DOMAIN, FRAME_ADDRESS, FRAME_IDENTITY, FRAME_MECHANISM };
enum { FRAME_KEY = FRAME_MECHANISM + 1, FRAME_COUNT };

struct frame {
    size_t count;
    char bytes[FRAME_BYTES];
};

struct zap {
    void *socket;
    int fd;
    zap_judge is_let_in;
    void *ctx;
    struct frame frames[FRAMES_MAX];
};

int zap_open(zap_judge is_let_in, void *ctx, struct zap **zap_out)
{
    struct zap *zap = calloc(1, sizeof *zap);
    if (zap == NULL)
        return -ENOMEM;
    zap->is_let_in = is_let_in;
    zap->ctx = ctx;
    size_t room = sizeof zap->fd;
    int linger = 0;
    void *context = socket_context();
    zap->socket = context == NULL ? NULL : zmq_socket(context, ZMQ_REP);
    if (zap->socket == NULL ||
        zmq_setsockopt(zap->socket, ZMQ_LINGER, &linger, sizeof linger) != 0 ||
        zmq_bind(zap->socket, "inproc://zeromq.zap.01") != 0 ||
        zmq_getsockopt(zap->socket, ZMQ_FD, &zap->fd, &room) != 0) {
        log_error("zap: cannot be opened: %s", zmq_strerror(zmq_errno()));
        zap_close(&zap);
        return -EIO;
    }
    *zap_out = zap;
    return 0;
}

void zap_close(struct zap **zap_p)
{
    if (*zap_p != NULL && (*zap_p)->socket != NULL)
        (void)zmq_close((*zap_p)->socket); /* fails only for what is not a socket */
    free(*zap_p);
    *zap_p = NULL;
}

int zap_fd(const struct zap *zap)
{
    return zap->fd;
}

/* Frames that are too many, or too long, make the count zero: such a request is refused. Returns
 * false when there is none. */
static bool receive(struct zap *zap, size_t *count_out)
{
    int more = 1;
    size_t count = 0;
    bool is_sound = true;
    while (more != 0) {
        size_t room = sizeof more;
        struct frame *frame = &zap->frames[count < FRAMES_MAX ? count : FRAMES_MAX - 1];
        int bytes = zmq_recv(zap->socket, frame->bytes, FRAME_BYTES - 1, ZMQ_DONTWAIT);
        if (bytes < 0 && errno == EINTR)
            continue;
        if (bytes < 0)
            return false;
        is_sound = is_sound && count < FRAMES_MAX && bytes < FRAME_BYTES;
        frame->count = bytes < FRAME_BYTES ? (size_t)bytes : 0;
        frame->bytes[frame->count] = '\0';
        count++;
        if (zmq_getsockopt(zap->socket, ZMQ_RCVMORE, &more, &room) != 0)
            return false;
    }
    *count_out = is_sound ? count : 0;
    return true;
}

static bool is_text(const struct frame *frame, const char *text)
{
    return frame->count == strlen(text) && memcmp(frame->bytes, text, frame->count) == 0;
}

static void answer(struct zap *zap, bool is_let_in, const char *user)
{
    const struct frame *id = &zap->frames[FRAME_ID];
    const struct {
        const char *bytes;
        size_t count;
    } frames[] = {
        {"1.0", 3},
        {id->bytes, id->count},
        {is_let_in ? "200" : "400", 3},
        {is_let_in ? "OK" : "No access", is_let_in ? 2 : 9},
        {user, is_let_in ? strlen(user) : 0},
        {"", 0},
    };
    for (size_t i = 0; i < COUNT_OF(frames); i++) {
        int flags = ZMQ_DONTWAIT | (i + 1 < COUNT_OF(frames) ? ZMQ_SNDMORE : 0);
        if (zmq_send(zap->socket, frames[i].bytes, frames[i].count, flags) < 0) {
            log_warn("zap: an answer was not sent, going on: %s", zmq_strerror(zmq_errno()));
            return;
        }
    }
}

void zap_work(struct zap *zap)
{
    size_t count = 0;
    while (receive(zap, &count)) {
        char key[CURVE_KEY_BYTES] = "";
        bool is_sound = count == FRAME_COUNT && is_text(&zap->frames[FRAME_VERSION], "1.0") &&
                        is_text(&zap->frames[FRAME_MECHANISM], "CURVE") &&
                        zap->frames[FRAME_KEY].count == CURVE_RAW_BYTES;
        if (is_sound)
            curve_text((const unsigned char *)zap->frames[FRAME_KEY].bytes, key);
        answer(zap, is_sound && zap->is_let_in(zap->ctx, zap->frames[FRAME_DOMAIN].bytes, key),
               key);
    }
}
