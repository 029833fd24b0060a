/* fuzz_map.c - any bytes as a mapping; a good one is applied to a row. */
#include "collectors/map/map.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void apply(const struct map *map, struct report *report)
{
    static const char *const texts[] = {"2025-01-06 10:00:00", "A1", "", "apply", "x\ty"};
    struct slice values[MAP_COLUMNS_MAX];
    struct applier *applier = NULL;
    const struct event *events;
    for (size_t i = 0; i < map_column_count(map); i++)
        values[i] = slice_of(texts[(i + map_column(map, i).count) % COUNT_OF(texts)]);
    if (applier_create(map, report, &applier) != 0)
        return;
    for (int per = MAP_PER_ROW; per <= MAP_PER_EVENT; per++) {
        const struct row row = {
            .file = "f", .number = 1, .per = (enum map_per)per, .values = values};
        size_t made = applier_apply(applier, &row, &events);
        assert(made <= MAP_EVENTS_MAX);
    }
    applier_destroy(&applier);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static struct report *report;
    struct problem_list problems;
    struct map *map = NULL;
    if (report == NULL && report_open(NULL, true, &report) != 0)
        return 0;
    problem_list_init(&problems);
    struct slice text = {.start = count == 0 ? "" : (const char *)bytes, .count = count};
    int status = map_parse("fuzz.yaml", text, &problems, &map);
    assert(status == 0 || (status == MAP_E_BAD && problems.error_count > 0));
    if (status == 0)
        apply(map, report);
    map_destroy(&map);
    problem_list_clear(&problems);
    return 0;
}
