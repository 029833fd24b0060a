/* moved.c - that a case has come under another edition is kept with the case: when, from which to
 * which, and what limits of its running clocks lie elsewhere since.
 *
 * The journal says which cases were looked at in a move; what came of each would otherwise take
 * everything before it to find out.
 */
#include "engine/turn/turn_state.h"

void turn_moved_look(const struct turn *turn, uint32_t case_index, struct turn_moved *moved_out)
{
    struct case_view kase;
    explain_case(turn->core, case_index, &kase);
    moved_out->edition = kase.edition;
    moved_out->calendars_edition = kase.calendars_edition;
    uint32_t count = explain_limits(turn->core, case_index, moved_out->limits, MOVED_LIMITS_MAX);
    moved_out->limit_count = count < MOVED_LIMITS_MAX ? count : MOVED_LIMITS_MAX;
}

static bool is_same_limit(const struct limit_instant *a, const struct limit_instant *b)
{
    return slice_is_equal(a->rule->name, b->rule->name) && slice_is_equal(a->step, b->step) &&
           a->cycle == b->cycle && slice_is_equal(a->limit, b->limit);
}

static const struct limit_instant *limit_find(const struct limit_instant *limits, uint32_t count,
                                              const struct limit_instant *wanted)
{
    for (uint32_t i = 0; i < count; i++)
        if (is_same_limit(&limits[i], wanted))
            return &limits[i];
    return NULL;
}

/* null: there is none, or it has no instant for now. */
static int put_instant(struct bytes *record, const char *name, const struct limit_instant *limit)
{
    struct instant at = limit == NULL ? INSTANT_NONE : limit->due_at;
    if (!instant_is_set(at) || at.ms > INSTANT_LAST_MS)
        return bytes_printf(record, ",\"%s\":null", name);
    return bytes_printf(record, ",\"%s\":%lld", name, (long long)at.ms);
}

/* one: what the limit is called; it, or none, is among both. */
static int put_limit(struct bytes *record, const struct limit_instant *one,
                     const struct limit_instant *before, const struct limit_instant *after)
{
    bool is_first = record->start[record->count - 1] == '[';
    int error = bytes_printf(record, "%s{\"rule\":", is_first ? "" : ",");
    if (error == 0)
        error = json_text(record, one->rule->name);
    if (error == 0)
        error = bytes_printf(record, ",\"step\":");
    if (error == 0)
        error = json_text(record, one->step);
    if (error == 0)
        error = bytes_printf(record, ",\"cycle\":%u,\"limit\":", one->cycle);
    if (error == 0)
        error = json_text(record, one->limit);
    if (error == 0)
        error = put_instant(record, "from", before);
    if (error == 0)
        error = put_instant(record, "to", after);
    return error != 0 ? error : bytes_append(record, SLICE("}"));
}

static int put_limits(struct bytes *record, const struct turn_moved *was,
                      const struct turn_moved *is)
{
    int error = bytes_append(record, SLICE("["));
    for (uint32_t i = 0; i < was->limit_count && error == 0; i++) {
        const struct limit_instant *before = &was->limits[i];
        const struct limit_instant *after = limit_find(is->limits, is->limit_count, before);
        if (after == NULL || after->due_at.ms != before->due_at.ms)
            error = put_limit(record, before, before, after);
    }
    for (uint32_t i = 0; i < is->limit_count && error == 0; i++)
        if (limit_find(was->limits, was->limit_count, &is->limits[i]) == NULL)
            error = put_limit(record, &is->limits[i], NULL, &is->limits[i]);
    return error != 0 ? error : bytes_append(record, SLICE("]"));
}

int turn_moved_store(struct turn *turn, uint32_t case_index, uint64_t entry, uint64_t cards_before,
                     const struct turn_moved *was)
{
    struct turn_moved is;
    struct bytes *record = &turn->scratch;
    turn_moved_look(turn, case_index, &is);
    record->count = 0;
    int error =
        bytes_printf(record,
                     "{\"at_ms\":%lld,\"move\":\"%s\",\"cards_before\":%llu,"
                     "\"from\":{\"edition\":%u,\"calendars_edition\":%u},"
                     "\"to\":{\"edition\":%u,\"calendars_edition\":%u},\"limits\":",
                     (long long)core_now(turn->core).ms, edition_move_name[turn->moving.kind],
                     (unsigned long long)cards_before, was->edition, was->calendars_edition,
                     is.edition, is.calendars_edition);
    if (error == 0)
        error = put_limits(record, was, &is);
    if (error == 0)
        error = bytes_append(record, SLICE("}"));
    if (error == 0)
        error = store_moved_set(turn->store, case_index, entry,
                                (struct slice){.start = record->start, .count = record->count});
    return error;
}
