/* bench_raw.c - what are the limits that nothing built of these parts can pass?
 *
 * On the same bytes as bench_intake, each part alone, and then the bare path: everything that a
 * durable, acknowledged intake cannot do without (ZeroMQ, decoding, finding the case, appending to
 * a journal with sync, acknowledging) and nothing else. The engine's rate is told as a ratio to it.
 */
#include "bench/journal.h"
#include "bench/load.h"
#include "bench/measure.h"
#include "bench/process.h"
#include "engine/core/core.h"
#include "engine/memory/names.h"
#include "engine/wire/text.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { COMMIT_EVENTS = 65536, CREDIT = 65536, WAIT_MS = 200 };

static char attrs_room[EVENT_ATTRS_BYTES_MAX];

static void tell(const char *name, uint64_t events, double seconds, uint64_t hash)
{
    (void)printf("%s events_per_s=%.0f ns_per_event=%.0f events=%llu hash=%016llx\n", name,
                 (double)events / seconds, seconds * 1e9 / (double)events,
                 (unsigned long long)events, (unsigned long long)hash);
    (void)fflush(stdout);
}

/* ---- the receiving end -------------------------------------------------------------------------
 */

struct receiver {
    struct socket *socket;
    struct journal *journal; /* NULL: nothing is written */
    bool is_finding;         /* decode, and find the case */
    struct table table;
    struct text_heap keys;
    uint32_t *addresses; /* row → key */
    uint32_t case_count;
    uint64_t received; /* events */
    uint64_t until;
};

static bool is_key(const void *owner, uint32_t row, struct slice key)
{
    const struct receiver *receiver = owner;
    return slice_is_equal(text_heap_get(&receiver->keys, receiver->addresses[row]), key);
}

static void cases_find(struct receiver *receiver, const struct message *message)
{
    static struct event events[BATCH_EVENTS_MAX];
    static uint64_t hashes[BATCH_EVENTS_MAX];
    struct slice rest = message->events;
    struct slice bytes;
    const char *field;
    for (uint32_t i = 0; i < message->event_count; i++) {
        measure_must(event_next(&rest, attrs_room, &events[i], &bytes, &field) == REFUSAL_NONE,
                     "an event cannot be decoded");
        hashes[i] = table_hash(events[i].case_no);
        table_prefetch(&receiver->table, hashes[i]);
    }
    for (uint32_t i = 0; i < message->event_count; i++) {
        uint32_t row = table_find(&receiver->table, hashes[i], events[i].case_no, is_key, receiver);
        if (row == 0) {
            row = ++receiver->case_count;
            receiver->addresses[row] = text_heap_add(&receiver->keys, events[i].case_no);
            measure_must(table_add(&receiver->table, hashes[i], row) == 0, "memory is short");
        }
    }
}

static void take(struct receiver *receiver, struct slice bytes)
{
    struct message message;
    const char *text;
    measure_must(message_decode(bytes, &message, &text) == REFUSAL_NONE, "a message is broken");
    if (message.kind != MESSAGE_BATCH)
        return;
    if (receiver->is_finding)
        cases_find(receiver, &message);
    receiver->received += message.event_count;
    if (receiver->journal != NULL)
        journal_append(receiver->journal, bytes);
}

/* All that is there, at most one commit's worth; then commit, then one answer. */
static bool turn(struct receiver *receiver)
{
    struct received received;
    struct bytes peer = {0};
    struct bytes ack = {0};
    uint64_t end = receiver->received + COMMIT_EVENTS;
    if (socket_receive_wait(receiver->socket, WAIT_MS, &received) != 0)
        return false;
    measure_must(bytes_append(&peer, received.frames[0]) == 0, "memory is short");
    do {
        take(receiver, received.frames[received.count - 1]);
        received_clear(&received);
    } while (receiver->received < end && socket_receive(receiver->socket, &received) == 0);
    if (receiver->journal != NULL)
        journal_commit(receiver->journal);
    measure_must(encode_ack(&ack, SLICE(LOAD_SOURCE), receiver->received, CREDIT, NULL, 0) == 0,
                 "memory is short");
    struct slice frames[2] = {{.start = peer.start, .count = peer.count},
                              {.start = ack.start, .count = ack.count}};
    measure_must(socket_send(receiver->socket, frames, 2) == 0, "cannot answer");
    bytes_clear(&peer);
    bytes_clear(&ack);
    return true;
}

static void *receive_all(void *ctx)
{
    struct receiver *receiver = ctx;
    while (receiver->received < receiver->until)
        (void)turn(receiver);
    return NULL;
}

static double through_socket(const struct load *load, bool is_finding, struct journal *journal)
{
    const struct socket_options options = {.send_max = 10000,
                                           .receive_max = 4096,
                                           .message_bytes_max = BATCH_BYTES_MAX,
                                           .linger_ms = 0};
    struct receiver receiver = {
        .journal = journal, .is_finding = is_finding, .until = load->event_count};
    struct sender sender;
    pthread_t thread;
    receiver.addresses = calloc(load->event_count + 2, sizeof *receiver.addresses);
    measure_must(receiver.addresses != NULL && table_init(&receiver.table) == 0 &&
                     text_heap_init(&receiver.keys) == 0,
                 "memory is short");
    measure_must(
        socket_open(SOCKET_ROUTER, true, "tcp://127.0.0.1:*", &options, &receiver.socket) == 0,
        "cannot bind");
    measure_must(pthread_create(&thread, NULL, receive_all, &receiver) == 0, "no thread");
    sender_open(&sender, socket_endpoint(receiver.socket));
    double seconds = sender_push(&sender, load, 0);
    (void)pthread_join(thread, NULL);
    sender_close(&sender);
    socket_close(&receiver.socket);
    table_clear(&receiver.table);
    text_heap_clear(&receiver.keys);
    free(receiver.addresses);
    return seconds;
}

