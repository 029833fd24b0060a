/* json_path.c - see json_path.h. */
#include "engine/wire/json_path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const json_t *json_path_get(const json_t *object, const char *path)
{
    enum { NAME_BYTES = 64 };
    const json_t *at = object;
    char name[NAME_BYTES];
    while (*path != '\0') {
        size_t count = strcspn(path, "/");
        (void)snprintf(name, sizeof name, "%.*s", (int)count, path);
        at = json_is_array(at) ? json_array_get(at, strtoul(name, NULL, 10))
                               : json_object_get(at, name);
        path += count + (path[count] == '/');
    }
    return at;
}
