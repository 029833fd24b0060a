/* clocks.c - the clocks of a case: what each limit came to, what was left out, and for each rung
 * when it held, will hold, or why it never will.
 */
#include "engine/sys/lang.h"
#include "viewer/feed/fit.h"
#include "viewer/feed/show.h"
#include "viewer/feed/table.h"
#include "viewer/feed/words.h"

#include <stdio.h>
#include <string.h>

static void add_limits(struct table *table, const json_t *limits)
{
    for (size_t i = 0; i < json_array_size(limits); i++) {
        const json_t *limit = json_array_get(limits, i);
        char term[TERM_ROOM_BYTES];
        char due[WORDS_BYTES];
        char name[WORDS_BYTES];
        char more[WORDS_BYTES];
        char source[WORDS_BYTES];
        (void)labelled(source, say("from", "来自"), word_text(field_text(limit, "source")));
        if (field_is_true(limit, "set_by_source"))
            (void)labelled(source, say("from", "来自"), word_text("event"));
        const char *called = field_text(limit, "name");
        if (strcmp(called, "limit") == 0)
            called = "";
        TABLE_ADD(table, JOINED(name, " ", say("limit", "时限"), limit_title(called)),
                  field_when(limit, "due_at", due), term_text(field_text(limit, "limit"), term),
                  JOINED(more, " · ", source,
                         field_is_true(limit, "provisional")
                             ? say("provisional: beyond the calendar", "暂定：超出日历范围")
                             : ""));
    }
}

/* How much was left out, where the engine says it; or what the pause was given. */
static const char *pause_term(const json_t *pause)
{
    const char *excluded = field_text(pause, "excluded");
    return excluded[0] != '\0' ? excluded : field_text(pause, "term");
}

static void add_pauses(struct table *table, const json_t *pauses)
{
    for (size_t i = 0; i < json_array_size(pauses); i++) {
        const json_t *pause = json_array_get(pauses, i);
        char from[WORDS_BYTES];
        char to[WORDS_BYTES];
        char more[WORDS_BYTES];
        char excluded[WORDS_BYTES];
        char until[WORDS_BYTES];
        char term[TERM_ROOM_BYTES];
        (void)field_when(pause, "to", to);
        if (to[0] == '\0')
            (void)snprintf(until, sizeof until, "%s", say("open", "未结束"));
        else
            (void)labelled(until, say("to", "至"), to);
        (void)labelled(excluded, say("not counted", "不计入"), term_text(pause_term(pause), term));
        TABLE_ADD(table, say("pause", "暂停"), field_when(pause, "from", from),
                  kind_text(field_text(pause, "kind")),
                  JOINED(more, " · ", until, excluded, field_text(pause, "ground")));
    }
}

static void add_rungs(struct table *table, const json_t *object, const json_t *clock)
{
    const json_t *rungs = json_object_get(clock, "rungs");
    bool is_fact = strcmp(field_text(clock, "state"), "fact") == 0;
    for (size_t i = 0; i < json_array_size(rungs); i++) {
        const json_t *rung = json_array_get(rungs, i);
        char label[WORDS_BYTES];
        char due[WORDS_BYTES];
        char more[WORDS_BYTES];
        char state[WORDS_BYTES];
        char what[WORDS_BYTES];
        char only[WORDS_BYTES];
        const char *text = field_text(rung, "text");
        const char *card = field_text(rung, "card_state");
        bool is_shadow = field_is_true(rung, "shadow");
        /* Where no level is told, the rung's own name stands: it often is the level's. */
        const char *level = field_text(rung, "level");
        TABLE_ADD(
            table, level_label(level[0] != '\0' ? level : field_text(rung, "rung"), label),
            field_when(rung, "due_at", due),
            state_label(card[0] != '\0' ? card : word_text(field_text(rung, "state")), is_shadow,
                        state),
            JOINED(more, " · ", is_fact ? said_text(object, text) : rung_text(text, what),
                   labelled(only, say("if", "仅当"), said_text(object, field_text(rung, "if"))),
                   reason_text(field_text(rung, "why"))));
    }
}