/* ---- parts alone -------------------------------------------------------------------------------
 */

static void decode_alone(const struct load *load)
{
    uint64_t hash = 0;
    double from_s = measure_cpu_s();
    for (uint32_t i = 0; i < load->message_count; i++) {
        struct message message;
        struct event event;
        struct slice bytes;
        const char *field;
        measure_must(message_decode(load_message(load, i), &message, &field) == REFUSAL_NONE,
                     "a message is broken");
        for (uint32_t k = 0; k < message.event_count; k++) {
            (void)event_next(&message.events, attrs_room, &event, &bytes, &field);
            hash += (uint64_t)event.at.ms + event.kind;
        }
    }
    tell("raw_decode", load->event_count, measure_cpu_s() - from_s, hash);
}

static void append_alone(const char *name, const struct load *load, uint64_t commit_events)
{
    struct journal *journal = journal_open();
    uint64_t committed = 0;
    double from_s = measure_now_s();
    for (uint32_t i = 0; i < load->message_count; i++) {
        journal_append(journal, load_message(load, i));
        if (load_events_until(load, i) - committed < commit_events)
            continue;
        journal_commit(journal);
        committed = load_events_until(load, i);
    }
    journal_commit(journal);
    tell(name, load->event_count, measure_now_s() - from_s, load->bytes.count);
    journal_close(&journal);
}

/* ---- the core alone ----------------------------------------------------------------------------
 */

struct past {
    struct event *events; /* from 1 */
    uint64_t *before;
    uint64_t cards;
};

static void card_on(void *ctx, const struct card *card)
{
    struct past *past = ctx;
    (void)card;
    past->cards++;
}

static uint32_t history(void *ctx, struct event_ref newest, struct past_event *events,
                        uint32_t room)
{
    const struct past *past = ctx;
    uint32_t count = 0;
    for (uint64_t place = newest.place; place != 0; place = past->before[place], count++)
        if (count < room)
            events[count] = (struct past_event){.event = past->events[place],
                                                .ref = {.place = place},
                                                .source = 1,
                                                .seq = place,
                                                .arrived_at = past->events[place].at};
    return count;
}

static void core_by_itself(const struct load *load, const struct ruleset *ruleset)
{
    struct past past = {.events = calloc(load->event_count + 1, sizeof *past.events),
                        .before = calloc(load->event_count + 1, sizeof *past.before)};
    struct core_ports ports = {.ctx = &past, .card = card_on, .history = history};
    struct core *core = core_create(&(struct core_limits){.is_stepping = true}, &ports);
    uint64_t place = 0;
    measure_must(past.events != NULL && past.before != NULL && core != NULL &&
                     core_set_rules(core, ruleset) == 0,
                 "memory is short");
    double spent_s = 0;
    for (uint32_t i = 0; i < load->message_count; i++) {
        struct message message;
        struct slice bytes;
        const char *field;
        static uint32_t rows[BATCH_EVENTS_MAX];
        (void)message_decode(load_message(load, i), &message, &field);
        struct event *events = &past.events[place + 1];
        for (uint32_t k = 0; k < message.event_count; k++)
            (void)event_next(&message.events, attrs_room, &events[k], &bytes, &field);
        double from_s = measure_cpu_s();
        core_warm(core, events, message.event_count);
        for (uint32_t k = 0; k < message.event_count; k++) {
            struct event_ref before;
            measure_must(core_admit(core, &events[k], (struct event_ref){.place = place + k + 1}, 1,
                                    &rows[k], &before) == 0,
                         "the core is full");
            past.before[place + k + 1] = before.place;
        }
        for (uint32_t k = 0; k < message.event_count; k++)
            core_apply(core, instant_later_of(core_now(core), events[k].at), rows[k], &events[k],
                       (struct event_ref){.place = place + k + 1}, false);
        spent_s += measure_cpu_s() - from_s;
        place += message.event_count;
    }
    uint64_t digest = core_digest(core);
    tell("raw_core", load->event_count, spent_s, measure_fold(digest, &past.cards, 8));
    core_destroy(&core);
    free(past.events);
    free(past.before);
}

int main(int argc, char **argv)
{
    struct measure_wish wish = measure_read(argc, argv);
    uint64_t events = measure_of(&wish, wish.events, 1500000, 750000, 5120);
    struct town_options options = {.seed = 1,
                                   .events = events,
                                   .open = events / 60 + 10,
                                   .late_per_mille = 5,
                                   .from_ms = TOWN_FROM_MS};
    struct ruleset *ruleset = town_ruleset();
    struct town *town = town_open(&options);
    struct load load;
    load_make(&load, town, wish.batch != 0 ? (uint32_t)wish.batch : 256);
    town_close(&town);
    decode_alone(&load);
    core_by_itself(&load, ruleset);
    append_alone("raw_append", &load, COMMIT_EVENTS);
    tell("raw_zeromq", events, through_socket(&load, false, NULL), 0);
    struct journal *journal = journal_open();
    tell("raw_bare", events, through_socket(&load, true, journal), 0);
    journal_close(&journal);
    load_clear(&load);
    options.events = measure_of(&wish, 0, 1000, 1000, 20);
    town = town_open(&options);
    load_make(&load, town, 1);
    town_close(&town);
    append_alone("raw_append_single", &load, 1);
    load_clear(&load);
    ruleset_destroy(&ruleset);
    socket_terminate();
    return 0;
}
