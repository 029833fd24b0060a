/* Do messages come whole and in order, is a full queue told, and does the edge-triggered file
 * descriptor lose nothing when a flood arrives in the middle of a send?
 */
#include "engine/sys/socket.h"
#include "tests/lib/check.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WAIT_MS = 5000, FLOOD = 500 };

static const struct socket_options plain = {
    .send_max = 1000, .receive_max = 1000, .message_bytes_max = 1 << 20, .linger_ms = 0};

static struct socket *opened(enum socket_kind kind, bool bind, const char *endpoint,
                             const struct socket_options *options)
{
    struct socket *socket = NULL;
    CHECK_EQ_INT(socket_open(kind, bind, endpoint, options, &socket), 0);
    return socket;
}

static int send_text(struct socket *socket, const char *text)
{
    const struct slice frame = slice_of(text);
    return socket_send(socket, &frame, 1);
}

/* The identity that a ROUTER has given the peer of a message. */
static struct slice identity_of(const struct received *received, char *room, size_t room_bytes)
{
    assert(received->frames[0].count <= room_bytes);
    memcpy(room, received->frames[0].start, received->frames[0].count);
    return (struct slice){room, received->frames[0].count};
}

static void a_question_gets_its_answer(void)
{
    OWNED(socket_close)
    struct socket *router = opened(SOCKET_ROUTER, true, "tcp://127.0.0.1:*", &plain);
    CHECK(strncmp(socket_endpoint(router), "tcp://127.0.0.1:", 16) == 0);
    CHECK(strchr(socket_endpoint(router), '*') == NULL);
    OWNED(socket_close)
    struct socket *dealer = opened(SOCKET_DEALER, false, socket_endpoint(router), &plain);
    OWNED(received_clear) struct received got = {0};
    CHECK_EQ_INT(socket_receive(router, &got), SOCKET_E_AGAIN);
    CHECK_EQ_INT(send_text(dealer, "question"), 0);
    CHECK_EQ_INT(socket_receive_wait(router, WAIT_MS, &got), 0);
    CHECK_EQ_INT(got.count, 2);
    CHECK_EQ_SLICE(got.frames[1], "question");
    const struct slice answer[] = {got.frames[0], SLICE("answer"), SLICE("")};
    CHECK_EQ_INT(socket_send(router, answer, 3), 0);
    received_clear(&got);
    CHECK_EQ_INT(got.count, 0);
    CHECK_EQ_INT(socket_receive_wait(dealer, WAIT_MS, &got), 0);
    CHECK_EQ_INT(got.count, 2);
    CHECK_EQ_SLICE(got.frames[0], "answer");
    CHECK_EQ_INT(got.frames[1].count, 0);
}

static void a_message_of_too_many_frames_is_dropped_whole(void)
{
    OWNED(socket_close)
    struct socket *router = opened(SOCKET_ROUTER, true, "tcp://127.0.0.1:*", &plain);
    OWNED(socket_close)
    struct socket *dealer = opened(SOCKET_DEALER, false, socket_endpoint(router), &plain);
    const struct slice frames[] = {SLICE("1"), SLICE("2"), SLICE("3"), SLICE("4"), SLICE("5")};
    OWNED(received_clear) struct received got = {0};
    CHECK_EQ_INT(socket_send(dealer, frames, 5), 0);
    CHECK_EQ_INT(send_text(dealer, "next"), 0);
    CHECK_EQ_INT(socket_receive_wait(router, WAIT_MS, &got), SOCKET_E_TOO_MANY);
    CHECK_EQ_INT(socket_receive_wait(router, WAIT_MS, &got), 0);
    CHECK_EQ_SLICE(got.frames[1], "next");
}

static void a_peer_that_is_not_there_is_told(void)
{
    OWNED(socket_close)
    struct socket *router = opened(SOCKET_ROUTER, true, "tcp://127.0.0.1:*", &plain);
    const struct slice frames[] = {SLICE("nobody"), SLICE("hello")};
    CHECK_EQ_INT(socket_send(router, frames, 2), SOCKET_E_NO_PEER);
}

static void a_full_queue_is_told_and_keeps_what_it_has(void)
{
    struct socket_options tight = plain;
    tight.send_max = 10;
    tight.receive_max = 10;
    OWNED(socket_close)
    struct socket *dealer =
        opened(SOCKET_DEALER, false, "tcp://127.0.0.1:9", &tight); /* nobody listens there */
    int taken = 0;
    while (taken < 1000 && send_text(dealer, "x") == 0)
        taken++;
    CHECK_EQ_INT(taken, 10);
    CHECK_EQ_INT(send_text(dealer, "x"), SOCKET_E_AGAIN);
}

