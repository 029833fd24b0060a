/* Are the messages between collector and engine read as they were written, and is every broken one
 * refused with its reason, without a crash and without memory?
 */
#include "engine/wire/text.h"
#include "tests/lib/check.h"

#include <errno.h>
#include <stdlib.h>

static char room[EVENT_ATTRS_BYTES_MAX];

/* The initializer of a slice over bytes that may contain NULs. */
#define BYTES(literal)                                                                             \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

static struct event plain_event(void)
{
    return (struct event){.case_no = SLICE("JX-1"),
                          .kind = EVENT_ACCEPT,
                          .at = {.ms = 1737338400000},
                          .entered_at = INSTANT_NONE,
                          .due_at = INSTANT_NONE,
                          .fee_due = EVENT_FEE_NONE,
                          .fee_paid = EVENT_FEE_NONE};
}

static void hello_tick_and_batch_come_back(void)
{
    OWNED(bytes_clear) struct bytes bytes = {0};
    OWNED(bytes_clear) struct bytes events = {0};
    struct message message;
    const char *text = "";
    CHECK_EQ_INT(encode_hello(&bytes, SLICE("hall")), 0);
    CHECK_EQ_INT(message_decode((struct slice){bytes.start, bytes.count}, &message, &text), 0);
    CHECK_EQ_INT(message.kind, MESSAGE_HELLO);
    CHECK_EQ_SLICE(message.source, "hall");

    bytes.count = 0;
    CHECK_EQ_INT(encode_tick(&bytes, SLICE("hall"), (struct instant){.ms = -5}), 0);
    CHECK_EQ_INT(message_decode((struct slice){bytes.start, bytes.count}, &message, &text), 0);
    CHECK_EQ_INT(message.kind, MESSAGE_TICK);
    CHECK_EQ_INT(message.at.ms, -5);

    struct event event = plain_event();
    CHECK_EQ_INT(encode_event(&events, &event), 0);
    event.reason = SLICE("second");
    CHECK_EQ_INT(encode_event(&events, &event), 0);
    bytes.count = 0;
    CHECK_EQ_INT(encode_batch(&bytes, SLICE("hall"), UINT64_C(5000000000), 2,
                              (struct slice){events.start, events.count}),
                 0);
    CHECK_EQ_INT(message_decode((struct slice){bytes.start, bytes.count}, &message, &text), 0);
    CHECK_EQ_INT(message.kind, MESSAGE_BATCH);
    CHECK(message.first_seq == UINT64_C(5000000000));
    CHECK_EQ_INT(message.event_count, 2);
    struct slice extent;
    struct event back;
    CHECK_EQ_INT(event_next(&message.events, room, &back, &extent, &text), 0);
    CHECK_EQ_SLICE(back.case_no, "JX-1");
    CHECK(slice_is_empty(back.reason));
    CHECK_EQ_INT(event_next(&message.events, room, &back, &extent, &text), 0);
    CHECK_EQ_SLICE(back.reason, "second");
    CHECK_EQ_INT(message.events.count, 0);
    CHECK_EQ_INT(event_next(&message.events, room, &back, &extent, &text), REFUSAL_MALFORMED);
    CHECK(slice_is_empty(extent));
}

struct bad_message {
    struct slice bytes;
    enum refusal refusal;
    const char *text;
};

