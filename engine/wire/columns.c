/* columns.c - one row of a table to an event. The values are copied into the reader, so that a
 * caller may read its next row into the same room.
 */
#include "engine/wire/reader.h"

static struct slice keep(struct event_reader *reader, struct slice value)
{
    if (value.count == 0)
        return (struct slice){.count = 0};
    char *place = reader->row + reader->row_count;
    memcpy(place, value.start, value.count);
    reader->row_count += value.count;
    return (struct slice){.start = place, .count = value.count};
}

/* A column of a name that is nobody's. An empty cell adds nothing. */
static enum refusal take_attr(struct event_reader *reader, struct slice name, struct slice value)
{
    if (slice_is_empty(value))
        return REFUSAL_NONE;
    if (reader->attr_count == ATTRS_MAX)
        return REFUSAL_TOO_LONG;
    reader->attrs[reader->attr_count++] =
        (struct attr){.name = keep(reader, name), .value = keep(reader, value)};
    return REFUSAL_NONE;
}

static enum refusal take_attrs(struct event_reader *reader, struct slice value,
                               struct text_refusal *refusal_out)
{
    if (slice_is_empty(value))
        return REFUSAL_NONE;
    enum refusal refusal = reader_parse(reader, value, "attrs", refusal_out);
    if (refusal != REFUSAL_NONE)
        return refusal;
    refusal = reader_attrs(reader, reader->line);
    return refusal == REFUSAL_NONE ? refusal
                                   : reader_refuse(refusal, "attrs", SLICE(""), refusal_out);
}

static bool is_too_long(const struct slice *names, const struct slice *values, size_t count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        if (names[i].count > EVENT_BYTES_MAX || values[i].count > EVENT_BYTES_MAX)
            return true;
        bytes += names[i].count + values[i].count;
        if (bytes > EVENT_BYTES_MAX)
            return true;
    }
    return false;
}

enum refusal event_from_columns(struct event_reader *reader, const struct slice *names,
                                const struct slice *values, size_t count, bool attrs_take,
                                const struct local_zone *zone, struct event *event_out,
                                struct text_refusal *refusal_out)
{
    struct event event = event_none();
    uint32_t seen = 0;
    static_assert(FIELD_COUNT < 32, "one bit for each field");
    reader_reset(reader);
    if (is_too_long(names, values, count))
        return reader_refuse(REFUSAL_TOO_LONG, "line", SLICE(""), refusal_out);
    for (size_t i = 0; i < count; i++) {
        char name[64];
        size_t name_bytes = names[i].count < sizeof name ? names[i].count : sizeof name - 1;
        memcpy(name, name_bytes == 0 ? "" : names[i].start, name_bytes);
        name[name_bytes] = '\0';
        enum field field = field_find(names[i]);
        enum refusal refusal = REFUSAL_NONE;
        if (field == FIELD_COUNT) {
            refusal = attrs_take ? take_attr(reader, names[i], values[i]) : REFUSAL_UNKNOWN_FIELD;
        } else if ((seen & 1u << field) != 0) {
            return reader_refuse(REFUSAL_MALFORMED, name, SLICE("given twice"), refusal_out);
        } else if (field == FIELD_ATTRS) {
            refusal = take_attrs(reader, values[i], refusal_out);
            if (refusal != REFUSAL_NONE)
                return refusal;
        } else if (field != FIELD_SOURCE && field != FIELD_SEQ) {
            /* (Source and number of a delivery are given by the collector, not by the row.) */
            refusal = field_take(field, keep(reader, values[i]), zone, &event);
        }
        if (refusal != REFUSAL_NONE)
            return reader_refuse(refusal, name, values[i], refusal_out);
        seen |= field == FIELD_COUNT ? 0 : 1u << field;
    }
    enum refusal refusal = reader_end(reader, &event, refusal_out);
    if (refusal == REFUSAL_NONE)
        *event_out = event;
    return refusal;
}
