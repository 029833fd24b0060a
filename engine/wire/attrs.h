/* attrs.h - the free attributes of an event: pairs of text ↔ their one canonical JSON text.
 *
 * Layer: wire. Canonical: names in order of bytes, no blanks, only " and \ escaped. The same pairs
 * always give the same bytes, so that two deliveries of one event can be compared.
 */
#ifndef WIRE_ATTRS_H
#define WIRE_ATTRS_H

#include "engine/model/event.h"

enum { ATTRS_MAX = 256 };

struct attr {
    struct slice name;
    struct slice value;
};

/* attrs_write - pairs to canonical JSON.
 *
 * attrs:    are sorted in place.
 * room:     EVENT_ATTRS_BYTES_MAX bytes; text_out borrows from it. No pairs: an empty text.
 * Returns:  REFUSAL_NONE; MALFORMED (a name twice, or empty), NOT_TEXT, TOO_LONG.
 */
enum refusal attrs_write(struct attr *attrs, size_t count, char *room, struct slice *text_out);

/* attrs_read - canonical JSON to pairs.
 *
 * room:     EVENT_ATTRS_BYTES_MAX bytes for what was escaped; the pairs borrow from it and text.
 * Returns:  false when text is not as attrs_write makes it.
 */
bool attrs_read(struct slice text, char *room, struct attr attrs[ATTRS_MAX], size_t *count_out);

#endif