static void a_message_above_the_limit_never_arrives(void)
{
    struct socket_options small = plain;
    small.message_bytes_max = 1000;
    OWNED(socket_close)
    struct socket *router = opened(SOCKET_ROUTER, true, "tcp://127.0.0.1:*", &small);
    OWNED(socket_close)
    struct socket *dealer = opened(SOCKET_DEALER, false, socket_endpoint(router), &plain);
    char *large = malloc(1001);
    CHECK(large != NULL);
    memset(large, 'x', 1001);
    const struct slice frame = {large, 1001};
    int sent = socket_send(dealer, &frame, 1);
    free(large);
    CHECK_EQ_INT(sent, 0);
    OWNED(received_clear) struct received got = {0};
    CHECK_EQ_INT(socket_receive_wait(router, 300, &got), SOCKET_E_AGAIN);
    /* The connection was cut for it; it is made again, and what fits comes through. */
    int result = SOCKET_E_AGAIN;
    for (int i = 0; i < 50 && result == SOCKET_E_AGAIN; i++) {
        CHECK_EQ_INT(send_text(dealer, "fits"), 0);
        result = socket_receive_wait(router, 100, &got);
    }
    CHECK_EQ_INT(result, 0);
    CHECK_EQ_SLICE(got.frames[1], "fits");
}

/* A loop as the engine has one: sleeps on the file descriptor, and after each send or receive asks
 * again. While it answers one question, hundreds more arrive: if the edge were lost, it would
 * sleep on a full queue until the poll's end, and fail. */
static void no_edge_is_lost_in_a_flood(void)
{
    OWNED(socket_close)
    struct socket *router = opened(SOCKET_ROUTER, true, "tcp://127.0.0.1:*", &plain);
    OWNED(socket_close)
    struct socket *dealer = opened(SOCKET_DEALER, false, socket_endpoint(router), &plain);
    int asked = 0;
    int answered = 0;
    int received = 0;
    while (received < FLOOD) {
        if (!socket_is_readable(router) && !socket_is_readable(dealer)) {
            struct pollfd fds[] = {{.fd = socket_fd(router), .events = POLLIN},
                                   {.fd = socket_fd(dealer), .events = POLLIN}};
            if (asked == FLOOD)
                CHECK(poll(fds, 2, WAIT_MS) > 0);
        }
        /* A burst goes out in the middle of whatever the router is doing. */
        for (int i = 0; i < 50 && asked < FLOOD; i++)
            asked += send_text(dealer, "q") == 0;
        struct received got;
        if (socket_receive(router, &got) == 0) {
            const struct slice frames[] = {got.frames[0], SLICE("a")};
            CHECK_EQ_INT(socket_send(router, frames, 2), 0);
            answered++;
            received_clear(&got);
        }
        while (socket_receive(dealer, &got) == 0) {
            CHECK_EQ_SLICE(got.frames[0], "a");
            received_clear(&got);
            received++;
        }
    }
    CHECK_EQ_INT(answered, FLOOD);
    CHECK(!socket_is_readable(router));
}

static void subscriptions_choose_and_slow_viewers_lose(void)
{
    struct socket_options tight = plain;
    tight.send_max = 100;
    tight.receive_max = 100;
    OWNED(socket_close)
    struct socket *feed = opened(SOCKET_XPUB, true, "tcp://127.0.0.1:*", &tight);
    OWNED(socket_close)
    struct socket *viewer = opened(SOCKET_SUB, false, socket_endpoint(feed), &tight);
    CHECK_EQ_INT(socket_subscribe(viewer, SLICE("card.red.")), 0);
    OWNED(received_clear) struct received got = {0};
    CHECK_EQ_INT(socket_receive_wait(feed, WAIT_MS, &got), 0);
    CHECK_EQ_SLICE(got.frames[0], "\x01"
                                  "card.red.");
    received_clear(&got);
    const struct slice yellow[] = {SLICE("card.yellow.a.b"), SLICE("{}")};
    const struct slice red[] = {SLICE("card.red.a.b"), SLICE("{1}")};
    CHECK_EQ_INT(socket_send(feed, yellow, 2), 0);
    CHECK_EQ_INT(socket_send(feed, red, 2), 0);
    CHECK_EQ_INT(socket_receive_wait(viewer, WAIT_MS, &got), 0);
    CHECK_EQ_INT(got.count, 2);
    CHECK_EQ_SLICE(got.frames[0], "card.red.a.b");
    /* A viewer that does not read never stops the engine. */
    for (int i = 0; i < 100000; i++)
        CHECK_EQ_INT(socket_send(feed, red, 2), 0);
}

