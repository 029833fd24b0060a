/* edition.c - cardwatch rules diff, rollback, export: editions as wholes. */
#include "rules/verbs/verbs.h"

#include "engine/sys/lang.h"
#include "rules/difference/difference.h"
#include "rules/difference/rows.h"
#include "rules/sheet/sheet.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <sysexits.h>

static struct verb_options options;
static bool is_brief;
static const char *workbook; /* to export the tables into */

/* ---- diff -------------------------------------------------------------------------------------
 */

struct two_editions {
    struct rule_edition before;
    struct rule_edition after;
};

static const struct edition_document *same_document(const struct rule_edition *edition,
                                                    const struct edition_document *document)
{
    for (uint32_t i = 0; i < edition->count; i++)
        if (edition->documents[i].kind == document->kind &&
            strcmp(edition->documents[i].name, document->name) == 0)
            return &edition->documents[i];
    return NULL;
}

static int text_of(struct rule_store *store, struct arena *arena,
                   const struct edition_document *document, struct slice *text_out)
{
    if (document == NULL)
        return 0;
    int status = rule_store_text(store, document->hash, arena, text_out);
    if (status == 0 && text_out->start == NULL)
        *text_out = SLICE("");
    return status;
}

/* one: the document itself, of either edition; before, after: NULL where it is not. */
static int say_difference(struct rule_store *store, struct arena *arena, json_t *all,
                          const struct edition_document *one, const struct edition_document *before,
                          const struct edition_document *after)
{
    assert(one != NULL);
    struct difference difference = {.kind = one->kind, .name = one->name};
    int status = text_of(store, arena, before, &difference.before);
    if (status == 0)
        status = text_of(store, arena, after, &difference.after);
    return status == 0 ? difference_say(arena, &difference, is_brief, all) : status;
}

static int say_differences(struct rule_store *store, struct arena *arena,
                           const struct two_editions *two)
{
    json_t *all = options.is_json ? json_array() : NULL;
    uint32_t count = 0;
    int status = 0;
    for (uint32_t i = 0; i < two->after.count && status == 0; i++) {
        const struct edition_document *after = &two->after.documents[i];
        const struct edition_document *before = same_document(&two->before, after);
        if (before != NULL && memcmp(before->hash, after->hash, DOCUMENT_HASH_BYTES) == 0)
            continue;
        count++;
        status = say_difference(store, arena, all, after, before, after);
    }
    for (uint32_t i = 0; i < two->before.count && status == 0; i++) {
        if (same_document(&two->after, &two->before.documents[i]) != NULL)
            continue;
        count++;
        status = say_difference(store, arena, all, &two->before.documents[i],
                                &two->before.documents[i], NULL);
    }
    if (all != NULL) {
        (void)json_dumpf(all, stdout, JSON_INDENT(2));
        (void)fputc('\n', stdout);
        json_decref(all);
    } else if (count == 0 && status == 0 && options.draft > 0) {
        printf("%s\n", say("no document is changed", "文件没有变化"));
    } else if (count == 0 && status == 0) {
        printf(say("editions %u and %u hold the same\n", "第 %u 版与第 %u 版内容相同\n"),
               two->before.number, two->after.number);
    }
    return status;
}

/* What a draft changes in the edition it was made on. */
static int diff_draft(struct rule_store *store, struct arena *arena)
{
    struct two_editions two = {.before = {.count = 0}};
    struct rule_draft draft;
    char move[MOVE_SAY_BYTES];
    int status = 0;
    int code = draft_pick(store, options.draft, arena, &draft);
    if (code != EX_OK)
        return code;
    two.after = draft.edition;
    if (draft.act == DRAFT_EDITION && draft.base > 0)
        status = rule_store_edition(store, draft.base, arena, &two.before);
    if (status == 0 && !options.is_json)
        printf(say("draft %u by %s, on edition %u. %s\n", "第 %u 号草稿，%s，基于第 %u 版。%s\n"),
               draft.number, draft.edition.author, two.before.number, draft.edition.note);
    if (status == 0 && !options.is_json && draft.act == DRAFT_ONE_PERSON)
        printf("%s\n", say("a change would take one person", "修改将只需一人"));
    else if (status == 0)
        status = say_differences(store, arena, &two);
    if (status == 0 && !options.is_json && draft.edition.move != MOVE_NONE)
        printf("%s\n", move_say(draft.edition.move, move));
    return status == 0 ? EX_OK : exit_of(status, store_folder(&options));
}

