/* test_push.c - the client of the intake against an intake made here: a ROUTER in this process that
 * answers what the test wants it to.
 */
#include "collectors/push/kept.h"
#include "collectors/push/position.h"
#include "collectors/push/push.h"
#include "engine/sys/clock.h"
#include "engine/sys/socket.h"
#include "engine/wire/intake.h"
#include "tests/lib/check.h"

#include <stdlib.h>
#include <unistd.h>

enum { GIVE_UP_MS = 10000, NUMBERS = 4096 };

/* The engine of a test: what came in, and what to say. */
static struct {
    struct socket *socket;
    char endpoint[64];
    uint64_t committed;
    uint32_t credit;
    uint64_t hellos, batches, ticks;
    uint64_t first_seq; /* of the last batch */
    uint32_t count;
    bool is_silent;     /* takes everything, says nothing */
    bool is_deaf;       /* a batch changes nothing */
    uint64_t conflict;  /* refuse this number as a conflict */
    uint64_t unknown;   /* refuse this number: unknown_item */
    enum refusal error; /* answer everything with an E */
} engine;

static struct push *push;
static uint64_t told_seq;
static uint64_t told_row;

static void engine_open(void)
{
    const struct socket_options options = {
        .send_max = 1000, .receive_max = 1000, .message_bytes_max = BATCH_BYTES_MAX};
    CHECK_EQ_INT(socket_open(SOCKET_ROUTER, true, "tcp://127.0.0.1:*", &options, &engine.socket),
                 0);
    (void)snprintf(engine.endpoint, sizeof engine.endpoint, "%s", socket_endpoint(engine.socket));
}

static void begin(void)
{
    push_close(&push);
    socket_close(&engine.socket);
    memset(&engine, 0, sizeof engine);
    engine.credit = 1000;
    told_seq = told_row = 0;
    engine_open();
}

static void on_refused(void *ctx, const struct push_refused *refused)
{
    CHECK(ctx == &engine);
    told_seq = refused->seq;
    told_row = refused->row;
}

static void push_ready(void)
{
    const struct push_options options = {.endpoint = engine.endpoint,
                                         .source = "hall",
                                         .batch_events = 10,
                                         .kept_events = 100,
                                         .answer_wait_ms = 150,
                                         .ctx = &engine,
                                         .refused = on_refused};
    CHECK_EQ_INT(push_open(&options, &push), 0);
}

static uint32_t take_batch(const struct message *message, struct refused *refused)
{
    uint64_t last = message->first_seq + message->event_count - 1;
    engine.batches++;
    engine.first_seq = message->first_seq;
    engine.count = message->event_count;
    if (!engine.is_deaf && message->first_seq <= engine.committed + 1 && last > engine.committed)
        engine.committed = last;
    uint64_t seq = engine.conflict != 0 ? engine.conflict : engine.unknown;
    if (seq < message->first_seq || seq > last)
        return 0;
    *refused =
        (struct refused){.seq = seq,
                         .refusal = engine.conflict != 0 ? REFUSAL_CONFLICT : REFUSAL_UNKNOWN_ITEM,
                         .field = "item"};
    return 1;
}

static void answer(const struct received *received)
{
    struct message message;
    const char *text = "";
    struct refused refused;
    uint32_t refused_count = 0;
    struct bytes bytes = {0};
    CHECK_EQ_INT(message_decode(received->frames[received->count - 1], &message, &text), 0);
    CHECK_EQ_SLICE(message.source, "hall");
    engine.hellos += message.kind == MESSAGE_HELLO;
    engine.ticks += message.kind == MESSAGE_TICK;
    if (message.kind == MESSAGE_BATCH)
        refused_count = take_batch(&message, &refused);
    if (engine.is_silent || message.kind == MESSAGE_TICK)
        return;
    int status = engine.error != REFUSAL_NONE ? encode_error(&bytes, engine.error, SLICE("no"))
                                              : encode_ack(&bytes, message.source, engine.committed,
                                                           engine.credit, &refused, refused_count);
    CHECK_EQ_INT(status, 0);
    const struct slice frames[] = {received->frames[0], {bytes.start, bytes.count}};
    status = socket_send(engine.socket, frames, 2);
    CHECK(status == 0 || status == SOCKET_E_NO_PEER);
    bytes_clear(&bytes);
}

static void engine_work(void)
{
    struct received received = {0};
    while (socket_receive_wait(engine.socket, 1, &received) == 0) {
        answer(&received);
        received_clear(&received);
    }
}

