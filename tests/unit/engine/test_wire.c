/* Does every event survive every form: msgpack, JSON, CSV, and back, byte for byte?
 *
 * Events are made at random from a seed. With --decode the program reads one batch message on
 * standard input and prints its events as JSON lines, refused ones as "refused <code> <field>":
 * that is how tests/oracle/test_wire.py holds it against an encoder that is not ours.
 */
#include "engine/wire/text.h"
#include "tests/lib/check.h"

#include <csv.h>
#include <stdlib.h>

enum { ROUNDS = 20000 };

static uint64_t random_state = 20250120;

static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (uint32_t)((random_state * UINT64_C(0x2545F4914F6CDD1D)) >> 33) % limit;
}

/* Room for the texts of one random event. */
static char pool[8192];
static size_t pool_count;

/* Text of at most `bytes` bytes, of the pieces that are hard on quoting and escaping. */
static struct slice random_text(size_t bytes, bool with_lines)
{
    static const char *const pieces[] = {"a", "Z", "0",        " ", "\"",   "\\", "'",    ",",
                                         ";", "{", "}",        "[", ":",    "/",  "杭州", "é",
                                         "😀", "=", "\xc2\xa0", "%", "null", "\n", "\n"};
    struct slice text = {.start = pool + pool_count, .count = 0};
    uint32_t wanted = random_below(24);
    for (uint32_t i = 0; i < wanted; i++) {
        uint32_t which = random_below((uint32_t)COUNT_OF(pieces) - (with_lines ? 0 : 2));
        size_t count = strlen(pieces[which]);
        if (text.count + count > bytes)
            break;
        assert(pool_count + count <= sizeof pool);
        memcpy(pool + pool_count, pieces[which], count);
        pool_count += count;
        text.count += count;
    }
    return text;
}

static struct slice maybe_text(size_t bytes)
{
    return random_below(2) == 0 ? (struct slice){.count = 0} : random_text(bytes, false);
}

static struct instant random_instant(void)
{
    int64_t at = INSTANT_FIRST_MS + (int64_t)random_below(UINT32_MAX) * 2204;
    return (struct instant){.ms = at + random_below(1000)};
}

static struct instant maybe_instant(void)
{
    return random_below(3) == 0 ? random_instant() : INSTANT_NONE;
}

static struct term maybe_term(int32_t least)
{
    if (random_below(3) != 0)
        return (struct term){.n = 0};
    return (struct term){.n = least + (int32_t)random_below(TERM_MAX),
                         .unit = (enum unit)(1 + random_below(UNIT_COUNT - 1))};
}

