/* verb_list.c - cardwatch rules list and history: what is in force, and how it came to be. */
#include "rules/verbs.h"

#include "engine/base/date.h"
#include "engine/sys/columns.h"
#include "engine/sys/lang.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

static struct verb_options options;

enum { HASH_SHOWN = 12 };

static int print_json(json_t *value)
{
    if (value == NULL)
        return exit_of(-ENOMEM, "json");
    (void)json_dumpf(value, stdout, JSON_INDENT(2));
    (void)fputc('\n', stdout);
    json_decref(value);
    return EX_OK;
}

static json_t *json_slice(struct slice text)
{
    return json_stringn(text.count == 0 ? "" : text.start, text.count);
}

/* ---- list -------------------------------------------------------------------------------------
 */

static json_t *documents_json(const struct rule_edition *edition)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < edition->count; i++) {
        const struct edition_document *document = &edition->documents[i];
        char hash[DOCUMENT_HASH_TEXT];
        (void)json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:I, s:s}", "kind",
                                                    document_kind_name[document->kind], "name",
                                                    document->name, "file", document->file, "bytes",
                                                    (json_int_t)document->bytes, "blake2b",
                                                    document_hash_format(document->hash, hash)));
    }
    return list;
}

static const char *const form_name[] = {"clock", "fact", "across"};

static json_t *rules_json(const struct ruleset *ruleset)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < ruleset->rule_count; i++) {
        const struct rule *rule = &ruleset->rules[i];
        json_t *cards = json_array();
        for (uint32_t j = 0; j < rule->rung_count; j++)
            (void)json_array_append_new(cards,
                                        json_pack("{s:o, s:o, s:o}", "level",
                                                  json_slice(ruleset->levels[rule->rungs[j].level]),
                                                  "name", json_slice(rule->rungs[j].name), "when",
                                                  json_slice(rule->rungs[j].text)));
        (void)json_array_append_new(
            list,
            json_pack("{s:o, s:i, s:o, s:s, s:o, s:o}", "rule", json_slice(rule->name), "revision",
                      (int)rule->revision, "set", json_slice(rule->set), "form",
                      form_name[rule->form], "ground", json_slice(rule->ground), "cards", cards));
    }
    return list;
}

static int list_json(const struct rule_edition *edition, const struct ruleset *ruleset)
{
    char at[INSTANT_TEXT_BYTES];
    return print_json(json_pack(
        "{s:i, s:s, s:s, s:s, s:s, s:i, s:o, s:o}", "edition", (int)edition->number, "made_at",
        instant_format(edition->made_at, 0, at), "author", edition->author, "note", edition->note,
        "move", edition_move_name[edition->move], "items", (int)ruleset->item_count, "documents",
        documents_json(edition), "rules", rules_json(ruleset)));
}

static int list_text(const struct rule_edition *edition, const struct ruleset *ruleset)
{
    struct columns columns = {0};
    char text[INSTANT_SAY_BYTES];
    char hash[DOCUMENT_HASH_TEXT];
    char move[MOVE_SAY_BYTES];
    printf(say("Edition %u, %s, by %s. %s\n", "第 %u 版，%s，%s。%s\n"), edition->number,
           instant_say(edition->made_at, text), edition->author, edition->note);
    if (edition->move != MOVE_NONE)
        printf("%s\n", move_say(edition->move, move));
    printf("\n");
    for (uint32_t i = 0; i < edition->count; i++) {
        const struct edition_document *document = &edition->documents[i];
        columns_add(&columns, "%s", document_kind_name[document->kind]);
        columns_add(&columns, "%s", document->name);
        columns_add(&columns, "%s", document->file);
        columns_add(&columns, "%.*s", HASH_SHOWN, document_hash_format(document->hash, hash));
        columns_end(&columns);
    }
    int status = columns_print(&columns, stdout);
    if (status != 0)
        return exit_of(status, "list");
    printf("\n");
    columns_add(&columns, "%s", say("RULE", "规则"));
    columns_add(&columns, "%s", say("REV", "修订"));
    columns_add(&columns, "%s", say("SET", "规则集"));
    columns_add(&columns, "%s", say("CARDS", "牌"));
    columns_add(&columns, "%s", say("TITLE", "名称"));
    columns_end(&columns);
    for (uint32_t i = 0; i < ruleset->rule_count; i++) {
        const struct rule *rule = &ruleset->rules[i];
        struct slice title = lang_is_zh() ? rule->title_zh : rule->title_en;
        columns_add(&columns, "%.*s", SLICE_ARG(rule->name));
        columns_add(&columns, "%u", rule->revision);
        columns_add(&columns, "%.*s", SLICE_ARG(rule->set));
        columns_add(&columns, "%u", rule->rung_count);
        columns_add(&columns, "%.*s", SLICE_ARG(title));
        columns_end(&columns);
    }
    status = columns_print(&columns, stdout);
    printf(say("\n%u rules, %u items, %u orgs, %u tests\n",
               "\n规则 %u 条，事项 %u 个，机构 %u 个，测试 %u 个\n"),
           ruleset->rule_count, ruleset->item_count, ruleset->org_count, ruleset->test_count);
    return status == 0 ? EX_OK : exit_of(status, "list");
}

static int list(struct rule_store *store, struct arena *arena)
{
    struct rule_edition edition;
    struct ruleset *ruleset = NULL;
    struct problem_list problems;
    uint32_t number = 0;
    int code = edition_pick(store, options.edition, &number);
    if (code != EX_OK)
        return code;
    problem_list_init(&problems);
    int status = rule_store_edition(store, number, arena, &edition);
    if (status == 0)
        status = rule_store_load(store, number, &problems, &ruleset);
    if (problems.error_count > 0)
        problem_list_print(&problems, stderr);
    problem_list_clear(&problems);
    if (status != 0)
        return exit_of(status, store_folder(&options));
    code = options.is_json ? list_json(&edition, ruleset) : list_text(&edition, ruleset);
    ruleset_destroy(&ruleset);
    return code;
}