static const struct bad_message bad_messages[] = {
    {{"", 0}, REFUSAL_MALFORMED, "not a msgpack array [version, kind, source, …]"},
    {{"\x93", 1}, REFUSAL_MALFORMED, "not a msgpack array [version, kind, source, …]"},
    {{"\x91\x01", 2}, REFUSAL_MALFORMED, "not a msgpack array [version, kind, source, …]"},
    {{"\xc1\x01\xa1H", 4}, REFUSAL_MALFORMED, "not a msgpack array [version, kind, source, …]"},
    {{"\x81\x01\xa1H", 4}, REFUSAL_MALFORMED, "not a msgpack array [version, kind, source, …]"},
    {{"\xdd\x80\x00\x00\x00\x01\xa1H", 8},
     REFUSAL_MALFORMED,
     "not a msgpack array [version, kind, source, …]"},
    {{"\x93\x02\xa1H\xa1s", 6}, REFUSAL_MALFORMED, "not schema version 1"},
    {{"\x93\xff\xa1H\xa1s", 6}, REFUSAL_MALFORMED, "not schema version 1"},
    {{"\x93\x01\xa1X\xa1s", 6}, REFUSAL_MALFORMED, "kind of message: not one of H, B, T"},
    {{"\x93\x01\xa2HH\xa1s", 7},
     REFUSAL_MALFORMED,
     "not a msgpack array [version, kind, source, …]"},
    {{"\x92\x01\xa1H", 4}, REFUSAL_MALFORMED, "not as many elements as this kind of message has"},
    {{"\x94\x01\xa1H\xa1s\x01", 7},
     REFUSAL_MALFORMED,
     "not as many elements as this kind of message has"},
    {{"\x93\x01\xa1H\xa0", 5}, REFUSAL_MISSING, "source: must be given"},
    {{"\x93\x01\xa1H\xc0", 5}, REFUSAL_MALFORMED, "source: not text"},
    {{"\x93\x01\xa1H\x07", 5}, REFUSAL_MALFORMED, "source: not text"},
    {{"\x93\x01\xa1H\xa2s", 6}, REFUSAL_MALFORMED, "source: not text"},
    {{"\x93\x01\xa1H\xa2\xd6\xd0", 7},
     REFUSAL_NOT_TEXT,
     "source: not valid UTF-8, or has control characters"},
    {{"\x93\x01\xa1H\xa2s\n", 7},
     REFUSAL_NOT_TEXT,
     "source: not valid UTF-8, or has control characters"},
    {{"\x93\x01\xa1H\xa1s\x00", 7}, REFUSAL_MALFORMED, "bytes behind the end of the message"},
    {{"\x94\x01\xa1T\xa1s\xc0", 7}, REFUSAL_BAD_TIME, "at: not milliseconds since 1970"},
    {{"\x94\x01\xa1T\xa1s\xd3\x80\x00\x00\x00\x00\x00\x00\x00", 15},
     REFUSAL_OUT_OF_RANGE,
     "at: outside what is possible"},
    {{"\x95\x01\xa1"
      "B\xa1s\x00\x90",
      8},
     REFUSAL_OUT_OF_RANGE,
     "first_seq: outside what is possible"},
    {{"\x95\x01\xa1"
      "B\xa1s\xff\x90",
      8},
     REFUSAL_BAD_NUMBER,
     "first_seq: not a whole number from 1"},
    {{"\x95\x01\xa1"
      "B\xa1s\xcf\xff\xff\xff\xff\xff\xff\xff\xff\x90",
      16},
     REFUSAL_OUT_OF_RANGE,
     "first_seq: outside what is possible"},
    {{"\x95\x01\xa1"
      "B\xa1s\x01\x01",
      8},
     REFUSAL_MALFORMED,
     "events: not an array of as many as it declares"},
    {{"\x95\x01\xa1"
      "B\xa1s\x01\x92\x90",
      9},
     REFUSAL_MALFORMED,
     "events: not an array of as many as it declares"},
    {{"\x95\x01\xa1"
      "B\xa1s\x01\xdd\x80\x00\x00\x00\x90",
      13},
     REFUSAL_MALFORMED,
     "events: not an array of as many as it declares"},
    {{"\x95\x01\xa1"
      "B\xa1s\x01\x90\x90",
      9},
     REFUSAL_MALFORMED,
     "bytes behind the end of the message"},
};

static void a_broken_message_is_refused_with_its_text(void)
{
    for (size_t i = 0; i < COUNT_OF(bad_messages); i++) {
        struct message message;
        const char *text = "";
        CHECK_EQ_INT(message_decode(bad_messages[i].bytes, &message, &text),
                     bad_messages[i].refusal);
        CHECK_EQ_STR(text, bad_messages[i].text);
    }
}

