/* json.c - one JSON object to an event: our own names, or the envelope of CloudEvents 1.0 around
 * them. jansson parses (strict UTF-8, no name twice); nothing is taken that has no place.
 */
#include "engine/wire/json_flat.h"

#include <inttypes.h>
#include <stdio.h>

/* What is being filled, so that it need not be passed piece by piece. */
struct filling {
    struct event_reader *reader;
    const struct local_zone *zone;
    struct event event;
    struct slice source;
    uint64_t seq;
    uint32_t seen; /* a bit for each field that was given */
    struct text_refusal *refusal_out;
};

static struct slice json_slice(const json_t *value)
{
    return (struct slice){json_string_value(value), json_string_length(value)};
}

/* What is wrong with a value of this JSON type in a field of that one. */
static enum refusal refusal_of_type(enum field field)
{
    switch (field_type[field]) {
    case FIELD_IS_TIME:
        return REFUSAL_BAD_TIME;
    case FIELD_IS_TERM:
        return REFUSAL_BAD_TERM;
    case FIELD_IS_NUMBER:
        return REFUSAL_BAD_NUMBER;
    case FIELD_IS_TEXT:
        return REFUSAL_NOT_TEXT;
    case FIELD_IS_MAP:
        break;
    }
    return REFUSAL_MALFORMED;
}

static enum refusal take_source(struct filling *filling, struct slice text)
{
    if (text.count > EVENT_SOURCE_BYTES_MAX)
        return REFUSAL_TOO_LONG;
    filling->source = text;
    return REFUSAL_NONE;
}

static enum refusal take_seq(struct filling *filling, struct slice text)
{
    int64_t number = 0;
    if (!whole_number(text, &number))
        return REFUSAL_BAD_NUMBER;
    if (number < 1)
        return REFUSAL_OUT_OF_RANGE;
    filling->seq = (uint64_t)number;
    return REFUSAL_NONE;
}

/* What is kept as text is a string of the line; digits are only read, and end with the call. */
static enum refusal take_text(struct filling *filling, enum field field, json_t *value,
                              struct slice text)
{
    if (field == FIELD_ATTRS)
        return reader_attrs(filling->reader, value);
    if (field == FIELD_SEQ && (json_is_integer(value) || json_is_string(value)))
        return take_seq(filling, text);
    if (json_is_integer(value) && field_type[field] == FIELD_IS_NUMBER)
        return field_take(field, text, filling->zone, &filling->event);
    if (!json_is_string(value))
        return refusal_of_type(field);
    if (field == FIELD_SOURCE)
        return take_source(filling, json_slice(value));
    return field_take(field, json_slice(value), filling->zone, &filling->event);
}

