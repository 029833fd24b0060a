/* compile.c - the small things that every reader of a rule file needs. */
#include "rules/text/compile.h"

#include "rules/condition/condition_text.h"

#include <errno.h>

void *compile_take(struct compile *compile, size_t count, size_t bytes)
{
    void *piece = arena_take(compile->arena, count, bytes);
    if (piece == NULL)
        compile->is_short = true;
    return piece;
}

struct slice compile_copy(struct compile *compile, struct slice text)
{
    struct slice copy = SLICE("");
    if (!arena_copy(compile->arena, text, &copy))
        compile->is_short = true;
    return copy;
}

int compile_limit_name(struct compile *compile, struct slice name, bool is_new)
{
    for (uint32_t i = 0; i < compile->limit_name_count; i++)
        if (slice_is_equal(slice_of(compile->limit_names[i]), name))
            return (int)i;
    if (!is_new || compile->limit_name_count == LIMIT_NAMES_MAX)
        return -1;
    compile->limit_names[compile->limit_name_count] = compile_copy(compile, name).start;
    return (int)compile->limit_name_count++;
}

int compile_calendar_named(const struct compile *compile, struct slice name)
{
    for (uint32_t i = 0; i < compile->calendar_count; i++)
        if (slice_is_equal(slice_of(compile->calendar_names[i]), name))
            return (int)i;
    return -1;
}

bool compile_calendar(struct compile *compile, const struct yaml_node *node,
                      const struct calendar **calendar_out)
{
    if (!yaml_is_scalar(node, compile->problems))
        return false;
    int index = compile_calendar_named(compile, node->value);
    if (index < 0 && node == compile->told)
        return false; /* one name, written for the whole file, is told once, not for each rule */
    compile->told = index < 0 ? node : compile->told;
    if (index < 0 && compile->calendar_count == 0) {
        yaml_error(node, compile->problems,
                   "the calendar \"%.*s\" is not here: give its file too, or --calendars DIR",
                   "没有日历“%.*s”：请一并给出其文件，或用 --calendars 目录",
                   SLICE_ARG(node->value));
        return false;
    }
    if (index < 0) {
        tell_unknown(compile->problems, node->file, node->line, node->column, node->value,
                     compile->calendar_names, compile->calendar_count, "calendar", "日历");
        return false;
    }
    *calendar_out = compile->calendars[index];
    return *calendar_out != NULL; /* its mistakes were told where it stands */
}

const struct yaml_node *setting(const struct rule_source *source, const char *key)
{
    const struct yaml_node *own = yaml_find(source->node, key);
    return own != NULL ? own : yaml_find(source->set, key);
}

bool event_kind_at(struct compile *compile, const struct yaml_node *node, enum event_kind *kind_out)
{
    if (!yaml_is_scalar(node, compile->problems))
        return false;
    *kind_out = event_kind_find(node->value);
    if (event_is_of_card(*kind_out)) {
        yaml_error(node, compile->problems,
                   "%.*s acts on a card, and no clock heeds it: a clock begins with the card, "
                   "{after: red of my-rule}",
                   "%.*s 只作用于牌，时钟不理会它：时钟可随牌开始 {after: red of my-rule}",
                   SLICE_ARG(node->value));
        return false;
    }
    if (*kind_out != EVENT_NONE)
        return true;
    tell_unknown(compile->problems, node->file, node->line, node->column, node->value,
                 event_kind_name + 1, EVENT_OF_CASE_COUNT - 1, "event kind", "事件类型");
    return false;
}

bool event_kinds_at(struct compile *compile, const struct yaml_node *node,
                    event_kind_set *kinds_out)
{
    enum event_kind kind = EVENT_NONE;
    if (node->kind == YAML_LIST && node->count == 0) {
        yaml_error(node, compile->problems, "%.*s: is empty: name at least one event",
                   "%.*s: 为空：至少写一个事件", SLICE_ARG(node->key));
        return false;
    }
    bool is_good = true;
    if (node->kind != YAML_LIST) {
        is_good = event_kind_at(compile, node, &kind);
        *kinds_out = is_good ? EVENT_KIND_BIT(kind) : 0;
        return is_good;
    }
    *kinds_out = 0;
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        if (!event_kind_at(compile, child, &kind)) {
            is_good = false;
        } else if ((*kinds_out & EVENT_KIND_BIT(kind)) != 0) {
            yaml_refuse(child, compile->problems, "\"%.*s\" stands here twice", "“%.*s”重复出现",
                        SLICE_ARG(child->value));
            is_good = is_good && compile->problems->is_in_force;
        }
        *kinds_out |= EVENT_KIND_BIT(kind);
    }
    return is_good;
}

bool term_at(struct compile *compile, const struct yaml_node *node, struct term *term_out)
{
    struct words words;
    if (!yaml_is_scalar(node, compile->problems))
        return false;
    words_begin(&words, node, false, compile->problems);
    return words_term(&words, term_out) && words_end(&words);
}

bool limit_at(struct compile *compile, const struct yaml_node *node, struct term *term_out)
{
    struct words words;
    if (!yaml_is_scalar(node, compile->problems))
        return false;
    words_begin(&words, node, false, compile->problems);
    return words_limit(&words, term_out) && words_end(&words);
}

static bool condition_read(struct compile *compile, const struct yaml_node *node,
                           enum condition_moment moment, const struct condition **condition_out)
{
    if (node == NULL)
        return true;
    int status = condition_parse(compile->arena, node, moment, compile->problems, condition_out);
    compile->is_short = compile->is_short || status == -ENOMEM;
    return status == 0;
}

