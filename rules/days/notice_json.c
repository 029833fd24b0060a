/* notice_json.c - the form in which the papers are kept as public data:
 *
 *     {"year": 2025, "papers": ["https://…"],
 *      "days": [{"name": "元旦", "date": "2025-01-01", "isOffDay": true}, …]}
 *
 * JSON is a part of YAML, and the YAML reader knows its places, its escapes and its double keys.
 */
#include "rules/days/calendar_parts.h"
#include "rules/days/notice_parts.h"

#include <errno.h>

/* ---- the head, by a look at the text ----------------------------------------------------------
 */

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

/* What stands behind "key": up to the end of the word; empty: it is not there. */
static struct slice value_of(struct slice text, const char *key)
{
    size_t count = strlen(key);
    for (size_t i = 0; i + count < text.count; i++) {
        if (text.start[i] != key[0] || memcmp(text.start + i, key, count) != 0)
            continue;
        size_t first = i + count;
        while (first < text.count && is_one_of(text.start[first], " \t\r\n:\""))
            first++;
        size_t end = first;
        while (end < text.count && !is_one_of(text.start[end], " \t\r\n,}\""))
            end++;
        return (struct slice){.start = text.start + first, .count = end - first};
    }
    return (struct slice){0};
}

void notice_json_head(struct slice text, struct notice_head *head)
{
    struct slice calendar = value_of(text, "\"calendar\"");
    struct slice year = value_of(text, "\"year\"");
    if (!slice_is_empty(calendar))
        notice_head_calendar(head, calendar);
    head->amends = slice_is_equal(value_of(text, "\"amends\""), SLICE("true"));
    for (size_t i = 0; i < year.count && head->year <= NOTICE_YEAR_MAX; i++)
        if (year.start[i] >= '0' && year.start[i] <= '9')
            head->year = head->year * 10 + (year.start[i] - '0');
}

/* ---- the whole --------------------------------------------------------------------------------
 */

/* document, or all papers: the file does not say which day comes from which of them. */
static struct slice ground_of(struct notice_reading *reading, const struct yaml_node *root)
{
    const struct yaml_node *papers = yaml_find(root, "papers");
    size_t room = 1;
    if (yaml_find(root, "document") != NULL)
        return yaml_text(root, "document", reading->problems);
    if (papers == NULL || !yaml_is_list(papers, reading->problems))
        return (struct slice){0};
    for (const struct yaml_node *paper = papers->first; paper != NULL; paper = paper->next)
        room += paper->value.count + 2;
    char *text = arena_take(reading->arena, room, 1);
    size_t count = 0;
    if (text == NULL) {
        reading->is_short = true;
        return (struct slice){0};
    }
    for (const struct yaml_node *paper = papers->first; paper != NULL; paper = paper->next) {
        if (!yaml_is_scalar(paper, reading->problems))
            continue;
        if (count > 0) {
            text[count++] = ';';
            text[count++] = ' ';
        }
        memcpy(text + count, paper->value.start, paper->value.count);
        count += paper->value.count;
    }
    return (struct slice){.start = text, .count = count};
}

static void read_day(struct notice_reading *reading, const struct yaml_node *node,
                     struct slice ground)
{
    static const char *const keys[] = {"name", "date", "isOffDay", "document"};
    struct problem_list *problems = reading->problems;
    struct notice_day facts = {.ground = ground};
    uint32_t errors = problems->error_count;
    int32_t day = 0;
    bool is_off = false;
    if (!yaml_is_map(node, problems) || !yaml_check_keys(node, keys, COUNT_OF(keys), problems)) {
        reading->is_bad = true;
        return;
    }
    struct slice date = yaml_text(node, "date", problems);
    const struct yaml_node *off = yaml_find(node, "isOffDay");
    bool is_good =
        date.count > 0 && calendar_date_at(yaml_find(node, "date"), date, problems, &day);
    if (off == NULL)
        yaml_error(node, problems,
                   "\"isOffDay\" is missing here: true for a day off, false for a "
                   "make-up workday",
                   "此处缺少“isOffDay”：休息日为 true，补班日为 false");
    is_good = off != NULL && yaml_bool(off, problems, &is_off) && is_good;
    if (yaml_find(node, "name") != NULL)
        facts.name = yaml_text(node, "name", problems);
    if (yaml_find(node, "document") != NULL)
        facts.ground = yaml_text(node, "document", problems);
    facts.is_work = !is_off;
    if (!is_good || problems->error_count > errors) {
        reading->is_bad = true;
        return;
    }
    const struct yaml_node *at = yaml_find(node, "date");
    notice_add(reading, at->line, at->column, day, &facts);
}

