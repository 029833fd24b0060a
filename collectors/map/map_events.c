/* map_events.c - the entries under `events:`, each one event that a row may give.
 *
 * An entry begins with what the top of the file says about fields, and overwrites it.
 */
#include "collectors/map/map_parts.h"

#include <stdlib.h>

static const char *const entry_keys[] = {
    "kind",      "kinds",   "per",     "optional",   "when",   "unless", "date_only",
    "constants", "case",    "at",      "entered_at", "item",   "step",   "org",
    "area",      "handler", "result",  "reason",     "term",   "limit",  "due_at",
    "parent",    "card",    "fee_due", "fee_paid",   "rating", "version"};

static enum event_kind kind_of(const struct yaml_node *node, struct problem_list *problems)
{
    int choice = yaml_choice(node, event_kind_name + 1, EVENT_KIND_COUNT - 1, problems);
    return choice < 0 ? EVENT_NONE : (enum event_kind)(choice + 1);
}

static int column_at(struct map *map, const struct yaml_node *node, struct slice name,
                     struct problem_list *problems)
{
    int column = map_column_of(map, name);
    if (column < 0)
        yaml_error(node, problems, "more than %d columns; leave out what is not needed",
                   "超过 %d 列；请删去不需要的列", MAP_COLUMNS_MAX);
    return column;
}

/* ---- words ----------------------------------------------------------------------------------- */

static int by_word(const void *a_p, const void *b_p)
{
    const struct map_word *a = a_p;
    const struct map_word *b = b_p;
    return slice_order(a->word, b->word);
}

const struct map_word *map_word_find(const struct map_event *event, struct slice word)
{
    const struct map_word key = {.word = word};
    return event->word_count == 0
               ? NULL
               : bsearch(&key, event->words, event->word_count, sizeof *event->words, by_word);
}

static void read_word(const struct yaml_node *node, struct map_word *word,
                      struct problem_list *problems)
{
    static const char *const keys[] = {"kind", "step"};
    word->word = node->key;
    if (node->kind == YAML_SCALAR) {
        if (!slice_is_equal(node->value, SLICE("skip")))
            word->kind = kind_of(node, problems);
        return;
    }
    if (!yaml_is_map(node, problems) || !yaml_check_keys(node, keys, COUNT_OF(keys), problems))
        return;
    const struct yaml_node *kind = yaml_find(node, "kind");
    const struct yaml_node *step = yaml_find(node, "step");
    if (kind == NULL)
        yaml_error(node, problems, "\"kind:\" is missing", "缺少“kind:”");
    else
        word->kind = kind_of(kind, problems);
    if (step != NULL && yaml_is_scalar(step, problems))
        word->step = step->value;
}

static void read_words(struct map *map, const struct yaml_node *node, struct map_event *event,
                       struct problem_list *problems)
{
    if (!yaml_is_map(node, problems))
        return;
    if (node->count > WORDS_MAX) {
        yaml_error(node, problems, "more than %d words", "超过 %d 个词", WORDS_MAX);
        return;
    }
    event->words = arena_take(map->arena, node->count, sizeof *event->words);
    if (event->words == NULL)
        return;
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next)
        read_word(child, &event->words[event->word_count++], problems);
    qsort(event->words, event->word_count, sizeof *event->words, by_word);
}

static void read_other(const struct yaml_node *node, struct map_event *event,
                       struct problem_list *problems)
{
    if (node == NULL)
        return;
    if (node->kind == YAML_SCALAR && slice_is_equal(node->value, SLICE("refuse")))
        return;
    if (node->kind == YAML_SCALAR && slice_is_equal(node->value, SLICE("skip"))) {
        event->other = OTHER_SKIP;
        return;
    }
    event->other = OTHER_KIND;
    event->other_kind = kind_of(node, problems);
}

static void read_kinds(struct map *map, const struct yaml_node *node, struct map_event *event,
                       struct problem_list *problems)
{
    static const char *const keys[] = {"column", "words", "other"};
    if (!yaml_is_map(node, problems) || !yaml_check_keys(node, keys, COUNT_OF(keys), problems))
        return;
    struct slice column = yaml_text(node, "column", problems);
    if (!slice_is_empty(column))
        event->kind_column = column_at(map, node, column, problems);
    const struct yaml_node *words = yaml_find(node, "words");
    if (words != NULL)
        read_words(map, words, event, problems);
    read_other(yaml_find(node, "other"), event, problems);
    if (words == NULL && event->other != OTHER_KIND)
        yaml_error(node, problems,
                   "\"words:\" is missing (or \"other:\" with a kind, when every word is a step)",
                   "缺少“words:”（若每个词都是环节，可用“other:”给出类型）");
}

/* ---- conditions ------------------------------------------------------------------------------ */

