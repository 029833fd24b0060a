/* Can the file of a time zone hurt whoever reads it, and do the changes it gives rise? */
#include "rules/days/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    OWNED(arena_destroy) struct arena *arena = arena_create();
    struct calendar_zone zone;
    assert(arena != NULL);
    int status = zone_decode(arena, SLICE("Fuzz/Zone"),
                             (struct slice){.start = (const char *)bytes, .count = count}, &zone);
    assert(status == 0 || status == ZONE_E_BROKEN);
    if (status != 0)
        return 0;
    assert(zone.offset_count > 0);
    assert(!instant_is_set(zone.offsets[0].at));
    for (uint32_t i = 1; i < zone.offset_count; i++) {
        assert(zone.offsets[i - 1].at.ms < zone.offsets[i].at.ms);
        assert(zone.offsets[i].offset_s > -86400 && zone.offsets[i].offset_s < 86400);
    }

    /* Whatever a zone does to its clocks, a calendar can be made of it and days do not overlap. */
    OWNED(calendar_destroy) struct calendar *calendar = NULL;
    struct calendar_definition definition = {
        .zone = &zone, .has_week = true, .first_day = 0, .horizon_day = CALENDAR_LAST_DAY};
    for (int i = 0; i < 5; i++)
        definition.week[i] = (struct calendar_hours){.count = 1, .at = {{0, DATE_DAY_MS}}};
    status = calendar_create(&definition, &calendar);
    assert(status == 0);
    int64_t before = INT64_MIN;
    for (int32_t day = 10000; day < 20000; day += 500) {
        int64_t position = 0;
        struct instant at = calendar_instant(calendar, day, 43200000);
        if (axis_position(calendar, AXIS_WORKSHARE, at, &position) != 0)
            continue;
        assert(position >= before);
        before = position;
    }
    return 0;
}
