/* options_value.c - one value: text to what a row asks for, and back. */
#include "engine/sys/options_parts.h"

#include "engine/sys/lang.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct span_unit {
    const char *name;
    int64_t ms;
};

/* A name may carry an s behind it; the first of each length is the one that is printed. */
static const struct span_unit span_units[] = {
    {"day", 86400000}, {"hour", 3600000}, {"minute", 60000}, {"second", 1000}, {"ms", 1},
    {"天", 86400000},  {"小时", 3600000}, {"分钟", 60000},   {"秒", 1000},     {"毫秒", 1},
};
enum { SPAN_UNITS_PRINTED = 5 };

static bool number_parse(const char *text, int64_t *number_out, const char **rest_out)
{
    char *end = NULL;
    errno = 0;
    intmax_t number = strtoimax(text, &end, 10);
    if (end == text || errno != 0 || isspace((unsigned char)text[0]) || text[0] == '+')
        return false;
    *number_out = number;
    *rest_out = end;
    return true;
}

static bool span_unit_find(const char *name, int64_t *ms_out)
{
    for (size_t i = 0; i < COUNT_OF(span_units); i++) {
        size_t count = strlen(span_units[i].name);
        if (strncmp(name, span_units[i].name, count) != 0)
            continue;
        bool is_plural = name[count] == 's' && name[count + 1] == '\0';
        if (name[count] == '\0' || is_plural) {
            *ms_out = span_units[i].ms;
            return true;
        }
    }
    return false;
}

static void span_format(int64_t ms, char *text, size_t room)
{
    for (size_t i = 0; i < SPAN_UNITS_PRINTED; i++) {
        int64_t unit_ms = span_units[i].ms;
        if (ms % unit_ms == 0 && (ms != 0 || unit_ms == 1)) {
            (void)snprintf(text, room, "%" PRId64 " %s", ms / unit_ms, span_units[i].name);
            return;
        }
    }
}

/* A row without limits has min and max both 0. */
static bool is_within(const struct option *option, int64_t number, char reason[REASON_BYTES])
{
    if ((option->min == 0 && option->max == 0) || (number >= option->min && number <= option->max))
        return true;
    char low[32];
    char high[32];
    if (option->type == OPTION_DURATION) {
        span_format(option->min, low, sizeof low);
        span_format(option->max, high, sizeof high);
    } else {
        (void)snprintf(low, sizeof low, "%" PRId64, option->min);
        (void)snprintf(high, sizeof high, "%" PRId64, option->max);
    }
    (void)snprintf(reason, REASON_BYTES, say("must be %s to %s", "必须在 %s 到 %s 之间"), low,
                   high);
    return false;
}

static bool take_number(const struct option *option, const char *text, char reason[REASON_BYTES])
{
    int64_t number = 0;
    const char *rest = NULL;
    if (!number_parse(text, &number, &rest) || *rest != '\0') {
        (void)snprintf(reason, REASON_BYTES,
                       say("\"%.60s\" is not a whole number", "“%.60s”不是整数"), text);
        return false;
    }
    if (!is_within(option, number, reason))
        return false;
    *(int64_t *)option->place = number;
    return true;
}

static bool take_span(const struct option *option, const char *text, char reason[REASON_BYTES])
{
    int64_t number = 0;
    int64_t unit_ms = 0;
    const char *rest = NULL;
    bool is_number = number_parse(text, &number, &rest) && number >= 0;
    if (is_number && *rest == '\0') {
        (void)snprintf(
            reason, REASON_BYTES,
            say("\"%.60s\" has no unit: write \"%.20s second\" or another of ms, second, "
                "minute, hour, day",
                "“%.60s”没有单位：请写“%.20s second”，单位可为 ms second minute hour day"),
            text, text);
        return false;
    }
    if (is_number)
        rest += strspn(rest, " ");
    if (!is_number || !span_unit_find(rest, &unit_ms) || number > INT64_MAX / unit_ms) {
        (void)snprintf(reason, REASON_BYTES,
                       say("\"%.60s\" is not a length of time such as \"500 ms\" or \"10 second\"",
                           "“%.60s”不是时长，例如“500 ms”或“10 second”"),
                       text);
        return false;
    }
    if (!is_within(option, number * unit_ms, reason))
        return false;
    *(int64_t *)option->place = number * unit_ms;
    return true;
}

static bool take_flag(const struct option *option, const char *text, char reason[REASON_BYTES])
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on", "0", "1"};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (strcmp(text, words[i]) == 0) {
            *(bool *)option->place = i % 2 == 1;
            return true;
        }
    }
    (void)snprintf(reason, REASON_BYTES,
                   say("\"%.60s\" is neither true nor false", "“%.60s”不是 true 或 false"), text);
    return false;
}

/* A stronger origin replaces the list, the same one adds to it. */
static bool take_entry(struct setting *setting, enum origin origin, const char *text,
                       char reason[REASON_BYTES])
{
    struct option_list *list = setting->option->place;
    if (setting->origin != origin)
        list->count = 0;
    if (list->count == COUNT_OF(list->values)) {
        (void)snprintf(reason, REASON_BYTES, say("more than %zu values", "超过 %zu 个值"),
                       COUNT_OF(list->values));
        return false;
    }
    list->values[list->count++] = text;
    return true;
}

bool setting_take(struct setting *setting, enum origin origin, const char *where, const char *text,
                  char reason[REASON_BYTES])
{
    const struct option *option = setting->option;
    bool is_good = true;
    switch (option->type) {
    case OPTION_TEXT:
        *(const char **)option->place = text;
        break;
    case OPTION_FLAG:
        is_good = take_flag(option, text, reason);
        break;
    case OPTION_NUMBER:
        is_good = take_number(option, text, reason);
        break;
    case OPTION_DURATION:
        is_good = take_span(option, text, reason);
        break;
    case OPTION_LIST:
        is_good = take_entry(setting, origin, text, reason);
        break;
    }
    if (is_good) {
        setting->origin = origin;
        setting->where = where;
    }
    return is_good;
}

static void list_format(const struct option_list *list, char *text, size_t room)
{
    size_t count = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < list->count && count < room; i++)
        count += (size_t)snprintf(text + count, room - count, "%s%s", i == 0 ? "" : ", ",
                                  list->values[i]);
}

const char *setting_format(const struct setting *setting, char *text, size_t room)
{
    const struct option *option = setting->option;
    const char *string = NULL;
    switch (option->type) {
    case OPTION_TEXT:
        string = *(const char **)option->place;
        (void)snprintf(text, room, "%s", string == NULL ? "-" : string);
        break;
    case OPTION_FLAG:
        (void)snprintf(text, room, "%s", *(const bool *)option->place ? "true" : "false");
        break;
    case OPTION_NUMBER:
        (void)snprintf(text, room, "%" PRId64, *(const int64_t *)option->place);
        break;
    case OPTION_DURATION:
        span_format(*(const int64_t *)option->place, text, room);
        break;
    case OPTION_LIST:
        list_format(option->place, text, room);
        break;
    }
    return text;
}