static int greet(uint64_t *committed)
{
    int64_t until_ms = clock_monotonic_ms() + GIVE_UP_MS;
    int status;
    do {
        status = push_begin(push, 5, committed);
        engine_work();
    } while (status == PUSH_E_WAIT && clock_monotonic_ms() < until_ms);
    return status;
}

static int add(uint64_t number)
{
    char text[32];
    int length = snprintf(text, sizeof text, "A-%llu", (unsigned long long)number);
    const struct item item = {
        .event = {.case_no = {text, (size_t)length},
                  .kind = EVENT_APPLY,
                  .at = {.ms = 1},
                  .entered_at = INSTANT_NONE,
                  .due_at = INSTANT_NONE,
                  .fee_due = EVENT_FEE_NONE,
                  .fee_paid = EVENT_FEE_NONE},
        .row = number + 1, /* the header is the first */
        .ends_row = true,
        .after = {.offset = number * 100, .row = number + 1},
    };
    return push_add(push, &item);
}

/* Work until the engine has everything, or something else comes of it. */
static int work_until(uint64_t committed)
{
    int64_t until_ms = clock_monotonic_ms() + GIVE_UP_MS;
    int status = 0;
    while (status == 0 && push_committed(push) < committed && clock_monotonic_ms() < until_ms) {
        status = push_work(push, true, 1);
        engine_work();
    }
    return status;
}

static void start_at(uint64_t seq, bool is_checked)
{
    uint64_t committed;
    CHECK_EQ_INT(greet(&committed), 0);
    const struct place place = {.seq = seq};
    push_start(push, &place, is_checked);
}

static void events_go_out_in_batches_and_the_place_follows_the_answer(void)
{
    begin();
    push_ready();
    start_at(0, false);
    for (uint64_t i = 1; i <= 25; i++)
        CHECK_EQ_INT(add(i), 0);
    CHECK(push_has_batch(push));
    CHECK_EQ_INT(push_safe(push).offset, 0);
    CHECK_EQ_INT(work_until(25), 0);
    CHECK_EQ_INT(engine.batches, 3);
    CHECK_EQ_INT(engine.count, 5);
    CHECK_EQ_INT(push_committed(push), 25);
    CHECK_EQ_INT(push_safe(push).seq, 25);
    CHECK_EQ_INT(push_safe(push).offset, 2500);
}

static void a_batch_that_is_not_full_waits_for_a_flush(void)
{
    begin();
    push_ready();
    start_at(0, false);
    CHECK_EQ_INT(add(1), 0);
    CHECK_EQ_INT(push_work(push, false, 1), 0);
    engine_work();
    CHECK_EQ_INT(engine.batches, 0);
    CHECK_EQ_INT(work_until(1), 0);
    CHECK_EQ_INT(engine.batches, 1);
}

static void no_more_is_under_way_than_the_credit(void)
{
    begin();
    engine.credit = 7;
    engine.is_deaf = true;
    push_ready();
    start_at(0, false);
    for (uint64_t i = 1; i <= 20; i++)
        CHECK_EQ_INT(add(i), 0);
    CHECK_EQ_INT(push_work(push, true, 1), 0);
    engine_work();
    CHECK_EQ_INT(engine.batches, 1);
    CHECK_EQ_INT(engine.count, 7);
    engine.is_deaf = false;
    CHECK_EQ_INT(work_until(20), 0);
}

static void full_is_said_and_nothing_is_lost(void)
{
    uint64_t added = 0;
    begin();
    push_ready();
    start_at(0, false);
    while (add(added + 1) == 0)
        added++;
    CHECK(added >= 100);
    CHECK_EQ_INT(work_until(added), 0);
    CHECK_EQ_INT(add(added + 1), 0);
    CHECK_EQ_INT(push_last_seq(push), added + 1);
}

static void an_answer_that_is_lost_leads_to_hello_and_on(void)
{
    begin();
    push_ready();
    start_at(0, false);
    for (uint64_t i = 1; i <= 10; i++)
        CHECK_EQ_INT(add(i), 0);
    engine.is_silent = true;
    int64_t until_ms = clock_monotonic_ms() + GIVE_UP_MS;
    while (engine.hellos < 2 && clock_monotonic_ms() < until_ms) {
        CHECK_EQ_INT(push_work(push, true, 1), 0);
        engine_work();
    }
    engine.is_silent = false;
    CHECK_EQ_INT(work_until(10), 0);
    CHECK(push_counts(push).greetings >= 2);
    CHECK_EQ_INT(engine.committed, 10);
}

