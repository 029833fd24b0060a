/* recover.c - after a start: the newest image, and behind it the journal, entry by entry, through
 * the same core. What comes out must be what stands in the ledger.
 */
#include "engine/sys/clock.h"
#include "engine/sys/log.h"
#include "engine/turn/turn_state.h"

#include <errno.h>
#include <stdlib.h>

enum { PROGRESS_ENTRIES = 4096 };

static int replay_rules(struct turn *turn, uint32_t edition)
{
    const struct ruleset *ruleset;
    if (turn->options.instead != NULL)
        return core_set_rules(turn->core, turn->options.instead->ruleset);
    int error = turn->ports.rules(turn->ports.rules_ctx, edition, edition, &ruleset);
    return error != 0 ? error : turn_rules_apply(turn, ruleset);
}

/* An event that was set aside is missing from its case's chain as the core knows it. */
static bool is_chained(struct turn *turn, uint64_t place, uint64_t previous)
{
    struct entry entry;
    while (place != previous && turn_place_is_left_out(turn, place)) {
        if (store_entry(turn->store, place >> PLACE_INDEX_BITS, &entry) != 0)
            return false;
        uint32_t index = (uint32_t)(place & ((1u << PLACE_INDEX_BITS) - 1));
        place = entry_word(&entry, index) >> WORD_FLAG_BITS;
    }
    return place == previous;
}

/* The other rules do not know its item, or there is no room. */
static int leave_out(struct turn *turn, uint64_t place)
{
    if (turn->left_out_count == turn->left_out_room) {
        uint64_t room = turn->left_out_room == 0 ? 1024 : 2 * turn->left_out_room;
        uint64_t *left_out = realloc(turn->left_out, room * sizeof *left_out);
        if (left_out == NULL)
            return -ENOMEM;
        turn->left_out = left_out;
        turn->left_out_room = room;
    }
    turn->left_out[turn->left_out_count++] = place;
    turn->counts.left_out++;
    return 0;
}

static int replay_decode(struct turn *turn, uint64_t number, const struct entry *entry, uint32_t i,
                         struct slice *rest_io)
{
    const char *field;
    struct slice *bytes = &turn->event_bytes[i];
    suspect_at(&turn->suspect, entry->first_seq + i);
    turn->events[i] = (struct event){.kind = EVENT_NONE};
    turn->words[i] = entry_word(entry, i);
    if (suspect_is_poison(&turn->suspect, (struct slice){0}, entry->first_seq + i, number))
        turn->words[i] |= WORD_REFUSED;
    if ((turn->words[i] & WORD_REFUSED) != 0)
        return event_skip(rest_io, bytes) ? 0 : -EIO;
    bool is_good =
        event_next(rest_io, turn->attrs_room, &turn->events[i], bytes, &field) == REFUSAL_NONE;
    return is_good ? 0 : -EIO;
}

static int replay_admit(struct turn *turn, uint64_t number, const struct entry *entry, uint32_t i)
{
    struct event_ref previous;
    struct event_ref ref = {.place = number << PLACE_INDEX_BITS | i};
    if ((turn->words[i] & WORD_REFUSED) != 0)
        return 0;
    suspect_at(&turn->suspect, entry->first_seq + i);
    int outcome =
        core_admit(turn->core, &turn->events[i], ref, entry->source, &turn->cases[i], &previous);
    if (outcome > 0 && turn->options.instead != NULL) {
        turn->words[i] |= WORD_REFUSED;
        return leave_out(turn, ref.place);
    }
    bool is_right =
        outcome == 0 && is_chained(turn, turn->words[i] >> WORD_FLAG_BITS, previous.place);
    return is_right ? 0 : -EIO;
}

