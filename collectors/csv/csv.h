/* csv.h - comma separated values: one row, one or several events.
 *
 * Layer: collectors/csv. Makes a struct input; called by collectors/main.c. (The name of the
 * library's own header is <csv.h>; ours is always named with its folder.)
 */
#ifndef COLLECT_CSV_CSV_H
#define COLLECT_CSV_CSV_H

#include "collectors/push/files.h"

enum {
    CSV_ROW_BYTES_MAX = 1024 * 1024, /* a quote left open must not swallow the file */
    CSV_FIELDS_MAX = 1024,
};

struct map;

/* csv_open - map: NULL: the header has the canonical names. It must outlive the input.
 *
 * Owns:    the caller ends *input_out with its close.
 * Returns: 0, -ENOMEM, -EINVAL (the encoding is not known).
 */
MUST_USE int csv_open(const struct files_options *options, const struct map *map,
                      struct input *input_out);

#endif
