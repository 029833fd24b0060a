/* intake.c - the frames around the events, on both sides: what a collector says, what the engine
 * answers. Any byte that the form does not foresee is refused; nothing is guessed.
 */
#include "engine/wire/intake.h"

#include "engine/base/utf8.h"
#include "engine/wire/cursor.h"

static enum refusal refuse(enum refusal refusal, const char *text, const char **text_out)
{
    *text_out = text;
    return refusal;
}

static enum refusal take_source(struct cursor *cursor, struct slice *source_out,
                                const char **text_out)
{
    if (!cursor_take_text(cursor, source_out))
        return refuse(REFUSAL_MALFORMED, "source: not text", text_out);
    if (slice_is_empty(*source_out))
        return refuse(REFUSAL_MISSING, "source: must be given", text_out);
    if (source_out->count > EVENT_SOURCE_BYTES_MAX)
        return refuse(REFUSAL_TOO_LONG, "source: longer than 64 bytes", text_out);
    if (!text_is_clean(*source_out, false))
        return refuse(REFUSAL_NOT_TEXT, "source: not valid UTF-8, or has control characters",
                      text_out);
    return REFUSAL_NONE;
}

static enum refusal take_batch(struct cursor *cursor, struct message *message,
                               const char **text_out)
{
    if (!cursor_take_unsigned(cursor, &message->first_seq))
        return refuse(REFUSAL_BAD_NUMBER, "first_seq: not a whole number from 1", text_out);
    if (!cursor_take_array(cursor, &message->event_count))
        return refuse(REFUSAL_MALFORMED, "events: not an array of as many as it declares",
                      text_out);
    if (message->event_count > BATCH_EVENTS_MAX)
        return refuse(REFUSAL_TOO_LONG, "events: more than 4096", text_out);
    if (message->first_seq == 0 || message->first_seq > UINT64_MAX - BATCH_EVENTS_MAX)
        return refuse(REFUSAL_OUT_OF_RANGE, "first_seq: outside what is possible", text_out);
    struct cursor end = {.at = cursor->end, .end = cursor->end};
    message->events = cursor_between(cursor, &end);
    if (message->event_count == 0 && message->events.count != 0)
        return refuse(REFUSAL_MALFORMED, "bytes behind the end of the message", text_out);
    message->kind = MESSAGE_BATCH;
    return REFUSAL_NONE;
}

static enum refusal take_tick(struct cursor *cursor, struct message *message, const char **text_out)
{
    message->kind = MESSAGE_TICK;
    if (!cursor_take_number(cursor, &message->at.ms))
        return refuse(REFUSAL_BAD_TIME, "at: not milliseconds since 1970", text_out);
    if (message->at.ms < INSTANT_FIRST_MS || message->at.ms > INSTANT_LAST_MS)
        return refuse(REFUSAL_OUT_OF_RANGE, "at: outside what is possible", text_out);
    return REFUSAL_NONE;
}

/* [version, kind, …]: the head that all messages share. */
static bool take_head(struct cursor *cursor, uint32_t *count_out, int64_t *version_out,
                      char *kind_out)
{
    struct slice kind;
    if (!cursor_take_array(cursor, count_out) || *count_out < 2 ||
        !cursor_take_number(cursor, version_out) || !cursor_take_text(cursor, &kind) ||
        kind.count != 1)
        return false;
    *kind_out = kind.start[0];
    return true;
}

