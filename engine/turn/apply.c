/* apply.c - journal entries become state, and state becomes cards: live and in recovery alike. */
#include "engine/sys/log.h"
#include "engine/turn/turn_state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* The events of a batch share one room for their attrs: where rules look at them, they are read
 * once more. rest_io: the entry's body, from this event on. */
static const struct event *with_attrs(struct turn *turn, const struct event *event,
                                      struct slice *rest_io, struct event *again)
{
    struct slice bytes;
    struct slice extent;
    const char *field;
    if (!core_asks_attrs(turn->core))
        return event;
    bool is_there = event_skip(rest_io, &bytes);
    assert(is_there);
    if (event->attrs.count == 0)
        return event;
    enum refusal refusal = event_next(&bytes, turn->attrs_room, again, &extent, &field);
    assert(refusal == REFUSAL_NONE); /* it was decoded once */
    return again;
}

int turn_apply_batch(struct turn *turn, uint64_t number, const struct entry *entry,
                     const struct event *events, const uint32_t *cases)
{
    static const struct event refused;
    struct source *source = &turn->sources[entry->source - 1];
    struct slice rest = entry->body;
    for (uint32_t i = 0; i < entry->event_count; i++) {
        uint64_t word = turn->words[i];
        bool is_refused = (word & WORD_REFUSED) != 0;
        struct event again;
        const struct event *event =
            with_attrs(turn, is_refused ? &refused : &events[i], &rest, &again);
        if (is_refused)
            continue;
        suspect_at(&turn->suspect, entry->first_seq + i);
        struct instant now = entry->now;
        if (turn->options.clock == TURN_EVENTS)
            now = instant_later_of(core_now(turn->core), events[i].at);
        if (instant_is_before(now, core_now(turn->core)))
            now = core_now(turn->core);
        struct event_ref ref = {.place = number << PLACE_INDEX_BITS | i};
        core_apply(turn->core, now, cases[i], event, ref, (word & WORD_CORRECTION) != 0);
        turn->counts.events++;
        if (events[i].at.ms > source->row.last_at_ms)
            source->row.last_at_ms = events[i].at.ms;
    }
    return turn->is_recovering ? 0 : turn_cards_store(turn);
}

/* ---- cards -------------------------------------------------------------------------------------
 */

static struct level_count *level_of(struct turn *turn, struct slice level)
{
    struct turn_counts *counts = &turn->counts;
    for (uint32_t i = 0; i < counts->level_count; i++)
        if (slice_is_equal(slice_of(counts->levels[i].level), level))
            return &counts->levels[i];
    if (counts->level_count == COUNT_OF(counts->levels) ||
        level.count >= sizeof counts->levels[0].level)
        return NULL;
    struct level_count *row = &counts->levels[counts->level_count++];
    *row = (struct level_count){0};
    memcpy(row->level, level.start, level.count);
    return row;
}

/* Where a card of this state is counted; NULL: nowhere. */
static uint64_t *level_place(struct level_count *row, enum card_state state)
{
    return state == CARD_ISSUED ? &row->issued : state == CARD_PENDING ? &row->pending : NULL;
}

static void level_note(struct turn *turn, const struct card *card)
{
    struct level_count *row = level_of(turn, card->level);
    if (row == NULL)
        return;
    row->shadow += card->is_shadow ? 1 : 0;
    if (card->is_shadow)
        return;
    if (card->state == CARD_WITHDRAWN)
        ++*(card->is_unreleased ? &row->taken_back : &row->withdrawn);
    uint64_t *before = level_place(row, card->before);
    uint64_t *after = level_place(row, card->state);
    if (before != NULL && *before > 0)
        --*before;
    if (after != NULL)
        ++*after;
}

static void topic_part(char *place, size_t room, size_t *at, struct slice part)
{
    if (*at + 1 < room)
        place[(*at)++] = '.';
    if (part.count == 0)
        part = SLICE("-");
    for (size_t i = 0; i < part.count && *at < room; i++)
        place[(*at)++] = part.start[i] == '.' ? '_' : part.start[i];
}

static size_t topic_write(const struct card *card, char topic[CARD_TOPIC_BYTES])
{
    struct slice family = card->is_shadow       ? SLICE("shadow")
                          : card->is_unreleased ? SLICE("pending")
                                                : SLICE("card");
    size_t at = family.count;
    memcpy(topic, family.start, family.count);
    topic_part(topic, CARD_TOPIC_BYTES, &at, card->level);
    topic_part(topic, CARD_TOPIC_BYTES, &at, card->area);
    topic_part(topic, CARD_TOPIC_BYTES, &at, card->org);
    return at;
}

static struct pending_card *card_room(struct turn *turn)
{
    if (turn->card_count == turn->card_room) {
        uint32_t room = turn->card_room == 0 ? 256 : turn->card_room * 2;
        struct pending_card *cards = realloc(turn->cards, room * sizeof *cards);
        if (cards == NULL)
            return NULL;
        turn->cards = cards;
        turn->card_room = room;
    }
    return &turn->cards[turn->card_count];
}

