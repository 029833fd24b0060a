/* rule_limits.c - the limits of a clock: where the length of each comes from.
 *
 *     limits: {promised: from item, statutory: from event, item, otherwise 20 workday}
 *
 * In YAML's braces a comma ends a value, so that what follows it ("item", "otherwise 20 workday")
 * arrives as a key without a value. Such keys are read as what they look like: the rest of the
 * limit before them.
 */
#include "rules/text/compile.h"

#include <stdio.h>

static const char *const source_names[LIMIT_SOURCE_COUNT] = {"event", "item", "kind", "org",
                                                             "step"};

enum { LIMIT_TEXT_BYTES = 240 };

struct limit_text {
    bool is_in_sources;
    bool has_otherwise;
    size_t count;
    char text[LIMIT_TEXT_BYTES]; /* as written, put together again */
};

static bool add_source(struct words *words, struct rule_limit *limit)
{
    struct word word = words_next(words);
    int source =
        words_pick(words, &word, source_names, LIMIT_SOURCE_COUNT, "source of a limit", "时限来源");
    if (source < 0)
        return false;
    for (uint32_t i = 0; i < limit->source_count; i++) {
        if (limit->sources[i] != source)
            continue;
        WORD_ERROR(words, &word, "from %s is written twice", "from %s 重复", source_names[source]);
        return false;
    }
    limit->sources[limit->source_count++] = (uint8_t)source;
    return true;
}

static bool read_otherwise(struct words *words, struct limit_text *text, struct rule_limit *limit)
{
    struct word word = words->now;
    if (text->has_otherwise) {
        WORD_ERROR(words, &word, "a limit has one length of its own, this is the second",
                   "每个时限只有一个默认长度，此处是第二个");
        return false;
    }
    text->has_otherwise = true;
    text->is_in_sources = false;
    return words_limit(words, &limit->otherwise);
}

static bool is_length(const struct words *words)
{
    return words->now.kind == WORD_NUMBER || word_is(&words->now, "same") ||
           word_is(&words->now, "当日");
}

/* One piece between YAML's commas. */
static bool read_piece(struct words *words, struct limit_text *text, struct rule_limit *limit)
{
    while (words->now.kind != WORD_END) {
        if (words_take(words, ","))
            continue;
        bool is_good = false;
        if (words_take(words, "from")) {
            text->is_in_sources = true;
            is_good = add_source(words, limit);
        } else if (words_take(words, "otherwise") || is_length(words)) {
            is_good = read_otherwise(words, text, limit);
        } else if (text->is_in_sources) {
            is_good = add_source(words, limit);
        } else {
            WORD_ERROR(words, &words->now,
                       "expected \"from event, item, otherwise 20 workday\" or \"20 workday\", "
                       "found \"%.*s\"",
                       "此处应为“from event, item, otherwise 20 workday”或“20 workday”，"
                       "而不是“%.*s”",
                       WORD_ARG(&words->now));
        }
        if (!is_good)
            return false;
    }
    return true;
}

static void add_text(struct limit_text *text, const char *between, struct slice more)
{
    size_t room = sizeof text->text - text->count;
    int count = snprintf(text->text + text->count, room, "%s%.*s", text->count == 0 ? "" : between,
                         SLICE_ARG(more));
    if (count > 0)
        text->count += (size_t)count < room ? (size_t)count : room - 1;
}

static bool is_rest(const struct yaml_node *node)
{
    return node != NULL && node->kind == YAML_SCALAR && node->value.count == 0 && !node->is_quoted;
}

static bool read_limit_text(struct compile *compile, const struct yaml_node *node,
                            struct limit_text *text, struct rule_limit *limit)
{
    struct words words;
    words_begin(&words, node, false, compile->problems);
    add_text(text, ", ", node->value);
    if (!read_piece(&words, text, limit))
        return false;
    for (const struct yaml_node *more = node->next; is_rest(more); more = more->next) {
        words_begin_at(&words, more->file, more->key_line, more->key_column, more->key, false,
                       compile->problems);
        add_text(text, ", ", more->key);
        if (!read_piece(&words, text, limit))
            return false;
    }
    return true;
}

/* ---- the long form --------------------------------------------------------------------------- */

static bool read_sources(struct compile *compile, const struct yaml_node *from,
                         struct limit_text *text, struct rule_limit *limit)
{
    struct words words;
    const struct yaml_node *first = from->kind == YAML_LIST ? from->first : from;
    for (const struct yaml_node *node = first; node != NULL; node = node->next) {
        if (!yaml_is_scalar(node, compile->problems))
            return false;
        words_begin(&words, node, false, compile->problems);
        add_text(text, node == first ? " " : ", ", node->value);
        do {
            if (!add_source(&words, limit))
                return false;
        } while (words_take(&words, ","));
        if (!words_end(&words))
            return false;
        if (from->kind != YAML_LIST)
            break;
    }
    return true;
}

static bool read_by_kind(struct compile *compile, const struct yaml_node *kinds,
                         struct limit_text *text, struct rule_limit *limit)
{
    char one[64];
    if (!yaml_check_keys(kinds, item_kind_name, ITEM_KIND_COUNT, compile->problems))
        return false;
    for (int i = 0; i < ITEM_KIND_COUNT; i++) {
        const struct yaml_node *node = yaml_find(kinds, item_kind_name[i]);
        if (node == NULL)
            continue;
        if (!limit_at(compile, node, &limit->by_kind[i]))
            return false;
        (void)snprintf(one, sizeof one, "%s %.*s", item_kind_name[i], SLICE_ARG(node->value));
        add_text(text, ", ", slice_of(one));
    }
    return true;
}

