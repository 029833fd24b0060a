/* known.c - open addressing with linear probes over a table that doubles when three quarters are
 * taken. Ids are hashes already, so their digits are as good a hash as any.
 */
#include "viewer/web/known.h"

#include <stdlib.h>

enum { ROOM_FIRST = 1024 };

struct known {
    struct known_card *cards;
    size_t room; /* a power of two */
    size_t count;
    size_t card_max;
};

struct known *known_create(size_t card_max)
{
    struct known *known = calloc(1, sizeof *known);
    if (known == NULL)
        return NULL;
    known->cards = calloc(ROOM_FIRST, sizeof *known->cards);
    if (known->cards == NULL) {
        free(known);
        return NULL;
    }
    known->room = ROOM_FIRST;
    known->card_max = card_max;
    return known;
}

void known_destroy(struct known **known_p)
{
    if (*known_p == NULL)
        return;
    free((*known_p)->cards);
    free(*known_p);
    *known_p = NULL;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

uint64_t known_key(struct slice id)
{
    uint64_t key = 0;
    size_t i = 0;
    for (; i < id.count && i < 16 && digit(id.start[i]) >= 0; i++)
        key = key << 4 | (uint64_t)digit(id.start[i]);
    if (i < 16) { /* not an id of ours: any hash will do, here FNV-1a */
        key = UINT64_C(14695981039346656037);
        for (i = 0; i < id.count; i++)
            key = (key ^ (unsigned char)id.start[i]) * UINT64_C(1099511628211);
    }
    return key == 0 ? 1 : key;
}

static struct known_card *place_of(struct known_card *cards, size_t room, uint64_t key)
{
    size_t at = (size_t)(key ^ key >> 29) & (room - 1);
    while (cards[at].key != 0 && cards[at].key != key)
        at = (at + 1) & (room - 1);
    return &cards[at];
}

static bool grow(struct known *known)
{
    size_t room = known->room * 2;
    struct known_card *cards = calloc(room, sizeof *cards);
    if (cards == NULL)
        return false;
    for (size_t i = 0; i < known->room; i++)
        if (known->cards[i].key != 0)
            *place_of(cards, room, known->cards[i].key) = known->cards[i];
    free(known->cards);
    known->cards = cards;
    known->room = room;
    return true;
}

struct known_card *known_get(struct known *known, uint64_t key, bool *is_new_out)
{
    assert(key != 0);
    struct known_card *card = place_of(known->cards, known->room, key);
    *is_new_out = card->key == 0;
    if (!*is_new_out)
        return card;
    if (known->count >= known->card_max)
        return NULL;
    if ((known->count + 1) * 4 > known->room * 3) {
        if (!grow(known))
            return NULL;
        card = place_of(known->cards, known->room, key);
    }
    known->count++;
    card->key = key;
    return card;
}
