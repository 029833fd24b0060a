/* promote.c - cardwatch rules promote and remove: a change that needs no file to be written,
 * only to be decided. Both are checked like an import: what would be in force is compiled, and its
 * tests are run.
 */
#include "rules/verbs/verbs.h"

#include "engine/sys/lang.h"
#include "engine/sys/nearest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static struct verb_options options;
static const char *to_issue;
static int64_t wanted_revision;

static const char *const issue_name[] = {"auto", "confirm", "shadow"};

static int needs(const struct program *program, const char *what)
{
    (void)fprintf(stderr, "%s: %s %s\n", program->name, say("expects", "需要"), what);
    return EX_USAGE;
}

/* What came of the change: an edition, a draft, or trouble. */
static int say_made(int status, uint32_t number, const struct edition_words *words)
{
    char move[MOVE_SAY_BYTES];
    if (status == RULE_STORE_E_DRAFT)
        return draft_said(number, words, &options);
    if (status != 0)
        return exit_of(status, store_folder(&options));
    if (options.is_json)
        return json_say(json_pack("{s:i, s:s}", "edition", (int)number, "move",
                                  edition_move_name[words->move]));
    if (words->move == MOVE_NONE)
        printf(say("edition %u is in the store\n", "第 %u 版已存入规则库\n"), number);
    else
        printf(say("edition %u is in the store, and %s\n", "第 %u 版已存入规则库，%s\n"), number,
               move_say(words->move, move));
    return EX_OK;
}

/* Documents as they would be in force, and their tests. */
static int check(const struct looked_at *looked)
{
    struct ruleset *ruleset = NULL;
    uint32_t test_count = 0;
    int code = looked_compile(looked, false, &ruleset);
    if (code == EX_OK)
        code = run_tests(ruleset, &test_count);
    ruleset_destroy(&ruleset);
    return code;
}

/* ---- promote --------------------------------------------------------------------------------- */

static int no_rule(const struct ruleset *ruleset, const char *name)
{
    const char *nearest = rule_nearest(ruleset, name);
    (void)fprintf(stderr,
                  say("cardwatch rules: there is no rule %s\n", "cardwatch rules：没有规则 %s\n"),
                  name);
    if (nearest != NULL)
        (void)fprintf(stderr, say("Did you mean: %s\n", "是否指：%s\n"), nearest);
    return EX_DATAERR;
}

/* Is it a rule whose cards are shadow, at the revision that is meant? Said when it is not. */
static int check_shadow(const struct ruleset *ruleset, const char *name,
                        const struct rule **rule_out)
{
    const struct rule *rule = ruleset_rule(ruleset, slice_of(name));
    if (rule == NULL)
        return no_rule(ruleset, name);
    if (wanted_revision != 0 && wanted_revision != rule->revision) {
        (void)fprintf(stderr,
                      say("cardwatch rules: rule %s has revision %u, not %lld\n",
                          "cardwatch rules：规则 %s 的修订号是 %u，不是 %lld\n"),
                      name, rule->revision, (long long)wanted_revision);
        return EX_DATAERR;
    }
    for (uint32_t i = 0; i < rule->rung_count; i++) {
        if (rule->rungs[i].issue != ISSUE_SHADOW)
            continue;
        *rule_out = rule;
        return EX_OK;
    }
    (void)fprintf(stderr,
                  say("cardwatch rules: rule %s is not shadow: its cards are public\n",
                      "cardwatch rules：规则 %s 不是影子规则：其牌已公开\n"),
                  name);
    return EX_DATAERR;
}

static void write_cell(FILE *file, struct slice text)
{
    bool is_quoted = false;
    for (size_t i = 0; i < text.count; i++)
        is_quoted = is_quoted || strchr(",\"\r\n", text.start[i]) != NULL;
    if (is_quoted)
        (void)fputc('"', file);
    for (size_t i = 0; i < text.count; i++) {
        if (text.start[i] == '"')
            (void)fputc('"', file);
        (void)fputc(text.start[i], file);
    }
    if (is_quoted)
        (void)fputc('"', file);
}

