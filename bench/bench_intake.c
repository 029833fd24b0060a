/* bench_intake.c - how many durable events a second go through the real wire?
 *
 * A real engine process on a fresh folder, real rules (bench/rules.yaml: three clocks a case), and
 * a collector beside it that sends within credit. An event counts when its acknowledgement is here:
 * then it is judged and on disk.
 */
#include "bench/process.h"

#include <stdio.h>

struct setting {
    const char *name;
    const char *clock;
    bool is_tcp;
    uint32_t batch;
    uint64_t window; /* events under way; 0: as many as the engine gives credit for */
    uint64_t full;
    uint64_t smoke;
};

static const struct setting settings[] = {
    {"intake_batch256_tcp", "events", true, 256, 0, 3000000, 5120},
    {"intake_batch256_ipc", "events", false, 256, 0, 3000000, 5120},
    {"intake_batch256_wall", "wall", true, 256, 0, 3000000, 5120},
    {"intake_single_tcp", "events", true, 1, 0, 1000000, 1000},
    {"intake_closed_loop", "events", false, 1, 1, 3000, 20},
};

static struct town_options town_of(const struct setting *setting, uint64_t events)
{
    struct town_options options = {.seed = 1,
                                   .events = events,
                                   .open = events / 60 + 10,
                                   .late_per_mille = 5,
                                   .from_ms = TOWN_FROM_MS};
    if (setting->clock[0] == 'w') { /* the last hours, up to now: what was applied for is not due */
        options.pace = 2000;
        options.from_ms = measure_wall_ms() - (int64_t)12 * 3600000;
    }
    return options;
}

static void measure(const struct setting *setting, const struct measure_wish *wish)
{
    struct process_options options = {.clock = setting->clock, .is_tcp = setting->is_tcp};
    struct process process;
    struct sender sender;
    struct load load;
    uint64_t events =
        measure_of(wish, wish->events, setting->full, setting->full / 4, setting->smoke);
    struct town_options town_options = town_of(setting, events);
    struct town *town = town_open(&town_options);
    load_make(&load, town, setting->batch);
    town_close(&town);
    process_prepare(&process);
    process_start(&process, &options);
    sender_open(&sender, process.intake);
    double cpu_s = measure_process_cpu_s(process.pid);
    double seconds = sender_push(&sender, &load, setting->window);
    cpu_s = measure_process_cpu_s(process.pid) - cpu_s;
    uint64_t memory = measure_memory_bytes(process.pid);
    measure_must(sender.refused == 0, "events were refused");
    sender_close(&sender);
    process_stop(&process, false);
    uint64_t hash = measure_fold(0, &sender.committed, sizeof sender.committed);
    (void)printf("%s events_per_s=%.0f engine_cpu_ns_per_event=%.0f seconds=%.3f events=%llu "
                 "wire_bytes_per_event=%.1f "
                 "disk_bytes_per_event=%.1f engine_mib=%.0f hash=%016llx\n",
                 setting->name, (double)events / seconds, cpu_s * 1e9 / (double)events, seconds,
                 (unsigned long long)events, (double)load.bytes.count / (double)events,
                 (double)measure_disk_bytes(process.folder) / (double)events,
                 (double)memory / 1048576, (unsigned long long)hash);
    (void)fflush(stdout);
    if (wish->is_kept)
        (void)fprintf(stderr, "%s: %s\n", setting->name, process.folder);
    else
        process_remove(&process);
    load_clear(&load);
}

int main(int argc, char **argv)
{
    struct measure_wish wish = measure_read(argc, argv);
    for (size_t i = 0; i < COUNT_OF(settings); i++)
        if (wish.batch == 0 || wish.batch == settings[i].batch)
            measure(&settings[i], &wish);
    socket_terminate();
    return 0;
}
