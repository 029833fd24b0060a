/* alone.c - one case in a core of its own: to see how its rules look at its events, or how it would
 * stand under another edition, without touching what is judged.
 */
#include "engine/explain/alone.h"
#include "engine/cases/kin.h"
#include "engine/explain/explain.h"
#include "engine/fold/family.h"
#include "engine/reckon/reckon.h"

enum { CLOCKS_ALONE = 4096, CLOCKS_A_CHILD = 64, CHILDREN_ALONE = 10000 };

static void card_of_nobody(void *ctx, const struct card *card)
{
    (void)ctx;
    (void)card;
}

static uint32_t admit(struct core *alone, struct slice case_no, uint64_t newest, uint32_t source)
{
    const struct event first = {.case_no = case_no};
    struct event_ref previous;
    uint32_t row;
    int error =
        core_admit(alone, &first, (struct event_ref){.place = newest}, source, &row, &previous);
    return error != 0 ? 0 : row;
}

struct children {
    struct core *alone;
    struct event_ref upto;
};

/* A child stands among those of its parent as it does live: when it has been folded. The parent
 * itself comes last, so that nobody has to be told. */
static void child_add(void *ctx, const struct case_view *child)
{
    const struct children *children = ctx;
    const struct event event = {.case_no = child->case_no};
    uint32_t row = admit(children->alone, child->case_no, child->newest.place, child->source);
    if (row == 0)
        return;
    fold_history(children->alone, case_row(children->alone, row), children->upto);
    if (case_row(children->alone, row)->is_kin)
        (void)family_settle(children->alone, row, &event, true);
}

/* A rung that follows another waits for its card: what has come by now counts as issued. */
static void rungs_issue(struct core *alone, const struct core_case *kase)
{
    for (uint32_t row = kase->first_clock; row != 0; row = clock_row(alone, row)->next) {
        struct core_clock *clock = clock_row(alone, row);
        struct reckoning reckoning;
        reckon_init(&reckoning, alone, kase, clock);
        int64_t end = clock->stop_ms < alone->now.ms ? clock->stop_ms : alone->now.ms;
        for (uint32_t i = 0; i < reckoning.rule->rung_count; i++) {
            struct instant due = reckon_rung(&reckoning, i);
            bool is_past = instant_is_set(due) && due.ms < end;
            if (clock->state == CLOCK_FACT || is_past)
                clock->issued |= rung_bit(i);
        }
        clock->next_ms = INT64_MAX;
    }
}

struct core *alone_make(const struct core *core, uint32_t case_index, uint32_t edition,
                        struct event_ref upto, const struct fold_watch *watch, uint32_t *case_out)
{
    const struct core_case *kase = case_row(core, case_index);
    const struct core_kin *kin = kin_find(core, kase);
    uint32_t children = kin == NULL || kin->first_child == 0 ? 0 : CHILDREN_ALONE;
    const struct core_limits limits = {.case_max = children + 1,
                                       .clock_max = children * CLOCKS_A_CHILD + CLOCKS_ALONE,
                                       .is_few = true};
    struct core_ports ports = core->ports;
    ports.card = card_of_nobody;
    struct core *alone = core_create(&limits, &ports);
    if (alone == NULL)
        return NULL;
    alone->editions[0] = core->editions[edition];
    alone->edition_count = 1;
    alone->is_asking_attrs = core->is_asking_attrs;
    alone->now = core->now;
    struct children walk = {.alone = alone, .upto = upto};
    if (children > 0 && alone->editions[0].is_joint)
        (void)explain_children(core, case_index, CHILDREN_ALONE, child_add, &walk);
    uint32_t row = admit(alone, text_heap_get(&core->keys, kase->key), kase->newest, kase->source);
    if (row == 0) {
        core_destroy(&alone);
        return NULL;
    }
    alone->watch = watch;
    fold_history(alone, case_row(alone, row), upto);
    alone->watch = NULL;
    rungs_issue(alone, case_row(alone, row));
    *case_out = row;
    return alone;
}

struct core *explain_alone(const struct core *core, uint32_t case_index, uint32_t edition,
                           struct event_ref upto, struct case_view *case_out)
{
    uint32_t row;
    struct core *alone = alone_make(core, case_index, edition, upto, NULL, &row);
    if (alone != NULL)
        explain_case(alone, row, case_out);
    return alone;
}
