/* calendar.c - finding a calendar, and those it inherits from, in its folder. A notice
 * stands for the calendar it is for, as it will be with the notice.
 */
#include "rules/due/due.h"

#include "rules/days/calendar_text.h"
#include "rules/days/notice_text.h"
#include "rules/days/shipped.h"

#include <unistd.h>

enum { PATH_BYTES = SHIPPED_PATH_BYTES };

const char *due_calendar_folder;

/* FOLDER/NAME.yaml, if it can be read. */
static bool is_there(const char *folder, struct slice name, char path[PATH_BYTES])
{
    int count = snprintf(path, PATH_BYTES, "%s/%.*s.yaml", folder, SLICE_ARG(name));
    return count > 0 && count < PATH_BYTES && access(path, R_OK) == 0;
}

/* The file of a calendar that another file speaks of: beside that one first. */
static bool find_named(const char *folder, struct slice name, const char *file,
                       char path[PATH_BYTES])
{
    char beside[PATH_BYTES];
    const char *end = strrchr(file, '/');
    size_t count = end == NULL ? 0 : (size_t)(end - file);
    if (count < sizeof beside) {
        memcpy(beside, file, count);
        beside[count] = '\0';
        if (is_there(count == 0 ? "." : beside, name, path))
            return true;
    }
    return is_there(folder, name, path);
}

static bool has_ending(const char *name, const char *ending)
{
    size_t name_count = strlen(name);
    size_t count = strlen(ending);
    return name_count > count && strcmp(name + name_count - count, ending) == 0;
}

static bool is_notice_file(const char *path)
{
    return has_ending(path, ".json") || has_ending(path, ".ics");
}

static bool is_path(const char *name)
{
    return strchr(name, '/') != NULL || has_ending(name, ".yaml") || is_notice_file(name);
}

static bool find(const char *folder, const char *name, char path[PATH_BYTES],
                 struct problem_list *problems)
{
    if (is_path(name))
        return snprintf(path, PATH_BYTES, "%s", name) < PATH_BYTES;
    if (is_there(folder, slice_of(name), path))
        return true;
    problem_error(problems, name, 0, 0,
                  "no calendar of this name in %s; give its file (./NAME.yaml), or --calendars DIR",
                  "在 %s 中没有此日历；请给出文件（./NAME.yaml），或用 --calendars DIR", folder);
    return false;
}

/* The notice, and in path_io in its place the file of its calendar. */
static bool read_notice(struct calendar_book *book, const char *folder, char path_io[PATH_BYTES],
                        struct problem_list *problems, struct notice **notice_out)
{
    struct slice text;
    char path[PATH_BYTES];
    if (yaml_read_bytes(book->arena, path_io, problems, &text) != 0 ||
        notice_read(book->arena, path_io, path_io, text, problems, notice_out) != 0)
        return false;
    const struct notice *notice = *notice_out;
    if (!find_named(folder, notice->calendar, path_io, path)) {
        problem_error(problems, notice->file, notice->line, notice->column,
                      "the calendar \"%.*s\" is not here: give its file too, or --calendars DIR",
                      "没有日历“%.*s”：请一并给出其文件，或用 --calendars 目录",
                      SLICE_ARG(notice->calendar));
        return false;
    }
    memcpy(path_io, path, PATH_BYTES);
    return true;
}

static bool read_all(struct calendar_book *book, const char *name, struct problem_list *problems)
{
    char path[PATH_BYTES];
    char shipped[PATH_BYTES] = ".";
    const char *folder = due_calendar_folder;
    struct notice *notice = NULL;
    if (folder == NULL)
        folder = shipped_calendars(shipped) ? shipped : ".";
    bool is_more = find(folder, name, path, problems) &&
                   (!is_notice_file(path) || read_notice(book, folder, path, problems, &notice));
    bool is_good = is_more;
    while (is_more) {
        is_good = calendar_text_read_file(book, path, problems) == 0 && is_good;
        const struct calendar_page *page = book->last;
        /* A parent that is not found is told by calendar_text_resolve, where it is named. */
        is_more = is_good && page->parent.count > 0 &&
                  calendar_book_find(book, page->parent) == NULL &&
                  find_named(folder, page->parent, page->root->file, path);
    }
    if (is_good && notice != NULL)
        is_good = notices_join(book, &notice, 1, problems) == 0;
    return is_good;
}

bool due_calendar_load(const char *name, struct problem_list *problems,
                       struct calendar **calendar_out)
{
    OWNED(calendar_book_clear) struct calendar_book book;
    if (!calendar_book_init(&book))
        return false;
    return read_all(&book, name, problems) && calendar_text_resolve(&book, problems) == 0 &&
           calendar_book_build(book.first, calendar_out) == 0;
}
