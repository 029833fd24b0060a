/* backtest.c - cardwatch rules backtest: which cards would have been raised over what has
 * happened, had these rules been in force all along.
 *
 * History is played twice, side by side in two processes: by the newest edition of the store, and
 * by what the files would make of it. Both judge every event by the one edition from the first
 * event on, so what differs comes of the rules alone.
 */
#include "engine/base/date.h"
#include "engine/core/offline.h"
#include "engine/io/event_files.h"
#include "engine/sys/clock.h"
#include "engine/sys/lang.h"
#include "engine/sys/log.h"
#include "engine/turn/turn.h"
#include "rules/impact/card_log.h"
#include "rules/impact/impact.h"
#include "rules/impact/scratch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum { REFUSALS_SHOWN = 20, PERCENT = 100 };

static struct verb_options options;
static const char *data_dir;
static const char *from_word;
static const char *to_word;
static struct option_list event_files;
static int64_t list_max;
static char logs[2][FOLDER_BYTES + 16]; /* of the cards before, and after */

/* One of the two replays. */
struct play {
    const struct ruleset *ruleset;
    struct card_log *log;
    struct offline *offline;
    struct instant until; /* files that end before it: time goes on to here */
    uint64_t refused;
    bool is_talking; /* only one of the two tells how far it is */
    int percent;
};

static void on_card(void *ctx, const struct card *card)
{
    struct play *play = ctx;
    card_log_add(play->log, card);
}

static void on_progress(void *ctx, uint64_t done, uint64_t all)
{
    struct play *play = ctx;
    int percent = (int)(done * PERCENT / all);
    if (!play->is_talking || percent == play->percent || isatty(STDERR_FILENO) == 0)
        return;
    play->percent = percent;
    (void)fprintf(stderr, say("\r%3d %% of the journal", "\r已回放日志 %3d %%"), percent);
}

/* ---- over files --------------------------------------------------------------------------------
 */

static void on_card_with_id(void *ctx, const struct card *card)
{
    struct card full = *card;
    card_id(card->case_no, card->clock, card->cycle, card->rung, full.id);
    on_card(ctx, &full);
}

static void on_refused(void *ctx, const char *file, uint64_t line,
                       const struct text_refusal *refusal)
{
    struct play *play = ctx;
    if (++play->refused <= REFUSALS_SHOWN && play->is_talking)
        (void)fprintf(stderr, "%s:%llu: %s\n", file, (unsigned long long)line,
                      lang_is_zh() ? refusal->zh : refusal->en);
}

static int on_event(void *ctx, uint32_t source, uint64_t seq, const struct event *event)
{
    struct play *play = ctx;
    const char *field = "";
    struct instant now = instant_later_of(core_now(offline_core(play->offline)), event->at);
    if (event_check(event, INSTANT_NONE, &field) != REFUSAL_NONE) {
        play->refused++;
        return 0;
    }
    int error = offline_apply(play->offline, now, source, seq, event);
    play->refused += error > 0;
    return error < 0 ? error : 0;
}

static int play_files(struct play *play)
{
    struct event_files files = {.ctx = play, .event = on_event, .refused = on_refused};
    play->offline = offline_create(play->ruleset, card_id, play, on_card_with_id);
    int error = play->offline == NULL ? -ENOMEM : 0;
    for (uint32_t i = 0; i < event_files.count && error == 0; i++) {
        error = event_files_read(&files, event_files.values[i]);
        if (error != 0 && play->is_talking)
            (void)fprintf(stderr, "cardwatch rules backtest: %s: %s\n", event_files.values[i],
                          strerror(-error));
    }
    if (error == 0 && play->until.ms <= INSTANT_LAST_MS &&
        instant_is_before(core_now(offline_core(play->offline)), play->until))
        offline_advance(play->offline, play->until);
    event_files_clear(&files);
    offline_destroy(&play->offline);
    return error;
}

/* ---- over the journal --------------------------------------------------------------------------
 */

static int play_journal(struct play *play)
{
    struct store *store = NULL;
    struct turn *turn = NULL;
    const char *journal = journal_folder(data_dir);
    int code = journal_read(journal, &store);
    if (code != EX_OK)
        return -ENOENT;
    bool is_events = journal_is_events(store);
    const struct turn_instead instead = {
        .ruleset = play->ruleset, .ctx = play, .card = on_card, .progress = on_progress};
    const struct turn_options turn_options = {
        .clock = is_events ? TURN_EVENTS : TURN_WALL,
        .is_verifying = true,
        .limits = {.case_max = UINT32_C(200000000), .is_stepping = is_events},
        .instead = &instead,
    };
    const struct turn_ports ports = {.answer = unheard_answer, .card = unheard_card};
    int error = turn_open(&turn_options, store, &ports, &turn);
    if (error == 0)
        play->refused = turn_counts(turn)->left_out;
    turn_close(&turn);
    store_close(&store);
    return error;
}

