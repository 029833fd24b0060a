/* bench_core.c - what does one event cost in the core, and one open case in memory, when there are
 * few of them and when there are millions?
 *
 * The core alone: no wire, no journal. Each case is opened by three events and has three clocks.
 * Then random cases go on a step; then time passes until much has fallen due.
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

/* Steps of random cases, each in order: what is on goes off, what is off goes on. */
static double go_on(struct core *core, uint64_t cases, uint64_t events, uint64_t place,
                    struct instant at)
{
    uint64_t random = 7;
    double spent_s = 0;
    enum { CHUNK = 1000 };
    static struct event chunk[CHUNK];
    static char names[CHUNK][TOWN_CASE_BYTES];
    for (uint64_t done = 0; done < events; done += CHUNK) {
        for (int i = 0; i < CHUNK; i++) {
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
            at.ms += 1;
            town_opening((random >> 20) % cases + 1, 2, at, names[i], &chunk[i]);
            if ((random >> 60) % 2 == 0)
                chunk[i].kind = EVENT_STEP_END;
        }
        double from_s = measure_now_s();
        for (int i = 0; i < CHUNK; i++)
            give(core, &chunk[i], ++place);
        spent_s += measure_now_s() - from_s;
    }
    return spent_s;
}

static struct result measure(const struct ruleset *ruleset, uint64_t cases, uint64_t events)
{
    struct result result = {0};
    struct core_ports ports = {.card = card_on, .history = no_history};
    struct core_limits limits = {.case_max = (uint32_t)cases + 1};
    struct core *core = core_create(&limits, &ports);
    struct instant at = {.ms = TOWN_FROM_MS};
    struct core_counts counts;
    struct event event;
    char name[TOWN_CASE_BYTES];
    uint64_t before = measure_memory_bytes(0);
    uint64_t place = 0;
    measure_must(core != NULL && core_set_rules(core, ruleset) == 0, "memory is short");
    card_hash = card_count = 0;
    double from_s = measure_now_s();
    for (uint64_t serial = 1; serial <= cases; serial++) {
        at.ms = TOWN_FROM_MS + (int64_t)(serial * 14400000 / cases); /* a morning */
        for (uint32_t which = 0; which < TOWN_OPENINGS; which++) {
            town_opening(serial, which, at, name, &event);
            give(core, &event, ++place);
        }
    }
    result.open_ns = (measure_now_s() - from_s) * 1e9 / (double)place;
    core_count(core, &counts);
    result.bytes_counted = (double)counts.memory_bytes / (double)cases;
    result.bytes_resident = (double)(measure_memory_bytes(0) - before) / (double)cases;
    result.event_ns = go_on(core, cases, events, place, at) * 1e9 / (double)events;
    uint64_t cards = card_count;
    from_s = measure_now_s();
    core_advance(core, (struct instant){.ms = at.ms + INT64_C(9) * 86400000});
    result.cards = card_count - cards;
    result.due_ns =
        (measure_now_s() - from_s) * 1e9 / (double)(result.cards > 0 ? result.cards : 1);
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
