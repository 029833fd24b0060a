/* Can bytes from a collector, or from an engine, hurt whoever decodes them? */
#include "engine/wire/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

/* What was taken is encoded and taken again: it must be the same event. */
static void take_again(const struct event *event)
{
    static char room[EVENT_ATTRS_BYTES_MAX];
    OWNED(bytes_clear) struct bytes bytes = {0};
    const char *field = "";
    if (event->kind == EVENT_NONE) /* not given: event_check's matter, and never encoded */
        return;
    int result = encode_event(&bytes, event);
    assert(result == 0);
    struct slice left = {bytes.start, bytes.count};
    struct event back;
    struct slice extent;
    enum refusal refusal = event_next(&left, room, &back, &extent, &field);
    assert(refusal == REFUSAL_NONE);
    assert(left.count == 0);
    assert(slice_is_equal(back.case_no, event->case_no));
    assert(slice_is_equal(back.attrs, event->attrs));
    assert(back.at.ms == event->at.ms);
    assert(back.term.n == event->term.n);
    assert(back.version == event->version);
}

static void take_events(struct slice left)
{
    static char room[EVENT_ATTRS_BYTES_MAX];
    while (left.count > 0) {
        struct event event;
        struct slice extent;
        const char *field = NULL;
        size_t before = left.count;
        enum refusal refusal = event_next(&left, room, &event, &extent, &field);
        assert(refusal == REFUSAL_NONE || field != NULL);
        assert(left.count + extent.count == before);
        if (refusal == REFUSAL_NONE) {
            (void)event_check(&event, (struct instant){.ms = 1737338400000}, &field);
            take_again(&event);
        }
        if (slice_is_empty(extent))
            return;
    }
}

static void take_answer(struct slice bytes)
{
    struct answer answer;
    struct slice refused;
    struct refused_text one;
    if (answer_decode(bytes, &answer, &refused, &one) != REFUSAL_NONE)
        return;
    uint32_t count = 0;
    while (refused_next(&refused, &one))
        count++;
    assert(count == answer.refused_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct slice input = {(const char *)bytes, count};
    struct message message;
    const char *text = NULL;
    enum refusal refusal = message_decode(input, &message, &text);
    assert(refusal == REFUSAL_NONE || text != NULL);
    if (refusal == REFUSAL_NONE && message.kind == MESSAGE_BATCH)
        take_events(message.events);
    take_events(input);
    take_answer(input);
    return 0;
}
