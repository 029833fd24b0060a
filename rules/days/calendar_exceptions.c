/* calendar_exceptions.c - days off and make-up workdays, grouped by the document behind them.
 *
 * Groups are read into one growing list in the order of the file; where a day comes twice, a
 * group that says `amends: true` may change what a group above it said, and nothing else may.
 */
#include "rules/days/calendar_parts.h"

#include <errno.h>
#include <stdlib.h>

enum { RANGE_DAYS_MAX = 366 };

struct entry {
    struct calendar_exception exception;
    const struct yaml_node *node;
    uint32_t group;
    bool amends;
};

struct list {
    struct problem_list *problems;
    uint32_t count;
    uint32_t room;
    struct entry *at;
    bool is_short; /* of memory */
    bool is_bad;
};

bool calendar_date_at(const struct yaml_node *node, struct slice text,
                      struct problem_list *problems, int32_t *day_out)
{
    int32_t day = 0;
    int status = date_parse(text, &day);
    if (status == 0 && (day < CALENDAR_FIRST_DAY || day > CALENDAR_LAST_DAY))
        status = DATE_E_RANGE;
    if (status == DATE_E_SYNTAX)
        yaml_error(node, problems, "\"%.*s\" is not a date; write it like 2025-01-28",
                   "“%.*s”不是日期；请写成 2025-01-28 的形式", SLICE_ARG(text));
    else if (status != 0)
        yaml_error(node, problems, "there is no day \"%.*s\" in the years 1970 to 2099",
                   "1970 至 2099 年中没有“%.*s”这一天", SLICE_ARG(text));
    else
        *day_out = day;
    return status == 0;
}

static void add(struct list *list, const struct yaml_node *node, const struct entry *entry)
{
    if (list->count == list->room) {
        uint32_t room = list->room == 0 ? 256 : list->room * 2;
        struct entry *more = realloc(list->at, room * sizeof *more);
        if (more == NULL) {
            list->is_short = true;
            return;
        }
        list->at = more;
        list->room = room;
    }
    list->at[list->count] = *entry;
    list->at[list->count++].node = node;
}

/* "2025-01-28" or "2025-01-28..2025-02-04" */
static bool range_at(const struct yaml_node *node, struct slice text, struct problem_list *problems,
                     int32_t *first_out, int32_t *last_out)
{
    enum { DATE_CHARS = 10 };
    struct slice from = text;
    struct slice to = text;
    if (text.count > DATE_CHARS + 2 && memcmp(text.start + DATE_CHARS, "..", 2) == 0) {
        from.count = DATE_CHARS;
        to.start += DATE_CHARS + 2;
        to.count -= DATE_CHARS + 2;
    }
    if (!calendar_date_at(node, from, problems, first_out) ||
        !calendar_date_at(node, to, problems, last_out))
        return false;
    if (*last_out >= *first_out && *last_out - *first_out < RANGE_DAYS_MAX)
        return true;
    yaml_error(node, problems, "\"%.*s\" does not run forward, or is longer than a year",
               "“%.*s”不是从前往后，或长于一年", SLICE_ARG(text));
    return false;
}

static void add_days(struct list *list, const struct yaml_node *node, const struct entry *entry)
{
    int32_t first = 0;
    int32_t last = 0;
    if (!yaml_is_scalar(node, list->problems) ||
        !range_at(node, node->value, list->problems, &first, &last)) {
        list->is_bad = true;
        return;
    }
    struct entry one = *entry;
    for (int32_t day = first; day <= last; day++) {
        one.exception.day = day;
        add(list, node, &one);
    }
}

/* A date, a range, or a list of them. */
static void add_list(struct list *list, const struct yaml_node *node, const struct entry *entry)
{
    if (node->kind != YAML_LIST) {
        add_days(list, node, entry);
        return;
    }
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next)
        add_days(list, child, entry);
}

/* off: or work: - days as above, or a map from the name of the holiday to such days. */
static void add_named(struct list *list, const struct yaml_node *node, struct entry entry)
{
    if (node->kind != YAML_MAP) {
        add_list(list, node, &entry);
        return;
    }
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        entry.exception.name = child->key;
        add_list(list, child, &entry);
    }
}

