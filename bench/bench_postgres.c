/* bench_postgres.c - how many events a second does it take, what a usual team builds? This writes
 * the town's events as SQL; postgres.sh runs them.
 *
 * One table of cases, upserts of 1,000 events each in a transaction of its own, and a query that
 * looks for overdue cases every second. A case that has more than one event among the thousand is
 * written once, with the last: that is in its favour. A tenth of the cases fall due while it runs.
 *
 * The file's name is in CARDWATCH_SQL; without it nothing is kept.
 */
#include "bench/measure.h"
#include "bench/town.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 1000, DUE_S = 20, NEVER_S = 10000000 };

struct row {
    char case_no[TOWN_CASE_BYTES];
    char item[16];
    char org[16];
    const char *state;
    int64_t at_ms;
    int32_t due_s; /* after the start of the run; -1: as it is */
};

static struct row rows[ROWS];
static uint32_t row_count;
static uint64_t bytes_written;

static const char begin_text[] =
    "CREATE TABLE cases (case_no text PRIMARY KEY, item text, org text, state text NOT NULL, "
    "at timestamptz NOT NULL, due timestamptz, carded boolean NOT NULL DEFAULT false);\n"
    "CREATE INDEX cases_due ON cases (due) WHERE NOT carded;\n"
    "CREATE TABLE cards (case_no text, due timestamptz, issued timestamptz);\n"
    "CREATE TABLE run AS SELECT clock_timestamp() AS began;\n";

static void rows_write(FILE *file)
{
    if (row_count == 0)
        return;
    int count = fprintf(file, "INSERT INTO cases AS c (case_no, item, org, state, at, due) SELECT "
                              "v.a, v.b, v.c, v.d, to_timestamp(v.e), CASE WHEN v.f < 0 THEN NULL "
                              "ELSE began + v.f * interval '1 second' END FROM run, (VALUES ");
    for (uint32_t i = 0; i < row_count; i++) {
        const struct row *row = &rows[i];
        count += fprintf(file, "%s('%s','%s','%s','%s',%.3f,%" PRId32 ")", i == 0 ? "" : ",",
                         row->case_no, row->item, row->org, row->state, (double)row->at_ms / 1e3,
                         row->due_s);
    }
    count += fprintf(file, ") AS v(a, b, c, d, e, f) ON CONFLICT (case_no) DO UPDATE SET "
                           "state = excluded.state, at = excluded.at, "
                           "due = COALESCE(excluded.due, c.due);\n");
    bytes_written += (uint64_t)count;
    row_count = 0;
}

static void text_put(char *place, size_t room, struct slice text)
{
    if (text.count > 0)
        (void)snprintf(place, room, "%.*s", (int)text.count, text.start);
}

static void event_add(const struct event *event, uint64_t random)
{
    struct row *row = NULL;
    for (uint32_t i = 0; i < row_count && row == NULL; i++)
        if (slice_is_equal(slice_of(rows[i].case_no), event->case_no))
            row = &rows[i];
    if (row == NULL) {
        row = &rows[row_count++];
        *row = (struct row){.due_s = -1};
        text_put(row->case_no, sizeof row->case_no, event->case_no);
    }
    text_put(row->item, sizeof row->item, event->item);
    text_put(row->org, sizeof row->org, event->org);
    row->state = event_kind_name[event->kind];
    row->at_ms = event->at.ms;
    if (event->kind == EVENT_ACCEPT)
        row->due_s = random % 10 == 0 ? (int32_t)(random / 10 % DUE_S) + 1 : NEVER_S;
}

int main(int argc, char **argv)
{
    struct measure_wish wish = measure_read(argc, argv);
    uint64_t events = measure_of(&wish, wish.events, 1000000, 500000, 3000);
    const char *path = getenv("CARDWATCH_SQL");
    FILE *file = fopen(path != NULL ? path : "/dev/null", "w");
    struct town_options options = {
        .seed = 1, .events = events, .open = events / 60 + 10, .from_ms = TOWN_FROM_MS};
    struct town *town = town_open(&options);
    struct event event;
    uint64_t random = 5;
    uint64_t in_batch = 0;
    measure_must(file != NULL, "the SQL cannot be written");
    bytes_written = (uint64_t)fprintf(file, "%s", begin_text);
    while (town_next(town, &event)) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
        event_add(&event, random >> 33);
        if (++in_batch == ROWS) {
            rows_write(file);
            in_batch = 0;
        }
    }
    rows_write(file);
    measure_must(fclose(file) == 0, "the SQL cannot be written");
    town_close(&town);
    (void)printf("postgres_sql events=%llu bytes_per_event=%.0f\n", (unsigned long long)events,
                 (double)bytes_written / (double)events);
    return 0;
}