static void read_days(struct notice_reading *reading, const struct yaml_node *root,
                      struct slice ground)
{
    const struct yaml_node *days = yaml_find(root, "days");
    if (!yaml_is_list(days, reading->problems)) {
        reading->is_bad = true;
        return;
    }
    for (const struct yaml_node *node = days->first; node != NULL; node = node->next)
        read_day(reading, node, ground);
    if (days->count > 0)
        return;
    yaml_error(days, reading->problems,
               "no day stands here: this year's paper is not out, and a notice without days would "
               "make all its holidays workdays",
               "此处没有任何日子：当年通知尚未公布；空的通知会使全年节假日变成工作日");
    reading->is_bad = true;
}

static bool lacks_ground(const struct notice *notice)
{
    for (uint32_t i = 0; i < NOTICE_DAYS_MAX; i++)
        if (notice->days[i].is_named && slice_is_empty(notice->days[i].ground))
            return true;
    return false;
}

static bool read_head(struct notice_reading *reading, const struct yaml_node *root)
{
    const struct yaml_node *node = yaml_find(root, "year");
    struct notice *notice = reading->notice;
    int64_t year = 0;
    notice->calendar = SLICE("cn");
    if (node == NULL) {
        (void)yaml_text(root, "year", reading->problems);
        return false;
    }
    bool is_good = yaml_number(node, NOTICE_YEAR_MIN, NOTICE_YEAR_MAX, reading->problems, &year);
    node = yaml_find(root, "amends");
    if (node != NULL)
        is_good = yaml_bool(node, reading->problems, &notice->amends) && is_good;
    node = yaml_find(root, "calendar");
    if (node != NULL) {
        notice->calendar = yaml_text(root, "calendar", reading->problems);
        notice->line = node->line;
        notice->column = node->column;
        is_good = is_good && notice->calendar.count > 0;
    }
    notice_begin(reading, (int32_t)year);
    return is_good;
}

void notice_json_read(struct notice_reading *reading, struct slice text)
{
    static const char *const keys[] = {"year",   "calendar", "document", "papers",
                                       "amends", "days",     "$schema",  "$id"};
    const struct yaml_node *root = NULL;
    int status = yaml_parse(reading->arena, reading->notice->file, text, reading->problems, &root);
    reading->is_short = reading->is_short || status < 0;
    reading->is_bad = status != 0;
    if (status != 0)
        return;
    uint32_t errors = reading->problems->error_count;
    bool is_good = yaml_check_keys(root, keys, COUNT_OF(keys), reading->problems);
    is_good = read_head(reading, root) && is_good;
    struct slice ground = ground_of(reading, root);
    const struct yaml_node *days = yaml_find(root, "days");
    if (days == NULL)
        (void)yaml_text(root, "days", reading->problems);
    else if (is_good)
        read_days(reading, root, ground);
    if (is_good && days != NULL && lacks_ground(reading->notice))
        yaml_error(root, reading->problems,
                   "these days need the document they come from: \"document\" or \"papers\"",
                   "请注明这些日子的依据文件：“document”或“papers”");
    reading->is_bad = reading->is_bad || !is_good || reading->problems->error_count > errors;
}