static int diff(struct rule_store *store, struct arena *arena, int count, char *const *operands)
{
    struct two_editions two;
    int64_t wanted[2] = {0, 0};
    uint32_t numbers[2] = {0, 0};
    if (options.draft > 0)
        return diff_draft(store, arena);
    for (int i = 0; i < count; i++)
        if (i == 2 || !number_operand(operands[i], false, &wanted[i]))
            return EX_USAGE;
    int code = edition_pick(store, wanted[1], &numbers[1]);
    if (code == EX_OK && wanted[0] == 0)
        numbers[0] = numbers[1] > 1 ? numbers[1] - 1 : numbers[1];
    else if (code == EX_OK)
        code = edition_pick(store, wanted[0], &numbers[0]);
    if (code != EX_OK)
        return code;
    int status = rule_store_edition(store, numbers[0], arena, &two.before);
    if (status == 0)
        status = rule_store_edition(store, numbers[1], arena, &two.after);
    if (status == 0)
        status = say_differences(store, arena, &two);
    return status == 0 ? EX_OK : exit_of(status, store_folder(&options));
}

/* ---- rollback ---------------------------------------------------------------------------------
 */

static int rollback(struct rule_store *store, int64_t to)
{
    char note[64];
    uint32_t number = 0;
    struct edition_words words;
    (void)snprintf(note, sizeof note, "rollback to edition %lld", (long long)to);
    int code = edition_words_pick(&options, note, &words);
    if (code != EX_OK)
        return code;
    int status = rule_store_rollback(store, &words, (uint32_t)to, &number);
    if (status == RULE_STORE_E_UNKNOWN) {
        (void)fprintf(
            stderr,
            say("cardwatch rules: there is no edition %lld\n", "cardwatch rules：没有第 %lld 版\n"),
            (long long)to);
        return EX_DATAERR;
    }
    if (status == RULE_STORE_E_SAME) {
        printf(say("nothing changed: the newest edition holds what edition %lld held\n",
                   "没有变化：最新版次与第 %lld 版相同\n"),
               (long long)to);
        return EX_OK;
    }
    if (status == RULE_STORE_E_DRAFT)
        return draft_said(number, &words, &options);
    if (status != 0)
        return exit_of(status, store_folder(&options));
    if (options.is_json)
        printf("{\"edition\": %u, \"back_to\": %lld, \"move\": \"%s\"}\n", number, (long long)to,
               edition_move_name[words.move]);
    else
        printf(say("edition %u is in the store, and holds what edition %lld held\n",
                   "第 %u 版已存入规则库，内容与第 %lld 版相同\n"),
               number, (long long)to);
    return EX_OK;
}

/* ---- export -----------------------------------------------------------------------------------
 */

static int write_document(const char *folder, const struct document *document)
{
    enum { PATH_BYTES = 4096 };
    char path[PATH_BYTES];
    int length = snprintf(path, sizeof path, "%s/%s", folder, document->file);
    if (length < 0 || (size_t)length >= sizeof path)
        return -ENAMETOOLONG;
    FILE *file = fopen(path, "wbx");
    if (file == NULL)
        return -errno;
    size_t written =
        document->text.count == 0 ? 0 : fwrite(document->text.start, 1, document->text.count, file);
    int status = written == document->text.count ? 0 : -EIO;
    if (fclose(file) != 0)
        status = -EIO;
    if (status == 0)
        printf("%s\n", path);
    return status;
}

