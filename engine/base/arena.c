/* arena.c - a list of blocks; the newest is the one being filled. A piece too big for a block gets
 * a block of its own, put behind the newest so that the room left in that one is not lost.
 */
#include "engine/base/arena.h"

#include <stdlib.h>

enum { BLOCK_BYTES = 32768 };

struct block {
    struct block *next;
    size_t size;
    size_t used;
    max_align_t room[];
};

struct arena {
    struct block *newest;
};

struct arena *arena_create(void)
{
    return calloc(1, sizeof(struct arena));
}

void arena_destroy(struct arena **arena_p)
{
    if (*arena_p == NULL)
        return;
    struct block *block = (*arena_p)->newest;
    while (block != NULL) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
    free(*arena_p);
    *arena_p = NULL;
}

static struct block *block_add(struct arena *arena, size_t size)
{
    struct block *block = calloc(1, sizeof *block + size);
    if (block == NULL)
        return NULL;
    block->size = size;
    struct block *newest = arena->newest;
    if (newest != NULL && size > BLOCK_BYTES) {
        block->next = newest->next;
        newest->next = block;
    } else {
        block->next = newest;
        arena->newest = block;
    }
    return block;
}

void *arena_take(struct arena *arena, size_t count, size_t bytes)
{
    const size_t align = _Alignof(max_align_t);
    if (bytes != 0 && count > (SIZE_MAX / 2) / bytes)
        return NULL;
    size_t size = count * bytes;
    size = size == 0 ? align : (size + align - 1) / align * align;

    struct block *block = arena->newest;
    if (block == NULL || block->size - block->used < size)
        block = block_add(arena, size > BLOCK_BYTES ? size : BLOCK_BYTES);
    if (block == NULL)
        return NULL;
    void *piece = (char *)block->room + block->used;
    block->used += size;
    return piece;
}

bool arena_copy(struct arena *arena, struct slice text, struct slice *copy_out)
{
    char *copy = arena_take(arena, text.count + 1, 1);
    if (copy == NULL)
        return false;
    if (text.count > 0)
        memcpy(copy, text.start, text.count);
    *copy_out = (struct slice){.start = copy, .count = text.count};
    return true;
}
