/* compile_calendars.c - the calendars among the documents, built, and known by their names. */
#include "rules/text/calendar_text.h"
#include "rules/text/compile.h"

#include <errno.h>

static bool build(struct compile *compile, const struct calendar_book *book)
{
    bool is_good = true;
    compile->calendars = arena_take(compile->scratch, book->count, sizeof(struct calendar *));
    compile->calendar_names = arena_take(compile->scratch, book->count, sizeof(const char *));
    if (compile->calendars == NULL || compile->calendar_names == NULL) {
        compile->is_short = true;
        return false;
    }
    for (const struct calendar_page *page = book->first; page != NULL; page = page->next) {
        struct calendar *calendar = NULL;
        int status = page->is_bad ? CALENDAR_TEXT_E_BAD : calendar_book_build(page, &calendar);
        compile->is_short = compile->is_short || status < 0;
        is_good = is_good && status == 0;
        /* (A bad one keeps its name, so that rules that use it are not told it does not exist.) */
        compile->calendar_names[compile->calendar_count] =
            compile_copy(compile, page->definition.name).start;
        compile->calendars[compile->calendar_count++] = calendar;
    }
    return is_good;
}

bool calendars_read(struct compile *compile, const struct document *documents, uint32_t count)
{
    struct calendar_book book;
    bool is_good = true;
    if (!calendar_book_init(&book)) {
        compile->is_short = true;
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (documents[i].kind != DOCUMENT_CALENDAR)
            continue;
        int status =
            calendar_text_read(&book, documents[i].file, documents[i].text, compile->problems);
        compile->is_short = compile->is_short || status < 0;
        is_good = is_good && status == 0;
    }
    if (book.count > 0) {
        int status = calendar_text_resolve(&book, compile->problems);
        compile->is_short = compile->is_short || status < 0;
        is_good = is_good && status == 0;
        is_good = build(compile, &book) && is_good;
    }
    calendar_book_clear(&book);
    return is_good;
}
