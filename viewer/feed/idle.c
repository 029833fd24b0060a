/* idle.c - the rules that have no clock in a case: for each a sentence that says why. */
#include "engine/model/idle.h"
#include "engine/sys/lang.h"
#include "viewer/feed/show.h"
#include "viewer/feed/table.h"
#include "viewer/feed/words.h"

#include <stdio.h>
#include <string.h>

/* How the words of a list are joined, and each is written. */
struct joint {
    const char *between;
    const char *last; /* before the last of them */
    bool is_quoted;
    const char *(*word)(const char *word); /* NULL: as `answer` says it */
    const json_t *answer;
};

static char *list_text(const json_t *list, const struct joint *joint, char room[WORDS_BYTES])
{
    size_t used = 0;
    size_t count = json_array_size(list);
    room[0] = '\0';
    for (size_t i = 0; i < count && used < WORDS_BYTES; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        const char *between = i == 0 ? "" : i + 1 == count ? joint->last : joint->between;
        const char *quote = joint->is_quoted ? say("\"", "") : "";
        const char *word = text == NULL          ? "?"
                           : joint->word == NULL ? said_text(joint->answer, text)
                                                 : joint->word(text);
        int put =
            snprintf(room + used, WORDS_BYTES - used, "%s%s%s%s", between, quote, word, quote);
        used += put > 0 ? (size_t)put : 0;
    }
    return room;
}

/* "joint and forwarded", 联办件、上报件. */
static char *kinds_text(const json_t *list, char room[WORDS_BYTES])
{
    const struct joint joint = {
        .between = say(", ", "、"), .last = say(" and ", "、"), .word = word_text};
    return list_text(list, &joint, room);
}

/* "accepted" (2025-03-03 10:00:00): the event that it was last looked at with. */
static char *event_text(const json_t *idle, char room[WORDS_BYTES])
{
    char when[WORDS_BYTES];
    (void)snprintf(room, WORDS_BYTES, say("\"%s\" (%s)", "%s（%s）"),
                   kind_text(field_text(idle, "kind")), field_when(idle, "at", when));
    return room;
}

/* Where the calendar's day begins it is a date. */
static char *day_text(const json_t *idle, const char *name, char room[WORDS_BYTES])
{
    enum { DATE_BYTES = 10 };
    (void)field_when(idle, name, room);
    if (strlen(room) > DATE_BYTES && strcmp(room + DATE_BYTES, " 00:00:00") == 0)
        room[DATE_BYTES] = '\0';
    return room;
}

static void say_before(const json_t *idle, char room[WORDS_BYTES])
{
    char day[WORDS_BYTES];
    char event[WORDS_BYTES];
    (void)snprintf(room, WORDS_BYTES,
                   say("valid from %s on; %s was earlier", "自 %s 起有效，而%s早于此"),
                   day_text(idle, "valid_from", day), event_text(idle, event));
}

static void say_after(const json_t *idle, char room[WORDS_BYTES])
{
    char day[WORDS_BYTES];
    char event[WORDS_BYTES];
    (void)day_text(idle, "valid_to", day);
    if (field_text(idle, "kind")[0] == '\0')
        (void)snprintf(room, WORDS_BYTES, say("no longer valid since %s", "已于 %s 失效"), day);
    else
        (void)snprintf(room, WORDS_BYTES,
                       say("valid until %s; %s was not before that", "有效期至 %s，而%s不在此前"),
                       day, event_text(idle, event));
}

static void say_kind(const json_t *idle, char room[WORDS_BYTES])
{
    char kinds[WORDS_BYTES];
    (void)kinds_text(json_object_get(idle, "item_kinds"), kinds);
    (void)snprintf(room, WORDS_BYTES, say("for %s cases; this one is %s", "只适用于%s；本办件是%s"),
                   kinds, word_text(field_text(idle, "item_kind")));
}

