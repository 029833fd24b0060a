/* rule_text.c - a rule's own words: its name, its ground, when and to what it applies. The clock is
 * read in rule_clock.c, the cards in rule_cards.c, the tests in rule_tests.c.
 */
#include "rules/text/compile.h"

static const char *const rule_keys[] = {
    "rule",    "revision",       "title",     "ground", "valid_from", "valid_to",
    "applies", "calendar",       "clock",     "fact",   "across",     "cards",
    "card",    "late_discovery", "supersede", "issue",  "tests",      "kinds",
};
/* A file of a single rule is its own set. */
static const char *const lone_keys[] = {
    "rule",      "revision", "title", "ground", "valid_from", "valid_to", "applies",
    "calendar",  "clock",    "fact",  "across", "cards",      "card",     "late_discovery",
    "supersede", "issue",    "tests", "set",    "levels",     "kinds",
};

static bool is_name(struct slice name)
{
    enum { NAME_BYTES_MAX = 64 };
    if (name.count == 0 || name.count > NAME_BYTES_MAX)
        return false;
    for (size_t i = 0; i < name.count; i++) {
        char c = name.start[i];
        bool is_good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || (unsigned char)c >= 0x80;
        if (!is_good)
            return false;
    }
    return true;
}

/* The rule that has this name already; else the rule itself, which has it from now on. */
static const struct rule *rule_named(struct compile *compile, const struct rule *rule)
{
    uint32_t slot = 2166136261u;
    for (size_t i = 0; i < rule->name.count; i++)
        slot = (slot ^ (unsigned char)rule->name.start[i]) * 16777619u;
    for (;; slot++) {
        uint32_t *index = &compile->rule_slots[slot % compile->rule_slot_count];
        if (*index == 0)
            *index = (uint32_t)(rule - compile->rules) + 1;
        if (slice_is_equal(compile->rules[*index - 1].name, rule->name))
            return &compile->rules[*index - 1];
    }
}

static bool read_name(struct compile *compile, const struct rule_source *source)
{
    struct rule *rule = source->rule;
    const struct yaml_node *node = yaml_find(source->node, "rule");
    if (node == NULL) {
        yaml_error(source->node, compile->problems,
                   "a rule without a name: begin it with rule: name",
                   "规则没有名称：请以 rule: 名称 开头");
        return false;
    }
    if (!yaml_is_scalar(node, compile->problems))
        return false;
    if (!is_name(node->value)) {
        yaml_error(node, compile->problems,
                   "\"%.*s\" is no name: letters, digits, - _ . only, at most 64 bytes",
                   "“%.*s”不能作名称：只用字母、数字、- _ .，至多 64 字节", SLICE_ARG(node->value));
        return false;
    }
    rule->name = compile_copy(compile, node->value);
    rule->file = compile_copy(compile, slice_of(node->file));
    rule->line = node->line;
    const struct rule *other = rule_named(compile, rule);
    if (other == rule)
        return true;
    yaml_error(node, compile->problems,
               "rule \"%.*s\" was written before, at %.*s:%u: each name is used once",
               "规则“%.*s”已见于 %.*s:%u：名称不可重复", SLICE_ARG(rule->name),
               SLICE_ARG(other->file), other->line);
    return false;
}

static bool read_text(struct compile *compile, const struct yaml_node *node, struct slice *text_out)
{
    if (node == NULL)
        return true;
    if (!yaml_is_scalar(node, compile->problems))
        return false;
    *text_out = compile_copy(compile, node->value);
    return true;
}

bool title_check(const struct yaml_node *title, struct problem_list *problems)
{
    static const char *const keys[] = {"zh", "en"};
    if (title == NULL)
        return true;
    if (title->kind == YAML_SCALAR)
        return yaml_is_scalar(title, problems);
    bool is_good = yaml_check_keys(title, keys, COUNT_OF(keys), problems);
    for (const struct yaml_node *text = title->first; is_good && text != NULL; text = text->next)
        is_good = yaml_is_scalar(text, problems);
    return is_good;
}

