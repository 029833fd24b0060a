/* table_text.h - what the readers of tables share: columns by their headings, cells by their kind.
 *
 * Layer: rules/text.
 */
#ifndef TEXT_TABLE_TEXT_H
#define TEXT_TABLE_TEXT_H

#include "rules/read/csv_text.h"
#include "rules/text/compile.h"

enum { TABLE_COLUMNS_MAX = 32 };

enum column_role {
    COLUMN_NONE,
    COLUMN_NOTE, /* for people; not looked at */
    COLUMN_CODE,
    COLUMN_NAME,
    COLUMN_KIND,
    COLUMN_ORG,
    COLUMN_AREA,
    COLUMN_CALENDAR,
    COLUMN_LIMIT,  /* one named limit */
    COLUMN_LIMITS, /* several: promised=5 workday; statutory=20 workday */
    COLUMN_STEP,
    COLUMN_PLACE,
    COLUMN_RESULTS,
    COLUMN_SUPERVISOR,
    COLUMN_RULE,
    COLUMN_REVISION,
    COLUMN_ISSUE,
};

/* A heading, and what stands under it. */
struct table_word {
    const char *text;
    enum column_role role;
};

struct table_column {
    enum column_role role;
    int limit; /* COLUMN_LIMIT: index of the name; else -1 */
};

struct table {
    struct compile *compile;
    const char *file;
    bool is_open; /* its rows can be read, though not every heading may be known */
    struct csv_table csv;
    uint32_t column_count;
    struct table_column columns[TABLE_COLUMNS_MAX];
};

/* table_open - take a document apart and recognize its headings; unknown ones are told. */
bool table_open(struct table *table, struct compile *compile, const struct document *document,
                const struct table_word *words, size_t word_count, bool with_limits);

/* table_column - the number of the first column of this role, from 1; 0: there is none. */
uint32_t table_column(const struct table *table, enum column_role role);

/* table_needs - is there such a column? */
bool table_needs(struct table *table, enum column_role role, const char *name);

/* table_check_width - a row has no more cells than the header. */
bool table_check_width(struct table *table, const struct csv_row *row);

/* One kind of table: its headings, and those that it cannot do without. */
struct table_form {
    enum document_kind kind;
    const struct table_word *words;
    size_t word_count;
    bool with_limits; /* a column for each limit that some rule has */
    struct {
        enum column_role role;
        const char *name; /* NULL: no more */
    } needs[2];
};

struct tables {
    uint32_t count;
    uint32_t row_count; /* of all of them, headings left out */
    struct table *at;   /* in the scratch arena */
};

/* tables_open - take apart every document of a kind, and keep those whose rows can be read.
 * Returns: false when something was told of one of them, or memory is short (then `at` is NULL). */
bool tables_open(struct compile *compile, const struct document *documents, uint32_t count,
                 const struct table_form *form, struct tables *tables_out);

/* cell_is_chinese - who writes Chinese is answered with the Chinese headings. */
bool cell_is_chinese(struct slice text);

/* cell_… - the value of one cell; told when it is none. */
bool cell_term(struct table *table, const struct csv_row *row, uint32_t column,
               struct term *term_out);
bool cell_calendar(struct table *table, const struct csv_row *row, uint32_t column,
                   const struct calendar **calendar_out);
bool cell_code(struct table *table, const struct csv_row *row, uint32_t column,
               struct slice *code_out);

/* table_limit - the cell of a limit's column, if it is not empty. */
bool table_limit(struct table *table, const struct csv_row *row, uint32_t column,
                 struct item_limit *limits, uint32_t *count_io);

#endif
