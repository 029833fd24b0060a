/* plan.c - see plan.h. Lives are made first, then put in the order in which they arrive, then cut
 * into turns.
 */
#include "tests/sim/plan.h"

#include <stdio.h>
#include <stdlib.h>

enum { CASES = 40, CASE_BYTES = 16, MINUTE_MS = 60000, HOUR_MS = 3600000, TURN_EVENTS_MAX = 12 };

const char *const plan_source_name[PLAN_SOURCES] = {"hall", "web"};

/* Wednesday 2025-01-08 09:00 in Shanghai: the Spring Festival lies ahead. */
static const int64_t begin_ms = INT64_C(1736298000000);

struct planned {
    struct event event;
    int64_t arrives_ms;
    uint32_t source;
    uint64_t seq;
    char case_no[CASE_BYTES];
};

struct making {
    uint64_t state;
    struct plan *plan;
    uint32_t count;
    struct planned events[PLAN_EVENTS_MAX];
    uint64_t sent[PLAN_SOURCES]; /* the newest number of each source */
};

static void must(bool is_good, const char *what)
{
    if (is_good)
        return;
    printf("plan: %s\n", what);
    exit(2);
}

uint64_t plan_random(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    *state = x;
    return x * UINT64_C(2685821657736338717);
}

uint32_t plan_below(uint64_t *state, uint32_t limit)
{
    return (uint32_t)((plan_random(state) >> 33) % limit);
}

/* ---- lives -------------------------------------------------------------------------------------
 */

static void add(struct making *making, uint32_t number, enum event_kind kind, int64_t at_ms)
{
    static const char *const steps[] = {"review", "decide"};
    if (making->count == PLAN_EVENTS_MAX)
        return;
    struct planned *planned = &making->events[making->count++];
    (void)snprintf(planned->case_no, sizeof planned->case_no, "C-%u", number);
    planned->source = number % PLAN_SOURCES;
    planned->arrives_ms = at_ms;
    if (plan_below(&making->state, 12) == 0) /* it comes late */
        planned->arrives_ms += plan_below(&making->state, 200) * (int64_t)HOUR_MS;
    planned->event = (struct event){.case_no = slice_of(planned->case_no),
                                    .kind = kind,
                                    .at = {.ms = at_ms},
                                    .entered_at = INSTANT_NONE,
                                    .org = SLICE("ORG-1"),
                                    .due_at = INSTANT_NONE,
                                    .fee_due = EVENT_FEE_NONE,
                                    .fee_paid = EVENT_FEE_NONE};
    if (kind == EVENT_STEP_START || kind == EVENT_STEP_END)
        planned->event.step = slice_of(steps[plan_below(&making->state, 2)]);
    if (kind == EVENT_PAUSE && plan_below(&making->state, 2) == 0)
        planned->event.term = (struct term){.n = 3, .unit = UNIT_WORKDAY};
}

static void live(struct making *making, uint32_t number)
{
    static const enum event_kind middle[] = {EVENT_PAUSE,      EVENT_RESUME,   EVENT_CORRECT_ASK,
                                             EVENT_STEP_START, EVENT_STEP_END, EVENT_CORRECT_DONE,
                                             EVENT_EXTEND,     EVENT_RETURN};
    static const enum event_kind ends[] = {EVENT_FINISH, EVENT_DECIDE, EVENT_WITHDRAW,
                                           EVENT_FINISH};
    uint64_t *state = &making->state;
    int64_t at = begin_ms + plan_below(state, 20 * 24 * 60) * (int64_t)MINUTE_MS;
    add(making, number, EVENT_APPLY, at);
    at += plan_below(state, 72) * (int64_t)HOUR_MS;
    add(making, number, EVENT_ACCEPT, at);
    for (uint32_t i = plan_below(state, 7); i > 0; i--) {
        at += plan_below(state, 6 * 24 * 60) * (int64_t)MINUTE_MS;
        enum event_kind kind = middle[plan_below(state, COUNT_OF(middle))];
        add(making, number, kind == EVENT_RETURN ? EVENT_FEE : kind, at);
    }
    at += plan_below(state, 20 * 24) * (int64_t)HOUR_MS;
    if (plan_below(state, 5) != 0)
        add(making, number, ends[plan_below(state, COUNT_OF(ends))], at);
}

