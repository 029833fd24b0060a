/* calendar_book.c - calendars together: who inherits from whom, and what a chain as a whole lacks.
 */
#include "rules/days/calendar_text.h"

#include <errno.h>

bool calendar_book_init(struct calendar_book *book)
{
    *book = (struct calendar_book){.arena = arena_create()};
    return book->arena != NULL;
}

void calendar_book_clear(struct calendar_book *book)
{
    arena_destroy(&book->arena);
    *book = (struct calendar_book){0};
}

static struct calendar_page *page_find(const struct calendar_book *book, struct slice name)
{
    for (struct calendar_page *page = book->first; page != NULL; page = page->next)
        if (slice_is_equal(page->definition.name, name))
            return page;
    return NULL;
}

const struct calendar_page *calendar_book_find(const struct calendar_book *book, struct slice name)
{
    return page_find(book, name);
}

static struct calendar_page *parent_find(const struct calendar_book *book,
                                         const struct calendar_page *page)
{
    return page->parent.count == 0 ? NULL : page_find(book, page->parent);
}

enum { NAMES_MAX = 64 };

static void tell_unknown_parent(const struct calendar_book *book, const struct calendar_page *page,
                                struct problem_list *problems)
{
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (const struct calendar_page *at = book->first; at != NULL && count < NAMES_MAX;
         at = at->next)
        if (at != page)
            names[count++] = at->definition.name.start;
    const struct yaml_node *node = yaml_find(page->root, "inherits");
    const char *nearest = text_nearest(page->parent, names, count);
    if (nearest == NULL)
        yaml_error(node, problems, "there is no calendar \"%.*s\" to inherit from",
                   "没有可继承的日历“%.*s”", SLICE_ARG(page->parent));
    else
        yaml_error(node, problems,
                   "there is no calendar \"%.*s\" to inherit from; did you mean \"%s\"?",
                   "没有可继承的日历“%.*s”；是否想写“%s”？", SLICE_ARG(page->parent), nearest);
}

/* The levels above a page, itself included; 0: it comes back to itself, or there are too many. */
static uint32_t depth_of(const struct calendar_book *book, const struct calendar_page *page)
{
    uint32_t depth = 0;
    for (const struct calendar_page *at = page; at != NULL; at = parent_find(book, at))
        if (++depth > CALENDAR_DEPTH_MAX)
            return 0;
    return depth;
}

static void check_depth(const struct calendar_book *book, struct calendar_page *page,
                        struct problem_list *problems)
{
    const struct yaml_node *node = yaml_find(page->root, "inherits");
    if (depth_of(book, page) > 0)
        return;
    page->is_bad = true;
    const struct calendar_page *at = page;
    for (uint32_t i = 0; i <= book->count; i++) {
        at = parent_find(book, at);
        if (at != page)
            continue;
        yaml_error(node, problems, "\"%.*s\" inherits from itself, over %u levels",
                   "“%.*s”经 %u 层继承后回到自身", SLICE_ARG(page->definition.name), i + 1);
        return;
    }
    yaml_error(node, problems, "more than %d levels of inheritance, or a circle above",
               "继承超过 %d 层，或上级成环", CALENDAR_DEPTH_MAX);
}

static void check_chain(struct calendar_page *page, struct problem_list *problems)
{
    bool has_zone = false;
    bool has_week = false;
    bool has_from = false;
    bool has_to = false;
    for (const struct calendar_definition *at = &page->definition; at != NULL; at = at->parent) {
        has_zone |= at->zone != NULL;
        has_week |= at->has_week;
        has_from |= at->first_day != INT32_MIN;
        has_to |= at->horizon_day != INT32_MIN;
    }
    if (has_zone && has_week && has_from && has_to)
        return;
    page->is_bad = true;
    if (!has_zone)
        yaml_error(page->root, problems,
                   "neither this calendar nor one it inherits from names its zone (zone:)",
                   "本日历及其上级均未写时区（zone:）");
    if (!has_week)
        yaml_error(page->root, problems,
                   "neither this calendar nor one it inherits from states a week (week:)",
                   "本日历及其上级均未写每周作息（week:）");
    if (!has_from || !has_to)
        yaml_error(page->root, problems,
                   "neither this calendar nor one it inherits from says which days are officially "
                   "known (known: {from: 2025-01-01, to: 2025-12-31})",
                   "本日历及其上级均未写官方已公布的起止日（known: {from: 2025-01-01, to: "
                   "2025-12-31}）");
}

