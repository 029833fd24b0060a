/* encode.c - structs to msgpack, by msgpack-c. An encoding that fails half-way leaves the bytes as
 * long as they were.
 */
#include "engine/wire/attrs.h"
#include "engine/wire/text.h"

#include <errno.h>
#include <msgpack.h>
#include <stdio.h>

/* The bytes under way; the first failure stays, and msgpack-c's own results need not be asked. */
struct encoder {
    struct bytes *bytes;
    size_t count_before;
    int result;
    msgpack_packer packer;
};

static int append(void *place, const char *start, size_t count)
{
    struct encoder *encoder = place;
    if (encoder->result == 0)
        encoder->result = bytes_append(encoder->bytes, (struct slice){start, count});
    return encoder->result;
}

static void begin(struct encoder *encoder, struct bytes *bytes)
{
    *encoder = (struct encoder){.bytes = bytes, .count_before = bytes->count};
    msgpack_packer_init(&encoder->packer, encoder, append);
}

static int end(struct encoder *encoder)
{
    if (encoder->result != 0)
        encoder->bytes->count = encoder->count_before;
    return encoder->result;
}

static void put_text(struct encoder *encoder, struct slice text)
{
    (void)msgpack_pack_str_with_body(&encoder->packer, text.count == 0 ? "" : text.start,
                                     text.count);
}

static void put_text_or_nil(struct encoder *encoder, struct slice text)
{
    if (slice_is_empty(text))
        (void)msgpack_pack_nil(&encoder->packer);
    else
        put_text(encoder, text);
}

static void put_instant_or_nil(struct encoder *encoder, struct instant at)
{
    if (instant_is_set(at))
        (void)msgpack_pack_int64(&encoder->packer, at.ms);
    else
        (void)msgpack_pack_nil(&encoder->packer);
}

/* [1, kind, source, …] of count elements. */
static void put_head(struct encoder *encoder, size_t count, const char *kind, struct slice source)
{
    (void)msgpack_pack_array(&encoder->packer, count);
    (void)msgpack_pack_int(&encoder->packer, WIRE_VERSION);
    put_text(encoder, slice_of(kind));
    put_text(encoder, source);
}

int encode_hello(struct bytes *bytes, struct slice source)
{
    struct encoder encoder;
    begin(&encoder, bytes);
    put_head(&encoder, 3, "H", source);
    return end(&encoder);
}

int encode_tick(struct bytes *bytes, struct slice source, struct instant at)
{
    struct encoder encoder;
    begin(&encoder, bytes);
    put_head(&encoder, 4, "T", source);
    (void)msgpack_pack_int64(&encoder.packer, at.ms);
    return end(&encoder);
}

static void put_term(struct encoder *encoder, const char *name, struct term term)
{
    char text[TERM_TEXT_BYTES];
    if (!term_is_set(term))
        return;
    put_text(encoder, slice_of(name));
    put_text(encoder, slice_of(term_format(term, text)));
}

static void put_fee(struct encoder *encoder, const char *name, int64_t fee)
{
    if (fee == EVENT_FEE_NONE)
        return;
    put_text(encoder, slice_of(name));
    (void)msgpack_pack_int64(&encoder->packer, fee);
}

static void put_attrs(struct encoder *encoder, struct slice text)
{
    char room[EVENT_ATTRS_BYTES_MAX];
    struct attr attrs[ATTRS_MAX];
    size_t count = 0;
    if (!attrs_read(text, room, attrs, &count)) {
        encoder->result = -EINVAL;
        return;
    }
    put_text(encoder, SLICE("attrs"));
    (void)msgpack_pack_map(&encoder->packer, count);
    for (size_t i = 0; i < count; i++) {
        put_text(encoder, attrs[i].name);
        put_text(encoder, attrs[i].value);
    }
}

static unsigned more_count(const struct event *event)
{
    return (unsigned)term_is_set(event->term) + term_is_set(event->limit) +
           instant_is_set(event->due_at) + !slice_is_empty(event->parent) +
           !slice_is_empty(event->card) + (event->fee_due != EVENT_FEE_NONE) +
           (event->fee_paid != EVENT_FEE_NONE) + (event->rating != 0) +
           !slice_is_empty(event->attrs);
}

