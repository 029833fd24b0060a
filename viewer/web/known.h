/* known.h - which cards have been seen, and how each stands: what makes counts true.
 *
 * Layer: viewer/web. The feed tells of a card again whenever its state changes; to count what
 * stands one has to know what it was before. 16 bytes a card, up to a declared number of cards.
 * Called by board.c.
 */
#ifndef WEB_KNOWN_H
#define WEB_KNOWN_H

#include "engine/base/slice.h"

struct known_card {
    uint64_t key; /* of the card's id; 0: an empty place */
    uint16_t org; /* index in the board's table */
    uint8_t level;
    uint8_t state;      /* enum card_state */
    uint8_t was_public; /* it has been counted as raised */
    uint8_t spare[3];
};

struct known;

/* known_create - an empty table for at most card_max cards. NULL if memory is short. */
MUST_USE struct known *known_create(size_t card_max);
void known_destroy(struct known **known_p);

/* known_key - the key of a card's id: its first 16 hexadecimal digits. Never 0. */
uint64_t known_key(struct slice id);

/* known_get - the card's place, a fresh one (is_new_out) when it was never seen.
 *
 * Borrows: until the next known_get.
 * Returns: NULL when the table is full (or memory short) and the card was never seen.
 */
struct known_card *known_get(struct known *known, uint64_t key, bool *is_new_out);

#endif
