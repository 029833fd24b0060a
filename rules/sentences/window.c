/* window.c - how a condition counts in a window, read aloud: of what, how long, and what
 * lies at its edges.
 */
#include "rules/sentences/sentences.h"

static bool is_of_days(enum unit unit)
{
    return unit == UNIT_DAY || unit == UNIT_WORKDAY || unit == UNIT_MONTH || unit == UNIT_YEAR;
}

static void say_window(const struct speaker *speaker, const struct window *window)
{
    bool is_days = is_of_days(window->within.unit);
    if (speaker->is_zh) {
        say_text(speaker, "    计数：%s", window->is_of_step ? "同一环节的 " : "");
        say_kinds(speaker, EVENT_KIND_BIT(window->kind));
        say_text(speaker, "，其后 ");
        say_term(speaker, window->within);
        say_text(speaker, "内发生本事件的（本事件亦计入）；%s\n",
                 is_days ? "当日不计，末日截至 24:00" : "自该时刻起算，期满时刻仍在其内");
        return;
    }
    say_text(speaker, "    Counted: ");
    say_kinds(speaker, EVENT_KIND_BIT(window->kind));
    say_text(speaker, "%s, where this event comes within ",
             window->is_of_step ? " of the same step" : "");
    say_term(speaker, window->within);
    say_text(speaker, " after it (this event included); %s\n",
             is_days ? "its own day is not counted, the last day ends at 24:00"
                     : "from the moment, the very end still inside");
}

void say_windows(const struct speaker *speaker, const struct condition *condition)
{
    for (uint32_t i = 0; condition != NULL && i < condition->window_count; i++)
        say_window(speaker, &condition->windows[i]);
}
