/* fuzz_jsonl.c - any bytes as a file of JSON Lines, canonical or with a mapping. The first byte
 * chooses which.
 */
#include "collectors/jsonl/jsonl.h"
#include "collectors/map/map.h"
#include "tests/fuzz/input_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static const char mapping[] =
    "zone: Europe/Amsterdam\n"
    "times: [iso, unix]\n"
    "columns: {case: case, handler: who.name}\n"
    "events:\n"
    "  - {kinds: {column: kind, words: {apply: apply}, other: skip}, at: at}\n"
    "  - {kind: finish, at: end, optional: true}\n";

static struct map *map_get(void)
{
    static struct map *map;
    struct problem_list problems;
    if (map != NULL)
        return map;
    problem_list_init(&problems);
    int status = map_parse("fuzz.yaml", slice_of(mapping), &problems, &map);
    assert(status == 0);
    problem_list_clear(&problems);
    return map;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static char *paths[] = {input_file_path};
    static struct report *report;
    struct input input;
    bool is_mapped = count > 0 && (bytes[0] & 1) != 0;
    if (report == NULL && report_open(NULL, true, &report) != 0)
        return 0;
    input_file_put("jsonl", count == 0 ? NULL : bytes + 1, count == 0 ? 0 : count - 1);
    const struct files_options options = {.paths = paths, .count = 1, .report = report};
    int status = jsonl_open(&options, is_mapped ? map_get() : NULL, "hall", &input);
    assert(status == 0);
    input_file_check(&input);
    input.close(input.ctx);
    return 0;
}
