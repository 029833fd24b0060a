/* calendar_hours.c - working hours and weeks as people write them. */
#include "rules/days/calendar_parts.h"

static const char *const weekday_name[7] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

static bool is_between(char c)
{
    return c == ' ' || c == ',' || c == '\t' || c == '\n';
}

/* The next word of the text, which then begins behind it; empty: there is none left. */
static struct slice take_word(struct slice *text)
{
    while (text->count > 0 && is_between(text->start[0])) {
        text->start++;
        text->count--;
    }
    struct slice word = {.start = text->start};
    while (word.count < text->count && !is_between(text->start[word.count]))
        word.count++;
    text->start += word.count;
    text->count -= word.count;
    return word;
}

/* The two sides of the first '-' in a word. */
static bool split(struct slice word, struct slice *left, struct slice *right)
{
    const char *dash = word.count == 0 ? NULL : memchr(word.start, '-', word.count);
    if (dash == NULL)
        return false;
    *left = (struct slice){.start = word.start, .count = (size_t)(dash - word.start)};
    *right = (struct slice){.start = dash + 1, .count = word.count - left->count - 1};
    return true;
}

static bool interval_at(const struct yaml_node *node, struct slice word,
                        struct problem_list *problems, struct calendar_interval *interval)
{
    struct slice from;
    struct slice to;
    if (!split(word, &from, &to) || clock_parse(from, &interval->from_ms) != 0 ||
        clock_parse(to, &interval->to_ms) != 0) {
        yaml_error(node, problems,
                   "\"%.*s\" is not a span of working time; write it like \"09:00-12:00\"",
                   "“%.*s”不是工作时段；请写成“09:00-12:00”的形式", SLICE_ARG(word));
        return false;
    }
    if (interval->to_ms > interval->from_ms)
        return true;
    yaml_error(node, problems,
               "\"%.*s\" ends before it begins; work past midnight is written in two spans, "
               "up to 24:00 and, on the next day, from 00:00",
               "“%.*s”的结束早于开始；跨午夜的时段请分写为两段：至 24:00，以及次日自 00:00 起",
               SLICE_ARG(word));
    return false;
}

bool calendar_hours_at(const struct yaml_node *node, struct problem_list *problems,
                       struct calendar_hours *hours_out)
{
    struct calendar_hours hours = {0};
    if (!yaml_is_scalar(node, problems))
        return false;
    if (slice_is_equal(node->value, SLICE("off"))) {
        *hours_out = hours;
        return true;
    }
    struct slice rest = node->value;
    for (struct slice word = take_word(&rest); word.count > 0; word = take_word(&rest)) {
        struct calendar_interval interval;
        if (!interval_at(node, word, problems, &interval))
            return false;
        if (hours.count > 0 && interval.from_ms <= hours.at[hours.count - 1].to_ms) {
            yaml_error(node, problems,
                       "\"%.*s\" overlaps or touches the span before it; join them, earliest first",
                       "“%.*s”与前一时段重叠或相接；请合并，并按先后排列", SLICE_ARG(word));
            return false;
        }
        if (hours.count == CALENDAR_INTERVALS_MAX) {
            yaml_error(node, problems, "more than %d spans of working time in one day",
                       "一天内的工作时段超过 %d 个", CALENDAR_INTERVALS_MAX);
            return false;
        }
        hours.at[hours.count++] = interval;
    }
    if (hours.count == 0) {
        yaml_error(node, problems, "no working time here; for a day off write off",
                   "此处没有工作时段；休息日请写 off");
        return false;
    }
    *hours_out = hours;
    return true;
}

static int weekday_of(struct slice name)
{
    for (int i = 0; i < 7; i++)
        if (slice_is_equal(name, slice_of(weekday_name[i])))
            return i;
    return -1;
}

/* "mon", "mon-fri", "mon,wed" to a set of bits; 0: it is none of these. */
static unsigned weekdays_of(struct slice key)
{
    unsigned set = 0;
    for (struct slice word = take_word(&key); word.count > 0; word = take_word(&key)) {
        struct slice from = word;
        struct slice to = word;
        (void)split(word, &from, &to); /* a single day is a span from itself to itself */
        int first = weekday_of(from);
        int last = weekday_of(to);
        if (first < 0 || last < first)
            return 0;
        for (int i = first; i <= last; i++)
            set |= 1U << i;
    }
    return set;
}

bool calendar_week_at(const struct yaml_node *node, bool may_be_off, struct problem_list *problems,
                      struct calendar_hours week_out[7])
{
    unsigned stated = 0;
    bool is_good = true;
    if (!yaml_is_map(node, problems))
        return false;
    memset(week_out, 0, 7 * sizeof *week_out);
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        struct calendar_hours hours;
        unsigned set = weekdays_of(child->key);
        if (set == 0 || (stated & set) != 0) {
            problem_error(problems, child->file, child->key_line, child->key_column,
                          set == 0 ? "\"%.*s\" is no day of the week; days are mon tue wed thu fri "
                                     "sat sun, spans like mon-fri"
                                   : "\"%.*s\" names a day that was named before",
                          set == 0 ? "“%.*s”不是星期；可用 mon tue wed thu fri sat sun，"
                                     "或 mon-fri 这样的范围"
                                   : "“%.*s”中有前面已写过的日子",
                          SLICE_ARG(child->key));
            is_good = false;
            continue;
        }
        stated |= set;
        if (!calendar_hours_at(child, problems, &hours)) {
            is_good = false;
            continue;
        }
        if (hours.count == 0 && !may_be_off) {
            yaml_error(child, problems,
                       "a season changes hours, not days; for days off use exceptions",
                       "季节只改变作息时间，不改变工作日；休息日请写在 exceptions 中");
            is_good = false;
        }
        for (int i = 0; i < 7; i++)
            if (set & 1U << i)
                week_out[i] = hours;
    }
    return is_good;
}
