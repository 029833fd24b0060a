/* approval.c - cardwatch rules approval, drafts, approve, reject: a change as a matter of two
 * people. What the store refuses is said here in full; it is the store that refuses.
 */
#include "rules/verbs/verbs.h"

#include "engine/base/date.h"
#include "engine/sys/clock.h"
#include "engine/sys/columns.h"
#include "engine/sys/lang.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static struct verb_options options;

static const char *const state_zh[] = {"待批", "已批准", "已否决", "已过时"};

static int needs(const struct program *program, const char *what)
{
    (void)fprintf(stderr, "%s: %s %s\n", program->name, say("expects", "需要"), what);
    return EX_USAGE;
}

/* ---- approval -------------------------------------------------------------------------------- */

static json_t *setting_json(const struct rule_approval *approval)
{
    char at[INSTANT_TEXT_BYTES];
    return json_pack("{s:i, s:s, s:s, s:s, s:s}", "people", (int)approval->people, "set_at",
                     instant_format(approval->made_at, 0, at), "author", approval->author,
                     "approver", approval->approver, "note", approval->note);
}

static void setting_row(struct columns *columns, const struct rule_approval *approval)
{
    const struct rule_edition set = {.author = approval->author, .approver = approval->approver};
    char text[INSTANT_SAY_BYTES];
    char people[PEOPLE_SAY_BYTES];
    columns_add(columns, "%s", approval->people == 2 ? say("two", "两人") : say("one", "一人"));
    columns_add(columns, "%s", instant_say(approval->made_at, text));
    columns_add(columns, "%s", people_say(&set, people));
    columns_add(columns, "%s", approval->note);
    columns_end(columns);
}

/* The setting in force, and how it came to be. */
static int approval_show(struct rule_store *store, struct arena *arena)
{
    struct columns columns = {0};
    struct rule_approval approval;
    struct rule_approval past;
    json_t *settings = options.is_json ? json_array() : NULL;
    int status = rule_store_approval(store, arena, &approval);
    for (uint32_t number = 1; status == 0 && number <= approval.number; number++) {
        status = rule_store_setting(store, number, arena, &past);
        if (status == 0 && settings != NULL)
            (void)json_array_append_new(settings, setting_json(&past));
        else if (status == 0)
            setting_row(&columns, &past);
    }
    if (status == 0 && settings != NULL)
        return json_say(
            json_pack("{s:i, s:o}", "people", (int)approval.people, "settings", settings));
    json_decref(settings);
    if (status == 0)
        printf("%s\n",
               approval.people == 2
                   ? say("two: a change is a draft until another than its author approves it",
                         "两人：修改先成为草稿，由作者以外的人批准后生效")
                   : say("one: a change is in force at once", "一人：修改立即生效"));
    int printed = columns_print(&columns, stdout);
    status = status != 0 ? status : printed;
    return status == 0 ? EX_OK : exit_of(status, store_folder(&options));
}

static int approval_set(struct rule_store *store, struct arena *arena, uint32_t people)
{
    struct edition_words words;
    uint32_t draft = 0;
    int code = edition_words_pick(&options, "", &words);
    if (code != EX_OK)
        return code;
    int status = rule_store_set_approval(store, &words, people, &draft);
    if (status == RULE_STORE_E_DRAFT)
        return draft_said(draft, &words, &options);
    if (status == 0 || status == RULE_STORE_E_SAME)
        return approval_show(store, arena);
    return exit_of(status, store_folder(&options));
}

int verb_approval(int argc, char **argv)
{
    static const struct option rows[] = {OPTION_STORE(options), OPTION_AUTHOR(options),
                                         OPTION_NOTE(options), OPTION_JSON(options)};
    static const struct program program = {
        .name = "cardwatch rules approval",
        .section = "rules",
        .usage = "[OPTION…] [two|one]",
        .about_en =
            "How many people a change of rules takes, and who set it when; two, one: set it.\n"
            "While it is two, import, rollback, promote and remove make a draft, which the engine\n"
            "does not see; another than its author approves it. From one to two is in force at\n"
            "once; from two to one is itself a draft.",
        .about_zh =
            "修改规则需要几人，由何人何时设定；two、one：设定。\n"
            "设为 two 时，import、rollback、promote、remove 只生成草稿，引擎看不到，须由作者\n"
            "以外的人批准。由一人改为两人立即生效；由两人改为一人本身也须批准。",
        .options = rows,
        .option_count = COUNT_OF(rows),
    };
    int first = options_read(&program, argc, argv);
    const char *word = first < argc ? argv[first] : NULL;
    bool is_two = word != NULL && strcmp(word, "two") == 0;
    if (argc - first > 1 || (word != NULL && !is_two && strcmp(word, "one") != 0))
        return needs(&program, "[two|one]");
    struct rule_store *store = NULL;
    struct arena *arena = arena_create();
    int code = arena == NULL ? exit_of(-ENOMEM, "store")
                             : verb_store_open(&options, word != NULL, true, &store);
    if (code == EX_OK)
        code =
            word == NULL ? approval_show(store, arena) : approval_set(store, arena, is_two ? 2 : 1);
    rule_store_close(&store);
    arena_destroy(&arena);
    return code;
}

