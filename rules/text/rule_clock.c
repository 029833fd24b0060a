/* rule_clock.c - the clock of a rule: when it starts, stops, pauses, and how it counts. Its limits
 * are read in rule_limits.c.
 */
#include "rules/text/compile.h"

static const char *const clock_keys[] = {
    "start",
    "stop",
    "cancel",
    "pauses",
    "count",
    "end",
    "roll",
    "start_at",
    "per",
    "again",
    "limits",
    "extension",
    "open_pause_at_finish",
    "last_child",
};

/* ---- events ---------------------------------------------------------------------------------- */

/* start: {after: red of my-rule}. That there is such a card is checked in rule_links.c. */
static bool read_after(struct compile *compile, const struct yaml_node *start,
                       const struct yaml_node *after, struct rule *rule)
{
    static const char *const keys[] = {"after"};
    static const char between[] = {' ', 'o', 'f', ' '};
    if (!yaml_check_keys(start, keys, COUNT_OF(keys), compile->problems) ||
        !yaml_is_scalar(after, compile->problems))
        return false;
    struct slice text = after->value;
    size_t at = 0;
    while (at + sizeof between < text.count &&
           memcmp(text.start + at, between, sizeof between) != 0)
        at++;
    if (at == 0 || at + sizeof between >= text.count) {
        yaml_error(after, compile->problems,
                   "\"%.*s\" is no card of a rule: write after: red of my-rule",
                   "“%.*s”不是某规则的牌：应写作 after: red of my-rule", SLICE_ARG(text));
        return false;
    }
    struct slice rest = {.start = text.start + at + sizeof between,
                         .count = text.count - at - sizeof between};
    rule->follows_card = compile_copy(compile, (struct slice){.start = text.start, .count = at});
    rule->follows_rule = compile_copy(compile, rest);
    return true;
}

/* What the event that starts a clock tells, a card does not. */
static bool check_after(struct compile *compile, const struct yaml_node *clock,
                        const struct rule *rule)
{
    static const char *const strangers[] = {"per", "again", "open_pause_at_finish"};
    for (size_t i = 0; i < COUNT_OF(strangers); i++) {
        const struct yaml_node *node = yaml_find(clock, strangers[i]);
        if (node == NULL)
            continue;
        yaml_error(node, compile->problems,
                   "a clock that begins with a card has no %s: there is one for each such card",
                   "随牌开始的时钟没有 %s：每张这样的牌各有一个时钟", strangers[i]);
        return false;
    }
    for (uint32_t i = 0; i < rule->limit_count; i++) {
        if (memchr(rule->limits[i].sources, LIMIT_FROM_EVENT, rule->limits[i].source_count) == NULL)
            continue;
        yaml_error(yaml_find(clock, "limits"), compile->problems,
                   "a clock that begins with a card has no event to take its limit from",
                   "随牌开始的时钟没有可取时限的事件");
        return false;
    }
    if (rule->applies == NULL)
        return true;
    yaml_error(clock, compile->problems,
               "a clock that begins with a card has no event that applies: when: could look at; "
               "write if: with its cards",
               "随牌开始的时钟没有事件可供 applies: when: 判断；请在牌上写 if:");
    return false;
}

/* start: accept; start: [accept, apply]; start: {on: accept, when: condition}. */
static bool read_events(struct compile *compile, const struct yaml_node *clock, const char *key,
                        event_kind_set *kinds_out, const struct condition **when_out)
{
    static const char *const keys[] = {"on", "when"};
    const struct yaml_node *node = yaml_find(clock, key);
    if (node == NULL) {
        yaml_error(clock, compile->problems, "the clock has no %s: name at least one event",
                   "时钟没有 %s：至少写一个事件", key);
        return false;
    }
    if (node->kind != YAML_MAP)
        return event_kinds_at(compile, node, kinds_out);
    if (!yaml_check_keys(node, keys, COUNT_OF(keys), compile->problems))
        return false;
    const struct yaml_node *on = yaml_find(node, "on");
    if (on == NULL) {
        yaml_error(node, compile->problems, "%s: on: event is missing", "%s：缺少 on: 事件", key);
        return false;
    }
    return event_kinds_at(compile, on, kinds_out) &&
           condition_at(compile, yaml_find(node, "when"), when_out);
}

