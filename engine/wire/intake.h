/* intake.h - the messages between collectors and the engine: msgpack bytes ↔ structs.
 *
 * Layer: wire. The page that tells the form in words is engine/wire/README.md. Decoding walks the
 * bytes with a bounded cursor of its own and allocates nothing: every declared length is held
 * against what is really there (msgpack-c 4.0 believes it). Encoding uses msgpack-c.
 */
#ifndef WIRE_INTAKE_H
#define WIRE_INTAKE_H

#include "engine/model/event.h"

enum {
    WIRE_VERSION = 1,
    BATCH_EVENTS_MAX = 4096,
    BATCH_BYTES_MAX = 4 * 1024 * 1024,
    EVENT_BYTES_MAX = 64 * 1024,
};

enum message_kind { MESSAGE_HELLO, MESSAGE_BATCH, MESSAGE_TICK };

/* One message from a collector. Borrows from the bytes that were decoded. */
struct message {
    enum message_kind kind;
    struct slice source;
    uint64_t first_seq;   /* MESSAGE_BATCH: at least 1 */
    uint32_t event_count; /* MESSAGE_BATCH: 0 to BATCH_EVENTS_MAX, as declared */
    struct slice events;  /* MESSAGE_BATCH: the bytes of the events, for event_next */
    struct instant at;    /* MESSAGE_TICK */
};

/* message_decode - the frame around the events; the events themselves are not looked into.
 *
 * text_out: static English text that says what is wrong; touched only when refused.
 * Returns:  REFUSAL_NONE; REFUSAL_MALFORMED, REFUSAL_TOO_LONG, REFUSAL_MISSING, …
 */
enum refusal message_decode(struct slice bytes, struct message *message_out, const char **text_out);

/* event_next - decode the event at the front of *events_io and move past it.
 *
 * A malformed event whose extent can still be told is stepped over (so that the ones behind it
 * are judged on their own); bytes_out is that extent, and empty when it cannot be told: then the
 * rest of the batch is lost with it and the whole message has to be refused.
 * attrs_room: where the event's attrs are written as canonical JSON (the event borrows from it);
 *             EVENT_ATTRS_BYTES_MAX bytes.
 * field_out:  name of the offending field; touched only when refused.
 * Returns:    REFUSAL_NONE, or why this event is refused (form only: see event_check).
 * Cost:       one pass over the event's bytes, no allocation.
 */
enum refusal event_next(struct slice *events_io, char *attrs_room, struct event *event_out,
                        struct slice *bytes_out, const char **field_out);

/* event_skip - move past the event at the front without looking into it.
 * bytes_out: its extent. Returns: false when that cannot be told; nothing has moved then. */
bool event_skip(struct slice *events_io, struct slice *bytes_out);

struct refused {
    uint64_t seq;
    enum refusal refusal;
    const char *field; /* static text; "" when there is none */
};

/* One answer from the engine. */
struct answer {
    bool is_error; /* an E message: code and text only */
    struct slice source;
    uint64_t committed;
    uint32_t credit;
    uint32_t refused_count;
};

/* Bytes that grow while encoding. Begin with {0}; bytes_clear ends it. */
struct bytes {
    char *start;
    size_t count;
    size_t room;
};

void bytes_clear(struct bytes *bytes);

/* Each encode_… appends one whole message (or one event) to *bytes. Returns: 0, -ENOMEM. */
MUST_USE int encode_hello(struct bytes *bytes, struct slice source);
MUST_USE int encode_tick(struct bytes *bytes, struct slice source, struct instant at);
MUST_USE int encode_event(struct bytes *bytes, const struct event *event);

/* encode_batch - events: event_count encoded events, one after the other, as encode_event made
 * them. */
MUST_USE int encode_batch(struct bytes *bytes, struct slice source, uint64_t first_seq,
                          uint32_t event_count, struct slice events);
MUST_USE int encode_ack(struct bytes *bytes, struct slice source, uint64_t committed,
                        uint32_t credit, const struct refused *refused, uint32_t refused_count);
MUST_USE int encode_error(struct bytes *bytes, enum refusal refusal, struct slice text);

/* One refused event of an answer, as the collector sees it. Borrows from the answer's bytes. */
struct refused_text {
    uint64_t seq;
    struct slice code;
    struct slice field;
    struct slice text;
};

/* answer_decode - an A or E message. refused_bytes_out: for refused_next. code_text_out: of an E.
 * Returns: REFUSAL_NONE or REFUSAL_MALFORMED. */
enum refusal answer_decode(struct slice bytes, struct answer *answer_out,
                           struct slice *refused_bytes_out, struct refused_text *error_out);

/* refused_next - the next of the refused of an answer. Returns false when none is left. */
bool refused_next(struct slice *refused_io, struct refused_text *refused_out);

#endif
