/* case.c - a case as a timeline: what happened, the cards it raised, and what will hold next, all
 * in one row of time; then each clock in numbers.
 */
#include "engine/model/stray.h"
#include "engine/sys/lang.h"
#include "viewer/feed/fit.h"
#include "viewer/feed/show.h"
#include "viewer/feed/table.h"
#include "viewer/feed/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One entry of the timeline. The order within one instant is that of adding: an event stands
 * before the card that it or its absence raised. */
struct entry {
    struct moment at;
    size_t place;
    const char *mark;
    bool is_more; /* it belongs to the entry before it */
    char what[WORDS_BYTES];
    char more[WORDS_BYTES];
};

struct timeline {
    struct entry *entries;
    size_t count;
    size_t room;
};

static struct entry *entry_add(struct timeline *timeline, struct moment at)
{
    if (timeline->count == timeline->room) {
        size_t room = 2 * timeline->room + 32;
        struct entry *grown = realloc(timeline->entries, room * sizeof *grown);
        if (grown == NULL)
            return NULL;
        timeline->entries = grown;
        timeline->room = room;
    }
    struct entry *entry = &timeline->entries[timeline->count];
    *entry = (struct entry){.at = at, .place = timeline->count, .mark = " "};
    timeline->count++;
    return entry;
}

/* An event that came long after it happened may have been typed in afterwards (事后补录). */
static const char *arrived_text(const json_t *event, char room[WORDS_BYTES])
{
    enum { LATE_MS = 3600000 };
    struct moment at = field_moment(event, "at");
    struct moment arrived = field_moment(event, "arrived_at");
    char span[SPAN_TEXT_BYTES];
    room[0] = '\0';
    if (instant_is_set(at.at) && instant_is_set(arrived.at) && arrived.at.ms - at.at.ms > LATE_MS)
        (void)snprintf(room, WORDS_BYTES, say("came %s later", "%s后才到"),
                       span_text(arrived.at.ms - at.at.ms, span));
    return room;
}

/* Why it has no effect, or less than it was sent for; "" where it has. */
static const char *stray_text(const json_t *event, char room[WORDS_BYTES])
{
    const char *reason = field_text(event, "stray");
    const char *rule = field_text(event, "stray_rule");
    const char *words = reason;
    for (int i = 0; i < STRAY_REASON_COUNT; i++)
        if (strcmp(reason, stray_reason_name[i]) == 0)
            words = lang_is_zh() ? stray_reason_zh[i] : stray_reason_en[i];
    room[0] = '\0';
    if (reason[0] != '\0')
        (void)snprintf(room, WORDS_BYTES, "%s%s%s%s", say("! ", "！"), words,
                       rule[0] == '\0' ? "" : say(" by rule ", "，规则 "), rule);
    return room;
}

static void add_events(struct timeline *timeline, const json_t *events)
{
    for (size_t i = 0; i < json_array_size(events); i++) {
        const json_t *event = json_array_get(events, i);
        struct entry *entry = entry_add(timeline, field_moment(event, "at"));
        if (entry == NULL)
            return;
        char version[64] = "";
        if (field_number(event, "version") > 0)
            (void)snprintf(version, sizeof version,
                           say("corrected, version %lld", "更正第 %lld 版"),
                           (long long)field_number(event, "version"));
        char term[TERM_ROOM_BYTES];
        char late[WORDS_BYTES];
        char stray[WORDS_BYTES];
        (void)JOINED(entry->what, " ", kind_text(field_text(event, "kind")),
                     field_text(event, "step"));
        (void)JOINED(entry->more, " · ", stray_text(event, stray), field_text(event, "org"),
                     field_text(event, "handler"), field_text(event, "result"),
                     term_text(field_text(event, "term"), term), field_text(event, "reason"),
                     version, arrived_text(event, late));
    }
}

