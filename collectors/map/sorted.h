/* sorted.h - an input whose events come in the order of their time, made of one that gives them in
 * the order of its rows: for tables that have one row per case.
 *
 * Layer: collectors/map. It holds all events in memory (encoded, about 100 bytes each), because the
 * first one in time may stand in the last row; SORTED_BYTES_MAX is where it gives up and says so.
 * The numbers of the events follow from the whole input, so the input must not change between two
 * runs: its print is the hash of all its events, and another one is refused.
 */
#ifndef MAP_SORTED_H
#define MAP_SORTED_H

#include "collectors/push/input.h"
#include "collectors/push/report.h"

#define SORTED_BYTES_MAX (UINT64_C(4) * 1024 * 1024 * 1024)

/* sorted_wrap - *input_io becomes an input that reads the former one to its end when it is first
 * asked, and ends it with its own close. Events of one instant keep the order of their rows.
 *
 * Returns: 0, -ENOMEM (and *input_io is as before).
 */
MUST_USE int sorted_wrap(struct input *input_io, struct report *report);

#endif
