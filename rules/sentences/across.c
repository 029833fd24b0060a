/* across.c - a rule across cases read aloud: whose cases, in what window, and how many.
 */
#include "rules/sentences/sentences.h"

static void say_whose(const struct speaker *speaker)
{
    static const char *const per_en[] = {"org", "handler", "item", "area"};
    static const char *const per_zh[] = {"机构", "承办人", "事项", "行政区划"};
    static const char *const window_en[] = {" in one year", " in one quarter", " in one month",
                                            " in one day",  " in one second",  ""};
    static const char *const window_zh[] = {"同一年", "同一季度", "同一月", "同一日", "同一秒", ""};
    const struct rule_across *across = speaker->rule->across;
    if (speaker->is_zh)
        say_text(speaker, "  跨件：同一%s%s的", per_zh[across->per], window_zh[across->window]);
    else
        say_text(speaker, "  Across the cases of one %s%s: ", per_en[across->per],
                 window_en[across->window]);
    if (across->is_of_cards) {
        struct slice level = speaker->is_zh ? speaker->ruleset->level_titles_zh[across->level]
                                            : speaker->ruleset->levels[across->level];
        say_text(speaker, IN(speaker, "cards of the level %.*s", "%.*s"), SLICE_ARG(level));
        if (!slice_is_empty(across->of_rule))
            say_text(speaker, IN(speaker, " of the rule %.*s", "（规则 %.*s）"),
                     SLICE_ARG(across->of_rule));
        say_text(speaker, "%s", IN(speaker, " that are not withdrawn", "（未撤销的）"));
    } else {
        say_text(speaker, "%s", IN(speaker, "those with ", "办件，其间有 "));
        say_kinds(speaker, speaker->rule->on);
    }
    say_text(speaker, "\n");
}

static void say_how_many(const struct speaker *speaker)
{
    const struct rule_across *across = speaker->rule->across;
    const char *unit =
        across->is_of_cards ? IN(speaker, "cards", "张") : IN(speaker, "cases", "件");
    if (across->is_so != NULL) {
        say_condition(speaker, IN(speaker, "  Of these, those where ", "  其中符合条件的："),
                      across->is_so);
        say_text(speaker, "\n");
    }
    say_windows(speaker, across->is_so);
    if (across->form == ACROSS_COUNT) {
        say_text(speaker, IN(speaker, "  A card when there are %u %s", "  满 %u %s即发牌"),
                 across->at_least, unit);
    } else if (across->form == ACROSS_IN_A_ROW) {
        say_text(speaker,
                 IN(speaker, "  A card when %u %s running are so", "  连续 %u %s符合条件即发牌"),
                 across->at_least, unit);
        if (across->window == WINDOW_NONE)
            say_text(speaker, "%s",
                     IN(speaker,
                        "; they run on until one that is not so breaks them, with one card",
                        "；遇不如此的一件即断，每段连续只发一张"));
    } else {
        say_text(speaker, "%s",
                 across->is_reached ? IN(speaker, "  A card when they reach ", "  占比达到 ")
                                    : IN(speaker, "  A card when they are over ", "  占比超过 "));
        say_share(speaker, across->permille);
        say_text(speaker, IN(speaker, " of at least %u %s; judged ", " 即发牌（至少 %u %s）；"),
                 across->at_least, unit);
        if (!speaker->is_zh && term_is_set(across->judged)) {
            say_term(speaker, across->judged);
            say_text(speaker, " after the end of the window");
        } else if (term_is_set(across->judged)) {
            say_text(speaker, "期间结束后 ");
            say_term(speaker, across->judged);
            say_text(speaker, "判定");
        } else {
            say_text(speaker, "%s", IN(speaker, "at the end of the window", "期间结束时判定"));
        }
    }
    say_text(speaker, "\n");
}

void say_across(const struct speaker *speaker)
{
    say_whose(speaker);
    say_how_many(speaker);
}
