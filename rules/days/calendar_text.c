/* calendar_text.c - one calendar file, key by key. */
#include "rules/days/calendar_text.h"

#include "rules/days/calendar_parts.h"
#include "rules/days/zone.h"

#include <errno.h>

struct reading {
    struct calendar_book *book;
    struct problem_list *problems;
    struct calendar_page *page;
    const struct yaml_node *root;
    bool is_short; /* of memory */
};

/* ---- keys ------------------------------------------------------------------------------------ */

static bool is_name(struct slice name)
{
    enum { NAME_BYTES_MAX = 64 };
    if (name.count == 0 || name.count > NAME_BYTES_MAX)
        return false;
    for (size_t i = 0; i < name.count; i++) {
        char c = name.start[i];
        bool is_good =
            (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
        if (!is_good || (i == 0 && (c == '-' || c == '.')))
            return false;
    }
    return true;
}

/* A name that a file can have: rules and other calendars speak of it by this. */
static bool name_at(const struct reading *reading, const char *key, struct slice *name_out)
{
    const struct yaml_node *node = yaml_find(reading->root, key);
    *name_out = yaml_text(reading->root, key, reading->problems);
    if (node == NULL || name_out->count == 0)
        return false;
    if (is_name(*name_out))
        return true;
    yaml_error(node, reading->problems,
               "\"%.*s\" is no name of a calendar: small letters, digits, - _ . (at most 64)",
               "“%.*s”不能作日历名：只用小写字母、数字、- _ .（最多 64 个）", SLICE_ARG(*name_out));
    *name_out = (struct slice){0};
    return false;
}

static bool titles_at(struct reading *reading)
{
    static const char *const keys[] = {"zh", "en"};
    const struct yaml_node *node = yaml_find(reading->root, "name");
    if (node == NULL)
        return true;
    if (node->kind == YAML_SCALAR) {
        reading->page->title_en = reading->page->title_zh = node->value;
        return true;
    }
    if (!yaml_check_keys(node, keys, COUNT_OF(keys), reading->problems))
        return false;
    if (yaml_find(node, "zh") != NULL)
        reading->page->title_zh = yaml_text(node, "zh", reading->problems);
    if (yaml_find(node, "en") != NULL)
        reading->page->title_en = yaml_text(node, "en", reading->problems);
    return true;
}

static bool zone_at(struct reading *reading)
{
    const struct yaml_node *node = yaml_find(reading->root, "zone");
    struct arena *arena = reading->book->arena;
    if (node == NULL)
        return true;
    if (!yaml_is_scalar(node, reading->problems))
        return false;
    struct calendar_zone *zone = arena_take(arena, 1, sizeof *zone);
    int status = zone == NULL ? -ENOMEM : zone_read(arena, node->value, zone);
    if (status == -ENOMEM) {
        reading->is_short = true;
        return false;
    }
    if (status == 0) {
        reading->page->definition.zone = zone;
        return true;
    }
    if (status == ZONE_E_BROKEN)
        yaml_error(node, reading->problems,
                   "the file of zone \"%.*s\" in the tz database cannot be understood",
                   "时区数据库中“%.*s”的文件无法识别", SLICE_ARG(node->value));
    else
        yaml_error(node, reading->problems,
                   "there is no zone \"%.*s\" in the tz database; zones are named like "
                   "Asia/Shanghai (is the package tzdata installed?)",
                   "时区数据库中没有“%.*s”；时区名如 Asia/Shanghai（是否已安装 tzdata？）",
                   SLICE_ARG(node->value));
    return false;
}

static bool known_at(struct reading *reading)
{
    static const char *const keys[] = {"from", "to"};
    const struct yaml_node *node = yaml_find(reading->root, "known");
    struct calendar_definition *definition = &reading->page->definition;
    if (node == NULL)
        return true;
    if (!yaml_check_keys(node, keys, COUNT_OF(keys), reading->problems))
        return false;
    const struct yaml_node *from = yaml_find(node, "from");
    const struct yaml_node *to = yaml_find(node, "to");
    if (from != NULL &&
        !calendar_date_at(from, from->value, reading->problems, &definition->first_day))
        return false;
    if (to != NULL && !calendar_date_at(to, to->value, reading->problems, &definition->horizon_day))
        return false;
    if (from == NULL || to == NULL || definition->first_day <= definition->horizon_day)
        return true;
    yaml_error(to, reading->problems, "known.to is before known.from", "known.to 早于 known.from");
    return false;
}

static bool week_at(struct reading *reading)
{
    const struct yaml_node *node = yaml_find(reading->root, "week");
    struct calendar_definition *definition = &reading->page->definition;
    if (node == NULL)
        return true;
    definition->has_week = true;
    if (!calendar_week_at(node, true, reading->problems, definition->week))
        return false;
    for (int i = 0; i < 7; i++)
        if (definition->week[i].count > 0)
            return true;
    yaml_error(node, reading->problems, "no day of the week has working hours",
               "一周中没有任何工作时段");
    return false;
}

static bool season_at(const struct reading *reading, const struct yaml_node *node,
                      struct calendar_season *season)
{
    static const char *const keys[] = {"name", "ground", "url", "note", "from", "to", "week"};
    if (!yaml_check_keys(node, keys, COUNT_OF(keys), reading->problems))
        return false;
    struct slice from = yaml_text(node, "from", reading->problems);
    struct slice to = yaml_text(node, "to", reading->problems);
    const struct yaml_node *week = yaml_find(node, "week");
    if (week == NULL)
        yaml_error(node, reading->problems,
                   "the season says no hours: week:", "该季节没有写作息时间：week:");
    if (from.count == 0 || to.count == 0 || week == NULL)
        return false;
    bool is_good =
        calendar_date_at(yaml_find(node, "from"), from, reading->problems, &season->first_day);
    is_good &= calendar_date_at(yaml_find(node, "to"), to, reading->problems, &season->last_day);
    if (is_good && season->last_day < season->first_day) {
        yaml_error(yaml_find(node, "to"), reading->problems, "the season ends before it begins",
                   "该季节的结束早于开始");
        is_good = false;
    }
    return calendar_week_at(week, false, reading->problems, season->week) && is_good;
}

static bool seasons_at(struct reading *reading)
{
    const struct yaml_node *node = yaml_find(reading->root, "seasons");
    struct calendar_definition *definition = &reading->page->definition;
    if (node == NULL)
        return true;
    if (!yaml_is_list(node, reading->problems))
        return false;
    struct calendar_season *seasons =
        arena_take(reading->book->arena, node->count, sizeof *seasons);
    if (seasons == NULL) {
        reading->is_short = true;
        return false;
    }
    bool is_good = true;
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next)
        is_good &= season_at(reading, child, &seasons[definition->season_count++]);
    definition->seasons = seasons;
    return is_good;
}

