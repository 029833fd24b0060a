/* sentences.c - a rule read aloud, in Chinese or in English: each setting as what it does to a
 * case, so that a person who knows the regulation and no YAML can say whether it is right.
 */
#include "rules/sentences/sentences.h"

#include "engine/base/date.h"

static void say_date(const struct speaker *speaker, struct instant at)
{
    char text[DATE_TEXT_BYTES];
    int32_t ms = 0;
    int32_t day = speaker->rule->calendar == NULL
                      ? (int32_t)(at.ms / DATE_DAY_MS)
                      : calendar_local_day(speaker->rule->calendar, at, &ms);
    say_text(speaker, "%s", date_format(day, text));
}

/* ---- to what ----------------------------------------------------------------------------------
 */

static void say_scope(const struct speaker *speaker)
{
    const struct rule *rule = speaker->rule;
    const char *between = "";
    say_text(speaker, "  %s", IN(speaker, "Applies to: ", "适用："));
    if (rule->item_kinds == 0)
        say_text(speaker, "%s", IN(speaker, "all cases", "全部办件"));
    for (int kind = 0; kind < ITEM_KIND_COUNT; kind++) {
        if ((rule->item_kinds & (UINT32_C(1) << kind)) == 0)
            continue;
        say_text(speaker, "%s%s", between, IN(speaker, item_kind_name[kind], item_kind_zh[kind]));
        between = IN(speaker, ", ", "、");
    }
    for (uint32_t i = 0; i < rule->item_count; i++)
        say_text(speaker, "%s%.*s",
                 i > 0 ? IN(speaker, ", ", "、") : IN(speaker, "; items ", "；事项 "),
                 SLICE_ARG(rule->items[i]));
    if (rule->applies != NULL)
        say_condition(speaker, IN(speaker, "; when ", "；条件："), rule->applies);
    if (instant_is_set(rule->valid_from)) {
        say_text(speaker, "%s", IN(speaker, "; begun on or after ", "；起算日不早于 "));
        say_date(speaker, rule->valid_from);
    }
    if (rule->valid_to.ms != INT64_MAX) {
        say_text(speaker, "%s", IN(speaker, "; begun before ", "；起算日早于 "));
        say_date(speaker, rule->valid_to);
    }
    say_text(speaker, "\n");
    say_windows(speaker, rule->applies);
}

/* ---- the clock --------------------------------------------------------------------------------
 */

static void say_events(const struct speaker *speaker, const char *label, event_kind_set kinds,
                       const struct condition *when)
{
    if (kinds == 0)
        return;
    say_text(speaker, "  %s", label);
    say_kinds(speaker, kinds);
    if (when != NULL)
        say_condition(speaker, IN(speaker, ", when ", "，条件："), when);
    say_text(speaker, "\n");
    say_windows(speaker, when);
}

static void say_pauses(const struct speaker *speaker)
{
    const struct rule *rule = speaker->rule;
    for (uint32_t i = 0; i < rule->pause_count; i++) {
        const struct rule_pause *pause = &rule->pauses[i];
        say_text(speaker, "  %s", IN(speaker, "Not counted: from ", "不计入：自 "));
        say_kinds(speaker, EVENT_KIND_BIT(pause->from));
        say_text(speaker, "%s", IN(speaker, " to ", " 至 "));
        say_kinds(speaker, EVENT_KIND_BIT(pause->to));
        if (term_is_set(pause->term)) {
            say_text(speaker, "%s", IN(speaker, "; its usual length is ", "；默认期限 "));
            say_term(speaker, pause->term);
        }
        if (term_is_set(pause->cap)) {
            say_text(speaker, "%s", IN(speaker, "; at most ", "；合计至多 "));
            say_term(speaker, pause->cap);
        }
        say_text(speaker, "\n");
    }
}

static void say_time_of_day(const struct speaker *speaker, int32_t ms)
{
    say_text(speaker, "%02d:%02d", ms / 3600000, ms / 60000 % 60);
}

