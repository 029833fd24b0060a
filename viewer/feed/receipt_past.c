/* receipt_past.c - what the conditions of a clock have looked back at, as a person reads it: of a
 * count in a window each event, up to when it counts, and the last one that lies outside; who
 * handled the step before.
 */
#include "engine/sys/lang.h"
#include "viewer/feed/show.h"
#include "viewer/feed/table.h"
#include "viewer/feed/words.h"

#include <stdio.h>

static void add_event(struct table *table, const json_t *event, bool is_inside)
{
    char at[WORDS_BYTES];
    char within[WORDS_BYTES];
    TABLE_ADD(table, field_when(event, "at", at), field_when(event, "within", within),
              is_inside ? say("yes", "是") : say("no", "否"));
}

static void show_count(FILE *out, const json_t *count, bool is_of_stop)
{
    const json_t *events = json_object_get(count, "events");
    const json_t *before = json_object_get(count, "before");
    const char *step = field_text(count, "step");
    char text[WORDS_BYTES];
    char named[WORDS_BYTES];
    char term[TERM_ROOM_BYTES];
    (void)labelled(named, say("step", "环节"), step);
    (void)JOINED(text, " · ", kind_text(field_text(count, "of")), named);
    (void)fprintf(out, "\n%s", is_of_stop ? say("When it stopped: ", "停止时：") : "");
    (void)fprintf(out, say("Counted within %s: %s: %lld\n", "%s内的计数：%s：%lld\n"),
                  term_text(field_text(count, "term"), term), text,
                  (long long)field_number(count, "count"));
    struct table table = {
        .indent = 2,
        .column_count = 3,
        .names = {say("at", "时刻"), say("counts up to", "计至"), say("counts", "计入")}};
    if (json_is_object(before))
        add_event(&table, before, false);
    for (size_t i = 0; i < json_array_size(events); i++)
        add_event(&table, json_array_get(events, i), true);
    table_print(out, &table);
}

static void show_handled(FILE *out, const json_t *handled)
{
    const json_t *before = json_object_get(handled, "before");
    char text[WORDS_BYTES];
    char when[WORDS_BYTES];
    fact_print(out, say("step", "环节"),
               JOINED(text, " · ", field_text(handled, "step"), field_text(handled, "handler")));
    fact_print(out, say("step before", "上一环节"),
               JOINED(text, " · ", field_text(before, "step"), field_text(before, "handler"),
                      field_when(before, "at", when)));
}

void show_past(FILE *out, const json_t *receipt)
{
    const json_t *counts = json_object_get(receipt, "counts");
    show_handled(out, json_object_get(receipt, "handled"));
    for (size_t i = 0; i < json_array_size(counts); i++)
        show_count(out, json_array_get(counts, i), false);
    counts = json_object_get(json_object_get(receipt, "stop_when"), "counts");
    for (size_t i = 0; i < json_array_size(counts); i++)
        show_count(out, json_array_get(counts, i), true);
}
