/* measure.c - see measure.h. */
#include "bench/measure.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void measure_must(bool is_good, const char *what)
{
    if (is_good)
        return;
    (void)fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

struct measure_wish measure_read(int argc, char **argv)
{
    struct measure_wish wish = {.size = MEASURE_FULL};
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        uint64_t *number = strcmp(word, "--events") == 0  ? &wish.events
                           : strcmp(word, "--cases") == 0 ? &wish.cases
                           : strcmp(word, "--batch") == 0 ? &wish.batch
                                                          : NULL;
        if (number != NULL && i + 1 < argc)
            *number = strtoull(argv[++i], NULL, 10);
        else if (strcmp(word, "--quick") == 0)
            wish.size = MEASURE_QUICK;
        else if (strcmp(word, "--smoke") == 0)
            wish.size = MEASURE_SMOKE;
        else if (strcmp(word, "--keep") == 0)
            wish.is_kept = true;
        else
            measure_must(false, "usage: bench_… [--smoke | --quick] [--keep] "
                                "[--events N] [--cases N] [--batch N]");
    }
    return wish;
}

uint64_t measure_of(const struct measure_wish *wish, uint64_t wished, uint64_t full, uint64_t quick,
                    uint64_t smoke)
{
    if (wished != 0)
        return wished;
    return wish->size == MEASURE_FULL ? full : wish->size == MEASURE_QUICK ? quick : smoke;
}

double measure_now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* fails only for a clock that is not there */
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

double measure_cpu_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int64_t measure_wall_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void measure_wait_ms(int ms)
{
    struct timespec span = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    (void)nanosleep(&span, NULL);
}

uint64_t measure_fold(uint64_t hash, const void *bytes, size_t count)
{
    const unsigned char *byte = bytes;
    if (hash == 0)
        hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ byte[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static int number_order(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;
    return *x < *y ? -1 : *x > *y;
}

void measure_sort(double *values, size_t count)
{
    qsort(values, count, sizeof *values, number_order);
}

double measure_at(const double *sorted, size_t count, uint32_t permille)
{
    if (count == 0)
        return 0;
    size_t place = count * permille / 1000;
    return sorted[place < count ? place : count - 1];
}

uint64_t measure_memory_bytes(int pid)
{
    char path[64];
    unsigned long long all = 0;
    unsigned long long resident = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/statm", pid == 0 ? (int)getpid() : pid);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return 0;
    char line[128];
    if (fgets(line, sizeof line, file) != NULL) {
        char *rest;
        all = strtoull(line, &rest, 10);
        resident = strtoull(rest, NULL, 10);
    }
    (void)fclose(file);
    (void)all;
    return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

double measure_process_cpu_s(int pid)
{
    char path[64];
    char line[128];
    double seconds = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/schedstat", pid);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return 0;
    if (fgets(line, sizeof line, file) != NULL)
        seconds = (double)strtoull(line, NULL, 10) * 1e-9;
    (void)fclose(file);
    return seconds;
}

void measure_folder(char path[MEASURE_PATH_BYTES])
{
    const char *root = getenv("CARDWATCH_BENCH_DIR");
    if (root == NULL)
        root = getenv("TMPDIR");
    (void)snprintf(path, MEASURE_PATH_BYTES, "%s/cardwatch-bench-XXXXXX",
                   root != NULL ? root : "/var/tmp");
    measure_must(mkdtemp(path) != NULL, "cannot make a folder");
}

/* Calls visit with every file of a folder, folders after what they hold.
 * NOLINTNEXTLINE(misc-no-recursion): a store is two folders deep */
static void walk(const char *path, void (*visit)(void *ctx, const char *path, bool is_folder),
                 void *ctx)
{
    DIR *folder = opendir(path);
    if (folder == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char inner[2 * MEASURE_PATH_BYTES];
        struct stat status;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        int length = snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        if (length < 0 || (size_t)length >= sizeof inner || lstat(inner, &status) != 0)
            continue;
        if (S_ISDIR(status.st_mode))
            walk(inner, visit, ctx);
        else
            visit(ctx, inner, false);
    }
    (void)closedir(folder);
    visit(ctx, path, true);
}

static void remove_one(void *ctx, const char *path, bool is_folder)
{
    (void)ctx;
    (void)(is_folder ? rmdir(path) : unlink(path)); /* what stays behind is seen by its owner */
}

void measure_folder_remove(const char *path)
{
    walk(path, remove_one, NULL);
}

static void weigh_one(void *ctx, const char *path, bool is_folder)
{
    uint64_t *bytes = ctx;
    struct stat status;
    if (!is_folder && lstat(path, &status) == 0)
        *bytes += (uint64_t)status.st_blocks * 512;
}

uint64_t measure_disk_bytes(const char *path)
{
    uint64_t bytes = 0;
    walk(path, weigh_one, &bytes);
    return bytes;
}