static void say_exists(const char *path, const char *file)
{
    (void)fprintf(stderr,
                  say("cardwatch rules: %s%s%s exists: give a name that is not there\n",
                      "cardwatch rules：%s%s%s 已存在：请另起文件名\n"),
                  path, file == NULL ? "" : "/", file == NULL ? "" : file);
}

/* The tables of an edition, each a sheet that is called as the document is. */
static int tables_of(struct arena *arena, const struct document *documents, uint32_t count,
                     struct sheet_table **tables_out, uint32_t *table_count_out)
{
    struct sheet_table *tables = arena_take(arena, count, sizeof *tables);
    uint32_t table_count = 0;
    if (tables == NULL)
        return exit_of(-ENOMEM, "export");
    for (uint32_t i = 0; i < count; i++) {
        const char *name = documents[i].name;
        bool is_taken = !sheet_name_is_good(name);
        if (!rows_is_table(documents[i].kind))
            continue;
        for (uint32_t j = 0; j < table_count; j++)
            is_taken = is_taken || strcasecmp(tables[j].name, name) == 0;
        if (is_taken) {
            (void)fprintf(stderr,
                          say("cardwatch rules: no sheet can be called \"%s\" (at most 31 "
                              "characters, none of []:*?/\\, each name once): import this table "
                              "under another name\n",
                              "cardwatch rules：工作表不能叫“%s”（最多 31 个字符，不含 "
                              "[]:*?/\\，不得重名）：请以别的名称导入该表\n"),
                          name);
            return EX_DATAERR;
        }
        tables[table_count++] = (struct sheet_table){.name = name, .text = documents[i].text};
    }
    *tables_out = tables;
    *table_count_out = table_count;
    return EX_OK;
}

static int export_workbook(struct arena *arena, const struct document *documents, uint32_t count)
{
    struct sheet_table *tables = NULL;
    uint32_t table_count = 0;
    struct problem_list problems;
    int code = tables_of(arena, documents, count, &tables, &table_count);
    if (code != EX_OK)
        return code;
    if (table_count == 0) {
        (void)fprintf(stderr, "cardwatch rules: %s\n",
                      say("this edition holds no table of items, steps or orgs",
                          "该版次没有事项表、环节表或机构表"));
        return EX_DATAERR;
    }
    problem_list_init(&problems);
    int status = sheet_write(workbook, tables, table_count, &problems);
    problem_list_print(&problems, stderr);
    problem_list_clear(&problems);
    if (status == -EEXIST)
        say_exists(workbook, NULL);
    if (status == 0)
        printf("%s\n", workbook);
    return status == 0         ? EX_OK
           : status == -EEXIST ? EX_CANTCREAT
           : status > 0        ? EX_DATAERR
                               : exit_of(status, workbook);
}

static int export_to(struct rule_store *store, struct arena *arena, const char *folder)
{
    enum { FOLDER_MODE = 0755 };
    struct looked_at looked;
    int code = look_at(&options, store, arena, &looked);
    if (code != EX_OK)
        return code;
    if (workbook != NULL)
        return export_workbook(arena, looked.documents, looked.count);
    if (mkdir(folder, FOLDER_MODE) != 0 && errno != EEXIST)
        return exit_of(-errno, folder);
    for (uint32_t i = 0; i < looked.count; i++) {
        int status = write_document(folder, &looked.documents[i]);
        if (status == -EEXIST)
            (void)fprintf(stderr,
                          say("cardwatch rules: %s/%s exists: export into an empty folder\n",
                              "cardwatch rules：%s/%s 已存在：请导出到空目录\n"),
                          folder, looked.documents[i].file);
        if (status != 0)
            return status == -EEXIST ? EX_CANTCREAT : exit_of(status, folder);
    }
    return EX_OK;
}

/* ---- the verbs --------------------------------------------------------------------------------
 */

enum act { ACT_DIFF, ACT_ROLLBACK, ACT_EXPORT };

static int needs(const struct program *program, const char *what)
{
    (void)fprintf(stderr, "%s: %s %s\n", program->name, say("expects", "需要"), what);
    return EX_USAGE;
}