static void an_engine_that_went_back_asks_for_what_is_gone(void)
{
    uint64_t committed;
    begin();
    push_ready();
    start_at(0, false);
    for (uint64_t i = 1; i <= 30; i++)
        CHECK_EQ_INT(add(i), 0);
    CHECK_EQ_INT(work_until(30), 0);
    engine.committed = 12; /* restored from a copy */
    for (uint64_t i = 31; i <= 40; i++)
        CHECK_EQ_INT(add(i), 0);
    CHECK_EQ_INT(work_until(40), PUSH_E_BEHIND);
    CHECK_EQ_INT(greet(&committed), 0);
    CHECK_EQ_INT(committed, 12);
    push_start(push, &(struct place){0}, false);
    for (uint64_t i = 1; i <= 40; i++)
        CHECK_EQ_INT(add(i), 0);
    CHECK_EQ_INT(work_until(40), 0);
    CHECK_EQ_INT(engine.committed, 40);
}

static void what_is_committed_is_counted_and_not_sent(void)
{
    begin();
    engine.committed = 15;
    push_ready();
    start_at(0, false);
    for (uint64_t i = 1; i <= 20; i++)
        CHECK_EQ_INT(add(i), 0);
    CHECK_EQ_INT(push_safe(push).seq, 15);
    CHECK_EQ_INT(work_until(20), 0);
    CHECK_EQ_INT(push_counts(push).known, 15);
    CHECK_EQ_INT(push_counts(push).sent, 5);
    CHECK_EQ_INT(engine.first_seq, 16);
}

static void the_last_known_event_shows_whether_it_is_the_same_input(void)
{
    begin();
    engine.committed = 15;
    push_ready();
    start_at(0, true);
    for (uint64_t i = 1; i <= 20; i++)
        CHECK_EQ_INT(add(i), 0);
    CHECK_EQ_INT(push_work(push, true, 1), 0);
    engine_work();
    CHECK_EQ_INT(engine.first_seq, 15);
    CHECK_EQ_INT(engine.count, 1);
    CHECK_EQ_INT(work_until(20), 0);

    begin();
    engine.committed = 15;
    engine.conflict = 15;
    push_ready();
    start_at(0, true);
    for (uint64_t i = 1; i <= 20; i++)
        CHECK_EQ_INT(add(i), 0);
    CHECK_EQ_INT(work_until(20), PUSH_E_CONFLICT);
    CHECK_EQ_INT(engine.committed, 15); /* nothing was sent behind it */
}

static void a_refused_event_is_told_once_with_its_row(void)
{
    begin();
    engine.unknown = 3;
    push_ready();
    start_at(0, false);
    for (uint64_t i = 1; i <= 10; i++)
        CHECK_EQ_INT(add(i), 0);
    CHECK_EQ_INT(work_until(10), 0);
    CHECK_EQ_INT(told_seq, 3);
    CHECK_EQ_INT(told_row, 4);
    CHECK_EQ_INT(push_counts(push).refused, 1);
}

static void an_engine_that_will_never_listen_is_given_up(void)
{
    uint64_t committed;
    begin();
    engine.error = REFUSAL_FOREIGN_SOURCE;
    push_ready();
    CHECK_EQ_INT(greet(&committed), PUSH_E_REJECTED);
    CHECK_EQ_STR(push_error(push), "foreign_source: no");
}

static void one_that_cannot_yet_is_asked_again(void)
{
    uint64_t committed;
    begin();
    engine.error = REFUSAL_MISSING;
    push_ready();
    int64_t until_ms = clock_monotonic_ms() + GIVE_UP_MS;
    while (engine.hellos < 3 && clock_monotonic_ms() < until_ms) {
        CHECK_EQ_INT(push_begin(push, 5, &committed), PUSH_E_WAIT);
        engine_work();
    }
    engine.error = REFUSAL_NONE;
    CHECK_EQ_INT(greet(&committed), 0);
}

static void a_tick_waits_for_the_events_before_it(void)
{
    begin();
    push_ready();
    start_at(0, false);
    CHECK_EQ_INT(add(1), 0);
    CHECK(!push_tick(push, (struct instant){.ms = 5}));
    CHECK_EQ_INT(work_until(1), 0);
    CHECK(push_tick(push, (struct instant){.ms = 5}));
    push_sync(push);
    CHECK(!push_is_synced(push));
    int64_t until_ms = clock_monotonic_ms() + GIVE_UP_MS;
    while (!push_is_synced(push) && clock_monotonic_ms() < until_ms) {
        engine_work();
        CHECK_EQ_INT(push_work(push, true, 1), 0);
    }
    CHECK_EQ_INT(engine.ticks, 1);
}

