/* lines.c - the longest common row of lines, the plain way: a table of (lines × lines), after what
 * is equal at both ends has been set aside. Rule files are short, and catalogues differ in few
 * lines; where that is not so, the numbers of lines say enough.
 */
#include "rules/difference/lines.h"

#include "engine/sys/lang.h"

#include <errno.h>
#include <stdlib.h>

enum { CELLS_MAX = 16 * 1024 * 1024 };

struct lines {
    size_t count;
    struct slice *at;
};

static int split(struct slice text, struct lines *lines)
{
    size_t count = 1;
    for (size_t i = 0; i < text.count; i++)
        count += text.start[i] == '\n';
    *lines = (struct lines){.at = calloc(count, sizeof *lines->at)};
    if (lines->at == NULL)
        return -ENOMEM;
    while (text.count > 0) {
        const char *end = memchr(text.start, '\n', text.count);
        size_t length = end == NULL ? text.count : (size_t)(end - text.start);
        lines->at[lines->count++] = (struct slice){.start = text.start, .count = length};
        length += end != NULL;
        text = (struct slice){.start = text.start + length, .count = text.count - length};
    }
    return 0;
}

static void print_line(char sign, size_t number, struct slice line, FILE *to)
{
    (void)fprintf(to, "  %c %4zu  %.*s\n", sign, number, (int)line.count,
                  line.count == 0 ? "" : line.start);
}

/* table[i][j]: how many lines a[i…] and b[j…] have in common, in order. */
static void fill(uint16_t *table, const struct slice *a, size_t a_count, const struct slice *b,
                 size_t b_count)
{
    size_t width = b_count + 1;
    for (size_t i = a_count; i-- > 0;)
        for (size_t j = b_count; j-- > 0;) {
            uint16_t down = table[(i + 1) * width + j];
            uint16_t right = table[i * width + j + 1];
            table[i * width + j] = slice_is_equal(a[i], b[j])
                                       ? (uint16_t)(table[(i + 1) * width + j + 1] + 1)
                                   : down > right ? down
                                                  : right;
        }
}

static void walk(const uint16_t *table, const struct slice *a, size_t a_count,
                 const struct slice *b, size_t b_count, size_t first, FILE *to)
{
    size_t width = b_count + 1;
    size_t i = 0;
    size_t j = 0;
    while (i < a_count || j < b_count) {
        if (i < a_count && j < b_count && slice_is_equal(a[i], b[j])) {
            i++;
            j++;
        } else if (i < a_count &&
                   (j == b_count || table[(i + 1) * width + j] >= table[i * width + j + 1])) {
            print_line('-', first + i + 1, a[i], to);
            i++;
        } else {
            print_line('+', first + j + 1, b[j], to);
            j++;
        }
    }
}

static int compare(const struct lines *before, const struct lines *after, FILE *to)
{
    size_t head = 0;
    size_t tail = 0;
    size_t shorter = before->count < after->count ? before->count : after->count;
    while (head < shorter && slice_is_equal(before->at[head], after->at[head]))
        head++;
    while (tail < shorter - head &&
           slice_is_equal(before->at[before->count - 1 - tail], after->at[after->count - 1 - tail]))
        tail++;
    size_t a_count = before->count - head - tail;
    size_t b_count = after->count - head - tail;
    if (a_count >= UINT16_MAX || b_count >= UINT16_MAX ||
        (a_count + 1) * (b_count + 1) > CELLS_MAX) {
        (void)fprintf(to,
                      say("  %zu lines before, %zu lines after, from line %zu on\n",
                          "  原 %zu 行，现 %zu 行，自第 %zu 行起\n"),
                      a_count, b_count, head + 1);
        return 0;
    }
    uint16_t *table = calloc((a_count + 1) * (b_count + 1), sizeof *table);
    if (table == NULL)
        return -ENOMEM;
    fill(table, before->at + head, a_count, after->at + head, b_count);
    walk(table, before->at + head, a_count, after->at + head, b_count, head, to);
    free(table);
    return 0;
}

int lines_diff(struct slice before, struct slice after, FILE *to)
{
    struct lines old = {0};
    struct lines now = {0};
    int status = split(before, &old);
    if (status == 0)
        status = split(after, &now);
    if (status == 0)
        status = compare(&old, &now, to);
    free(old.at);
    free(now.at);
    return status;
}