static void a_long_source_a_large_batch_and_a_large_message_are_refused(void)
{
    OWNED(bytes_clear) struct bytes bytes = {0};
    struct message message;
    const char *text = "";
    char source[65];
    memset(source, 's', sizeof source);
    CHECK_EQ_INT(encode_hello(&bytes, (struct slice){source, sizeof source}), 0);
    CHECK_EQ_INT(message_decode((struct slice){bytes.start, bytes.count}, &message, &text),
                 REFUSAL_TOO_LONG);
    CHECK_EQ_STR(text, "source: longer than 64 bytes");

    char *large = calloc(1, BATCH_BYTES_MAX + 1);
    CHECK(large != NULL);
    bytes.count = 0;
    int result =
        encode_batch(&bytes, SLICE("s"), 1, BATCH_EVENTS_MAX + 1, (struct slice){large, 5000});
    CHECK_EQ_INT(result, 0);
    enum refusal many = message_decode((struct slice){bytes.start, bytes.count}, &message, &text);
    enum refusal big = message_decode((struct slice){large, BATCH_BYTES_MAX + 1}, &message, &text);
    free(large);
    CHECK_EQ_INT(many, REFUSAL_TOO_LONG);
    CHECK_EQ_INT(big, REFUSAL_TOO_LONG);
    CHECK_EQ_STR(text, "message: more than 4 MiB");
}

struct bad_event {
    struct slice bytes;
    enum refusal refusal;
    const char *field;
    bool has_extent; /* what stands behind it can still be judged */
};

#define CASE_KIND                                                                                  \
    "\xa1"                                                                                         \
    "c"                                                                                            \
    "\xa6"                                                                                         \
    "accept"
#define HEAD(count) count CASE_KIND "\x00"
#define SEVEN_NILS  "\xc0\xc0\xc0\xc0\xc0\xc0\xc0"