/* When and by what it stopped. */
static const char *stop_text(const json_t *clock, char room[WORDS_BYTES])
{
    const char *kind = field_text(clock, "stopped_by");
    bool is_last = strcmp(kind, "last_child") == 0;
    char when[WORDS_BYTES];
    return JOINED(room, " ", field_when(clock, "stop_at", when),
                  is_last ? say("the last part ended", "最后一个子件已结束") : kind_text(kind));
}

static char *rule_text(const json_t *clock, char room[WORDS_BYTES])
{
    char revision[64];
    char rule[WORDS_BYTES];
    bool is_same = strcmp(field_text(clock, "rule"), field_text(clock, "clock")) == 0;
    (void)snprintf(revision, sizeof revision, say("revision %lld", "第 %lld 次修订"),
                   (long long)field_number(clock, "rule_version"));
    return JOINED(room, " ",
                  labelled(rule, say("rule", "规则"), is_same ? "" : field_text(clock, "rule")),
                  revision);
}

static void head_print(FILE *out, const char *head)
{
    char room[FIT_BYTES];
    const char *name = say("Clock", "时钟");
    (void)fprintf(out, "\n%s ", name);
    text_wrap(out, slice_of(fit_text(slice_of(head), 240, false, room)),
              text_columns(slice_of(name)) + 1, terminal_columns(out));
    (void)fputc('\n', out);
}

static void show_clock(FILE *out, const json_t *object, const json_t *clock)
{
    char stop[WORDS_BYTES];
    char after[WORDS_BYTES];
    char head[WORDS_BYTES];
    char rule[WORDS_BYTES];
    char used[WORDS_BYTES];
    char from[WORDS_BYTES];
    char when[WORDS_BYTES];
    char term[TERM_ROOM_BYTES];
    bool is_fact = strcmp(field_text(clock, "state"), "fact") == 0;
    (void)labelled(from, say("counted from", "起算"),
                   is_fact ? "" : field_when(clock, "counted_from", when));
    (void)labelled(used, say("used", "已用"), term_text(field_text(clock, "used"), term));
    (void)JOINED(head, " · ", field_text(clock, "clock"), word_text(field_text(clock, "state")),
                 stop_text(clock, stop), rule_text(clock, rule),
                 after_text(json_object_get(clock, "after"), after), from, used);
    head_print(out, head);
    struct table table = {.indent = 2, .column_count = 4};
    add_limits(&table, json_object_get(clock, "limits"));
    add_pauses(&table, json_object_get(clock, "pauses"));
    add_rungs(&table, object, clock);
    table_print(out, &table);
}

static void show_awaited(FILE *out, const json_t *clock)
{
    char head[WORDS_BYTES];
    char rule[WORDS_BYTES];
    char after[WORDS_BYTES];
    char when[WORDS_BYTES];
    head_print(out,
               JOINED(head, " · ", field_text(clock, "clock"), say("not begun", "未开始"),
                      rule_text(clock, rule), after_text(json_object_get(clock, "after"), after),
                      field_when(clock, "due_at", when)));
}

void show_clocks(FILE *out, const json_t *object)
{
    const json_t *clocks = json_object_get(object, "clocks");
    const json_t *awaited = json_object_get(object, "awaited");
    if (json_is_array(clocks) && json_array_size(clocks) == 0)
        (void)fprintf(out, "\n%s\n",
                      say("No clock: no rule applies to what has happened so far",
                          "没有时钟：就已发生的事件，没有规则适用"));
    for (size_t i = 0; i < json_array_size(clocks); i++)
        show_clock(out, object, json_array_get(clocks, i));
    for (size_t i = 0; i < json_array_size(awaited); i++)
        show_awaited(out, json_array_get(awaited, i));
}
