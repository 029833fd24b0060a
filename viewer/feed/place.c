/* place.c - see place.h. */
#include "viewer/feed/place.h"

#include <stdio.h>

const char *place_endpoint(const char *given, const char *home, const char *name,
                           char room[PLACE_BYTES])
{
    if (given != NULL)
        return given;
    (void)snprintf(room, PLACE_BYTES, "ipc://%s/%s", home, name);
    return room;
}