/* hours: - a map from a date to the hours of that workday. */
static void add_hours(struct list *list, const struct yaml_node *node, struct entry entry)
{
    if (!yaml_is_map(node, list->problems)) {
        list->is_bad = true;
        return;
    }
    entry.exception.is_work = true;
    entry.exception.has_hours = true;
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        int32_t last = 0;
        if (!range_at(child, child->key, list->problems, &entry.exception.day, &last) ||
            !calendar_hours_at(child, list->problems, &entry.exception.hours)) {
            list->is_bad = true;
            continue;
        }
        if (entry.exception.hours.count == 0) {
            yaml_error(child, list->problems,
                       "a day off belongs under off:", "休息日应写在 off: 之下");
            list->is_bad = true;
        }
        for (; entry.exception.day <= last; entry.exception.day++)
            add(list, child, &entry);
    }
}

/* Where the days come from: the document's name, and its address if the name is missing. */
static bool ground_of(struct list *list, const struct yaml_node *group, struct slice *ground)
{
    const struct yaml_node *node = yaml_find(group, "ground");
    if (node == NULL)
        node = yaml_find(group, "url");
    if (node == NULL) {
        yaml_error(group, list->problems,
                   "these days need the document they come from: ground: or url:",
                   "请注明这些日子的依据文件：ground: 或 url:");
        return false;
    }
    *ground = node->value;
    return yaml_is_scalar(node, list->problems);
}

static void add_group(struct list *list, const struct yaml_node *group, uint32_t index)
{
    static const char *const keys[] = {"ground", "url", "announced", "amends", "name",
                                       "note",   "off", "work",      "hours"};
    struct problem_list *problems = list->problems;
    struct entry entry = {.group = index};
    uint32_t before = list->count;
    int32_t announced = 0;
    if (!yaml_check_keys(group, keys, COUNT_OF(keys), problems)) {
        list->is_bad = true;
        return;
    }
    const struct yaml_node *node = yaml_find(group, "announced");
    bool is_good = ground_of(list, group, &entry.exception.ground);
    if (node != NULL)
        is_good &= calendar_date_at(node, node->value, problems, &announced);
    node = yaml_find(group, "amends");
    if (node != NULL)
        is_good &= yaml_bool(node, problems, &entry.amends);
    if (yaml_find(group, "name") != NULL)
        entry.exception.name = yaml_text(group, "name", problems);
    list->is_bad |= !is_good;
    node = yaml_find(group, "off");
    if (node != NULL)
        add_named(list, node, entry);
    node = yaml_find(group, "hours");
    if (node != NULL)
        add_hours(list, node, entry);
    node = yaml_find(group, "work");
    entry.exception.is_work = true;
    if (node != NULL)
        add_named(list, node, entry);
    if (list->count == before && !list->is_bad)
        yaml_warn(group, problems, "this document names no day: off:, work: or hours:",
                  "此文件没有写明任何日子：off:、work: 或 hours:");
}

/* ---- the same day twice ---------------------------------------------------------------------- */

static int order_by_day(const void *a_p, const void *b_p)
{
    const struct entry *a = *(struct entry *const *)a_p;
    const struct entry *b = *(struct entry *const *)b_p;
    if (a->exception.day != b->exception.day)
        return a->exception.day < b->exception.day ? -1 : 1;
    return a < b ? -1 : a > b;
}

static void compare(struct list *list, const struct entry *a, const struct entry *b)
{
    char date[DATE_TEXT_BYTES];
    (void)date_format(a->exception.day, date);
    if (b->amends && a->group != b->group)
        return;
    bool is_same = a->exception.is_work == b->exception.is_work &&
                   calendar_hours_are_equal(&a->exception.hours, &b->exception.hours);
    if (is_same) {
        yaml_warn(b->node, list->problems, "%s stands here twice; it is already in line %u",
                  "%s 重复出现；第 %u 行已有", date, a->node->line);
        return;
    }
    yaml_error(b->node, list->problems,
               "%s is %s here and something else in line %u; a later document that changes an "
               "earlier one says amends: true",
               "%s 此处为 %s，与第 %u 行不一致；后发文件改变先前安排的，请写 amends: true", date,
               b->exception.is_work ? "work" : "off", a->node->line);
    list->is_bad = true;
}

