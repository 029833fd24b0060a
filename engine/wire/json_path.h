/* json_path.h - where in an object something stands: "counts/0/count".
 *
 * Layer: engine/wire.
 */
#ifndef WIRE_JSON_PATH_H
#define WIRE_JSON_PATH_H

#include <jansson.h>

/* json_path_get - from name to name, and to a place in a list. Borrows: from the object. NULL:
 * there is nothing. */
const json_t *json_path_get(const json_t *object, const char *path);

#endif