/* ---- both ---------------------------------------------------------------------------------------
 */

struct backtest {
    struct scratch_store scratch;
    struct instant from;
    struct instant to;
    struct impact *impact;
};

/* In a process of its own. */
static int play_one(const struct backtest *backtest, int which)
{
    struct rule_store *store = NULL;
    struct ruleset *ruleset = NULL;
    struct problem_list problems;
    struct play play = {.until = backtest->to, .is_talking = which == 1, .percent = -1};
    uint32_t edition = which == 0 ? backtest->scratch.before : backtest->scratch.edition;
    problem_list_init(&problems);
    int error = rule_store_open(backtest->scratch.folder, false, &store);
    if (error == 0 && edition > 0)
        error = rule_store_load(store, edition, &problems, &ruleset);
    play.ruleset = ruleset;
    if (error == 0)
        error = card_log_create(logs[which], &play.log);
    if (error == 0 && ruleset != NULL) {
        ruleset->move = MOVE_NONE;
        error = event_files.count > 0 ? play_files(&play) : play_journal(&play);
    }
    if (play.log != NULL) {
        int end = card_log_end(&play.log);
        error = error != 0 ? error : end;
    }
    if (play.is_talking && isatty(STDERR_FILENO) != 0 && event_files.count == 0)
        (void)fprintf(stderr, "\r%30s\r", "");
    if (play.refused > 0)
        (void)fprintf(stderr,
                      say("edition %u would not have taken in %llu events\n",
                          "第 %u 版不会接收其中 %llu 个事件\n"),
                      edition, (unsigned long long)play.refused);
    problem_list_clear(&problems);
    ruleset_destroy(&ruleset);
    rule_store_close(&store);
    return error == 0 ? EX_OK : error == -ENOENT ? EX_NOINPUT : exit_of(error, "backtest");
}

static int play_both(const struct backtest *backtest)
{
    int status = 0;
    (void)fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        _exit(play_one(backtest, 0));
    int code = child < 0 ? exit_of(-errno, "fork") : play_one(backtest, 1);
    if (child > 0 && (waitpid(child, &status, 0) != child || !WIFEXITED(status)))
        return EX_SOFTWARE;
    return code != EX_OK ? code : WEXITSTATUS(status);
}

static void on_difference(void *ctx, const struct card *before, const struct card *after)
{
    struct backtest *backtest = ctx;
    enum impact_change change = before == NULL  ? IMPACT_APPEARS
                                : after == NULL ? IMPACT_VANISHES
                                                : IMPACT_MOVES;
    impact_card_add(backtest->impact, after != NULL ? after : before, change,
                    before == NULL ? INSTANT_NONE : before->due_at);
}

static int compare(struct backtest *backtest)
{
    struct card_set *before = NULL;
    struct card_set *after = NULL;
    int error = card_set_load(logs[0], backtest->from, backtest->to, &before);
    if (error == 0)
        error = card_set_load(logs[1], backtest->from, backtest->to, &after);
    backtest->impact = impact_create((uint64_t)list_max, options.is_json);
    if (backtest->impact == NULL)
        error = -ENOMEM;
    if (error == 0) {
        card_sets_compare(before, after, backtest, on_difference);
        if (!options.is_json)
            printf(say("Edition %u, as it would be, instead of edition %u: %llu cards, instead of "
                       "%llu\n\n",
                       "以设想的第 %u 版代替第 %u 版：%llu 张牌，原为 %llu 张\n\n"),
                   backtest->scratch.edition, backtest->scratch.before,
                   (unsigned long long)card_set_count(after),
                   (unsigned long long)card_set_count(before));
        error = impact_print(backtest->impact, stdout, true);
    }
    impact_destroy(&backtest->impact);
    card_set_free(&before);
    card_set_free(&after);
    return error == 0 ? EX_OK : exit_of(error, "backtest");
}

/* A date, which waits for the calendar whose day it is, or an instant with an offset. */
static bool is_instant_operand(const char *name, const char *word)
{
    struct instant at;
    int32_t day = 0;
    if (word == NULL || date_parse(slice_of(word), &day) == 0 ||
        instant_parse(slice_of(word), &at) == 0)
        return true;
    (void)fprintf(stderr,
                  say("cardwatch rules backtest: %s %s: must be a date, or a time with an offset, "
                      "such as 2025-02-06T12:00:00+08:00\n",
                      "cardwatch rules backtest：%s %s：必须是日期，或带时区偏移的时间，"
                      "例如 2025-02-06T12:00:00+08:00\n"),
                  name, word);
    return false;
}

