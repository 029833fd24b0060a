/* names.c - a text lies in the heap as one byte of length and its bytes. */
#include "engine/memory/names.h"

#include <stdlib.h>

enum { NO_MEMORY = -12 };

static int text_heap_grow(struct text_heap *heap)
{
    char **segments = realloc(heap->segments, (heap->segment_count + 1) * sizeof *segments);
    if (segments == NULL)
        return NO_MEMORY;
    heap->segments = segments;
    char *segment = calloc(1, TEXT_SEGMENT_BYTES);
    if (segment == NULL)
        return NO_MEMORY;
    heap->segments[heap->segment_count++] = segment;
    return 0;
}

int text_heap_init(struct text_heap *heap)
{
    *heap = (struct text_heap){.used = 1};
    return text_heap_grow(heap);
}

void text_heap_clear(struct text_heap *heap)
{
    for (uint32_t i = 0; i < heap->segment_count; i++)
        free(heap->segments[i]);
    free(heap->segments);
    *heap = (struct text_heap){0};
}

static char *heap_at(const struct text_heap *heap, uint32_t address)
{
    return heap->segments[address >> TEXT_SEGMENT_BITS] + (address & (TEXT_SEGMENT_BYTES - 1));
}

uint32_t text_heap_add(struct text_heap *heap, struct slice text)
{
    assert(text.count <= TEXT_BYTES_MAX);
    uint32_t need = (uint32_t)text.count + 1;
    uint32_t left = TEXT_SEGMENT_BYTES - (heap->used & (TEXT_SEGMENT_BYTES - 1));
    if (UINT32_MAX - heap->used < 2 * TEXT_SEGMENT_BYTES)
        return 0;
    uint32_t address = left < need ? heap->used + left : heap->used;
    if (address >> TEXT_SEGMENT_BITS >= heap->segment_count && text_heap_grow(heap) != 0)
        return 0;
    char *place = heap_at(heap, address);
    place[0] = (char)(unsigned char)text.count;
    if (text.count > 0)
        memcpy(place + 1, text.start, text.count);
    heap->used = address + need;
    return address;
}

struct slice text_heap_get(const struct text_heap *heap, uint32_t address)
{
    if (address == 0)
        return (struct slice){0};
    assert(address < heap->used);
    const char *place = heap_at(heap, address);
    return (struct slice){.start = place + 1, .count = (unsigned char)place[0]};
}

void text_heap_prefetch(const struct text_heap *heap, uint32_t address)
{
    __builtin_prefetch(heap_at(heap, address));
}

int text_heap_resize(struct text_heap *heap, uint32_t used)
{
    while ((uint64_t)heap->segment_count << TEXT_SEGMENT_BITS < used) {
        int error = text_heap_grow(heap);
        if (error != 0)
            return error;
    }
    heap->used = used;
    return 0;
}

int names_init(struct names *names)
{
    int error = text_heap_init(&names->heap);
    return error != 0 ? error : table_init(&names->table);
}

void names_clear(struct names *names)
{
    text_heap_clear(&names->heap);
    table_clear(&names->table);
}

static bool is_name(const void *owner, uint32_t row, struct slice key)
{
    return slice_is_equal(text_heap_get(owner, row), key);
}

uint32_t names_find(const struct names *names, struct slice text)
{
    if (text.count == 0)
        return 0;
    return table_find(&names->table, table_hash(text), text, is_name, &names->heap);
}

uint32_t names_add(struct names *names, struct slice text)
{
    uint32_t number = names_find(names, text);
    if (text.count == 0 || number != 0)
        return number;
    uint64_t hash = table_hash(text);
    number = text_heap_add(&names->heap, text);
    if (number == 0 || table_add(&names->table, hash, number) != 0)
        return UINT32_MAX;
    return number;
}

struct slice names_get(const struct names *names, uint32_t number)
{
    return text_heap_get(&names->heap, number);
}

/* A text of length 0 is never stored, so a zero length byte is the unused rest of a segment. */
int names_reindex(struct names *names)
{
    uint32_t address = 1;
    while (address < names->heap.used) {
        struct slice text = text_heap_get(&names->heap, address);
        if (text.count == 0) {
            address = (address | (TEXT_SEGMENT_BYTES - 1)) + 1;
            continue;
        }
        int error = table_add(&names->table, table_hash(text), address);
        if (error != 0)
            return error;
        address += (uint32_t)text.count + 1;
    }
    return 0;
}
