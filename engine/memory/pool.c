/* pool.c - segments of 16,384 rows, or one of the few that were asked for; the table of segments is
 * the only thing that is ever moved. */
#include "engine/memory/pool.h"

#include <stdlib.h>
#include <string.h>

enum { NO_MEMORY = -12, CACHE_LINE_BYTES = 64 };

/* aligned_alloc wants a whole number of lines, whatever a row has. */
static_assert(POOL_SEGMENT_ROWS % CACHE_LINE_BYTES == 0, "segments are whole lines");

static uint32_t segment_rows(const struct pool *pool)
{
    bool is_less = pool->is_few && pool->max < POOL_SEGMENT_ROWS - CACHE_LINE_BYTES;
    return is_less ? (pool->max / CACHE_LINE_BYTES + 1) * CACHE_LINE_BYTES : POOL_SEGMENT_ROWS;
}

static int pool_grow(struct pool *pool)
{
    unsigned char **segments =
        realloc(pool->segments, (pool->segment_count + 1) * sizeof *segments);
    if (segments == NULL)
        return NO_MEMORY;
    pool->segments = segments;
    size_t bytes = (size_t)segment_rows(pool) * pool->row_bytes;
    unsigned char *segment = aligned_alloc(CACHE_LINE_BYTES, bytes);
    if (segment == NULL)
        return NO_MEMORY;
    memset(segment, 0, bytes);
    pool->segments[pool->segment_count++] = segment;
    return 0;
}

int pool_init(struct pool *pool, uint32_t row_bytes, uint32_t max, bool is_few)
{
    assert(row_bytes >= sizeof(uint32_t));
    *pool = (struct pool){.row_bytes = row_bytes, .max = max, .count = 1, .is_few = is_few};
    return pool_grow(pool);
}

void pool_clear(struct pool *pool)
{
    for (uint32_t i = 0; i < pool->segment_count; i++)
        free(pool->segments[i]);
    free(pool->segments);
    *pool = (struct pool){0};
}

uint32_t pool_add(struct pool *pool)
{
    if (pool->free != 0) {
        uint32_t row = pool->free;
        void *bytes = pool_row(pool, row);
        memcpy(&pool->free, bytes, sizeof pool->free);
        memset(bytes, 0, pool->row_bytes);
        return row;
    }
    if (pool->count > pool->max)
        return 0;
    if (pool->count >> POOL_SEGMENT_BITS >= pool->segment_count && pool_grow(pool) != 0)
        return 0;
    return pool->count++;
}

void pool_free(struct pool *pool, uint32_t row)
{
    assert(row != 0);
    void *bytes = pool_row(pool, row);
    memset(bytes, 0, pool->row_bytes);
    memcpy(bytes, &pool->free, sizeof pool->free);
    pool->free = row;
}

int pool_resize(struct pool *pool, uint32_t count)
{
    assert(count >= 1 && !pool->is_few);
    while ((uint64_t)pool->segment_count << POOL_SEGMENT_BITS < count) {
        int error = pool_grow(pool);
        if (error != 0)
            return error;
    }
    pool->count = count;
    return 0;
}

uint64_t pool_bytes(const struct pool *pool)
{
    return (uint64_t)pool->segment_count * segment_rows(pool) * pool->row_bytes;
}