static int64_t maybe_fee(void)
{
    return random_below(3) == 0 ? (int64_t)random_below(UINT32_MAX) * 1000 : EVENT_FEE_NONE;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Canonical attributes, made another way than the product makes them. */
static struct slice random_attrs(struct bytes *bytes)
{
    char names[5][4];
    uint32_t count = random_below(6);
    bytes->count = 0;
    for (uint32_t i = 0; i < count; i++) {
        memcpy(names[i], "x_0", 4);
        names[i][0] = (char)('a' + random_below(26));
        names[i][2] = (char)('0' + i);
    }
    qsort(names, count, sizeof names[0], by_name);
    for (uint32_t i = 0; i < count; i++) {
        CHECK_EQ_INT(bytes_printf(bytes, "%s\"%s\":", i == 0 ? "{" : ",", names[i]), 0);
        CHECK_EQ_INT(json_text(bytes, random_text(20, false)), 0);
    }
    CHECK_EQ_INT(bytes_append(bytes, count == 0 ? SLICE("") : SLICE("}")), 0);
    return (struct slice){bytes->start, bytes->count};
}

static struct event random_event(struct bytes *attrs)
{
    pool_count = 0;
    struct event event = {.kind = (enum event_kind)(1 + random_below(EVENT_KIND_COUNT - 1)),
                          .at = random_instant(),
                          .entered_at = maybe_instant(),
                          .item = maybe_text(EVENT_CODE_BYTES_MAX),
                          .step = maybe_text(EVENT_CODE_BYTES_MAX),
                          .org = maybe_text(EVENT_CODE_BYTES_MAX),
                          .area = maybe_text(EVENT_CODE_BYTES_MAX),
                          .handler = maybe_text(EVENT_CODE_BYTES_MAX),
                          .result = maybe_text(EVENT_CODE_BYTES_MAX),
                          .reason = random_text(EVENT_REASON_BYTES_MAX, true),
                          .term = maybe_term(0),
                          .limit = maybe_term(1),
                          .due_at = maybe_instant(),
                          .parent = maybe_text(EVENT_CASE_BYTES_MAX),
                          .card = maybe_text(EVENT_CARD_BYTES_MAX),
                          .fee_due = maybe_fee(),
                          .fee_paid = maybe_fee(),
                          .rating = (int32_t)random_below(6),
                          .attrs = random_attrs(attrs),
                          .version = random_below(2) * random_below(UINT32_MAX)};
    while (slice_is_empty(event.case_no))
        event.case_no = random_text(EVENT_CASE_BYTES_MAX, false);
    if (slice_is_equal(event.parent, event.case_no))
        event.parent = SLICE("another");
    if (slice_is_empty(event.step))
        event.step = SLICE("review"); /* wanted by some kinds … */
    if (slice_is_empty(event.card))
        event.card = SLICE("red of one"); /* … and so are these */
    if (slice_is_empty(event.handler))
        event.handler = SLICE("Li");
    if (slice_is_empty(event.reason))
        event.reason = SLICE("seen");
    return event;
}

static void check_texts(const struct event *is, const struct event *should)
{
    CHECK(slice_is_equal(is->case_no, should->case_no));
    CHECK(slice_is_equal(is->item, should->item));
    CHECK(slice_is_equal(is->step, should->step));
    CHECK(slice_is_equal(is->org, should->org));
    CHECK(slice_is_equal(is->area, should->area));
    CHECK(slice_is_equal(is->handler, should->handler));
    CHECK(slice_is_equal(is->result, should->result));
    CHECK(slice_is_equal(is->reason, should->reason));
    CHECK(slice_is_equal(is->parent, should->parent));
    CHECK(slice_is_equal(is->card, should->card));
    CHECK(slice_is_equal(is->attrs, should->attrs));
}

static void check_same(const struct event *is, const struct event *should)
{
    check_texts(is, should);
    CHECK(is->kind == should->kind);
    CHECK(is->at.ms == should->at.ms);
    CHECK(is->entered_at.ms == should->entered_at.ms);
    CHECK(is->due_at.ms == should->due_at.ms);
    CHECK(is->term.n == should->term.n);
    CHECK(is->term.unit == should->term.unit);
    CHECK(is->limit.n == should->limit.n);
    CHECK(is->limit.unit == should->limit.unit);
    CHECK(is->fee_due == should->fee_due);
    CHECK(is->fee_paid == should->fee_paid);
    CHECK(is->rating == should->rating);
    CHECK(is->version == should->version);
}

static void msgpack_and_back(void)
{
    static char room[EVENT_ATTRS_BYTES_MAX];
    OWNED(bytes_clear) struct bytes attrs = {0};
    OWNED(bytes_clear) struct bytes bytes = {0};
    OWNED(bytes_clear) struct bytes again = {0};
    for (int round = 0; round < ROUNDS; round++) {
        struct event event = random_event(&attrs);
        struct event back;
        struct slice extent;
        const char *field = "";
        bytes.count = 0;
        again.count = 0;
        CHECK_EQ_INT(encode_event(&bytes, &event), 0);
        struct slice left = {bytes.start, bytes.count};
        CHECK_EQ_INT(event_next(&left, room, &back, &extent, &field), REFUSAL_NONE);
        CHECK_EQ_INT(event_check(&back, INSTANT_NONE, &field), REFUSAL_NONE);
        CHECK_EQ_INT(left.count, 0);
        check_same(&back, &event);
        CHECK_EQ_INT(encode_event(&again, &back), 0);
        CHECK_EQ_INT(again.count, bytes.count);
        CHECK_EQ_MEM(again.start, bytes.start, bytes.count);
    }
}

static void json_and_back(void)
{
    OWNED(event_reader_destroy) struct event_reader *reader = event_reader_create();
    OWNED(bytes_clear) struct bytes attrs = {0};
    OWNED(bytes_clear) struct bytes bytes = {0};
    CHECK(reader != NULL);
    for (int round = 0; round < ROUNDS; round++) {
        struct event event = random_event(&attrs);
        struct event back;
        struct slice source;
        uint64_t seq = 0;
        struct text_refusal refused;
        bytes.count = 0;
        CHECK_EQ_INT(event_to_json(&bytes, &event), 0);
        CHECK_EQ_INT(event_from_json(reader, (struct slice){bytes.start, bytes.count}, NULL, &back,
                                     &source, &seq, &refused),
                     REFUSAL_NONE);
        check_same(&back, &event);
    }
}

/* The cells of one row, as libcsv hands them out. */
struct row {
    struct slice cells[32];
    size_t count;
    struct bytes text;
    size_t ends[32];
    bool is_whole;
};

static void take_cell(void *cell, size_t count, void *place)
{
    struct row *row = place;
    CHECK(row->count < COUNT_OF(row->ends));
    CHECK_EQ_INT(bytes_append(&row->text, (struct slice){cell, count}), 0);
    row->ends[row->count++] = row->text.count;
}

static void take_end(int end, void *place)
{
    struct row *row = place;
    (void)end;
    row->is_whole = true;
}

static void read_row(struct row *row, struct slice line)
{
    struct csv_parser parser;
    row->count = 0;
    row->text.count = 0;
    row->is_whole = false;
    CHECK_EQ_INT(csv_init(&parser, CSV_STRICT), 0);
    CHECK_EQ_INT(csv_parse(&parser, line.start, line.count, take_cell, take_end, row), line.count);
    csv_free(&parser);
    size_t start = 0;
    for (size_t i = 0; i < row->count; i++) {
        row->cells[i] = (struct slice){row->text.start + start, row->ends[i] - start};
        start = row->ends[i];
    }
}

static void csv_and_back(void)
{
    OWNED(event_reader_destroy) struct event_reader *reader = event_reader_create();
    OWNED(bytes_clear) struct bytes attrs = {0};
    OWNED(bytes_clear) struct bytes bytes = {0};
    static struct row head; /* static: bytes and all outlive a failed check */
    static struct row row;
    CHECK(reader != NULL);
    read_row(&head, slice_of(event_csv_header));
    CHECK(head.is_whole);
    for (int round = 0; round < ROUNDS; round++) {
        struct event event = random_event(&attrs);
        struct event back;
        struct text_refusal refused;
        bytes.count = 0;
        CHECK_EQ_INT(event_to_csv(&bytes, &event), 0);
        read_row(&row, (struct slice){bytes.start, bytes.count});
        CHECK(row.is_whole);
        CHECK_EQ_INT(row.count, head.count);
        CHECK_EQ_INT(event_from_columns(reader, head.cells, row.cells, row.count, false, NULL,
                                        &back, &refused),
                     REFUSAL_NONE);
        check_same(&back, &event);
    }
    bytes_clear(&head.text);
    bytes_clear(&row.text);
}

static int decode(void)
{
    static char message_bytes[BATCH_BYTES_MAX];
    static char room[EVENT_ATTRS_BYTES_MAX];
    OWNED(bytes_clear) struct bytes line = {0};
    size_t count = fread(message_bytes, 1, sizeof message_bytes, stdin);
    struct message message;
    const char *text = "";
    enum refusal refusal = message_decode((struct slice){message_bytes, count}, &message, &text);
    if (refusal != REFUSAL_NONE) {
        printf("refused %s %s\n", refusal_name[refusal], text);
        return 1;
    }
    for (uint32_t i = 0; i < message.event_count; i++) {
        struct event event;
        struct slice extent;
        refusal = event_next(&message.events, room, &event, &extent, &text);
        if (refusal == REFUSAL_NONE)
            refusal = event_check(&event, INSTANT_NONE, &text);
        line.count = 0;
        if (refusal != REFUSAL_NONE)
            printf("refused %s %s\n", refusal_name[refusal], text);
        else if (event_to_json(&line, &event) == 0)
            printf("%.*s\n", (int)line.count, line.start);
        if (refusal != REFUSAL_NONE && slice_is_empty(extent))
            return 1;
    }
    return message.events.count != 0;
}

int main(int argc, char **argv)
{
    static const struct check_test tests[] = {TEST(msgpack_and_back), TEST(json_and_back),
                                              TEST(csv_and_back)};
    if (argc > 1 && strcmp(argv[1], "--decode") == 0)
        return decode();
    return check_run("unit/wire", tests, COUNT_OF(tests), argc > 1 ? argv[1] : NULL);
}
