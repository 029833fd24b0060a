/* Can a line of JSON hurt whoever reads it, is what was taken written as JSON again, and do the
 * quick way and jansson's take the same? */
#include "engine/wire/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static int32_t eight_hours(void *ctx, struct instant local)
{
    (void)ctx;
    (void)local;
    return 8 * 3600;
}

static enum refusal read_line(struct event_reader *reader, struct slice line, struct event *event)
{
    static const struct local_zone zone = {.offset_s = eight_hours};
    struct slice source;
    uint64_t seq = 0;
    struct text_refusal refused = {.refusal = REFUSAL_NONE};
    enum refusal refusal = event_from_json(reader, line, &zone, event, &source, &seq, &refused);
    assert(refusal == refused.refusal);
    assert(refusal == REFUSAL_NONE || (refused.en[0] != '\0' && refused.zh[0] != '\0'));
    return refusal;
}

/* A blank line before it makes the quick way give up and changes nothing else: both ways agree. */
static void read_the_slow_way(struct slice line, const struct event *event)
{
    OWNED(event_reader_destroy) struct event_reader *reader = event_reader_create();
    OWNED(bytes_clear) struct bytes bytes = {0};
    OWNED(bytes_clear) struct bytes is = {0};
    OWNED(bytes_clear) struct bytes should = {0};
    struct event back;
    assert(reader != NULL);
    if (line.count == EVENT_BYTES_MAX)
        return;
    int result = bytes_append(&bytes, SLICE("\n"));
    assert(result == 0);
    result = bytes_append(&bytes, line);
    assert(result == 0);
    enum refusal refusal = read_line(reader, (struct slice){bytes.start, bytes.count}, &back);
    assert(refusal == REFUSAL_NONE);
    result = event_to_json(&is, &back);
    assert(result == 0);
    result = event_to_json(&should, event);
    assert(result == 0);
    assert(slice_is_equal((struct slice){is.start, is.count},
                          (struct slice){should.start, should.count}));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    OWNED(event_reader_destroy) struct event_reader *reader = event_reader_create();
    OWNED(event_reader_destroy) struct event_reader *second = event_reader_create();
    OWNED(bytes_clear) struct bytes line = {0};
    struct event event;
    struct event back;
    assert(reader != NULL);
    assert(second != NULL);
    if (read_line(reader, (struct slice){(const char *)bytes, count}, &event) != REFUSAL_NONE)
        return 0;
    read_the_slow_way((struct slice){(const char *)bytes, count}, &event);
    int result = event_to_json(&line, &event);
    assert(result == 0);
    enum refusal refusal = read_line(second, (struct slice){line.start, line.count}, &back);
    assert(refusal == REFUSAL_NONE);
    assert(slice_is_equal(back.case_no, event.case_no));
    assert(slice_is_equal(back.reason, event.reason));
    assert(slice_is_equal(back.attrs, event.attrs));
    assert(back.at.ms == event.at.ms);
    assert(back.fee_due == event.fee_due);
    return 0;
}
