/* receipt_across.c - the receipt of a card across cases, as a person reads it: which group, how
 * many of how many, what it takes, and the cases one by one.
 */
#include "engine/sys/lang.h"
#include "viewer/feed/fit.h"
#include "viewer/feed/show.h"
#include "viewer/feed/table.h"
#include "viewer/feed/words.h"

#include <stdio.h>
#include <string.h>

static const char *per_text(const char *per)
{
    static const struct {
        const char *name;
        const char *en;
        const char *zh;
    } words[] = {{"org", "of one org", "同一机构"},
                 {"handler", "of one handler", "同一承办人"},
                 {"item", "of one item", "同一事项"},
                 {"area", "of one area", "同一行政区划"}};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strcmp(words[i].name, per) == 0)
            return say(words[i].en, words[i].zh);
    return per;
}

static void limit_text(const json_t *across, bool is_of_cards, char room[WORDS_BYTES])
{
    const char *form = field_text(across, "form");
    long long permille = (long long)field_number(across, "permille");
    long long at_least = (long long)field_number(across, "at_least");
    if (strcmp(form, "share") == 0)
        (void)snprintf(
            room, WORDS_BYTES,
            field_is_true(across, "reached")
                ? say("%lld.%lld%% or more, of at least %lld", "达到 %lld.%lld%%，且至少 %lld 件")
                : say("over %lld.%lld%%, of at least %lld", "超过 %lld.%lld%%，且至少 %lld 件"),
            permille / 10, permille % 10, at_least);
    else if (strcmp(form, "in_a_row") == 0)
        (void)snprintf(room, WORDS_BYTES, say("%lld running", "连续 %lld 件"), at_least);
    else
        (void)snprintf(room, WORDS_BYTES,
                       is_of_cards ? say("%lld cards", "%lld 张") : say("%lld cases", "%lld 件"),
                       at_least);
}

static void show_members(FILE *out, const json_t *across)
{
    const json_t *members = json_object_get(across, "members");
    long long more = (long long)field_number(across, "more");
    int64_t first = field_number(across, "first");
    if (json_array_size(members) == 0)
        return;
    (void)fprintf(out, "\n%s\n", say("What was counted", "计入的办件"));
    struct table table = {.column_count = 5,
                          .indent = 2,
                          .names = {"", say("case", "办件"), say("at", "时刻"),
                                    say("is so", "符合条件"), say("rule", "规则")}};
    for (size_t i = 0; i < json_array_size(members); i++) {
        const json_t *member = json_array_get(members, i);
        char number[32];
        char when[WORDS_BYTES];
        (void)snprintf(number, sizeof number, "%4lld", (long long)first + (long long)i);
        TABLE_ADD(&table, number, field_text(member, "case"), field_when(member, "at", when),
                  field_is_true(member, "so") ? say("yes", "是") : say("no", "否"),
                  field_text(member, "rule"));
    }
    table_print(out, &table);
    if (more > 0)
        (void)fprintf(out, say("  and %lld more\n", "  另有 %lld 件\n"), more);
}

void show_across(FILE *out, const json_t *answer)
{
    const json_t *receipt = json_object_get(answer, "receipt");
    const json_t *across = json_object_get(receipt, "across");
    const json_t *cards = json_object_get(across, "cards");
    bool is_of_cards = json_is_object(cards);
    char text[WORDS_BYTES];
    char from[WORDS_BYTES];
    char to[WORDS_BYTES];
    fact_print(out, say("across", "跨件"),
               JOINED(text, " ", per_text(field_text(across, "per")), field_text(across, "key")));
    fact_print(out, say("card to", "发给"), field_text(across, "to_org"));
    fact_print(out, say("window", "期间"),
               JOINED(text, " - ", field_when(across, "from", from), field_when(across, "to", to)));
    const json_t *broken_by = json_object_get(across, "broken_by");
    fact_print(
        out, say("broken by", "断于"),
        JOINED(text, " · ", field_text(broken_by, "case"), field_when(broken_by, "at", from)));
    fact_print(out, say("judged", "判定"), field_when(across, "judged_at", text));
    if (is_of_cards)
        fact_print(out, say("cards", "所计之牌"),
                   JOINED(text, " · ", level_label(field_text(cards, "level"), from),
                          field_text(cards, "rule")));
    fact_print(out, say("if", "条件"), said_text(answer, field_text(across, "if")));
    limit_text(across, is_of_cards, text);
    fact_print(out, say("takes", "界限"), text);
    (void)snprintf(text, sizeof text, "%lld / %lld", (long long)field_number(across, "so"),
                   (long long)field_number(across, "count"));
    fact_print(out, say("number", "计数"), text);
    show_members(out, across);
    (void)fputc('\n', out);
    fact_print(out, say("digest", "摘要"), field_text(receipt, "digest"));
}

bool show_groups(FILE *out, const json_t *answer)
{
    const json_t *groups = json_object_get(answer, "groups");
    if (json_array_size(groups) == 0)
        return false;
    (void)fprintf(out, "%s\n",
                  say("Not a case, but a group of cases that a rule across cases looks at",
                      "不是办件，而是跨件规则所看的一组办件"));
    struct table table = {.indent = 2,
                          .column_count = 4,
                          .names = {say("rule", "规则"), say("cases", "件数"), say("card", "牌"),
                                    say("for explain", "供 explain 查询")}};
    for (size_t i = 0; i < json_array_size(groups); i++) {
        const json_t *group = json_array_get(groups, i);
        const json_t *card = json_object_get(group, "card");
        struct card_view view = card_view_of(card);
        char count[32];
        char label[WORDS_BYTES];
        char state[WORDS_BYTES];
        char text[WORDS_BYTES];
        (void)snprintf(count, sizeof count, "%lld", (long long)field_number(group, "count"));
        (void)JOINED(text, " ", level_label(view.level, label),
                     json_is_object(card) ? state_label(view.state, view.is_shadow, state)
                                          : say("none", "无"));
        TABLE_ADD(&table, field_text(group, "rule"), count, text, view.id);
    }
    table_print(out, &table);
    return true;
}
