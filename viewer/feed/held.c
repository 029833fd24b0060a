/* held.c - a ring; the seqs within it rise by one from the oldest to the newest. */
#include "viewer/feed/held.h"

#include <errno.h>
#include <stdlib.h>

static struct held_card *oldest(struct held *held)
{
    return &held->cards[held->first];
}

static void drop_oldest(struct held *held)
{
    held_card_clear(oldest(held));
    held->first = (held->first + 1) % HELD_CARDS_MAX;
    held->count--;
}

int held_append(struct held *held, uint64_t seq, bool is_shadow, struct slice line, json_t *card)
{
    if (held->count > 0 && seq < oldest(held)->seq + held->count && seq >= oldest(held)->seq)
        return 0; /* kept already */
    if (held->count == HELD_CARDS_MAX ||
        (held->count > 0 && seq != oldest(held)->seq + held->count))
        held_clear(held);
    char *copy = malloc(line.count + 1);
    if (copy == NULL)
        return -ENOMEM;
    if (line.count > 0)
        memcpy(copy, line.start, line.count);
    copy[line.count] = '\0';
    uint32_t index = (held->first + held->count) % HELD_CARDS_MAX;
    held->cards[index] = (struct held_card){.seq = seq,
                                            .is_shadow = is_shadow,
                                            .line = copy,
                                            .line_bytes = line.count,
                                            .card = json_incref(card)};
    held->count++;
    return 0;
}

bool held_take(struct held *held, uint64_t seq, struct held_card *card_out)
{
    while (held->count > 0 && oldest(held)->seq < seq)
        drop_oldest(held);
    if (held->count == 0 || oldest(held)->seq != seq)
        return false;
    *card_out = *oldest(held);
    *oldest(held) = (struct held_card){0};
    held->first = (held->first + 1) % HELD_CARDS_MAX;
    held->count--;
    return true;
}

void held_card_clear(struct held_card *card)
{
    free(card->line);
    json_decref(card->card);
    *card = (struct held_card){0};
}

void held_clear(struct held *held)
{
    while (held->count > 0)
        drop_oldest(held);
}
