/* bench_restart.c - how long does an engine that knows many open cases take to come back?
 *
 * From exec to its line "ready", the files in the page cache: once with the image that it wrote
 * when it was told to stop, once after kill -9 with the journal alone.
 */
#include "bench/process.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { RUNS = 3 };

static void images_remove(const struct process *process)
{
    char path[2 * MEASURE_PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/journal", process->folder);
    DIR *folder = opendir(path);
    measure_must(folder != NULL, "no journal");
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (strncmp(entry->d_name, "image", 5) != 0)
            continue;
        (void)snprintf(path, sizeof path, "%s/journal/%.200s", process->folder, entry->d_name);
        measure_must(unlink(path) == 0, "an image cannot be removed");
    }
    (void)closedir(folder);
}

static double start(struct process *process, double *memory_out)
{
    const struct process_options options = {.clock = "events", .image_mib = "0"};
    double best_s = 0;
    for (int run = 0; run < RUNS; run++) {
        process_start(process, &options);
        *memory_out = (double)measure_memory_bytes(process->pid);
        process_stop(process, true); /* killed: it leaves no new image behind */
        if (run == 0 || process->start_s < best_s)
            best_s = process->start_s;
    }
    return best_s;
}

int main(int argc, char **argv)
{
    struct measure_wish wish = measure_read(argc, argv);
    uint64_t cases = measure_of(&wish, wish.cases, 1000000, 300000, 500);
    struct process process;
    double memory;
    process_fill(&process, cases);
    double image_s = start(&process, &memory);
    (void)printf("restart_image seconds=%.3f seconds_per_million=%.3f cases=%llu "
                 "memory_bytes_per_case=%.0f\n",
                 image_s, image_s * 1e6 / (double)cases, (unsigned long long)cases,
                 memory / (double)cases);
    images_remove(&process);
    double journal_s = start(&process, &memory);
    (void)printf("restart_journal seconds=%.3f seconds_per_million=%.3f events_per_s=%.0f "
                 "cases=%llu memory_bytes_per_case=%.0f\n",
                 journal_s, journal_s * 1e6 / (double)cases,
                 (double)(cases * TOWN_OPENINGS) / journal_s, (unsigned long long)cases,
                 memory / (double)cases);
    process_remove(&process);
    socket_terminate();
    return 0;
}
