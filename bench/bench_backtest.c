/* bench_backtest.c - how long does it take to see what other rules would have made of history?
 *
 * `cardwatch rules backtest` over the journal of an engine, from exec to its end: two replays side
 * by side, and the comparison of their cards. The changed rules give a day more and warn a day
 * sooner.
 */
#include "bench/process.h"

#include <stdio.h>
#include <string.h>

enum { BATCH = 256, CHUNK_EVENTS = 1000000 };

static void history_make(struct process *process, uint64_t events)
{
    const struct process_options options = {.clock = "events", .image_mib = "0"};
    const struct town_options town_options = {.seed = 1,
                                              .events = events,
                                              .open = events / 60 + 10,
                                              .late_per_mille = 5,
                                              .from_ms = TOWN_FROM_MS};
    struct town *town = town_open(&town_options);
    struct sender sender;
    process_prepare(process);
    process_start(process, &options);
    sender_open(&sender, process->intake);
    for (uint64_t sent = 0; sent < events;) {
        struct load load = {.batch = BATCH, .numbered = sent};
        struct event event;
        for (uint32_t i = 0; i < CHUNK_EVENTS && town_next(town, &event); i++)
            load_add(&load, &event);
        load_finish(&load);
        sent += load.event_count;
        (void)sender_push(&sender, &load, 0);
        load_clear(&load);
    }
    sender_close(&sender);
    town_close(&town);
    process_stop(process, false);
}

static void rules_write(const char *path)
{
    FILE *from = fopen("bench/rules.yaml", "r");
    FILE *to = fopen(path, "w");
    char line[512];
    measure_must(from != NULL && to != NULL, "bench/rules.yaml cannot be copied");
    while (fgets(line, sizeof line, from) != NULL) {
        char *days = strstr(line, "2 workday before promised");
        if (days != NULL)
            *days = '3';
        (void)fputs(strstr(line, "yellow: {when: after promised}") != NULL
                        ? "      - yellow: {when: 1 workday after promised}\n"
                        : line,
                    to);
    }
    (void)fclose(from);
    measure_must(fclose(to) == 0, "the rules cannot be written");
}

int main(int argc, char **argv)
{
    struct measure_wish wish = measure_read(argc, argv);
    uint64_t events = measure_of(&wish, wish.events, 4000000, 1000000, 2000);
    struct process process;
    char rules[MEASURE_PATH_BYTES + 16];
    history_make(&process, events);
    (void)snprintf(rules, sizeof rules, "%s/changed.yaml", process.folder);
    rules_write(rules);
    char *arguments[] = {(char[]){"cardwatch-rules"},
                         (char[]){"backtest"},
                         (char[]){"--data-dir"},
                         process.folder,
                         (char[]){"--list"},
                         (char[]){"0"},
                         rules,
                         NULL};
    double seconds = process_run("cardwatch-rules", arguments);
    (void)printf("backtest seconds=%.3f events_per_s=%.0f events=%llu\n", seconds,
                 (double)events / seconds, (unsigned long long)events);
    process_remove(&process);
    socket_terminate();
    return 0;
}
