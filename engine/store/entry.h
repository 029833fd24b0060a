/* entry.h - a journal entry as bytes. Inside engine/store.
 *
 *     bytes 0-7    mark, kind, form        8-15   source, event count
 *           16-23  first seq, or edition   24-31  now (ms)
 *           32-39  bytes of the body  40-…   words, then the body
 */
#ifndef STORE_ENTRY_H
#define STORE_ENTRY_H

#include "engine/store/store.h"

enum { ENTRY_HEAD_BYTES = 40 };

/* entry_bytes - how many bytes it takes. */
size_t entry_bytes(const struct entry *entry);

/* entry_write - into a place of that many bytes. */
void entry_write(const struct entry *entry, unsigned char *place);

/* entry_read - borrows from the bytes. Returns 0 or STORE_E_FORM. */
MUST_USE int entry_read(struct slice bytes, struct entry *entry_out);

#endif