static char folder[] = "/tmp/cardwatch-socket-XXXXXX";

static void a_second_engine_does_not_take_the_first_ones_path(void)
{
    char endpoint[128];
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s/intake", folder);
    OWNED(socket_close) struct socket *first = opened(SOCKET_ROUTER, true, endpoint, &plain);
    struct socket *second = NULL;
    CHECK_EQ_INT(socket_open(SOCKET_ROUTER, true, endpoint, &plain, &second), -EADDRINUSE);
    CHECK(second == NULL);
    struct stat seen;
    CHECK(stat(endpoint + 6, &seen) == 0);
    CHECK_EQ_INT(seen.st_mode & 0777, 0660);
    OWNED(socket_close) struct socket *dealer = opened(SOCKET_DEALER, false, endpoint, &plain);
    CHECK_EQ_INT(send_text(dealer, "still yours"), 0);
    OWNED(received_clear) struct received got = {0};
    CHECK_EQ_INT(socket_receive_wait(first, WAIT_MS, &got), 0);
    CHECK_EQ_SLICE(got.frames[1], "still yours");
    (void)unlink(endpoint + 6);
    (void)rmdir(folder);
}

static void what_cannot_be_opened_is_an_errno(void)
{
    struct socket *socket = NULL;
    CHECK_EQ_INT(socket_open(SOCKET_ROUTER, true, "tcp://not an address", &plain, &socket),
                 -EINVAL);
    CHECK_EQ_INT(socket_open(SOCKET_ROUTER, true, "carrier://pigeon", &plain, &socket),
                 -EPROTONOSUPPORT);
    CHECK(socket_open(SOCKET_ROUTER, true, "ipc:///nowhere/at/all", &plain, &socket) < 0);
    struct socket_options half = plain;
    half.curve_server_key = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";
    CHECK_EQ_INT(socket_open(SOCKET_DEALER, false, "tcp://127.0.0.1:9", &half, &socket), -EINVAL);
    CHECK(socket == NULL);
}

/* The key pairs of ZeroMQ's own documentation. */
static const char server_public[] = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";
static const char server_secret[] = "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6";
static const char client_public[] = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";
static const char client_secret[] = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs";

static void curve_lets_in_who_knows_the_key(void)
{
    struct socket_options server = plain;
    server.curve_secret_key = server_secret;
    server.curve_public_key = server_public;
    struct socket_options client = plain;
    client.curve_server_key = server_public;
    client.curve_public_key = client_public;
    client.curve_secret_key = client_secret;
    OWNED(socket_close)
    struct socket *router = opened(SOCKET_ROUTER, true, "tcp://127.0.0.1:*", &server);
    OWNED(socket_close)
    struct socket *friend = opened(SOCKET_DEALER, false, socket_endpoint(router), &client);
    OWNED(socket_close)
    struct socket *stranger = opened(SOCKET_DEALER, false, socket_endpoint(router), &plain);
    OWNED(received_clear) struct received got = {0};
    CHECK_EQ_INT(send_text(stranger, "let me in"), 0);
    CHECK_EQ_INT(send_text(friend, "it is me"), 0);
    CHECK_EQ_INT(socket_receive_wait(router, WAIT_MS, &got), 0);
    CHECK_EQ_SLICE(got.frames[1], "it is me");
    char room[64];
    const struct slice answer[] = {identity_of(&got, room, sizeof room), SLICE("welcome")};
    CHECK_EQ_INT(socket_send(router, answer, 2), 0);
    received_clear(&got);
    CHECK_EQ_INT(socket_receive_wait(friend, WAIT_MS, &got), 0);
    CHECK_EQ_SLICE(got.frames[0], "welcome");
    CHECK_EQ_INT(socket_receive_wait(router, 200, &got), SOCKET_E_AGAIN);
}

static void the_context_ends(void)
{
    socket_terminate();
    socket_terminate(); /* nothing is left to end */
}

CHECK_MAIN("unit/socket", TEST(a_question_gets_its_answer),
           TEST(a_message_of_too_many_frames_is_dropped_whole),
           TEST(a_peer_that_is_not_there_is_told), TEST(a_full_queue_is_told_and_keeps_what_it_has),
           TEST(a_message_above_the_limit_never_arrives), TEST(no_edge_is_lost_in_a_flood),
           TEST(subscriptions_choose_and_slow_viewers_lose),
           TEST(a_second_engine_does_not_take_the_first_ones_path),
           TEST(what_cannot_be_opened_is_an_errno), TEST(curve_lets_in_who_knows_the_key),
           TEST(the_context_ends))