static void a_position_is_whole_or_the_one_before(void)
{
    char path[64];
    struct position position;
    const struct position written = {
        .place = {.seq = 7, .file_seq = 2, .file_index = 1, .offset = 4711, .row = 9},
        .is_done = true,
        .source = "hall",
        .file = "/data/\"大厅\".csv",
        .print = "1024:ab",
        .map = "map:cd",
    };
    (void)snprintf(path, sizeof path, "/tmp/cardwatch-position-%ld", (long)getpid());
    (void)unlink(path);
    CHECK_EQ_INT(position_read(path, &position), POSITION_E_NONE);
    CHECK_EQ_INT(position_write(path, &written), 0);
    CHECK_EQ_INT(position_read(path, &position), 0);
    CHECK_EQ_INT(memcmp(&position.place, &written.place, sizeof position.place), 0);
    CHECK(position.is_done);
    CHECK_EQ_STR(position.file, written.file);
    CHECK_EQ_STR(position.map, "map:cd");
    FILE *file = fopen(path, "w");
    CHECK(file != NULL);
    CHECK(fputs("{\"source\":\"hall\",\"seq\":-1}", file) >= 0);
    CHECK_EQ_INT(fclose(file), 0);
    CHECK_EQ_INT(position_read(path, &position), POSITION_E_BAD);
    CHECK(position_write("/nowhere/at/all", &written) < 0);
    (void)unlink(path);
}

static void the_ring_gives_out_what_was_put_in(void)
{
    struct kept *kept = kept_create(8, 4, 1 << 20);
    CHECK(kept != NULL);
    struct place safe = {0};
    struct item item = {.event = {.case_no = SLICE("A"),
                                  .kind = EVENT_APPLY,
                                  .at = {.ms = 1},
                                  .entered_at = INSTANT_NONE,
                                  .due_at = INSTANT_NONE,
                                  .fee_due = EVENT_FEE_NONE,
                                  .fee_paid = EVENT_FEE_NONE}};
    uint64_t seq = 0;
    for (int round = 0; round < NUMBERS; round++) {
        item.ends_row = round % 3 == 2;
        item.row = (uint64_t)round + 1;
        item.after.offset = (uint64_t)round;
        if (kept_add(kept, &item) == KEPT_E_FULL) {
            kept_release(kept, seq - 9, &safe);
            CHECK(safe.seq <= seq - 9);
            CHECK_EQ_INT(kept_add(kept, &item), 0);
        }
        seq++;
        CHECK_EQ_INT(kept_next_seq(kept), seq + 1);
        CHECK_EQ_INT(kept_row(kept, seq), (uint64_t)round + 1);
        struct kept_run run = kept_run_from(kept, kept_first_seq(kept), 3);
        CHECK_EQ_INT(run.first_seq, kept_first_seq(kept));
        CHECK(run.count >= 1 && run.count <= 3);
    }
    CHECK_EQ_INT(kept_run_from(kept, seq + 1, 5).count, 0);
    kept_destroy(&kept);
}

static void it_all_ends_clean(void)
{
    push_close(&push);
    socket_close(&engine.socket);
    socket_terminate();
    CHECK(push == NULL);
}

CHECK_MAIN("unit/push", TEST(events_go_out_in_batches_and_the_place_follows_the_answer),
           TEST(a_batch_that_is_not_full_waits_for_a_flush),
           TEST(no_more_is_under_way_than_the_credit), TEST(full_is_said_and_nothing_is_lost),
           TEST(an_answer_that_is_lost_leads_to_hello_and_on),
           TEST(an_engine_that_went_back_asks_for_what_is_gone),
           TEST(what_is_committed_is_counted_and_not_sent),
           TEST(the_last_known_event_shows_whether_it_is_the_same_input),
           TEST(a_refused_event_is_told_once_with_its_row),
           TEST(an_engine_that_will_never_listen_is_given_up),
           TEST(one_that_cannot_yet_is_asked_again), TEST(a_tick_waits_for_the_events_before_it),
           TEST(a_position_is_whole_or_the_one_before), TEST(the_ring_gives_out_what_was_put_in),
           TEST(it_all_ends_clean))
