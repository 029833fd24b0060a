/* bytes.c - bytes that grow by doubling, so that appending stays cheap however many there are. */
#include "engine/wire/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROOM_FIRST = 256 };

/* Room for `more` bytes behind those that are there. */
static int reserve(struct bytes *bytes, size_t more)
{
    if (more <= bytes->room - bytes->count)
        return 0;
    if (more > SIZE_MAX / 4 || bytes->count > SIZE_MAX / 4)
        return -ENOMEM;
    size_t room = bytes->room == 0 ? ROOM_FIRST : bytes->room;
    while (room - bytes->count < more)
        room *= 2;
    char *start = realloc(bytes->start, room);
    if (start == NULL)
        return -ENOMEM;
    bytes->start = start;
    bytes->room = room;
    return 0;
}

void bytes_clear(struct bytes *bytes)
{
    free(bytes->start);
    *bytes = (struct bytes){.count = 0};
}

int bytes_append(struct bytes *bytes, struct slice text)
{
    int result = reserve(bytes, text.count);
    if (result == 0 && text.count > 0) {
        memcpy(bytes->start + bytes->count, text.start, text.count);
        bytes->count += text.count;
    }
    return result;
}

int bytes_printf(struct bytes *bytes, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int count = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    int result = count < 0 ? -EINVAL : reserve(bytes, (size_t)count + 1);
    if (result == 0) {
        (void)vsnprintf(bytes->start + bytes->count, (size_t)count + 1, format, again);
        bytes->count += (size_t)count;
    }
    va_end(again);
    return result;
}