static void check_double_days(struct list *list)
{
    if (list->count < 2)
        return;
    struct entry **sorted = calloc(list->count, sizeof(struct entry *));
    if (sorted == NULL) {
        list->is_short = true;
        return;
    }
    for (uint32_t i = 0; i < list->count; i++)
        sorted[i] = &list->at[i];
    qsort(sorted, list->count, sizeof(struct entry *), order_by_day);
    for (uint32_t i = 1; i < list->count; i++)
        if (sorted[i - 1]->exception.day == sorted[i]->exception.day)
            compare(list, sorted[i - 1], sorted[i]);
    free(sorted);
}

static void check_known(const struct list *list, const struct calendar_definition *definition)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const struct entry *entry = &list->at[i];
        char date[DATE_TEXT_BYTES];
        if (definition->horizon_day != INT32_MIN && entry->exception.day > definition->horizon_day)
            yaml_warn(entry->node, list->problems,
                      "%s lies beyond known.to and is not used; move known.to when the whole year "
                      "is known",
                      "%s 在 known.to 之后，不会生效；全年安排公布后请更新 known.to",
                      date_format(entry->exception.day, date));
        if (definition->first_day != INT32_MIN && entry->exception.day < definition->first_day)
            yaml_warn(entry->node, list->problems, "%s lies before known.from and is not used",
                      "%s 在 known.from 之前，不会生效", date_format(entry->exception.day, date));
    }
}

/* ---- whose paper ------------------------------------------------------------------------------
 */

static int32_t year_of(int32_t day)
{
    return date_of_day(day).year;
}

/* The year whose paper a group is: it lies within that year, the December before and the January
 * after, and most of it in the year. 0: the days of several years, each of which is its own. */
static int32_t paper_year(const struct entry *group, uint32_t count)
{
    int32_t first = group->exception.day;
    int32_t last = first;
    for (uint32_t i = 1; i < count; i++) {
        first = group[i].exception.day < first ? group[i].exception.day : first;
        last = group[i].exception.day > last ? group[i].exception.day : last;
    }
    int32_t year = 0;
    uint32_t most = 0;
    for (int32_t y = year_of(first); y <= year_of(first) + 1; y++) {
        uint32_t within = 0;
        for (uint32_t i = 0; i < count; i++)
            within += year_of(group[i].exception.day) == y;
        bool is_near = first >= date_day((struct date){(int16_t)(y - 1), 12, 1}) &&
                       last <= date_day((struct date){(int16_t)(y + 1), 1, 31});
        if (is_near && within > 0 && within >= most) {
            year = y;
            most = within;
        }
    }
    return year;
}

static void find_years(const struct list *list, int32_t *years)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < list->count; i += count) {
        count = 1;
        while (i + count < list->count && list->at[i + count].group == list->at[i].group)
            count++;
        int32_t year = paper_year(&list->at[i], count);
        for (uint32_t j = i; j < i + count; j++)
            years[j] = year != 0 ? year : year_of(list->at[j].exception.day);
    }
}

int calendar_exceptions_at(struct arena *arena, const struct yaml_node *node,
                           struct problem_list *problems, struct calendar_page *page)
{
    struct calendar_definition *definition = &page->definition;
    struct list list = {.problems = problems};
    uint32_t index = 0;
    if (!yaml_is_list(node, problems))
        return CALENDAR_TEXT_E_BAD;
    for (const struct yaml_node *group = node->first; group != NULL; group = group->next)
        add_group(&list, group, index++);
    check_double_days(&list);
    check_known(&list, definition);
    struct calendar_exception *exceptions = arena_take(arena, list.count, sizeof *exceptions);
    page->exception_years = arena_take(arena, list.count, sizeof *page->exception_years);
    if (exceptions == NULL || page->exception_years == NULL || list.is_short) {
        free(list.at);
        return -ENOMEM;
    }
    for (uint32_t i = 0; i < list.count; i++)
        exceptions[i] = list.at[i].exception;
    find_years(&list, page->exception_years);
    definition->exceptions = exceptions;
    definition->exception_count = list.count;
    free(list.at);
    return list.is_bad ? CALENDAR_TEXT_E_BAD : 0;
}
