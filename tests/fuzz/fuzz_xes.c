/* fuzz_xes.c - any bytes as an event log in XES. */
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
    struct input input;
    const struct files_options options = input_file_options("xes", bytes, count);
    int status = xes_open(&options, input_file_map(mapping), &input);
    assert(status == 0);
    input_file_check(&input);
    return 0;
}
