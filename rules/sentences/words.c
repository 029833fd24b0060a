/* words.c - what the sentences are made of: events, terms, shares, and how limits and cards are
 * called.
 */
#include "rules/sentences/sentences.h"

const char *const event_said_en[EVENT_KIND_COUNT] = {
    "",
#define KIND(name, NAME, en, zh) en,
#include "engine/model/kinds.def"
#undef KIND
};

void say_text(const struct speaker *speaker, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vfprintf(speaker->out, format, arguments);
    va_end(arguments);
}

void say_kinds(const struct speaker *speaker, event_kind_set kinds)
{
    const char *between = "";
    for (int kind = 1; kind < EVENT_KIND_COUNT; kind++) {
        if ((kinds & EVENT_KIND_BIT(kind)) == 0)
            continue;
        say_text(speaker, "%s%s (%s)", between,
                 IN(speaker, event_said_en[kind], event_kind_zh[kind]), event_kind_name[kind]);
        between = IN(speaker, ", ", "、");
    }
}

void say_term(const struct speaker *speaker, struct term term)
{
    static const char *const zh[UNIT_COUNT] = {
        "", "分钟", "小时", "工作分钟", "工作小时", "个自然日", "个工作日", "个月", "年"};
    if (term_is_same_day(term))
        say_text(speaker, "%s", IN(speaker, "the same day", "当日"));
    else if (speaker->is_zh)
        say_text(speaker, "%d %s", term.n, zh[term.unit]);
    else
        say_text(speaker, "%d %s%s", term.n, unit_name[term.unit], term.n == 1 ? "" : "s");
}

void say_share(const struct speaker *speaker, int32_t permille)
{
    if (permille % 10 == 0)
        say_text(speaker, "%d%%", permille / 10);
    else
        say_text(speaker, "%d.%d%%", permille / 10, permille % 10);
}

struct slice limit_said(const struct speaker *speaker, struct slice name)
{
    static const struct {
        const char *name;
        const char *zh;
    } titles[] = {
#define LIMIT(name, zh) {name, zh},
#include "engine/model/limit_names.def"
#undef LIMIT
    };
    for (size_t i = 0; speaker->is_zh && i < COUNT_OF(titles); i++)
        if (slice_is_equal(name, slice_of(titles[i].name)))
            return slice_of(titles[i].zh);
    return name;
}

struct slice card_title(const struct speaker *speaker, struct slice name)
{
    const struct ruleset *ruleset = speaker->ruleset;
    for (uint32_t i = 0; speaker->is_zh && i < ruleset->level_count; i++)
        if (slice_is_equal(name, ruleset->levels[i]))
            return ruleset->level_titles_zh[i];
    return name;
}
