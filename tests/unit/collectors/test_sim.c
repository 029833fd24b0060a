/* test_sim.c - the made-up city is the same for a seed, keeps hours, and lives as a city does. */
#include "collectors/sim/city.h"
#include "collectors/sim/sim.h"
#include "engine/base/date.h"
#include "engine/wire/intake.h"
#include "tests/lib/check.h"

#include <stdlib.h>
#include <unistd.h>

enum { DAYS = 40, CITY_OFFSET_MS = 8 * 3600 * 1000 };

static struct sim_options plain(uint64_t seed)
{
    struct instant from = {0};
    CHECK_EQ_INT(instant_parse(SLICE("2024-01-01T00:00:00+08:00"), &from), 0);
    return (struct sim_options){.seed = seed,
                                .from = from,
                                .until = {.ms = from.ms + (int64_t)DAYS * DATE_DAY_MS},
                                .late_per_mille = SIM_LATE_PER_MILLE,
                                .cases_per_day = 1000};
}

static uint64_t mix(uint64_t hash, struct slice bytes)
{
    for (size_t i = 0; i < bytes.count; i++)
        hash = (hash ^ (unsigned char)bytes.start[i]) * UINT64_C(0x100000001B3);
    return hash;
}

/* A number over all events of a run that starts at a place. */
static uint64_t digest(const struct sim_options *options, uint64_t skip, uint64_t *count_out)
{
    struct input input;
    struct item item;
    struct bytes bytes = {0};
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    CHECK_EQ_INT(sim_open(options, &input), 0);
    CHECK_EQ_INT(input.seek(input.ctx, &(struct place){.seq = skip}), 0);
    *count_out = skip;
    while (input.next(input.ctx, &item) == 0) {
        const char *field = "";
        bytes.count = 0;
        CHECK_EQ_INT(encode_event(&bytes, &item.event), 0);
        CHECK_EQ_INT(event_check(&item.event, INSTANT_NONE, &field), REFUSAL_NONE);
        hash = mix(hash, (struct slice){bytes.start, bytes.count});
        CHECK_EQ_INT(item.after.seq, ++*count_out);
    }
    bytes_clear(&bytes);
    input.close(input.ctx);
    return hash;
}

static void the_same_seed_gives_the_same_events(void)
{
    struct sim_options options = plain(1);
    struct sim_options other = plain(2);
    uint64_t count, again, others;
    uint64_t hash = digest(&options, 0, &count);
    CHECK(count > 100000);
    CHECK(digest(&options, 0, &again) == hash);
    CHECK_EQ_INT(again, count);
    CHECK(digest(&other, 0, &others) != hash);
}

static void it_goes_on_at_any_number(void)
{
    struct sim_options options = plain(3);
    uint64_t count;
    struct input whole, part;
    struct item a, b;
    (void)digest(&options, 0, &count);
    for (uint64_t skip = 1; skip < count; skip += count / 7) {
        CHECK_EQ_INT(sim_open(&options, &whole), 0);
        CHECK_EQ_INT(sim_open(&options, &part), 0);
        for (uint64_t i = 0; i < skip; i++)
            CHECK_EQ_INT(whole.next(whole.ctx, &a), 0);
        CHECK_EQ_INT(part.seek(part.ctx, &(struct place){.seq = skip}), 0);
        for (int i = 0; i < 50 && whole.next(whole.ctx, &a) == 0; i++) {
            CHECK_EQ_INT(part.next(part.ctx, &b), 0);
            CHECK(slice_is_equal(a.event.case_no, b.event.case_no));
            CHECK_EQ_INT(a.event.at.ms, b.event.at.ms);
            CHECK_EQ_INT(a.event.kind, b.event.kind);
        }
        whole.close(whole.ctx);
        part.close(part.ctx);
    }
}

struct census {
    uint64_t kinds[EVENT_KIND_COUNT];
    uint64_t by_hour[24];   /* applications on workdays */
    uint64_t by_weekday[7]; /* applications */
    uint64_t staff_off;     /* acts of the office on days off */
    uint64_t disorder;
};

static void count_all(const struct sim_options *options, struct census *census)
{
    struct input input;
    struct item item;
    int64_t last_ms = INT64_MIN;
    memset(census, 0, sizeof *census);
    CHECK_EQ_INT(sim_open(options, &input), 0);
    while (input.next(input.ctx, &item) == 0) {
        int64_t local_ms = item.event.at.ms + CITY_OFFSET_MS;
        int weekday = date_weekday((int32_t)(local_ms / DATE_DAY_MS));
        int hour = (int)(local_ms % DATE_DAY_MS / 3600000);
        census->kinds[item.event.kind]++;
        census->disorder += item.event.at.ms < last_ms;
        last_ms = item.event.at.ms;
        if (item.event.kind == EVENT_APPLY) {
            census->by_weekday[weekday]++;
            census->by_hour[hour] += weekday < 5;
        } else if (item.event.kind == EVENT_ACCEPT || item.event.kind == EVENT_DECIDE) {
            census->staff_off += weekday >= 5;
        }
    }
    input.close(input.ctx);
}