static void say_kindless(const json_t *idle, const char *item, char room[WORDS_BYTES])
{
    char kinds[WORDS_BYTES];
    (void)kinds_text(json_object_get(idle, "item_kinds"), kinds);
    if (item[0] == '\0')
        (void)snprintf(
            room, WORDS_BYTES,
            say("for %s cases; of which kind this one is, is not known: it names no item",
                "只适用于%s；本办件类型不明：未写明事项"),
            kinds);
    else
        (void)snprintf(room, WORDS_BYTES,
                       say("for %s cases; of which kind this one is, is not known: "
                           "its item %s is not in the catalogue",
                           "只适用于%s；本办件类型不明：事项 %s 不在目录中"),
                       kinds, item);
}

static void say_item(const json_t *idle, const char *item, char room[WORDS_BYTES])
{
    char items[WORDS_BYTES];
    char more[64] = "";
    const json_t *list = json_object_get(idle, "items");
    int64_t count = field_number(idle, "item_count");
    bool is_cut = count > (int64_t)json_array_size(list);
    const struct joint joint = {.between = say(", ", "、"),
                                .last = is_cut ? say(", ", "、") : say(" and ", "、")};
    (void)list_text(list, &joint, items);
    if (is_cut)
        (void)snprintf(more, sizeof more, say(" and others, %lld in all", " 等 %lld 个"),
                       (long long)count);
    if (item[0] == '\0')
        (void)snprintf(
            room, WORDS_BYTES,
            say("for the item %s%s; this case names none", "只适用于事项 %s%s；本办件未写明事项"),
            items, more);
    else
        (void)snprintf(
            room, WORDS_BYTES,
            say("for the item %s%s; this case's is %s", "只适用于事项 %s%s；本办件的事项是 %s"),
            items, more, item);
}

/* What did not hold, where that is only a part of the condition. */
static const char *unmet_text(const json_t *idle, const json_t *answer, char room[WORDS_BYTES])
{
    char parts[WORDS_BYTES];
    const json_t *unmet = json_object_get(idle, "unmet");
    const json_t *first = json_array_get(unmet, 0);
    const struct joint joint = {
        .between = say("; ", "；"), .last = say("; ", "；"), .answer = answer};
    (void)list_text(unmet, &joint, parts);
    bool is_whole = json_equal(first, json_object_get(idle, "condition"));
    (void)snprintf(room, WORDS_BYTES, "%s%s", is_whole ? "" : say(": ", "："),
                   is_whole ? "" : parts);
    return room;
}

static void say_condition(const json_t *idle, const json_t *answer, const char *en, const char *zh,
                          char room[WORDS_BYTES])
{
    char head[WORDS_BYTES];
    char event[WORDS_BYTES];
    char unmet[WORDS_BYTES];
    (void)event_text(idle, event);
    (void)labelled(head, lang_is_zh() ? zh : en, said_text(answer, field_text(idle, "condition")));
    (void)snprintf(room, WORDS_BYTES, say("%s; at %s this was not so%s", "%s；%s时不符合%s"), head,
                   event, unmet_text(idle, answer, unmet));
}

static void say_waits(const json_t *idle, bool is_over, char room[WORDS_BYTES])
{
    char kinds[WORDS_BYTES];
    const struct joint joint = {.between = say(", ", "、"),
                                .last = say(" or ", "或"),
                                .is_quoted = true,
                                .word = kind_text};
    (void)list_text(json_object_get(idle, "waits_for"), &joint, kinds);
    if (is_over)
        (void)snprintf(room, WORDS_BYTES,
                       say("begins with %s: none came before the case ended",
                           "自%s开始：办件已结束，此前没有"),
                       kinds);
    else
        (void)snprintf(room, WORDS_BYTES, say("waits for %s: not seen yet", "等待%s：尚未发生"),
                       kinds);
}

