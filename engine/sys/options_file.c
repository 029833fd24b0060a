/* options_file.c - the configuration file: a YAML mapping of two levels and no more.
 *
 *     data: /var/lib/cardwatch        # for every program that has such an option
 *     engine:
 *       intake: tcp://127.0.0.1:7401  # for this one
 *       feeds: [a, b]
 *
 * libyaml's events are walked one by one. Whatever the form does not need is refused with its
 * place: anchors, tags, deeper levels, a key given twice, a key no option answers to.
 */
#include "engine/sys/options_parts.h"

#include "engine/sys/lang.h"
#include "engine/sys/nearest.h"
#include "engine/sys/yaml_words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <yaml.h>

enum { FILE_BYTES_MAX = 1024 * 1024, ENTRIES_MAX = 1024, KEY_BYTES = 64 };

/* One value, or one element of a list. */
struct entry {
    char key[KEY_BYTES];
    const char *text;
    const char *where; /* "cardwatch.yaml:12" */
    yaml_mark_t mark;
    bool in_section;
    uint32_t list; /* its elements share a number, from 1; 0: a single value */
};

/* Static: it is large, and there is one file. */
static struct {
    const char *path;
    yaml_parser_t parser;
    struct entry entries[ENTRIES_MAX];
    size_t count;
    uint32_t list_count;
} file;

static _Noreturn void refuse(yaml_mark_t mark, const char *key, const char *reason)
{
    (void)fprintf(stderr, "%s:%zu:%zu: %s%s%s\n", file.path, mark.line + 1, mark.column + 1, key,
                  key[0] == '\0' ? "" : ": ", reason);
    exit(EX_CONFIG);
}

static _Noreturn void refuse_form(yaml_mark_t mark)
{
    refuse(mark, "",
           say("expected \"option: value\", alone or once indented under the name of a program",
               "应为“选项: 值”，写在顶层，或缩进一层写在程序名之下"));
}

static yaml_event_t next_event(void)
{
    yaml_event_t event;
    if (!yaml_parser_parse(&file.parser, &event))
        refuse(file.parser.problem_mark, say("this is not YAML", "不是合法的 YAML"),
               lang_is_zh()                  ? yaml_words_zh(file.parser.problem)
               : file.parser.problem == NULL ? "?"
                                             : file.parser.problem);
    bool is_marked =
        event.type == YAML_ALIAS_EVENT ||
        (event.type == YAML_SCALAR_EVENT && event.data.scalar.anchor != NULL) ||
        (event.type == YAML_SEQUENCE_START_EVENT && event.data.sequence_start.anchor != NULL) ||
        (event.type == YAML_MAPPING_START_EVENT && event.data.mapping_start.anchor != NULL);
    if (is_marked)
        refuse(event.start_mark, "",
               say("anchors and aliases are not used here", "此处不使用锚点和别名"));
    return event;
}

/* A key, and where it stands: what is wrong with its value is told at the key. */
struct key {
    char text[KEY_BYTES];
    yaml_mark_t mark;
};

