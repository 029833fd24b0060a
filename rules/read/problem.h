/* problem.h - what is wrong in a file that a person wrote, said so that he can put it right.
 *
 * Layer: rules/read. A problem names file, line and column, what is wrong, and what would be
 * right, in English and in Chinese. Readers collect problems in a list and go on as far as they
 * can, so that one run shows them all.
 */
#ifndef READ_PROBLEM_H
#define READ_PROBLEM_H

#include "engine/base/slice.h"

#include <stdarg.h>
#include <stdio.h>

/* The compiler checks the arguments against both formats, English and Chinese. */
#define TOLD_LIKE(en, zh, first) PRINTF_LIKE(en, first) PRINTF_LIKE(zh, first)

enum { PROBLEM_TEXT_BYTES = 512, PROBLEM_MAX = 100 };

struct problem {
    const char *file; /* lives as long as the list */
    uint32_t line;    /* from 1; 0: the file as a whole */
    uint32_t column;  /* from 1, in characters; in a table, the number of the cell */
    bool is_cell;     /* the file is a sheet: the place is told as C17 */
    bool is_warning;  /* the file is usable as it is */
    char en[PROBLEM_TEXT_BYTES];
    char zh[PROBLEM_TEXT_BYTES];
};

/* In the order in which they were found. More than PROBLEM_MAX are counted, not kept. */
struct problem_list {
    uint32_t count;
    uint32_t error_count;    /* of all, kept or not */
    uint32_t warning_count;  /* of all, kept or not */
    uint32_t cell_count;     /* of the errors, those of a cell that leave its table readable */
    uint32_t forgiven_count; /* warnings that were errors but for … */
    bool is_in_force; /* … this: the texts have been in force already, and cases hang on them. What
                         problem_refuse tells is a warning then */
    struct problem *at;
    struct problem_file *files;
};

void problem_list_init(struct problem_list *list);
void problem_list_clear(struct problem_list *list);

/* problem_error, problem_warn - add one; file is copied, and both formats take the same arguments
 * in the same order. Short memory loses the text, never the count.
 */
TOLD_LIKE(5, 6, 7)
void problem_error(struct problem_list *list, const char *file, uint32_t line, uint32_t column,
                   const char *en, const char *zh, ...);

TOLD_LIKE(5, 6, 7)
void problem_warn(struct problem_list *list, const char *file, uint32_t line, uint32_t column,
                  const char *en, const char *zh, ...);

/* problem_refuse - an error that leaves a model which can be used: what a later program has learnt
 * to refuse in a text that an earlier one took in. Of texts that are in force, a warning. */
TOLD_LIKE(5, 6, 7)
void problem_refuse(struct problem_list *list, const char *file, uint32_t line, uint32_t column,
                    const char *en, const char *zh, ...);

/* problem_list_is_readable - whatever was told so far leaves texts in which more can be found. */
bool problem_list_is_readable(const struct problem_list *list);

/* problem_is_told - was an error told of this place already? column 0: of any in the line. */
bool problem_is_told(const struct problem_list *list, const char *file, uint32_t line,
                     uint32_t column);

/* problem_list_names_cells - places in this file are cells of a sheet; file is copied. */
void problem_list_names_cells(struct problem_list *list, const char *file);

/* problem_row - where a row of a table stands, for another message: "items.csv:17", or the cell of
 * a sheet. Returns text. */
char *problem_row(struct problem_list *list, const char *file, uint32_t line, uint32_t column,
                  char *text, size_t bytes);

/* cell_name - "C17". Returns text. */
enum { CELL_NAME_BYTES = 24 };
char *cell_name(uint32_t row, uint32_t column, char text[CELL_NAME_BYTES]);

/* problem_tell - the same with the arguments of a caller's caller; only the place and is_warning of
 * `place` are looked at. `arguments` is used up. */
TOLD_LIKE(3, 4, 0)
void problem_tell(struct problem_list *list, const struct problem *place, const char *en,
                  const char *zh, va_list arguments);

/* problem_list_print - one line each, in the language of engine/sys/lang.h:
 * "rules/permit.yaml:12:5: error: …". The number of those not kept comes last. */
void problem_list_print(const struct problem_list *list, FILE *to);

/* SLICE_ARG - a slice as the two arguments of "%.*s", cut off where a message would end anyway. */
#define SLICE_ARG(slice)                                                                           \
    (int)((slice).count < PROBLEM_TEXT_BYTES ? (slice).count : PROBLEM_TEXT_BYTES),                \
        ((slice).count == 0 ? "" : (slice).start)

/* text_nearest - the one of the words that `word` was probably meant to be.
 *
 * Returns: NULL when none is near: more than a third of its letters would have to change.
 */
const char *text_nearest(struct slice word, const char *const *words, size_t count);

#endif