enum refusal message_decode(struct slice bytes, struct message *message_out, const char **text_out)
{
    struct message message = {.at = INSTANT_NONE};
    struct cursor cursor = cursor_of(bytes);
    uint32_t count = 0;
    int64_t version = 0;
    char kind = 0;
    if (bytes.count > BATCH_BYTES_MAX)
        return refuse(REFUSAL_TOO_LONG, "message: more than 4 MiB", text_out);
    if (!take_head(&cursor, &count, &version, &kind))
        return refuse(REFUSAL_MALFORMED, "not a msgpack array [version, kind, source, …]",
                      text_out);
    if (version != WIRE_VERSION)
        return refuse(REFUSAL_MALFORMED, "not schema version 1", text_out);
    bool is_known = kind == 'H' || kind == 'B' || kind == 'T';
    if (!is_known)
        return refuse(REFUSAL_MALFORMED, "kind of message: not one of H, B, T", text_out);
    uint32_t should = kind == 'H' ? 3 : kind == 'B' ? 5 : 4;
    if (count != should)
        return refuse(REFUSAL_MALFORMED, "not as many elements as this kind of message has",
                      text_out);

    enum refusal refusal = take_source(&cursor, &message.source, text_out);
    if (refusal == REFUSAL_NONE && kind == 'B')
        refusal = take_batch(&cursor, &message, text_out);
    else if (refusal == REFUSAL_NONE && kind == 'T')
        refusal = take_tick(&cursor, &message, text_out);
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (message.kind != MESSAGE_BATCH && cursor_left(&cursor) != 0)
        return refuse(REFUSAL_MALFORMED, "bytes behind the end of the message", text_out);
    *message_out = message;
    return REFUSAL_NONE;
}

static bool take_refused(struct cursor *cursor, struct refused_text *refused_out)
{
    uint32_t count = 0;
    return cursor_take_array(cursor, &count) && count == 4 &&
           cursor_take_unsigned(cursor, &refused_out->seq) &&
           cursor_take_text(cursor, &refused_out->code) &&
           cursor_take_text(cursor, &refused_out->field) &&
           cursor_take_text(cursor, &refused_out->text);
}

/* Looks over all of the refused once, so that refused_next has nothing left to refuse. */
static bool take_answer(struct cursor *cursor, struct answer *answer, struct slice *refused_out)
{
    uint64_t credit = 0;
    if (!cursor_take_text(cursor, &answer->source) ||
        !cursor_take_unsigned(cursor, &answer->committed) ||
        !cursor_take_unsigned(cursor, &credit) || credit > UINT32_MAX ||
        !cursor_take_array(cursor, &answer->refused_count))
        return false;
    answer->credit = (uint32_t)credit;
    struct cursor start = *cursor;
    for (uint32_t i = 0; i < answer->refused_count; i++) {
        struct refused_text refused;
        if (!take_refused(cursor, &refused))
            return false;
    }
    *refused_out = cursor_between(&start, cursor);
    return true;
}

enum refusal answer_decode(struct slice bytes, struct answer *answer_out,
                           struct slice *refused_bytes_out, struct refused_text *error_out)
{
    struct cursor cursor = cursor_of(bytes);
    struct answer answer = {0};
    struct refused_text error = {0};
    struct slice refused_bytes = {0};
    uint32_t count = 0;
    int64_t version = 0;
    char kind = 0;
    if (!take_head(&cursor, &count, &version, &kind) || version != WIRE_VERSION)
        return REFUSAL_MALFORMED;
    if (kind == 'E' && count == 4) {
        answer.is_error = true;
        if (!cursor_take_text(&cursor, &error.code) || !cursor_take_text(&cursor, &error.text))
            return REFUSAL_MALFORMED;
    } else if (kind != 'A' || count != 6 || !take_answer(&cursor, &answer, &refused_bytes)) {
        return REFUSAL_MALFORMED;
    }
    if (cursor_left(&cursor) != 0)
        return REFUSAL_MALFORMED;
    *answer_out = answer;
    *refused_bytes_out = refused_bytes;
    *error_out = error;
    return REFUSAL_NONE;
}

bool refused_next(struct slice *refused_io, struct refused_text *refused_out)
{
    struct cursor cursor = cursor_of(*refused_io);
    struct cursor end = {.at = cursor.end, .end = cursor.end};
    if (!take_refused(&cursor, refused_out))
        return false;
    *refused_io = cursor_between(&cursor, &end);
    return true;
}
