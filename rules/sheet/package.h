/* package.h - the XML files within a workbook, one after another through expat.
 *
 * Layer: rules/sheet, nobody else's. What is wrong is told, with the name of the workbook.
 */
#ifndef SHEET_PACKAGE_H
#define SHEET_PACKAGE_H

#include "rules/sheet/sheet.h"

struct package;

/* What is called for the elements of one part, by their names without their namespace. A reader
 * that has told an error calls package_stop. */
struct package_reader {
    void *ctx;
    void (*start)(void *ctx, const char *name, const char **attributes);
    void (*end)(void *ctx, const char *name);
    void (*text)(void *ctx, struct slice text);
};

/* package_open - Borrows: file, bytes and problems until package_close.
 *
 * Returns: 0, SHEET_E_BAD, -ENOMEM.
 */
MUST_USE int package_open(const char *file, struct slice bytes, struct problem_list *problems,
                          struct package **package_out);
void package_close(struct package **package_p);

/* package_has - is there such a part? */
bool package_has(const struct package *package, const char *part);

/* package_parse - Returns: 0, SHEET_E_BAD (told, by this or by the reader), -ENOMEM. */
MUST_USE int package_parse(struct package *package, const char *part,
                           const struct package_reader *reader);

/* package_stop - end the parsing that runs with this status. */
void package_stop(struct package *package, int status);

/* package_attribute - by its name without namespace; NULL: there is none. */
const char *package_attribute(const char **attributes, const char *name);

#endif
