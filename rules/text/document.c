/* document.c - what kind of document a text is, by its first words alone: the headings of a table,
 * the keys at the left edge of a YAML file. Nothing is parsed for it, so that a file with a mistake
 * further down is still known for what it is, and its mistake is told in its own words.
 */
#include "rules/text/ruleset_text.h"

#include "rules/days/notice_text.h"
#include "rules/read/csv_text.h"
#include "rules/read/yaml.h"

#include <stdio.h>

const char *const document_kind_name[DOCUMENT_KIND_COUNT] = {
    "unknown", "calendar", "rules", "items", "steps", "orgs", "notice", "promotions"};

static bool next_line(struct slice *rest_io, struct slice *line_out)
{
    if (slice_is_empty(*rest_io))
        return false;
    const char *end = memchr(rest_io->start, '\n', rest_io->count);
    size_t count = end == NULL ? rest_io->count : (size_t)(end - rest_io->start);
    *line_out = (struct slice){.start = rest_io->start, .count = count};
    count += end != NULL;
    *rest_io = (struct slice){.start = rest_io->start + count, .count = rest_io->count - count};
    if (line_out->count > 0 && line_out->start[line_out->count - 1] == '\r')
        line_out->count--;
    return true;
}

static bool has_word(struct slice line, const char *word)
{
    size_t count = strlen(word);
    for (size_t i = 0; i + count <= line.count; i++)
        if (memcmp(line.start + i, word, count) == 0)
            return true;
    return false;
}

static enum document_kind table_kind(struct slice header)
{
    bool has_item = has_word(header, "item_code") || has_word(header, "事项编码");
    bool has_step = has_word(header, "step_code") || has_word(header, "环节编码");
    if (has_item)
        return has_step ? DOCUMENT_STEPS : DOCUMENT_ITEMS;
    if (has_word(header, "org_code") || has_word(header, "机构编码"))
        return DOCUMENT_ORGS;
    bool is_map = has_word(header, ":"); /* {rule: a, revision: 1, …} is a rule on one line */
    if (!is_map && (has_word(header, "rule") || has_word(header, "规则")) &&
        (has_word(header, "revision") || has_word(header, "修订")))
        return DOCUMENT_PROMOTIONS;
    return DOCUMENT_UNKNOWN;
}

/* "set: permit-law  # …" at the left edge. value_out is touched only when it is this key. */
static bool key_at_edge(struct slice line, const char *key, struct slice *value_out)
{
    size_t count = strlen(key);
    if (line.count <= count || memcmp(line.start, key, count) != 0 || line.start[count] != ':')
        return false;
    struct slice value = {.start = line.start + count + 1, .count = line.count - count - 1};
    const char *comment = memchr(value.start, '#', value.count);
    if (comment != NULL)
        value.count = (size_t)(comment - value.start);
    while (value.count > 0 && (value.start[0] == ' ' || value.start[0] == '"'))
        value = (struct slice){.start = value.start + 1, .count = value.count - 1};
    while (value.count > 0 &&
           (value.start[value.count - 1] == ' ' || value.start[value.count - 1] == '"'))
        value.count--;
    *value_out = value;
    return true;
}

static enum document_kind yaml_kind(struct slice text, struct slice *name_out)
{
    struct slice line;
    struct slice set = {0};
    struct slice rule = {0};
    struct slice calendar = {0};
    struct slice rules = {0};
    bool is_rules = false;
    bool is_calendar = false;
    while (next_line(&text, &line)) {
        bool is_set = key_at_edge(line, "set", &set);
        bool is_rule = !is_set && key_at_edge(line, "rule", &rule);
        is_rules = is_rules || is_set || is_rule || key_at_edge(line, "rules", &rules);
        is_calendar = is_calendar || key_at_edge(line, "calendar", &calendar);
    }
    if (!is_rules && !is_calendar)
        return DOCUMENT_UNKNOWN;
    *name_out = !is_rules ? calendar : !slice_is_empty(set) ? set : rule;
    return is_rules ? DOCUMENT_RULES : DOCUMENT_CALENDAR;
}

struct slice document_base_name(const char *file)
{
    const char *slash = strrchr(file, '/');
    struct slice name = slice_of(slash == NULL ? file : slash + 1);
    for (size_t i = name.count; i > 1; i--)
        if (name.start[i - 1] == '.')
            return (struct slice){.start = name.start, .count = i - 1};
    return name;
}

enum document_kind document_table_kind(struct slice text)
{
    struct slice line;
    while (next_line(&text, &line))
        if (line.count > 0)
            return table_kind(line);
    return DOCUMENT_UNKNOWN;
}

static enum document_kind identify(struct slice text, struct slice *name_out)
{
    struct slice rest = text;
    struct slice line;
    while (next_line(&rest, &line)) {
        if (line.count == 0 || line.start[0] == '#')
            continue;
        if (memchr(line.start, ',', line.count) != NULL && table_kind(line) != DOCUMENT_UNKNOWN)
            return table_kind(line);
        break;
    }
    return yaml_kind(text, name_out);
}

/* A later notice of the same year takes the place of the one before; those that amend it stand
 * beside it, and sort behind it. */
static bool name_notice(struct slice text, const char *file, char name_out[DOCUMENT_NAME_BYTES])
{
    struct notice_head head;
    struct slice base = document_base_name(file);
    if (!notice_head_of(text, &head))
        return false;
    if (head.amends)
        (void)snprintf(name_out, DOCUMENT_NAME_BYTES, "%s-%d-%.*s", head.calendar, head.year,
                       (int)(base.count < INT32_MAX ? base.count : INT32_MAX), base.start);
    else
        (void)snprintf(name_out, DOCUMENT_NAME_BYTES, "%s-%d", head.calendar, head.year);
    return true;
}

enum document_kind document_identify(struct slice text, const char *file,
                                     char name_out[DOCUMENT_NAME_BYTES],
                                     struct problem_list *problems)
{
    struct arena *arena = arena_create();
    struct slice utf8 = {0};
    struct slice name = {0};
    enum document_kind kind = DOCUMENT_UNKNOWN;
    bool is_read = arena != NULL && text_decode(arena, file, text, problems, &utf8) == 0;
    if (is_read && notice_is(utf8)) {
        kind = name_notice(utf8, file, name_out) ? DOCUMENT_NOTICE : DOCUMENT_UNKNOWN;
    } else if (is_read) {
        kind = identify(utf8, &name);
        if (slice_is_empty(name))
            name = document_base_name(file);
        if (kind == DOCUMENT_UNKNOWN)
            problem_error(
                problems, file, 0, 0,
                "this is none of: a rule file (rule: or rules:), a calendar "
                "(calendar:), a calendar notice (JSON with \"days\", or ICS), a table of items, "
                "steps, orgs or promotions (item_code, step_code, org_code, rule and revision)",
                "不是规则文件（rule: 或 rules:）、日历（calendar:）、放假通知（含“days”的 JSON，"
                "或 ICS），也不是事项、环节、机构或转正表（item_code、step_code、org_code、"
                "rule 与 revision）");
        else if (name.count >= DOCUMENT_NAME_BYTES)
            name.count = DOCUMENT_NAME_BYTES - 1;
        (void)snprintf(name_out, DOCUMENT_NAME_BYTES, "%.*s", (int)name.count,
                       name.count == 0 ? "" : name.start);
    }
    arena_destroy(&arena);
    return kind;
}
