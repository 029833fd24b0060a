/* common.c - what every verb does the same way: find the store, pick an edition or a draft and
 * look at it, say a change, say a failure, run the tests.
 */
#include "rules/verbs/verbs.h"

#include "engine/base/date.h"
#include "engine/sys/lang.h"
#include "engine/sys/nearest.h"
#include "rules/trial/trial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>

enum { PATH_BYTES = 4096 };

const char *store_folder(const struct verb_options *options)
{
    static char path[PATH_BYTES];
    const char *home = getenv("CARDWATCH_HOME");
    if (options->store != NULL)
        return options->store;
    if (home == NULL || home[0] == '\0')
        home = "./cardwatch-data";
    (void)snprintf(path, sizeof path, "%s/rules", home);
    return path;
}

int exit_of(int status, const char *what)
{
    (void)fprintf(stderr, "cardwatch rules: %s: %s\n", what, strerror(-status));
    return status == -ENOMEM ? EX_OSERR : status == -EBADMSG ? EX_DATAERR : EX_IOERR;
}

int verb_store_open(const struct verb_options *options, bool is_writable, bool is_needed,
                    struct rule_store **store_out)
{
    const char *folder = store_folder(options);
    int status = rule_store_open(folder, is_writable, store_out);
    if (status == RULE_STORE_E_NONE && !is_needed)
        return EX_OK;
    if (status == RULE_STORE_E_NONE) {
        (void)fprintf(
            stderr,
            say("cardwatch rules: there is no rule store in %s: "
                "make one with cardwatch rules import FILE…\n",
                "cardwatch rules：%s 中没有规则库：请用 cardwatch rules import 文件… 建立\n"),
            folder);
        return EX_NOINPUT;
    }
    return status == 0 ? EX_OK : exit_of(status, folder);
}

int edition_pick(struct rule_store *store, int64_t wanted, uint32_t *number_out)
{
    uint32_t latest = 0;
    int status = rule_store_latest(store, &latest);
    if (status != 0)
        return exit_of(status, "rule store");
    if (latest == 0) {
        (void)fprintf(stderr, "cardwatch rules: %s\n",
                      say("the store holds no edition yet", "规则库中还没有版次"));
        return EX_DATAERR;
    }
    if (wanted > latest || wanted < 0) {
        (void)fprintf(stderr,
                      say("cardwatch rules: there is no edition %lld: the newest is %u\n",
                          "cardwatch rules：没有第 %lld 版：最新为第 %u 版\n"),
                      (long long)wanted, latest);
        return EX_DATAERR;
    }
    *number_out = wanted == 0 ? latest : (uint32_t)wanted;
    return EX_OK;
}

int move_pick(const struct verb_options *options, enum edition_move *move_out)
{
    *move_out = MOVE_NONE;
    if (options->move == NULL)
        return EX_OK;
    for (enum edition_move move = MOVE_NONE; move <= MOVE_ALL; move++) {
        if (strcmp(options->move, edition_move_name[move]) != 0)
            continue;
        *move_out = move;
        return EX_OK;
    }
    (void)fprintf(stderr,
                  say("cardwatch rules: --move %s: expects calendars, all or none\n",
                      "cardwatch rules：--move %s：应为 calendars、all 或 none\n"),
                  options->move);
    return EX_USAGE;
}

char *move_say(enum edition_move move, char text[MOVE_SAY_BYTES])
{
    static const char *const zh[] = {"在办件不改用此版", "在办件一并改用此版日历",
                                     "在办件一并改用此版"};
    (void)snprintf(text, MOVE_SAY_BYTES, say("moves open cases: %s", "%s"),
                   say(edition_move_name[move], zh[move]));
    return text;
}

char *instant_say(struct instant at, char text[INSTANT_SAY_BYTES])
{
    time_t seconds = (time_t)(at.ms / 1000);
    struct tm local;
    if (localtime_r(&seconds, &local) == NULL ||
        strftime(text, INSTANT_SAY_BYTES, "%Y-%m-%d %H:%M %z", &local) == 0)
        text[0] = '\0';
    return text;
}

