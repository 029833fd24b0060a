/* text_room.c - doubled when it is full. */
#include "rules/sheet/text_room.h"

#include <stdlib.h>

bool text_room_add(struct text_room *text, struct slice more)
{
    enum { FIRST_BYTES = 1024 };
    if (more.count > text->room - text->count) {
        size_t room = text->room == 0 ? FIRST_BYTES : text->room;
        while (room - text->count < more.count)
            room *= 2;
        char *start = realloc(text->start, room);
        if (start == NULL)
            return false;
        text->start = start;
        text->room = room;
    }
    if (more.count > 0)
        memcpy(text->start + text->count, more.start, more.count);
    text->count += more.count;
    return true;
}

void text_room_clear(struct text_room *text)
{
    free(text->start);
    *text = (struct text_room){0};
}

struct slice text_room_slice(const struct text_room *text)
{
    return (struct slice){.start = text->start == NULL ? "" : text->start, .count = text->count};
}