static bool read_limit_map(struct compile *compile, const struct yaml_node *node,
                           struct limit_text *text, struct rule_limit *limit)
{
    static const char *const keys[] = {"from", "kinds", "otherwise"};
    if (!yaml_check_keys(node, keys, COUNT_OF(keys), compile->problems))
        return false;
    const struct yaml_node *from = yaml_find(node, "from");
    const struct yaml_node *kinds = yaml_find(node, "kinds");
    const struct yaml_node *otherwise = yaml_find(node, "otherwise");
    add_text(text, "", from == NULL ? SLICE("by kind") : SLICE("from"));
    if (from != NULL && !read_sources(compile, from, text, limit))
        return false;
    if (kinds != NULL && !read_by_kind(compile, kinds, text, limit))
        return false;
    if (otherwise == NULL)
        return true;
    text->has_otherwise = true;
    add_text(text, ", ", SLICE("otherwise"));
    add_text(text, " ", otherwise->value);
    return limit_at(compile, otherwise, &limit->otherwise);
}

/* ---- one limit, all limits ------------------------------------------------------------------- */

/* The day of the start is one that is not counted: only counting by days knows what follows. */
static bool check_same_day(struct compile *compile, const struct yaml_node *node,
                           const struct rule *rule, const struct rule_limit *limit)
{
    bool is_used = term_is_same_day(limit->otherwise);
    for (int i = 0; i < ITEM_KIND_COUNT; i++)
        is_used = is_used || term_is_same_day(limit->by_kind[i]);
    if (!is_used || rule->counting.count == COUNT_DAY)
        return true;
    yaml_error(node, compile->problems,
               "same day is a limit of count: day; with count: instant or ceil write hours",
               "“当日”只用于 count: day；count: instant 或 ceil 请写小时");
    return false;
}

static bool check_limit(struct compile *compile, const struct yaml_node *node,
                        const struct rule *rule, struct rule_limit *limit)
{
    bool has_kinds = false;
    bool asks_kind = false;
    for (int i = 0; i < ITEM_KIND_COUNT; i++)
        has_kinds = has_kinds || term_is_set(limit->by_kind[i]);
    for (uint32_t i = 0; i < limit->source_count; i++)
        asks_kind = asks_kind || limit->sources[i] == LIMIT_FROM_KIND;
    if (has_kinds && !asks_kind && limit->source_count < LIMIT_SOURCE_COUNT)
        limit->sources[limit->source_count++] = LIMIT_FROM_KIND; /* said by the table itself */
    if (asks_kind && !has_kinds) {
        yaml_error(node, compile->problems,
                   "\"from kind\" needs the lengths: {from: [item, kind], "
                   "kinds: {immediate: 1 workday}}",
                   "“from kind”须写明各类型的长度：{from: [item, kind], "
                   "kinds: {immediate: 1 workday}}");
        return false;
    }
    if (limit->source_count == 0 && !term_is_set(limit->otherwise)) {
        yaml_error(node, compile->problems,
                   "a limit without a length: write 20 workday, or from item, or both",
                   "时限没有长度：请写 20 workday，或 from item，或两者");
        return false;
    }
    if (rule->counting.count == COUNT_CEIL && term_is_set(limit->otherwise) &&
        limit->otherwise.unit != UNIT_WORKDAY) {
        yaml_error(node, compile->problems,
                   "count: ceil counts whole workdays: this limit must be in workday, not %s",
                   "count: ceil 按整工作日计算：此时限的单位应为 workday，而不是 %s",
                   unit_name[limit->otherwise.unit]);
        return false;
    }
    return check_same_day(compile, node, rule, limit);
}

static bool read_limit(struct compile *compile, const struct yaml_node *node,
                       const struct rule *rule, struct rule_limit *limit_out)
{
    if (rule->limit_count == RULE_LIMITS_MAX) {
        yaml_error(node, compile->problems, "more than %d limits on one clock",
                   "一个时钟的时限超过 %d 个", RULE_LIMITS_MAX);
        return false;
    }
    struct rule_limit limit = {0};
    struct limit_text text = {.count = 0};
    bool is_good = node->kind == YAML_MAP ? read_limit_map(compile, node, &text, &limit)
                                          : yaml_is_scalar(node, compile->problems) &&
                                                read_limit_text(compile, node, &text, &limit);
    if (!is_good || !check_limit(compile, node, rule, &limit))
        return false;
    int name = compile_limit_name(compile, node->key, true);
    if (name < 0) {
        problem_error(compile->problems, node->file, node->key_line, node->key_column,
                      "more than %d names of limits in all", "时限名称总数超过 %d 个",
                      LIMIT_NAMES_MAX);
        return false;
    }
    limit.name = (uint16_t)name;
    limit.text = compile_copy(compile, (struct slice){.start = text.text, .count = text.count});
    *limit_out = limit;
    return true;
}

bool limits_read(struct compile *compile, const struct rule_source *source,
                 const struct yaml_node *limits)
{
    if (limits == NULL) {
        yaml_error(source->node, compile->problems,
                   "the clock has no limits: write limits: {promised: from item}",
                   "时钟没有时限：请写 limits: {promised: from item}");
        return false;
    }
    if (!yaml_is_map(limits, compile->problems))
        return false;
    bool is_good = true;
    struct rule *rule = source->rule;
    struct rule_limit *made = compile_take(compile, limits->count, sizeof *made);
    rule->limits = made;
    for (const struct yaml_node *node = limits->first; made != NULL && node != NULL;
         node = node->next) {
        if (is_rest(node) && node != limits->first)
            continue; /* read with the one before it */
        if (read_limit(compile, node, rule, &made[rule->limit_count]))
            rule->limit_count++;
        else
            is_good = false;
    }
    return is_good;
}
