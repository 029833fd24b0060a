/* lines.h - what differs between two texts, line by line.
 *
 * Layer: rules/difference.
 */
#ifndef RULES_LINES_H
#define RULES_LINES_H

#include "engine/base/slice.h"

#include <stdio.h>

/* lines_diff - the lines that were taken away ("-") and added ("+"), each with its number.
 *
 * Texts whose differing parts are very long are told by their counts alone.
 * Returns: 0, -ENOMEM.
 */
MUST_USE int lines_diff(struct slice before, struct slice after, FILE *to);

#endif