static void add_cards(struct timeline *timeline, const json_t *cards)
{
    for (size_t i = 0; i < json_array_size(cards); i++) {
        struct card_view view = card_view_of(json_array_get(cards, i));
        struct entry *entry = entry_add(timeline, view.due);
        if (entry == NULL)
            return;
        struct level_look look = level_look(view.level);
        char late[SPAN_TEXT_BYTES + 32] = "";
        char span[SPAN_TEXT_BYTES];
        if (view.late_ms >= 1000)
            (void)snprintf(late, sizeof late, say("issued %s late", "迟发 %s"),
                           span_text(view.late_ms, span));
        char state[WORDS_BYTES];
        entry->mark = look.shape;
        (void)JOINED(entry->what, " ", look.text, state_label(view.state, view.is_shadow, state));
        (void)JOINED(entry->more, " · ", view.rule, view.rung, late, reason_text(view.reason),
                     view.id);
    }
}

/* Where no level is told, the rung's own name stands: it often is the level's. */
static const char *rung_level(const json_t *rung)
{
    const char *level = field_text(rung, "level");
    return level[0] != '\0' ? level : field_text(rung, "rung");
}

static void add_waiting(struct timeline *timeline, const json_t *clocks)
{
    for (size_t i = 0; i < json_array_size(clocks); i++) {
        const json_t *clock = json_array_get(clocks, i);
        const json_t *rungs = json_object_get(clock, "rungs");
        for (size_t k = 0; k < json_array_size(rungs); k++) {
            const json_t *rung = json_array_get(rungs, k);
            struct moment due = field_moment(rung, "due_at");
            if (strcmp(field_text(rung, "state"), "waiting") != 0 || !instant_is_set(due.at))
                continue;
            struct entry *entry = entry_add(timeline, due);
            if (entry == NULL)
                return;
            char label[WORDS_BYTES];
            char what[WORDS_BYTES];
            entry->mark = fit_is_utf8() ? "→" : ">";
            (void)JOINED(entry->what, "", say("will turn ", "将发 "),
                         level_label(rung_level(rung), label),
                         field_is_true(rung, "shadow") ? say(" (shadow)", "（影子）") : "");
            (void)JOINED(entry->more, " · ", field_text(clock, "clock"),
                         rung_text(field_text(rung, "text"), what));
        }
    }
}

/* A limit that lies elsewhere since, in a line of its own under the move. */
static void add_moved_limit(struct timeline *timeline, struct moment at, const json_t *limit)
{
    struct entry *entry = entry_add(timeline, at);
    if (entry == NULL)
        return;
    char from[WORDS_BYTES];
    char to[WORDS_BYTES];
    char rule[WORDS_BYTES];
    char pair[WORDS_BYTES];
    const char *called = field_text(limit, "limit");
    entry->is_more = true;
    (void)JOINED(rule, "/", field_text(limit, "rule"), field_text(limit, "step"));
    (void)JOINED(entry->what, " ", say("limit", "时限"),
                 strcmp(called, "limit") == 0 ? "" : limit_title(called));
    (void)field_when(limit, "from", from);
    (void)field_when(limit, "to", to);
    (void)JOINED(entry->more, " · ", rule, arrow_text(from, to, pair));
}

static void add_moves(struct timeline *timeline, const json_t *moves)
{
    for (size_t i = 0; i < json_array_size(moves); i++) {
        const json_t *move = json_array_get(moves, i);
        const json_t *limits = json_object_get(move, "limits");
        struct moment at = field_moment(move, "at");
        struct entry *entry = entry_add(timeline, at);
        if (entry == NULL)
            return;
        char words[WORDS_BYTES];
        bool is_all = strcmp(field_text(move, "move"), "all") == 0;
        entry->mark = fit_is_utf8() ? "↦" : "=";
        (void)snprintf(entry->what, sizeof entry->what, "%s",
                       is_all ? say("other rules", "改用新规则")
                              : say("other calendars", "改用新日历"));
        (void)JOINED(entry->more, " · ", move_text(move, words),
                     json_array_size(limits) == 0 ? say("no limit moves", "时限不变") : "");
        for (size_t k = 0; k < json_array_size(limits); k++)
            add_moved_limit(timeline, at, json_array_get(limits, k));
    }
}

static int entry_order(const void *a, const void *b)
{
    const struct entry *first = a;
    const struct entry *second = b;
    if (first->at.at.ms != second->at.at.ms)
        return first->at.at.ms < second->at.at.ms ? -1 : 1;
    return first->place < second->place ? -1 : 1;
}