static const struct bad_event bad_events[] = {
    {BYTES("\x93\xa1"
           "c\xa6"
           "accepz\x00"),
     REFUSAL_UNKNOWN_KIND, "kind", true},
    {BYTES("\x93\x01\xa6"
           "accept\x00"),
     REFUSAL_NOT_TEXT, "case", true},
    {BYTES("\x93\xc4\x01"
           "c\xa6"
           "accept\x00"),
     REFUSAL_NOT_TEXT, "case", true},
    {BYTES("\x93\xa1"
           "c\xc3\x00"),
     REFUSAL_NOT_TEXT, "kind", true},
    {BYTES("\x93" CASE_KIND "\xb3"
           "2025-01-20T10:00:00"),
     REFUSAL_NO_ZONE, "at", true},
    {BYTES("\x93" CASE_KIND "\xaa"
           "2025-01-20"),
     REFUSAL_DATE_ONLY, "at", true},
    {BYTES("\x93" CASE_KIND "\xa9"
           "yesterday"),
     REFUSAL_BAD_TIME, "at", true},
    {BYTES("\x93" CASE_KIND "\xb4"
           "2025-02-30T10:00:00Z"),
     REFUSAL_OUT_OF_RANGE, "at", true},
    {BYTES("\x93" CASE_KIND "\xd3\x80\x00\x00\x00\x00\x00\x00\x00"), REFUSAL_OUT_OF_RANGE, "at",
     true},
    {BYTES("\x93" CASE_KIND "\xd3\x7f\xff\xff\xff\xff\xff\xff\xff"), REFUSAL_OUT_OF_RANGE, "at",
     true},
    {BYTES("\x93" CASE_KIND "\xcf\xff\xff\xff\xff\xff\xff\xff\xff"), REFUSAL_OUT_OF_RANGE, "at",
     true},
    {BYTES("\x93" CASE_KIND "\xcb\x00\x00\x00\x00\x00\x00\x00\x00"), REFUSAL_BAD_TIME, "at", true},
    {BYTES("\x93" CASE_KIND "\xd7\xff\x00\x00\x00\x00\x00\x00\x00\x00"), REFUSAL_BAD_TIME, "at",
     true},
    {BYTES(HEAD("\x94") "\x05"), REFUSAL_NOT_TEXT, "item", true},
    {BYTES(HEAD("\x95") "\xc0\x91\xa1s"), REFUSAL_NOT_TEXT, "step", true},
    {BYTES(HEAD("\x9a") "\xc0\xc0\xc0\xc0\xc0\xc0\xc2"), REFUSAL_NOT_TEXT, "reason", true},
    {BYTES(HEAD("\x9b") SEVEN_NILS "\xa3"
                                   "now"),
     REFUSAL_BAD_TIME, "entered_at", true},
    {BYTES(HEAD("\x9c") SEVEN_NILS "\xc0\xff"), REFUSAL_OUT_OF_RANGE, "version", true},
    {BYTES(HEAD("\x9c") SEVEN_NILS "\xc0\xa1"
                                   "1"),
     REFUSAL_BAD_NUMBER, "version", true},
    {BYTES(HEAD("\x9c") SEVEN_NILS "\xc0\xcf\x00\x00\x00\x01\x00\x00\x00\x00"),
     REFUSAL_OUT_OF_RANGE, "version", true},
    {BYTES(HEAD("\x9d") SEVEN_NILS "\xc0\xc0\x90"), REFUSAL_MALFORMED, "more", true},
    {BYTES(HEAD("\x9d") SEVEN_NILS "\xc0\xc0\x81\x01\x02"), REFUSAL_MALFORMED, "more", true},
    {BYTES(HEAD("\x9d") SEVEN_NILS "\xc0\xc0\x81\xa3"
                                   "abc\x02"),
     REFUSAL_UNKNOWN_FIELD, "more", true},
    {BYTES(HEAD("\x9d") SEVEN_NILS "\xc0\xc0\x81\xa4"
                                   "term\x05"),
     REFUSAL_BAD_TERM, "term", true},
    {BYTES(HEAD("\x9d") SEVEN_NILS "\xc0\xc0\x81\xa4"
                                   "term\xa1"
                                   "5"),
     REFUSAL_BAD_TERM, "term", true},
    {BYTES(HEAD("\x9d") SEVEN_NILS "\xc0\xc0\x81\xa4"
                                   "term\xa6"
                                   "-5 day"),
     REFUSAL_BAD_TERM, "term", true},
    {BYTES(HEAD("\x9d") SEVEN_NILS "\xc0\xc0\x82\xa6"
                                   "rating\x01\xa6"
                                   "rating\x02"),
     REFUSAL_MALFORMED, "rating", true},
    {BYTES(HEAD("\x9d") SEVEN_NILS "\xc0\xc0\x81\xa6"
                                   "rating\x00"),
     REFUSAL_OUT_OF_RANGE, "rating", true},
    {BYTES(HEAD("\x9d") SEVEN_NILS "\xc0\xc0\x81\xa6"
                                   "rating\x06"),
     REFUSAL_OUT_OF_RANGE, "rating", true},
    {BYTES(HEAD("\x9d") SEVEN_NILS "\xc0\xc0\x81\xa6"
                                   "rating\xa1"
                                   "5"),
     REFUSAL_BAD_NUMBER, "rating", true},
    {BYTES(HEAD("\x9d") SEVEN_NILS "\xc0\xc0\x81\xa7"
                                   "fee_due\xff"),
     REFUSAL_OUT_OF_RANGE, "fee_due", true},
    {BYTES(HEAD("\x9d") SEVEN_NILS "\xc0\xc0\x81\xa8"
                                   "fee_paid\xc2"),
     REFUSAL_BAD_NUMBER, "fee_paid", true},
    {BYTES(HEAD("\x9d") SEVEN_NILS "\xc0\xc0\x81\xa5"
                                   "attrs\xa0"),
     REFUSAL_MALFORMED, "attrs", true},
    {BYTES(HEAD("\x9d") SEVEN_NILS "\xc0\xc0\x81\xa5"
                                   "attrs\x81\xa1"
                                   "a\x01"),
     REFUSAL_NOT_TEXT, "attrs", true},
    {BYTES(HEAD("\x9d") SEVEN_NILS "\xc0\xc0\x81\xa5"
                                   "attrs\x82\xa1"
                                   "a\xa0\xa1"
                                   "a\xa0"),
     REFUSAL_MALFORMED, "attrs", true},
    {BYTES(HEAD("\x9d") SEVEN_NILS "\xc0\xc0\x81\xa5"
                                   "attrs\x81\xa1"
                                   "a\xa1\n"),
     REFUSAL_NOT_TEXT, "attrs", true},
    {BYTES(HEAD("\x9d") SEVEN_NILS "\xc0\xc0\x81\xa5"
                                   "attrs\xdf\x80\x00\x00\x00"),
     REFUSAL_MALFORMED, "event", false},
    {BYTES(HEAD("\x9e") SEVEN_NILS "\xc0\xc0\xc0\xc0"), REFUSAL_UNKNOWN_FIELD, "event", true},
    {BYTES("\x83\x01\x02\x03\x04\x05\x06"), REFUSAL_MALFORMED, "event", true},
    {BYTES("\xc0"), REFUSAL_MALFORMED, "event", true},
    {BYTES("\xa1x"), REFUSAL_MALFORMED, "event", true},
    {BYTES("\xc1"), REFUSAL_MALFORMED, "event", false},
    {BYTES("\xdd\x80\x00\x00\x00"), REFUSAL_MALFORMED, "event", false},
    {BYTES("\x93\xa1"
           "c\xa6"
           "acc"),
     REFUSAL_MALFORMED, "event", false},
    {BYTES("\x94" CASE_KIND "\x00\xdb\xff\xff\xff\xff"), REFUSAL_MALFORMED, "event", false},
};

