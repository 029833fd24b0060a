/* fields.h - the fields of an event by their names, as text: what CSV and JSON have in common.
 *
 * Layer: wire.
 */
#ifndef WIRE_FIELDS_H
#define WIRE_FIELDS_H

#include "engine/wire/text.h"

enum field {
    FIELD_CASE,
    FIELD_KIND,
    FIELD_AT,
    FIELD_ENTERED_AT,
    FIELD_ITEM,
    FIELD_STEP,
    FIELD_ORG,
    FIELD_AREA,
    FIELD_HANDLER,
    FIELD_RESULT,
    FIELD_REASON,
    FIELD_TERM,
    FIELD_LIMIT,
    FIELD_DUE_AT,
    FIELD_PARENT,
    FIELD_CARD,
    FIELD_FEE_DUE,
    FIELD_FEE_PAID,
    FIELD_RATING,
    FIELD_ATTRS,
    FIELD_VERSION,
    FIELD_SOURCE, /* of the delivery, not of the event */
    FIELD_SEQ,    /* likewise */
    FIELD_COUNT   /* no such field */
};

enum field_type { FIELD_IS_TEXT, FIELD_IS_TIME, FIELD_IS_TERM, FIELD_IS_NUMBER, FIELD_IS_MAP };

extern const char *const field_name[FIELD_COUNT];
extern const enum field_type field_type[FIELD_COUNT];

/* field_find - FIELD_COUNT when there is no such field. */
enum field field_find(struct slice name);

/* field_take - a value as text into the event: all fields but attrs, source and seq. An empty
 * text: not given. Borrows: the event borrows from text. */
enum refusal field_take(enum field field, struct slice text, const struct local_zone *zone,
                        struct event *event);

/* field_format - the value of a field as text, empty when it is not given: all but source and seq.
 * Borrows: from the event or from room. */
enum { FIELD_TEXT_BYTES = 40 };
struct slice field_format(enum field field, const struct event *event, char room[FIELD_TEXT_BYTES]);

/* whole_number - decimal digits with an optional minus, nothing else, inside int64_t. */
bool whole_number(struct slice text, int64_t *number_out);

/* event_none - an event with nothing given. */
struct event event_none(void);

#endif