static void put_more(struct encoder *encoder, const struct event *event)
{
    (void)msgpack_pack_map(&encoder->packer, more_count(event));
    put_term(encoder, "term", event->term);
    put_term(encoder, "limit", event->limit);
    if (instant_is_set(event->due_at)) {
        put_text(encoder, SLICE("due_at"));
        (void)msgpack_pack_int64(&encoder->packer, event->due_at.ms);
    }
    if (!slice_is_empty(event->parent)) {
        put_text(encoder, SLICE("parent"));
        put_text(encoder, event->parent);
    }
    if (!slice_is_empty(event->card)) {
        put_text(encoder, SLICE("card"));
        put_text(encoder, event->card);
    }
    put_fee(encoder, "fee_due", event->fee_due);
    put_fee(encoder, "fee_paid", event->fee_paid);
    if (event->rating != 0) {
        put_text(encoder, SLICE("rating"));
        (void)msgpack_pack_int(&encoder->packer, event->rating);
    }
    if (!slice_is_empty(event->attrs))
        put_attrs(encoder, event->attrs);
}

int encode_event(struct bytes *bytes, const struct event *event)
{
    const struct slice texts[] = {event->item,    event->step,   event->org,   event->area,
                                  event->handler, event->result, event->reason};
    bool has_more = more_count(event) > 0;
    bool has_version = event->version != 0;
    bool has_entered = instant_is_set(event->entered_at);
    size_t last_text = COUNT_OF(texts);
    while (last_text > 0 && slice_is_empty(texts[last_text - 1]))
        last_text--;
    /* Elements behind the last that is given are left out. */
    size_t count = has_more ? 13 : has_version ? 12 : has_entered ? 11 : 3 + last_text;

    struct encoder encoder;
    begin(&encoder, bytes);
    (void)msgpack_pack_array(&encoder.packer, count);
    put_text(&encoder, event->case_no);
    put_text(&encoder, slice_of(event_kind_name[event->kind]));
    put_instant_or_nil(&encoder, event->at);
    for (size_t i = 0; i < COUNT_OF(texts) && i + 3 < count; i++)
        put_text_or_nil(&encoder, texts[i]);
    if (count > 10)
        put_instant_or_nil(&encoder, event->entered_at);
    if (count > 11)
        (void)msgpack_pack_uint32(&encoder.packer, event->version);
    if (count > 12)
        put_more(&encoder, event);
    return end(&encoder);
}

int encode_batch(struct bytes *bytes, struct slice source, uint64_t first_seq, uint32_t event_count,
                 struct slice events)
{
    struct encoder encoder;
    begin(&encoder, bytes);
    put_head(&encoder, 5, "B", source);
    (void)msgpack_pack_uint64(&encoder.packer, first_seq);
    (void)msgpack_pack_array(&encoder.packer, event_count);
    (void)append(&encoder, events.start, events.count);
    return end(&encoder);
}

static void put_refused(struct encoder *encoder, const struct refused *refused)
{
    char text[256];
    const char *field = refused->field == NULL ? "" : refused->field;
    (void)snprintf(text, sizeof text, "%s%s%s", field, field[0] == '\0' ? "" : ": ",
                   refusal_en[refused->refusal]);
    (void)msgpack_pack_array(&encoder->packer, 4);
    (void)msgpack_pack_uint64(&encoder->packer, refused->seq);
    put_text(encoder, slice_of(refusal_name[refused->refusal]));
    put_text(encoder, slice_of(field));
    put_text(encoder, slice_of(text));
}

int encode_ack(struct bytes *bytes, struct slice source, uint64_t committed, uint32_t credit,
               const struct refused *refused, uint32_t refused_count)
{
    struct encoder encoder;
    begin(&encoder, bytes);
    put_head(&encoder, 6, "A", source);
    (void)msgpack_pack_uint64(&encoder.packer, committed);
    (void)msgpack_pack_uint32(&encoder.packer, credit);
    (void)msgpack_pack_array(&encoder.packer, refused_count);
    for (uint32_t i = 0; i < refused_count; i++)
        put_refused(&encoder, &refused[i]);
    return end(&encoder);
}

int encode_error(struct bytes *bytes, enum refusal refusal, struct slice text)
{
    struct encoder encoder;
    begin(&encoder, bytes);
    (void)msgpack_pack_array(&encoder.packer, 4);
    (void)msgpack_pack_int(&encoder.packer, WIRE_VERSION);
    put_text(&encoder, SLICE("E"));
    put_text(&encoder, slice_of(refusal_name[refusal]));
    put_text(&encoder, text);
    return end(&encoder);
}