static int by_arrival(const void *a, const void *b)
{
    const struct planned *x = a;
    const struct planned *y = b;
    if (x->arrives_ms != y->arrives_ms)
        return x->arrives_ms < y->arrives_ms ? -1 : 1;
    int order = strcmp(x->case_no, y->case_no);
    return order != 0 ? order : (int)x->event.kind - (int)y->event.kind;
}

/* ---- turns -------------------------------------------------------------------------------------
 */

static struct bytes *message_new(struct plan_step *step)
{
    must(step->message_count < PLAN_MESSAGES_MAX, "messages");
    return &step->messages[step->message_count++];
}

/* The events of one source between two places of the row, as one batch. */
static void batch_add(struct making *making, struct plan_step *step, uint32_t from, uint32_t to,
                      uint32_t source)
{
    struct bytes body = {0};
    uint64_t first = 0;
    uint32_t count = 0;
    for (uint32_t i = from; i < to; i++) {
        struct planned *planned = &making->events[i];
        if (planned->source != source)
            continue;
        planned->seq = ++making->sent[source];
        first = count++ == 0 ? planned->seq : first;
        must(encode_event(&body, &planned->event) == 0, "memory");
    }
    if (count > 0)
        must(encode_batch(message_new(step), slice_of(plan_source_name[source]), first, count,
                          (struct slice){.start = body.start, .count = body.count}) == 0,
             "memory");
    bytes_clear(&body);
}

/* An event of before once more: as it was, or corrected. */
static void again_add(struct making *making, struct plan_step *step, uint32_t before)
{
    struct bytes body = {0};
    struct planned *planned = &making->events[plan_below(&making->state, before)];
    struct event event = planned->event;
    if (plan_below(&making->state, 3) != 0) {
        event.version = ++planned->event.version;
        event.at.ms -= plan_below(&making->state, 100) * (int64_t)HOUR_MS;
    }
    must(encode_event(&body, &event) == 0 &&
             encode_batch(message_new(step), slice_of(plan_source_name[planned->source]),
                          planned->seq, 1,
                          (struct slice){.start = body.start, .count = body.count}) == 0,
         "memory");
    bytes_clear(&body);
}

static void cut(struct making *making)
{
    struct plan *plan = making->plan;
    plan->steps[plan->step_count++].edition = 1;
    for (uint32_t from = 0; from < making->count && plan->step_count < PLAN_STEPS_MAX - 1;) {
        struct plan_step *step = &plan->steps[plan->step_count++];
        uint32_t to = from + 1 + plan_below(&making->state, TURN_EVENTS_MAX);
        to = to < making->count ? to : making->count;
        for (uint32_t source = 0; source < PLAN_SOURCES; source++)
            batch_add(making, step, from, to, source);
        if (from > 0 && plan_below(&making->state, 3) == 0)
            again_add(making, step, from);
        if (from < making->count / 2 && to >= making->count / 2)
            plan->steps[plan->step_count++].edition = 2;
        from = to;
    }
    plan->event_count = making->count;
}

struct plan *plan_make(uint64_t seed)
{
    struct making *making = calloc(1, sizeof *making);
    must(making != NULL, "memory");
    making->state = seed * 2 + 1;
    making->plan = calloc(1, sizeof *making->plan);
    must(making->plan != NULL, "memory");
    for (uint32_t i = 0; i < CASES; i++)
        live(making, i);
    qsort(making->events, making->count, sizeof *making->events, by_arrival);
    for (uint32_t i = 0; i < making->count; i++) /* they have moved */
        making->events[i].event.case_no = slice_of(making->events[i].case_no);
    cut(making);
    struct plan *plan = making->plan;
    free(making);
    return plan;
}

void plan_clear(struct plan **plan_p)
{
    struct plan *plan = *plan_p;
    *plan_p = NULL;
    for (uint32_t i = 0; i < plan->step_count; i++)
        for (uint32_t k = 0; k < plan->steps[i].message_count; k++)
            bytes_clear(&plan->steps[i].messages[k]);
    free(plan);
}
