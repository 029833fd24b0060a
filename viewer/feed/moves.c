/* moves.c - that a case came under other rules or calendars, in words; and what that came to for a
 * card.
 */
#include "engine/sys/lang.h"
#include "viewer/feed/fit.h"
#include "viewer/feed/show.h"
#include "viewer/feed/table.h"
#include "viewer/feed/words.h"

#include <stdio.h>
#include <string.h>

char *arrow_text(const char *from, const char *to, char room[WORDS_BYTES])
{
    const char *arrow = fit_is_utf8() ? "→" : "->";
    return JOINED(room, " ", from[0] == '\0' ? say("none", "无") : from, arrow,
                  to[0] == '\0' ? say("none", "无") : to);
}

/* "calendars: edition 1 → 2", "规则：第 1 版 → 第 2 版"; "" where it stays. */
static const char *numbers_text(const json_t *move, const char *name, const char *label,
                                char room[WORDS_BYTES])
{
    char from[64];
    char to[64];
    char pair[WORDS_BYTES];
    long long before = (long long)field_number(json_object_get(move, "from"), name);
    long long after = (long long)field_number(json_object_get(move, "to"), name);
    (void)snprintf(from, sizeof from, say("edition %lld", "第 %lld 版"), before);
    (void)snprintf(to, sizeof to, say("edition %lld", "第 %lld 版"), after);
    (void)JOINED(room, "", label, say(": ", "："), arrow_text(from, to, pair));
    return before == after ? "" : room;
}

char *move_text(const json_t *move, char room[WORDS_BYTES])
{
    char rules[WORDS_BYTES];
    char calendars[WORDS_BYTES];
    char by[WORDS_BYTES];
    char approver[WORDS_BYTES];
    (void)labelled(by, say("by", "操作人"), field_text(move, "by"));
    (void)labelled(approver, say("approved by", "批准人"), field_text(move, "approver"));
    return JOINED(room, " · ", numbers_text(move, "edition", say("rules", "规则"), rules),
                  numbers_text(move, "calendars_edition", say("calendars", "日历"), calendars), by,
                  approver);
}

static const char *outcome_text(const char *outcome)
{
    static const char *const words[][3] = {
        {"stands", "stands", "不变"},
        {"moved", "moved", "改期"},
        {"withdrawn", "withdrawn", "撤销"},
        {"issued", "issued by it", "补发"},
        {"withdrawn-before", "withdrawn before", "此前已撤销"},
    };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strcmp(outcome, words[i][0]) == 0)
            return lang_is_zh() ? words[i][2] : words[i][1];
    return outcome;
}

void show_moves(FILE *out, const json_t *receipt)
{
    const json_t *moves = json_object_get(receipt, "moves");
    if (json_array_size(moves) == 0)
        return;
    (void)fprintf(out, "\n%s\n", say("Checked again, when the case moved", "改版后重新核对"));
    struct table table = {.indent = 2,
                          .column_count = 4,
                          .names = {say("at", "时刻"), say("the card", "此牌"), say("due", "应于"),
                                    say("from, to", "版次")}};
    for (size_t i = 0; i < json_array_size(moves); i++) {
        const json_t *move = json_array_get(moves, i);
        const json_t *count = json_object_get(move, "count");
        char at[WORDS_BYTES];
        char due[WORDS_BYTES];
        char words[WORDS_BYTES];
        (void)field_when(move, "due_before", due);
        if (json_is_object(count))
            (void)field_when(count, "due_at", due);
        TABLE_ADD(&table, field_when(move, "at", at), outcome_text(field_text(move, "outcome")),
                  due, move_text(move, words));
    }
    table_print(out, &table);
}