static void say_start_at(const struct speaker *speaker)
{
    const struct counting *counting = &speaker->rule->counting;
    if (counting->day_off_same_time)
        say_text(speaker, "  %s\n",
                 IN(speaker, "A start on a day off counts from the next workday, same time of day.",
                    "非工作日开始的，自下一工作日同一时刻起算。"));
    if (counting->cutoff_ms >= 0) {
        say_text(speaker, "  %s", IN(speaker, "A start at or after ", "当日 "));
        say_time_of_day(speaker, counting->cutoff_ms);
        say_text(speaker, "%s",
                 IN(speaker, " counts from the next workday at ", " 及以后开始的，自下一工作日 "));
        say_time_of_day(speaker, counting->cutoff_to_ms);
        say_text(speaker, "%s\n", IN(speaker, ".", " 起算。"));
    }
    if (counting->start_moment)
        say_text(speaker, "  %s\n",
                 IN(speaker, "A start outside working time counts from the next working moment.",
                    "工作时间以外开始的，自下一工作时刻起算。"));
}

static void say_counting(const struct speaker *speaker)
{
    const struct counting *counting = &speaker->rule->counting;
    say_text(speaker, "  ");
    if (counting->count == COUNT_DAY)
        say_text(speaker, "%s%s%s\n",
                 IN(speaker,
                    "Counting: by days; the day of the start is not counted; the last day ends ",
                    "计算：按日；开始之日不计入；最后一日截至"),
                 counting->end_at_close ? IN(speaker, "at close of business", "下班时")
                                        : IN(speaker, "at 24:00", " 24:00"),
                 counting->roll
                     ? IN(speaker,
                          "; in natural days, an end on a day off moves to the next workday.",
                          "；按自然日计的，末日为休息日则顺延至下一工作日。")
                     : IN(speaker, ".", "。"));
    else if (counting->count == COUNT_INSTANT)
        say_text(speaker, "%s\n",
                 IN(speaker, "Counting: to the same clock time, that many units later.",
                    "计算：满相应期限后的同一时刻。"));
    else
        say_text(speaker, "%s\n",
                 IN(speaker, "Counting: working time used, rounded up to whole workdays.",
                    "计算：已用工作时间向上取整为工作日。"));
    say_start_at(speaker);
}

static struct slice limit_title(const struct speaker *speaker, uint32_t limit)
{
    return limit_said(speaker, speaker->ruleset->limit_names[speaker->rule->limits[limit].name]);
}

static void say_limit(const struct speaker *speaker, uint32_t index)
{
    static const char *const en[LIMIT_SOURCE_COUNT] = {
        "what the event says", "the item's", "that of its kind", "the org's", "the step's"};
    static const char *const zh[LIMIT_SOURCE_COUNT] = {"事件所载", "事项规定", "事项类型规定",
                                                       "机构规定", "环节规定"};
    const struct rule_limit *limit = &speaker->rule->limits[index];
    const char *between = "";
    struct slice title = limit_title(speaker, index);
    say_text(speaker, IN(speaker, "  Limit \"%.*s\": ", "  时限“%.*s”："), SLICE_ARG(title));
    for (uint32_t i = 0; i < limit->source_count; i++) {
        say_text(speaker, "%s%s", between,
                 IN(speaker, en[limit->sources[i]], zh[limit->sources[i]]));
        between = IN(speaker, ", else ", "，否则");
    }
    if (term_is_set(limit->otherwise)) {
        bool is_number = !term_is_same_day(limit->otherwise) && limit->source_count > 0;
        say_text(speaker, "%s%s", between, IN(speaker, "", is_number ? " " : ""));
        say_term(speaker, limit->otherwise);
    } else {
        say_text(speaker, "%s", IN(speaker, ", else there is none", "，否则无此时限"));
    }
    say_text(speaker, "\n");
    for (int kind = 0; kind < ITEM_KIND_COUNT; kind++) {
        if (!term_is_set(limit->by_kind[kind]))
            continue;
        say_text(speaker, "    %s%s", IN(speaker, item_kind_name[kind], item_kind_zh[kind]),
                 IN(speaker, ": ", "："));
        say_term(speaker, limit->by_kind[kind]);
        say_text(speaker, "\n");
    }
}

