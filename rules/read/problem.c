/* problem.c - an array that grows to PROBLEM_MAX, and the names of the files it speaks of.
 *
 * A text that does not fit is cut between two characters, never inside one: half a Chinese
 * character would make the whole line unreadable in some terminals.
 */
#include "rules/read/problem.h"

#include "engine/sys/lang.h"
#include "engine/sys/nearest.h"

#include <stdlib.h>

struct problem_file {
    struct problem_file *next;
    bool is_sheet;
    char name[];
};

void problem_list_init(struct problem_list *list)
{
    *list = (struct problem_list){0};
}

void problem_list_clear(struct problem_list *list)
{
    struct problem_file *file = list->files;
    while (file != NULL) {
        struct problem_file *next = file->next;
        free(file);
        file = next;
    }
    free(list->at);
    problem_list_init(list);
}

/* NULL: memory is short. */
static struct problem_file *file_of(struct problem_list *list, const char *name)
{
    for (struct problem_file *file = list->files; file != NULL; file = file->next)
        if (strcmp(file->name, name) == 0)
            return file;
    size_t bytes = strlen(name) + 1;
    struct problem_file *file = malloc(sizeof *file + bytes);
    if (file == NULL)
        return NULL;
    file->is_sheet = false;
    memcpy(file->name, name, bytes);
    file->next = list->files;
    list->files = file;
    return file;
}

void problem_list_names_cells(struct problem_list *list, const char *file)
{
    struct problem_file *kept = file_of(list, file);
    if (kept != NULL)
        kept->is_sheet = true;
}

static void cut_whole_characters(char *text)
{
    size_t count = strlen(text);
    if (count + 1 < PROBLEM_TEXT_BYTES)
        return;
    while (count > 0 && ((unsigned char)text[count - 1] & 0xC0) == 0x80)
        count--; /* the tail bytes of the last character … */
    if (count > 0 && ((unsigned char)text[count - 1] & 0x80) != 0)
        count--; /* … and its first: it may be incomplete */
    text[count] = '\0';
}

/* One mistake that two readers come upon is one. */
static bool is_told(const struct problem_list *list, const struct problem *problem)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (&list->at[i] != problem && list->at[i].line == problem->line &&
            list->at[i].column == problem->column && problem->line > 0 &&
            list->at[i].is_warning == problem->is_warning &&
            strcmp(list->at[i].file, problem->file) == 0 &&
            strcmp(list->at[i].en, problem->en) == 0)
            return true;
    return false;
}

static struct problem *problem_add(struct problem_list *list, bool is_warning)
{
    if (is_warning)
        list->warning_count++;
    else
        list->error_count++;
    if (list->count == PROBLEM_MAX)
        return NULL;
    if (list->at == NULL)
        list->at = calloc(PROBLEM_MAX, sizeof *list->at);
    if (list->at == NULL)
        return NULL;
    struct problem *problem = &list->at[list->count++];
    problem->is_warning = is_warning;
    return problem;
}

void problem_tell(struct problem_list *list, const struct problem *place, const char *en,
                  const char *zh, va_list arguments)
{
    struct problem *problem = problem_add(list, place->is_warning);
    if (problem == NULL)
        return;
    const struct problem_file *file = file_of(list, place->file);
    problem->file = file == NULL ? "" : file->name;
    problem->is_cell = file != NULL && file->is_sheet && place->line > 0 && place->column > 0;
    problem->line = place->line;
    problem->column = place->column;
    va_list again;
    va_copy(again, arguments);
    (void)vsnprintf(problem->en, sizeof problem->en, en, arguments);
    (void)vsnprintf(problem->zh, sizeof problem->zh, zh, again);
    va_end(again);
    cut_whole_characters(problem->en);
    cut_whole_characters(problem->zh);
    if (!is_told(list, problem))
        return;
    list->count--;
    if (place->is_warning)
        list->warning_count--;
    else
        list->error_count--;
}

void problem_error(struct problem_list *list, const char *file, uint32_t line, uint32_t column,
                   const char *en, const char *zh, ...)
{
    va_list arguments;
    va_start(arguments, zh);
    const struct problem place = {.file = file, .line = line, .column = column};
    problem_tell(list, &place, en, zh, arguments);
    va_end(arguments);
}

void problem_warn(struct problem_list *list, const char *file, uint32_t line, uint32_t column,
                  const char *en, const char *zh, ...)
{
    va_list arguments;
    va_start(arguments, zh);
    const struct problem place = {.file = file, .line = line, .column = column, .is_warning = true};
    problem_tell(list, &place, en, zh, arguments);
    va_end(arguments);
}

