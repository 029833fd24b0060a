/* options.c - flag over environment over file over preset: applied from the weakest to the
 * strongest, so that each only overwrites what was there.
 */
#include "engine/sys/options_parts.h"

#include "engine/sys/lang.h"
#include "engine/sys/nearest.h"
#include "engine/sys/version.h"

/* getopt's own struct of the same name is kept out of the way of ours. */
#define option getopt_option /* NOLINT(readability-identifier-naming): it is a name of getopt's */
#include <getopt.h>
#undef option

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* What getopt_long returns for row i: CODE_LONG + i, and CODE_NO + i for its --no- form. */
enum { CODE_LONG = 256, CODE_NO = 512, FLAGS_MAX = 512, NAME_BYTES = 128 };

struct settings settings_in_force;

static const struct option built_in[] = {
    {.name = "config",
     .type = OPTION_TEXT,
     .value = "FILE",
     .en = "configuration file (YAML)",
     .zh = "配置文件（YAML）",
     .place = &settings_in_force.config},
    {.name = "lang",
     .type = OPTION_TEXT,
     .value = "en|zh",
     .en = "language of messages (default: as the locale says)",
     .zh = "消息语言（默认按系统区域设置）",
     .place = &settings_in_force.lang},
    {.name = "help",
     .short_name = 'h',
     .type = OPTION_FLAG,
     .en = "show this help",
     .zh = "显示本帮助",
     .place = &settings_in_force.help},
    {.name = "version",
     .type = OPTION_FLAG,
     .en = "show the version",
     .zh = "显示版本",
     .place = &settings_in_force.version},
};

/* One option as it stood on the command line, to be applied when the file has been. */
struct flag {
    struct setting *setting;
    const char *text;
};

/* getopt's tables, and what it found. Static: they are large, and there is one command line. */
static struct {
    struct getopt_option longs[2 * OPTIONS_MAX + 1];
    char no_names[OPTIONS_MAX][NAME_BYTES];
    char letters[2 * OPTIONS_MAX + 2];
    struct flag flags[FLAGS_MAX];
    size_t flag_count;
} line;

static _Noreturn void complain(int code, const char *what, const char *reason)
{
    const struct program *program = settings_in_force.program;
    (void)fprintf(stderr, "%s: %s: %s\n", program->name, what, reason);
    if (code == EX_USAGE)
        (void)fprintf(stderr, say("Try: %s --help\n", "用法见：%s --help\n"), program->name);
    exit(code);
}

/* Values are borrowed to the end of the program, also those that a stronger source overrode. */
struct kept {
    struct kept *next;
    char text[];
};
static struct kept *kept;

char *options_keep(const char *text)
{
    size_t bytes = strlen(text) + 1;
    struct kept *one = malloc(sizeof *one + bytes);
    if (one == NULL)
        complain(EX_OSERR, text, say("memory is short", "内存不足"));
    memcpy(one->text, text, bytes);
    one->next = kept;
    kept = one;
    return one->text;
}

struct setting *setting_find(struct settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->count; i++) {
        if (strcmp(settings->rows[i].option->name, name) == 0)
            return &settings->rows[i];
    }
    return NULL;
}

const char *setting_nearest(const struct settings *settings, const char *typed)
{
    const char *nearest = NULL;
    for (size_t i = 0; i < settings->count; i++) {
        const char *name = settings->rows[i].option->name;
        if (word_is_near(typed, name) &&
            (nearest == NULL || word_distance(typed, name) < word_distance(typed, nearest)))
            nearest = name;
    }
    return nearest;
}

static void table_fill(struct settings *settings, const struct program *program)
{
    *settings = (struct settings){.program = program};
    assert(program->option_count + COUNT_OF(built_in) <= OPTIONS_MAX);
    for (size_t i = 0; i < program->option_count; i++)
        settings->rows[settings->count++].option = &program->options[i];
    for (size_t i = 0; i < COUNT_OF(built_in); i++)
        settings->rows[settings->count++].option = &built_in[i];
}

