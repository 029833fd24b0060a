/* verify.c - cardwatch verify: options, then the audit of a store, in a process of its own.
 *
 * An engine may go on beside it: what is looked at is the state of one instant.
 */
#include "engine/io/audit.h"
#include "engine/sys/lang.h"
#include "engine/sys/log.h"
#include "engine/sys/options.h"
#include "engine/wire/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

static struct {
    const char *data_dir;
    const char *rules_dir;
    const char *clock;
    bool is_quick;
    bool is_json;
} settings;

static const struct option options[] = {
    {"data-dir", 'd', OPTION_TEXT, "DIR", NULL, 0, 0,
     "the engine's folder, when none is given as DIR (default $CARDWATCH_HOME or ./cardwatch-data)",
     "引擎数据目录，未给出 DIR 时使用（默认 $CARDWATCH_HOME 或 ./cardwatch-data）",
     &settings.data_dir},
    {"rules", 0, OPTION_TEXT, "DIR", NULL, 0, 0, "the rule store (default DIR/rules)",
     "规则库目录（默认 DIR/rules）", &settings.rules_dir},
    {"clock", 0, OPTION_TEXT, "wall|events", NULL, 0, 0,
     "what clock the engine went by (default: as the journal says)",
     "引擎所用的时钟（默认按日志所记）", &settings.clock},
    {"quick", 0, OPTION_FLAG, NULL, NULL, 0, 0,
     "only read everything; do not derive the cards again", "只通读，不重新推导各牌",
     &settings.is_quick},
    {"json", 'j', OPTION_FLAG, NULL, NULL, 0, 0, "the findings as one line of JSON",
     "以一行 JSON 输出结果", &settings.is_json},
};

static const struct program program = {
    .name = "cardwatch verify",
    .section = "engine",
    .usage = "[OPTION…] [DIR]",
    .about_en = "Read a whole journal and its ledger, and derive every card again.",
    .about_zh = "通读整个日志与牌账，并重新推导每一张牌。",
    .options = options,
    .option_count = COUNT_OF(options),
};

/* What was found, as the elements of a JSON list. */
static struct bytes findings;

static void on_bad(void *ctx, const char *record, uint64_t number, const char *what)
{
    (void)ctx;
    if (!settings.is_json) {
        (void)printf(say("bad: %s %llu: %s\n", "损坏：%s %llu：%s\n"), record,
                     (unsigned long long)number, what);
        return;
    }
    int error = bytes_printf(&findings, "%s{\"record\":\"%s\",\"number\":%llu,\"what\":",
                             findings.count == 0 ? "" : ",", record, (unsigned long long)number);
    if (error == 0)
        error = json_text(&findings, slice_of(what));
    if (error == 0)
        error = bytes_append(&findings, SLICE("}"));
    if (error != 0)
        bytes_clear(&findings); /* the count of them is told all the same */
}

static void say_all(struct store *store, const struct audit *found)
{
    unsigned long long entries = store_entry_last(store);
    unsigned long long cards = store_card_last(store);
    unsigned long long events = found->events;
    bool is_good = found->bad_count == 0;
    if (settings.is_json) {
        (void)printf("{\"ok\":%s,\"entries\":%llu,\"events\":%llu,\"cards\":%llu,\"derived\":%s,"
                     "\"bad\":[%.*s]}\n",
                     is_good ? "true" : "false", entries, events, cards,
                     settings.is_quick ? "false" : "true", (int)findings.count,
                     findings.start == NULL ? "" : findings.start);
        return;
    }
    (void)printf(say("journal: %llu entries, %llu events\nledger: %llu cards%s\n%s\n",
                     "日志：%llu 条，%llu 个事件\n牌账：%llu 张%s\n%s\n"),
                 entries, events, cards,
                 settings.is_quick || !is_good
                     ? ""
                     : say(", each as the journal gives it", "，均与日志推导一致"),
                 is_good ? say("all is well", "完好") : say("damaged", "已损坏"));
}

static int check(const char *folder, const char *rules)
{
    static char journal[PATH_BYTES];
    static char suspect[PATH_BYTES + 16];
    struct store *store = NULL;
    struct audit found;
    (void)snprintf(journal, sizeof journal, "%s/journal", folder);
    (void)snprintf(suspect, sizeof suspect, "%s/suspect", journal);
    struct store_options store_options = {.path = journal, .is_reading = true};
    int error = store_open(&store_options, &store);
    if (error != 0) {
        (void)fprintf(stderr, "cardwatch verify: %s: %s\n", journal,
                      error < 0 ? strerror(-error) : say("is not a journal", "不是日志"));
        return error == -ENOENT ? EX_NOINPUT : EX_DATAERR;
    }
    const struct audit_options audit_options = {
        .store = store,
        .rules = rules,
        .suspect = suspect,
        .clock = settings.clock,
        .is_quick = settings.is_quick,
        .bad = on_bad,
    };
    audit(&audit_options, &found);
    say_all(store, &found);
    store_close(&store);
    bytes_clear(&findings);
    return fflush(stdout) != 0 ? EX_IOERR : found.bad_count == 0 ? EX_OK : EX_DATAERR;
}

/* LMDB trusts its pages: one that is damaged badly enough kills whoever reads it. */
static int check_apart(const char *folder, const char *rules)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        exit(check(folder, rules));
    if (child < 0 || waitpid(child, &status, 0) != child)
        return EX_OSERR;
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    (void)fprintf(stderr,
                  say("cardwatch verify: %s: damaged so that it cannot be read to its end "
                      "(signal %d)\n",
                      "cardwatch verify：%s：损坏严重，无法读完（信号 %d）\n"),
                  folder, WTERMSIG(status));
    return EX_DATAERR;
}

int main(int argc, char **argv)
{
    static char rules[PATH_BYTES];
    int first = options_read(&program, argc, argv);
    log_init("verify", LOG_WARN_LEVEL);
    if (first + 1 < argc) {
        (void)fprintf(stderr, "cardwatch verify: %s: %s\n", argv[first + 1],
                      say("one folder is enough", "只需一个目录"));
        return EX_USAGE;
    }
    if (settings.clock != NULL && strcmp(settings.clock, "wall") != 0 &&
        strcmp(settings.clock, "events") != 0) {
        (void)fprintf(stderr, "cardwatch verify: --clock %s: %s\n", settings.clock,
                      say("must be wall or events", "必须是 wall 或 events"));
        return EX_USAGE;
    }
    const char *home = getenv("CARDWATCH_HOME");
    const char *folder = first < argc                ? argv[first]
                         : settings.data_dir != NULL ? settings.data_dir
                         : home != NULL              ? home
                                                     : "cardwatch-data";
    bool is_given = settings.rules_dir != NULL && first == argc;
    (void)snprintf(rules, sizeof rules, "%s%s", is_given ? settings.rules_dir : folder,
                   is_given ? "" : "/rules");
    return check_apart(folder, rules);
}