static struct instant instant_operand(const struct calendar *calendar, const char *word,
                                      struct instant otherwise)
{
    struct instant at = otherwise;
    int32_t day = 0;
    if (word == NULL)
        return otherwise;
    if (date_parse(slice_of(word), &day) != 0)
        return instant_parse(slice_of(word), &at) == 0 ? at : otherwise;
    return calendar != NULL ? calendar_instant(calendar, day, 0)
                            : (struct instant){.ms = (int64_t)day * DATE_DAY_MS};
}

/* A bare date is that of the files: of the first calendar that their edition would have. */
static int take_operands(struct backtest *backtest)
{
    struct rule_store *store = NULL;
    struct ruleset *ruleset = NULL;
    struct problem_list problems;
    problem_list_init(&problems);
    int error = rule_store_open(backtest->scratch.folder, false, &store);
    if (error == 0)
        error = rule_store_load(store, backtest->scratch.edition, &problems, &ruleset);
    if (error == 0) {
        const struct calendar *calendar = first_calendar(ruleset);
        char text[INSTANT_SAY_BYTES];
        backtest->from = instant_operand(calendar, from_word, backtest->from);
        backtest->to = instant_operand(calendar, to_word, backtest->to);
        if (from_word != NULL && !options.is_json)
            printf(say("from %s\n", "自 %s\n"), instant_say_in(calendar, backtest->from, text));
        if (to_word != NULL && !options.is_json)
            printf(say("to %s\n", "至 %s\n"), instant_say_in(calendar, backtest->to, text));
    }
    problem_list_clear(&problems);
    ruleset_destroy(&ruleset);
    rule_store_close(&store);
    return error == 0 ? EX_OK : exit_of(error, "backtest");
}

static int run(struct backtest *backtest)
{
    const char *folder = backtest->scratch.folder;
    (void)snprintf(logs[0], sizeof logs[0], "%s/before", folder);
    (void)snprintf(logs[1], sizeof logs[1], "%s/after", folder);
    int code = take_operands(backtest);
    if (code == EX_OK)
        code = play_both(backtest);
    if (code == EX_OK)
        code = compare(backtest);
    for (int i = 0; i < 2; i++)
        (void)unlink(logs[i]);
    return code;
}

int verb_backtest(int argc, char **argv)
{
    static const struct option rows[] = {
        {.name = "from",
         .type = OPTION_TEXT,
         .value = "TIME",
         .en = "compare the cards due from here on (a date: midnight of the first "
               "rule's calendar)",
         .zh = "比较此刻起到期的牌（只给日期的，为第一条规则所用日历的零点）",
         .place = &from_word},
        {.name = "to",
         .type = OPTION_TEXT,
         .value = "TIME",
         .en = "and before this (default: all there are)",
         .zh = "且早于此刻到期的牌（默认：全部）",
         .place = &to_word},
        {.name = "events",
         .type = OPTION_LIST,
         .value = "FILE",
         .en = "play these events (JSON Lines or CSV, gzip too; may be given again), not a journal",
         .zh = "回放这些事件（JSON Lines 或 CSV，可为 gzip，可多次给出），而不是引擎日志",
         .place = &event_files},
        OPTION_STORE(options),
        OPTION_DATA(data_dir),
        OPTION_CALENDARS(options),
        OPTION_DRAFT(options),
        OPTION_LIST_MAX(list_max),
        OPTION_JSON(options),
    };
    static const struct program program = {
        .name = "cardwatch rules backtest",
        .section = "rules",
        .usage = "[OPTION…] FILE…",
        .about_en = "Which cards would have been raised over what has happened, had these files "
                    "been in force\nall along: added, removed and changed, by org, against the "
                    "newest edition of the store.\nHistory is the journal of an engine, which may "
                    "go on, or files of events.",
        .about_zh =
            "回测：若这些文件一直有效，对已发生的事件会发哪些牌；与规则库最新版次相比，\n"
            "增加、减少和变化的牌，按机构汇总。历史取自引擎日志（引擎可照常运行）或事件文件。",
        .options = rows,
        .option_count = COUNT_OF(rows),
    };
    static struct backtest backtest;
    int first = options_read(&program, argc, argv);
    backtest.from = (struct instant){.ms = INT64_MIN};
    backtest.to = INSTANT_NEVER;
    if (first >= argc && options.draft == 0) {
        (void)fprintf(stderr, say("%s: name at least one FILE\n", "%s：至少给出一个文件\n"),
                      program.name);
        return EX_USAGE;
    }
    if (!is_instant_operand("--from", from_word) || !is_instant_operand("--to", to_word))
        return EX_USAGE;
    if (options.store == NULL)
        options.store = rules_of(data_dir);
    int code = scratch_make(&options, argv + first, &backtest.scratch);
    if (code == EX_OK)
        code = run(&backtest);
    scratch_remove(&backtest.scratch);
    return code;
}