static bool check_start_and_stop(struct compile *compile, const struct yaml_node *clock,
                                 const struct rule *rule)
{
    event_kind_set both = rule->start & (rule->stop | rule->cancel);
    if (both == 0 || rule->start_when != NULL || rule->stop_when != NULL)
        return true;
    int kind = 0;
    while ((both & EVENT_KIND_BIT(kind)) == 0)
        kind++;
    yaml_error(yaml_find(clock, "start"), compile->problems,
               "%s both starts and ends the clock: say when: for one of them",
               "%s 既开始又结束时钟：请用 when: 区分", event_kind_name[kind]);
    return false;
}

/* ---- pauses ---------------------------------------------------------------------------------- */

static bool read_pause_kind(struct words *words, enum event_kind *kind_out)
{
    struct word word = words_next(words);
    int kind = words_pick(words, &word, event_kind_name + 1, EVENT_OF_CASE_COUNT - 1, "event kind",
                          "事件类型");
    if (kind >= 0)
        *kind_out = (enum event_kind)(kind + 1);
    return kind >= 0;
}

/* "correct_ask … correct_done", and behind it "for 5 workday", "at most 60 day". */
static bool read_pause_text(struct compile *compile, const struct yaml_node *node,
                            struct rule_pause *pause)
{
    struct words words;
    words_begin(&words, node, true, compile->problems);
    if (!read_pause_kind(&words, &pause->from))
        return false;
    if (!words_take(&words, "…") && !words_take(&words, "to") && !words_take(&words, "→")) {
        const char *from = event_kind_name[pause->from];
        if (words.now.text.count == 0)
            WORD_ERROR(&words, &words.now,
                       "a pause goes from one event to another, as in pause … resume: nothing "
                       "follows \"%s\"",
                       "暂停须有起止事件，例如 pause … resume：“%s”之后没有内容", from);
        else
            WORD_ERROR(&words, &words.now,
                       "a pause goes from one event to another: pause … resume, found \"%.*s\"",
                       "暂停须有起止事件：pause … resume，此处是“%.*s”", WORD_ARG(&words.now));
        return false;
    }
    if (!read_pause_kind(&words, &pause->to))
        return false;
    if (words_take(&words, "for") && !words_term(&words, &pause->term))
        return false;
    if (words_take(&words, "at")) {
        if (!words_take(&words, "most")) {
            WORD_ERROR(&words, &words.now, "expected \"at most\" and a term",
                       "此处应为“at most”与期限");
            return false;
        }
        if (!words_term(&words, &pause->cap))
            return false;
    }
    return words_end(&words);
}

static bool read_pause_map(struct compile *compile, const struct yaml_node *node,
                           struct rule_pause *pause)
{
    static const char *const keys[] = {"from", "to", "for", "at_most"};
    if (!yaml_check_keys(node, keys, COUNT_OF(keys), compile->problems))
        return false;
    const struct yaml_node *from = yaml_find(node, "from");
    const struct yaml_node *to = yaml_find(node, "to");
    const struct yaml_node *term = yaml_find(node, "for");
    const struct yaml_node *cap = yaml_find(node, "at_most");
    if (from == NULL || to == NULL) {
        yaml_error(node, compile->problems, "a pause needs from: and to:", "暂停须有 from: 和 to:");
        return false;
    }
    return event_kind_at(compile, from, &pause->from) && event_kind_at(compile, to, &pause->to) &&
           (term == NULL || term_at(compile, term, &pause->term)) &&
           (cap == NULL || term_at(compile, cap, &pause->cap));
}