static void say_extension(const struct speaker *speaker)
{
    const struct rule_extension *extension = &speaker->rule->extension;
    if (extension->times_max == 0)
        return;
    say_text(speaker, "  %s", IN(speaker, "Extension: ", "延期："));
    if (extension->times_max == 1)
        say_text(speaker, "%s", IN(speaker, "once, by at most ", "一次，至多 "));
    else
        say_text(speaker, IN(speaker, "%u times, each by at most ", "至多 %u 次，每次至多 "),
                 extension->times_max);
    say_term(speaker, extension->by);
    say_text(speaker, "%s\n",
             extension->after_due_allowed
                 ? IN(speaker, ", asked for at any time", "，任何时候均可提出")
                 : IN(speaker, ", asked for before the limit is over", "，须在期满前提出"));
}

/* ---- the cards --------------------------------------------------------------------------------
 */

static void say_before_or_after(const struct speaker *speaker, const struct rung *rung)
{
    struct slice title = limit_title(speaker, rung->limit);
    bool is_before = rung->form == RUNG_BEFORE;
    if (!term_is_set(rung->offset)) {
        say_text(speaker, IN(speaker, "when the limit \"%.*s\" is over", "“%.*s”届满"),
                 SLICE_ARG(title));
    } else if (speaker->is_zh) {
        say_text(speaker, is_before ? "“%.*s”届满前 " : "“%.*s”届满后 ", SLICE_ARG(title));
        say_term(speaker, rung->offset);
    } else {
        say_term(speaker, rung->offset);
        say_text(speaker,
                 is_before ? " before the limit \"%.*s\" is over"
                           : " after the limit \"%.*s\" was over",
                 SLICE_ARG(title));
    }
}

static void say_over(const struct speaker *speaker, const struct rung *rung)
{
    struct slice title = limit_title(speaker, rung->limit);
    int32_t k = rung->over_at_least;
    if (k > 0)
        say_text(speaker,
                 IN(speaker, "when %d whole workday%.*s or more over the limit \"%.*s\" are used",
                    "所用时间（向上取整）超过时限 %d 个工作日%.*s及以上（“%.*s”）"),
                 k, !speaker->is_zh && k > 1, "s", SLICE_ARG(title));
    else
        say_text(speaker,
                 IN(speaker, "when %d whole workday%.*s or fewer are left of the limit \"%.*s\"",
                    "所用时间（向上取整）距期满剩 %d 个工作日%.*s及以下（“%.*s”）"),
                 -k, !speaker->is_zh && k < -1, "s", SLICE_ARG(title));
}

static void say_cutoff(const struct speaker *speaker, const struct rung *rung)
{
    bool is_ahead = term_is_set(rung->offset);
    say_text(speaker, "%s", IN(speaker, "on the day the limit ends, ", "期满当日 "));
    if (is_ahead && !speaker->is_zh) {
        say_term(speaker, rung->offset);
        say_text(speaker, " before ");
    }
    say_time_of_day(speaker, rung->cutoff_ms);
    if (is_ahead && speaker->is_zh) {
        say_text(speaker, " 前 ");
        say_term(speaker, rung->offset);
    }
}

static void say_chain(const struct speaker *speaker, const struct rung *rung)
{
    struct slice title = card_title(speaker, speaker->rule->rungs[rung->chain_rung].name);
    if (speaker->is_zh) {
        say_text(speaker, "%.*s发出后 ", SLICE_ARG(title));
        say_term(speaker, rung->offset);
        say_text(speaker, "仍未结束");
    } else {
        say_term(speaker, rung->offset);
        say_text(speaker, " after the card \"%.*s\", unless the clock has ended by then",
                 SLICE_ARG(title));
    }
}

static void say_when(const struct speaker *speaker, const struct rung *rung)
{
    struct slice title = limit_title(speaker, rung->limit);
    switch (rung->form) {
    case RUNG_BEFORE:
    case RUNG_AT:
    case RUNG_AFTER:
        say_before_or_after(speaker, rung);
        break;
    case RUNG_SHARE:
        if (speaker->is_zh)
            say_text(speaker, "用去“%.*s”的 ", SLICE_ARG(title));
        else
            say_text(speaker, "when ");
        say_share(speaker, rung->share_permille);
        if (!speaker->is_zh)
            say_text(speaker, " of the limit \"%.*s\" is used", SLICE_ARG(title));
        break;
    case RUNG_OVER:
        say_over(speaker, rung);
        break;
    case RUNG_CUTOFF:
        say_cutoff(speaker, rung);
        break;
    case RUNG_CHAIN:
        say_chain(speaker, rung);
        break;
    }
}

