/* receipt_counts.c - what a condition has counted in a window, as a person reads it: each event, up
 * to when it counts, and the last one that lies outside.
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

static void show_count(FILE *out, const json_t *count)
{
    const json_t *events = json_object_get(count, "events");
    const json_t *before = json_object_get(count, "before");
    const char *step = field_text(count, "step");
    char text[WORDS_BYTES];
    char named[WORDS_BYTES];
    char term[TERM_ROOM_BYTES];
    (void)labelled(named, say("step", "环节"), step);
    (void)JOINED(text, " · ", kind_text(field_text(count, "of")), named);
    (void)fprintf(out, say("\nCounted within %s: %s: %lld\n", "\n%s内的计数：%s：%lld\n"),
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

void show_counts(FILE *out, const json_t *counts)
{
    for (size_t i = 0; i < json_array_size(counts); i++)
        show_count(out, json_array_get(counts, i));
}
