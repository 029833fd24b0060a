/* calendar.c - finding a calendar, and those it inherits from, among the folders. A notice
 * stands for the calendar it is for, as it will be with the notice.
 */
#include "rules/due/due.h"

#include "rules/days/calendar_text.h"
#include "rules/days/notice_text.h"

#include <stdlib.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, FOLDERS_MAX = 4 };

const char *due_calendar_folder;

struct folders {
    uint32_t count;
    char at[FOLDERS_MAX][PATH_BYTES];
};

static void folder_add(struct folders *folders, const char *start, size_t count, const char *rest)
{
    if (folders->count == FOLDERS_MAX || count + strlen(rest) >= PATH_BYTES)
        return;
    char *to = folders->at[folders->count++];
    memcpy(to, start, count);
    memcpy(to + count, rest, strlen(rest) + 1);
}

/* Next to the program: PREFIX/bin/cardwatch-due has its calendars in PREFIX/share. */
static void folder_of_program(struct folders *folders)
{
    char path[PATH_BYTES];
    ssize_t count = readlink("/proc/self/exe", path, sizeof path - 1);
    if (count <= 0)
        return;
    path[count] = '\0';
    const char *end = strrchr(path, '/');
    if (end != NULL)
        folder_add(folders, path, (size_t)(end - path), "/../share/cardwatch/calendars");
}

static void folders_of(struct folders *folders)
{
    const char *share = getenv("CARDWATCH_SHARE");
    folders->count = 0;
    if (due_calendar_folder != NULL) {
        folder_add(folders, due_calendar_folder, strlen(due_calendar_folder), "");
        return;
    }
    if (share != NULL && share[0] != '\0')
        folder_add(folders, share, strlen(share), "/calendars");
    folder_of_program(folders);
    folder_add(folders, "rules/calendars", strlen("rules/calendars"), "");
}

/* FOLDER/NAME.yaml, if it can be read. */
static bool is_there(const char *folder, struct slice name, char path[PATH_BYTES])
{
    int count = snprintf(path, PATH_BYTES, "%s/%.*s.yaml", folder, SLICE_ARG(name));
    return count > 0 && count < PATH_BYTES && access(path, R_OK) == 0;
}

/* The file of a calendar that another file speaks of: beside that one first. */
static bool find_named(const struct folders *folders, struct slice name, const char *file,
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
    for (uint32_t i = 0; i < folders->count; i++)
        if (is_there(folders->at[i], name, path))
            return true;
    return false;
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

static bool find(const struct folders *folders, const char *name, char path[PATH_BYTES],
                 struct problem_list *problems)
{
    if (is_path(name))
        return snprintf(path, PATH_BYTES, "%s", name) < PATH_BYTES;
    for (uint32_t i = 0; i < folders->count; i++)
        if (is_there(folders->at[i], slice_of(name), path))
            return true;
    problem_error(problems, name, 0, 0,
                  "no calendar of this name in %s; give its file (./NAME.yaml), or --calendars DIR",
                  "在 %s 中没有此日历；请给出文件（./NAME.yaml），或用 --calendars DIR",
                  folders->count == 0 ? "." : folders->at[0]);
    return false;
}

/* The notice, and in path_io in its place the file of its calendar. */
static bool read_notice(struct calendar_book *book, const struct folders *folders,
                        char path_io[PATH_BYTES], struct problem_list *problems,
                        struct notice **notice_out)
{
    struct slice text;
    char path[PATH_BYTES];
    if (yaml_read_bytes(book->arena, path_io, problems, &text) != 0 ||
        notice_read(book->arena, path_io, path_io, text, problems, notice_out) != 0)
        return false;
    const struct notice *notice = *notice_out;
    if (!find_named(folders, notice->calendar, path_io, path)) {
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
    struct notice *notice = NULL;
    struct folders *folders = calloc(1, sizeof *folders);
    if (folders == NULL)
        return false;
    folders_of(folders);
    bool is_more = find(folders, name, path, problems) &&
                   (!is_notice_file(path) || read_notice(book, folders, path, problems, &notice));
    bool is_good = is_more;
    while (is_more) {
        is_good = calendar_text_read_file(book, path, problems) == 0 && is_good;
        const struct calendar_page *page = book->last;
        /* A parent that is not found is told by calendar_text_resolve, where it is named. */
        is_more = is_good && page->parent.count > 0 &&
                  calendar_book_find(book, page->parent) == NULL &&
                  find_named(folders, page->parent, page->root->file, path);
    }
    if (is_good && notice != NULL)
        is_good = notices_join(book, &notice, 1, problems) == 0;
    free(folders);
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
