/* script.h - the lines of a scenario, word by word.
 *
 * Layer: tests. A word ends at a blank; "…" keeps blanks in it, and "" in that is one quote; #
 * begins a comment.
 */
#ifndef SCENARIO_SCRIPT_H
#define SCENARIO_SCRIPT_H

#include "rules/calendar/calendar.h"
#include "rules/read/problem.h"

enum { SCRIPT_WORDS_MAX = 32, SCRIPT_LINE_BYTES = 1024 };

struct script_line {
    const char *file;
    uint32_t number;
    char text[SCRIPT_LINE_BYTES]; /* the words borrow from it */
    uint32_t count;
    struct slice words[SCRIPT_WORDS_MAX];
};

/* script_split - a line of the file to words. Returns false when it is empty or too long. */
bool script_split(struct script_line *line, const char *text);

/* script_is - the word at a place is this one. */
bool script_is(const struct script_line *line, uint32_t at, const char *word);

/* script_pair - "name=value" at a place. */
bool script_pair(const struct script_line *line, uint32_t at, struct slice *name_out,
                 struct slice *value_out);

/* script_time - "2025-01-20 10:00[:00[.001]]", two words, in the time zone of a calendar. */
bool script_time(const struct script_line *line, uint32_t at, const struct calendar *calendar,
                 struct instant *at_out);

/* script_fail - this line does not hold: said, and the test is left. */
_Noreturn void script_fail(const struct script_line *line, const char *format, ...)
    PRINTF_LIKE(2, 3);

#endif
