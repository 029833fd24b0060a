/* ics.h - the content lines of an iCalendar text (RFC 5545), unfolded and taken apart.
 *
 * Layer: rules/days.
 */
#ifndef DAYS_ICS_H
#define DAYS_ICS_H

#include "engine/base/arena.h"

/* NAME;PARAMETERS:VALUE. Slices live as long as the arena. */
struct ics_line {
    uint32_t line;   /* of the file, where it begins */
    uint32_t column; /* of the value, in characters, as if it were not folded */
    struct slice name;
    struct slice value; /* as it stands: see ics_text */
};

struct ics {
    struct slice rest; /* of the file */
    uint32_t line;
    char *room; /* for unfolded lines: as large as the file */
};

/* ics_begin - look at the first line. Borrows: text. Returns: false: memory is short. */
MUST_USE bool ics_begin(struct ics *ics, struct arena *arena, struct slice text);

/* ics_next - the next line that is not empty; one without a colon has no name, and is all value.
 *
 * Returns: false at the end.
 */
bool ics_next(struct ics *ics, struct ics_line *line_out);

/* ics_name_is - names do not heed capital letters. */
bool ics_name_is(const struct ics_line *line, const char *name);

/* ics_text - a value of type TEXT without its escapes, in place. */
struct slice ics_text(struct slice value);

#endif