char *instant_say_in(const struct calendar *calendar, struct instant at,
                     char text[INSTANT_SAY_BYTES])
{
    enum { MINUTE_MS = 60000, HOUR_MINUTES = 60 };
    char date[DATE_TEXT_BYTES];
    int32_t ms = 0;
    if (calendar == NULL)
        return instant_say(at, text);
    date_format(calendar_local_day(calendar, at, &ms), date);
    int32_t minute = ms / MINUTE_MS;
    (void)snprintf(text, INSTANT_SAY_BYTES, "%s %02d:%02d %.*s", date, minute / HOUR_MINUTES,
                   minute % HOUR_MINUTES, SLICE_ARG(calendar_zone_name(calendar)));
    return text;
}

const struct calendar *first_calendar(const struct ruleset *ruleset)
{
    const struct calendar *calendar = NULL;
    for (uint32_t i = 0; i < ruleset->rule_count && calendar == NULL; i++)
        calendar = ruleset->rules[i].calendar;
    return calendar;
}

int json_say(json_t *value)
{
    if (value == NULL)
        return exit_of(-ENOMEM, "json");
    (void)json_dumpf(value, stdout, JSON_INDENT(2));
    (void)fputc('\n', stdout);
    json_decref(value);
    return EX_OK;
}

/* ---- looking at an edition, or at what a draft would become ---------------------------------- */

static int look_at_draft(const struct verb_options *options, struct rule_store *store,
                         struct arena *arena, struct looked_at *looked)
{
    struct rule_draft draft;
    int code = draft_pick(store, options->draft, arena, &draft);
    if (code != EX_OK)
        return code;
    if (draft.act != DRAFT_EDITION) {
        (void)fprintf(stderr,
                      say("cardwatch rules: draft %u sets approval and holds no documents\n",
                          "cardwatch rules：第 %u 号草稿是审批设置，不含文件\n"),
                      draft.number);
        return EX_DATAERR;
    }
    looked->draft = draft.number;
    looked->base = draft.base;
    looked->edition = draft.edition;
    int status =
        rule_store_draft_documents(store, draft.number, arena, &looked->documents, &looked->count);
    return status == 0 ? EX_OK : exit_of(status, store_folder(options));
}

int look_at(const struct verb_options *options, struct rule_store *store, struct arena *arena,
            struct looked_at *looked_out)
{
    struct looked_at looked = {.draft = 0};
    uint32_t number = 0;
    if (options->draft > 0) {
        int code = look_at_draft(options, store, arena, &looked);
        if (code == EX_OK)
            *looked_out = looked;
        return code;
    }
    int code = edition_pick(store, options->edition, &number);
    if (code != EX_OK)
        return code;
    int status = rule_store_edition(store, number, arena, &looked.edition);
    if (status == 0)
        status = rule_store_documents(store, number, arena, &looked.documents, &looked.count);
    if (status != 0)
        return exit_of(status, store_folder(options));
    *looked_out = looked;
    return EX_OK;
}

int looked_compile(const struct looked_at *looked, bool is_in_force, struct ruleset **ruleset_out)
{
    struct problem_list problems;
    problem_list_init(&problems);
    problems.is_in_force = is_in_force;
    int status = ruleset_compile(looked->documents, looked->count, looked->edition.number,
                                 &problems, ruleset_out);
    if (problems.error_count > 0)
        problem_list_print(&problems, stderr);
    problem_list_clear(&problems);
    return status == 0 ? EX_OK : status < 0 ? exit_of(status, "compile") : EX_DATAERR;
}

const char *rule_nearest(const struct ruleset *ruleset, const char *name)
{
    const char *nearest = NULL;
    for (uint32_t i = 0; i < ruleset->rule_count; i++) {
        const char *known = ruleset->rules[i].name.start;
        if (word_is_near(name, known) &&
            (nearest == NULL || word_distance(name, known) < word_distance(name, nearest)))
            nearest = known;
    }
    return nearest;
}