/* Said before anything else is parsed, so that a complaint about the rest is in this language. */
static void language_from(char **argv)
{
    const char *lang = getenv("CARDWATCH_LANG");
    for (size_t i = 1; argv[i] != NULL && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], "--lang=", 7) == 0)
            lang = argv[i] + 7;
        else if (strcmp(argv[i], "--lang") == 0 && argv[i + 1] != NULL)
            lang = argv[i + 1];
    }
    (void)lang_init(lang); /* a wrong one is refused later, with its place */
}

/* A letter belongs to the first row that names it: a program may use -h for something else. */
static void tables_fill(const struct settings *settings)
{
    memset(&line, 0, sizeof line);
    size_t long_count = 0;
    size_t letter_count = 0;
    line.letters[letter_count++] = ':'; /* tell a missing value from an unknown option */
    for (size_t i = 0; i < settings->count; i++) {
        const struct option *option = settings->rows[i].option;
        bool has_value = option->type != OPTION_FLAG;
        line.longs[long_count++] = (struct getopt_option){
            .name = option->name, .has_arg = has_value, .val = CODE_LONG + (int)i};
        if (!has_value) {
            (void)snprintf(line.no_names[i], NAME_BYTES, "no-%s", option->name);
            line.longs[long_count++] =
                (struct getopt_option){.name = line.no_names[i], .val = CODE_NO + (int)i};
        }
        if (option->short_name != 0 && strchr(line.letters, option->short_name) == NULL) {
            line.letters[letter_count++] = option->short_name;
            if (has_value)
                line.letters[letter_count++] = ':';
        }
    }
}

static struct setting *row_of_code(struct settings *settings, int code)
{
    if (code >= CODE_LONG) {
        size_t index = (size_t)(code - CODE_LONG) % (CODE_NO - CODE_LONG);
        assert(index < settings->count);
        return &settings->rows[index];
    }
    for (size_t i = 0; i < settings->count; i++) {
        if (settings->rows[i].option->short_name == code)
            return &settings->rows[i];
    }
    return NULL;
}

/* getopt did not take it: an unknown letter, a value where none belongs, or an unknown name. */
static _Noreturn void refuse(struct settings *settings, const char *typed)
{
    char name[NAME_BYTES];
    char reason[REASON_BYTES];
    if (optopt >= CODE_LONG)
        complain(EX_USAGE, typed, say("takes no value", "不带值"));
    if (optopt != 0) {
        (void)snprintf(name, sizeof name, "-%c", optopt);
        complain(EX_USAGE, name, say("no such option", "没有这个选项"));
    }
    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(typed + 2, "="), typed + 2);
    const char *nearest = setting_nearest(settings, name);
    if (nearest == NULL)
        complain(EX_USAGE, typed, say("no such option", "没有这个选项"));
    (void)snprintf(reason, sizeof reason,
                   say("no such option; did you mean --%s?", "没有这个选项；是否指 --%s？"),
                   nearest);
    complain(EX_USAGE, typed, reason);
}

/* Reads the whole line first: --config may stand behind what it must not override. */
static int line_read(struct settings *settings, int argc, char **argv)
{
    opterr = 0;
    optind = 0; /* glibc: begin anew, also for a second command line in one process (tests) */
    for (;;) {
        int code = getopt_long(argc, argv, line.letters, line.longs, NULL);
        if (code == -1)
            return optind;
        if (code == '?')
            refuse(settings, argv[optind - 1]);
        if (code == ':')
            complain(EX_USAGE, argv[optind - 1], say("needs a value", "缺少值"));
        struct setting *setting = row_of_code(settings, code);
        assert(setting != NULL);
        if (line.flag_count == FLAGS_MAX)
            complain(EX_USAGE, argv[optind - 1], say("too many options", "选项过多"));
        const char *text = optarg;
        if (setting->option->type == OPTION_FLAG)
            text = code >= CODE_NO ? "false" : "true";
        line.flags[line.flag_count++] = (struct flag){.setting = setting, .text = text};
    }
}