/* ---- drafts ---------------------------------------------------------------------------------- */

/* What a draft would do: the documents it touches, or the setting. */
static int draft_changes(struct rule_store *store, struct arena *arena,
                         const struct rule_draft *draft, char text[CHANGES_SAY_BYTES])
{
    struct rule_edition before = {.count = 0};
    int status = 0;
    if (draft->act == DRAFT_ONE_PERSON) {
        (void)snprintf(text, CHANGES_SAY_BYTES, "%s", say("approval: one", "审批：一人"));
        return 0;
    }
    if (draft->base > 0)
        status = rule_store_edition(store, draft->base, arena, &before);
    if (status == 0)
        (void)changes_say(&before, &draft->edition, NULL, text);
    return status;
}

static json_t *draft_json(const struct rule_draft *draft, const char *changes)
{
    char made[INSTANT_TEXT_BYTES];
    char decided[INSTANT_TEXT_BYTES];
    bool is_edition = draft->act == DRAFT_EDITION;
    json_t *base = is_edition ? json_integer(draft->base) : json_null();
    json_t *edition = draft->edition.number > 0 ? json_integer(draft->edition.number) : json_null();
    json_t *all =
        json_pack("{s:i, s:s, s:o, s:s, s:s, s:s, s:s, s:s, s:o}", "draft", (int)draft->number,
                  "state", draft_state_name[draft->state], "base", base, "made_at",
                  instant_format(draft->edition.made_at, 0, made), "author", draft->edition.author,
                  "note", draft->edition.note, "move", edition_move_name[draft->edition.move],
                  "changes", changes, "edition", edition);
    if (draft->decided_by[0] != '\0' && all != NULL)
        (void)json_object_update_new(all, json_pack("{s:s, s:s, s:s}", "decided_at",
                                                    instant_format(draft->decided_at, 0, decided),
                                                    "decided_by", draft->decided_by,
                                                    "decision_note", draft->decision_note));
    return all;
}

static void draft_row(struct columns *columns, const struct rule_draft *draft, const char *changes)
{
    char text[INSTANT_SAY_BYTES];
    char move[MOVE_SAY_BYTES];
    columns_add(columns, "%u", draft->number);
    if (draft->state == DRAFT_APPROVED && draft->edition.number > 0)
        columns_add(columns, say("approved as edition %u", "已批准为第 %u 版"),
                    draft->edition.number);
    else
        columns_add(columns, "%s", say(draft_state_name[draft->state], state_zh[draft->state]));
    columns_add(columns, "%s", instant_say(draft->edition.made_at, text));
    columns_add(columns, "%s", draft->edition.author);
    columns_add(columns, "%s", changes);
    columns_add(columns, "%s", draft->edition.note);
    if (draft->edition.move != MOVE_NONE)
        columns_add(columns, "%s", move_say(draft->edition.move, move));
    if (draft->decided_by[0] != '\0')
        columns_add(columns, say("by %s. %s", "%s 审批。%s"), draft->decided_by,
                    draft->decision_note);
    columns_end(columns);
}

static int drafts(struct rule_store *store, struct arena *arena)
{
    struct columns columns = {0};
    json_t *all = options.is_json ? json_array() : NULL;
    uint32_t latest = 0;
    int status = rule_store_latest_draft(store, &latest);
    for (uint32_t number = 1; number <= latest && status == 0; number++) {
        struct rule_draft draft;
        char changes[CHANGES_SAY_BYTES] = "";
        status = rule_store_draft(store, number, arena, &draft);
        if (status == 0)
            status = draft_changes(store, arena, &draft, changes);
        if (status == 0 && all != NULL)
            (void)json_array_append_new(all, draft_json(&draft, changes));
        else if (status == 0)
            draft_row(&columns, &draft, changes);
    }
    int printed = columns_print(&columns, stdout);
    if (all != NULL && status == 0)
        return json_say(all);
    json_decref(all);
    if (status == 0 && latest == 0)
        printf("%s\n", say("there are no drafts", "没有草稿"));
    status = status != 0 ? status : printed;
    return status == 0 ? EX_OK : exit_of(status, store_folder(&options));
}

