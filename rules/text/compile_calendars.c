/* compile_calendars.c - the calendars among the documents, built, and known by their names. */
#include "rules/days/calendar_text.h"
#include "rules/days/notice_text.h"
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

/* The notices among the documents, laid over the calendars. */
static int join_notices(struct calendar_book *book, const struct document *documents,
                        uint32_t count, struct problem_list *problems)
{
    struct notice **notices = arena_take(book->arena, count, sizeof(struct notice *));
    uint32_t notice_count = 0;
    int status = notices == NULL ? -ENOMEM : 0;
    bool is_bad = false;
    for (uint32_t i = 0; i < count && status >= 0; i++) {
        if (documents[i].kind != DOCUMENT_NOTICE)
            continue;
        status = notice_read(book->arena, documents[i].file, documents[i].name, documents[i].text,
                             problems, &notices[notice_count]);
        is_bad = is_bad || status > 0;
        notice_count += status == 0;
    }
    if (status >= 0)
        status = notices_join(book, notices, notice_count, problems);
    return status == 0 && is_bad ? CALENDAR_TEXT_E_BAD : status;
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
    int joined = join_notices(&book, documents, count, compile->problems);
    compile->is_short = compile->is_short || joined < 0;
    is_good = is_good && joined == 0;
    if (book.count > 0) {
        int status = calendar_text_resolve(&book, compile->problems);
        compile->is_short = compile->is_short || status < 0;
        is_good = is_good && status == 0;
        is_good = build(compile, &book) && is_good;
    }
    calendar_book_clear(&book);
    return is_good;
}
