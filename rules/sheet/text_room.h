/* text_room.h - a text that grows.
 *
 * Layer: rules/sheet, nobody else's.
 */
#ifndef SHEET_TEXT_ROOM_H
#define SHEET_TEXT_ROOM_H

#include "engine/base/slice.h"

struct text_room {
    char *start; /* NULL: nothing yet */
    size_t count;
    size_t room;
};

/* text_room_add - Returns: false: memory is short, and nothing was added. */
MUST_USE bool text_room_add(struct text_room *text, struct slice more);

void text_room_clear(struct text_room *text);

/* text_room_slice - Borrows: until the next add or clear. */
struct slice text_room_slice(const struct text_room *text);

#endif