int verb_drafts(int argc, char **argv)
{
    static const struct option rows[] = {OPTION_STORE(options), OPTION_JSON(options)};
    static const struct program program = {
        .name = "cardwatch rules drafts",
        .section = "rules",
        .usage = "[OPTION…]",
        .about_en = "All drafts, oldest first: waiting, approved, rejected, or overtaken by an "
                    "edition\nthat came since. What one would change: cardwatch rules diff --draft "
                    "N.",
        .about_zh = "全部草稿（由旧到新）：待批、已批准、已否决，或已过时（此后另有新版次）。\n"
                    "某一草稿的改动：cardwatch rules diff --draft N。",
        .options = rows,
        .option_count = COUNT_OF(rows),
    };
    (void)options_read(&program, argc, argv); /* it takes no operands */
    struct rule_store *store = NULL;
    struct arena *arena = arena_create();
    int code =
        arena == NULL ? exit_of(-ENOMEM, "store") : verb_store_open(&options, false, true, &store);
    if (code == EX_OK)
        code = drafts(store, arena);
    rule_store_close(&store);
    arena_destroy(&arena);
    return code;
}

/* ---- approve, reject ------------------------------------------------------------------------- */

/* Why the store refused to approve or to reject. */
static int say_refused(int status, const struct rule_draft *draft)
{
    if (status == RULE_STORE_E_AUTHOR)
        (void)fprintf(stderr,
                      say("cardwatch rules: draft %u is by %s: another person must approve it\n",
                          "cardwatch rules：第 %u 号草稿由 %s 提出：须由另一人批准\n"),
                      draft->number, draft->edition.author);
    else if (status == RULE_STORE_E_DECIDED)
        (void)fprintf(stderr,
                      say("cardwatch rules: draft %u is %s already, by %s\n",
                          "cardwatch rules：第 %u 号草稿%s（%s）\n"),
                      draft->number, say(draft_state_name[draft->state], state_zh[draft->state]),
                      draft->decided_by);
    else if (status == RULE_STORE_E_OVERTAKEN && draft->act == DRAFT_ONE_PERSON)
        (void)fprintf(stderr,
                      say("cardwatch rules: the setting was changed since draft %u: set it again\n",
                          "cardwatch rules：第 %u 号草稿之后设置已有变动：请重新设定\n"),
                      draft->number);
    else
        return exit_of(status, store_folder(&options));
    return EX_DATAERR;
}

/* What was checked is not what would come into force. */
static int say_overtaken(struct rule_store *store, const struct rule_draft *draft)
{
    uint32_t latest = 0;
    int status = rule_store_latest(store, &latest);
    if (status != 0)
        return exit_of(status, store_folder(&options));
    (void)fprintf(
        stderr,
        say("cardwatch rules: draft %u was made on edition %u, and edition %u came since: "
            "import it again\n",
            "cardwatch rules：第 %u 号草稿基于第 %u 版，此后已有第 %u 版：请重新导入\n"),
        draft->number, draft->base, latest);
    return EX_DATAERR;
}

/* The program that puts it into force may be another than the one that made it. */
static int check_again(struct rule_store *store, struct arena *arena,
                       const struct rule_draft *draft)
{
    struct looked_at looked = {.draft = draft->number};
    struct ruleset *ruleset = NULL;
    uint32_t test_count = 0;
    int status =
        rule_store_draft_documents(store, draft->number, arena, &looked.documents, &looked.count);
    if (status != 0)
        return exit_of(status, store_folder(&options));
    int code = looked_compile(&looked, false, &ruleset);
    if (code == EX_OK)
        code = run_tests(ruleset, &test_count);
    ruleset_destroy(&ruleset);
    return code;
}

static int say_approved(const struct rule_draft *draft, uint32_t edition, const char *by)
{
    char move[MOVE_SAY_BYTES];
    if (options.is_json)
        return json_say(json_pack("{s:i, s:o, s:s, s:s, s:s}", "draft", (int)draft->number,
                                  "edition", edition > 0 ? json_integer(edition) : json_null(),
                                  "author", draft->edition.author, "approver", by, "move",
                                  edition_move_name[draft->edition.move]));
    if (draft->act == DRAFT_ONE_PERSON)
        printf("%s\n", say("a change takes one person from now on", "今后修改只需一人"));
    else if (draft->edition.move == MOVE_NONE)
        printf(say("edition %u is in the store\n", "第 %u 版已存入规则库\n"), edition);
    else
        printf(say("edition %u is in the store, and %s\n", "第 %u 版已存入规则库，%s\n"), edition,
               move_say(draft->edition.move, move));
    return EX_OK;
}

