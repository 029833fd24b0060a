/* refused.c - an event that is refused is kept with its reason, and may be taken in again. */
#include "engine/turn/turn_state.h"

#include <sodium.h>
#include <stdlib.h>

int turn_refuse(struct turn *turn, struct slice source, const struct refused *refused,
                struct slice bytes)
{
    struct bytes *record = &turn->scratch;
    turn->counts.refused++;
    record->count = 0;
    int error = bytes_append(record, SLICE("{\"source\":"));
    if (error == 0)
        error = json_text(record, source);
    if (error == 0)
        error =
            bytes_printf(record,
                         ",\"seq\":%llu,\"code\":\"%s\",\"field\":\"%s\",\"text\":\"%s\","
                         "\"wall_ms\":%lld,\"bytes\":\"",
                         (unsigned long long)refused->seq, refusal_name[refused->refusal],
                         refused->field, refusal_en[refused->refusal], (long long)turn->wall.ms);
    char hex[2 * 64 + 1];
    for (size_t at = 0; error == 0 && at < bytes.count; at += 64) {
        size_t count = bytes.count - at < 64 ? bytes.count - at : 64;
        sodium_bin2hex(hex, sizeof hex, (const unsigned char *)bytes.start + at, count);
        error = bytes_append(record, slice_of(hex));
    }
    if (error == 0)
        error = bytes_append(record, SLICE("\"}"));
    if (error == 0)
        error = store_refuse(turn->store,
                             (struct slice){.start = record->start, .count = record->count});
    return error;
}

/* ---- taking a refused event in again ------------------------------------------------------------
 */

struct requeue {
    uint64_t number;
    bool is_found;
    struct bytes record;
};

static bool requeue_read(void *ctx, uint64_t number, struct slice record)
{
    struct requeue *requeue = ctx;
    requeue->is_found = number == requeue->number && bytes_append(&requeue->record, record) == 0;
    return false;
}

/* The record is our own writing: its parts stand where refuse() put them. */
static bool record_part(struct slice record, const char *key, char end, struct slice *part_out)
{
    size_t length = strlen(key);
    for (size_t at = 0; at + length < record.count; at++) {
        if (memcmp(record.start + at, key, length) != 0)
            continue;
        const char *start = record.start + at + length;
        const char *stop = memchr(start, end, record.count - at - length);
        if (stop == NULL)
            return false;
        *part_out = (struct slice){.start = start, .count = (size_t)(stop - start)};
        return true;
    }
    return false;
}

/* What set it aside before does not hold it back: whoever asks for it has a reason to. */
static int requeue_event(struct turn *turn, struct slice record, struct slice bytes, bool *taken)
{
    struct slice name;
    struct slice seq;
    struct slice extent;
    uint32_t source;
    const char *field;
    if (!record_part(record, "\"source\":\"", '"', &name) ||
        !record_part(record, "\"seq\":", ',', &seq))
        return 0;
    struct event *event = &turn->events[0];
    uint64_t first_seq = strtoull(seq.start, NULL, 10);
    int error = turn_source_find(turn, name, &source);
    if (error != 0)
        return error;
    suspect_begin(&turn->suspect, SUSPECT_TAKING, name, 0);
    suspect_at(&turn->suspect, first_seq);
    struct slice rest = bytes;
    struct event_ref ref = {.place = (store_entry_last(turn->store) + 1) << PLACE_INDEX_BITS};
    struct event_ref previous;
    if (event_next(&rest, turn->attrs_room, event, &extent, &field) != REFUSAL_NONE ||
        event_check(event, turn->wall, &field) != REFUSAL_NONE ||
        core_admit(turn->core, event, ref, turn->sources[source].row.number, &turn->cases[0],
                   &previous) != 0)
        return 0;
    turn->words[0] = previous.place << WORD_FLAG_BITS;
    struct entry entry = {.kind = ENTRY_BATCH,
                          .source = turn->sources[source].row.number,
                          .first_seq = first_seq,
                          .now = core_now(turn->core),
                          .event_count = 1,
                          .words = turn->words,
                          .body = bytes};
    uint64_t number;
    error = store_append(turn->store, &entry, &number);
    if (error == 0)
        error = turn_apply_batch(turn, number, &entry, turn->events, turn->cases);
    *taken = error == 0;
    return error;
}

int turn_requeue(struct turn *turn, uint64_t refused_number, bool *taken_out)
{
    struct requeue requeue = {.number = refused_number};
    bool is_taken = false;
    unsigned char *bytes = NULL;
    *taken_out = false;
    if (!store_has_room(turn->store, BATCH_BYTES_MAX))
        return 0;
    int error = store_refused(turn->store, refused_number, 1, requeue_read, &requeue);
    struct slice record = {.start = requeue.record.start, .count = requeue.record.count};
    struct slice hex;
    if (error == 0 && requeue.is_found && record_part(record, "\"bytes\":\"", '"', &hex) &&
        (bytes = malloc(hex.count / 2 + 1)) != NULL) {
        size_t count = 0;
        if (sodium_hex2bin(bytes, hex.count / 2 + 1, hex.start, hex.count, NULL, &count, NULL) == 0)
            error = requeue_event(turn, record,
                                  (struct slice){.start = (const char *)bytes, .count = count},
                                  &is_taken);
    }
    suspect_end(&turn->suspect);
    if (error == 0 && is_taken)
        error = store_refused_remove(turn->store, refused_number);
    if (error == 0)
        *taken_out = is_taken;
    free(bytes);
    bytes_clear(&requeue.record);
    return error;
}
