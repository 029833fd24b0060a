/* main.c - cardwatch collect csv|jsonl|xes|sim: options, one input, one run.
 */
#include "collectors/csv/csv.h"
#include "collectors/jsonl/jsonl.h"
#include "collectors/map/map.h"
#include "collectors/map/sorted.h"
#include "collectors/options.h"
#include "collectors/run.h"
#include "collectors/sim/city.h"
#include "collectors/sim/sim.h"
#include "collectors/xes/xes.h"
#include "engine/sys/lang.h"
#include "engine/sys/log.h"
#include "engine/sys/socket.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static int say_cannot(const char *what, int status)
{
    (void)fprintf(stderr, "cardwatch collect: %s: %s\n", what, strerror(-status));
    return status == -ENOMEM ? EX_OSERR : EX_NOINPUT;
}

static void map_drop(struct map **map_p)
{
    map_destroy(map_p);
}

static int read_map(const char *path, struct map **map_out)
{
    struct problem_list problems;
    problem_list_init(&problems);
    int status = map_read(path, &problems, map_out);
    problem_list_print(&problems, stderr);
    problem_list_clear(&problems);
    if (status == MAP_E_BAD)
        return EX_CONFIG;
    return status == 0 ? 0 : say_cannot(path, status);
}

/* The name of the first file without its folder and its endings: "hall" of /data/hall.csv.gz. */
static const char *name_of_file(const char *path, char *room, size_t bytes)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    size_t count = strcspn(name, ".");
    if (count == 0 || count >= bytes || count > EVENT_SOURCE_BYTES_MAX)
        return "collect";
    (void)snprintf(room, bytes, "%.*s", (int)count, name);
    return strcmp(room, "-") == 0 ? "stdin" : room;
}

static int open_by_kind(const struct collect *collect, const struct files_options *files,
                        const struct map *map, struct input *input_out)
{
    switch (collect->kind) {
    case COLLECT_CSV:
        return csv_open(files, map, input_out);
    case COLLECT_JSONL:
        return jsonl_open(files, map, collect->run.source, input_out);
    case COLLECT_XES:
        return xes_open(files, map, input_out);
    case COLLECT_SIM:
        return sim_open(&collect->sim, input_out);
    }
    return -EINVAL;
}

static int open_input(struct collect *collect, const struct map *map, struct input *input_out)
{
    const char *encoding = collect->encoding;
    if (encoding == NULL && map != NULL)
        encoding = map_encoding(map);
    const struct files_options files = {
        .paths = collect->paths,
        .count = collect->path_count,
        .encoding = encoding,
        .follow = collect->follow,
        .report = collect->run.report,
    };
    int status = open_by_kind(collect, &files, map, input_out);
    if (collect->kind == COLLECT_SIM && status == SIM_E_CALENDAR) {
        (void)fprintf(
            stderr,
            say("cardwatch collect: %s is not a calendar that can be read: YAML with off: and "
                "work: days, or CSV of date,anything,1 or 0\n",
                "cardwatch collect: %s 不是可读的日历：需要含 off: 与 work: 的 YAML，或 "
                "CSV：日期,任意,1 "
                "或 0\n"),
            collect->sim.calendar);
        return EX_NOINPUT;
    }
    if (status == -EINVAL) {
        (void)fprintf(stderr,
                      say("cardwatch collect: no such encoding: %s; UTF-8 and GB18030 are known\n",
                          "cardwatch collect: 没有这种编码：%s；可用 UTF-8 和 GB18030\n"),
                      encoding == NULL ? "" : encoding);
        return EX_USAGE;
    }
    if (status != 0)
        return say_cannot(collect->kind == COLLECT_SIM ? "sim" : collect->paths[0], status);
    if (map == NULL || !map_by_time(map))
        return 0;
    return sorted_wrap(input_out, collect->run.report) == 0 ? 0
                                                            : say_cannot("order: by time", -ENOMEM);
}

static int run_one(struct collect *collect)
{
    OWNED(map_drop) struct map *map = NULL;
    struct input input = {0};
    char name[EVENT_SOURCE_BYTES_MAX + 1];
    if (collect->map != NULL) {
        int code = read_map(collect->map, &map);
        if (code != 0)
            return code;
    }
    struct run_options *run = &collect->run;
    if (run->source == NULL && map != NULL)
        run->source = map_source(map);
    if (run->source == NULL)
        run->source = collect->kind == COLLECT_SIM
                          ? "sim"
                          : name_of_file(collect->paths[0], name, sizeof name);
    run->map_print = map == NULL ? "" : map_print(map);
    int code = collect_position(collect);
    if (code == 0)
        code = open_input(collect, map, &input);
    if (code != 0)
        return code;
    code = collect->out != NULL  ? out_input(&input, collect->out)
           : collect->run.is_dry ? run_dry(&input, run)
                                 : run_input(&input, run);
    input.close(input.ctx);
    return code;
}

static int write_catalogue(const char *path, const char *calendar)
{
    FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
    if (file == NULL)
        return say_cannot(path, -errno);
    bool is_written = city_catalogue(file, calendar);
    if (file != stdout && fclose(file) != 0)
        is_written = false;
    return is_written ? 0 : say_cannot(path, -EIO);
}

int main(int argc, char **argv)
{
    static struct collect collect;
    log_init("collect", LOG_WARN_LEVEL);
    int code = collect_options(&collect, argc, argv);
    if (code != 0)
        return code;
    if (collect.catalogue != NULL) {
        code = write_catalogue(collect.catalogue, collect.calendar_name);
        if (code != 0 || !collect.is_more_than_catalogue)
            return code;
    }
    int status = report_open(collect.report_path, false, &collect.run.report);
    if (status != 0)
        return say_cannot(collect.report_path, status);
    stop_watch();
    code = run_one(&collect);
    report_close(&collect.run.report);
    socket_terminate();
    return code;
}
