/* check.c - cardwatch rules check, and import, which is check and then keep.
 *
 * What is checked is what would be in force: the files together with all of the newest edition that
 * they do not replace. So a file that goes well with the store goes well here, and one that breaks
 * another is found before it can.
 */
#include "rules/verbs/verbs.h"

#include "engine/sys/lang.h"
#include "rules/days/notice_text.h"
#include "rules/verbs/newest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

static struct verb_options options;
static bool is_alone;
static bool is_dry;
static bool is_import; /* then good files are not worth a report of problems */

struct checked {
    struct document_set set; /* what would be in force */
    uint32_t given_count;    /* the first of them: what was given, or taken along */
    struct document *before; /* what is in force now */
    uint32_t before_count;
    struct ruleset *ruleset;
    uint32_t test_count;
    enum edition_move move;
};

/* ---- saying ---------------------------------------------------------------------------------- */

static void say_problems_json(const struct problem_list *problems)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < problems->count; i++) {
        const struct problem *problem = &problems->at[i];
        char cell[CELL_NAME_BYTES];
        json_t *one = json_pack("{s:s, s:i, s:i, s:s, s:s, s:s}", "file", problem->file, "line",
                                (int)problem->line, "column", (int)problem->column, "severity",
                                problem->is_warning ? "warning" : "error", "en", problem->en, "zh",
                                problem->zh); /* (short of memory: an entry less) */
        if (problem->is_cell)
            (void)json_object_set_new(one, "cell",
                                      json_string(cell_name(problem->line, problem->column, cell)));
        (void)json_array_append_new(list, one);
    }
    json_say(json_pack("{s:b, s:i, s:i, s:o}", "ok", problems->error_count == 0, "errors",
                       (int)problems->error_count, "warnings", (int)problems->warning_count,
                       "problems", list)); /* (what is wrong gives the exit code) */
}

static void say_problems(const struct problem_list *problems)
{
    if (options.is_json && (!is_import || problems->error_count > 0))
        say_problems_json(problems);
    else if (!options.is_json)
        problem_list_print(problems, stderr);
    if (!options.is_json && problems->error_count > 0)
        (void)fprintf(stderr, say("errors: %u\n", "错误：%u 处\n"), problems->error_count);
}

static void say_good(const struct checked *checked)
{
    if (options.is_json)
        return;
    printf(say("good: rules=%u items=%u calendars=%u tests=%u\n",
               "通过：规则 %u 条，事项 %u 个，日历 %u 个，测试 %u 个\n"),
           checked->ruleset->rule_count, checked->ruleset->item_count,
           checked->ruleset->calendar_count, checked->test_count);
}

/* ---- checking -------------------------------------------------------------------------------- */

/* What the store holds, behind what was given; is_needed: it must hold something. */
static int add_store(struct checked *checked, bool is_needed)
{
    struct rule_store *store = NULL;
    uint32_t latest = 0;
    int code = is_alone ? EX_OK : verb_store_open(&options, false, is_needed, &store);
    if (store == NULL)
        return code;
    int status = 0;
    if (is_needed)
        code = edition_pick(store, 0, &latest);
    else
        status = rule_store_latest(store, &latest);
    if (code == EX_OK && status == 0 && latest > 0)
        status = rule_store_documents(store, latest, checked->set.arena, &checked->before,
                                      &checked->before_count);
    if (status == 0)
        status = documents_complete(&checked->set, checked->before, checked->before_count);
    rule_store_close(&store);
    return status == 0 ? code : exit_of(status, store_folder(&options));
}