void problem_refuse(struct problem_list *list, const char *file, uint32_t line, uint32_t column,
                    const char *en, const char *zh, ...)
{
    va_list arguments;
    va_start(arguments, zh);
    const struct problem place = {
        .file = file, .line = line, .column = column, .is_warning = list->is_in_force};
    list->forgiven_count += list->is_in_force;
    problem_tell(list, &place, en, zh, arguments);
    va_end(arguments);
}

bool problem_list_is_readable(const struct problem_list *list)
{
    return list->error_count == list->cell_count;
}

bool problem_is_told(const struct problem_list *list, const char *file, uint32_t line,
                     uint32_t column)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const struct problem *problem = &list->at[i];
        if (!problem->is_warning && problem->line == line &&
            (column == 0 || problem->column == column) && strcmp(problem->file, file) == 0)
            return true;
    }
    return false;
}

char *cell_name(uint32_t row, uint32_t column, char text[CELL_NAME_BYTES])
{
    enum { LETTERS = 26, LETTERS_MAX = 8 };
    char letters[LETTERS_MAX] = "";
    int at = LETTERS_MAX - 1;
    for (; column > 0 && at > 0; column = (column - 1) / LETTERS)
        letters[--at] = (char)('A' + (column - 1) % LETTERS);
    (void)snprintf(text, CELL_NAME_BYTES, "%s%u", letters + at, row);
    return text;
}

/* "rules/permit.yaml:12:5", "catalogue.xlsx:事项!C17", or the file alone.
 * Returns text. */
static char *problem_place(const struct problem *problem, char *text, size_t bytes)
{
    char cell[CELL_NAME_BYTES];
    if (problem->line == 0)
        (void)snprintf(text, bytes, "%s", problem->file);
    else if (problem->is_cell)
        (void)snprintf(text, bytes, "%s!%s", problem->file,
                       cell_name(problem->line, problem->column, cell));
    else
        (void)snprintf(text, bytes, "%s:%u:%u", problem->file, problem->line, problem->column);
    return text;
}

char *problem_row(struct problem_list *list, const char *file, uint32_t line, uint32_t column,
                  char *text, size_t bytes)
{
    const struct problem_file *kept = file_of(list, file);
    const struct problem place = {.file = file, .line = line, .column = column, .is_cell = true};
    if (kept != NULL && kept->is_sheet)
        return problem_place(&place, text, bytes);
    (void)snprintf(text, bytes, "%s:%u", file, line);
    return text;
}

void problem_list_print(const struct problem_list *list, FILE *to)
{
    enum { PLACE_BYTES = 4096 + 300 };
    for (uint32_t i = 0; i < list->count; i++) {
        const struct problem *problem = &list->at[i];
        char place[PLACE_BYTES];
        (void)fprintf(to, "%s: %s%s\n", problem_place(problem, place, sizeof place),
                      problem->is_warning ? say("warning: ", "警告：") : say("error: ", "错误："),
                      lang_is_zh() ? problem->zh : problem->en);
    }
    uint32_t all = list->error_count + list->warning_count;
    if (all > list->count)
        (void)fprintf(to, say("and %u more\n", "另有 %u 处\n"), all - list->count);
}

/* The word without the quotes of Chinese texts, which are none in YAML. */
static struct slice unquoted(struct slice word)
{
    static const char *const pairs[][2] = {{"“", "”"}, {"‘", "’"}};
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        size_t open = strlen(pairs[i][0]);
        size_t close = strlen(pairs[i][1]);
        if (word.count > open + close && slice_starts(word, slice_of(pairs[i][0])) &&
            memcmp(word.start + word.count - close, pairs[i][1], close) == 0)
            return (struct slice){.start = word.start + open, .count = word.count - open - close};
    }
    return word;
}

const char *text_nearest(struct slice word, const char *const *words, size_t count)
{
    word = unquoted(word);
    char typed[64];
    const char *nearest = NULL;
    if (word.count == 0 || word.count >= sizeof typed)
        return NULL;
    memcpy(typed, word.start, word.count);
    typed[word.count] = '\0';
    for (size_t i = 0; i < count; i++)
        if (word_is_near(typed, words[i]) &&
            (nearest == NULL || word_distance(typed, words[i]) < word_distance(typed, nearest)))
            nearest = words[i];
    return nearest;
}