static int run(enum act act, const struct program *program, int argc, char **argv)
{
    struct rule_store *store = NULL;
    int first = options_read(program, argc, argv);
    int count = argc - first;
    int64_t to = 0;
    if (act == ACT_DIFF && count > (options.draft > 0 ? 0 : 2))
        return needs(program, say("[A] [B], or --draft N alone", "[A] [B]，或只用 --draft N"));
    if (act == ACT_ROLLBACK && (count != 1 || !number_operand(argv[first], false, &to)))
        return needs(program, "EDITION");
    if (act == ACT_EXPORT && count != (workbook == NULL ? 1 : 0))
        return needs(program, say("DIR, or --xlsx FILE", "DIR，或 --xlsx FILE"));
    struct arena *arena = arena_create();
    int code = arena == NULL ? exit_of(-ENOMEM, "store")
                             : verb_store_open(&options, act == ACT_ROLLBACK, true, &store);
    if (code == EX_OK)
        code = act == ACT_DIFF       ? diff(store, arena, count, argv + first)
               : act == ACT_ROLLBACK ? rollback(store, to)
                                     : export_to(store, arena, argv[first]);
    rule_store_close(&store);
    arena_destroy(&arena);
    return code;
}

int verb_diff(int argc, char **argv)
{
    static const struct option rows[] = {
        OPTION_STORE(options),
        {.name = "brief",
         .type = OPTION_FLAG,
         .en = "the documents only, not their rows and lines",
         .zh = "只列文件，不列各行内容",
         .place = &is_brief},
        OPTION_DRAFT(options),
        OPTION_JSON(options),
    };
    static const struct program program = {
        .name = "cardwatch rules diff",
        .section = "rules",
        .usage = "[OPTION…] [A] [B]",
        .about_en =
            "What differs between editions A and B: by default the newest and the one "
            "before it;\nwith A alone, A and the newest. With --draft: what a draft changes "
            "in the edition\nit was made on.",
        .about_zh = "比较版次 A 与 B：默认为最新版次与其前一版；只给 A 时，与最新版次比较。\n"
                    "用 --draft 时：草稿对其所基于的版次的改动。",
        .options = rows,
        .option_count = COUNT_OF(rows),
    };
    return run(ACT_DIFF, &program, argc, argv);
}

int verb_rollback(int argc, char **argv)
{
    static const struct option rows[] = {OPTION_STORE(options), OPTION_AUTHOR(options),
                                         OPTION_NOTE(options), OPTION_MOVE(options),
                                         OPTION_JSON(options)};
    static const struct program program = {
        .name = "cardwatch rules rollback",
        .section = "rules",
        .usage = "[OPTION…] EDITION",
        .about_en = "Make a new edition with the documents of an earlier one. Nothing is "
                    "deleted.\n" MOVE_EN,
        .about_zh = "以旧版次的文件生成新版次。不删除任何内容。\n" MOVE_ZH,
        .options = rows,
        .option_count = COUNT_OF(rows),
    };
    return run(ACT_ROLLBACK, &program, argc, argv);
}

int verb_export(int argc, char **argv)
{
    static const struct option rows[] = {
        OPTION_STORE(options),
        OPTION_EDITION(options),
        OPTION_DRAFT(options),
        {.name = "xlsx",
         .type = OPTION_TEXT,
         .value = "FILE",
         .en = "all tables into one workbook instead, a sheet for each",
         .zh = "改为把所有表写入一个工作簿，每表一张工作表",
         .place = &workbook},
    };
    static const struct program program = {
        .name = "cardwatch rules export",
        .section = "rules",
        .usage = "[OPTION…] DIR | --xlsx FILE",
        .about_en =
            "Write the documents of an edition as files into a folder, or its tables into a "
            "workbook.",
        .about_zh = "把一个版次的文件写入目录，或把其中的表写入工作簿。",
        .options = rows,
        .option_count = COUNT_OF(rows),
    };
    return run(ACT_EXPORT, &program, argc, argv);
}
