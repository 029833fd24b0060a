/* recover.c - after a start: the newest image, and behind it the journal, entry by entry, through
 * the same core. What comes out must be what stands in the ledger.
 */
#include "engine/sys/clock.h"
#include "engine/sys/log.h"
#include "engine/turn/turn_state.h"

#include <errno.h>
#include <stdlib.h>

int turn_edition_add(struct turn *turn, uint32_t edition)
{
    uint32_t *editions =
        realloc(turn->editions, (turn->edition_count + 1) * sizeof *turn->editions);
    if (editions == NULL)
        return -ENOMEM;
    turn->editions = editions;
    turn->editions[turn->edition_count++] = edition;
    return 0;
}

static int replay_rules(struct turn *turn, uint32_t edition)
{
    const struct ruleset *ruleset;
    int error = turn->ports.rules(turn->ports.rules_ctx, edition, &ruleset);
    if (error == 0)
        error = core_set_rules(turn->core, ruleset);
    return error != 0 ? error : turn_edition_add(turn, edition);
}

static int replay_batch(struct turn *turn, uint64_t number, const struct entry *entry)
{
    struct slice rest = entry->body;
    if (entry->source == 0 || entry->source > turn->source_count ||
        entry->event_count > BATCH_EVENTS_MAX)
        return -EIO;
    for (uint32_t i = 0; i < entry->event_count; i++) {
        const char *field;
        struct event_ref previous;
        struct event_ref ref = {.place = number << PLACE_INDEX_BITS | i};
        (void)event_next(&rest, turn->attrs_room, &turn->events[i], &turn->event_bytes[i], &field);
        turn->words[i] = entry_word(entry, i);
        if ((turn->words[i] & WORD_REFUSED) != 0)
            continue;
        int outcome = core_admit(turn->core, &turn->events[i], ref, entry->source, &turn->cases[i],
                                 &previous);
        if (outcome != 0 || previous.place != turn->words[i] >> WORD_FLAG_BITS)
            return -EIO;
    }
    return turn_apply_batch(turn, number, entry, turn->events, turn->cases);
}

static int replay_entry(struct turn *turn, uint64_t number)
{
    struct entry entry;
    int error = store_entry(turn->store, number, &entry);
    if (error != 0) {
        log_error("recovery: journal entry %llu cannot be read", (unsigned long long)number);
        return -EIO;
    }
    if (turn->options.clock == TURN_WALL && entry.now.ms > core_now(turn->core).ms)
        core_advance(turn->core, entry.now);
    switch (entry.kind) {
    case ENTRY_BATCH:
        error = replay_batch(turn, number, &entry);
        break;
    case ENTRY_ADVANCE:
        if (entry.now.ms > core_now(turn->core).ms)
            core_advance(turn->core, entry.now);
        break;
    case ENTRY_RULES:
        error = replay_rules(turn, entry.edition);
        break;
    }
    if (error != 0)
        log_error("recovery: journal entry %llu cannot be applied", (unsigned long long)number);
    return error < 0 ? error : 0;
}

int turn_recover(struct turn *turn)
{
    int64_t began = clock_monotonic_ms();
    int error = store_read_begin(turn->store);
    if (error == 0)
        error = turn_sources_load(turn);
    uint64_t entry = 0;
    turn->is_recovering = true;
    if (error == 0)
        error = turn_image_load(turn, &entry);
    turn->image_entry = entry;
    uint64_t from = entry;
    for (entry = entry + 1; error == 0 && entry <= store_entry_last(turn->store); entry++)
        error = replay_entry(turn, entry);
    turn->is_recovering = false;
    store_read_end(turn->store);
    if (error == 0 && turn->card_seq != store_card_last(turn->store)) {
        log_error("recovery: the ledger has %llu cards, the journal gives %llu",
                  (unsigned long long)store_card_last(turn->store),
                  (unsigned long long)turn->card_seq);
        turn->counts.ledger_differs++;
        turn->card_seq = store_card_last(turn->store);
    }
    if (error == 0)
        log_info("recovered: entries=%llu of them replayed=%llu cards=%llu ms=%lld",
                 (unsigned long long)store_entry_last(turn->store),
                 (unsigned long long)(store_entry_last(turn->store) - from),
                 (unsigned long long)turn->card_seq, (long long)(clock_monotonic_ms() - began));
    return error;
}
