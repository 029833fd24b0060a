/* move.c - an edition comes into force, and may ask that open cases come under it.
 *
 * With `calendars` a case keeps its rules, items and limits: it comes under its own edition with
 * the calendars of the new one. With `all` it comes under the new one. A slice of cases at a time,
 * each an entry of the journal, so that no card waits for the rest.
 */
#include "engine/sys/log.h"
#include "engine/turn/turn_state.h"

#include <errno.h>
#include <stdlib.h>

static int variant_add(struct turn *turn, uint32_t edition, uint32_t calendars)
{
    const struct ruleset *variant;
    int error = turn->ports.rules(turn->ports.rules_ctx, edition, calendars, &variant);
    return error != 0 ? error : core_add_rules(turn->core, variant);
}

/* The editions that open cases are under, each with the new calendars. */
static int variants_add(struct turn *turn, uint32_t calendars)
{
    uint32_t count = 0;
    while (core_edition(turn->core, count) != NULL)
        count++;
    uint32_t *bound = calloc((size_t)count + 1, sizeof *bound);
    if (bound == NULL)
        return -ENOMEM;
    core_bound(turn->core, bound);
    int error = 0;
    for (uint32_t i = 0; i < count && error == 0; i++)
        if (bound[i] > 0)
            error = variant_add(turn, core_edition(turn->core, i)->edition, calendars);
    free(bound);
    return error;
}

int turn_rules_apply(struct turn *turn, const struct ruleset *ruleset)
{
    struct core_counts counts;
    int error = core_set_rules(turn->core, ruleset);
    if (error == 0 && ruleset->move == MOVE_CALENDARS)
        error = variants_add(turn, ruleset->edition);
    if (error != 0 || ruleset->move == MOVE_NONE)
        return error;
    core_count(turn->core, &counts);
    turn->moving = (struct turn_moving){.kind = ruleset->move,
                                        .edition = ruleset->edition,
                                        .next = 1,
                                        .end = (uint32_t)counts.cases + 1};
    return 0;
}

/* Where a case under this edition goes; the same: it stays. */
static uint32_t target_of(const struct turn *turn, uint32_t index)
{
    const struct ruleset *is = core_edition(turn->core, index);
    uint32_t edition = turn->moving.kind == MOVE_ALL ? turn->moving.edition : is->edition;
    const struct ruleset *to;
    for (uint32_t i = 0; (to = core_edition(turn->core, i)) != NULL; i++)
        if (to->edition == edition && to->calendars_edition == turn->moving.edition)
            return i;
    return index;
}

static int case_move(struct turn *turn, uint32_t case_index, uint64_t number, uint64_t cards)
{
    struct case_view kase;
    struct turn_moved was;
    explain_case(turn->core, case_index, &kase);
    uint32_t target = target_of(turn, kase.edition_index);
    bool is_kept = !turn->is_recovering && target != kase.edition_index;
    if (is_kept)
        turn_moved_look(turn, case_index, &was);
    bool is_moved = core_move(turn->core, core_now(turn->core), case_index, target);
    return is_moved && is_kept ? turn_moved_store(turn, case_index, number, cards, &was) : 0;
}

int turn_move_apply(struct turn *turn, uint64_t number, uint32_t first, uint32_t count)
{
    struct turn_moving *moving = &turn->moving;
    uint64_t cards = turn->card_seq;
    int error = 0;
    if (moving->kind == MOVE_NONE || first != moving->next || count > moving->end - first)
        return -EIO;
    for (uint32_t i = first; i < first + count && error == 0; i++)
        error = case_move(turn, i, number, cards);
    if (error != 0)
        return error;
    moving->next += count;
    if (moving->next == moving->end)
        *moving = (struct turn_moving){.kind = MOVE_NONE};
    return turn->is_recovering ? 0 : turn_cards_store(turn);
}

uint32_t turn_cases_to_move(const struct turn *turn)
{
    return turn->moving.kind == MOVE_NONE ? 0 : turn->moving.end - turn->moving.next;
}

int turn_move(struct turn *turn, uint32_t count_max)
{
    uint32_t left = turn_cases_to_move(turn);
    struct entry entry = {.kind = ENTRY_MOVE,
                          .now = core_now(turn->core),
                          .first_seq = turn->moving.next,
                          .source = left < count_max ? left : count_max};
    uint64_t number;
    if (entry.source == 0)
        return 0;
    int error = store_append(turn->store, &entry, &number);
    if (error != 0)
        return error;
    suspect_begin(&turn->suspect, SUSPECT_TIME, (struct slice){0}, number);
    error = turn_move_apply(turn, number, (uint32_t)entry.first_seq, entry.source);
    suspect_end(&turn->suspect);
    if (error == 0 && turn->moving.kind == MOVE_NONE)
        log_info("rules: all open cases have moved");
    return error;
}

/* ---- without doing it --------------------------------------------------------------------------
 */

static void card_of_time(void *ctx, const struct card *card)
{
    (void)ctx;
    (void)card;
}

int turn_preview(struct turn *turn, struct instant now, const struct ruleset *ruleset,
                 uint32_t first, uint32_t stride, const struct turn_preview *preview)
{
    const struct turn_preview meanwhile = {.card = card_of_time};
    assert(turn->options.is_verifying);
    turn->preview = &meanwhile; /* what would be raised without the change too */
    core_advance(turn->core, instant_later_of(now, core_now(turn->core)));
    core_release(turn->core);
    turn->preview = preview;
    int error = turn_rules_apply(turn, ruleset);
    for (uint32_t i = first; error == 0 && i < turn->moving.end; i += stride) {
        struct case_view kase;
        preview->before(preview->ctx, i);
        explain_case(turn->core, i, &kase);
        if (core_move(turn->core, core_now(turn->core), i, target_of(turn, kase.edition_index)))
            preview->after(preview->ctx, i);
    }
    return error;
}