/* ---- changes --------------------------------------------------------------------------------- */

static const struct edition_document *document_named(const struct rule_edition *edition,
                                                     enum document_kind kind, const char *name)
{
    for (uint32_t i = 0; i < edition->count; i++)
        if (edition->documents[i].kind == kind && strcmp(edition->documents[i].name, name) == 0)
            return &edition->documents[i];
    return NULL;
}

char *changes_say(const struct rule_edition *before, const struct rule_edition *after,
                  const char *only, char text[CHANGES_SAY_BYTES])
{
    size_t used = 0;
    text[0] = '\0';
    for (int pass = 0; pass < 2; pass++) {
        const struct rule_edition *from = pass == 0 ? after : before;
        const struct rule_edition *to = pass == 0 ? before : after;
        for (uint32_t i = 0; i < from->count && used < CHANGES_SAY_BYTES; i++) {
            const struct edition_document *document = &from->documents[i];
            const struct edition_document *other =
                document_named(to, document->kind, document->name);
            bool is_same =
                other != NULL && memcmp(other->hash, document->hash, DOCUMENT_HASH_BYTES) == 0;
            if (is_same || (pass == 1 && other != NULL) ||
                (only != NULL && strcmp(only, document->name) != 0))
                continue;
            int count =
                snprintf(text + used, CHANGES_SAY_BYTES - used, "%s%c %s %s", used == 0 ? "" : ", ",
                         pass == 1       ? '-'
                         : other == NULL ? '+'
                                         : '~',
                         document_kind_name[document->kind], document->name);
            used += count > 0 ? (size_t)count : 0;
        }
    }
    return text;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void on_difference(void *ctx, const struct trial_report *report)
{
    char at[INSTANT_TEXT_BYTES];
    const struct rule_test *test = report->test;
    (void)ctx;
    (void)fprintf(stderr, say("%.*s:%u: error: test \"%.*s\": ", "%.*s:%u: 错误：测试“%.*s”："),
                  SLICE_ARG(test->file), report->line, SLICE_ARG(test->it));
    switch (report->difference) {
    case TRIAL_REFUSED:
        (void)fprintf(stderr, "%s\n",
                      say("the engine does not take this event in", "引擎不接收此事件"));
        return;
    case TRIAL_NO_RULE:
        (void)fprintf(stderr, "%s\n", say("no rule looks on", "没有可测试的规则"));
        return;
    case TRIAL_MISSING:
    case TRIAL_SURPLUS:
        break;
    }
    instant_format(report->due_at, report->offset_s, at);
    (void)fprintf(stderr, "%s%s%.19s %.*s %.*s%s%.*s%s%.*s%s%s%s%s\n",
                  report->difference == TRIAL_MISSING
                      ? say("this card should be and is not", "缺少应有的牌")
                      : say("this card is and should not be", "出现不应有的牌"),
                  say(": ", "："), at, SLICE_ARG(report->level), SLICE_ARG(report->rule),
                  slice_is_empty(report->case_no) ? "" : " case=", SLICE_ARG(report->case_no),
                  slice_is_empty(report->org) ? "" : " org=", SLICE_ARG(report->org),
                  report->is_shadow ? " shadow" : "", report->is_pending ? " pending" : "",
                  report->state == CARD_ISSUED ? "" : " ",
                  report->state == CARD_ISSUED ? "" : card_state_name[report->state]);
}

int run_tests(const struct ruleset *ruleset, uint32_t *count_out)
{
    struct trial_result result;
    int status = trial_run_all(ruleset, NULL, on_difference, &result);
    if (status != 0)
        return exit_of(-ENOMEM, "tests");
    *count_out = result.test_count;
    if (result.failed_count == 0)
        return EX_OK;
    (void)fprintf(stderr, say("%u of %u tests failed\n", "%u 个测试未通过（共 %u 个）\n"),
                  result.failed_count, result.test_count);
    return EX_DATAERR;
}