static bool check_pause(struct compile *compile, const struct yaml_node *node,
                        const struct rule *rule, const struct rule_pause *pause)
{
    if (pause->from == pause->to) {
        yaml_error(node, compile->problems, "the pause begins and ends with the same event, %s",
                   "暂停的起止是同一事件 %s", event_kind_name[pause->from]);
        return false;
    }
    if ((rule->stop & EVENT_KIND_BIT(pause->from)) != 0 && rule->stop_when == NULL) {
        yaml_error(node, compile->problems,
                   "%s already stops the clock: this pause can never begin",
                   "%s 已使时钟停止：这一暂停永不开始", event_kind_name[pause->from]);
        return false;
    }
    for (uint32_t i = 0; i < rule->pause_count; i++) {
        if (rule->pauses[i].from != pause->from)
            continue;
        yaml_error(node, compile->problems, "%s begins two pauses of this clock",
                   "%s 开始了该时钟的两种暂停", event_kind_name[pause->from]);
        return false;
    }
    return true;
}

static bool read_pauses(struct compile *compile, const struct yaml_node *pauses, struct rule *rule)
{
    if (pauses == NULL || yaml_is_none(pauses))
        return true;
    if (!yaml_is_list(pauses, compile->problems))
        return false;
    bool is_good = true;
    struct rule_pause *made = compile_take(compile, pauses->count, sizeof *made);
    rule->pauses = made;
    for (const struct yaml_node *node = pauses->first; made != NULL && node != NULL;
         node = node->next) {
        struct rule_pause pause = {0};
        if (rule->pause_count == RULE_PAUSES_MAX) {
            yaml_error(node, compile->problems, "more than %d kinds of pause", "暂停超过 %d 种",
                       RULE_PAUSES_MAX);
            return false;
        }
        bool is_read = node->kind == YAML_MAP ? read_pause_map(compile, node, &pause)
                                              : yaml_is_scalar(node, compile->problems) &&
                                                    read_pause_text(compile, node, &pause);
        if (is_read && check_pause(compile, node, rule, &pause))
            made[rule->pause_count++] = pause;
        else
            is_good = false;
    }
    return is_good;
}

/* ---- counting -------------------------------------------------------------------------------- */

/* cutoff: "17:00 → next workday 08:30". */
static bool read_cutoff(struct compile *compile, const struct yaml_node *node,
                        struct counting *counting)
{
    struct words words;
    words_begin(&words, node, false, compile->problems);
    struct word from = words_next(&words);
    bool is_arrow = words_take(&words, "→") || words_take(&words, "to");
    bool is_next = is_arrow && words_take(&words, "next") && words_take(&words, "workday");
    struct word to = words.now;
    if (from.kind != WORD_TIME || !is_next || to.kind != WORD_TIME) {
        WORD_ERROR(&words, from.kind != WORD_TIME ? &from : &to,
                   "a cut-off reads: 17:00 → next workday 08:30",
                   "截止时刻应写作：17:00 → next workday 08:30");
        return false;
    }
    (void)words_next(&words);
    counting->cutoff_ms = (int32_t)from.number;
    counting->cutoff_to_ms = (int32_t)to.number;
    return words_end(&words);
}

static bool read_start_at(struct compile *compile, const struct yaml_node *node,
                          struct counting *counting)
{
    static const char *const keys[] = {"outside", "cutoff", "day_off"};
    static const char *const outsides[] = {"as it is", "next working moment"};
    static const char *const days_off[] = {"as it is", "same time"};
    if (node == NULL)
        return true;
    const struct yaml_node *outside = node;
    const struct yaml_node *cutoff = NULL;
    const struct yaml_node *day_off = NULL;
    if (node->kind == YAML_MAP) {
        if (!yaml_check_keys(node, keys, COUNT_OF(keys), compile->problems))
            return false;
        outside = yaml_find(node, "outside");
        cutoff = yaml_find(node, "cutoff");
        day_off = yaml_find(node, "day_off");
    }
    if (outside != NULL) {
        int choice = yaml_choice(outside, outsides, COUNT_OF(outsides), compile->problems);
        if (choice < 0)
            return false;
        counting->start_moment = choice == 1;
    }
    if (day_off != NULL) {
        int choice = yaml_choice(day_off, days_off, COUNT_OF(days_off), compile->problems);
        if (choice < 0)
            return false;
        counting->day_off_same_time = choice == 1;
    }
    return cutoff == NULL ||
           (yaml_is_scalar(cutoff, compile->problems) && read_cutoff(compile, cutoff, counting));
}

