/* fuzz_csv.c - any bytes as a CSV file: canonical, with a mapping, in UTF-8 or GB18030. The first
 * byte chooses which.
 */
#include "collectors/csv/csv.h"
#include "collectors/map/map.h"
#include "tests/fuzz/input_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static const char mapping[] =
    "zone: Asia/Shanghai\n"
    "times: [\"%Y-%m-%d %H:%M:%S\", iso, \"%d/%m/%y %I:%M %p\"]\n"
    "date_only: start of day\n"
    "blank: [\"/\"]\n"
    "columns: {case: case, handler: handler}\n"
    "attrs: [note]\n"
    "events:\n"
    "  - {kinds: {column: kind, words: {apply: apply, a: step_end}, other: step_start}, at: at}\n"
    "  - {kind: finish, at: handler, optional: true, when: {note: [x, y]}}\n";

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
    uint8_t choice = count == 0 ? 0 : bytes[0];
    if (report == NULL && report_open(NULL, true, &report) != 0)
        return 0;
    input_file_put("csv", count == 0 ? NULL : bytes + 1, count == 0 ? 0 : count - 1);
    const struct files_options options = {
        .paths = paths,
        .count = 1,
        .encoding = (choice & 2) != 0 ? "GB18030" : NULL,
        .report = report,
    };
    int status = csv_open(&options, (choice & 1) != 0 ? map_get() : NULL, &input);
    assert(status == 0);
    input_file_check(&input);
    input.close(input.ctx);
    return 0;
}