static void say_confirm(const struct speaker *speaker, const struct rung *rung)
{
    say_text(speaker, "%s", IN(speaker, "; a supervisor releases it", "；由监察员确认后发出"));
    if (!term_is_set(rung->confirm_within))
        return;
    say_text(speaker, "%s", IN(speaker, ", within ", "，限 "));
    say_term(speaker, rung->confirm_within);
    say_text(speaker, "%s",
             rung->confirm_issues
                 ? IN(speaker, ", else it is issued", "内，逾期自动发出")
                 : IN(speaker, ", else it is told as overdue", "内，逾期则提示超期未定"));
}

static void say_rung(const struct speaker *speaker, const struct rung *rung)
{
    const struct ruleset *ruleset = speaker->ruleset;
    if (speaker->is_zh)
        say_text(speaker, "    %.*s：", SLICE_ARG(ruleset->level_titles_zh[rung->level]));
    else
        say_text(speaker, "    %.*s: ", SLICE_ARG(ruleset->levels[rung->level]));
    if (speaker->rule->form == RULE_CLOCK)
        say_when(speaker, rung);
    else if (speaker->rule->form == RULE_FACT)
        say_text(speaker, "%s", IN(speaker, "at the instant of the event", "于该事件发生之时"));
    else
        say_text(speaker, "%s", IN(speaker, "whenever that is so", "符合上述条件即发"));
    if (rung->when != NULL)
        say_condition(speaker, IN(speaker, "; if ", "；条件："), rung->when);
    if (!rung->after_finish)
        say_text(speaker, "%s", IN(speaker, "; not once it is finished", "；办结后不再发"));
    if (!rung->after_limit)
        say_text(speaker, "%s",
                 IN(speaker, "; not once the limit is over", "；期满后才发现的不再发"));
    if (rung->to_supervisor)
        say_text(speaker, "%s", IN(speaker, "; to the supervising org", "；发给主管机构"));
    if (rung->to_org.count > 0)
        say_text(speaker, IN(speaker, "; to the org %.*s", "；发给机构 %.*s"),
                 SLICE_ARG(rung->to_org));
    for (uint32_t i = 0; i < rung->dismiss_count; i++)
        say_text(speaker, IN(speaker, "; it dismisses the cards of %.*s", "；使“%.*s”的牌摘牌"),
                 SLICE_ARG(rung->dismisses[i]));
    if (rung->issue == ISSUE_CONFIRM)
        say_confirm(speaker, rung);
    if (rung->issue == ISSUE_SHADOW)
        say_text(speaker, "%s", IN(speaker, "; recorded only, never public", "；只记录，不公开"));
    say_text(speaker, "\n");
}