static struct slice line_of(struct turn *turn, const struct card *card)
{
    turn->scratch.count = 0;
    int error = card_to_json(&turn->scratch, card, card->offset_s);
    assert(error == 0); /* it was written once: memory alone can be short */
    return (struct slice){.start = turn->scratch.start, .count = turn->scratch.count};
}

/* In recovery the ledger already has it: it must be the very same line. (Lines of before say of a
 * card that was taken back nothing of its release.) */
static void card_compare(struct turn *turn, const struct card *card)
{
    struct slice is = {0};
    bool is_there = store_card_line(turn->store, card->seq, &is) == 0;
    struct card before = *card;
    before.is_unreleased = false;
    if (is_there && (slice_is_equal(is, line_of(turn, card)) ||
                     (card->is_unreleased && slice_is_equal(is, line_of(turn, &before)))))
        return;
    struct slice should = line_of(turn, card);
    turn->counts.ledger_differs++;
    if (turn->ports.differs != NULL)
        turn->ports.differs(turn->ports.ctx, card->seq, is, should);
    else
        log_error("recovery: card %llu of case %.*s stands otherwise in the ledger; the ledger is "
                  "kept",
                  (unsigned long long)card->seq, (int)card->case_no.count, card->case_no.start);
}

void turn_card_on(void *ctx, const struct card *card)
{
    struct turn *turn = ctx;
    struct card full = *card;
    if (turn->options.instead != NULL) {
        card_id(card->case_no, card->clock, card->cycle, card->rung, full.id);
        turn->options.instead->card(turn->options.instead->ctx, &full);
        return;
    }
    if (turn->preview != NULL) {
        card_id(card->case_no, card->clock, card->cycle, card->rung, full.id);
        turn->preview->card(turn->preview->ctx, &full);
        return;
    }
    full.seq = ++turn->card_seq;
    card_id(card->case_no, card->clock, card->cycle, card->rung, full.id);
    level_note(turn, &full);
    turn->counts.cards++;
    if (turn->is_recovering) {
        card_compare(turn, &full);
        return;
    }
    struct pending_card *pending = card_room(turn);
    assert(pending != NULL); /* a card that cannot be kept must not be lost: the journal has it */
    char topic[CARD_TOPIC_BYTES];
    *pending = (struct pending_card){.seq = full.seq};
    memcpy(pending->id, full.id, sizeof pending->id);
    pending->topic_at = turn->card_bytes.count;
    pending->topic_bytes = topic_write(&full, topic);
    int error = bytes_append(&turn->card_bytes,
                             (struct slice){.start = topic, .count = pending->topic_bytes});
    pending->line_at = turn->card_bytes.count;
    if (error == 0)
        error = card_to_json(&turn->card_bytes, &full, full.offset_s);
    assert(error == 0);
    pending->line_bytes = turn->card_bytes.count - pending->line_at;
    turn->card_count++;
}

int turn_cards_store(struct turn *turn)
{
    for (; turn->card_stored < turn->card_count; turn->card_stored++) {
        const struct pending_card *card = &turn->cards[turn->card_stored];
        int error = store_card(turn->store, card->seq, card->id,
                               (struct slice){.start = turn->card_bytes.start + card->line_at,
                                              .count = card->line_bytes});
        if (error != 0)
            return error;
    }
    return 0;
}

/* ---- history -----------------------------------------------------------------------------------
 */

static bool is_among(const uint64_t *places, uint64_t count, uint64_t place)
{
    uint64_t from = 0;
    while (from < count) {
        uint64_t middle = from + (count - from) / 2;
        if (places[middle] == place)
            return true;
        if (places[middle] < place)
            from = middle + 1;
        else
            count = middle;
    }
    return false;
}

bool turn_place_is_left_out(struct turn *turn, uint64_t place)
{
    if (is_among(turn->left_out, turn->left_out_count, place))
        return true;
    struct entry entry;
    uint64_t number = place >> PLACE_INDEX_BITS;
    uint32_t index = (uint32_t)(place & ((1u << PLACE_INDEX_BITS) - 1));
    if (turn->suspect.poison_count == 0 || place == 0 ||
        store_entry(turn->store, number, &entry) != 0)
        return false;
    return suspect_is_poison(&turn->suspect, (struct slice){0}, entry.first_seq + index, number);
}

static bool is_left_out(struct turn *turn, const struct entry *entry, uint64_t place)
{
    uint32_t index = (uint32_t)(place & ((1u << PLACE_INDEX_BITS) - 1));
    return (entry_word(entry, index) & WORD_REFUSED) != 0 || turn_place_is_left_out(turn, place);
}

static struct entry entry_of(struct turn *turn, uint64_t place)
{
    struct entry entry;
    int error = store_entry(turn->store, place >> PLACE_INDEX_BITS, &entry);
    assert(error == 0); /* the journal is the truth: without it nothing can be judged */
    assert(entry.kind == ENTRY_BATCH);
    return entry;
}