/* Lists arrive as one text: "a,b,c". The pieces live to the end of the program. */
static bool take_list(struct setting *setting, enum origin origin, const char *where,
                      const char *text, char reason[REASON_BYTES])
{
    char *rest = NULL;
    for (char *piece = strtok_r(options_keep(text), ",", &rest); piece != NULL;
         piece = strtok_r(NULL, ",", &rest)) {
        piece += strspn(piece, " ");
        if (!setting_take(setting, origin, where, piece, reason))
            return false;
    }
    return true;
}

static bool take_text(struct setting *setting, enum origin origin, const char *where,
                      const char *text, char reason[REASON_BYTES])
{
    if (setting->option->type == OPTION_LIST)
        return take_list(setting, origin, where, text, reason);
    return setting_take(setting, origin, where, text, reason);
}

static void take_presets(struct settings *settings)
{
    for (size_t i = 0; i < settings->count; i++) {
        struct setting *setting = &settings->rows[i];
        char reason[REASON_BYTES];
        if (setting->option->preset == NULL)
            continue;
        bool is_good = take_text(setting, ORIGIN_PRESET, NULL, setting->option->preset, reason);
        assert(is_good); /* else the program's table contradicts itself */
    }
}

/* CARDWATCH_ENGINE_DATA_DIR, or CARDWATCH_DATA_DIR when section is NULL. */
static void environment_name(char name[NAME_BYTES], const char *section, const char *option)
{
    (void)snprintf(name, NAME_BYTES, "CARDWATCH_%s%s%s", section == NULL ? "" : section,
                   section == NULL ? "" : "_", option);
    for (char *c = name; *c != '\0'; c++) {
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
        else if (*c == '-')
            *c = '_';
    }
}

/* An empty variable counts as one that is not set. */
static void take_environment(struct settings *settings)
{
    for (size_t i = 0; i < settings->count; i++) {
        struct setting *setting = &settings->rows[i];
        char name[NAME_BYTES];
        char reason[REASON_BYTES];
        if (setting->option->place == &settings->help ||
            setting->option->place == &settings->version)
            continue;
        environment_name(name, settings->program->section, setting->option->name);
        const char *text = getenv(name);
        if (text == NULL || text[0] == '\0') {
            environment_name(name, NULL, setting->option->name);
            text = getenv(name);
        }
        if (text == NULL || text[0] == '\0')
            continue;
        if (!take_text(setting, ORIGIN_ENVIRONMENT, options_keep(name), text, reason))
            complain(EX_CONFIG, name, reason);
    }
}

static void take_flags(void)
{
    for (size_t i = 0; i < line.flag_count; i++) {
        struct setting *setting = line.flags[i].setting;
        char where[NAME_BYTES];
        char reason[REASON_BYTES];
        (void)snprintf(where, sizeof where, "--%s", setting->option->name);
        if (!setting_take(setting, ORIGIN_FLAG, NULL, line.flags[i].text, reason))
            complain(EX_USAGE, where, reason);
    }
}

/* The file's name has to be known before the file can be overridden by flags. */
static const char *config_path(const struct settings *settings)
{
    const char *path = getenv("CARDWATCH_CONFIG");
    for (size_t i = 0; i < line.flag_count; i++) {
        if (line.flags[i].setting->option->place == &settings->config)
            path = line.flags[i].text;
    }
    return path == NULL || path[0] == '\0' ? NULL : path;
}

int options_read(const struct program *program, int argc, char **argv)
{
    struct settings *settings = &settings_in_force;
    table_fill(settings, program);
    language_from(argv);
    tables_fill(settings);
    int first_operand = line_read(settings, argc, argv);

    for (size_t i = 0; i < line.flag_count; i++) {
        if (line.flags[i].setting->option->place == &settings->help) {
            options_help(settings);
            exit(0);
        }
        if (line.flags[i].setting->option->place == &settings->version) {
            printf("%s %s\n", program->name, CARDWATCH_VERSION);
            exit(0);
        }
    }
    take_presets(settings);
    const char *path = config_path(settings);
    if (path != NULL)
        options_file_take(settings, path);
    take_environment(settings);
    take_flags();
    if (settings->lang != NULL && !lang_init(settings->lang))
        complain(EX_USAGE, "--lang", say("must be en or zh", "必须是 en 或 zh"));
    return first_operand;
}