/* end: and roll: speak of the last counted day; the other conventions have none. */
static bool read_last_day(struct compile *compile, const struct yaml_node *clock,
                          struct counting *counting)
{
    static const char *const ends[] = {"24:00", "close"};
    static const char *const rolls[] = {"none", "next workday"};
    const struct yaml_node *end = yaml_find(clock, "end");
    const struct yaml_node *roll = yaml_find(clock, "roll");
    const struct yaml_node *any = end != NULL ? end : roll;
    if (any != NULL && counting->count != COUNT_DAY) {
        yaml_error(any, compile->problems, "%.*s: has a meaning only with count: day",
                   "%.*s: 只在 count: day 时有意义", SLICE_ARG(any->key));
        return false;
    }
    int end_choice = end == NULL ? 0 : yaml_choice(end, ends, COUNT_OF(ends), compile->problems);
    int roll_choice =
        roll == NULL ? 1 : yaml_choice(roll, rolls, COUNT_OF(rolls), compile->problems);
    if (end_choice < 0 || roll_choice < 0)
        return false;
    counting->end_at_close = end_choice == 1;
    counting->roll = counting->count == COUNT_DAY && roll_choice == 1;
    return true;
}

static bool read_counting(struct compile *compile, const struct yaml_node *clock,
                          struct counting *counting)
{
    static const char *const counts[] = {"day", "instant", "ceil"};
    *counting = (struct counting){.count = COUNT_DAY, .cutoff_ms = -1};
    const struct yaml_node *count = yaml_find(clock, "count");
    if (count != NULL) {
        int choice = yaml_choice(count, counts, COUNT_OF(counts), compile->problems);
        if (choice < 0)
            return false;
        counting->count = (enum count)choice;
    }
    counting->start_moment = counting->count == COUNT_INSTANT;
    bool is_good = read_last_day(compile, clock, counting);
    return read_start_at(compile, yaml_find(clock, "start_at"), counting) && is_good;
}

static bool read_extension(struct compile *compile, const struct yaml_node *node,
                           struct rule_extension *extension)
{
    static const char *const keys[] = {"times", "by", "asked"};
    static const char *const whens[] = {"before due", "any time"};
    if (node == NULL || yaml_is_none(node))
        return true;
    if (!yaml_check_keys(node, keys, COUNT_OF(keys), compile->problems))
        return false;
    const struct yaml_node *times = yaml_find(node, "times");
    const struct yaml_node *by = yaml_find(node, "by");
    const struct yaml_node *asked = yaml_find(node, "asked");
    int64_t number = 1;
    int choice = 0;
    if (by == NULL) {
        yaml_error(node, compile->problems,
                   "an extension says by how much: {times: 1, by: 10 workday}",
                   "延期须写明多长：{times: 1, by: 10 workday}");
        return false;
    }
    bool is_good = times == NULL || yaml_number(times, 1, 100, compile->problems, &number);
    is_good &= term_at(compile, by, &extension->by);
    if (asked != NULL)
        choice = yaml_choice(asked, whens, COUNT_OF(whens), compile->problems);
    extension->times_max = (uint8_t)number;
    extension->after_due_allowed = choice == 1;
    return is_good && choice >= 0;
}

static bool read_switch(struct compile *compile, const struct yaml_node *clock, const char *key,
                        const char *off, const char *on, bool *is_on)
{
    const char *const words[] = {off, on};
    const struct yaml_node *node = yaml_find(clock, key);
    if (node == NULL)
        return true;
    int choice = yaml_choice(node, words, COUNT_OF(words), compile->problems);
    *is_on = choice == 1;
    return choice >= 0;
}