static bool read_title(struct compile *compile, const struct rule_source *source)
{
    const struct yaml_node *title = yaml_find(source->node, "title");
    if (title == NULL)
        return true;
    if (!title_check(title, compile->problems))
        return false;
    if (title->kind == YAML_SCALAR)
        return read_text(compile, title, &source->rule->title_zh) &&
               read_text(compile, title, &source->rule->title_en);
    return read_text(compile, yaml_find(title, "zh"), &source->rule->title_zh) &&
           read_text(compile, yaml_find(title, "en"), &source->rule->title_en);
}

/* ---- times ----------------------------------------------------------------------------------- */

static bool digits(const char **cursor, const char *end, int max, int *number_out)
{
    const char *at = *cursor;
    if (end - at < 2 || at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
        return false;
    *number_out = (at[0] - '0') * 10 + (at[1] - '0');
    *cursor += 2;
    return *number_out <= max;
}

/* "10:00", "10:00:01", "10:00:01.5" to ms since midnight. */
static bool clock_time(struct slice text, int32_t *ms_out)
{
    const char *cursor = text.start;
    const char *end = text.start + text.count;
    int hour = 0;
    int minute = 0;
    int second = 0;
    int32_t ms = 0;
    if (!digits(&cursor, end, 24, &hour) || cursor == end || *cursor++ != ':' ||
        !digits(&cursor, end, 59, &minute))
        return false;
    bool has_second = cursor < end && *cursor == ':';
    if (has_second) {
        cursor++;
        if (!digits(&cursor, end, 59, &second))
            return false;
    }
    if (has_second && end - cursor > 1 && *cursor == '.') {
        cursor++;
        for (int32_t part = 100; cursor < end && *cursor >= '0' && *cursor <= '9'; part /= 10)
            ms += part * (*cursor++ - '0');
    }
    *ms_out = ((hour * 60 + minute) * 60 + second) * 1000 + ms;
    return cursor == end && *ms_out <= DATE_DAY_MS;
}

bool local_time(struct slice text, const struct calendar *calendar, struct instant *at_out)
{
    enum { DATE_BYTES = 10 };
    int32_t day = 0;
    int32_t ms = 0;
    if (instant_parse(text, at_out) == 0)
        return true;
    struct slice date = {.start = text.start, .count = DATE_BYTES};
    if (calendar == NULL || text.count < DATE_BYTES || date_parse(date, &day) != 0)
        return false;
    if (text.count > DATE_BYTES) {
        char between = text.start[DATE_BYTES];
        struct slice time = {.start = text.start + DATE_BYTES + 1,
                             .count = text.count - DATE_BYTES - 1};
        if ((between != ' ' && between != 'T') || !clock_time(time, &ms))
            return false;
    }
    *at_out = calendar_instant(calendar, day, ms);
    return true;
}

bool is_no_such_day(struct slice text)
{
    enum { DATE_BYTES = 10 };
    int32_t day;
    struct slice date = {.start = text.start, .count = DATE_BYTES};
    return text.count >= DATE_BYTES && date_parse(date, &day) == DATE_E_RANGE;
}

static bool read_time(struct compile *compile, const struct rule_source *source, const char *key,
                      struct instant *at_io)
{
    const struct yaml_node *node = setting(source, key);
    if (node == NULL)
        return true;
    if (!yaml_is_scalar(node, compile->problems))
        return false;
    if (local_time(node->value, source->rule->calendar, at_io))
        return true;
    enum { DATE_AND_TIME_BYTES = 16 }; /* what stood behind it was passed over once */
    struct slice front = {.start = node->value.start, .count = DATE_AND_TIME_BYTES};
    if (compile->problems->is_in_force && node->value.count > DATE_AND_TIME_BYTES &&
        local_time(front, source->rule->calendar, at_io))
        return true;
    if (is_no_such_day(node->value))
        yaml_error(node, compile->problems, "there is no such day: %.*s", "没有这一天：%.*s",
                   SLICE_ARG(node->value));
    else
        yaml_error(node, compile->problems, "%s: \"%.*s\" is no date: write 2025-01-20",
                   "%s：“%.*s”不是日期：应写作 2025-01-20", key, SLICE_ARG(node->value));
    return false;
}

static bool read_validity(struct compile *compile, const struct rule_source *source)
{
    struct rule *rule = source->rule;
    rule->valid_from = INSTANT_NONE;
    rule->valid_to = INSTANT_NEVER;
    if (!read_time(compile, source, "valid_from", &rule->valid_from) ||
        !read_time(compile, source, "valid_to", &rule->valid_to))
        return false;
    if (instant_is_before(rule->valid_from, rule->valid_to))
        return true;
    yaml_error(setting(source, "valid_to"), compile->problems,
               "valid_to is not after valid_from: the rule would never be in force",
               "valid_to 不晚于 valid_from：规则永不生效");
    return false;
}

/* ---- to what it applies ---------------------------------------------------------------------- */

static bool read_item_kinds(struct compile *compile, const struct yaml_node *node, uint32_t *kinds)
{
    if (node == NULL)
        return true;
    bool is_one = node->kind == YAML_SCALAR && node->value.count > 0; /* kinds: promised */
    if (!is_one && !yaml_is_list(node, compile->problems))
        return false;
    if (!is_one && node->count == 0) {
        yaml_error(node, compile->problems, "kinds: is empty: no case would be judged",
                   "kinds: 为空：不会监察任何办件");
        return false;
    }
    const struct yaml_node *end = is_one ? node->next : NULL;
    for (const struct yaml_node *child = is_one ? node : node->first; child != end;
         child = child->next) {
        if (!yaml_is_scalar(child, compile->problems))
            return false;
        int kind = -1;
        for (int i = 0; i < ITEM_KIND_COUNT; i++)
            if (slice_is_equal(child->value, slice_of(item_kind_name[i])) ||
                slice_is_equal(child->value, slice_of(item_kind_zh[i])))
                kind = i;
        if (kind < 0) {
            tell_unknown(compile->problems, child->file, child->line, child->column, child->value,
                         item_kind_name, ITEM_KIND_COUNT, "kind of item", "事项类型");
            return false;
        }
        if ((*kinds & UINT32_C(1) << kind) != 0) {
            yaml_refuse(child, compile->problems, "\"%.*s\" stands here twice", "“%.*s”重复出现",
                        SLICE_ARG(child->value));
            if (!compile->problems->is_in_force)
                return false;
        }
        *kinds |= UINT32_C(1) << kind;
    }
    return true;
}

static bool read_applies(struct compile *compile, const struct rule_source *source)
{
    static const char *const keys[] = {"kinds", "items", "when"};
    struct rule *rule = source->rule;
    const struct yaml_node *applies = yaml_find(source->node, "applies");
    const struct yaml_node *own = yaml_find(source->node, "kinds"); /* applies: {kinds: …}, short */
    if (own != NULL && applies != NULL && yaml_find(applies, "kinds") != NULL) {
        yaml_error(own, compile->problems, "kinds: stands under applies: too: write it once",
                   "kinds: 在 applies: 中已写：只写一处");
        return false;
    }
    if (!read_item_kinds(compile, own, &source->rule->item_kinds))
        return false;
    if (applies == NULL)
        return true;
    if (!yaml_check_keys(applies, keys, COUNT_OF(keys), compile->problems))
        return false;
    if (!read_item_kinds(compile, yaml_find(applies, "kinds"), &rule->item_kinds) ||
        !rule_items_read(compile, yaml_find(applies, "items"), rule) ||
        !condition_at(compile, yaml_find(applies, "when"), &rule->applies))
        return false;
    rule_items_find(compile, rule);
    return true;
}

static bool read_calendar(struct compile *compile, const struct rule_source *source)
{
    const struct yaml_node *node = setting(source, "calendar");
    if (node != NULL)
        return compile_calendar(compile, node, &source->rule->calendar);
    yaml_error(source->node, compile->problems,
               "rule \"%.*s\" names no calendar: write calendar: cn, here or for the whole file",
               "规则“%.*s”没有日历：请写 calendar: cn，或写在文件开头",
               SLICE_ARG(source->rule->name));
    return false;
}

static bool read_choice(struct compile *compile, const struct rule_source *source, const char *key,
                        const char *const *words, size_t count, int *choice_io)
{
    const struct yaml_node *node = setting(source, key);
    if (node == NULL)
        return true;
    int choice = yaml_choice(node, words, count, compile->problems);
    if (choice >= 0)
        *choice_io = choice;
    return choice >= 0;
}

static bool read_settings(struct compile *compile, const struct rule_source *source)
{
    static const char *const discoveries[] = {"all", "highest"};
    static const char *const supersedes[] = {"keep", "dismiss"};
    struct rule *rule = source->rule;
    int discovery = DISCOVER_ALL;
    int supersede = SUPERSEDE_KEEP;
    int64_t revision = 1;
    const struct yaml_node *node = yaml_find(source->node, "revision");
    bool is_good = node == NULL || yaml_number(node, 1, 1000000, compile->problems, &revision);
    is_good &= read_choice(compile, source, "late_discovery", discoveries, COUNT_OF(discoveries),
                           &discovery);
    is_good &=
        read_choice(compile, source, "supersede", supersedes, COUNT_OF(supersedes), &supersede);
    rule->revision = (uint32_t)revision;
    rule->late_discovery = (enum late_discovery)discovery;
    rule->supersede = (enum supersede)supersede;
    return is_good;
}

/* ---- what it watches ------------------------------------------------------------------------- */

static bool read_fact(struct compile *compile, const struct rule_source *source,
                      const struct yaml_node *fact)
{
    static const char *const keys[] = {"on", "is", "per"};
    static const char *const pers[] = {"case", "step"};
    struct rule *rule = source->rule;
    rule->form = RULE_FACT;
    if (!yaml_check_keys(fact, keys, COUNT_OF(keys), compile->problems))
        return false;
    const struct yaml_node *on = yaml_find(fact, "on");
    const struct yaml_node *is = yaml_find(fact, "is");
    const struct yaml_node *per = yaml_find(fact, "per");
    int choice = per == NULL ? 0 : yaml_choice(per, pers, COUNT_OF(pers), compile->problems);
    rule->per_step = choice == 1;
    if (on == NULL || is == NULL) {
        yaml_error(
            fact, compile->problems,
            "a fact says on which events it is looked at, and what is: "
            "{on: [correct_ask], is: count(correct_ask) >= 2}",
            "fact 须写明看哪些事件、是什么：{on: [correct_ask], is: count(correct_ask) >= 2}");
        return false;
    }
    bool is_good = event_kinds_at(compile, on, &rule->on) && choice >= 0;
    return condition_at(compile, is, &rule->fact) && is_good;
}

static bool read_watched(struct compile *compile, const struct rule_source *source)
{
    const struct yaml_node *clock = yaml_find(source->node, "clock");
    const struct yaml_node *fact = yaml_find(source->node, "fact");
    const struct yaml_node *across = yaml_find(source->node, "across");
    if (clock != NULL && fact == NULL && across == NULL)
        return clock_read(compile, source, clock);
    if (fact != NULL && clock == NULL && across == NULL)
        return read_fact(compile, source, fact);
    if (across != NULL && clock == NULL && fact == NULL)
        return across_read(compile, source, across);
    yaml_error(across != NULL ? across
               : fact != NULL ? fact
                              : source->node,
               compile->problems, "rule \"%.*s\" must have one of clock:, fact: and across:",
               "规则“%.*s”须有且只有 clock:、fact:、across: 之一", SLICE_ARG(source->rule->name));
    return false;
}

bool rule_read(struct compile *compile, const struct rule_source *source)
{
    bool is_lone = source->set == source->node;
    bool is_good =
        yaml_check_keys(source->node, is_lone ? lone_keys : rule_keys,
                        is_lone ? COUNT_OF(lone_keys) : COUNT_OF(rule_keys), compile->problems);
    if (source->node->kind != YAML_MAP || !read_name(compile, source))
        return false;
    source->rule->set = compile_copy(compile, source->set_name);
    is_good &= read_title(compile, source);
    is_good &= read_text(compile, setting(source, "ground"), &source->rule->ground);
    is_good &= read_settings(compile, source);
    is_good &= read_applies(compile, source);
    bool has_calendar = read_calendar(compile, source);
    is_good &= has_calendar && read_validity(compile, source);
    /* (Without its limits, every card would seem wrong.) */
    is_good &= read_watched(compile, source) && cards_read(compile, source);
    return is_good && !compile->is_short;
}
