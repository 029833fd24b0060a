/* fuzz_jsonl.c - any bytes as a file of JSON Lines, canonical or with a mapping. The first byte
 * chooses which.
 */
#include "collectors/jsonl/jsonl.h"
#include "tests/fuzz/input_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static const char mapping[] =
    "zone: Europe/Amsterdam\n"
    "times: [iso, unix]\n"
    "columns: {case: case, handler: who.name}\n"
    "events:\n"
    "  - {kinds: {column: kind, words: {apply: apply}, other: skip}, at: at}\n"
    "  - {kind: finish, at: end, optional: true}\n";

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct input input;
    bool is_mapped = count > 0 && (bytes[0] & 1) != 0;
    const struct files_options options =
        input_file_options("jsonl", count == 0 ? NULL : bytes + 1, count == 0 ? 0 : count - 1);
    int status = jsonl_open(&options, is_mapped ? input_file_map(mapping) : NULL, "hall", &input);
    assert(status == 0);
    input_file_check(&input);
    return 0;
}
