/* fuzz_csv.c - any bytes as a CSV file: canonical, with a mapping, in UTF-8 or GB18030. The first
 * byte chooses which.
 */
#include "collectors/csv/csv.h"
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

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct input input;
    uint8_t choice = count == 0 ? 0 : bytes[0];
    struct files_options options =
        input_file_options("csv", count == 0 ? NULL : bytes + 1, count == 0 ? 0 : count - 1);
    options.encoding = (choice & 2) != 0 ? "GB18030" : NULL;
    int status = csv_open(&options, (choice & 1) != 0 ? input_file_map(mapping) : NULL, &input);
    assert(status == 0);
    input_file_check(&input);
    return 0;
}
