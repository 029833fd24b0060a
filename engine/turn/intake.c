/* intake.c - one batch of one source: what is new, what was sent before, what is refused.
 *
 * Two passes. The first only decodes and checks, so that a message that cannot be read to its end
 * leaves nothing behind. The second hooks each event onto its case, writes the entry, and judges.
 */
#include "engine/turn/turn_state.h"

/* A batch while it is taken in. */
struct taking {
    struct turn *turn;
    struct slice peer;
    uint32_t source; /* index */
    const struct message *message;
    enum refusal *refusals;
    const char **fields;
};

static int refuse(struct taking *taking, uint32_t index, enum refusal refusal, const char *field)
{
    struct turn *turn = taking->turn;
    struct refused refused = {
        .seq = taking->message->first_seq + index, .refusal = refusal, .field = field};
    int error =
        turn_refuse(turn, turn->sources[taking->source].name, &refused, turn->event_bytes[index]);
    return error != 0 ? error : turn_answer_note(turn, taking->peer, taking->source, &refused);
}

/* The stored bytes of an event that was taken in before. Returns false when it is not to be found
 * (refused as part of a whole message, or the journal was archived). */
static bool stored_event(struct turn *turn, uint32_t source_number, uint64_t seq,
                         struct event *event_out, struct slice *bytes_out, uint64_t *word_out)
{
    uint64_t number;
    struct entry entry;
    const char *field;
    if (store_batch_find(turn->store, source_number, seq, &number) != 0 ||
        store_entry(turn->store, number, &entry) != 0 || entry.kind != ENTRY_BATCH ||
        seq < entry.first_seq || seq - entry.first_seq >= entry.event_count)
        return false;
    uint32_t index = (uint32_t)(seq - entry.first_seq);
    struct slice rest = entry.body;
    bool is_there = true;
    for (uint32_t i = 0; is_there && i < index; i++)
        is_there = event_skip(&rest, bytes_out);
    *word_out = entry_word(&entry, index);
    *event_out = (struct event){0};
    if ((*word_out & WORD_REFUSED) != 0) /* it may be poison: it is not looked into again */
        return is_there && event_skip(&rest, bytes_out);
    return is_there && event_next(&rest, turn->attrs_room, event_out, bytes_out, &field) == 0;
}

static int append_and_apply(struct taking *taking, uint32_t first, uint32_t count)
{
    struct turn *turn = taking->turn;
    struct source *source = &turn->sources[taking->source];
    struct slice body = {.start = turn->event_bytes[first].start};
    const struct slice *last = &turn->event_bytes[first + count - 1];
    body.count = (size_t)(last->start + last->count - body.start);
    struct entry entry = {
        .kind = ENTRY_BATCH,
        .source = source->row.number,
        .first_seq = taking->message->first_seq + first,
        .now = core_now(turn->core),
        .event_count = count,
        .words = turn->words,
        .body = body,
    };
    uint64_t number;
    int error = store_append(turn->store, &entry, &number);
    if (error != 0)
        return error;
    turn->bytes_since_image += body.count;
    source->is_dirty = true;
    bool is_correction = count == 1 && (turn->words[0] & WORD_CORRECTION) != 0;
    if (!is_correction) {
        error = store_batch_set(turn->store, source->row.number, entry.first_seq, number);
        source->row.committed = entry.first_seq + count - 1;
    }
    return error != 0 ? error
                      : turn_apply_batch(turn, number, &entry, turn->events + first, turn->cases);
}

/* Hook one event onto its case; words[slot] tells the outcome. */
static int admit(struct taking *taking, uint32_t index, uint32_t slot, uint64_t flags)
{
    struct turn *turn = taking->turn;
    suspect_at(&turn->suspect, taking->message->first_seq + index);
    if (taking->refusals[index] == REFUSAL_NONE) {
        /* the entry's number is known before it is written: the last plus one */
        uint64_t number = store_entry_last(turn->store) + 1;
        struct event_ref ref = {.place = number << PLACE_INDEX_BITS | slot};
        struct event_ref previous;
        int outcome =
            core_admit(turn->core, &turn->events[index], ref,
                       turn->sources[taking->source].row.number, &turn->cases[slot], &previous);
        if (outcome == 0) {
            turn->words[slot] = previous.place << WORD_FLAG_BITS | flags;
            return 0;
        }
        bool is_item = outcome == CORE_E_UNKNOWN_ITEM;
        taking->refusals[index] = is_item                          ? REFUSAL_UNKNOWN_ITEM
                                  : outcome == CORE_E_UNKNOWN_CASE ? REFUSAL_UNKNOWN_CASE
                                                                   : REFUSAL_FULL;
        taking->fields[index] = is_item ? "item" : "case";
    }
    turn->words[slot] = WORD_REFUSED;
    return refuse(taking, index, taking->refusals[index], taking->fields[index]);
}

