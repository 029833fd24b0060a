/* calendar_text.h - calendars as people write them, to definitions that rules/calendar flattens.
 *
 * Layer: rules/days. A calendar file is told in rules/calendars/README.md. A file holds one
 * calendar; calendars name their parents, so a book of them is read first and resolved after.
 */
#ifndef DAYS_CALENDAR_TEXT_H
#define DAYS_CALENDAR_TEXT_H

#include "rules/calendar/calendar.h"
#include "rules/read/yaml.h"

/* One calendar file. */
struct calendar_page {
    struct calendar_definition definition; /* its parent is set by calendar_text_resolve */
    struct slice title_en;                 /* may be empty */
    struct slice title_zh;
    struct slice parent;      /* by name; empty: none */
    int32_t *exception_years; /* of each exception: the year whose paper it stands in */
    const struct yaml_node *root;
    bool is_bad; /* it had errors: not to be built */
    struct calendar_page *next;
};

/* All calendars that were read. */
struct calendar_book {
    struct arena *arena; /* owns the pages and all they point at */
    uint32_t count;
    struct calendar_page *first; /* in the order in which they were read */
    struct calendar_page *last;
};

enum {
    CALENDAR_TEXT_E_BAD = 1, /* at least one error was added to the problems */
};

/* calendar_book_init - an empty book. Returns: false if memory is short. */
MUST_USE bool calendar_book_init(struct calendar_book *book);

void calendar_book_clear(struct calendar_book *book);

/* calendar_text_read - one calendar out of the text of a file.
 *
 * file:    for messages; copied. Borrows: nothing of text.
 * Returns: 0, CALENDAR_TEXT_E_BAD (the page may be in the book all the same, marked is_bad, so
 *          that others that inherit from it are not told that it does not exist), -ENOMEM.
 */
MUST_USE int calendar_text_read(struct calendar_book *book, const char *file, struct slice text,
                                struct problem_list *problems);

/* calendar_text_read_file - the same, from a file. */
MUST_USE int calendar_text_read_file(struct calendar_book *book, const char *path,
                                     struct problem_list *problems);

/* calendar_text_resolve - link the calendars to their parents: an unknown parent, a circle, more
 * than CALENDAR_DEPTH_MAX levels, or a chain that never says its zone, its week or the days
 * officially known, are problems.
 *
 * Returns: 0, CALENDAR_TEXT_E_BAD.
 */
MUST_USE int calendar_text_resolve(struct calendar_book *book, struct problem_list *problems);

/* calendar_book_find - by name; NULL: there is none. */
const struct calendar_page *calendar_book_find(const struct calendar_book *book, struct slice name);

/* calendar_book_build - the calendar of a page of a resolved book.
 *
 * Owns:    the caller owns *calendar_out and ends it with calendar_destroy.
 * Returns: 0; CALENDAR_TEXT_E_BAD for a page with errors (told before), or with a parent that has
 *          some; -ENOMEM.
 */
MUST_USE int calendar_book_build(const struct calendar_page *page, struct calendar **calendar_out);

#endif