static void it_keeps_hours(void)
{
    struct census census;
    struct sim_options options = plain(4);
    count_all(&options, &census);
    CHECK_EQ_INT(census.disorder, 0);
    CHECK_EQ_INT(census.staff_off, 0);
    CHECK(census.by_hour[9] > census.by_hour[12] * 3);  /* the morning peak, and lunch */
    CHECK(census.by_hour[14] > census.by_hour[12] * 2); /* the second peak */
    CHECK(census.by_hour[3] * 20 < census.by_hour[9]);
    CHECK(census.by_weekday[6] * 5 < census.by_weekday[2]);
}

static void all_that_happens_to_cases_happens(void)
{
    static const enum event_kind kinds[] = {
        EVENT_APPLY,   EVENT_CORRECT_ASK, EVENT_CORRECT_DONE, EVENT_REJECT, EVENT_ACCEPT,
        EVENT_PAUSE,   EVENT_RESUME,      EVENT_EXTEND,       EVENT_DECIDE, EVENT_FINISH,
        EVENT_DELIVER, EVENT_WITHDRAW,    EVENT_FEE,          EVENT_RATING};
    struct census census;
    struct sim_options options = plain(5);
    count_all(&options, &census);
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        CHECK(census.kinds[kinds[i]] > 50);
    CHECK(census.kinds[EVENT_FINISH] * 10 > census.kinds[EVENT_APPLY] * 6);
    CHECK(census.kinds[EVENT_STEP_START] >= census.kinds[EVENT_STEP_END]);
}

static void days_off_come_from_a_file(void)
{
    char path[64];
    struct census census;
    struct sim_options options = plain(6);
    (void)snprintf(path, sizeof path, "/tmp/cardwatch-sim-%ld", (long)getpid());
    FILE *file = fopen(path, "w");
    CHECK(file != NULL);
    CHECK(fputs("date,iso_weekday,is_workday\n2024-01-06,6,1\n2024-01-08,1,0\n", file) >= 0);
    CHECK_EQ_INT(fclose(file), 0);
    options.calendar = path;
    options.until.ms = options.from.ms + (int64_t)7 * DATE_DAY_MS;
    count_all(&options, &census);
    CHECK(census.by_weekday[5] > census.by_weekday[6] * 5); /* a make-up workday */
    CHECK(census.staff_off > 0);
    (void)unlink(path);
    options.calendar = "rules/calendars/cn.yaml"; /* 2024-02-04 was worked, 10 to 17 were not */
    options.from.ms += (int64_t)28 * DATE_DAY_MS;
    options.until.ms = options.from.ms + (int64_t)21 * DATE_DAY_MS;
    count_all(&options, &census);
    CHECK(census.by_weekday[6] > census.by_weekday[5] * 3);
    struct input input;
    options.calendar = "/nowhere";
    CHECK_EQ_INT(sim_open(&options, &input), SIM_E_CALENDAR);
}

static void some_are_late(void)
{
    struct census none, all;
    struct sim_options options = plain(7);
    options.late_per_mille = 0;
    count_all(&options, &none);
    options.late_per_mille = 1000;
    count_all(&options, &all);
    CHECK(none.kinds[EVENT_FINISH] > all.kinds[EVENT_FINISH] * 5 / 4);
}

static void the_catalogue_is_of_hundreds_of_items(void)
{
    const struct city *city = city_get();
    CHECK(city->item_count >= 300);
    CHECK(city->org_count >= 20);
    for (uint32_t i = 0; i < city->item_count; i++) {
        const struct city_item *item = &city->items[i];
        CHECK(item->code_text.count > 0 && item->code_text.count <= EVENT_CODE_BYTES_MAX);
        CHECK(item->promised.n > 0);
        CHECK(item->promised.unit != UNIT_WORKDAY || item->promised.n <= item->statutory.n);
        for (uint32_t j = 0; j < i; j++)
            CHECK(strcmp(item->code, city->items[j].code) != 0);
    }
}

CHECK_MAIN("unit/sim", TEST(the_same_seed_gives_the_same_events), TEST(it_goes_on_at_any_number),
           TEST(it_keeps_hours), TEST(all_that_happens_to_cases_happens),
           TEST(days_off_come_from_a_file), TEST(some_are_late),
           TEST(the_catalogue_is_of_hundreds_of_items))