static int gather(struct checked *checked, char *const *operands, struct problem_list *problems)
{
    int status = documents_read(&checked->set, operands, problems);
    checked->given_count = checked->set.count;
    int code = status == 0 ? add_store(checked, *operands == NULL) : exit_of(status, "documents");
    if (code != EX_OK)
        return code;
    uint32_t before = checked->set.count;
    status = documents_add_calendars(&checked->set, options.calendars, problems);
    if (status != 0)
        return exit_of(status, "calendars");
    /* Calendars that were taken along are kept with what was given: bring them to its end. */
    for (uint32_t i = before; i < checked->set.count; i++) {
        struct document taken = checked->set.at[i];
        checked->set.at[i] = checked->set.at[checked->given_count];
        checked->set.at[checked->given_count++] = taken;
    }
    return EX_OK;
}

static int check(struct checked *checked, char *const *operands)
{
    struct problem_list problems;
    problem_list_init(&problems);
    int code = gather(checked, operands, &problems);
    if (code == EX_OK && problem_list_is_readable(&problems)) {
        int status =
            ruleset_compile(checked->set.at, checked->set.count, 0, &problems, &checked->ruleset);
        if (status < 0)
            code = exit_of(status, "compile");
    }
    if (checked->ruleset != NULL)
        revisions_check(checked->before, checked->before_count, checked->set.at,
                        checked->given_count, checked->ruleset, &problems);
    say_problems(&problems);
    if (code == EX_OK && problems.error_count > 0)
        code = EX_DATAERR;
    problem_list_clear(&problems);
    return code == EX_OK ? run_tests(checked->ruleset, &checked->test_count) : code;
}

static int begin(struct checked *checked, const struct program *program, int argc, char **argv)
{
    int first = options_read(program, argc, argv);
    *checked = (struct checked){.given_count = 0};
    int code = move_pick(&options, &checked->move);
    if (code != EX_OK)
        return code;
    if (first >= argc && options.move == NULL) {
        (void)fprintf(stderr, say("%s: name at least one FILE\n", "%s：至少给出一个文件\n"),
                      program->name);
        return EX_USAGE;
    }
    int status = documents_init(&checked->set);
    return status == 0 ? check(checked, argv + first) : exit_of(status, "documents");
}

static void end(struct checked *checked)
{
    ruleset_destroy(&checked->ruleset);
    documents_clear(&checked->set);
}

int files_check(const struct verb_options *given, char *const *files, struct document_set *set_out,
                uint32_t *given_out)
{
    struct checked checked = {.given_count = 0};
    options = *given;
    is_import = true;
    int status = documents_init(&checked.set);
    int code = status == 0 ? check(&checked, files) : exit_of(status, "documents");
    ruleset_destroy(&checked.ruleset);
    *set_out = checked.set;
    *given_out = checked.given_count;
    return code;
}

int verb_check(int argc, char **argv)
{
    static const struct option rows[] = {
        OPTION_STORE(options),
        OPTION_CALENDARS(options),
        {.name = "alone",
         .type = OPTION_FLAG,
         .en = "look at the files alone, not at the store with them",
         .zh = "只看这些文件，不与规则库合并检查",
         .place = &is_alone},
        OPTION_JSON(options),
    };
    static const struct program program = {
        .name = "cardwatch rules check",
        .section = "rules",
        .usage = "[OPTION…] FILE…",
        .about_en = "Validate rule files, catalogues (CSV, XLSX), calendars and calendar notices, "
                    "and run the\n"
                    "tests they carry.",
        .about_zh = "检查规则文件、事项目录（CSV、XLSX）、日历和放假通知，并运行其中的测试。",
        .options = rows,
        .option_count = COUNT_OF(rows),
    };
    struct checked checked;
    int code = begin(&checked, &program, argc, argv);
    if (code == EX_OK)
        say_good(&checked);
    end(&checked);
    return code;
}

/* ---- keeping --------------------------------------------------------------------------------- */

static void say_document(const struct document *document)
{
    struct notice_head head;
    printf("  %s %s  (%s)", document_kind_name[document->kind], document->name, document->file);
    if (document->kind == DOCUMENT_NOTICE && notice_head_of(document->text, &head))
        printf(say(": changes calendar %s", "：改变日历 %s"), head.calendar);
    (void)putchar('\n');
}