static int approve(struct rule_store *store, struct arena *arena, int64_t number)
{
    struct rule_draft draft = {.number = 0};
    struct decision_words words = {.made_at = clock_now(),
                                   .note = options.note == NULL ? "" : options.note};
    uint32_t edition = 0;
    int code = person_pick(&options, &words.by);
    if (code == EX_OK)
        code = draft_pick(store, number, arena, &draft);
    if (code == EX_OK && draft.act == DRAFT_EDITION && draft.state == DRAFT_WAITING)
        code = check_again(store, arena, &draft);
    if (code != EX_OK)
        return code;
    int status = rule_store_approve(store, draft.number, &words, &edition);
    if (status == 0)
        return say_approved(&draft, edition, words.by);
    if (status == RULE_STORE_E_OVERTAKEN && draft.act == DRAFT_EDITION)
        return say_overtaken(store, &draft);
    return say_refused(status, &draft);
}

static int reject(struct rule_store *store, struct arena *arena, int64_t number)
{
    struct rule_draft draft;
    struct decision_words words = {.made_at = clock_now(), .note = options.note};
    int code = person_pick(&options, &words.by);
    if (code == EX_OK)
        code = draft_pick(store, number, arena, &draft);
    if (code != EX_OK)
        return code;
    int status = rule_store_reject(store, draft.number, &words);
    if (status != 0)
        return say_refused(status, &draft);
    if (options.is_json)
        return json_say(json_pack("{s:i, s:s, s:s, s:s}", "draft", (int)draft.number, "state",
                                  draft_state_name[DRAFT_REJECTED], "decided_by", words.by,
                                  "decision_note", words.note));
    printf(say("draft %u is rejected\n", "第 %u 号草稿已否决\n"), draft.number);
    return EX_OK;
}

static int decide(const struct program *program, bool is_approval, int argc, char **argv)
{
    struct rule_store *store = NULL;
    int64_t number = 0;
    int first = options_read(program, argc, argv);
    if (argc - first != 1)
        return needs(program, "DRAFT");
    if (!number_operand(argv[first], true, &number))
        return EX_USAGE;
    if (!is_approval && (options.note == NULL || options.note[0] == '\0'))
        return needs(program, say("--note WHY", "--note 原因"));
    struct arena *arena = arena_create();
    int code =
        arena == NULL ? exit_of(-ENOMEM, "store") : verb_store_open(&options, true, true, &store);
    if (code == EX_OK)
        code = is_approval ? approve(store, arena, number) : reject(store, arena, number);
    rule_store_close(&store);
    arena_destroy(&arena);
    return code;
}

int verb_approve(int argc, char **argv)
{
    static const struct option rows[] = {OPTION_STORE(options), OPTION_BY(options),
                                         OPTION_NOTE(options), OPTION_JSON(options)};
    static const struct program program = {
        .name = "cardwatch rules approve",
        .section = "rules",
        .usage = "[OPTION…] DRAFT",
        .about_en =
            "Make a draft the newest edition. Its author cannot; nor can it be done when another\n"
            "edition came since: what was checked would not be what comes into force.",
        .about_zh = "批准草稿，使其成为最新版次。作者本人不能批准；此后另有新版次时也不能批准：\n"
                    "所检查的内容已不是将要生效的内容。",
        .options = rows,
        .option_count = COUNT_OF(rows),
    };
    return decide(&program, true, argc, argv);
}

int verb_reject(int argc, char **argv)
{
    static const struct option rows[] = {OPTION_STORE(options), OPTION_BY(options),
                                         OPTION_NOTE(options), OPTION_JSON(options)};
    static const struct program program = {
        .name = "cardwatch rules reject",
        .section = "rules",
        .usage = "[OPTION…] --note WHY DRAFT",
        .about_en = "Turn a draft down, and say why. Its author may do so too, to take it back.",
        .about_zh = "否决草稿并说明原因。作者本人也可以此撤回。",
        .options = rows,
        .option_count = COUNT_OF(rows),
    };
    return decide(&program, false, argc, argv);
}