static void a_broken_event_is_refused_with_its_field(void)
{
    for (size_t i = 0; i < COUNT_OF(bad_events); i++) {
        struct slice left = bad_events[i].bytes;
        struct event event;
        struct slice extent;
        const char *field = "";
        CHECK_EQ_INT(event_next(&left, room, &event, &extent, &field), bad_events[i].refusal);
        CHECK_EQ_STR(field, bad_events[i].field);
        CHECK_EQ_INT(extent.count, bad_events[i].has_extent ? bad_events[i].bytes.count : 0);
        CHECK_EQ_INT(left.count, bad_events[i].has_extent ? 0 : bad_events[i].bytes.count);
    }
}

/* Every beginning of a good event is refused, and nothing is read behind it (ASan looks on). */
static void a_cut_event_is_refused_at_every_length(void)
{
    OWNED(bytes_clear) struct bytes bytes = {0};
    struct event event = plain_event();
    event.item = SLICE("a longer text than thirty-one bytes, so that its length has a byte");
    event.attrs = SLICE("{\"a\":\"b\"}");
    event.version = 70000;
    CHECK_EQ_INT(encode_event(&bytes, &event), 0);
    for (size_t count = 0; count < bytes.count; count++) {
        char *cut = malloc(count + 1);
        CHECK(cut != NULL);
        memcpy(cut, bytes.start, count);
        cut = realloc(cut, count == 0 ? 1 : count);
        struct slice left = {cut, count};
        struct event back;
        struct slice extent;
        const char *field = "";
        enum refusal refusal = event_next(&left, room, &back, &extent, &field);
        free(cut);
        CHECK_EQ_INT(refusal, REFUSAL_MALFORMED);
        CHECK(slice_is_empty(extent));
    }
}

static void a_refused_event_does_not_take_the_next_one_with_it(void)
{
    struct slice left = BYTES("\x93\x01\xa6"
                              "accept\x00" HEAD("\x93"));
    struct event event;
    struct slice extent;
    const char *field = "";
    CHECK_EQ_INT(event_next(&left, room, &event, &extent, &field), REFUSAL_NOT_TEXT);
    CHECK_EQ_INT(event_next(&left, room, &event, &extent, &field), REFUSAL_NONE);
    CHECK_EQ_SLICE(event.case_no, "c");
    CHECK_EQ_INT(left.count, 0);
}

static void a_field_of_64_kib_makes_the_event_too_long(void)
{
    OWNED(bytes_clear) struct bytes bytes = {0};
    char *text = malloc(EVENT_BYTES_MAX);
    CHECK(text != NULL);
    memset(text, 'x', EVENT_BYTES_MAX);
    struct event event = plain_event();
    event.reason = (struct slice){text, EVENT_BYTES_MAX};
    int result = encode_event(&bytes, &event);
    free(text);
    CHECK_EQ_INT(result, 0);
    struct slice left = {bytes.start, bytes.count};
    struct event back;
    struct slice extent;
    const char *field = "";
    CHECK_EQ_INT(event_next(&left, room, &back, &extent, &field), REFUSAL_TOO_LONG);
    CHECK_EQ_STR(field, "event");
    CHECK_EQ_INT(extent.count, bytes.count);
}

