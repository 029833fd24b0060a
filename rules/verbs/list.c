/* list.c - cardwatch rules list and history: what is in force, and how it came to be. */
#include "rules/verbs/verbs.h"

#include "engine/base/date.h"
#include "engine/sys/columns.h"
#include "engine/sys/lang.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

static struct verb_options options;

enum { HASH_SHOWN = 12 };

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

static int list_json(const struct looked_at *looked, const struct ruleset *ruleset)
{
    const struct rule_edition *edition = &looked->edition;
    char at[INSTANT_TEXT_BYTES];
    json_t *number = edition->number > 0 ? json_integer(edition->number) : json_null();
    json_t *draft = looked->draft > 0 ? json_integer(looked->draft) : NULL;
    return json_say(json_pack("{s:o, s:o*, s:s, s:s, s:s, s:s, s:s, s:i, s:o, s:o}", "edition",
                              number, "draft", draft, "made_at",
                              instant_format(edition->made_at, 0, at), "author", edition->author,
                              "approver", edition->approver, "note", edition->note, "move",
                              edition_move_name[edition->move], "items", (int)ruleset->item_count,
                              "documents", documents_json(edition), "rules", rules_json(ruleset)));
}

static void list_head(const struct looked_at *looked)
{
    const struct rule_edition *edition = &looked->edition;
    char text[INSTANT_SAY_BYTES];
    char move[MOVE_SAY_BYTES];
    char people[PEOPLE_SAY_BYTES];
    printf(looked->draft > 0 ? say("Draft %u, %s, by %s.%s%s\n", "第 %u 号草稿，%s，%s。%s%s\n")
                             : say("Edition %u, %s, by %s.%s%s\n", "第 %u 版，%s，%s。%s%s\n"),
           looked->draft > 0 ? looked->draft : edition->number, instant_say(edition->made_at, text),
           people_say(edition, people), edition->note[0] == '\0' ? "" : say(" ", ""),
           edition->note);
    if (edition->move != MOVE_NONE)
        printf("%s\n", move_say(edition->move, move));
    printf("\n");
}

static int list_text(const struct looked_at *looked, const struct ruleset *ruleset)
{
    const struct rule_edition *edition = &looked->edition;
    struct columns columns = {0};
    char hash[DOCUMENT_HASH_TEXT];
    list_head(looked);
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
    struct looked_at looked;
    struct ruleset *ruleset = NULL;
    int code = look_at(&options, store, arena, &looked);
    if (code == EX_OK)
        code = looked_compile(&looked, looked.draft == 0, &ruleset);
    if (code == EX_OK)
        code = options.is_json ? list_json(&looked, ruleset) : list_text(&looked, ruleset);
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
                                         OPTION_DRAFT(options), OPTION_JSON(options)};
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

static json_t *history_json(const struct rule_edition *edition, const char *changes)
{
    char at[INSTANT_TEXT_BYTES];
    return json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s}", "edition", (int)edition->number,
                     "made_at", instant_format(edition->made_at, 0, at), "author", edition->author,
                     "approver", edition->approver, "note", edition->note, "move",
                     edition_move_name[edition->move], "changes", changes);
}

static void history_row(struct columns *columns, const struct rule_edition *edition,
                        const char *changes)
{
    char text[INSTANT_SAY_BYTES];
    char move[MOVE_SAY_BYTES];
    char people[PEOPLE_SAY_BYTES];
    columns_add(columns, "%u", edition->number);
    columns_add(columns, "%s", instant_say(edition->made_at, text));
    columns_add(columns, "%s", people_say(edition, people));
    columns_add(columns, "%s", changes);
    columns_add(columns, "%s", edition->note);
    if (edition->move != MOVE_NONE)
        columns_add(columns, "%s", move_say(edition->move, move));
    columns_end(columns);
}

static int history(struct rule_store *store, struct arena *arena)
{
    struct columns columns = {0};
    json_t *all = options.is_json ? json_array() : NULL;
    struct rule_edition before = {.count = 0};
    uint32_t latest = 0;
    int code = edition_pick(store, 0, &latest);
    for (uint32_t number = 1; code == EX_OK && number <= latest; number++) {
        struct rule_edition edition;
        char changes[CHANGES_SAY_BYTES];
        int status = rule_store_edition(store, number, arena, &edition);
        if (status != 0) {
            code = exit_of(status, store_folder(&options));
            break;
        }
        (void)changes_say(&before, &edition, only, changes);
        before = edition;
        if (only != NULL && changes[0] == '\0')
            continue;
        if (all != NULL)
            (void)json_array_append_new(all, history_json(&edition, changes));
        else
            history_row(&columns, &edition, changes);
    }
    int status = columns_print(&columns, stdout);
    if (all != NULL && code == EX_OK)
        return json_say(all);
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
                    "(-);\nby whom, approved by whom, and why.",
        .about_zh = "全部版次（由旧到新），以及各自新增（+）、修改（~）、去除（-）的文件；\n"
                    "何人修改、何人批准、为何。",
        .options = rows,
        .option_count = COUNT_OF(rows),
    };
    int first = options_read(&program, argc, argv);
    only = first < argc ? argv[first] : NULL;
    return with_store(history);
}
