/* backup.c - cardwatch backup: a copy of what an engine keeps, while it runs.
 *
 * In the order that lets the copy stand for itself: the image before the journal, because an image
 * must not know more than the journal does; the rules after it, because the journal names editions.
 */
#include "engine/store/store.h"
#include "engine/sys/clock.h"
#include "engine/sys/lang.h"
#include "engine/sys/log.h"
#include "engine/sys/options.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, PIECE_BYTES = 1 << 20 };

static struct {
    const char *data_dir;
    const char *rules_dir;
    bool is_json;
} settings;

static const struct option options[] = {
    {"data-dir", 'd', OPTION_TEXT, "DIR", NULL, 0, 0,
     "the engine's folder (default $CARDWATCH_HOME or ./cardwatch-data)",
     "引擎数据目录（默认 $CARDWATCH_HOME 或 ./cardwatch-data）", &settings.data_dir},
    {"rules", 0, OPTION_TEXT, "DIR", NULL, 0, 0, "the rule store (default DATA-DIR/rules)",
     "规则库目录（默认 数据目录/rules）", &settings.rules_dir},
    {"json", 'j', OPTION_FLAG, NULL, NULL, 0, 0, "what was copied, as one line of JSON",
     "以一行 JSON 输出", &settings.is_json},
};

static const struct program program = {
    .name = "cardwatch backup",
    .section = "engine",
    .usage = "[OPTION…] DIR",
    .about_en = "Copy journal, ledger and rules into a new folder, while the engine runs. To "
                "restore, start an engine with --data-dir DIR.",
    .about_zh = "在引擎运行时将日志、牌账与规则复制到新目录。恢复：以 --data-dir DIR 启动引擎。",
    .options = options,
    .option_count = COUNT_OF(options),
};

static int failed(const char *what, const char *path, int error)
{
    (void)fprintf(stderr, "cardwatch backup: %s: %s: %s\n", what, path, strerror(error));
    return EX_CANTCREAT;
}

/* A folder that has something in it is somebody's: nothing is written over. */
static int folder_make(const char *path)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return failed(say("cannot make", "无法创建"), path, errno);
    DIR *folder = opendir(path);
    if (folder == NULL)
        return failed(say("cannot open", "无法打开"), path, errno);
    size_t count = 0;
    while (readdir(folder) != NULL)
        count++;
    (void)closedir(folder);
    return count <= 2 ? 0 : failed(say("is not empty", "目录非空"), path, EEXIST);
}

static int copy_bytes(int from, int to)
{
    static char piece[PIECE_BYTES];
    for (;;) {
        ssize_t count = read(from, piece, sizeof piece);
        if (count <= 0)
            return count == 0 ? (fsync(to) == 0 ? 0 : errno) : errno;
        for (ssize_t at = 0; at < count;) {
            ssize_t written = write(to, piece + at, (size_t)(count - at));
            if (written < 0)
                return errno;
            at += written;
        }
    }
}

/* A file that may be missing. Both that are copied so get their name only when they are whole, or
 * are one page. */
static int copy_file(const char *from, const char *to)
{
    int source = open(from, O_RDONLY | O_CLOEXEC);
    if (source < 0)
        return errno == ENOENT ? 0 : failed(say("cannot read", "无法读取"), from, errno);
    int target = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int error = target < 0 ? errno : copy_bytes(source, target);
    (void)close(source);
    if (target >= 0 && close(target) != 0 && error == 0)
        error = errno;
    return error == 0 ? 0 : failed(say("cannot write", "无法写入"), to, error);
}

static const char *path_of(char *room, const char *folder, const char *tail)
{
    (void)snprintf(room, PATH_BYTES, "%s%s", folder, tail);
    return room;
}

static int copy_all(const char *data, const char *rules, const char *to)
{
    static char from_path[PATH_BYTES];
    static char to_path[PATH_BYTES];
    static const char *const files[] = {"/journal/image", "/journal/suspect"};
    int code = folder_make(to);
    if (code == 0 && mkdir(path_of(to_path, to, "/journal"), 0700) != 0)
        code = failed(say("cannot make", "无法创建"), to_path, errno);
    for (size_t i = 0; code == 0 && i < COUNT_OF(files); i++)
        code = copy_file(path_of(from_path, data, files[i]), path_of(to_path, to, files[i]));
    if (code != 0)
        return code;
    int error = store_copy(path_of(from_path, data, "/journal"), path_of(to_path, to, "/journal"));
    if (error == -ENOENT) {
        (void)failed(say("no journal", "没有日志"), from_path, ENOENT);
        return EX_NOINPUT;
    }
    if (error == 0)
        error = store_copy(rules, path_of(to_path, to, "/rules"));
    if (error == -ENOENT)
        log_warn("there is no rule store in %s: the copy is without rules", rules);
    return error == 0 || error == -ENOENT ? EX_OK : EX_IOERR;
}

static int say_all(const char *to, int64_t ms)
{
    static char journal[PATH_BYTES];
    struct store_options store_options = {.path = path_of(journal, to, "/journal"),
                                          .is_reading = true};
    struct store_facts facts;
    struct store *store = NULL;
    if (store_open(&store_options, &store) != 0)
        return EX_IOERR;
    store_facts_get(store, &facts);
    store_close(&store);
    (void)printf(settings.is_json
                     ? "{\"ok\":true,\"entries\":%llu,\"cards\":%llu,\"bytes\":%llu,\"ms\":%lld}\n"
                     : say("copied: %llu entries, %llu cards, %llu bytes, %lld ms\n",
                           "已复制：%llu 条日志，%llu 张牌，%llu 字节，%lld 毫秒\n"),
                 (unsigned long long)facts.entries, (unsigned long long)facts.cards,
                 (unsigned long long)facts.used_bytes, (long long)ms);
    return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

int main(int argc, char **argv)
{
    static char rules[PATH_BYTES];
    int first = options_read(&program, argc, argv);
    int64_t began = clock_monotonic_ms();
    log_init("backup", LOG_WARN_LEVEL);
    if (first + 1 != argc) {
        (void)fprintf(stderr, "cardwatch backup: %s\n",
                      say("one folder for the copy is needed; see --help",
                          "需要且只需要一个目标目录；见 --help"));
        return EX_USAGE;
    }
    const char *home = getenv("CARDWATCH_HOME");
    const char *data = settings.data_dir != NULL ? settings.data_dir
                       : home != NULL            ? home
                                                 : "cardwatch-data";
    (void)snprintf(rules, sizeof rules, "%s%s",
                   settings.rules_dir != NULL ? settings.rules_dir : data,
                   settings.rules_dir != NULL ? "" : "/rules");
    int code = copy_all(data, rules, argv[first]);
    return code != EX_OK ? code : say_all(argv[first], clock_monotonic_ms() - began);
}
