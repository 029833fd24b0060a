/* bench_rules.c - what do many rules cost? 2,000 items with 20 rules each against one rule for all.
 *
 * A catalogue of 2,000 items; each has 20 rules of its own (applies: items), 40,000 in the edition.
 * The same events go through a real engine, durable and acknowledged, under the simplest rule and
 * under each of the sets, in turns, several times; the ratio is that of the medians. In the set
 * `real` (bench/item_rules.yaml) some three clocks of a case run at a time, seven in its life, and
 * the other rules wait for their events; `once` is the same 20 rules written once for all items, so
 * that `real` to `once` is what their number alone costs. In `running_N` exactly N clocks run from
 * acceptance to finish.
 */
#include "bench/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RULES_EACH = 20,
    FILE_ITEMS = 200, /* items whose rules stand in one file */
    ROUNDS_MAX = 7,
    FILES_MAX = 64,
    TEXT_BYTES = 1 << 14
};

static const char calendar_path[] = "rules/calendars/cn.yaml";
static const char scope[] = "    applies: {items: [ITEM]}";
static const char template_path[] = "bench/item_rules.yaml";

/* One edition, and what was measured under it. */
struct set {
    const char *name;
    uint32_t running; /* clocks that run from acceptance on; SIMPLEST, ONCE, REAL */
    double import_s;
    double rates[ROUNDS_MAX]; /* events a second */
    double cpu_ns[ROUNDS_MAX];
    uint64_t memory_bytes;
    uint64_t hash;
};

enum { SIMPLEST = 100, ONCE, REAL };

static struct set sets[] = {
    {.name = "simplest", .running = SIMPLEST},
    {.name = "once", .running = ONCE},
    {.name = "real", .running = REAL},
    {.name = "running_1", .running = 1},
    {.name = "running_3", .running = 3},
    {.name = "running_6", .running = 6},
    {.name = "running_20", .running = RULES_EACH},
};

/* ---- the files ---------------------------------------------------------------------------------
 */

struct files {
    const char *folder;
    char paths[FILES_MAX][MEASURE_PATH_BYTES + 32];
    uint32_t count;
};

static FILE *file_add(struct files *files, const char *name, uint32_t number)
{
    measure_must(files->count < FILES_MAX, "too many files");
    char *path = files->paths[files->count++];
    (void)snprintf(path, sizeof files->paths[0], "%s/%s%u.%s", files->folder, name, number,
                   strcmp(name, "items") == 0 ? "csv" : "yaml");
    FILE *file = fopen(path, "wb");
    measure_must(file != NULL, "a file cannot be written");
    return file;
}

static void file_end(FILE *file)
{
    measure_must(fclose(file) == 0, "a file cannot be written");
}

static void items_write(struct files *files, uint32_t item_count)
{
    FILE *file = file_add(files, "items", item_count);
    (void)fprintf(file, "item_code,item_name,kind,org,promised,statutory\n");
    for (uint32_t i = 0; i < item_count; i++)
        (void)fprintf(file, "350200-%05u,item %u,promised,ORG-%02u,%u workday,%u workday\n", i, i,
                      i % 20 + 1, 9 + i % 8, 20 + i % 11);
    file_end(file);
}

/* The rules of one item out of the template: ITEM and NAME stand for its own. */
static void item_write(FILE *file, const char *text, uint32_t item)
{
    while (*text != '\0') {
        const char *code = strstr(text, "ITEM");
        const char *name = strstr(text, "NAME");
        const char *next = code == NULL || (name != NULL && name < code) ? name : code;
        if (next == NULL) {
            (void)fputs(text, file);
            return;
        }
        (void)fwrite(text, 1, (size_t)(next - text), file);
        (void)fprintf(file, next == name ? "i%05u" : "350200-%05u", item);
        text = next + 4;
    }
}

static void template_read(char text[TEXT_BYTES])
{
    FILE *file = fopen(template_path, "rb");
    measure_must(file != NULL, "no rules: a bench runs at the root of the tree");
    size_t count = fread(text, 1, TEXT_BYTES - 1, file);
    (void)fclose(file);
    text[count] = '\0';
}

/* N rules whose clocks run, and the rest of the 20 that wait for other events. */
static void template_make(char text[TEXT_BYTES], uint32_t running)
{
    int at = 0;
    for (uint32_t i = 0; i < RULES_EACH; i++) {
        at += snprintf(text + at, (size_t)(TEXT_BYTES - at),
                       "  - rule: NAME-%u\n    applies: {items: [ITEM]}\n", i);
        if (i < running)
            at += snprintf(text + at, (size_t)(TEXT_BYTES - at),
                           "    clock: {start: accept, stop: finish, limits: {promised: %u "
                           "workday}}\n    cards: [yellow: after promised]\n",
                           20 + i);
        else
            at += snprintf(text + at, (size_t)(TEXT_BYTES - at),
                           "    fact: {on: rating, is: rating <= %u}\n    card: warn\n", i % 5 + 1);
        measure_must(at < TEXT_BYTES, "the rules are too long");
    }
}

/* The template as it is, without its lines about the item. */
static void once_write(struct files *files, const char *text)
{
    FILE *file = file_add(files, "rules", 0);
    (void)fprintf(file, "set: once\ncalendar: cn\nrules:\n");
    while (*text != '\0') {
        size_t count = strcspn(text, "\n") + 1;
        if (memcmp(text, scope, sizeof scope - 1) != 0)
            (void)fwrite(text, 1, count, file);
        text += count;
    }
    file_end(file);
}

