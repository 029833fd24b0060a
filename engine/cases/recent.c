/* recent.c - see recent.h.
 *
 * The window ends with the event at hand. An event lies in it when that one is not strictly after
 * the last instant within the term of it: at the very edge it is inside, as a limit is exceeded
 * only after its instant. Kept are as many events of a kind (by step: of each step) as the rules of
 * the edition tell apart; an older one can make no difference to them.
 */
#include "engine/cases/recent.h"

static struct case_recent *recent_row(const struct core *core, uint32_t row)
{
    return pool_row(&core->recents, row);
}

/* Of one row with the newest, of which there are enough: the oldest goes. */
static void forget_oldest(struct core *core, struct case_tally *tally, uint32_t most,
                          bool is_by_step)
{
    const struct case_recent *newest = recent_row(core, tally->first_recent);
    uint32_t count = 0;
    for (uint32_t *link = &tally->first_recent; *link != 0;) {
        struct case_recent *recent = recent_row(core, *link);
        bool is_like =
            recent->kind == newest->kind && (!is_by_step || recent->step == newest->step);
        count += is_like;
        if (is_like && count > most) {
            uint32_t row = *link;
            *link = recent->next;
            pool_free(&core->recents, row);
            return;
        }
        link = &recent->next;
    }
}

void recent_note(struct core *core, const struct core_case *kase, struct case_tally *tally,
                 const struct event *event)
{
    const struct edition *edition = case_edition(core, kase);
    uint32_t row = pool_add(&core->recents);
    if (row == 0)
        return;
    *recent_row(core, row) = (struct case_recent){.at_ms = event->at.ms,
                                                  .next = tally->first_recent,
                                                  .step = names_add(&core->names, event->step),
                                                  .kind = event->kind};
    tally->first_recent = row;
    forget_oldest(core, tally, edition->recent_most[event->kind],
                  (edition->recent_steps & EVENT_KIND_BIT(event->kind)) != 0);
}

struct value recent_count(const struct core *core, const struct core_case *kase,
                          const struct calendar *calendar, const struct window *window,
                          const struct event *event)
{
    struct value count = {.type = calendar == NULL ? VALUE_NONE : VALUE_NUMBER};
    const struct case_tally *tally =
        kase->tally == 0 ? NULL : pool_row(&core->tallies, kase->tally);
    uint32_t row = calendar == NULL || tally == NULL ? 0 : tally->first_recent;
    for (; row != 0 && count.number < window->most; row = recent_row(core, row)->next) {
        const struct case_recent *recent = recent_row(core, row);
        struct instant last;
        if (recent->kind != window->kind ||
            (window->is_of_step &&
             !slice_is_equal(names_get(&core->names, recent->step), event->step)))
            continue;
        if (counting_within(calendar, (struct instant){.ms = recent->at_ms}, window->within,
                            &last) != 0)
            return (struct value){.type = VALUE_NONE};
        if (last.ms < event->at.ms)
            return count; /* what is older is still further away */
        count.number++;
    }
    return count;
}

void recent_release(struct core *core, const struct case_tally *tally)
{
    for (uint32_t row = tally->first_recent; row != 0;) {
        uint32_t next = recent_row(core, row)->next;
        pool_free(&core->recents, row);
        row = next;
    }
}
