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

void stray_forget(struct core *core, struct core_case *kase, event_kind_set kinds)
{
    for (uint32_t *link = &kase->first_stray; *link != 0;) {
        uint32_t row = *link;
        struct core_stray *stray = pool_row(&core->strays, row);
        if ((EVENT_KIND_BIT(stray->kind) & kinds) == 0) {
            link = &stray->next;
            continue;
        }
        *link = stray->next;
        core->counts.stray[stray->reason]--;
        pool_free(&core->strays, row);
    }
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

/* The pauses and resumes of a case, as pauses.c pairs them: each pair of events for itself. */
struct half {
    uint32_t index; /* in past */
    enum event_kind kind;
    uint64_t place;
    event_kind_set open; /* of a pause: what would still end it */
    bool is_resume;
    bool is_paired; /* of a resume: it ends some pause */
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

/* A pause, and the same sent again under another number. */
static bool is_same_pause(const struct halves *halves, const struct half *a, const struct half *b)
{
    const struct event *left = &halves->past[a->index].event;
    const struct event *right = &halves->past[b->index].event;
    return a->kind == b->kind && left->at.ms == right->at.ms && left->term.n == right->term.n &&
           left->term.unit == right->term.unit && is_same_step(halves, a, b);
}

static bool is_open_for(const struct half *pause, const struct half *resume)
{
    return (pause->open & EVENT_KIND_BIT(resume->kind)) != 0;
}

/* The oldest pause of a kind that is open before a resume, of the same step where there is one. */
static struct half *pause_of(struct halves *halves, int kind, const struct half *resume)
{
    struct half *found = NULL;
    for (struct half *half = halves->at; half < resume; half++) {
        if ((int)half->kind != kind || !is_open_for(half, resume))
            continue;
        if (is_same_step(halves, half, resume))
            return half;
        if (found == NULL)
            found = half;
    }
    return found;
}

static void resume_pair(struct halves *halves, struct half *resume)
{
    for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        struct half *pause = pause_of(halves, kind, resume);
        if (pause == NULL)
            continue;
        pause->open &= ~EVENT_KIND_BIT(resume->kind);
        resume->is_paired = true;
    }
}

/* Pair what had been sent up to a place, the impossible left aside. */
static void halves_pair(struct halves *halves, uint64_t last)
{
    for (uint32_t i = 0; i < halves->count; i++) {
        struct half *half = &halves->at[i];
        bool is_there = !half->is_reversed && half->place <= last;
        half->open = is_there ? halves->edition->pause_ends[half->kind] : 0;
        half->is_paired = false;
        if (is_there && half->is_resume)
            resume_pair(halves, half);
    }
}

/* Of the pauses behind a resume that were open when it came, the one that was sent last, and what
 * was sent of it a second time. */
static void resume_reverse(struct halves *halves, struct half *resume)
{
    struct half *found = NULL;
    const struct half *end = halves->at + halves->count;
    for (struct half *half = resume + 1; half < end; half++)
        if (is_open_for(half, resume) && is_same_step(halves, half, resume) &&
            (found == NULL || found->place < half->place))
            found = half;
    if (found == NULL)
        return;
    for (struct half *half = resume + 1; half < end; half++)
        if (is_open_for(half, resume) && is_same_pause(halves, half, found))
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
        half.is_resume = (edition->pause_to & EVENT_KIND_BIT(kind)) != 0;
        if (half.is_resume || (edition->pause_from & EVENT_KIND_BIT(kind)) != 0)
            halves->at[halves->count++] = half;
    }
}

/* The resume that was sent first after a place; NULL: none. */
static struct half *resume_after(struct halves *halves, uint64_t place)
{
    struct half *found = NULL;
    for (uint32_t i = 0; i < halves->count; i++) {
        struct half *half = &halves->at[i];
        if (half->is_resume && half->place > place && (found == NULL || half->place < found->place))
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
        if (resume->is_paired || resume->is_reversed)
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