static void say_cards(const struct speaker *speaker)
{
    const struct rule *rule = speaker->rule;
    if (rule->form == RULE_CLOCK)
        say_text(
            speaker, "  %s\n",
            IN(speaker, "Cards, each strictly after its instant:", "发牌（均在该时刻之后）："));
    else
        say_text(speaker, "  %s\n", IN(speaker, "Card:", "发牌："));
    for (uint32_t i = 0; i < rule->rung_count; i++)
        say_rung(speaker, &rule->rungs[i]);
    if (rule->rung_count == 1)
        return; /* what follows is about several */
    if (rule->late_discovery == DISCOVER_HIGHEST)
        say_text(speaker, "  %s\n",
                 IN(speaker, "A case first seen late gets its highest card only.",
                    "迟到发现的办件只发最高一级。"));
    if (rule->supersede == SUPERSEDE_DISMISS)
        say_text(speaker, "  %s\n",
                 IN(speaker, "A higher card dismisses the lower ones.",
                    "发出高一级的牌时，低一级的自动摘牌。"));
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

static void say_clock(const struct speaker *speaker)
{
    const struct rule *rule = speaker->rule;
    say_events(speaker, IN(speaker, "Starts at: ", "开始："), rule->start, rule->start_when);
    struct slice follows = card_title(speaker, rule->follows_card);
    if (rule->follows_rule.count > 0)
        say_text(speaker,
                 IN(speaker, "  Starts with: the card \"%.*s\" of rule %.*s\n",
                    "  开始：%.*s发出之时（规则 %.*s）\n"),
                 SLICE_ARG(follows), SLICE_ARG(rule->follows_rule));
    say_events(speaker, IN(speaker, "Ends at: ", "结束："), rule->stop & ~rule->cancel,
               rule->stop_when);
    say_events(speaker, IN(speaker, "Ends without further cards at: ", "终止（不再发牌）："),
               rule->cancel, NULL);
    if (rule->per_step)
        say_text(speaker, "  %s\n",
                 IN(speaker, "Each step has a clock of its own.", "每个环节各自计时。"));
    if (rule->restarts_running)
        say_text(speaker, "  %s\n",
                 IN(speaker, "Every start begins at zero, also while it runs.",
                    "每次开始都重新计时，计时中亦然。"));
    else if (rule->restart)
        say_text(speaker, "  %s\n",
                 IN(speaker, "A second start begins at zero.", "再次开始时重新计时。"));
    else if (rule->continues && !rule->per_step)
        say_text(speaker, "  %s\n",
                 IN(speaker, "A second start goes on with the time used.",
                    "再次开始时接着已用时间计时。"));
    if (rule->stops_with_children)
        say_text(speaker, "  %s\n",
                 IN(speaker, "It ends, too, when the last part of the joint case has ended.",
                    "联办件的最后一个分件结束时也结束。"));
    say_pauses(speaker);
    if (rule->open_pause_at_finish)
        say_text(speaker, "  %s\n",
                 IN(speaker, "A pause still open at the end can still raise its cards.",
                    "结束时仍未恢复的暂停仍可发牌。"));
    say_counting(speaker);
    if (rule->calendar != NULL)
        say_text(speaker, IN(speaker, "  Calendar: %.*s (%.*s)\n", "  日历：%.*s（%.*s）\n"),
                 SLICE_ARG(calendar_name(rule->calendar)),
                 SLICE_ARG(calendar_zone_name(rule->calendar)));
    for (uint32_t i = 0; i < rule->limit_count; i++)
        say_limit(speaker, i);
    say_extension(speaker);
}

void rule_say(FILE *out, const struct ruleset *ruleset, const struct rule *rule, bool is_zh)
{
    const struct speaker one = {.ruleset = ruleset, .rule = rule, .out = out, .is_zh = is_zh};
    const struct speaker *speaker = &one;
    struct slice title = is_zh ? rule->title_zh : rule->title_en;
    say_text(speaker,
             IN(speaker, "Rule %.*s, revision %u, of the set %.*s",
                "规则 %.*s（第 %u 次修订，属 %.*s）"),
             SLICE_ARG(rule->name), rule->revision, SLICE_ARG(rule->set));
    if (!slice_is_empty(title))
        say_text(speaker, IN(speaker, ": %.*s", "：%.*s"), SLICE_ARG(title));
    say_text(speaker, "\n");
    if (!slice_is_empty(rule->ground))
        say_text(speaker, IN(speaker, "  Ground: %.*s\n", "  依据：%.*s\n"),
                 SLICE_ARG(rule->ground));
    say_scope(speaker);
    if (rule->form == RULE_CLOCK) {
        say_clock(speaker);
    } else if (rule->form == RULE_ACROSS) {
        say_across(speaker);
    } else {
        say_events(speaker, IN(speaker, "Looked at on: ", "查看时机："), rule->on, NULL);
        say_condition(speaker, IN(speaker, "  A card when: ", "  发牌条件："), rule->fact);
        say_text(speaker, "\n");
        say_windows(speaker, rule->fact);
        if (rule->per_step)
            say_text(speaker, "  %s\n", IN(speaker, "The card is the step's.", "牌记在环节上。"));
    }
    say_cards(speaker);
}
