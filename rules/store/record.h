/* record.h - one edition as bytes.
 *
 * Layer: rules/store. All numbers little-endian: form (1), made_at (8), author, note, in form 2
 * move (1) and approver, count (4), then for each document kind (1), bytes (8), hash (32), name,
 * file. A text is its length (4) and its bytes. The key of an edition is its number, four bytes,
 * big-endian, so that keys sort. An edition that moves nothing and has no approver is kept in form
 * 1, which every version of the program reads.
 */
#ifndef RULES_STORE_RECORD_H
#define RULES_STORE_RECORD_H

#include "rules/store/store.h"

enum { EDITION_KEY_BYTES = 4 };

/* edition_key, edition_number - a number and its key. */
struct slice edition_key(uint32_t number, unsigned char room[EDITION_KEY_BYTES]);
uint32_t edition_number(struct slice key);

/* edition_encode - into the arena. Returns: 0, -ENOMEM. */
MUST_USE int edition_encode(struct arena *arena, const struct rule_edition *edition,
                            struct slice *bytes_out);

/* edition_decode - all of it copied into the arena. Returns: 0, -ENOMEM, -EBADMSG. */
MUST_USE int edition_decode(struct arena *arena, uint32_t number, struct slice bytes,
                            struct rule_edition *edition_out);

#endif
