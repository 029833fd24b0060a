/* pool.h - rows of one size, by number, in segments: rows never move, memory comes as it is needed.
 *
 * Layer: memory. Row 0 is never handed out, so that 0 can mean "none".
 */
#ifndef MEMORY_POOL_H
#define MEMORY_POOL_H

#include "engine/base/base.h"

enum { POOL_SEGMENT_BITS = 14, POOL_SEGMENT_ROWS = 1 << POOL_SEGMENT_BITS };

struct pool {
    unsigned char **segments;
    uint32_t segment_count;
    uint32_t row_bytes;
    uint32_t count; /* rows in use or freed, row 0 included */
    uint32_t max;   /* the most rows there may be */
    uint32_t free;  /* the row freed last; it begins with the number of the one freed before */
    bool is_few;    /* see pool_init */
};

/* pool_init - returns 0 or -ENOMEM. row_bytes: at least 4. is_few: no more memory than max rows
 * need, and no image is loaded into it. */
MUST_USE int pool_init(struct pool *pool, uint32_t row_bytes, uint32_t max, bool is_few);
void pool_clear(struct pool *pool);

/* pool_add - a zeroed row; 0 when max is reached or memory is short. */
uint32_t pool_add(struct pool *pool);

/* pool_free - the row may be handed out again. */
void pool_free(struct pool *pool, uint32_t row);

/* pool_resize - for loading an image: rows 0 … count - 1 exist, zeroed. Returns 0, -ENOMEM. */
MUST_USE int pool_resize(struct pool *pool, uint32_t count);

static inline void *pool_row(const struct pool *pool, uint32_t row)
{
    assert(row < pool->count);
    return pool->segments[row >> POOL_SEGMENT_BITS] +
           (size_t)(row & (POOL_SEGMENT_ROWS - 1)) * pool->row_bytes;
}

/* pool_bytes - memory it holds. */
uint64_t pool_bytes(const struct pool *pool);

#endif
