/* replay.c - cardwatch replay: events out of files, cards as JSON lines, the same core as live.
 *
 * No network, no store, no wall clock: time is that of the newest event, and at the end --until.
 */
#include "engine/core/offline.h"
#include "engine/explain/explain.h"
#include "engine/io/event_files.h"
#include "engine/sys/lang.h"
#include "engine/sys/log.h"
#include "engine/sys/options.h"
#include "rules/verbs/verbs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

enum { REFUSALS_SHOWN = 20, STRAYS_SHOWN_MAX = 1000000 };

static struct {
    struct option_list rules;
    const char *until;
    const char *calendars;
    int64_t strays_shown;
    bool is_quiet;
} settings;

static const struct option options[] = {
    {"rules", 'r', OPTION_LIST, "FILE", NULL, 0, 0,
     "rules, catalogues, calendars: files or folders; may be given again",
     "规则、目录、日历文件或文件夹，可多次给出", &settings.rules},
    {"until", 'u', OPTION_TEXT, "TIME", NULL, 0, 0,
     "let time go on to this instant after the last event", "最后一个事件之后让时间走到此刻",
     &settings.until},
    {"strays", 0, OPTION_NUMBER, "N", "20", 0, STRAYS_SHOWN_MAX,
     "events without effect that are told one by one; the others are counted",
     "逐条说明的无效事件数目，其余只计数", &settings.strays_shown},
    {"quiet", 'q', OPTION_FLAG, NULL, NULL, 0, 0, "no summary", "不输出汇总", &settings.is_quiet},
    OPTION_CALENDARS(settings),
};

static const struct program program = {
    .name = "cardwatch replay",
    .section = "replay",
    .usage = "--rules FILE… [--until TIME] EVENTS…",
    .about_en = "Judges recorded events offline (JSON Lines or CSV, gzip too; - for standard "
                "input) and prints the cards as JSON lines.",
    .about_zh = "离线判定记录的事件（JSON Lines 或 CSV，可为 gzip；- 为标准输入），"
                "以 JSON 行输出牌。",
    .options = options,
    .option_count = COUNT_OF(options),
};

struct replay {
    struct offline *offline;
    struct bytes line;
    uint64_t card_seq;
    uint64_t events;
    uint64_t refused;
};

static void on_card(void *ctx, const struct card *card)
{
    struct replay *replay = ctx;
    struct card full = *card;
    full.seq = ++replay->card_seq;
    card_id(card->case_no, card->clock, card->cycle, card->rung, full.id);
    replay->line.count = 0;
    if (card_to_json(&replay->line, &full, full.offset_s) != 0 ||
        bytes_append(&replay->line, SLICE("\n")) != 0 ||
        fwrite(replay->line.start, 1, replay->line.count, stdout) != replay->line.count) {
        (void)fprintf(stderr, "cardwatch replay: %s\n", say("cannot write", "无法写出"));
        exit(EX_IOERR);
    }
}

static void on_refused(void *ctx, const char *file, uint64_t line,
                       const struct text_refusal *refusal)
{
    struct replay *replay = ctx;
    if (++replay->refused <= REFUSALS_SHOWN)
        (void)fprintf(stderr, "%s:%llu: %s\n", file, (unsigned long long)line,
                      lang_is_zh() ? refusal->zh : refusal->en);
}

static int on_event(void *ctx, uint32_t source, uint64_t seq, const struct event *event)
{
    struct replay *replay = ctx;
    const char *field = "";
    enum refusal refusal = event_check(event, INSTANT_NONE, &field);
    replay->events++;
    int error = 0;
    if (refusal == REFUSAL_NONE) {
        struct instant now = core_now(offline_core(replay->offline));
        error =
            offline_apply(replay->offline, instant_later_of(now, event->at), source, seq, event);
        if (error == CORE_E_UNKNOWN_ITEM) {
            refusal = REFUSAL_UNKNOWN_ITEM;
            field = "item";
        } else if (error == CORE_E_UNKNOWN_CASE) {
            refusal = REFUSAL_UNKNOWN_CASE;
            field = "case";
        } else if (error == CORE_E_FULL) {
            refusal = REFUSAL_FULL;
            field = "case";
        }
    }
    if (refusal != REFUSAL_NONE) {
        struct text_refusal words;
        refusal_text(refusal, field, event->case_no, &words);
        on_refused(replay, "event", replay->events, &words);
        error = 0;
    }
    return error;
}

static int compile(struct ruleset **ruleset_out)
{
    struct problem_list problems;
    char *operands[COUNT_OF(settings.rules.values) + 1] = {0};
    for (uint32_t i = 0; i < settings.rules.count; i++) {
        union {
            const char *in;
            char *out;
        } text = {.in = settings.rules.values[i]}; /* documents_compile does not write to it */
        operands[i] = text.out;
    }
    problem_list_init(&problems);
    int status = documents_compile(operands, settings.calendars, 0, &problems, ruleset_out);
    problem_list_print(&problems, stderr);
    problem_list_clear(&problems);
    return status != 0 ? EX_DATAERR : 0;
}

