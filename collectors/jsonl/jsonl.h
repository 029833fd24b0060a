/* jsonl.h - JSON Lines: one event a line, under the canonical names or CloudEvents 1.0, or with the
 * names of the source and a mapping.
 *
 * Layer: collectors/jsonl. Makes a struct input; called by collectors/main.c.
 */
#ifndef JSONL_JSONL_H
#define JSONL_JSONL_H

#include "collectors/push/files.h"

struct map;

/* jsonl_open - map: NULL: canonical names. It must outlive the input.
 *
 * source:  the name this collector speaks under; a line that names another one is refused. NULL:
 *          not looked at.
 * Owns:    the caller ends *input_out with its close.
 * Returns: 0, -ENOMEM, -EINVAL (the encoding is not known).
 */
MUST_USE int jsonl_open(const struct files_options *options, const struct map *map,
                        const char *source, struct input *input_out);

#endif