static int with_store(int (*run)(struct rule_store *store, struct arena *arena))
{
    struct rule_store *store = NULL;
    struct arena *arena = arena_create();
    int code =
        arena == NULL ? exit_of(-ENOMEM, "store") : verb_store_open(&options, false, true, &store);
    if (code == EX_OK)
        code = run(store, arena);
    rule_store_close(&store);
    arena_destroy(&arena);
    return code;
}

int verb_list(int argc, char **argv)
{
    static const struct option rows[] = {OPTION_STORE(options), OPTION_EDITION(options),
                                         OPTION_JSON(options)};
    static const struct program program = {
        .name = "cardwatch rules list",
        .section = "rules",
        .usage = "[OPTION…]",
        .about_en = "The documents and the rules of an edition.",
        .about_zh = "列出一个版次的文件与规则。",
        .options = rows,
        .option_count = COUNT_OF(rows),
    };
    (void)options_read(&program, argc, argv); /* it takes no operands */
    return with_store(list);
}

/* ---- history ----------------------------------------------------------------------------------
 */

static const char *only; /* the document that is asked about; NULL: all */

static const struct edition_document *document_named(const struct rule_edition *edition,
                                                     enum document_kind kind, const char *name)
{
    for (uint32_t i = 0; i < edition->count; i++)
        if (edition->documents[i].kind == kind && strcmp(edition->documents[i].name, name) == 0)
            return &edition->documents[i];
    return NULL;
}

/* What one edition did: "+ rules wabo", "~ items boston", "- orgs orgs". */
static void add_changes(char *text, size_t bytes, const struct rule_edition *before,
                        const struct rule_edition *after)
{
    size_t used = 0;
    text[0] = '\0';
    for (int pass = 0; pass < 2; pass++) {
        const struct rule_edition *from = pass == 0 ? after : before;
        const struct rule_edition *to = pass == 0 ? before : after;
        for (uint32_t i = 0; i < from->count && used < bytes; i++) {
            const struct edition_document *document = &from->documents[i];
            const struct edition_document *other =
                document_named(to, document->kind, document->name);
            bool is_same =
                other != NULL && memcmp(other->hash, document->hash, DOCUMENT_HASH_BYTES) == 0;
            if (is_same || (pass == 1 && other != NULL) ||
                (only != NULL && strcmp(only, document->name) != 0))
                continue;
            int count = snprintf(text + used, bytes - used, "%s%c %s %s", used == 0 ? "" : ", ",
                                 pass == 1       ? '-'
                                 : other == NULL ? '+'
                                                 : '~',
                                 document_kind_name[document->kind], document->name);
            used += count > 0 ? (size_t)count : 0;
        }
    }
}

static int history(struct rule_store *store, struct arena *arena)
{
    enum { CHANGES_BYTES = 512 };
    struct columns columns = {0};
    json_t *all = options.is_json ? json_array() : NULL;
    struct rule_edition before = {.count = 0};
    uint32_t latest = 0;
    int code = edition_pick(store, 0, &latest);
    for (uint32_t number = 1; code == EX_OK && number <= latest; number++) {
        struct rule_edition edition;
        char changes[CHANGES_BYTES];
        char at[INSTANT_TEXT_BYTES];
        char text[INSTANT_SAY_BYTES];
        char move[MOVE_SAY_BYTES];
        int status = rule_store_edition(store, number, arena, &edition);
        if (status != 0) {
            code = exit_of(status, store_folder(&options));
            break;
        }
        add_changes(changes, sizeof changes, &before, &edition);
        before = edition;
        if (only != NULL && changes[0] == '\0')
            continue;
        if (all != NULL) {
            (void)json_array_append_new(
                all, json_pack("{s:i, s:s, s:s, s:s, s:s, s:s}", "edition", (int)number, "made_at",
                               instant_format(edition.made_at, 0, at), "author", edition.author,
                               "note", edition.note, "move", edition_move_name[edition.move],
                               "changes", changes));
            continue;
        }
        columns_add(&columns, "%u", number);
        columns_add(&columns, "%s", instant_say(edition.made_at, text));
        columns_add(&columns, "%s", edition.author);
        columns_add(&columns, "%s", changes);
        columns_add(&columns, "%s", edition.note);
        if (edition.move != MOVE_NONE)
            columns_add(&columns, "%s", move_say(edition.move, move));
        columns_end(&columns);
    }
    int status = columns_print(&columns, stdout);
    if (all != NULL && code == EX_OK)
        return print_json(all);
    json_decref(all);
    return status == 0 ? code : exit_of(status, "history");
}

int verb_history(int argc, char **argv)
{
    static const struct option rows[] = {OPTION_STORE(options), OPTION_JSON(options)};
    static const struct program program = {
        .name = "cardwatch rules history",
        .section = "rules",
        .usage = "[OPTION…] [NAME]",
        .about_en = "All editions, oldest first, with what each added (+), changed (~), took away "
                    "(-).",
        .about_zh = "全部版次（由旧到新），以及各自新增（+）、修改（~）、去除（-）的文件。",
        .options = rows,
        .option_count = COUNT_OF(rows),
    };
    int first = options_read(&program, argc, argv);
    only = first < argc ? argv[first] : NULL;
    return with_store(history);
}