static void say_edition(uint32_t number, const struct checked *checked)
{
    char move[MOVE_SAY_BYTES];
    if (options.is_json) {
        json_t *all =
            json_pack("{s:i, s:s, s:i, s:i}", "edition", (int)number, "move",
                      edition_move_name[checked->move], "rules", (int)checked->ruleset->rule_count,
                      "items", (int)checked->ruleset->item_count);
        (void)json_dumpf(all, stdout, 0);
        (void)fputc('\n', stdout);
        json_decref(all);
        return;
    }
    for (uint32_t i = 0; i < checked->given_count; i++)
        say_document(&checked->set.at[i]);
    if (checked->move == MOVE_NONE)
        printf(say("edition %u is in the store\n", "第 %u 版已存入规则库\n"), number);
    else
        printf(say("edition %u is in the store, and %s\n", "第 %u 版已存入规则库，%s\n"), number,
               move_say(checked->move, move));
}

/* What would change, and nothing is kept. */
static int keep_dry(struct checked *checked)
{
    struct rule_store *store = NULL;
    int code = verb_store_open(&options, false, false, &store);
    if (code != EX_OK)
        return code;
    int status = newest_settle(store, &checked->set, checked->given_count);
    if (status == 0)
        status = newest_say(store, &checked->set, checked->given_count, options.is_json);
    rule_store_close(&store);
    return status == 0 ? EX_OK : exit_of(status, store_folder(&options));
}

static int keep(struct checked *checked)
{
    struct rule_store *store = NULL;
    uint32_t number = 0;
    struct edition_words words;
    int code = edition_words_pick(&options, "", &words);
    if (code == EX_OK)
        code = verb_store_open(&options, true, true, &store);
    if (code != EX_OK)
        return code;
    int status = newest_settle(store, &checked->set, checked->given_count);
    if (status == 0)
        status = rule_store_import(store, &words, checked->set.at, checked->given_count, &number);
    rule_store_close(&store);
    if (status == RULE_STORE_E_DRAFT)
        return draft_said(number, &words, &options);
    if (status == RULE_STORE_E_SAME) {
        if (options.is_json)
            printf("{\"edition\": null, \"unchanged\": true}\n");
        else
            printf("%s\n", say("nothing changed: the store holds these documents already",
                               "没有变化：规则库中已是这些文件"));
        return EX_OK;
    }
    if (status != 0)
        return exit_of(status, store_folder(&options));
    say_edition(number, checked);
    return EX_OK;
}

int verb_import(int argc, char **argv)
{
    static const struct option rows[] = {
        OPTION_STORE(options),
        OPTION_CALENDARS(options),
        OPTION_AUTHOR(options),
        OPTION_NOTE(options),
        OPTION_MOVE(options),
        {.name = "dry-run",
         .type = OPTION_FLAG,
         .en = "say what would change in the newest edition, row by row, and change nothing",
         .zh = "逐行说明最新版次会有哪些变化，但不作改动",
         .place = &is_dry},
        OPTION_JSON(options),
    };
    static const struct program program = {
        .name = "cardwatch rules import",
        .section = "rules",
        .usage = "[OPTION…] FILE… | --move WHAT",
        .about_en = "Check files, run their tests, and make them a new edition of the rule store.\n"
                    "A document of the same kind and name is replaced, all others stay.\n" MOVE_EN
                    "\nWithout a FILE, --move moves open cases to the newest edition as it is.",
        .about_zh = "检查文件并运行其测试，然后作为新版次存入规则库。\n"
                    "同类同名的文件被替换，其余保持不变。\n" MOVE_ZH
                    "\n不给文件时，--move 使在办件迁移到现有的最新版次。",
        .options = rows,
        .option_count = COUNT_OF(rows),
    };
    struct checked checked;
    is_import = true;
    int code = begin(&checked, &program, argc, argv);
    if (code == EX_OK)
        code = is_dry ? keep_dry(&checked) : keep(&checked);
    end(&checked);
    return code;
}