/* A value under a name that may be the envelope's ("subject") for a field of ours. */
static enum refusal take_value(struct filling *filling, const char *name, enum field field,
                               json_t *value)
{
    if (json_is_null(value))
        return REFUSAL_NONE;
    if ((filling->seen & 1u << field) != 0)
        return reader_refuse(REFUSAL_MALFORMED, name, SLICE("given twice"), filling->refusal_out);
    filling->seen |= 1u << field;
    char digits[24];
    struct slice text = json_is_string(value) ? json_slice(value) : SLICE("");
    if (json_is_integer(value)) {
        int count =
            snprintf(digits, sizeof digits, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        text = (struct slice){digits, (size_t)count};
    }
    enum refusal refusal = take_text(filling, field, value, text);
    if (refusal == REFUSAL_NONE)
        return REFUSAL_NONE;
    return reader_refuse(refusal, name, text, filling->refusal_out);
}

/* All the names of an object of ours. */
static enum refusal take_object(struct filling *filling, json_t *object)
{
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(object, name, value)
    {
        enum field field = field_find(slice_of(name));
        if (field == FIELD_COUNT)
            return reader_refuse(REFUSAL_UNKNOWN_FIELD, name, SLICE(""), filling->refusal_out);
        enum refusal refusal = take_value(filling, name, field, value);
        if (refusal != REFUSAL_NONE)
            return refusal;
    }
    return REFUSAL_NONE;
}

/* "cn.gov.hall.accept" names the kind behind its last dot; "accept" does so alone. */
static enum refusal take_type(struct filling *filling, const json_t *type)
{
    if (!json_is_string(type))
        return reader_refuse(REFUSAL_MISSING, "type", SLICE(""), filling->refusal_out);
    struct slice kind = json_slice(type);
    for (size_t i = kind.count; i > 0; i--) {
        if (kind.start[i - 1] == '.') {
            kind = (struct slice){kind.start + i, kind.count - i};
            break;
        }
    }
    filling->seen |= 1u << FIELD_KIND;
    filling->event.kind = event_kind_find(kind);
    if (filling->event.kind != EVENT_NONE)
        return REFUSAL_NONE;
    return reader_refuse(REFUSAL_UNKNOWN_KIND, "type", json_slice(type), filling->refusal_out);
}

/* The attributes that CloudEvents asks for, and that they are ours to read. */
static enum refusal check_envelope(struct filling *filling, const json_t *envelope)
{
    static const char *const needed[] = {"id", "source", "type", "subject", "time"};
    const json_t *version = json_object_get(envelope, "specversion");
    if (!json_is_string(version) || !slice_is_equal(json_slice(version), SLICE("1.0")))
        return reader_refuse(REFUSAL_MALFORMED, "specversion", SLICE("only 1.0 is read"),
                             filling->refusal_out);
    for (size_t i = 0; i < COUNT_OF(needed); i++) {
        const json_t *value = json_object_get(envelope, needed[i]);
        if (value == NULL || (json_is_string(value) && json_string_length(value) == 0))
            return reader_refuse(REFUSAL_MISSING, needed[i], SLICE(""), filling->refusal_out);
        if (!json_is_string(value))
            return reader_refuse(REFUSAL_NOT_TEXT, needed[i], SLICE(""), filling->refusal_out);
    }
    const json_t *content = json_object_get(envelope, "datacontenttype");
    bool is_json = content == NULL ||
                   (json_is_string(content) && strstr(json_string_value(content), "json") != NULL);
    if (!is_json || json_object_get(envelope, "data_base64") != NULL)
        return reader_refuse(REFUSAL_MALFORMED, "data", SLICE("only JSON is read"),
                             filling->refusal_out);
    return REFUSAL_NONE;
}

/* Names of the envelope beyond these are extensions (tracing and the like): the specification
 * lets whoever does not know them pass them over. */
static enum refusal take_envelope(struct filling *filling, json_t *envelope)
{
    enum refusal refusal = check_envelope(filling, envelope);
    if (refusal == REFUSAL_NONE)
        refusal = take_type(filling, json_object_get(envelope, "type"));
    if (refusal == REFUSAL_NONE)
        refusal = take_value(filling, "subject", FIELD_CASE, json_object_get(envelope, "subject"));
    if (refusal == REFUSAL_NONE)
        refusal = take_value(filling, "time", FIELD_AT, json_object_get(envelope, "time"));
    if (refusal == REFUSAL_NONE)
        refusal = take_value(filling, "source", FIELD_SOURCE, json_object_get(envelope, "source"));
    if (refusal != REFUSAL_NONE)
        return refusal;
    /* An id that is no number is a name, and the number may stand in data. */
    if (take_seq(filling, json_slice(json_object_get(envelope, "id"))) == REFUSAL_NONE)
        filling->seen |= 1u << FIELD_SEQ;
    json_t *data = json_object_get(envelope, "data");
    if (data == NULL || json_is_null(data))
        return REFUSAL_NONE;
    if (!json_is_object(data))
        return reader_refuse(REFUSAL_MALFORMED, "data", SLICE("not a JSON object"),
                             filling->refusal_out);
    return take_object(filling, data);
}

enum refusal event_from_json(struct event_reader *reader, struct slice line,
                             const struct local_zone *zone, struct event *event_out,
                             struct slice *source_out, uint64_t *seq_out,
                             struct text_refusal *refusal_out)
{
    struct filling filling = {
        .reader = reader, .zone = zone, .event = event_none(), .refusal_out = refusal_out};
    reader_reset(reader);
    if (event_from_flat(reader, line, zone, event_out, source_out, seq_out))
        return REFUSAL_NONE;
    enum refusal refusal = reader_parse(reader, line, "line", refusal_out);
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (json_object_get(reader->line, "specversion") != NULL)
        refusal = take_envelope(&filling, reader->line);
    else
        refusal = take_object(&filling, reader->line);
    if (refusal == REFUSAL_NONE)
        refusal = reader_end(reader, &filling.event, refusal_out);
    if (refusal != REFUSAL_NONE)
        return refusal;
    *event_out = filling.event;
    *source_out = filling.source;
    *seq_out = filling.seq;
    return REFUSAL_NONE;
}