static void say_card(const json_t *idle, char room[WORDS_BYTES])
{
    const json_t *after = json_object_get(idle, "after");
    const char *level = level_look(field_text(after, "rung")).text;
    const char *rule = field_text(after, "rule");
    const char *state = field_text(idle, "rung_state");
    const char *why = reason_text(field_text(idle, "rung_why"));
    if (state[0] == '\0')
        (void)snprintf(room, WORDS_BYTES,
                       say("begins with the card %s of rule %s, which has no clock here either",
                           "自%s（规则 %s）发出时开始，而该规则在此也没有时钟"),
                       level, rule);
    else if (why[0] != '\0')
        (void)snprintf(room, WORDS_BYTES,
                       say("begins with the card %s of rule %s, which will not come: %s",
                           "自%s（规则 %s）发出时开始，而该牌不会发出：%s"),
                       level, rule, why);
    else
        (void)snprintf(room, WORDS_BYTES,
                       say("begins with the card %s of rule %s, and is not valid at that instant",
                           "自%s（规则 %s）发出时开始，而在该时刻无效"),
                       level, rule);
}

static void say_group(const json_t *idle, char room[WORDS_BYTES])
{
    const char *group = field_text(idle, "group");
    if (group[0] == '\0')
        (void)snprintf(room, WORDS_BYTES, "%s",
                       say("looks at cases together; this one is counted in no group",
                           "跨件规则；本办件未计入任何一组"));
    else
        (void)snprintf(
            room, WORDS_BYTES,
            say("looks at cases together; this one is counted in %s", "跨件规则；本办件计入 %s"),
            group);
}

static char *idle_text(const json_t *idle, const json_t *answer, char room[WORDS_BYTES])
{
    const char *word = field_text(idle, "reason");
    const char *item = field_text(answer, "item");
    int reason = 1;
    while (reason < IDLE_REASON_COUNT && strcmp(word, idle_reason_name[reason]) != 0)
        reason++;
    (void)snprintf(room, WORDS_BYTES, "%s", word);
    if (reason == IDLE_BEFORE)
        say_before(idle, room);
    else if (reason == IDLE_AFTER)
        say_after(idle, room);
    else if (reason == IDLE_KIND)
        say_kind(idle, room);
    else if (reason == IDLE_KINDLESS)
        say_kindless(idle, item, room);
    else if (reason == IDLE_APPLIES)
        say_condition(idle, answer, "applies where", "适用须符合：", room);
    else if (reason == IDLE_START)
        say_condition(idle, answer, "begins where", "开始须符合：", room);
    else if (reason == IDLE_FACT)
        say_condition(idle, answer, "looks whether", "查看是否", room);
    else if (reason == IDLE_ITEM)
        say_item(idle, item, room);
    else if (reason == IDLE_WAITS)
        say_waits(idle, strcmp(field_text(answer, "state"), "open") != 0, room);
    else if (reason == IDLE_CARD)
        say_card(idle, room);
    else if (reason == IDLE_GROUP)
        say_group(idle, room);
    else if (reason == IDLE_FULL)
        (void)snprintf(room, WORDS_BYTES, "%s",
                       say("there was no room for its clock: the engine's limit is reached",
                           "没有地方容纳其时钟：已达引擎上限"));
    return room;
}

void show_idle(FILE *out, const json_t *answer)
{
    const json_t *list = json_object_get(answer, "idle");
    size_t count = json_array_size(list);
    long long others = (long long)field_number(answer, "idle_of_other_items");
    long long more = (long long)field_number(answer, "idle_more");
    if (count == 0 && others == 0)
        return;
    (void)fprintf(
        out, "\n%s\n",
        say("Rules without a clock in this case, and why", "在本办件中没有时钟的规则及原因"));
    struct table table = {.indent = 2, .column_count = 2};
    for (size_t i = 0; i < count; i++) {
        const json_t *idle = json_array_get(list, i);
        char why[WORDS_BYTES];
        TABLE_ADD(&table, field_text(idle, "rule"), idle_text(idle, answer, why));
    }
    table_print(out, &table);
    if (others > 0)
        (void)fprintf(out,
                      say("  and %lld of other items: --all lists them\n",
                          "  另有 %lld 条规则属于其他事项：加 --all 列出\n"),
                      others);
    if (more > 0)
        (void)fprintf(out,
                      say("  and %lld behind these: --all --after %s\n",
                          "  其后另有 %lld 条：加 --all --after %s\n"),
                      more, field_text(json_array_get(list, count - 1), "rule"));
}
