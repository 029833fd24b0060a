/* receipt_asked.c - what the conditions of a clock asked, as a person reads it: each thing as the
 * rule writes it, what it is called, and what the answer was.
 */
#include "engine/sys/lang.h"
#include "engine/wire/json_path.h"
#include "viewer/feed/show.h"
#include "viewer/feed/table.h"
#include "viewer/feed/words.h"

#include <stdio.h>
#include <string.h>

static const char *field_title(const char *ask)
{
    static const char *const titles[][3] = {
#define FIELD(name, NAME, type, of, en, zh) {name, en, zh},
#include "rules/model/fields.def"
#undef FIELD
    };
    for (size_t i = 0; i < COUNT_OF(titles); i++)
        if (strcmp(ask, titles[i][0]) == 0)
            return titles[i][lang_is_zh() ? 2 : 1];
    return NULL;
}

/* A field's name; of "count(return, step)" what the event is called. */
static const char *ask_title(const char *ask, char room[WORDS_BYTES])
{
    static const char *const of_kinds[] = {"count(", "since(", "same_arrival("};
    const char *title = field_title(ask);
    for (size_t i = 0; title == NULL && i < COUNT_OF(of_kinds); i++) {
        size_t count = strlen(of_kinds[i]);
        if (strncmp(ask, of_kinds[i], count) != 0)
            continue;
        (void)snprintf(room, WORDS_BYTES, "%.*s", (int)strcspn(ask + count, ",)"), ask + count);
        return kind_text(room);
    }
    return title == NULL ? "" : title;
}

static const char *text_of(const char *ask, const json_t *answer, const json_t *value,
                           char room[WORDS_BYTES])
{
    const char *text = json_string_value(value);
    if (strcmp(ask, "kind") == 0)
        return kind_text(text);
    if (strcmp(ask, "item_kind") == 0)
        return word_text(text);
    if (strcmp(ask, "at") == 0 || strcmp(ask, "entered_at") == 0)
        return field_when(answer, "value", room);
    return text;
}

static const char *answer_text(const json_t *receipt, const json_t *answer, char room[WORDS_BYTES])
{
    const json_t *value = json_object_get(answer, "value");
    if (field_text(answer, "withheld")[0] != '\0')
        return say("withheld: personal", "个人信息，不列出");
    if (value == NULL)
        value = json_path_get(receipt, field_text(answer, "told_in"));
    if (json_is_boolean(value))
        return json_is_true(value) ? say("yes", "是") : say("no", "否");
    if (json_is_string(value))
        return text_of(field_text(answer, "ask"), answer, value, room);
    if (!json_is_integer(value))
        return say("no value", "无值");
    (void)snprintf(room, WORDS_BYTES, "%lld", (long long)json_integer_value(value));
    return room;
}

static void show_condition(FILE *out, const json_t *receipt, const char *part, const char *title)
{
    const json_t *condition = json_object_get(receipt, part);
    const json_t *values = json_object_get(condition, "values");
    if (!json_is_object(condition))
        return;
    (void)fprintf(out, say("\n%s: %s\n", "\n%s：%s\n"), title, field_text(condition, "text"));
    struct table table = {
        .indent = 2,
        .column_count = 3,
        .names = {say("asked", "所问"), say("which is", "含义"), say("answer", "当时的值")}};
    for (size_t i = 0; i < json_array_size(values); i++) {
        const json_t *answer = json_array_get(values, i);
        char name[WORDS_BYTES];
        char text[WORDS_BYTES];
        TABLE_ADD(&table, field_text(answer, "ask"), ask_title(field_text(answer, "ask"), name),
                  answer_text(receipt, answer, text));
    }
    table_print(out, &table);
}

void show_asked(FILE *out, const json_t *receipt)
{
    show_condition(out, receipt, "applies_when", say("It applies where", "适用条件"));
    show_condition(out, receipt, "start_when", say("It starts where", "起算条件"));
    show_condition(out, receipt, "condition", say("It is so where", "成立条件"));
    show_condition(out, receipt, "card_when", say("It is raised where", "发牌条件"));
}
