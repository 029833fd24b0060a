/* xes.h - an event log in XES (IEEE 1849), plain or gzip, read as it streams by.
 *
 * Layer: collectors/xes. Each trace is a row per case with the names of its attributes as
 * "case:<key>", each event a row with its own keys and those of its trace; the mapping says what
 * becomes of them. A nested attribute is named "<key>/<nested key>". Called by collectors/main.c.
 */
#ifndef XES_XES_H
#define XES_XES_H

#include "collectors/push/files.h"

enum {
    XES_VALUE_BYTES_MAX = 64 * 1024,
    XES_TRACE_BYTES_MAX = 16 * 1024 * 1024, /* of attributes the mapping reads */
    XES_DEPTH_MAX = 32,
};

struct map;

/* xes_open - the mapping must outlive the input. Returns 0, -ENOMEM. The caller ends *input_out. */
MUST_USE int xes_open(const struct files_options *options, const struct map *map,
                      struct input *input_out);

#endif
