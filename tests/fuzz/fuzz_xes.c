/* fuzz_xes.c - any bytes as an event log in XES. */
#include "collectors/map/map.h"
#include "collectors/xes/xes.h"
#include "tests/fuzz/input_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static const char mapping[] =
    "zone: Europe/Amsterdam\n"
    "columns: {case: \"case:concept:name\"}\n"
    "events:\n"
    "  - {kind: apply, per: case, at: \"case:startdate\", org: \"case:a/b\"}\n"
    "  - {kind: finish, per: case, at: \"case:enddate\", optional: true}\n"
    "  - {kind: step_end, per: event, at: \"time:timestamp\", step: \"concept:name\"}\n";

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static char *paths[] = {input_file_path};
    static struct report *report;
    static struct map *map;
    struct problem_list problems;
    struct input input;
    if (report == NULL && report_open(NULL, true, &report) != 0)
        return 0;
    problem_list_init(&problems);
    if (map == NULL && map_parse("fuzz.yaml", slice_of(mapping), &problems, &map) != 0)
        abort();
    input_file_put("xes", bytes, count);
    const struct files_options options = {.paths = paths, .count = 1, .report = report};
    int status = xes_open(&options, map, &input);
    assert(status == 0);
    input_file_check(&input);
    input.close(input.ctx);
    return 0;
}