static void read_when_one(struct map *map, const struct yaml_node *node, bool has_not,
                          struct map_event *event, struct problem_list *problems)
{
    if (event->when_count == WHEN_MAX) {
        yaml_error(node, problems, "more than %d conditions", "条件超过 %d 个", WHEN_MAX);
        return;
    }
    struct map_when *when = &event->when[event->when_count];
    uint32_t count = node->kind == YAML_SCALAR ? 1 : node->count;
    if (node->kind != YAML_SCALAR && !yaml_is_list(node, problems))
        return;
    struct slice *texts = arena_take(map->arena, count, sizeof *texts);
    if (texts == NULL)
        return;
    *when = (struct map_when){.has_not = has_not, .texts = texts, .count = count};
    when->column = column_at(map, node, node->key, problems);
    if (node->kind == YAML_SCALAR)
        texts[0] = node->value;
    uint32_t index = 0;
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        if (child->kind != YAML_SCALAR)
            yaml_error(child, problems, "must be a text", "必须是文本");
        texts[index++] = child->kind == YAML_SCALAR ? child->value : (struct slice){0};
    }
    event->when_count++;
}

static void read_when(struct map *map, const struct yaml_node *node, bool has_not,
                      struct map_event *event, struct problem_list *problems)
{
    if (node == NULL || !yaml_is_map(node, problems))
        return;
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next)
        read_when_one(map, child, has_not, event, problems);
}

/* ---- one entry ------------------------------------------------------------------------------- */

static void read_entry_fields(struct map *map, const struct yaml_node *node,
                              struct map_event *event, struct problem_list *problems)
{
    for (int i = 0; i < FIELD_COUNT; i++) {
        const struct yaml_node *field = yaml_find(node, map_field_name[i]);
        if (field == NULL || !yaml_is_scalar(field, problems))
            continue;
        event->fields[i] =
            (struct field_from){.column = column_at(map, field, field->value, problems)};
    }
    map_read_fields(map, yaml_find(node, "constants"), true, event->fields, problems);
}

static bool is_given(const struct field_from *from)
{
    return from->column != COLUMN_NONE || !slice_is_empty(from->constant);
}

static void check_entry(const struct yaml_node *node, const struct map_event *event,
                        struct problem_list *problems)
{
    static const int needed[] = {0, FIELD_AT};
    for (size_t i = 0; i < COUNT_OF(needed); i++)
        if (!is_given(&event->fields[needed[i]]))
            yaml_error(node, problems, "no column gives \"%s\"; name it here or under \"columns:\"",
                       "没有列给出“%s”；请在此处或“columns:”之下指明", map_field_name[needed[i]]);
}

static void read_entry(struct map *map, const struct yaml_node *node, struct problem_list *problems)
{
    static const char *const pers[] = {"row", "case", "event"};
    if (!yaml_is_map(node, problems))
        return;
    (void)yaml_check_keys(node, entry_keys, COUNT_OF(entry_keys), problems); /* told; we go on */
    struct map_event *event = &map->events[map->event_count++];
    *event = (struct map_event){.kind_column = COLUMN_NONE, .date_only = map->date_only};
    memcpy(event->fields, map->common, sizeof event->fields);
    const struct yaml_node *kind = yaml_find(node, "kind");
    const struct yaml_node *kinds = yaml_find(node, "kinds");
    if ((kind == NULL) == (kinds == NULL))
        yaml_error(node, problems,
                   "needs \"kind:\" (always the same) or \"kinds:\" (by a column), one of the two",
                   "需要“kind:”（固定）或“kinds:”（由某列决定），二者取一");
    else if (kind != NULL)
        event->kind = kind_of(kind, problems);
    else
        read_kinds(map, kinds, event, problems);
    const struct yaml_node *per = yaml_find(node, "per");
    if (per != NULL) {
        int choice = yaml_choice(per, pers, COUNT_OF(pers), problems);
        event->per = choice < 0 ? MAP_PER_ROW : (enum map_per)choice;
    }
    const struct yaml_node *optional = yaml_find(node, "optional");
    if (optional != NULL && !yaml_bool(optional, problems, &event->is_optional))
        event->is_optional = false;
    const struct yaml_node *date_only = yaml_find(node, "date_only");
    if (date_only != NULL)
        event->date_only = map_read_date_only(date_only, problems);
    read_when(map, yaml_find(node, "when"), false, event, problems);
    read_when(map, yaml_find(node, "unless"), true, event, problems);
    read_entry_fields(map, node, event, problems);
    check_entry(node, event, problems);
}

void map_read_events(struct map *map, const struct yaml_node *list, struct problem_list *problems)
{
    if (!yaml_is_list(list, problems))
        return;
    if (list->count == 0)
        yaml_error(list, problems, "empty: a row must give at least one event",
                   "为空：一行至少应产生一个事件");
    if (list->count > MAP_EVENTS_MAX) {
        yaml_error(list, problems, "more than %d events of one row", "一行的事件超过 %d 个",
                   MAP_EVENTS_MAX);
        return;
    }
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next)
        read_entry(map, node, problems);
}
