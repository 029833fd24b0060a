/* page.h - the files of viewer/web/page, carried within the program.
 *
 * The build writes the table (packaging/embed.sh), sorted by path, so that cardwatch-view-web
 * needs nothing beside it.
 */
#ifndef WEB_PAGE_H
#define WEB_PAGE_H

#include <stddef.h>

struct web_page {
    const char *path; /* "/index.html": as a browser asks for it */
    const char *type; /* "text/html; charset=utf-8" */
    const unsigned char *bytes;
    size_t count;
};

extern const struct web_page web_pages[];
extern const size_t web_page_count;

#endif
