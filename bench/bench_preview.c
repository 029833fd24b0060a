/* bench_preview.c - how long does it take to see what a calendar notice does to all open cases?
 *
 * `cardwatch rules preview`, from exec to its end, beside an engine's journal and image in the page
 * cache; the notice takes three workdays away before the limits of all of them.
 */
#include "bench/process.h"

#include <stdio.h>
#include <string.h>

enum { RUNS = 3 };

/* The calendar of the town, with three days off more. */
static void calendar_write(const char *path)
{
    FILE *from = fopen("rules/calendars/cn.yaml", "r");
    FILE *to = fopen(path, "w");
    char line[1024];
    measure_must(from != NULL && to != NULL, "rules/calendars/cn.yaml cannot be copied");
    while (fgets(line, sizeof line, from) != NULL)
        (void)fputs(line, to);
    (void)fputs("  - {ground: 防御台风停工, off: {台风: [2024-01-03..2024-01-05]}}\n", to);
    (void)fclose(from);
    measure_must(fclose(to) == 0, "the calendar cannot be written");
}

int main(int argc, char **argv)
{
    struct measure_wish wish = measure_read(argc, argv);
    uint64_t cases = measure_of(&wish, wish.cases, 1000000, 300000, 500);
    struct process process;
    char calendar[MEASURE_PATH_BYTES + 16];
    process_fill(&process, cases);
    (void)snprintf(calendar, sizeof calendar, "%s/cn.yaml", process.folder);
    calendar_write(calendar);
    char *arguments[] = {(char[]){"cardwatch-rules"},
                         (char[]){"preview"},
                         (char[]){"--data-dir"},
                         process.folder,
                         (char[]){"--list"},
                         (char[]){"0"},
                         calendar,
                         NULL};
    double best_s = 0;
    for (int run = 0; run < RUNS; run++) {
        double run_s = process_run("cardwatch-rules", arguments);
        best_s = run == 0 || run_s < best_s ? run_s : best_s;
    }
    (void)printf("preview seconds=%.3f seconds_per_million=%.3f cases=%llu\n", best_s,
                 best_s * 1e6 / (double)cases, (unsigned long long)cases);
    process_remove(&process);
    socket_terminate();
    return 0;
}
