/* main.c - cardwatch engine: options, then store, rules, turn and server, put together. */
#include "engine/io/editions.h"
#include "engine/io/server.h"
#include "engine/sys/curve.h"
#include "engine/sys/lang.h"
#include "engine/sys/log.h"
#include "engine/sys/options.h"
#include "engine/sys/socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>

enum { PATH_BYTES = 4096 };

struct settings {
    const char *data_dir;
    const char *rules_dir;
    const char *intake;
    const char *feed;
    const char *query;
    const char *clock;
    const char *server_secret_key;
    const char *allow;
    bool is_insecure;
    int64_t silence_ms;
    int64_t credit;
    int64_t turn_events;
    int64_t case_max;
    int64_t map_gib;
    int64_t map_mib;
    int64_t image_mib;
    bool is_verbose;
    bool is_check;
    bool is_digest;
};

static struct settings settings;

static const struct option options[] = {
    {"data-dir", 'd', OPTION_TEXT, "DIR", NULL, 0, 0,
     "where journal and cards are kept (default $CARDWATCH_HOME or ./cardwatch-data)",
     "日志和牌的存放目录（默认 $CARDWATCH_HOME 或 ./cardwatch-data）", &settings.data_dir},
    {"rules", 0, OPTION_TEXT, "DIR", NULL, 0, 0, "the rule store (default DATA-DIR/rules)",
     "规则库目录（默认 数据目录/rules）", &settings.rules_dir},
    {"intake", 0, OPTION_TEXT, "ENDPOINT", NULL, 0, 0,
     "where collectors connect (default ipc://DATA-DIR/intake)",
     "采集端连接的地址（默认 ipc://数据目录/intake）", &settings.intake},
    {"feed", 0, OPTION_TEXT, "ENDPOINT", NULL, 0, 0,
     "where viewers subscribe (default ipc://DATA-DIR/feed)",
     "查看端订阅的地址（默认 ipc://数据目录/feed）", &settings.feed},
    {"query", 0, OPTION_TEXT, "ENDPOINT", NULL, 0, 0,
     "where questions are asked (default ipc://DATA-DIR/query)",
     "查询地址（默认 ipc://数据目录/query）", &settings.query},
    {"clock", 0, OPTION_TEXT, "wall|events", "wall", 0, 0,
     "what time it is: the wall clock, or the newest event's",
     "时间来源：墙上时钟，或最新事件的时间", &settings.clock},
    {"silence", 0, OPTION_DURATION, "TIME", "15 minute", 1000, 86400000,
     "a source unheard for so long is silent: its cases cannot be judged",
     "来源静默超过此时间即视为失联，其办件无法判断", &settings.silence_ms},
    {"credit", 0, OPTION_NUMBER, "N", "65536", 1, 10000000, "events a source may have under way",
     "一个来源可在途的事件数", &settings.credit},
    {"turn-events", 0, OPTION_NUMBER, "N", "65536", 1, 10000000,
     "most events taken in before a commit", "一次提交前最多接收的事件数", &settings.turn_events},
    {"case-max", 0, OPTION_NUMBER, "N", "16000000", 1000, 200000000, "most cases kept",
     "最多保存的办件数", &settings.case_max},
    {"map-gib", 0, OPTION_NUMBER, "N", "64", 1, 16384, "how large the store may grow, GiB",
     "存储最大容量（GiB）", &settings.map_gib},
    {"map-mib", 0, OPTION_NUMBER, "N", "0", 0, 16777216,
     "the same in MiB, at least 16; 0: as --map-gib says",
     "同上，以 MiB 计，至少 16；0 表示按 --map-gib", &settings.map_mib},
    {"image-mib", 0, OPTION_NUMBER, "N", "256", 0, 1048576,
     "journal after which the state is written out anew, MiB; 0: only at the end",
     "日志增长多少后重写状态映像（MiB）；0 表示仅在结束时", &settings.image_mib},
    {"server-secret-key", 0, OPTION_TEXT, "FILE|KEY", NULL, 0, 0,
     "CURVE on every tcp endpoint, with the secret key of this file (cardwatch keys new)",
     "所有 tcp 端点启用 CURVE，私钥取自此文件（cardwatch keys new）", &settings.server_secret_key},
    {"allow", 0, OPTION_TEXT, "FILE", NULL, 0, 0,
     "who may come in over tcp: lines KEY collector SOURCE…, KEY viewer, KEY operator",
     "允许经 tcp 接入者：每行 KEY collector 来源…、KEY viewer 或 KEY operator", &settings.allow},
    {"insecure", 0, OPTION_FLAG, NULL, NULL, 0, 0,
     "let others reach a tcp endpoint without keys and a list of who may",
     "允许他人在没有密钥和名单的情况下访问 tcp 端点", &settings.is_insecure},
    {"verbose", 'v', OPTION_FLAG, NULL, NULL, 0, 0, "log more", "输出更多日志",
     &settings.is_verbose},
    {"check-config", 0, OPTION_FLAG, NULL, NULL, 0, 0, "show what is in force, and end",
     "显示生效的配置后退出", &settings.is_check},
    {"digest", 0, OPTION_FLAG, NULL, NULL, 0, 0,
     "recover, print one number over the whole state, and end", "恢复后打印状态摘要并退出",
     &settings.is_digest},
};

