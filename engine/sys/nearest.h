/* nearest.h - what somebody probably meant who mistyped a word.
 *
 * Layer: sys.
 */
#ifndef SYS_NEAREST_H
#define SYS_NEAREST_H

#include "engine/base/slice.h"

/* word_distance - how many letters must be added, taken away, changed or swapped with their
 * neighbour to make one word of the other. Words above 63 bytes are as far apart as can be. */
int word_distance(const char *a, const char *b);

/* word_is_near - near enough to be suggested: a third of the longer word, and at least one. */
bool word_is_near(const char *typed, const char *known);

#endif