static void write_row(FILE *file, const struct promotion *promotion)
{
    write_cell(file, promotion->rule);
    (void)fprintf(file, ",%u,%s,", promotion->revision, issue_name[promotion->issue]);
    write_cell(file, promotion->note);
    (void)fputc('\n', file);
}

/* The table of before, with one more row. before: NULL: there is none yet. */
static int write_table(struct arena *arena, const struct ruleset *before,
                       const struct promotion *promotion, struct slice *text_out)
{
    char *bytes = NULL;
    size_t count = 0;
    FILE *file = open_memstream(&bytes, &count);
    if (file == NULL)
        return -ENOMEM;
    (void)fputs("rule,revision,issue,note\n", file);
    for (uint32_t i = 0; before != NULL && i < before->promotion_count; i++)
        write_row(file, &before->promotions[i]);
    write_row(file, promotion);
    bool is_good = ferror(file) == 0;
    is_good = fclose(file) == 0 && is_good &&
              arena_copy(arena, (struct slice){.start = bytes, .count = count}, text_out);
    free(bytes);
    return is_good ? 0 : -ENOMEM;
}

/* The document of promotions as it is now, as a list that holds it alone. */
static struct looked_at table_alone(const struct looked_at *looked, struct document *table)
{
    for (uint32_t i = 0; i < looked->count; i++)
        if (looked->documents[i].kind == table->kind &&
            strcmp(looked->documents[i].name, table->name) == 0)
            return (struct looked_at){.documents = &looked->documents[i], .count = 1};
    return (struct looked_at){.documents = table, .count = 0};
}

static int make_table(struct arena *arena, const struct looked_at *looked,
                      const struct promotion *promotion, struct document *table)
{
    const struct looked_at alone = table_alone(looked, table);
    struct ruleset *before = NULL;
    int code = alone.count == 0 ? EX_OK : looked_compile(&alone, true, &before);
    int status = code != EX_OK ? 0 : write_table(arena, before, promotion, &table->text);
    ruleset_destroy(&before);
    return status == 0 ? code : exit_of(status, "promotions");
}

/* What would be in force with the table in it. */
static int check_with(const struct looked_at *looked, const struct document *table)
{
    struct document_set set;
    int status = documents_init(&set);
    if (status == 0)
        status = documents_add(&set, table);
    if (status == 0)
        status = documents_complete(&set, looked->documents, looked->count);
    const struct looked_at whole = {.documents = set.at, .count = set.count};
    int code = status == 0 ? check(&whole) : exit_of(status, "documents");
    documents_clear(&set);
    return code;
}

static int promote(struct rule_store *store, struct arena *arena, const char *name)
{
    struct document table = {
        .kind = DOCUMENT_PROMOTIONS, .name = "promotions", .file = "promotions.csv"};
    struct edition_words words;
    struct looked_at looked;
    struct ruleset *ruleset = NULL;
    const struct rule *rule = NULL;
    uint32_t number = 0;
    int code = edition_words_pick(&options, "", &words);
    if (code == EX_OK)
        code = look_at(&options, store, arena, &looked);
    if (code == EX_OK)
        code = looked_compile(&looked, true, &ruleset);
    if (code == EX_OK)
        code = check_shadow(ruleset, name, &rule);
    if (code == EX_OK) {
        const struct promotion promotion = {
            .rule = rule->name,
            .revision = rule->revision,
            .issue = strcmp(to_issue, "confirm") == 0 ? ISSUE_CONFIRM : ISSUE_AUTO,
            .note = slice_of(words.note)};
        code = make_table(arena, &looked, &promotion, &table);
    }
    ruleset_destroy(&ruleset);
    if (code == EX_OK)
        code = check_with(&looked, &table);
    if (code != EX_OK)
        return code;
    int status = rule_store_import(store, &words, &table, 1, &number);
    return say_made(status, number, &words);
}