static const struct program program = {
    .name = "cardwatch engine",
    .section = "engine",
    .usage = "[OPTION…]",
    .about_en = "Takes events in, counts every time limit, raises cards the moment they are due.",
    .about_zh = "接收事件，计算每一个时限，到点即发牌。",
    .options = options,
    .option_count = COUNT_OF(options),
};

/* What was given, else `prefix` + folder + `tail`. */
static void place(char *room, const char *given, const char *prefix, const char *folder,
                  const char *tail)
{
    if (given != NULL)
        (void)snprintf(room, PATH_BYTES, "%s", given);
    else
        (void)snprintf(room, PATH_BYTES, "%s%s%s", prefix, folder, tail);
}

struct paths {
    char rules[PATH_BYTES];
    char intake[PATH_BYTES];
    char feed[PATH_BYTES];
    char query[PATH_BYTES];
    char journal[PATH_BYTES];
    char image[PATH_BYTES];
    char suspect[PATH_BYTES];
};

static int serve(struct server_options *server_options, struct turn *turn, struct server **server)
{
    int error = server_open(server_options, turn, server);
    if (error != 0)
        return error;
    (void)printf("ready intake=%s feed=%s query=%s\n", server_endpoint(*server, 0),
                 server_endpoint(*server, 1), server_endpoint(*server, 2));
    (void)fflush(stdout);
    error = server_run(*server);
    log_info("%s", error == 0 ? "stopped" : "stopped after a failure: the journal has everything");
    return error;
}

/* A journal is replayed by the clock that it was made with; by another it gives other cards. */
static int clock_check(struct store *store)
{
    char noted[NOTE_BYTES];
    int error = store_note(store, "clock", noted);
    if (error == 0 && noted[0] == '\0')
        return store_note_set(store, "clock", settings.clock);
    if (error == 0 && strcmp(noted, settings.clock) != 0) {
        log_error("this journal goes by the clock of %s: --clock %s would judge it otherwise",
                  noted, settings.clock);
        return -EINVAL;
    }
    return error;
}

/* What others can reach is not opened to everybody by a slip. Returns 0 or an exit code. */
static int endpoints_check(const struct paths *paths, char secret_key[CURVE_KEY_BYTES])
{
    const char *endpoints[] = {paths->intake, paths->feed, paths->query};
    bool is_guarded = settings.server_secret_key != NULL && settings.allow != NULL;
    int error = 0;
    if (settings.server_secret_key != NULL)
        error = curve_secret(settings.server_secret_key, secret_key);
    if (error != 0) {
        log_error("--server-secret-key: neither a key nor a file that has one: %s",
                  strerror(-error));
        return EX_CONFIG;
    }
    if (settings.allow != NULL && settings.server_secret_key == NULL) {
        log_error("--allow: a list of keys needs --server-secret-key");
        return EX_CONFIG;
    }
    for (size_t i = 0; i < COUNT_OF(endpoints); i++) {
        if (!door_is_exposed(endpoints[i]) || is_guarded || settings.is_insecure)
            continue;
        log_error("%s can be reached by others: --server-secret-key and --allow say who may come "
                  "in; --insecure lets everybody in",
                  endpoints[i]);
        return EX_CONFIG;
    }
    return EX_OK;
}

