/* Can a row of a table hurt whoever makes an event of it? The input's first line names the columns,
 * its second is the row; cells are told apart by a tab, so that no reader of CSV is in between. */
#include "engine/wire/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

enum { CELLS_MAX = 400 };

static size_t split(struct slice line, struct slice cells[CELLS_MAX])
{
    size_t count = 0;
    size_t start = 0;
    for (size_t i = 0; i <= line.count && count < CELLS_MAX; i++) {
        if (i == line.count || line.start[i] == '\t') {
            cells[count++] = (struct slice){line.start + start, i - start};
            start = i + 1;
        }
    }
    return count;
}

static void take_row(struct event_reader *reader, struct slice head, struct slice row,
                     bool attrs_take)
{
    static struct slice names[CELLS_MAX];
    static struct slice values[CELLS_MAX];
    struct event event;
    struct text_refusal refused = {.refusal = REFUSAL_NONE};
    size_t name_count = split(head, names);
    size_t value_count = split(row, values);
    size_t count = name_count < value_count ? name_count : value_count;
    enum refusal refusal =
        event_from_columns(reader, names, values, count, attrs_take, NULL, &event, &refused);
    assert(refusal == refused.refusal);
    if (refusal != REFUSAL_NONE) {
        assert(refused.en[0] != '\0');
        return;
    }
    OWNED(bytes_clear) struct bytes bytes = {0};
    int result = event_to_csv(&bytes, &event);
    assert(result == 0);
    result = encode_event(&bytes, &event);
    assert(result == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    if (count == 0)
        return 0;
    OWNED(event_reader_destroy) struct event_reader *reader = event_reader_create();
    assert(reader != NULL);
    const char *start = (const char *)bytes;
    const char *line_end = memchr(start, '\n', count);
    size_t head_count = line_end == NULL ? count : (size_t)(line_end - start);
    struct slice head = {start, head_count};
    struct slice row = {start + head_count, count - head_count};
    if (row.count > 0)
        row = (struct slice){row.start + 1, row.count - 1};
    take_row(reader, head, row, false);
    take_row(reader, head, row, true);
    return 0;
}