/* Where the events of an entry begin, and when each had arrived: found once, up to the one that is
 * asked for. On the events' clock each event moves `now` for those behind it. */
static const struct entry_index *entry_index(struct turn *turn, const struct entry *entry,
                                             uint64_t place)
{
    uint64_t number = place >> PLACE_INDEX_BITS;
    uint32_t index = (uint32_t)(place & ((1u << PLACE_INDEX_BITS) - 1));
    struct entry_index *known = &turn->indexes[number % ENTRY_INDEXES];
    bool is_stepping = turn->options.clock == TURN_EVENTS;
    if (known->number != number) {
        known->number = number;
        known->count = known->end = 0;
        known->now = entry->now;
    }
    while (known->count <= index) {
        uint32_t i = known->count;
        struct slice rest = {.start = entry->body.start + known->end,
                             .count = entry->body.count - known->end};
        struct slice bytes;
        struct event event;
        const char *field;
        bool is_there = true;
        known->at[i] = known->end;
        if (is_stepping && !is_left_out(turn, entry, place - index + i)) {
            is_there = event_next(&rest, turn->attrs_room, &event, &bytes, &field) == REFUSAL_NONE;
            known->now = instant_later_of(known->now, event.at);
        } else {
            is_there = event_skip(&rest, &bytes);
        }
        assert(is_there); /* else it would have been refused, and not be judged */
        known->arrived_at[i] = known->now;
        known->end = (uint32_t)(entry->body.count - rest.count);
        known->count++;
    }
    return known;
}

static struct past_event past_read(struct turn *turn, const struct entry *entry, uint64_t place)
{
    uint32_t index = (uint32_t)(place & ((1u << PLACE_INDEX_BITS) - 1));
    const struct entry_index *known = entry_index(turn, entry, place);
    struct past_event past = {.ref = {.place = place},
                              .source = entry->source,
                              .seq = entry->first_seq + index,
                              .arrived_at = known->arrived_at[index]};
    struct slice rest = {.start = entry->body.start + known->at[index],
                         .count = entry->body.count - known->at[index]};
    struct slice bytes;
    const char *field;
    enum refusal refusal = event_next(&rest, turn->attrs_room, &past.event, &bytes, &field);
    assert(refusal == REFUSAL_NONE);
    if (!core_asks_attrs(turn->core)) /* their room is shared */
        past.event.attrs = (struct slice){0};
    int error = bytes_append(&turn->past_attrs, past.event.attrs);
    assert(error == 0); /* a case cannot be judged by half */
    return past;
}

/* They were appended one after the other, to a room that moved as it grew. */
static void past_attrs_place(const struct turn *turn, struct past_event *past, uint32_t count)
{
    size_t at = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct slice *attrs = &past[i].event.attrs;
        attrs->start = attrs->count == 0 ? NULL : turn->past_attrs.start + at;
        at += attrs->count;
    }
}

uint32_t turn_history_port(void *ctx, struct event_ref newest, struct past_event *past,
                           uint32_t room)
{
    struct turn *turn = ctx;
    uint32_t count = 0;
    turn->past_attrs.count = 0;
    for (uint64_t place = newest.place; place != 0;) {
        struct entry entry = entry_of(turn, place);
        uint32_t index = (uint32_t)(place & ((1u << PLACE_INDEX_BITS) - 1));
        if (!turn_place_is_left_out(turn, place)) {
            if (count < room)
                past[count] = past_read(turn, &entry, place);
            count++;
        }
        place = entry_word(&entry, index) >> WORD_FLAG_BITS;
    }
    past_attrs_place(turn, past, count < room ? count : room);
    return count;
}

uint32_t turn_history(struct turn *turn, struct event_ref newest, struct past_event *past,
                      uint32_t room)
{
    return turn_history_port(turn, newest, past, room);
}

/* The last entry that was begun before an instant; 0: none was. Their `now` rises. */
static uint64_t entry_before(struct turn *turn, struct instant at)
{
    uint64_t low = 0;
    uint64_t high = store_entry_last(turn->store);
    while (low < high) {
        struct entry entry;
        uint64_t middle = low + (high - low + 1) / 2;
        int error = store_entry(turn->store, middle, &entry);
        assert(error == 0);
        if (entry.now.ms < at.ms)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

struct event_ref turn_came_before(struct turn *turn, struct instant at)
{
    for (uint64_t number = entry_before(turn, at); number > 0; number--) {
        struct entry entry;
        int error = store_entry(turn->store, number, &entry);
        assert(error == 0);
        if (entry.kind != ENTRY_BATCH)
            continue;
        uint64_t first = number << PLACE_INDEX_BITS;
        const struct entry_index *known = entry_index(turn, &entry, first + entry.event_count - 1);
        for (uint32_t i = entry.event_count; i-- > 0;)
            if (known->arrived_at[i].ms < at.ms)
                return (struct event_ref){.place = first + i};
    }
    return (struct event_ref){0};
}
