/* test_line.c - see test_line.h. Columns count characters, as an editor shows them. */
#include "rules/text/test_line.h"

bool test_line_read(const struct yaml_node *node, struct test_line *line,
                    struct problem_list *problems)
{
    *line = (struct test_line){.node = node};
    const char *cursor = node->value.start;
    const char *end = cursor + node->value.count;
    uint32_t column = node->column + (node->is_quoted ? 1 : 0);
    while (cursor < end) {
        if (*cursor == ' ') {
            cursor++;
            column++;
            continue;
        }
        if (line->count == TEST_LINE_WORDS_MAX) {
            problem_error(problems, node->file, node->line, column, "more than %d words in a line",
                          "一行超过 %d 个词", TEST_LINE_WORDS_MAX);
            return false;
        }
        struct line_word *field = &line->at[line->count++];
        *field = (struct line_word){.text = {.start = cursor}, .column = column};
        char quote = '\0';
        for (; cursor < end && (*cursor != ' ' || quote != '\0'); cursor++) {
            if (quote != '\0' && *cursor == quote)
                quote = '\0';
            else if (quote == '\0' && (*cursor == '"' || *cursor == '\''))
                quote = *cursor;
            column += ((unsigned char)*cursor & 0xC0) != 0x80;
        }
        field->text.count = (size_t)(cursor - field->text.start);
        if (quote == '\0')
            continue;
        problem_error(problems, node->file, node->line, field->column,
                      "%.*s: the quote %c is not closed", "%.*s：引号 %c 没有闭合",
                      SLICE_ARG(field->text), quote);
        return false;
    }
    return true;
}