int verb_promote(int argc, char **argv)
{
    static const struct option rows[] = {
        OPTION_STORE(options),
        {.name = "to",
         .type = OPTION_TEXT,
         .value = "HOW",
         .preset = "auto",
         .en = "auto: its cards are issued; confirm: a supervisor releases each",
         .zh = "auto：自动发牌；confirm：由监察员逐张确认",
         .place = &to_issue},
        {.name = "revision",
         .type = OPTION_NUMBER,
         .value = "N",
         .preset = "0",
         .min = 0,
         .max = UINT32_MAX,
         .en = "only if this is its revision; 0: whatever it is",
         .zh = "仅当修订号为 N 时；0 为不限",
         .place = &wanted_revision},
        OPTION_AUTHOR(options),
        OPTION_NOTE(options),
        OPTION_MOVE(options),
        OPTION_JSON(options),
    };
    static const struct program program = {
        .name = "cardwatch rules promote",
        .section = "rules",
        .usage = "[OPTION…] RULE",
        .about_en =
            "A rule that was shadow (recorded, never public) is shadow no longer: a new edition,\n"
            "with a row for it in the table promotions. It holds for the rule's present revision\n"
            "alone: one that comes anew states its own issue.\n" MOVE_EN,
        .about_zh =
            "影子规则（只记录、不公开）转正：生成新版次，在转正表 promotions 中为其增加一行。\n"
            "只对规则现在的修订号有效：规则以新修订号重新导入后，以其自身的 issue "
            "为准。\n" MOVE_ZH,
        .options = rows,
        .option_count = COUNT_OF(rows),
    };
    struct rule_store *store = NULL;
    int first = options_read(&program, argc, argv);
    if (argc - first != 1)
        return needs(&program, "RULE");
    if (strcmp(to_issue, "auto") != 0 && strcmp(to_issue, "confirm") != 0)
        return needs(&program, "--to auto|confirm");
    struct arena *arena = arena_create();
    int code =
        arena == NULL ? exit_of(-ENOMEM, "store") : verb_store_open(&options, true, true, &store);
    if (code == EX_OK)
        code = promote(store, arena, argv[first]);
    rule_store_close(&store);
    arena_destroy(&arena);
    return code;
}

/* ---- remove ---------------------------------------------------------------------------------- */

static bool kind_operand(const char *text, enum document_kind *kind_out)
{
    for (int kind = DOCUMENT_UNKNOWN + 1; kind < DOCUMENT_KIND_COUNT; kind++) {
        if (strcmp(text, document_kind_name[kind]) != 0)
            continue;
        *kind_out = (enum document_kind)kind;
        return true;
    }
    (void)fprintf(stderr,
                  say("cardwatch rules: \"%s\" is no kind of document. There are:",
                      "cardwatch rules：“%s”不是文件种类。可用："),
                  text);
    for (int kind = DOCUMENT_UNKNOWN + 1; kind < DOCUMENT_KIND_COUNT; kind++)
        (void)fprintf(stderr, " %s", document_kind_name[kind]);
    (void)fputc('\n', stderr);
    return false;
}

static int document_unknown(const struct looked_at *looked, enum document_kind kind,
                            const char *name)
{
    const char *nearest = NULL;
    for (uint32_t i = 0; i < looked->count; i++) {
        const char *known = looked->documents[i].name;
        if (looked->documents[i].kind == kind && word_is_near(name, known) &&
            (nearest == NULL || word_distance(name, known) < word_distance(name, nearest)))
            nearest = known;
    }
    (void)fprintf(
        stderr,
        say("cardwatch rules: edition %u has no %s %s\n", "cardwatch rules：第 %u 版没有 %s %s\n"),
        looked->edition.number, document_kind_name[kind], name);
    if (nearest != NULL)
        (void)fprintf(stderr, say("Did you mean: %s\n", "是否指：%s\n"), nearest);
    return EX_DATAERR;
}

