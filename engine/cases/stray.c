/* stray.c - events without effect are told, not obeyed. Pauses that end before they begin are found
 * when a case is folded again, which the late half of such a pair always causes.
 */
#include "engine/cases/stray.h"

void stray_note(struct core *core, struct core_case *kase, const struct event *event,
                enum stray_reason reason, const struct rule *rule)
{
    uint32_t rule_index =
        rule == NULL ? 0 : (uint32_t)(rule - case_edition(core, kase)->ruleset->rules) + 1;
    uint32_t count = 0;
    for (uint32_t at = kase->first_stray; at != 0 && count < STRAY_MAX; count++) {
        const struct core_stray *stray = pool_row(&core->strays, at);
        if (stray->place == core->folding && stray->reason == (uint8_t)reason &&
            stray->rule == rule_index)
            return;
        at = stray->next;
    }
    uint32_t row = count < STRAY_MAX ? pool_add(&core->strays) : 0;
    if (row == 0)
        return;
    struct core_stray *stray = pool_row(&core->strays, row);
    stray->place = core->folding;
    stray->at_ms = event->at.ms;
    stray->rule = rule_index;
    stray->kind = (uint8_t)event->kind;
    stray->reason = (uint8_t)reason;
    stray->next = kase->first_stray;
    kase->first_stray = row;
    core->counts.stray[reason]++;
}

void stray_release(struct core *core, struct core_case *kase)
{
    for (uint32_t row = kase->first_stray; row != 0;) {
        const struct core_stray *stray = pool_row(&core->strays, row);
        uint32_t next = stray->next;
        core->counts.stray[stray->reason]--;
        pool_free(&core->strays, row);
        row = next;
    }
    kase->first_stray = 0;
}

bool stray_asks_again(const struct core *core, const struct core_case *kase,
                      const struct event *event)
{
    const struct edition *edition = case_edition(core, kase);
    if (((edition->pause_from | edition->pause_to) & EVENT_KIND_BIT(event->kind)) == 0)
        return false;
    for (uint32_t row = kase->first_stray; row != 0;) {
        const struct core_stray *stray = pool_row(&core->strays, row);
        if (stray->reason == STRAY_REVERSED)
            return true;
        row = stray->next;
    }
    return false;
}

/* ---- pauses that end before they begin ---------------------------------------------------------
 */

/* The pauses and resumes of a case, as pauses.c pairs them. */
struct half {
    uint32_t index; /* in past */
    enum event_kind kind;
    uint64_t place;
    bool is_pause;
    bool is_paired;
    bool is_reversed;
};

struct halves {
    const struct edition *edition;
    const struct past_event *past;
    uint32_t count;
    struct half at[REVERSED_MAX]; /* in the order of past */
};

static bool is_same_step(const struct halves *halves, const struct half *a, const struct half *b)
{
    return slice_is_equal(halves->past[a->index].event.step, halves->past[b->index].event.step);
}

static bool is_pair(const struct halves *halves, const struct half *pause,
                    const struct half *resume)
{
    return (halves->edition->pause_ends[pause->kind] & EVENT_KIND_BIT(resume->kind)) != 0;
}

/* The oldest open pause before a resume, of the same step where there is one. */
static struct half *pause_of(struct halves *halves, const struct half *resume)
{
    struct half *found = NULL;
    for (struct half *half = halves->at; half < resume; half++) {
        if (!half->is_pause || half->is_paired || !is_pair(halves, half, resume))
            continue;
        if (is_same_step(halves, half, resume))
            return half;
        if (found == NULL)
            found = half;
    }
    return found;
}

/* Pair what had been sent up to a place, the impossible left aside. */
static void halves_pair(struct halves *halves, uint64_t last)
{
    for (uint32_t i = 0; i < halves->count; i++)
        halves->at[i].is_paired = halves->at[i].is_reversed || halves->at[i].place > last;
    for (uint32_t i = 0; i < halves->count; i++) {
        struct half *half = &halves->at[i];
        struct half *pause = half->is_pause || half->is_paired ? NULL : pause_of(halves, half);
        if (pause != NULL)
            pause->is_paired = half->is_paired = true;
    }
}

/* Of the pauses behind a resume that were open when it came, the one that was sent last, and what
 * was sent of it a second time. */
static void resume_reverse(struct halves *halves, struct half *resume)
{
    struct half *found = NULL;
    const struct half *end = halves->at + halves->count;
    for (struct half *half = resume + 1; half < end; half++)
        if (half->is_pause && !half->is_paired && is_pair(halves, half, resume) &&
            is_same_step(halves, half, resume) && (found == NULL || found->place < half->place))
            found = half;
    if (found == NULL)
        return;
    int64_t from_ms = halves->past[found->index].event.at.ms;
    for (struct half *half = resume + 1; half < end; half++)
        if (half->is_pause && !half->is_paired && is_pair(halves, half, resume) &&
            is_same_step(halves, half, resume) && halves->past[half->index].event.at.ms == from_ms)
            half->is_reversed = true;
    resume->is_reversed = true;
}

static void halves_list(uint32_t count, struct halves *halves)
{
    const struct edition *edition = halves->edition;
    for (uint32_t i = 0; i < count && halves->count < REVERSED_MAX; i++) {
        const struct past_event *past = &halves->past[i];
        enum event_kind kind = past->event.kind;
        struct half half = {.index = i, .kind = kind, .place = past->ref.place};
        half.is_pause = (edition->pause_from & EVENT_KIND_BIT(kind)) != 0;
        if (half.is_pause || (edition->pause_to & EVENT_KIND_BIT(kind)) != 0)
            halves->at[halves->count++] = half;
    }
}

/* The resume that was sent first after a place; NULL: none. */
static struct half *resume_after(struct halves *halves, uint64_t place)
{
    struct half *found = NULL;
    for (uint32_t i = 0; i < halves->count; i++) {
        struct half *half = &halves->at[i];
        if (!half->is_pause && half->place > place && (found == NULL || half->place < found->place))
            found = half;
    }
    return found;
}

uint32_t stray_reversed_last(const struct edition *edition, struct past_event *past, uint32_t count)
{
    struct halves halves = {.edition = edition, .past = past};
    halves_list(count, &halves);
    struct half *resume = resume_after(&halves, 0);
    for (; resume != NULL; resume = resume_after(&halves, resume->place)) {
        halves_pair(&halves, UINT64_MAX);
        if (resume->is_paired)
            continue;
        halves_pair(&halves, resume->place);
        resume_reverse(&halves, resume);
    }
    uint32_t front = count;
    for (uint32_t i = halves.count; i-- > 0;) { /* from behind: what stands before stays there */
        if (!halves.at[i].is_reversed)
            continue;
        struct past_event moved = past[halves.at[i].index];
        for (uint32_t k = halves.at[i].index; k + 1 < front; k++)
            past[k] = past[k + 1];
        past[--front] = moved;
    }
    return front;
}
