/* receipt_asked.c - what the conditions of a clock and its card asked, as a person reads it: the
 * condition and each thing that it asks in words, and what the answer was.
 */
#include "engine/sys/lang.h"
#include "engine/wire/json_path.h"
#include "viewer/feed/show.h"
#include "viewer/feed/table.h"
#include "viewer/feed/words.h"

#include <stdio.h>
#include <string.h>

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

/* The condition in words, and each thing that it asked with its answer. */
static void show_condition(FILE *out, const json_t *answer, const char *part, const char *title)
{
    const json_t *receipt = json_object_get(answer, "receipt");
    const json_t *condition = json_object_get(receipt, part);
    const json_t *values = json_object_get(condition, "values");
    if (!json_is_object(condition))
        return;
    (void)fprintf(out, say("\n%s: ", "\n%s："), title);
    const char *text = said_text(answer, field_text(condition, "text"));
    text_wrap(out, slice_of(text), 2, terminal_columns(out));
    (void)fputc('\n', out);
    struct table table = {
        .indent = 2, .column_count = 2, .names = {say("answer", "当时的值"), say("asked", "所问")}};
    for (size_t i = 0; i < json_array_size(values); i++) {
        const json_t *value = json_array_get(values, i);
        char room[WORDS_BYTES];
        TABLE_ADD(&table, answer_text(receipt, value, room),
                  said_text(answer, field_text(value, "ask")));
    }
    table_print(out, &table);
}

void show_asked(FILE *out, const json_t *answer)
{
    show_condition(out, answer, "applies_when", say("It applies where", "适用条件"));
    show_condition(out, answer, "start_when", say("It starts where", "起算条件"));
    show_condition(out, answer, "condition", say("It is so where", "成立条件"));
    show_condition(out, answer, "card_when", say("It is raised where", "发牌条件"));
}
