/* test_line.h - a line of a test, "2025-01-20 10:00 accept org=A", in words.
 *
 * Layer: rules/text.
 */
#ifndef TEXT_TEST_LINE_H
#define TEXT_TEST_LINE_H

#include "rules/read/yaml.h"

/* One word of a line, between blanks; quotes keep blanks together. */
struct line_word {
    struct slice text;
    uint32_t column;
};

enum { TEST_LINE_WORDS_MAX = 24 };

struct test_line {
    const struct yaml_node *node;
    uint32_t count;
    struct line_word at[TEST_LINE_WORDS_MAX];
};

/* test_line_read - the words of a scalar. Borrows: the node. false: told. */
bool test_line_read(const struct yaml_node *node, struct test_line *line,
                    struct problem_list *problems);

#endif
