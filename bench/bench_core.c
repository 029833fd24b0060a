/* bench_core.c - what does one event cost in the core, and one open case in memory, when there are
 * few of them and when there are millions?
 *
 * The core alone: no wire, no journal. Each case is opened by three events and has three clocks.
 * Then some cases, in no order, go through their steps; then time passes until much has fallen due.
 */
#include "bench/measure.h"
#include "bench/town.h"
#include "engine/core/core.h"

#include <stdio.h>

struct result {
    double open_ns;  /* per event, while the cases are opened */
    double event_ns; /* per event, cases at random */
    double due_ns;   /* per card that fell due by time alone */
    uint64_t cards;
    double bytes_counted; /* per case */
    double bytes_resident;
    uint64_t hash;
};

static uint64_t card_hash;
static uint64_t card_count;

static void card_on(void *ctx, const struct card *card)
{
    (void)ctx;
    card_hash = measure_fold(card_hash, card->case_no.start, card->case_no.count);
    card_hash = measure_fold(card_hash, card->rung.start, card->rung.count);
    card_hash = measure_fold(card_hash, &card->due_at, sizeof card->due_at);
    card_count++;
}

static uint32_t no_history(void *ctx, struct event_ref newest, struct past_event *past,
                           uint32_t room)
{
    (void)ctx;
    (void)newest;
    (void)past;
    (void)room;
    measure_must(false, "an event in order asked for history");
    return 0;
}

static void give(struct core *core, const struct event *event, uint64_t place)
{
    struct event_ref ref = {.place = place};
    struct event_ref previous;
    uint32_t row;
    measure_must(core_admit(core, event, ref, 1, &row, &previous) == 0, "the core is full");
    core_apply(core, event->at, row, event, ref, false);
}

/* What a case goes on with after its three opening events. */
static const struct {
    enum event_kind kind;
    const char *step;
} stages[] = {
    {EVENT_STEP_END, "check"},  {EVENT_STEP_START, "review"}, {EVENT_STEP_END, "review"},
    {EVENT_STEP_START, "sign"}, {EVENT_STEP_END, "sign"},     {EVENT_DECIDE, ""},
};

/* Some of the cases, without any order in memory, go through all stages. Returns the seconds. */
static double go_on(struct core *core, uint64_t cases, uint64_t count, uint64_t place,
                    struct instant *at)
{
    enum { CHUNK = 256, STRIDE = 7368787 };
    static struct event chunk[CHUNK];
    static char names[CHUNK][TOWN_CASE_BYTES];
    double spent_s = 0;
    for (uint64_t done = 0; done < count * COUNT_OF(stages); done += CHUNK) {
        for (uint64_t i = 0; i < CHUNK; i++) {
            uint64_t serial = (done + i) % count * STRIDE % cases + 1;
            uint64_t stage = (done + i) / count;
            at->ms += (int64_t)(i % 16 == 0);
            if (stage == COUNT_OF(stages)) /* a few more, so that chunks are whole */
                stage--;
            town_opening(serial, 2, *at, names[i], &chunk[i]);
            chunk[i].kind = stages[stage].kind;
            chunk[i].step = slice_of(stages[stage].step);
        }
        double from_s = measure_cpu_s();
        core_warm(core, chunk, CHUNK);
        for (int i = 0; i < CHUNK; i++)
            give(core, &chunk[i], ++place);
        spent_s += measure_cpu_s() - from_s;
    }
    return spent_s;
}

static struct result measure(const struct ruleset *ruleset, uint64_t cases, uint64_t events)
{
    struct result result = {0};
    struct core_ports ports = {.card = card_on, .history = no_history};
    struct core_limits limits = {.case_max = (uint32_t)cases + 1, .clock_max = (uint32_t)cases * 6};
    struct core *core = core_create(&limits, &ports);
    struct instant at = {.ms = TOWN_FROM_MS};
    struct core_counts counts;
    struct event event;
    char name[TOWN_CASE_BYTES];
    uint64_t before = measure_memory_bytes(0);
    uint64_t place = 0;
    measure_must(core != NULL && core_set_rules(core, ruleset) == 0, "memory is short");
    card_hash = card_count = 0;
    double from_s = measure_cpu_s();
    for (uint64_t serial = 1; serial <= cases; serial++) {
        at.ms = TOWN_FROM_MS + (int64_t)(serial * 14400000 / cases); /* a morning */
        for (uint32_t which = 0; which < TOWN_OPENINGS; which++) {
            town_opening(serial, which, at, name, &event);
            give(core, &event, ++place);
        }
    }
    result.open_ns = (measure_cpu_s() - from_s) * 1e9 / (double)place;
    core_count(core, &counts);
    result.bytes_counted = (double)counts.memory_bytes / (double)cases;
    result.bytes_resident = (double)(measure_memory_bytes(0) - before) / (double)cases;
    uint64_t chosen = events / COUNT_OF(stages) < cases ? events / COUNT_OF(stages) : cases;
    result.event_ns =
        go_on(core, cases, chosen, place, &at) * 1e9 / (double)(chosen * COUNT_OF(stages));
    uint64_t cards = card_count;
    from_s = measure_cpu_s();
    core_advance(core, (struct instant){.ms = at.ms + INT64_C(40) * 86400000});
    result.cards = card_count - cards;
    result.due_ns =
        (measure_cpu_s() - from_s) * 1e9 / (double)(result.cards > 0 ? result.cards : 1);
    uint64_t digest = core_digest(core);
    result.hash = measure_fold(card_hash, &digest, sizeof digest);
    core_destroy(&core);
    return result;
}

int main(int argc, char **argv)
{
    struct measure_wish wish = measure_read(argc, argv);
    uint64_t few = measure_of(&wish, 0, 100000, 100000, 1000);
    uint64_t many = measure_of(&wish, wish.cases, 10000000, 2000000, 5000);
    uint64_t events = measure_of(&wish, wish.events, 2000000, 1000000, 5000);
    struct ruleset *ruleset = town_ruleset();
    struct result results[2];
    for (int i = 0; i < 2; i++) {
        uint64_t cases = i == 0 ? few : many;
        results[i] = measure(ruleset, cases, events);
        (void)printf("core_%s cases=%llu ns_per_event=%.0f ns_per_opening_event=%.0f "
                     "ns_per_due_card=%.0f due_cards=%llu bytes_per_case=%.0f "
                     "resident_bytes_per_case=%.0f hash=%016llx\n",
                     i == 0 ? "few" : "many", (unsigned long long)cases, results[i].event_ns,
                     results[i].open_ns, results[i].due_ns, (unsigned long long)results[i].cards,
                     results[i].bytes_counted, results[i].bytes_resident,
                     (unsigned long long)results[i].hash);
        (void)fflush(stdout);
    }
    (void)printf("core_growth ratio_event=%.2f ratio_due=%.2f\n",
                 results[1].event_ns / results[0].event_ns, results[1].due_ns / results[0].due_ns);
    ruleset_destroy(&ruleset);
    return 0;
}
