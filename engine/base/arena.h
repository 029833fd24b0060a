/* arena.h - memory that is given out piece by piece and given back all at once.
 *
 * Pure. For things that are built once, never change, and end together: a rule set, a YAML tree,
 * a calendar book. Nothing can be freed singly.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "engine/base/slice.h"

struct arena;

/* arena_create - an empty arena.
 *
 * Owns:    the caller owns the result and ends it, with all it gave out, with arena_destroy.
 * Returns: NULL if memory is short.
 */
MUST_USE struct arena *arena_create(void);

/* arena_destroy - free *arena_p and set it to NULL. NULL already: does nothing. */
void arena_destroy(struct arena **arena_p);

/* arena_take - room for `count` things of `bytes` each, all zero, aligned for anything.
 *
 * Borrows: until arena_destroy.
 * Returns: NULL if memory is short (or count * bytes does not fit a size_t); never NULL for a
 *          count of 0.
 */
MUST_USE void *arena_take(struct arena *arena, size_t count, size_t bytes);

/* arena_copy - a copy of text with an end mark behind it, so that .start is also a C string.
 *
 * Returns: false if memory is short.
 */
MUST_USE bool arena_copy(struct arena *arena, struct slice text, struct slice *copy_out);

#endif
