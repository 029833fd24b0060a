/* table.h - from the hash of a key to a row number: open addressing that grows a little at a time.
 *
 * Layer: memory. The table holds no keys: whoever owns the rows compares. While it grows, both the
 * old and the new slots are looked into, and every insertion moves some old slots over, so that no
 * single event pays for the whole.
 */
#ifndef MEMORY_TABLE_H
#define MEMORY_TABLE_H

#include "engine/base/slice.h"

struct table {
    uint64_t *slots; /* upper 32 bits: of the hash; lower 32: row; 0: empty */
    uint64_t *old;
    uint32_t bits; /* of slots */
    uint32_t old_bits;
    uint32_t moved; /* old slots below this have been moved */
    uint32_t count;
};

/* Is the row's key this one? */
typedef bool (*table_is_key)(const void *owner, uint32_t row, struct slice key);

MUST_USE int table_init(struct table *table);
void table_clear(struct table *table);

/* table_hash - of a key; 64 well-mixed bits, the same on every machine. */
uint64_t table_hash(struct slice key);

/* table_find - the row whose key this is; 0: none. */
uint32_t table_find(const struct table *table, uint64_t hash, struct slice key, table_is_key is_key,
                    const void *owner);

/* table_prefetch - bring the slot near, for a table_find soon after. */
void table_prefetch(const struct table *table, uint64_t hash);

/* table_guess - the row that table_find will most likely return; looks at no key. 0: none. */
uint32_t table_guess(const struct table *table, uint64_t hash);

/* table_add - a row whose key is not in the table. Returns 0, -ENOMEM. */
MUST_USE int table_add(struct table *table, uint64_t hash, uint32_t row);

uint64_t table_bytes(const struct table *table);

#endif
