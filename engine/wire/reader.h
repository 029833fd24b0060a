/* reader.h - what an event read from text borrows from. Layer: wire; only its files include it. */
#ifndef WIRE_READER_H
#define WIRE_READER_H

#include "engine/wire/attrs.h"
#include "engine/wire/fields.h"

#include <jansson.h>

struct event_reader {
    json_t *line; /* the object of the line, or of a row's attrs */
    size_t row_count;
    char row[EVENT_BYTES_MAX]; /* the values of a row */
    char attrs_room[EVENT_ATTRS_BYTES_MAX];
    size_t attr_count;
    struct attr attrs[ATTRS_MAX];
};

/* reader_reset - ends what the last event borrowed. */
void reader_reset(struct event_reader *reader);

/* reader_parse - text to reader->line. */
enum refusal reader_parse(struct event_reader *reader, struct slice text, const char *field,
                          struct text_refusal *refusal_out);

/* reader_attrs - adds the pairs of a JSON object of texts to reader->attrs. */
enum refusal reader_attrs(struct event_reader *reader, json_t *object);

/* reader_end - the attrs into the event, and what event_check has to say. */
enum refusal reader_end(struct event_reader *reader, struct event *event,
                        struct text_refusal *refusal_out);

/* reader_refuse - fills *refusal_out. Returns refusal. */
enum refusal reader_refuse(enum refusal refusal, const char *field, struct slice value,
                           struct text_refusal *refusal_out);

#endif