static bool read_again(struct compile *compile, const struct yaml_node *clock, struct rule *rule)
{
    static const char *const words[] = {"continue", "restart", "every time"};
    const struct yaml_node *node = yaml_find(clock, "again");
    rule->continues = rule->per_step;
    if (node == NULL)
        return true;
    int choice = yaml_choice(node, words, COUNT_OF(words), compile->problems);
    rule->restart = choice >= 1;
    rule->continues = choice == 0;
    rule->restarts_running = choice == 2;
    return choice >= 0;
}

/* A pause that is still open when its case is finished can go on to raise its cards: then a finish
 * is no stop for it. That is a word about a clock that a pause starts, and about no other. */
static bool read_open_pause(struct compile *compile, const struct yaml_node *clock,
                            struct rule *rule)
{
    const event_kind_set pauses = EVENT_KIND_BIT(EVENT_PAUSE) | EVENT_KIND_BIT(EVENT_CORRECT_ASK);
    const struct yaml_node *node = yaml_find(clock, "open_pause_at_finish");
    if (!read_switch(compile, clock, "open_pause_at_finish", "skip", "issue",
                     &rule->open_pause_at_finish))
        return false;
    if (node != NULL && (rule->start == 0 || (rule->start & ~pauses) != 0)) {
        yaml_error(node, compile->problems,
                   "open_pause_at_finish: is for a clock that pause or correct_ask starts",
                   "open_pause_at_finish: 只用于由 pause 或 correct_ask 开始的时钟");
        return false;
    }
    if (rule->open_pause_at_finish)
        rule->stop &= ~EVENT_KIND_BIT(EVENT_FINISH);
    return true;
}

/* A joint case may be over when its last child is. */
static bool read_last_child(struct compile *compile, const struct yaml_node *clock,
                            struct rule *rule)
{
    if (!read_switch(compile, clock, "last_child", "ignore", "stop", &rule->stops_with_children))
        return false;
    if (!rule->stops_with_children || !rule->per_step)
        return true;
    yaml_error(yaml_find(clock, "last_child"), compile->problems,
               "last_child: stop is for the clock of a whole case: without per: step",
               "last_child: stop 用于整件的时钟：不可与 per: step 同用");
    return false;
}

bool clock_read(struct compile *compile, const struct rule_source *source,
                const struct yaml_node *clock)
{
    struct rule *rule = source->rule;
    rule->form = RULE_CLOCK;
    if (!yaml_check_keys(clock, clock_keys, COUNT_OF(clock_keys), compile->problems))
        return false;
    const struct yaml_node *start = yaml_find(clock, "start");
    const struct yaml_node *after =
        start == NULL || start->kind != YAML_MAP ? NULL : yaml_find(start, "after");
    bool is_good = after != NULL
                       ? read_after(compile, start, after, rule)
                       : read_events(compile, clock, "start", &rule->start, &rule->start_when);
    is_good &= read_events(compile, clock, "stop", &rule->stop, &rule->stop_when);
    const struct yaml_node *cancel = yaml_find(clock, "cancel");
    bool is_none = cancel != NULL && yaml_is_none(cancel);
    if (cancel != NULL && !is_none)
        is_good &= event_kinds_at(compile, cancel, &rule->cancel);
    else if (!is_none)
        rule->cancel = (EVENT_KIND_BIT(EVENT_WITHDRAW) | EVENT_KIND_BIT(EVENT_VOID)) & ~rule->start;
    is_good = is_good && check_start_and_stop(compile, clock, rule);
    is_good &= read_pauses(compile, yaml_find(clock, "pauses"), rule);
    is_good &= read_counting(compile, clock, &rule->counting);
    is_good &= read_extension(compile, yaml_find(clock, "extension"), &rule->extension);
    is_good &= read_switch(compile, clock, "per", "case", "step", &rule->per_step);
    is_good &= read_again(compile, clock, rule);
    is_good &= read_open_pause(compile, clock, rule);
    is_good &= read_last_child(compile, clock, rule);
    is_good = limits_read(compile, source, yaml_find(clock, "limits")) && is_good;
    return is_good && (after == NULL || check_after(compile, clock, rule));
}
