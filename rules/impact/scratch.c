/* scratch.c - a copy of a rule store in which a change is made, to see what would come of it. */
#include "rules/impact/scratch.h"
#include "engine/sys/clock.h"
#include "engine/sys/lang.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static int make_folder(struct scratch_store *scratch)
{
    const char *temporary = getenv("TMPDIR");
    int length = snprintf(scratch->folder, sizeof scratch->folder, "%s/cardwatch-rules.XXXXXX",
                          temporary == NULL || temporary[0] == '\0' ? "/tmp" : temporary);
    if (length < 0 || (size_t)length >= sizeof scratch->folder ||
        mkdtemp(scratch->folder) == NULL) {
        scratch->folder[0] = '\0';
        return -errno;
    }
    return 0;
}

/* Are these all calendars, or what belongs to them? */
static bool are_calendars(const struct document *documents, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!document_is_of_calendars(documents[i].kind))
            return false;
    return count > 0;
}

/* In the copy the second person agrees at once. */
static int approve(struct rule_store *store, uint32_t draft, struct scratch_store *scratch)
{
    const struct decision_words words = {
        .made_at = clock_now(), .by = "(preview)", .note = "(preview)"};
    int status = rule_store_approve(store, draft, &words, &scratch->edition);
    if (status != RULE_STORE_E_OVERTAKEN)
        return status == 0 ? EX_OK : exit_of(status < 0 ? status : -EINVAL, "rule store");
    (void)fprintf(stderr,
                  say("cardwatch rules: draft %u is overtaken: another edition came since\n",
                      "cardwatch rules：第 %u 号草稿已过时：此后另有新版次\n"),
                  draft);
    return EX_DATAERR;
}

/* As an import would: the same documents, the same words but for who and why. */
static int import_files(struct rule_store *store, const struct verb_options *options,
                        char *const *files, struct scratch_store *scratch)
{
    struct document_set set = {0};
    uint32_t given = 0;
    uint32_t number = 0;
    int code = files_check(options, files, &set, &given);
    if (options->move == NULL)
        scratch->move = are_calendars(set.at, given) ? MOVE_CALENDARS : MOVE_ALL;
    const struct edition_words words = {
        .made_at = clock_now(), .author = "-", .note = "", .move = scratch->move};
    if (code == EX_OK) {
        int status = rule_store_import(store, &words, set.at, given, &number);
        scratch->edition = number;
        if (status == RULE_STORE_E_DRAFT)
            code = approve(store, number, scratch);
        else if (status != 0)
            code = exit_of(status, "rule store");
    }
    documents_clear(&set);
    return code;
}

static int take_draft(struct rule_store *store, uint32_t number, struct scratch_store *scratch)
{
    struct arena *arena = arena_create();
    struct rule_draft draft;
    int status = arena == NULL ? -ENOMEM : rule_store_draft(store, number, arena, &draft);
    bool is_waiting = status == 0 && draft.state == DRAFT_WAITING && draft.act == DRAFT_EDITION;
    scratch->move = is_waiting ? draft.edition.move : MOVE_NONE;
    arena_destroy(&arena);
    if (is_waiting)
        return approve(store, number, scratch);
    if (status < 0)
        return exit_of(status, "rule store");
    (void)fprintf(
        stderr,
        say("cardwatch rules: there is no draft %u of rules that waits: see "
            "cardwatch rules drafts\n",
            "cardwatch rules：没有等待批准的第 %u 号规则草稿：见 cardwatch rules drafts\n"),
        number);
    return EX_DATAERR;
}

int scratch_make(const struct verb_options *options, char *const *files,
                 struct scratch_store *scratch)
{
    struct rule_store *store = NULL;
    *scratch = (struct scratch_store){.move = MOVE_NONE};
    if (options->draft > 0 && (files[0] != NULL || options->move != NULL)) {
        (void)fprintf(stderr, "cardwatch rules: %s\n",
                      say("--draft stands alone: the draft has its files and its --move",
                          "--draft 须单独使用：草稿已含文件和 --move"));
        return EX_USAGE;
    }
    int code = move_pick(options, &scratch->move);
    if (code != EX_OK)
        return code;
    int status = make_folder(scratch);
    if (status == 0)
        status = store_copy(store_folder(options), scratch->folder);
    if (status == -ENOENT)
        return verb_store_open(options, false, true, &store); /* it says that there is none */
    if (status == 0)
        status = rule_store_open(scratch->folder, true, &store);
    if (status == 0)
        status = rule_store_latest(store, &scratch->before);
    if (status != 0)
        return exit_of(status, store_folder(options));
    code = options->draft > 0 ? take_draft(store, (uint32_t)options->draft, scratch)
                              : import_files(store, options, files, scratch);
    rule_store_close(&store);
    return code;
}

/* ---- the engine's ------------------------------------------------------------------------------
 */

/* --data-dir, $CARDWATCH_HOME, or ./cardwatch-data. */
static const char *data_folder(const char *data_dir)
{
    const char *home = getenv("CARDWATCH_HOME");
    if (data_dir != NULL)
        return data_dir;
    return home != NULL && home[0] != '\0' ? home : "./cardwatch-data";
}

const char *journal_folder(const char *data_dir)
{
    static char path[FOLDER_BYTES];
    (void)snprintf(path, sizeof path, "%s/journal", data_folder(data_dir));
    return path;
}

const char *rules_of(const char *data_dir)
{
    static char path[FOLDER_BYTES];
    (void)snprintf(path, sizeof path, "%s/rules", data_folder(data_dir));
    return path;
}

int journal_read(const char *journal, struct store **store_out)
{
    const struct store_options options = {.path = journal, .is_reading = true};
    int status = store_open(&options, store_out);
    if (status == 0)
        return EX_OK;
    (void)fprintf(stderr, "cardwatch rules: %s: %s\n", journal,
                  status == -ENOENT
                      ? say("there is no engine's journal: name its folder with --data-dir",
                            "没有引擎日志：请用 --data-dir 指定引擎的数据目录")
                  : status < 0 ? strerror(-status)
                               : say("is not a journal", "不是日志"));
    return status == -ENOENT ? EX_NOINPUT : EX_IOERR;
}

void unheard_answer(void *ctx, struct slice peer, struct slice message)
{
    (void)ctx;
    (void)peer;
    (void)message;
}

void unheard_card(void *ctx, uint64_t seq, struct slice topic, struct slice line)
{
    (void)ctx;
    (void)seq;
    (void)topic;
    (void)line;
}

bool journal_is_events(struct store *store)
{
    char clock[NOTE_BYTES] = "";
    return store_note(store, "clock", clock) == 0 && strcmp(clock, "events") == 0;
}

void scratch_remove(struct scratch_store *scratch)
{
    static const char *const files[] = {"data.mdb", "lock.mdb"};
    char path[FOLDER_BYTES + 16];
    if (scratch->folder[0] == '\0')
        return;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", scratch->folder, files[i]);
        (void)unlink(path);
    }
    (void)rmdir(scratch->folder);
}
