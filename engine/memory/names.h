/* names.h - each text once, known by a number: codes of items, orgs, areas, handlers, steps.
 *
 * Layer: memory. Number 0 is the empty text.
 */
#ifndef MEMORY_NAMES_H
#define MEMORY_NAMES_H

#include "engine/memory/table.h"

struct text_heap {
    char **segments; /* of TEXT_SEGMENT_BYTES each; no text crosses a border */
    uint32_t segment_count;
    uint32_t used; /* address of the next free byte */
};

enum { TEXT_SEGMENT_BITS = 18, TEXT_SEGMENT_BYTES = 1 << TEXT_SEGMENT_BITS, TEXT_BYTES_MAX = 255 };

MUST_USE int text_heap_init(struct text_heap *heap);
void text_heap_clear(struct text_heap *heap);

/* text_heap_add - copy a text of at most TEXT_BYTES_MAX; its address, never 0; 0: no room. */
uint32_t text_heap_add(struct text_heap *heap, struct slice text);

/* text_heap_get - borrows for the life of the heap. Address 0: the empty text. */
struct slice text_heap_get(const struct text_heap *heap, uint32_t address);

/* text_heap_prefetch - bring a text near. */
void text_heap_prefetch(const struct text_heap *heap, uint32_t address);

/* text_heap_resize - for loading an image: room for `used` bytes. Returns 0, -ENOMEM. */
MUST_USE int text_heap_resize(struct text_heap *heap, uint32_t used);

struct names {
    struct text_heap heap;
    struct table table; /* hash → address */
};

MUST_USE int names_init(struct names *names);
void names_clear(struct names *names);

/* names_add - the number (heap address) of a text, made when it is new; UINT32_MAX: no room. */
uint32_t names_add(struct names *names, struct slice text);

/* names_find - the number of a text; 0: it is empty, or there is none. */
uint32_t names_find(const struct names *names, struct slice text);

/* names_get - borrows for the life of the names. Number 0: the empty text. */
struct slice names_get(const struct names *names, uint32_t number);

/* names_reindex - after an image was loaded: build the table from the heap. Returns 0, -ENOMEM. */
MUST_USE int names_reindex(struct names *names);

#endif
