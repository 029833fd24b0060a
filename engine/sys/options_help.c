/* options_help.c - the table as a person reads it: --help, and what is in force. */
#include "engine/sys/options_parts.h"

#include "engine/sys/columns.h"
#include "engine/sys/lang.h"

#include <stdio.h>
#include <string.h>

enum { LEFT_BYTES = 96, LEFT_COLUMNS_MAX = 30, VALUE_BYTES = 512 };

static void left_format(const struct option *option, char left[LEFT_BYTES])
{
    char letter[4] = "   ";
    if (option->short_name != 0)
        (void)snprintf(letter, sizeof letter, "-%c,", option->short_name);
    (void)snprintf(left, LEFT_BYTES, "  %s --%s%s%s", letter, option->name,
                   option->value == NULL ? "" : " ", option->value == NULL ? "" : option->value);
}

static int left_columns(const struct settings *settings)
{
    int widest = 0;
    for (size_t i = 0; i < settings->count; i++) {
        char left[LEFT_BYTES];
        left_format(settings->rows[i].option, left);
        int width = (int)text_columns(slice_of(left));
        if (width > widest && width <= LEFT_COLUMNS_MAX)
            widest = width;
    }
    return widest + 2;
}

static void option_print(const struct option *option, int width)
{
    char left[LEFT_BYTES];
    left_format(option, left);
    int used = (int)text_columns(slice_of(left));
    if (used + 2 > width)
        printf("%s\n%*s", left, width, "");
    else
        printf("%s%*s", left, width - used, "");
    printf("%s", say(option->en, option->zh));
    if (option->preset != NULL && option->preset[0] != '\0')
        printf(say(" (default: %s)", "（默认 %s）"), option->preset);
    printf("\n");
}

void options_help(const struct settings *settings)
{
    const struct program *program = settings->program;
    int width = left_columns(settings);
    printf(say("Usage: %s %s\n", "用法：%s %s\n"), program->name, program->usage);
    printf("\n%s\n", say(program->about_en, program->about_zh));
    printf("\n%s\n", say("Options:", "选项："));
    for (size_t i = 0; i < settings->count; i++)
        option_print(settings->rows[i].option, width);
    printf(
        say("\nA flag is turned off by --no-NAME. Each option may also stand in the configuration "
            "file,\nunder \"%s:\" or at the top, or in the environment as CARDWATCH_NAME.\n",
            "\n开关选项可用 --no-NAME 关闭。每个选项也可写在配置文件的“%s:”节下或顶层，\n"
            "或写成环境变量 CARDWATCH_NAME。\n"),
        program->section);
}

/* A program puts into an empty place what it takes by itself. */
static const char *origin_text(const struct setting *setting, const char *value)
{
    switch (setting->origin) {
    case ORIGIN_FLAG:
        return say("command line", "命令行");
    case ORIGIN_ENVIRONMENT:
    case ORIGIN_FILE:
        return setting->where;
    case ORIGIN_PRESET:
        return say("default", "默认");
    case ORIGIN_NONE:
        return strcmp(value, "-") == 0 ? say("not set", "未设置") : say("default", "默认");
    }
    return "";
}

void options_print(const struct program *program)
{
    const struct settings *settings = &settings_in_force;
    assert(settings->program == program);
    struct columns table = {0};
    columns_add(&table, "%s", say("option", "选项"));
    columns_add(&table, "%s", say("value", "值"));
    columns_add(&table, "%s", say("from", "来源"));
    columns_end(&table);
    /* --help, --version have ended the program; --config and --lang are worth showing. */
    for (size_t i = 0; i < settings->count - 2; i++) {
        char value[VALUE_BYTES];
        const struct setting *setting = &settings->rows[i];
        columns_add(&table, "%s", setting->option->name);
        columns_add(&table, "%s", setting_format(setting, value, sizeof value));
        columns_add(&table, "%s", origin_text(setting, value));
        columns_end(&table);
    }
    if (columns_print(&table, stdout) != 0)
        (void)fprintf(stderr, "%s: %s\n", program->name, say("memory is short", "内存不足"));
}