static void entry_add(const struct key *key, const yaml_event_t *event, bool in_section,
                      uint32_t list)
{
    const char *text = (const char *)event->data.scalar.value;
    yaml_mark_t mark = key->mark;
    if (strlen(text) != event->data.scalar.length)
        refuse(mark, key->text, say("has a NUL character", "含空字符"));
    if (text[0] == '\0' && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
        refuse(mark, key->text,
               say("has no value: give one, or leave the line out", "没有值：请填写或删去该行"));
    if (file.count == ENTRIES_MAX)
        refuse(mark, key->text, say("more than 1024 values", "超过 1024 个值"));
    struct entry *entry = &file.entries[file.count++];
    char where[1024];
    (void)snprintf(where, sizeof where, "%s:%zu", file.path, mark.line + 1);
    *entry = (struct entry){.text = options_keep(text),
                            .where = options_keep(where),
                            .mark = mark,
                            .in_section = in_section,
                            .list = list};
    (void)snprintf(entry->key, sizeof entry->key, "%s", key->text);
}

static void read_elements(const struct key *key, bool in_section)
{
    uint32_t list = ++file.list_count;
    for (;;) {
        yaml_event_t event = next_event();
        yaml_event_type_t type = event.type;
        if (type == YAML_SCALAR_EVENT)
            entry_add(key, &event, in_section, list);
        else if (type != YAML_SEQUENCE_END_EVENT)
            refuse_form(event.start_mark);
        yaml_event_delete(&event);
        if (type == YAML_SEQUENCE_END_EVENT)
            return;
    }
}

/* The key of a mapping's next entry; false: it is at its end. */
static bool next_key(struct key *key)
{
    yaml_event_t event = next_event();
    bool is_more = event.type != YAML_MAPPING_END_EVENT;
    if (is_more) {
        if (event.type != YAML_SCALAR_EVENT)
            refuse_form(event.start_mark);
        key->mark = event.start_mark;
        (void)snprintf(key->text, KEY_BYTES, "%s", (const char *)event.data.scalar.value);
        if (event.data.scalar.length >= KEY_BYTES)
            refuse(event.start_mark, key->text, say("no such option", "没有这个选项"));
    }
    yaml_event_delete(&event);
    return is_more;
}

/* The mapping of a section; is_ours: that of the program that asks. Others are walked over. */
static void read_section(bool is_ours)
{
    struct key key;
    while (next_key(&key)) {
        size_t count = file.count;
        yaml_event_t event = next_event();
        if (event.type == YAML_SCALAR_EVENT)
            entry_add(&key, &event, true, 0);
        else if (event.type == YAML_SEQUENCE_START_EVENT)
            read_elements(&key, true);
        else
            refuse_form(event.start_mark);
        yaml_event_delete(&event);
        if (!is_ours)
            file.count = count;
    }
}

/* A section one letter off from ours would be passed over without a word. */
static void check_section_name(const struct program *program, const struct key *key)
{
    if (strcmp(key->text, program->section) != 0 &&
        word_distance(key->text, program->section) == 1) {
        char reason[REASON_BYTES];
        (void)snprintf(reason, sizeof reason,
                       say("no such section; did you mean %s?", "没有这一节；是否指 %s？"),
                       program->section);
        refuse(key->mark, key->text, reason);
    }
}

static void read_top(const struct program *program)
{
    struct key key;
    while (next_key(&key)) {
        yaml_event_t event = next_event();
        if (event.type == YAML_SCALAR_EVENT) {
            entry_add(&key, &event, false, 0);
        } else if (event.type == YAML_SEQUENCE_START_EVENT) {
            read_elements(&key, false);
        } else if (event.type == YAML_MAPPING_START_EVENT) {
            check_section_name(program, &key);
            read_section(strcmp(key.text, program->section) == 0);
        } else {
            refuse_form(event.start_mark);
        }
        yaml_event_delete(&event);
    }
}

static void read_document(const struct program *program)
{
    bool is_done = false;
    int documents = 0;
    while (!is_done) {
        yaml_event_t event = next_event();
        yaml_event_type_t type = event.type;
        documents += type == YAML_DOCUMENT_START_EVENT;
        if (documents > 1)
            refuse(event.start_mark, "", say("a second document begins", "出现第二个文档"));
        bool is_empty = type == YAML_SCALAR_EVENT && event.data.scalar.length == 0;
        if (type == YAML_MAPPING_START_EVENT)
            read_top(program);
        else if (type == YAML_SEQUENCE_START_EVENT || (type == YAML_SCALAR_EVENT && !is_empty))
            refuse_form(event.start_mark);
        is_done = type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
}

static void check_twice(void)
{
    for (size_t i = 1; i < file.count; i++) {
        for (size_t j = 0; j < i; j++) {
            const struct entry *a = &file.entries[j];
            const struct entry *b = &file.entries[i];
            bool is_one_list = a->list != 0 && a->list == b->list;
            if (a->in_section == b->in_section && strcmp(a->key, b->key) == 0 && !is_one_list)
                refuse(b->mark, b->key, say("given twice", "重复给出"));
        }
    }
}

/* `cardwatch rules check` and its like read the section of `rules`, each with options of its own.
 */
static bool is_section_shared(const struct program *program)
{
    size_t name = strlen(program->name);
    size_t section = strlen(program->section);
    return name < section || strcmp(program->name + name - section, program->section) != 0;
}

/* At the top stand the options of all programs, in a shared section those of several verbs: one
 * that is not ours may be another's, unless it is one letter off from one of ours. */
static struct setting *setting_of(struct settings *settings, const struct entry *entry)
{
    struct setting *setting = setting_find(settings, entry->key);
    const char *nearest = setting_nearest(settings, entry->key);
    bool is_mistyped = nearest != NULL && word_distance(entry->key, nearest) == 1;
    char reason[REASON_BYTES];
    bool is_ours_alone = entry->in_section && !is_section_shared(settings->program);
    if (setting != NULL || (!is_ours_alone && !is_mistyped))
        return setting;
    if (nearest == NULL)
        refuse(entry->mark, entry->key, say("no such option", "没有这个选项"));
    (void)snprintf(reason, sizeof reason,
                   say("no such option; did you mean %s?", "没有这个选项；是否指 %s？"), nearest);
    refuse(entry->mark, entry->key, reason);
}

static void take_entries(struct settings *settings, bool in_section)
{
    for (size_t i = 0; i < file.count; i++) {
        const struct entry *entry = &file.entries[i];
        if (entry->in_section != in_section)
            continue;
        struct setting *setting = setting_of(settings, entry);
        char reason[REASON_BYTES];
        if (setting == NULL)
            continue;
        bool is_list = setting->option->type == OPTION_LIST;
        if (entry->list != 0 && !is_list)
            refuse(entry->mark, entry->key,
                   say("takes one value, not a list", "只接受一个值，不接受列表"));
        /* The section's list replaces the one at the top. */
        if (is_list && in_section && (entry->list == 0 || i == 0 || entry[-1].list != entry->list))
            setting->origin = ORIGIN_NONE;
        if (!setting_take(setting, ORIGIN_FILE, entry->where, entry->text, reason))
            refuse(entry->mark, entry->key, reason);
    }
}

void options_file_take(struct settings *settings, const char *path)
{
    file.path = path;
    file.count = 0;
    file.list_count = 0;
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        (void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(EX_CONFIG);
    }
    char *bytes = malloc(FILE_BYTES_MAX + 1);
    if (bytes == NULL || !yaml_parser_initialize(&file.parser))
        refuse((yaml_mark_t){0}, "", say("memory is short", "内存不足"));
    size_t count = fread(bytes, 1, FILE_BYTES_MAX + 1, stream);
    if (ferror(stream) != 0)
        refuse((yaml_mark_t){0}, "", say("cannot be read", "无法读取"));
    (void)fclose(stream);
    if (count > FILE_BYTES_MAX)
        refuse((yaml_mark_t){0}, "", say("larger than 1 MiB", "大于 1 MiB"));
    yaml_parser_set_input_string(&file.parser, (const unsigned char *)bytes, count);
    read_document(settings->program);
    yaml_parser_delete(&file.parser);
    free(bytes);
    check_twice();
    take_entries(settings, false);
    take_entries(settings, true);
}