/* A million arrays, each in the one before: stepped over in one pass, without recursion. */
static void deep_nesting_is_stepped_over(void)
{
    enum { DEPTH = 1000000 };
    char *deep = malloc(DEPTH + 1);
    CHECK(deep != NULL);
    memset(deep, 0x91, DEPTH);
    deep[DEPTH] = (char)0xc0;
    struct slice left = {deep, DEPTH + 1};
    struct event event;
    struct slice extent;
    const char *field = "";
    enum refusal refusal = event_next(&left, room, &event, &extent, &field);
    struct slice cut = {deep, DEPTH};
    enum refusal of_cut = event_next(&cut, room, &event, &extent, &field);
    free(deep);
    CHECK_EQ_INT(refusal, REFUSAL_NOT_TEXT);
    CHECK_EQ_INT(left.count, 0);
    CHECK_EQ_INT(of_cut, REFUSAL_MALFORMED);
    CHECK(slice_is_empty(extent));
}

static void attrs_are_canonical(void)
{
    struct slice left = BYTES(HEAD("\x9d") SEVEN_NILS "\xc0\xc0\x81\xa5"
                                                      "attrs\x83\xa1"
                                                      "b\xa1\"\xa2"
                                                      "aa\xa0\xa1"
                                                      "a\xa1\\");
    struct event event;
    struct slice extent;
    const char *field = "";
    CHECK_EQ_INT(event_next(&left, room, &event, &extent, &field), REFUSAL_NONE);
    CHECK_EQ_SLICE(event.attrs, "{\"a\":\"\\\\\",\"aa\":\"\",\"b\":\"\\\"\"}");
    OWNED(bytes_clear) struct bytes bytes = {0};
    event.attrs = SLICE("{\"not canonical\" : \"x\"}");
    CHECK_EQ_INT(encode_event(&bytes, &event), -EINVAL);
    CHECK_EQ_INT(bytes.count, 0);
}

static void answers_come_back(void)
{
    OWNED(bytes_clear) struct bytes bytes = {0};
    const struct refused refused[] = {{7, REFUSAL_UNKNOWN_KIND, "kind"},
                                      {UINT64_MAX, REFUSAL_CONFLICT, ""}};
    struct answer answer;
    struct slice rest;
    struct refused_text one;
    CHECK_EQ_INT(encode_ack(&bytes, SLICE("hall"), 9, 1000, refused, 2), 0);
    CHECK_EQ_INT(answer_decode((struct slice){bytes.start, bytes.count}, &answer, &rest, &one), 0);
    CHECK(!answer.is_error);
    CHECK_EQ_SLICE(answer.source, "hall");
    CHECK_EQ_INT(answer.committed, 9);
    CHECK_EQ_INT(answer.credit, 1000);
    CHECK_EQ_INT(answer.refused_count, 2);
    CHECK(refused_next(&rest, &one));
    CHECK_EQ_INT(one.seq, 7);
    CHECK_EQ_SLICE(one.code, "unknown_kind");
    CHECK_EQ_SLICE(one.field, "kind");
    CHECK_EQ_SLICE(one.text, "kind: no such kind of event");
    CHECK(refused_next(&rest, &one));
    CHECK(one.seq == UINT64_MAX);
    CHECK_EQ_SLICE(one.text, "this number was used before with another content");
    CHECK(!refused_next(&rest, &one));
    for (size_t count = 0; count < bytes.count; count++)
        CHECK_EQ_INT(answer_decode((struct slice){bytes.start, count}, &answer, &rest, &one),
                     REFUSAL_MALFORMED);

    bytes.count = 0;
    CHECK_EQ_INT(encode_error(&bytes, REFUSAL_TOO_LONG, SLICE("events: more than 4096")), 0);
    CHECK_EQ_INT(answer_decode((struct slice){bytes.start, bytes.count}, &answer, &rest, &one), 0);
    CHECK(answer.is_error);
    CHECK_EQ_SLICE(one.code, "too_long");
    CHECK_EQ_SLICE(one.text, "events: more than 4096");
}

CHECK_MAIN("unit/intake", TEST(hello_tick_and_batch_come_back),
           TEST(a_broken_message_is_refused_with_its_text),
           TEST(a_long_source_a_large_batch_and_a_large_message_are_refused),
           TEST(a_broken_event_is_refused_with_its_field),
           TEST(a_cut_event_is_refused_at_every_length),
           TEST(a_refused_event_does_not_take_the_next_one_with_it),
           TEST(a_field_of_64_kib_makes_the_event_too_long), TEST(deep_nesting_is_stepped_over),
           TEST(attrs_are_canonical), TEST(answers_come_back))