/* A level that claims to know more than the one above it hides that the next paper is missing. */
static void warn_horizon(const struct calendar_page *page, struct problem_list *problems)
{
    const struct calendar_definition *parent = page->definition.parent;
    while (parent != NULL && parent->horizon_day == INT32_MIN)
        parent = parent->parent;
    if (parent == NULL || page->definition.horizon_day == INT32_MIN ||
        page->definition.horizon_day <= parent->horizon_day)
        return;
    char date[DATE_TEXT_BYTES];
    yaml_warn(yaml_find(page->root, "known"), problems,
              "known.to is later than the %s of \"%.*s\", from which this calendar inherits",
              "known.to 晚于 %s（上级日历“%.*s”的已知截止日）",
              date_format(parent->horizon_day, date), SLICE_ARG(parent->name));
}

/* Days of its own that lie beyond what the calendar above it knows: they count when the next paper
 * is there. (Its own known.to was compared where it stands.) */
static void warn_days_beyond(const struct calendar_page *page, struct problem_list *problems)
{
    const struct calendar_definition *own = &page->definition;
    const struct calendar_definition *known = own->parent;
    while (known != NULL && known->horizon_day == INT32_MIN)
        known = known->parent;
    if (known == NULL || own->horizon_day != INT32_MIN || problems->is_in_force)
        return;
    uint32_t count = 0;
    int32_t first = INT32_MAX;
    for (uint32_t i = 0; i < own->exception_count; i++) {
        if (own->exceptions[i].day <= known->horizon_day)
            continue;
        count++;
        first = own->exceptions[i].day < first ? own->exceptions[i].day : first;
    }
    char date[DATE_TEXT_BYTES];
    char horizon[DATE_TEXT_BYTES];
    if (count > 0)
        yaml_warn(yaml_find(page->root, "exceptions"), problems,
                  "days that are not used yet: %u, the first %s; \"%.*s\" is known to %s",
                  "尚未生效的日子：%u 天，首个为 %s；“%.*s”只公布到 %s", count,
                  date_format(first, date), SLICE_ARG(known->name),
                  date_format(known->horizon_day, horizon));
}

int calendar_text_resolve(struct calendar_book *book, struct problem_list *problems)
{
    bool is_bad = false;
    for (struct calendar_page *page = book->first; page != NULL; page = page->next) {
        if (page->parent.count > 0 && parent_find(book, page) == NULL) {
            tell_unknown_parent(book, page, problems);
            page->is_bad = true;
        } else {
            check_depth(book, page, problems);
        }
    }
    /* Only now is it sure that no chain comes back to itself. */
    for (struct calendar_page *page = book->first; page != NULL; page = page->next) {
        const struct calendar_page *parent = parent_find(book, page);
        if (parent != NULL && depth_of(book, page) > 0)
            page->definition.parent = &parent->definition;
    }
    for (struct calendar_page *page = book->first; page != NULL; page = page->next) {
        for (const struct calendar_page *at = page; !page->is_bad && at != NULL;
             at = parent_find(book, at))
            page->is_bad = at->is_bad; /* told where it stands; what hangs on it cannot be built */
        if (!page->is_bad) {
            check_chain(page, problems);
            warn_horizon(page, problems);
            warn_days_beyond(page, problems);
        }
        is_bad |= page->is_bad;
    }
    return is_bad ? CALENDAR_TEXT_E_BAD : 0;
}

int calendar_book_build(const struct calendar_page *page, struct calendar **calendar_out)
{
    if (page->is_bad)
        return CALENDAR_TEXT_E_BAD;
    int status = calendar_create(&page->definition, calendar_out);
    return status > 0 ? CALENDAR_TEXT_E_BAD : status;
}