static int run(const struct paths *paths, struct editions *editions, const char *secret_key)
{
    struct store *store = NULL;
    struct door *door = NULL;
    struct turn *turn = NULL;
    struct server *server = NULL;
    enum turn_clock clock = settings.clock[0] == 'e' ? TURN_EVENTS : TURN_WALL;
    int64_t map_mib = settings.map_mib == 0   ? settings.map_gib << 10
                      : settings.map_mib < 16 ? 16
                                              : settings.map_mib;
    struct store_options store_options = {
        .path = paths->journal,
        .map_bytes_max = (uint64_t)map_mib << 20,
    };
    int error = store_open(&store_options, &store);
    if (error == 0)
        error = clock_check(store);
    struct turn_options turn_options = {
        .clock = clock,
        .credit = (uint32_t)settings.credit,
        .image_path = paths->image,
        .suspect_path = paths->suspect,
        .image_every_bytes = (uint64_t)settings.image_mib << 20,
        .limits = {.case_max = (uint32_t)settings.case_max, .is_stepping = clock == TURN_EVENTS},
    };
    struct turn_ports ports = {.ctx = &server,
                               .answer = server_ports_answer,
                               .card = server_ports_card,
                               .may_speak = server_ports_may_speak,
                               .rules = editions_get,
                               .rules_ctx = editions};
    if (error == 0)
        error = turn_open(&turn_options, store, &ports, &turn);
    if (error == 0 && settings.allow != NULL && !settings.is_digest)
        error = door_open(settings.allow, &door);
    struct server_options server_options = {
        .intake_endpoint = paths->intake,
        .feed_endpoint = paths->feed,
        .query_endpoint = paths->query,
        .clock = clock,
        .silence_ms = settings.silence_ms,
        .turn_events_max = (uint32_t)settings.turn_events,
        .secret_key = secret_key[0] == '\0' ? NULL : secret_key,
        .door = door,
        .rules_ctx = editions,
        .rules_newest = editions_newest,
    };
    if (error == 0 && settings.is_digest)
        (void)printf("%016llx cards=%llu\n", (unsigned long long)core_digest(turn_core(turn)),
                     (unsigned long long)turn_card_seq(turn));
    else if (error == 0)
        error = serve(&server_options, turn, &server);
    server_close(&server);
    door_close(&door); /* after the sockets that it guards */
    turn_close(&turn);
    store_close(&store);
    return error;
}

/* What is not given lies in one folder. Returns the folder. */
static const char *paths_place(struct paths *paths)
{
    const char *home = getenv("CARDWATCH_HOME");
    const char *folder = settings.data_dir != NULL ? settings.data_dir
                         : home != NULL            ? home
                                                   : "cardwatch-data";
    place(paths->journal, NULL, "", folder, "/journal");
    place(paths->image, NULL, "", folder, "/journal/image");
    place(paths->suspect, NULL, "", folder, "/journal/suspect");
    place(paths->rules, settings.rules_dir, "", folder, "/rules");
    place(paths->intake, settings.intake, "ipc://", folder, "/intake");
    place(paths->feed, settings.feed, "ipc://", folder, "/feed");
    place(paths->query, settings.query, "ipc://", folder, "/query");
    return folder;
}

/* The body of `cardwatch config check`: what is left to the engine is shown as the engine has it.
 */
static void settings_show(const struct paths *paths, const char *folder)
{
    settings.data_dir = folder;
    settings.rules_dir = paths->rules;
    settings.intake = paths->intake;
    settings.feed = paths->feed;
    settings.query = paths->query;
    options_print(&program);
}

int main(int argc, char **argv)
{
    static struct paths paths;
    (void)options_read(&program, argc, argv);
    log_init("engine", settings.is_verbose ? LOG_DEBUG_LEVEL : LOG_INFO_LEVEL);
    const char *folder = paths_place(&paths);
    if (settings.is_check) {
        settings_show(&paths, folder);
        return EX_OK;
    }
    if (strcmp(settings.clock, "wall") != 0 && strcmp(settings.clock, "events") != 0) {
        (void)fprintf(stderr, "cardwatch engine: --clock %s: %s\n", settings.clock,
                      say("must be wall or events", "必须是 wall 或 events"));
        return EX_USAGE;
    }
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        log_error("cannot make %s: %s", folder, strerror(errno));
        return EX_CANTCREAT;
    }
    char secret_key[CURVE_KEY_BYTES] = "";
    int code = endpoints_check(&paths, secret_key);
    if (code != EX_OK)
        return code;
    struct editions *editions = editions_open(paths.rules);
    int error = editions == NULL ? -ENOMEM : run(&paths, editions, secret_key);
    editions_close(&editions);
    socket_terminate();
    return error == 0         ? EX_OK
           : error == -EBUSY  ? EX_TEMPFAIL
           : error == -EINVAL ? EX_CONFIG
                              : EX_SOFTWARE;
}