bool condition_at(struct compile *compile, const struct yaml_node *node,
                  const struct condition **condition_out)
{
    return condition_read(compile, node, CONDITION_AT_EVENT, condition_out);
}

bool condition_when_due_at(struct compile *compile, const struct yaml_node *node,
                           const struct condition **condition_out)
{
    return condition_read(compile, node, CONDITION_WHEN_DUE, condition_out);
}

int level_at(struct compile *compile, const struct yaml_node *node, struct slice name,
             uint32_t line, uint32_t column)
{
    const char *names[RULESET_LEVELS_MAX];
    int level = ruleset_level(compile->ruleset, name);
    for (uint32_t i = 0; i < compile->ruleset->level_count; i++)
        names[i] = compile->ruleset->levels[i].start;
    if (level < 0)
        tell_unknown(compile->problems, node->file, line, column, name, names,
                     compile->ruleset->level_count, "level of card", "牌的级别");
    return level;
}

/* ---- levels ---------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    const char *zh;
} usual_levels[] = {
#define LEVEL(name, zh) {name, zh},
#include "rules/model/levels.def"
#undef LEVEL
};

enum { LEVELS_PRESET = 3 };

static const char *usual_title(struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(usual_levels); i++)
        if (slice_is_equal(name, slice_of(usual_levels[i].name)))
            return usual_levels[i].zh;
    return NULL;
}

/* One level into the order of all, behind the level before it in this set. */
static bool place_level(struct compile *compile, const struct yaml_node *node, struct slice name,
                        struct slice title, uint32_t *place_io)
{
    struct ruleset *ruleset = compile->ruleset;
    int known = ruleset_level(ruleset, name);
    if (known >= 0 && (uint32_t)known < *place_io) {
        yaml_error(node, compile->problems,
                   "level \"%.*s\" stands elsewhere in another order: one order holds for all sets",
                   "级别“%.*s”在别处的次序不同：所有规则集须用同一次序", SLICE_ARG(name));
        return false;
    }
    if (known >= 0) {
        *place_io = (uint32_t)known + 1;
        return true;
    }
    if (ruleset->level_count == RULESET_LEVELS_MAX) {
        yaml_error(node, compile->problems, "more than %d levels in all", "级别总数超过 %d 个",
                   RULESET_LEVELS_MAX);
        return false;
    }
    uint32_t place = *place_io;
    for (uint32_t i = ruleset->level_count; i > place; i--) {
        ruleset->levels[i] = ruleset->levels[i - 1];
        ruleset->level_titles_zh[i] = ruleset->level_titles_zh[i - 1];
    }
    ruleset->level_count++;
    ruleset->levels[place] = compile_copy(compile, name);
    const char *usual = usual_title(name);
    ruleset->level_titles_zh[place] = compile_copy(compile, !slice_is_empty(title) ? title
                                                            : usual != NULL        ? slice_of(usual)
                                                                                   : name);
    *place_io = place + 1;
    return true;
}

static struct slice level_name(const struct yaml_node *node)
{
    return node->kind == YAML_MAP && node->count == 1 ? node->first->key : node->value;
}

/* It stands in the line of a card, between blanks. */
static bool check_level(struct compile *compile, const struct yaml_node *levels,
                        const struct yaml_node *node)
{
    struct slice name = level_name(node);
    const struct yaml_node *other = levels->first;
    while (other != node && !slice_is_equal(level_name(other), name))
        other = other->next;
    if (other != node) {
        yaml_refuse(node, compile->problems, "\"%.*s\" stands here twice", "“%.*s”重复出现",
                    SLICE_ARG(name));
        return false;
    }
    size_t count = 0;
    while (count < name.count && strchr(" \t=:,()[]{}", name.start[count]) == NULL)
        count++;
    if (count == name.count && count > 0)
        return true;
    yaml_refuse(node, compile->problems, "\"%.*s\" is no name of a level: one word, such as blue",
                "“%.*s”不能作级别名称：应为一个词，例如 blue", SLICE_ARG(name));
    return false;
}

static bool read_levels(struct compile *compile, const struct yaml_node *levels)
{
    uint32_t place = 0;
    if (!yaml_is_list(levels, compile->problems))
        return false;
    if (levels->count == 0) {
        yaml_error(levels, compile->problems, "levels: is empty: leave it out, or name them",
                   "levels: 为空：请删去，或写明级别");
        return false;
    }
    for (const struct yaml_node *node = levels->first; node != NULL; node = node->next) {
        struct slice name = level_name(node);
        struct slice title = {0};
        if (node->kind == YAML_MAP && node->count == 1) /* - blue: 蓝牌 */
            title = node->first->value;
        else if (!yaml_is_scalar(node, compile->problems))
            return false;
        if (!check_level(compile, levels, node) && !compile->problems->is_in_force)
            return false;
        if (!place_level(compile, node, name, title, &place))
            return false;
    }
    return true;
}

bool levels_read(struct compile *compile)
{
    uint32_t place = 0;
    bool is_good = true;
    bool is_usual = compile->set_count == 0;
    for (uint32_t i = 0; i < compile->set_count; i++) {
        const struct yaml_node *levels = yaml_find(compile->sets[i], "levels");
        if (levels == NULL)
            is_usual = true;
        else
            is_good &= read_levels(compile, levels);
    }
    for (uint32_t i = 0; is_usual && is_good && i < LEVELS_PRESET; i++)
        is_good = place_level(compile, compile->set_count == 0 ? NULL : compile->sets[0],
                              slice_of(usual_levels[i].name), (struct slice){0}, &place);
    return is_good && !compile->is_short;
}