/* A calendar that rules name stays; it is said which. */
static int check_unused(const struct looked_at *looked, const char *name)
{
    struct ruleset *ruleset = NULL;
    uint32_t count = 0;
    int code = looked_compile(looked, true, &ruleset);
    for (uint32_t i = 0; code == EX_OK && i < ruleset->rule_count; i++) {
        const struct rule *rule = &ruleset->rules[i];
        if (rule->calendar == NULL ||
            !slice_is_equal(calendar_name(rule->calendar), slice_of(name)))
            continue;
        if (count++ == 0)
            (void)fprintf(stderr,
                          say("cardwatch rules: the calendar %s stays, for rules name it:",
                              "cardwatch rules：日历 %s 不能去除，以下规则用到它："),
                          name);
        (void)fprintf(stderr, " %.*s", SLICE_ARG(rule->name));
    }
    if (count > 0)
        (void)fputc('\n', stderr);
    ruleset_destroy(&ruleset);
    return code == EX_OK && count > 0 ? EX_DATAERR : code;
}

static int remove_document(struct rule_store *store, struct arena *arena, enum document_kind kind,
                           const char *name)
{
    struct edition_words words;
    struct looked_at looked;
    uint32_t number = 0;
    uint32_t place = 0;
    int code = edition_words_pick(&options, "", &words);
    if (code == EX_OK)
        code = look_at(&options, store, arena, &looked);
    if (code != EX_OK)
        return code;
    while (place < looked.count && (looked.documents[place].kind != kind ||
                                    strcmp(looked.documents[place].name, name) != 0))
        place++;
    if (place == looked.count)
        return document_unknown(&looked, kind, name);
    if (kind == DOCUMENT_CALENDAR)
        code = check_unused(&looked, name);
    if (code != EX_OK)
        return code;
    looked.count--;
    memmove(&looked.documents[place], &looked.documents[place + 1],
            (looked.count - place) * sizeof *looked.documents);
    code = check(&looked);
    if (code != EX_OK)
        return code;
    int status = rule_store_remove(store, &words, kind, name, &number);
    return status == RULE_STORE_E_UNKNOWN ? document_unknown(&looked, kind, name)
                                          : say_made(status, number, &words);
}

int verb_remove(int argc, char **argv)
{
    static const struct option rows[] = {OPTION_STORE(options), OPTION_AUTHOR(options),
                                         OPTION_NOTE(options), OPTION_MOVE(options),
                                         OPTION_JSON(options)};
    static const struct program program = {
        .name = "cardwatch rules remove",
        .section = "rules",
        .usage = "[OPTION…] KIND NAME",
        .about_en =
            "A new edition without one document: of KIND calendar, rules, items, steps, orgs or\n"
            "promotions. Refused when the rest does not go without it. Editions before keep "
            "it.\n" MOVE_EN,
        .about_zh =
            "生成去除某一文件的新版次。种类：calendar、rules、items、steps、orgs、promotions。\n"
            "其余文件缺之不可时拒绝。以前的版次不受影响。\n" MOVE_ZH,
        .options = rows,
        .option_count = COUNT_OF(rows),
    };
    struct rule_store *store = NULL;
    enum document_kind kind = DOCUMENT_UNKNOWN;
    int first = options_read(&program, argc, argv);
    if (argc - first != 2)
        return needs(&program, "KIND NAME");
    if (!kind_operand(argv[first], &kind))
        return EX_USAGE;
    struct arena *arena = arena_create();
    int code =
        arena == NULL ? exit_of(-ENOMEM, "store") : verb_store_open(&options, true, true, &store);
    if (code == EX_OK)
        code = remove_document(store, arena, kind, argv[first + 1]);
    rule_store_close(&store);
    arena_destroy(&arena);
    return code;
}