/* A number that was used before: the same again, a correction, or a conflict. */
static int take_again(struct taking *taking, uint32_t index)
{
    struct turn *turn = taking->turn;
    const struct source *source = &turn->sources[taking->source];
    uint64_t seq = taking->message->first_seq + index;
    struct event stored;
    struct slice stored_bytes;
    uint64_t word;
    turn->counts.duplicates++;
    if (!stored_event(turn, source->row.number, seq, &stored, &stored_bytes, &word) ||
        slice_is_equal(stored_bytes, turn->event_bytes[index]))
        return 0;
    const struct event *event = &turn->events[index];
    bool is_correction = taking->refusals[index] == REFUSAL_NONE &&
                         event->version > stored.version && (word & WORD_REFUSED) == 0 &&
                         slice_is_equal(event->case_no, stored.case_no);
    turn->counts.duplicates--;
    if (!is_correction)
        return refuse(taking, index, REFUSAL_CONFLICT, "seq");
    turn->counts.corrections++;
    int error = admit(taking, index, 0, WORD_CORRECTION);
    if (error != 0 || (turn->words[0] & WORD_REFUSED) != 0)
        return error;
    return append_and_apply(taking, index, 1);
}

static bool decode_all(struct taking *taking)
{
    struct turn *turn = taking->turn;
    struct slice rest = taking->message->events;
    for (uint32_t i = 0; i < taking->message->event_count; i++) {
        const char *field = "";
        struct event *event = &turn->events[i];
        uint64_t seq = taking->message->first_seq + i;
        enum refusal refusal = REFUSAL_POISON;
        suspect_at(&turn->suspect, seq);
        if (suspect_is_poison(&turn->suspect, taking->message->source, seq, 0)) {
            *event = (struct event){0};
            if (!event_skip(&rest, &turn->event_bytes[i]))
                return false;
        } else {
            refusal = event_next(&rest, turn->attrs_room, event, &turn->event_bytes[i], &field);
            if (slice_is_empty(turn->event_bytes[i]))
                return false;
        }
        if (refusal == REFUSAL_NONE)
            refusal = event_check(event, turn->wall, &field);
        taking->refusals[i] = refusal;
        taking->fields[i] = field;
    }
    return true;
}

int turn_take_batch(struct turn *turn, struct slice peer, const struct message *message)
{
    static enum refusal refusals[BATCH_EVENTS_MAX];
    static const char *fields[BATCH_EVENTS_MAX];
    struct taking taking = {
        .turn = turn, .peer = peer, .message = message, .refusals = refusals, .fields = fields};
    int error = turn_source_find(turn, message->source, &taking.source);
    if (error == 0)
        error = turn_answer_note(turn, peer, taking.source, NULL);
    if (error != 0)
        return error;
    struct source *source = &turn->sources[taking.source];
    source->row.heard_ms = turn->wall.ms;
    if (message->first_seq > source->row.committed + 1 || message->event_count == 0)
        return 0; /* a gap: the answer says what is committed, the source goes on from there */
    suspect_begin(&turn->suspect, SUSPECT_TAKING, message->source, 0);
    if (!decode_all(&taking)) {
        turn_answer_error(turn, peer, REFUSAL_MALFORMED, "the batch ends within an event");
        return 0;
    }
    uint32_t index = 0;
    for (; error == 0 && index < message->event_count &&
           message->first_seq + index <= source->row.committed;
         index++)
        error = take_again(&taking, index);
    uint32_t fresh = message->event_count - index;
    core_warm(turn->core, turn->events + index, fresh);
    for (uint32_t slot = 0; error == 0 && slot < fresh; slot++)
        error = admit(&taking, index + slot, slot, 0);
    if (error == 0 && fresh > 0)
        error = append_and_apply(&taking, index, fresh);
    return error;
}
