/* documents.c - from operands to documents: files, folders, and the calendars that the files name
 * and nobody gave.
 */
#include "rules/verbs/documents.h"

#include "rules/days/notice_text.h"
#include "rules/days/shipped.h"
#include "rules/read/yaml.h"
#include "rules/sheet/sheet.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

int documents_init(struct document_set *set)
{
    *set = (struct document_set){.arena = arena_create()};
    return set->arena == NULL ? -ENOMEM : 0;
}

void documents_clear(struct document_set *set)
{
    free(set->at);
    arena_destroy(&set->arena);
    *set = (struct document_set){0};
}

static struct document *find(const struct document_set *set, enum document_kind kind,
                             const char *name)
{
    for (uint32_t i = 0; i < set->count; i++)
        if (set->at[i].kind == kind && strcmp(set->at[i].name, name) == 0)
            return &set->at[i];
    return NULL;
}

static int append(struct document_set *set, const struct document *document)
{
    if (set->count == set->room) {
        uint32_t room = set->room == 0 ? 16 : set->room * 2;
        struct document *at = realloc(set->at, room * sizeof *at);
        if (at == NULL)
            return -ENOMEM;
        set->at = at;
        set->room = room;
    }
    set->at[set->count++] = *document;
    return 0;
}

int documents_add(struct document_set *set, const struct document *document)
{
    struct document *same = find(set, document->kind, document->name);
    if (same == NULL)
        return append(set, document);
    *same = *document;
    return 0;
}

int documents_complete(struct document_set *set, const struct document *base, uint32_t count)
{
    int status = 0;
    for (uint32_t i = 0; i < count && status == 0; i++)
        if (find(set, base[i].kind, base[i].name) == NULL)
            status = append(set, &base[i]);
    return status;
}

/* ---- files and folders ----------------------------------------------------------------------- */

/* "Sheet1", "工作表2": a name that nobody gave. */
static bool is_unnamed(struct slice name)
{
    static const char *const words[] = {"Sheet", "sheet", "工作表", "表"};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        size_t count = strlen(words[i]);
        if (name.count < count || memcmp(name.start, words[i], count) != 0)
            continue;
        while (count < name.count && name.start[count] >= '0' && name.start[count] <= '9')
            count++;
        if (count == name.count)
            return true;
    }
    return false;
}

/* A sheet's document is called as the sheet is: the workbook may be renamed. */
static int add_sheet(struct document_set *set, const char *path, const struct sheet *sheet,
                     struct problem_list *problems)
{
    enum { ENDING_BYTES = 5 };
    struct slice name = is_unnamed(sheet->name) ? document_base_name(path) : sheet->name;
    struct document document = {
        .kind = document_table_kind(sheet->text), .text = sheet->text, .file = sheet->place};
    char *kept_as = arena_take(set->arena, name.count + ENDING_BYTES, 1);
    struct slice copy;
    if (kept_as == NULL || !arena_copy(set->arena, name, &copy))
        return -ENOMEM;
    memcpy(kept_as, name.start, name.count);
    memcpy(kept_as + name.count, ".csv", ENDING_BYTES);
    document.name = copy.start;
    document.kept_as = kept_as;
    if (document.kind == DOCUMENT_UNKNOWN &&
        problem_is_told(problems, sheet->place, sheet->first_row, 0))
        return 0; /* what it is, that cell should say */
    if (document.kind == DOCUMENT_UNKNOWN)
        problem_error(problems, sheet->place, sheet->first_row, 1,
                      "this row is no heading of a table of items, steps or orgs (item_code, "
                      "step_code, org_code); what is not for cardwatch belongs into another file",
                      "该行不是事项表、环节表或机构表的表头（事项编码、环节编码、机构编码）；"
                      "与 cardwatch 无关的内容请放到别的文件");
    else if (!sheet_name_is_good(document.name))
        problem_error(problems, sheet->place, 0, 0,
                      "a sheet cannot be called so: at most 31 characters, none of []:*?/\\",
                      "工作表不能这样命名：最多 31 个字符，不含 []:*?/\\");
    else
        return append(set, &document);
    return 0;
}

static int read_workbook(struct document_set *set, const char *path, struct slice bytes,
                         struct problem_list *problems)
{
    struct sheet *sheets = NULL;
    uint32_t count = 0;
    int status = sheet_read(set->arena, path, bytes, problems, &sheets, &count);
    if (status != 0)
        return status < 0 ? status : 0;
    if (count == 0)
        problem_error(problems, path, 0, 0, "the workbook is empty", "工作簿是空的");
    for (uint32_t i = 0; i < count && status == 0; i++)
        status = add_sheet(set, path, &sheets[i], problems);
    return status;
}

/* Two files with the same document are a mistake; both go on, and the compiler tells it. */
static int read_file(struct document_set *set, const char *path, struct problem_list *problems)
{
    char name[DOCUMENT_NAME_BYTES];
    struct slice file;
    struct slice name_copy;
    struct document document = {.kind = DOCUMENT_UNKNOWN};
    int status = yaml_read_bytes(set->arena, path, problems, &document.text);
    if (status != 0)
        return status < 0 ? status : 0;
    if (sheet_is_workbook(document.text))
        return read_workbook(set, path, document.text, problems);
    document.kind = document_identify(document.text, path, name, problems);
    if (document.kind == DOCUMENT_UNKNOWN)
        return 0;
    if (!arena_copy(set->arena, slice_of(path), &file) ||
        !arena_copy(set->arena, slice_of(name), &name_copy))
        return -ENOMEM;
    document.file = file.start;
    document.name = name_copy.start;
    return append(set, &document);
}