static int replay_batch(struct turn *turn, uint64_t number, const struct entry *entry)
{
    struct slice rest = entry->body;
    int error = 0;
    if (entry->source == 0 || entry->source > turn->source_count ||
        entry->event_count > BATCH_EVENTS_MAX)
        return -EIO;
    suspect_begin(&turn->suspect, SUSPECT_REPLAY, turn->sources[entry->source - 1].name, number);
    for (uint32_t i = 0; error == 0 && i < entry->event_count; i++)
        error = replay_decode(turn, number, entry, i, &rest);
    if (error == 0)
        core_warm(turn->core, turn->events, entry->event_count);
    for (uint32_t i = 0; error == 0 && i < entry->event_count; i++)
        error = replay_admit(turn, number, entry, i);
    if (error == 0)
        error = turn_apply_batch(turn, number, entry, turn->events, turn->cases);
    suspect_end(&turn->suspect);
    return error;
}

static int replay_entry(struct turn *turn, uint64_t number)
{
    struct entry entry;
    int error = store_entry(turn->store, number, &entry);
    if (error != 0) {
        log_error("recovery: journal entry %llu cannot be read", (unsigned long long)number);
        return -EIO;
    }
    suspect_begin(&turn->suspect, SUSPECT_TIME, (struct slice){0}, number);
    if (turn->options.clock == TURN_WALL && entry.now.ms > core_now(turn->core).ms)
        core_advance(turn->core, entry.now);
    switch (entry.kind) {
    case ENTRY_BATCH:
        if (turn->options.clock == TURN_WALL)
            core_hold(turn->core);
        error = replay_batch(turn, number, &entry);
        break;
    case ENTRY_ADVANCE:
        if (entry.now.ms > core_now(turn->core).ms)
            core_advance(turn->core, entry.now);
        core_release(turn->core);
        break;
    case ENTRY_ACT: /* what followed from it stands in entries of its own */
        break;
    case ENTRY_RULES:
        error = replay_rules(turn, entry.edition);
        break;
    case ENTRY_MOVE:
        if (turn->options.instead == NULL)
            error = turn_move_apply(turn, number, (uint32_t)entry.first_seq, entry.source);
        break;
    }
    suspect_end(&turn->suspect);
    if (error != 0)
        log_error("recovery: journal entry %llu cannot be applied", (unsigned long long)number);
    return error < 0 ? error : 0;
}

/* Once: an event of the journal that is left out from now on stands among what was refused. */
static int poison_report(struct turn *turn, struct suspect_slot *slot)
{
    struct entry entry;
    struct slice bytes = {0};
    struct slice source = {.start = slot->source, .count = slot->source_bytes};
    struct refused refused = {.seq = slot->seq, .refusal = REFUSAL_POISON, .field = ""};
    if (store_entry(turn->store, slot->entry, &entry) != 0 || entry.kind != ENTRY_BATCH ||
        slot->seq - entry.first_seq >= entry.event_count)
        return 0; /* of another journal: the file was left behind */
    for (uint64_t seq = entry.first_seq; seq <= slot->seq; seq++)
        if (!event_skip(&entry.body, &bytes))
            return -EIO;
    return turn_refuse(turn, source, &refused, bytes);
}

static int poisons_report(struct turn *turn)
{
    int error = 0;
    turn->wall = core_now(turn->core);
    struct suspect_page *page = turn->suspect.page;
    for (size_t i = 0; error == 0 && i < COUNT_OF(page->slots); i++) {
        struct suspect_slot *slot = &page->slots[i];
        if (slot->deaths < SUSPECT_DEATHS_MAX || slot->entry == 0 || slot->is_reported != 0)
            continue;
        error = store_begin(turn->store);
        if (error == 0)
            error = poison_report(turn, slot);
        if (error == 0)
            error = store_commit(turn->store);
        slot->is_reported = error == 0;
    }
    return error;
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
    uint64_t last = store_entry_last(turn->store);
    for (entry = entry + 1; error == 0 && entry <= last; entry++) {
        error = replay_entry(turn, entry);
        if (turn->options.instead != NULL && entry % PROGRESS_ENTRIES == 0)
            turn->options.instead->progress(turn->options.instead->ctx, entry, last);
    }
    turn->is_recovering = false;
    store_read_end(turn->store);
    if (error == 0 && !turn->options.is_verifying)
        error = poisons_report(turn);
    if (turn->options.instead != NULL)
        return error;
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