static void timeline_print(FILE *out, struct timeline *timeline)
{
    if (timeline->count > 1)
        qsort(timeline->entries, timeline->count, sizeof *timeline->entries, entry_order);
    struct table table = {.indent = 2, .column_count = 4};
    for (size_t i = 0; i < timeline->count; i++) {
        const struct entry *entry = &timeline->entries[i];
        char time[MOMENT_TEXT_BYTES];
        TABLE_ADD(&table, entry->is_more ? "" : moment_text(entry->at, MOMENT_FULL, time),
                  entry->mark, entry->what, entry->more);
    }
    table_print(out, &table);
}

static void show_facts(FILE *out, const json_t *facts)
{
    char edition[WORDS_BYTES];
    fact_print(out, say("item", "事项"), field_text(facts, "item"));
    fact_print(out, say("org", "部门"), field_text(facts, "org"));
    fact_print(out, say("area", "区划"), field_text(facts, "area"));
    fact_print(out, say("handler", "承办人"), field_text(facts, "handler"));
    fact_print(out, say("part of", "所属联办件"), field_text(facts, "parent"));
    fact_print(out, say("source", "来源"), field_text(facts, "source"));
    fact_print(out, say("edition", "规则库版次"), edition_text(facts, edition));
}

static void show_children(FILE *out, const json_t *facts)
{
    const json_t *children = json_object_get(facts, "children");
    long long more =
        (long long)field_number(facts, "child_count") - (long long)json_array_size(children);
    if (json_array_size(children) == 0)
        return;
    (void)fprintf(out, "\n%s\n", say("Parts of this joint case", "本联办件的分件"));
    struct table table = {.indent = 2,
                          .column_count = 5,
                          .names = {say("case", "办件"), say("state", "状态"), say("item", "事项"),
                                    say("org", "部门"), say("next", "下次")}};
    for (size_t i = 0; i < json_array_size(children); i++) {
        const json_t *child = json_array_get(children, i);
        char when[WORDS_BYTES];
        TABLE_ADD(&table, field_text(child, "case"), word_text(field_text(child, "state")),
                  field_text(child, "item"), field_text(child, "org"),
                  field_when(child, "next_at", when));
    }
    table_print(out, &table);
    if (more > 0)
        (void)fprintf(out, say("  and %lld more\n", "  另有 %lld 件\n"), more);
}

void show_case(FILE *out, const json_t *answer)
{
    const json_t *facts = json_object_get(answer, "case");
    char name[FIT_BYTES];
    if (show_groups(out, answer))
        return;
    (void)fprintf(out, "%s %s · %s\n", say("Case", "办件"),
                  fit_text(slice_of(field_text(facts, "case")), 80, false, name),
                  word_text(field_text(facts, "state")));
    const json_t *judgeable = json_object_get(facts, "judgeable");
    char since[WORDS_BYTES];
    if (json_is_false(judgeable)) {
        (void)field_when(facts, "silent_since", since);
        (void)fprintf(out,
                      say("  ! cannot judge since %s: its source is silent\n",
                          "  ！自 %s 起无法判断：来源没有消息\n"),
                      since[0] == '\0' ? "?" : since);
    }
    show_facts(out, facts);
    show_children(out, facts);

    struct timeline timeline = {0};
    add_events(&timeline, json_object_get(facts, "events"));
    add_moves(&timeline, json_object_get(facts, "moves"));
    add_cards(&timeline, json_object_get(facts, "cards"));
    add_waiting(&timeline, json_object_get(facts, "clocks"));
    (void)fprintf(out, "\n%s\n", say("Timeline", "时间线"));
    timeline_print(out, &timeline);
    free(timeline.entries);
    show_clocks(out, facts);
    if (json_array_size(json_object_get(facts, "clocks")) == 0)
        (void)fprintf(out,
                      say("cardwatch explain %s says why, rule by rule\n",
                          "cardwatch explain %s 逐条规则说明原因\n"),
                      fit_text(slice_of(field_text(facts, "case")), 80, false, name));
}