static void rules_write(struct files *files, const struct set *set, uint32_t item_count)
{
    static char text[TEXT_BYTES];
    if (set->running == SIMPLEST) {
        FILE *file = file_add(files, "rules", 0);
        (void)fprintf(file, "set: simplest\ncalendar: cn\nrules:\n  - rule: simplest\n    clock: "
                            "{start: accept, stop: finish, limits: {promised: 20 workday}}\n"
                            "    cards: [yellow: after promised]\n");
        file_end(file);
        return;
    }
    if (set->running == REAL || set->running == ONCE)
        template_read(text);
    else
        template_make(text, set->running);
    if (set->running == ONCE) {
        once_write(files, text);
        return;
    }
    for (uint32_t from = 0; from < item_count; from += FILE_ITEMS) {
        FILE *file = file_add(files, "rules", from / FILE_ITEMS);
        (void)fprintf(file, "set: items-%u\ncalendar: cn\nrules:\n", from / FILE_ITEMS);
        for (uint32_t i = from; i < from + FILE_ITEMS && i < item_count; i++)
            item_write(file, text, i);
        file_end(file);
    }
}

/* Into a fresh folder with an edition of these files. Returns the seconds of the import. */
static double prepare(struct process *process, const struct set *set, uint32_t item_count)
{
    static struct files files;
    const char *paths[FILES_MAX + 1];
    files.count = 0;
    process_prepare_empty(process);
    files.folder = process->folder;
    items_write(&files, item_count);
    if (set != NULL)
        rules_write(&files, set, item_count);
    for (uint32_t i = 0; i < files.count; i++)
        paths[i] = files.paths[i];
    paths[files.count] = calendar_path;
    return process_import(process, paths, files.count + 1);
}

/* ---- the load ----------------------------------------------------------------------------------
 */

/* The town's cases, spread over all items. */
static void load_spread(struct load *load, uint64_t events, uint32_t item_count)
{
    struct town_options options = {.seed = 1,
                                   .events = events,
                                   .open = events / 60 + 10,
                                   .late_per_mille = 5,
                                   .from_ms = TOWN_FROM_MS};
    struct town *town = town_open(&options);
    struct event event;
    char code[TOWN_CASE_BYTES];
    *load = (struct load){.batch = 256};
    while (town_next(town, &event)) {
        uint64_t hash = measure_fold(0, event.case_no.start, event.case_no.count);
        (void)snprintf(code, sizeof code, "350200-%05u", (uint32_t)(hash % item_count));
        if (event.item.count > 0)
            event.item = slice_of(code);
        load_add(load, &event);
    }
    load_finish(load);
    town_close(&town);
}

static void round_measure(struct set *set, uint32_t round, const struct load *load,
                          uint32_t item_count)
{
    struct process_options options = {.clock = "events"};
    struct process process;
    struct sender sender;
    set->import_s = prepare(&process, set, item_count);
    process_start(&process, &options);
    sender_open(&sender, process.intake);
    double cpu_s = measure_process_cpu_s(process.pid);
    double seconds = sender_push(&sender, load, 0);
    cpu_s = measure_process_cpu_s(process.pid) - cpu_s;
    set->memory_bytes = measure_memory_bytes(process.pid);
    measure_must(sender.refused == 0, "events were refused");
    set->hash = measure_fold(0, &sender.committed, sizeof sender.committed);
    sender_close(&sender);
    process_stop(&process, false);
    process_remove(&process);
    set->rates[round] = (double)load->event_count / seconds;
    set->cpu_ns[round] = cpu_s * 1e9 / (double)load->event_count;
}

static double median(double *values, uint32_t count)
{
    measure_sort(values, count);
    return measure_at(values, count, 500);
}

int main(int argc, char **argv)
{
    struct measure_wish wish = measure_read(argc, argv);
    uint64_t events = measure_of(&wish, wish.events, 1000000, 400000, 2000);
    uint32_t rounds = (uint32_t)measure_of(&wish, 0, ROUNDS_MAX, 3, 1);
    uint32_t item_count = (uint32_t)measure_of(&wish, 0, 2000, 2000, 20);
    uint32_t table_count = (uint32_t)measure_of(&wish, 0, 10000, 10000, 100);
    struct process process;
    struct load load;
    double table_s = prepare(&process, NULL, table_count);
    process_remove(&process);
    (void)printf("rules_table seconds=%.3f items=%u\n", table_s, table_count);
    load_spread(&load, events, item_count);
    for (uint32_t round = 0; round < rounds; round++)
        for (size_t i = 0; i < COUNT_OF(sets); i++)
            round_measure(&sets[i], round, &load, item_count);
    double simplest = median(sets[0].rates, rounds);
    double simplest_ns = median(sets[0].cpu_ns, rounds);
    for (size_t i = 0; i < COUNT_OF(sets); i++) {
        double rate = median(sets[i].rates, rounds);
        double cpu_ns = median(sets[i].cpu_ns, rounds);
        (void)printf(
            "rules_%s events_per_s=%.0f engine_cpu_ns_per_event=%.0f ratio_rate=%.2f "
            "ratio_cpu=%.2f import_seconds=%.3f events=%llu engine_mib=%.0f hash=%016llx\n",
            sets[i].name, rate, cpu_ns, rate / simplest, cpu_ns / simplest_ns, sets[i].import_s,
            (unsigned long long)load.event_count, (double)sets[i].memory_bytes / 1048576,
            (unsigned long long)sets[i].hash);
    }
    load_clear(&load);
    socket_terminate();
    return 0;
}
