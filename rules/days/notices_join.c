/* notices_join.c - notices laid over the calendars they are for.
 *
 * The notice of a year takes the place of that year's paper in the calendar's own file: all that
 * this paper said falls away, and what the notice says stands. A notice that amends takes nothing
 * away, and changes the days it names. Either way a later notice wins over an earlier one, and any
 * over the file.
 */
#include "rules/days/notice_text.h"

#include "rules/read/words.h"

#include <errno.h>
#include <stdlib.h>

static int by_year_and_name(const void *a_p, const void *b_p)
{
    const struct notice *a = *(struct notice *const *)a_p;
    const struct notice *b = *(struct notice *const *)b_p;
    if (a->year != b->year)
        return a->year < b->year ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* The notices for one page, in order. */
struct joining {
    struct calendar_page *page;
    struct notice *const *notices;
    uint32_t count;
    struct problem_list *problems;
};

static bool is_for(const struct joining *joining, const struct notice *notice)
{
    return slice_is_equal(notice->calendar, joining->page->definition.name);
}

static bool is_replaced(const struct joining *joining, int32_t year)
{
    for (uint32_t i = 0; i < joining->count; i++) {
        const struct notice *notice = joining->notices[i];
        if (is_for(joining, notice) && !notice->amends && notice->year == year)
            return true;
    }
    return false;
}

static void add_days(const struct notice *notice, struct calendar_definition *definition,
                     struct calendar_exception *exceptions)
{
    for (int32_t i = 0; i < NOTICE_DAYS_MAX; i++) {
        const struct notice_day *day = &notice->days[i];
        if (day->is_named)
            exceptions[definition->exception_count++] =
                (struct calendar_exception){.day = notice->first_day + i,
                                            .is_work = day->is_work,
                                            .name = day->name,
                                            .ground = day->ground};
    }
}

/* A calendar is known up to the end of the last year whose paper is there, with none left out. One
 * that takes this from its parent goes on doing so. */
static bool move_horizon(const struct joining *joining, const struct notice *notice)
{
    struct calendar_definition *definition = &joining->page->definition;
    char known[DATE_TEXT_BYTES];
    int32_t last = date_day((struct date){(int16_t)notice->year, 12, 31});
    int32_t before = date_day((struct date){(int16_t)(notice->year - 1), 12, 31});
    if (notice->amends || definition->horizon_day == INT32_MIN || last <= definition->horizon_day)
        return true;
    if (definition->horizon_day < before) {
        problem_error(joining->problems, notice->file, notice->line, notice->column,
                      "\"%.*s\" is known to %s: the notices of the years up to %d come first",
                      "“%.*s”已知至 %s：请先给出直至 %d 年的各年通知", SLICE_ARG(definition->name),
                      date_format(definition->horizon_day, known), notice->year - 1);
        return false;
    }
    definition->horizon_day = last;
    return true;
}

static int join_page(struct arena *arena, const struct joining *joining)
{
    struct calendar_page *page = joining->page;
    struct calendar_definition *definition = &page->definition;
    size_t room = definition->exception_count;
    size_t own = room;
    bool is_good = true;
    for (uint32_t i = 0; i < joining->count; i++)
        room += is_for(joining, joining->notices[i]) ? joining->notices[i]->count : 0;
    if (room == own)
        return 0;
    struct calendar_exception *exceptions = arena_take(arena, room, sizeof *exceptions);
    if (exceptions == NULL)
        return -ENOMEM;
    uint32_t kept = 0;
    for (size_t i = 0; i < own; i++)
        if (!is_replaced(joining, page->exception_years[i]))
            exceptions[kept++] = definition->exceptions[i];
    definition->exception_count = kept;
    for (uint32_t i = 0; i < joining->count; i++) {
        if (!is_for(joining, joining->notices[i]))
            continue;
        add_days(joining->notices[i], definition, exceptions);
        is_good = move_horizon(joining, joining->notices[i]) && is_good;
    }
    definition->exceptions = exceptions;
    page->is_bad = page->is_bad || !is_good;
    return is_good ? 0 : CALENDAR_TEXT_E_BAD;
}

/* Told where it is named. */
static bool check_calendar(const struct calendar_book *book, const struct notice *notice,
                           struct problem_list *problems)
{
    enum { NAMES_MAX = 64 };
    const char *names[NAMES_MAX];
    size_t count = 0;
    if (calendar_book_find(book, notice->calendar) != NULL)
        return true;
    for (const struct calendar_page *page = book->first; page != NULL && count < NAMES_MAX;
         page = page->next)
        names[count++] = page->definition.name.start;
    if (count > 0)
        tell_unknown(problems, notice->file, notice->line, notice->column, notice->calendar, names,
                     count, "calendar", "日历");
    else
        problem_error(problems, notice->file, notice->line, notice->column,
                      "the calendar \"%.*s\" is not here: give its file too, or --calendars DIR",
                      "没有日历“%.*s”：请一并给出其文件，或用 --calendars 目录",
                      SLICE_ARG(notice->calendar));
    return false;
}

/* What the calendar or the nearest one above it says. (A circle is told by calendar_text_resolve.)
 */
static int32_t horizon_of(const struct calendar_book *book, struct slice name)
{
    const struct calendar_page *page = calendar_book_find(book, name);
    for (int depth = 0; page != NULL && depth < CALENDAR_DEPTH_MAX; depth++) {
        if (page->definition.horizon_day != INT32_MIN)
            return page->definition.horizon_day;
        page = calendar_book_find(book, page->parent);
    }
    return INT32_MAX;
}

/* A day that is not looked at yet is not left unsaid. */
static void warn_unknown(const struct calendar_book *book, const struct notice *notice,
                         struct problem_list *problems)
{
    int32_t horizon = horizon_of(book, notice->calendar);
    int32_t end = date_day((struct date){(int16_t)notice->year, 12, 31});
    int32_t last = INT32_MIN;
    char date[DATE_TEXT_BYTES];
    char known[DATE_TEXT_BYTES];
    for (int32_t i = 0; i < NOTICE_DAYS_MAX; i++)
        if (notice->days[i].is_named && notice->first_day + i <= end)
            last = notice->first_day + i;
    if (last > horizon)
        problem_warn(problems, notice->file, notice->line, notice->column,
                     "%s is not used yet: \"%.*s\" is known to %s", "%s 尚不生效：“%.*s”已知至 %s",
                     date_format(last, date), SLICE_ARG(notice->calendar),
                     date_format(horizon, known));
}

int notices_join(struct calendar_book *book, struct notice **notices, uint32_t count,
                 struct problem_list *problems)
{
    bool is_good = true;
    if (count == 0)
        return 0;
    qsort(notices, count, sizeof(struct notice *), by_year_and_name);
    for (uint32_t i = 0; i < count; i++)
        is_good = check_calendar(book, notices[i], problems) && is_good;
    for (struct calendar_page *page = book->first; page != NULL; page = page->next) {
        const struct joining joining = {
            .page = page, .notices = notices, .count = count, .problems = problems};
        int status = join_page(book->arena, &joining);
        if (status < 0)
            return status;
        is_good = is_good && status == 0;
    }
    for (uint32_t i = 0; i < count && is_good; i++)
        warn_unknown(book, notices[i], problems);
    return is_good ? 0 : CALENDAR_TEXT_E_BAD;
}
