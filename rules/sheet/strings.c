/* strings.c - sharedStrings.xml: one <si> for each string, plain or in runs. */
#include "rules/sheet/workbook.h"

#include <errno.h>
#include <stdlib.h>

void rich_start(struct rich_text *rich, const char *name)
{
    rich->is_text = rich->is_text || strcmp(name, "t") == 0;
    rich->is_sound = rich->is_sound || strcmp(name, "rPh") == 0;
}

void rich_end(struct rich_text *rich, const char *name)
{
    if (strcmp(name, "t") == 0)
        rich->is_text = false;
    if (strcmp(name, "rPh") == 0)
        rich->is_sound = false;
}

bool rich_counts(const struct rich_text *rich)
{
    return rich->is_text && !rich->is_sound;
}

struct strings_reading {
    struct strings *strings;
    struct package *package;
    const char *file;
    struct problem_list *problems;
    struct rich_text rich;
};

static void on_start(void *ctx, const char *name, const char **attributes)
{
    struct strings_reading *reading = ctx;
    (void)attributes;
    rich_start(&reading->rich, name);
}

static void on_end(void *ctx, const char *name)
{
    struct strings_reading *reading = ctx;
    struct strings *strings = reading->strings;
    rich_end(&reading->rich, name);
    if (strcmp(name, "si") != 0)
        return;
    if (strings->count == SHEET_STRINGS_MAX) {
        problem_error(reading->problems, reading->file, 0, 0,
                      "more than %d texts in the workbook: split the table",
                      "工作簿中的文本超过 %d 个：请拆分表格", SHEET_STRINGS_MAX);
        package_stop(reading->package, SHEET_E_BAD);
        return;
    }
    if (strings->count == strings->room) {
        uint32_t room = strings->room == 0 ? 1024 : strings->room * 2;
        size_t *ends = realloc(strings->ends, room * sizeof *ends);
        if (ends == NULL) {
            package_stop(reading->package, -ENOMEM);
            return;
        }
        strings->ends = ends;
        strings->room = room;
    }
    strings->ends[strings->count++] = strings->text.count;
}

static void on_text(void *ctx, struct slice text)
{
    struct strings_reading *reading = ctx;
    if (rich_counts(&reading->rich) && !text_room_add(&reading->strings->text, text))
        package_stop(reading->package, -ENOMEM);
}

int strings_read(struct strings *strings, struct package *package, const char *file,
                 const char *part, struct problem_list *problems)
{
    struct strings_reading reading = {
        .strings = strings, .package = package, .file = file, .problems = problems};
    const struct package_reader reader = {
        .ctx = &reading, .start = on_start, .end = on_end, .text = on_text};
    return package_parse(package, part, &reader);
}

void strings_clear(struct strings *strings)
{
    free(strings->ends);
    text_room_clear(&strings->text);
    *strings = (struct strings){0};
}

struct slice strings_at(const struct strings *strings, uint64_t index)
{
    if (index >= strings->count)
        return (struct slice){0};
    size_t start = index == 0 ? 0 : strings->ends[index - 1];
    struct slice all = text_room_slice(&strings->text);
    return (struct slice){.start = all.start + start, .count = strings->ends[index] - start};
}