/* ---- events without effect ---------------------------------------------------------------------
 */

struct stray_walk {
    struct slice case_no;
    int32_t offset_s;
    int64_t left;
};

static void stray_print(void *ctx, const struct stray_view *stray)
{
    struct stray_walk *walk = ctx;
    char at[INSTANT_TEXT_BYTES];
    if (walk->left-- <= 0)
        return;
    struct slice rule = {0};
    if (stray->rule != NULL)
        rule = stray->rule->name;
    (void)fprintf(stderr, say("case %.*s: %s %s: %s%s%.*s\n", "办件 %.*s：%s %s：%s%s%.*s\n"),
                  (int)walk->case_no.count, walk->case_no.start,
                  lang_is_zh() ? event_kind_zh[stray->kind] : event_kind_name[stray->kind],
                  instant_format(stray->at, walk->offset_s, at),
                  lang_is_zh() ? stray_reason_zh[stray->reason] : stray_reason_en[stray->reason],
                  rule.count == 0 ? "" : say(" by rule ", "，规则 "), (int)rule.count,
                  rule.count == 0 ? "" : rule.start);
}

/* As the cases stand at the end: what a later event has put right is not told. */
static void strays_print(const struct core *core, const struct core_counts *counts)
{
    struct stray_walk walk = {.left = settings.strays_shown};
    const struct ruleset *ruleset = core_rules(core);
    if (ruleset->calendar_count > 0 && instant_is_set(core_now(core)))
        walk.offset_s = calendar_offset_s(ruleset->calendars[0], core_now(core));
    for (uint32_t i = 1; i <= counts->cases && walk.left > 0; i++) {
        struct case_view kase;
        explain_case(core, i, &kase);
        walk.case_no = kase.case_no;
        explain_strays(core, i, stray_print, &walk);
    }
    for (int i = 0; i < STRAY_REASON_COUNT; i++)
        if (counts->stray[i] > 0)
            (void)fprintf(stderr, say("stray events %llu: %s\n", "无效事件 %llu：%s\n"),
                          (unsigned long long)counts->stray[i],
                          lang_is_zh() ? stray_reason_zh[i] : stray_reason_en[i]);
}

static void summary(const struct replay *replay)
{
    struct core_counts counts;
    core_count(offline_core(replay->offline), &counts);
    strays_print(offline_core(replay->offline), &counts);
    (void)fprintf(stderr,
                  say("events %llu, refused %llu, cases %llu (open %llu), judged again %llu, card "
                      "records %llu\n",
                      "事件 %llu，拒绝 %llu，办件 %llu（在办 %llu），重新判定 %llu，牌记录 %llu\n"),
                  (unsigned long long)replay->events, (unsigned long long)replay->refused,
                  (unsigned long long)counts.cases, (unsigned long long)counts.cases_open,
                  (unsigned long long)counts.late_events, (unsigned long long)replay->card_seq);
}

static int run(struct replay *replay, char **files)
{
    struct event_files input = {.ctx = replay, .event = on_event, .refused = on_refused};
    struct instant until = INSTANT_NONE;
    if (settings.until != NULL && instant_parse(slice_of(settings.until), &until) != 0) {
        (void)fprintf(stderr, "cardwatch replay: --until %s: %s\n", settings.until,
                      say("must be a time with an offset, such as 2025-02-06T12:00:00+08:00",
                          "必须是带时区偏移的时间，例如 2025-02-06T12:00:00+08:00"));
        return EX_USAGE;
    }
    for (; *files != NULL; files++) {
        int error = event_files_read(&input, *files);
        if (error != 0) {
            (void)fprintf(stderr, "cardwatch replay: %s: %s\n", *files, strerror(-error));
            return error == -ENOENT ? EX_NOINPUT : EX_DATAERR;
        }
    }
    event_files_clear(&input);
    if (instant_is_set(until) && !instant_is_before(until, core_now(offline_core(replay->offline))))
        offline_advance(replay->offline, until);
    if (!settings.is_quiet)
        summary(replay);
    return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

int main(int argc, char **argv)
{
    int first = options_read(&program, argc, argv);
    log_init("replay", LOG_INFO_LEVEL);
    if (settings.rules.count == 0 || first >= argc) {
        (void)fprintf(stderr, "cardwatch replay: %s\n",
                      say("--rules and at least one file of events are needed; see --help",
                          "需要 --rules 和至少一个事件文件；见 --help"));
        return EX_USAGE;
    }
    struct ruleset *ruleset = NULL;
    struct replay replay = {0};
    int code = compile(&ruleset);
    if (code == 0) {
        replay.offline = offline_create(ruleset, card_id, &replay, on_card);
        code = replay.offline == NULL ? EX_OSERR : run(&replay, argv + first);
    }
    offline_destroy(&replay.offline);
    bytes_clear(&replay.line);
    if (ruleset != NULL)
        ruleset_destroy(&ruleset);
    return code;
}
