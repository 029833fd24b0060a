/* table.c - linear probing; at most seven slots of ten are full. A slot is one word, so that a
 * probe of eight neighbours touches one cache line. */
#include "engine/memory/table.h"

#include <stdlib.h>

enum { NO_MEMORY = -12, FIRST_BITS = 10, MOVE_PER_ADD = 8 };

int table_init(struct table *table)
{
    *table = (struct table){.bits = FIRST_BITS};
    table->slots = calloc((size_t)1 << FIRST_BITS, sizeof *table->slots);
    return table->slots == NULL ? NO_MEMORY : 0;
}

void table_clear(struct table *table)
{
    free(table->slots);
    free(table->old);
    *table = (struct table){0};
}

static uint64_t mix(uint64_t word)
{
    word ^= word >> 32;
    word *= UINT64_C(0xd6e8feb86659fd93);
    word ^= word >> 29;
    word *= UINT64_C(0x9e3779b97f4a7c15);
    word ^= word >> 32;
    return word;
}

uint64_t table_hash(struct slice key)
{
    uint64_t hash = UINT64_C(0x243f6a8885a308d3) ^ key.count;
    size_t at = 0;
    for (; at + 8 <= key.count; at += 8) {
        uint64_t word;
        memcpy(&word, key.start + at, sizeof word);
        hash = mix(hash ^ word) + at;
    }
    uint64_t tail = 0;
    for (; at < key.count; at++)
        tail = tail << 8 | (unsigned char)key.start[at];
    return mix(hash ^ tail ^ UINT64_C(0x13198a2e03707344));
}

static uint64_t slot_of(uint64_t hash, uint32_t row)
{
    return (hash & UINT64_C(0xffffffff00000000)) | row;
}

/* Probing begins at the top bits of the hash, which are also the tag that a slot keeps: so a slot
 * can move to a bigger table without its key being looked at again. Tables stay below 2^32 slots,
 * so the tag always has bits enough. */
static uint32_t place_of(uint64_t tagged, uint32_t bits)
{
    return (uint32_t)(tagged >> (64 - bits));
}

static uint32_t find_in(const uint64_t *slots, uint32_t bits, uint64_t hash, struct slice key,
                        table_is_key is_key, const void *owner)
{
    uint32_t mask = (UINT32_C(1) << bits) - 1;
    for (uint32_t place = place_of(hash, bits);; place = (place + 1) & mask) {
        uint64_t slot = slots[place];
        if (slot == 0)
            return 0;
        if (slot >> 32 == hash >> 32 && is_key(owner, (uint32_t)slot, key))
            return (uint32_t)slot;
    }
}

uint32_t table_find(const struct table *table, uint64_t hash, struct slice key, table_is_key is_key,
                    const void *owner)
{
    uint32_t row = find_in(table->slots, table->bits, hash, key, is_key, owner);
    if (row == 0 && table->old != NULL)
        row = find_in(table->old, table->old_bits, hash, key, is_key, owner);
    return row;
}

void table_prefetch(const struct table *table, uint64_t hash)
{
    __builtin_prefetch(&table->slots[place_of(hash, table->bits)]);
}

uint32_t table_guess(const struct table *table, uint64_t hash)
{
    uint32_t mask = (UINT32_C(1) << table->bits) - 1;
    for (uint32_t place = place_of(hash, table->bits);; place = (place + 1) & mask) {
        uint64_t slot = table->slots[place];
        if (slot == 0 || slot >> 32 == hash >> 32)
            return (uint32_t)slot;
    }
}

static void put(uint64_t *slots, uint32_t bits, uint64_t slot)
{
    uint32_t mask = (UINT32_C(1) << bits) - 1;
    uint32_t place = place_of(slot, bits);
    while (slots[place] != 0)
        place = (place + 1) & mask;
    slots[place] = slot;
}

/* Old slots are copied, not cleared: a search that runs through them still finds its way, and a
 * row that stands in both is the same row. */
static void move_some(struct table *table, uint32_t limit)
{
    uint32_t end = UINT32_C(1) << table->old_bits;
    for (uint32_t i = 0; i < limit && table->moved < end; i++, table->moved++) {
        uint64_t slot = table->old[table->moved];
        if (slot != 0)
            put(table->slots, table->bits, slot);
    }
    if (table->moved == end) {
        free(table->old);
        table->old = NULL;
    }
}

int table_add(struct table *table, uint64_t hash, uint32_t row)
{
    uint64_t room = (UINT64_C(1) << table->bits) / 10 * 7;
    if (table->count + 1 > room) {
        if (table->old != NULL)
            move_some(table, UINT32_MAX);
        uint64_t *slots = calloc((size_t)1 << (table->bits + 1), sizeof *slots);
        if (slots == NULL)
            return NO_MEMORY;
        table->old = table->slots;
        table->old_bits = table->bits;
        table->moved = 0;
        table->slots = slots;
        table->bits++;
    }
    if (table->old != NULL)
        move_some(table, MOVE_PER_ADD);
    put(table->slots, table->bits, slot_of(hash, row));
    table->count++;
    return 0;
}

uint64_t table_bytes(const struct table *table)
{
    uint64_t old = table->old == NULL ? 0 : UINT64_C(8) << table->old_bits;
    return (UINT64_C(8) << table->bits) + old;
}
