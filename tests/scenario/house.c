/* house.c - see house.h. */
#include "tests/scenario/house.h"

#include "rules/verbs/documents.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

_Noreturn void house_fail(const char *what, int error)
{
    printf("%s: error %d\n", what, error);
    (void)fflush(stdout);
    _exit(2);
}

static void must(int error, const char *what)
{
    if (error != 0)
        house_fail(what, error);
}

/* ---- ports -------------------------------------------------------------------------------------
 */

static int rules_port(void *ctx, uint32_t edition, uint32_t calendars,
                      const struct ruleset **ruleset_out)
{
    (void)calendars;
    const struct house *house = ctx;
    if (edition == 0 || edition > house->edition_count)
        return -ENOENT;
    *ruleset_out = house->editions[edition - 1];
    return 0;
}

static void card_port(void *ctx, uint64_t seq, struct slice topic, struct slice line)
{
    const struct house *house = ctx;
    if (house->card != NULL)
        house->card(house->ctx, seq, topic, line);
}

static void answer_port(void *ctx, struct slice peer, struct slice message)
{
    const struct house *house = ctx;
    if (house->answer != NULL)
        house->answer(house->ctx, peer, message);
}

/* ---- its life ----------------------------------------------------------------------------------
 */

void house_make(struct house *house, enum turn_clock clock)
{
    const char *base = getenv("TMPDIR");
    *house = (struct house){.clock = clock};
    (void)snprintf(house->folder, sizeof house->folder, "%s/cardwatch-house-XXXXXX",
                   base != NULL ? base : "/tmp");
    if (mkdtemp(house->folder) == NULL)
        house_fail(house->folder, errno);
    (void)snprintf(house->image, sizeof house->image, "%.*s/image", (int)(sizeof house->image - 16),
                   house->folder);
}

static void folder_remove(const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        char below[HOUSE_PATH_BYTES];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        (void)snprintf(below, sizeof below, "%.200s/%.200s", path, entry->d_name);
        if (unlink(below) != 0)
            folder_remove(below);
    }
    if (folder != NULL)
        (void)closedir(folder);
    (void)rmdir(path);
}

void house_clear(struct house *house)
{
    house_close(house);
    folder_remove(house->folder);
    for (uint32_t i = 0; i < house->edition_count; i++)
        ruleset_destroy(&house->editions[i]);
}

const struct ruleset *house_compile(struct house *house, char *const *files)
{
    struct problem_list problems;
    struct ruleset *ruleset = NULL;
    uint32_t edition = house->edition_count + 1;
    if (edition > HOUSE_EDITIONS_MAX)
        house_fail("editions", 0);
    problem_list_init(&problems);
    int status = documents_compile(files, "rules/calendars", edition, &problems, &ruleset);
    if (status == 0)
        house->editions[house->edition_count++] = ruleset;
    else
        problem_list_print(&problems, stdout);
    problem_list_clear(&problems);
    return ruleset;
}

void house_open(struct house *house)
{
    char path[HOUSE_PATH_BYTES];
    (void)snprintf(path, sizeof path, "%.400s/store", house->folder);
    struct store_options store = {.path = path, .map_bytes_max = UINT64_C(64) << 20};
    must(store_open(&store, &house->store), "store");
    struct turn_options options = {
        .clock = house->clock, .credit = HOUSE_CREDIT, .image_path = house->image};
    struct turn_ports ports = {.ctx = house,
                               .answer = answer_port,
                               .card = card_port,
                               .rules = rules_port,
                               .rules_ctx = house};
    must(turn_open(&options, house->store, &ports, &house->turn), "turn");
}

void house_close(struct house *house)
{
    if (house->turn != NULL)
        turn_close(&house->turn);
    if (house->store != NULL)
        store_close(&house->store);
}

void house_run(struct house *house, struct instant wall)
{
    must(turn_begin(house->turn, wall), "turn_begin");
    must(turn_end(house->turn), "turn_end");
}

uint64_t house_digest(const struct house *house)
{
    return core_digest(turn_core(house->turn));
}

/* ---- images ------------------------------------------------------------------------------------
 */

void house_image(struct house *house)
{
    turn_image(house->turn);
    while (turn_image_poll(house->turn))
        (void)sched_yield();
}

bool house_damage(const struct house *house, uint32_t permille, bool is_cut)
{
    FILE *file = fopen(house->image, "r+b");
    if (file == NULL)
        return false;
    struct stat about;
    must(fstat(fileno(file), &about), "fstat");
    off_t at = about.st_size * (off_t)permille / 1000;
    if (at >= about.st_size)
        at = about.st_size - 1;
    if (is_cut) {
        must(ftruncate(fileno(file), at), "ftruncate");
    } else {
        must(fseek(file, (long)at, SEEK_SET), "fseek");
        int byte = fgetc(file);
        must(fseek(file, (long)at, SEEK_SET), "fseek");
        (void)fputc(byte ^ 0x40, file);
    }
    (void)fclose(file);
    return true;
}
