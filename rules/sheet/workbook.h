/* workbook.h - what the files that read a workbook share; nobody else's.
 *
 * Layer: rules/sheet.
 */
#ifndef SHEET_WORKBOOK_H
#define SHEET_WORKBOOK_H

#include "rules/sheet/package.h"
#include "rules/sheet/text_room.h"

/* The table of strings that cells point into. */
struct strings {
    uint32_t count;
    uint32_t room;
    size_t *ends; /* of each within the text */
    struct text_room text;
};

/* strings_read - Returns: 0, SHEET_E_BAD, -ENOMEM. */
MUST_USE int strings_read(struct strings *strings, struct package *package, const char *file,
                          const char *part, struct problem_list *problems);
void strings_clear(struct strings *strings);

/* strings_at - NULL start: there is no string of this number. */
struct slice strings_at(const struct strings *strings, uint64_t index);

/* Rich text: the texts of its runs joined, without those that only say how it sounds. */
struct rich_text {
    bool is_text;  /* within <t> */
    bool is_sound; /* within <rPh> */
};

void rich_start(struct rich_text *rich, const char *name);
void rich_end(struct rich_text *rich, const char *name);
bool rich_counts(const struct rich_text *rich);

/* grid_read - one worksheet as CSV. sheet->place is used for messages; text and first_row are
 * filled, the text empty when the sheet is.
 *
 * Returns: 0, SHEET_E_BAD, -ENOMEM.
 */
MUST_USE int grid_read(struct arena *arena, struct package *package, const char *part,
                       const struct strings *strings, struct problem_list *problems,
                       struct sheet *sheet);

#endif