static bool exceptions_at(struct reading *reading)
{
    const struct yaml_node *node = yaml_find(reading->root, "exceptions");
    if (node == NULL)
        return true;
    int status =
        calendar_exceptions_at(reading->book->arena, node, reading->problems, reading->page);
    reading->is_short |= status == -ENOMEM;
    return status == 0;
}

/* ---- the file -------------------------------------------------------------------------------- */

static bool is_alone(const struct reading *reading)
{
    const struct yaml_node *node = yaml_find(reading->root, "calendar");
    const struct calendar_page *other = calendar_book_find(reading->book, node->value);
    if (other == NULL)
        return true;
    yaml_error(node, reading->problems, "there is already a calendar \"%.*s\", in %s",
               "已有名为“%.*s”的日历，见 %s", SLICE_ARG(node->value), other->root->file);
    return false;
}

static int read_tree(struct reading *reading)
{
    static const char *const keys[] = {"calendar", "name", "note",    "inherits",  "zone",
                                       "known",    "week", "seasons", "exceptions"};
    struct calendar_page *page = reading->page;
    struct slice name;
    bool is_good = yaml_check_keys(reading->root, keys, COUNT_OF(keys), reading->problems);
    if (reading->root->kind != YAML_MAP || !name_at(reading, "calendar", &name) ||
        !is_alone(reading))
        return CALENDAR_TEXT_E_BAD;
    page->definition.name = name;
    page->definition.first_day = INT32_MIN;
    page->definition.horizon_day = INT32_MIN;
    if (yaml_find(reading->root, "inherits") != NULL)
        is_good &= name_at(reading, "inherits", &page->parent);
    is_good &= titles_at(reading);
    is_good &= zone_at(reading);
    is_good &= known_at(reading);
    is_good &= week_at(reading);
    is_good &= seasons_at(reading);
    is_good &= exceptions_at(reading);
    page->is_bad = !is_good;
    if (reading->book->last == NULL)
        reading->book->first = page;
    else
        reading->book->last->next = page;
    reading->book->last = page;
    reading->book->count++;
    return is_good ? 0 : CALENDAR_TEXT_E_BAD;
}

int calendar_text_read(struct calendar_book *book, const char *file, struct slice text,
                       struct problem_list *problems)
{
    struct reading reading = {.book = book, .problems = problems};
    int status = yaml_parse(book->arena, file, text, problems, &reading.root);
    if (status != 0)
        return status == -ENOMEM ? -ENOMEM : CALENDAR_TEXT_E_BAD;
    reading.page = arena_take(book->arena, 1, sizeof *reading.page);
    if (reading.page == NULL)
        return -ENOMEM;
    reading.page->root = reading.root;
    status = read_tree(&reading);
    return reading.is_short ? -ENOMEM : status;
}

int calendar_text_read_file(struct calendar_book *book, const char *path,
                            struct problem_list *problems)
{
    struct slice text;
    int status = yaml_read_bytes(book->arena, path, problems, &text);
    if (status != 0)
        return status == -ENOMEM ? -ENOMEM : CALENDAR_TEXT_E_BAD;
    return calendar_text_read(book, path, text, problems);
}