static bool has_ending(const char *name, const char *ending)
{
    size_t name_count = strlen(name);
    size_t count = strlen(ending);
    return name_count > count && strcmp(name + name_count - count, ending) == 0;
}

static int is_wanted(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && entry->d_name[0] != '~' && /* (~$…: open in Excel) */
           (has_ending(entry->d_name, ".yaml") || has_ending(entry->d_name, ".yml") ||
            has_ending(entry->d_name, ".csv") || has_ending(entry->d_name, ".json") ||
            has_ending(entry->d_name, ".ics") || has_ending(entry->d_name, ".xlsx"));
}

static int read_folder(struct document_set *set, const char *folder, struct problem_list *problems)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_wanted, alphasort);
    int status = 0;
    if (count < 0) {
        problem_error(problems, folder, 0, 0, "cannot be read: %s", "无法读取：%s",
                      strerror(errno));
        return 0;
    }
    for (int i = 0; i < count; i++) {
        char path[PATH_BYTES];
        int length = snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (status == 0 && length > 0 && (size_t)length < sizeof path)
            status = read_file(set, path, problems);
        free(entries[i]);
    }
    free(entries);
    if (count == 0)
        problem_error(problems, folder, 0, 0,
                      "no *.yaml, *.csv, *.xlsx, *.json, *.ics in this folder",
                      "此目录中没有 *.yaml、*.csv、*.xlsx、*.json、*.ics");
    return status;
}

int documents_read(struct document_set *set, char *const *operands, struct problem_list *problems)
{
    int status = 0;
    for (; *operands != NULL && status == 0; operands++) {
        struct stat about;
        bool is_folder = stat(*operands, &about) == 0 && S_ISDIR(about.st_mode);
        status =
            is_folder ? read_folder(set, *operands, problems) : read_file(set, *operands, problems);
    }
    return status;
}

/* ---- calendars that are named and not given -------------------------------------------------- */

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

/* The value behind `key:` at `at`, if it stands there: "calendar: cn" → cn. */
static struct slice value_behind(struct slice text, size_t at, const char *key)
{
    const struct slice none = {0};
    size_t count = strlen(key);
    if (text.count - at <= count || memcmp(text.start + at, key, count) != 0 ||
        (at > 0 && !is_one_of(text.start[at - 1], " \n{,-")))
        return none;
    size_t first = at + count;
    while (first < text.count && (text.start[first] == ' ' || text.start[first] == '"'))
        first++;
    size_t end = first;
    while (end < text.count && !is_one_of(text.start[end], " \n\r\t\",}#"))
        end++;
    return (struct slice){.start = text.start + first, .count = end - first};
}

static bool is_notice_for(const struct document *document, const char *name)
{
    struct notice_head head;
    return document->kind == DOCUMENT_NOTICE && notice_head_of(document->text, &head) &&
           strcmp(head.calendar, name) == 0;
}

static bool is_named(const struct document_set *set, const char *name)
{
    for (uint32_t i = 0; i < set->count; i++) {
        struct slice text = set->at[i].text;
        bool is_calendar = set->at[i].kind == DOCUMENT_CALENDAR;
        if (is_notice_for(&set->at[i], name))
            return true;
        if (!is_calendar && set->at[i].kind != DOCUMENT_RULES)
            continue;
        const char *key = is_calendar ? "inherits:" : "calendar:";
        for (size_t at = 0; at < text.count; at++)
            if (text.start[at] == key[0] &&
                slice_is_equal(value_behind(text, at, key), slice_of(name)))
                return true;
    }
    return false;
}

int documents_add_calendars(struct document_set *set, const char *folder,
                            struct problem_list *problems)
{
    char path[SHIPPED_PATH_BYTES];
    struct document_set shipped = {.arena = set->arena};
    struct problem_list unheard; /* what is wrong with calendars that nobody names */
    bool is_given = folder != NULL;
    if (!is_given && !shipped_calendars(path))
        return 0;
    problem_list_init(&unheard);
    int status = read_folder(&shipped, is_given ? folder : path, is_given ? problems : &unheard);
    problem_list_clear(&unheard);
    for (bool is_more = true; is_more && status == 0;) { /* one may inherit from another */
        is_more = false;
        for (uint32_t i = 0; i < shipped.count && status == 0; i++) {
            const struct document *document = &shipped.at[i];
            if (document->kind != DOCUMENT_CALENDAR ||
                find(set, DOCUMENT_CALENDAR, document->name) != NULL ||
                !is_named(set, document->name))
                continue;
            status = append(set, document);
            is_more = true;
        }
    }
    free(shipped.at);
    return status;
}

int documents_compile(char *const *operands, const char *calendars, uint32_t edition,
                      struct problem_list *problems, struct ruleset **ruleset_out)
{
    struct document_set set;
    int status = documents_init(&set);
    if (status == 0)
        status = documents_read(&set, operands, problems);
    if (status == 0)
        status = documents_add_calendars(&set, calendars, problems);
    if (status == 0 && !problem_list_is_readable(problems))
        status = RULESET_E_BAD;
    if (status == 0)
        status = ruleset_compile(set.at, set.count, edition, problems, ruleset_out);
    if (status == 0 && problems->error_count > 0) {
        ruleset_destroy(ruleset_out);
        status = RULESET_E_BAD;
    }
    documents_clear(&set);
    return status;
}
