/* show.c - cardwatch rules show: a rule in plain sentences, an item with its limits, or a
 * document as it was written.
 */
#include "rules/verbs/verbs.h"

#include "engine/sys/columns.h"
#include "engine/sys/lang.h"
#include "rules/sentences/sentences.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

static struct verb_options options;
static bool is_source;

/* The lines of a text on a terminal: what does not fit goes on below where its line began. */
static void show_lines(const char *text, size_t wide)
{
    while (*text != '\0') {
        size_t indent = strspn(text, " ");
        struct slice line = {.start = text + indent, .count = strcspn(text + indent, "\n")};
        printf("%.*s", (int)indent, text);
        text_wrap(stdout, line, indent, wide);
        printf("\n");
        text = line.start + line.count;
        text += *text == '\n' ? 1 : 0;
    }
}

static void show_rule(const struct ruleset *ruleset, const struct rule *rule)
{
    size_t wide = terminal_columns(stdout);
    char *text = NULL;
    size_t bytes = 0;
    FILE *kept = wide == 0 ? NULL : open_memstream(&text, &bytes);
    rule_say(kept == NULL ? stdout : kept, ruleset, rule, lang_is_zh());
    if (kept != NULL && fclose(kept) == 0)
        show_lines(text, wide);
    free(text);
}

static int unknown(const struct ruleset *ruleset, const char *name)
{
    const char *nearest = rule_nearest(ruleset, name);
    (void)fprintf(stderr,
                  say("cardwatch rules: %s is no rule, no item and no document of this edition\n",
                      "cardwatch rules：%s 不是本版次的规则、事项或文件\n"),
                  name);
    if (nearest != NULL)
        (void)fprintf(stderr, say("Did you mean: %s\n", "是否指：%s\n"), nearest);
    return EX_DATAERR;
}

static int show(const struct ruleset *ruleset, const struct document *documents, uint32_t count,
                const char *name)
{
    const struct rule *rule = ruleset_rule(ruleset, slice_of(name));
    const struct item *item = ruleset_item(ruleset, slice_of(name));
    bool is_shown = false;
    if (rule != NULL && !is_source) {
        show_rule(ruleset, rule);
        return EX_OK;
    }
    if (item != NULL && !is_source) {
        item_say(stdout, ruleset, item, lang_is_zh());
        return EX_OK;
    }
    for (uint32_t i = 0; i < ruleset->rule_count && !is_source; i++) {
        if (!slice_is_equal(ruleset->rules[i].set, slice_of(name)))
            continue;
        printf("%s", is_shown ? "\n" : "");
        show_rule(ruleset, &ruleset->rules[i]);
        is_shown = true;
    }
    for (uint32_t i = 0; i < count && !is_shown; i++) {
        if (strcmp(documents[i].name, name) != 0 && strcmp(documents[i].file, name) != 0)
            continue;
        (void)fwrite(documents[i].text.start, 1, documents[i].text.count, stdout);
        is_shown = true;
    }
    return is_shown ? EX_OK : unknown(ruleset, name);
}

/* ---- how a rule came to be public ------------------------------------------------------------ */

struct origin {
    const struct rule *rule;
    struct rule_edition edition; /* the first that promotes it; number 0: none was found yet */
    unsigned char hash[DOCUMENT_HASH_BYTES]; /* of its table */
};

/* Does this table promote the rule? It is compiled by itself: there are few, and small. */
static int promotes(struct rule_store *store, struct arena *arena, const struct origin *origin,
                    const struct edition_document *table, bool *is_so_out)
{
    struct document document = {.kind = table->kind, .name = table->name, .file = table->file};
    const struct looked_at alone = {.documents = &document, .count = 1};
    struct ruleset *ruleset = NULL;
    int status = rule_store_text(store, table->hash, arena, &document.text);
    int code = status != 0 ? exit_of(status, table->file) : looked_compile(&alone, true, &ruleset);
    *is_so_out = false;
    for (uint32_t i = 0; ruleset != NULL && i < ruleset->promotion_count; i++)
        if (ruleset->promotions[i].revision == origin->rule->revision &&
            slice_is_equal(ruleset->promotions[i].rule, origin->rule->name))
            *is_so_out = true;
    ruleset_destroy(&ruleset);
    return code;
}

/* Goes back from the edition that is shown, as long as it promotes the rule. */
static int find_origin(struct rule_store *store, struct arena *arena, uint32_t number,
                       struct origin *origin)
{
    bool is_so = true;
    for (; is_so && number > 0; number--) {
        struct rule_edition edition;
        int status = rule_store_edition(store, number, arena, &edition);
        if (status != 0)
            return exit_of(status, store_folder(&options));
        is_so = false;
        for (uint32_t i = 0; i < edition.count && !is_so; i++) {
            const struct edition_document *table = &edition.documents[i];
            if (table->kind != DOCUMENT_PROMOTIONS)
                continue;
            is_so = memcmp(table->hash, origin->hash, DOCUMENT_HASH_BYTES) == 0;
            int code = is_so ? EX_OK : promotes(store, arena, origin, table, &is_so);
            if (code != EX_OK)
                return code;
            if (is_so)
                memcpy(origin->hash, table->hash, DOCUMENT_HASH_BYTES);
        }
        if (is_so)
            origin->edition = edition;
    }
    return EX_OK;
}

static int say_promotion(struct rule_store *store, struct arena *arena,
                         const struct looked_at *looked, const struct rule *rule)
{
    struct origin origin = {.rule = rule};
    char at[INSTANT_SAY_BYTES];
    char people[PEOPLE_SAY_BYTES];
    uint32_t newest = looked->edition.number > 0 ? looked->edition.number : looked->base;
    int code = find_origin(store, arena, newest, &origin);
    if (code != EX_OK)
        return code;
    if (origin.edition.number == 0)
        printf("%s\n",
               say("\nIt was shadow, and this draft promotes it", "\n原为影子规则，由此草稿转正"));
    else
        printf(say("\nIt was shadow, and edition %u promoted it: %s, by %s. %s\n",
                   "\n原为影子规则，由第 %u 版转正：%s，%s。%s\n"),
               origin.edition.number, instant_say(origin.edition.made_at, at),
               people_say(&origin.edition, people), origin.edition.note);
    return EX_OK;
}

/* A case of an older edition may be judged by this one all the same. */
static void say_move(const struct looked_at *looked)
{
    char move[MOVE_SAY_BYTES];
    if (looked->edition.move == MOVE_NONE)
        return;
    printf(looked->draft > 0 ? say("\nDraft %u %s\n", "\n第 %u 号草稿：%s\n")
                             : say("\nEdition %u %s\n", "\n第 %u 版：%s\n"),
           looked->draft > 0 ? looked->draft : looked->edition.number,
           move_say(looked->edition.move, move));
}

static int show_from(struct rule_store *store, struct arena *arena, const char *name)
{
    struct looked_at looked;
    struct ruleset *ruleset = NULL;
    int code = look_at(&options, store, arena, &looked);
    if (code == EX_OK)
        code = looked_compile(&looked, looked.draft == 0, &ruleset);
    if (code == EX_OK)
        code = show(ruleset, looked.documents, looked.count, name);
    const struct rule *rule = code == EX_OK ? ruleset_rule(ruleset, slice_of(name)) : NULL;
    if (rule != NULL && rule->is_promoted && !is_source)
        code = say_promotion(store, arena, &looked, rule);
    if (code == EX_OK && !is_source)
        say_move(&looked);
    ruleset_destroy(&ruleset);
    return code;
}

int verb_show(int argc, char **argv)
{
    static const struct option rows[] = {
        OPTION_STORE(options),
        OPTION_EDITION(options),
        OPTION_DRAFT(options),
        {.name = "source",
         .type = OPTION_FLAG,
         .en = "the document as it was written",
         .zh = "显示文件原文",
         .place = &is_source},
    };
    static const struct program program = {
        .name = "cardwatch rules show",
        .section = "rules",
        .usage = "[OPTION…] NAME",
        .about_en = "A rule, or all rules of a set, in plain sentences; an item; a document.",
        .about_zh = "用平实的话说明一条规则或一个规则集；显示事项或文件。",
        .options = rows,
        .option_count = COUNT_OF(rows),
    };
    struct rule_store *store = NULL;
    int first = options_read(&program, argc, argv);
    if (argc - first != 1) {
        (void)fprintf(stderr, "%s: %s NAME\n", program.name, say("expects", "需要"));
        return EX_USAGE;
    }
    struct arena *arena = arena_create();
    int code =
        arena == NULL ? exit_of(-ENOMEM, "store") : verb_store_open(&options, false, true, &store);
    if (code == EX_OK)
        code = show_from(store, arena, argv[first]);
    rule_store_close(&store);
    arena_destroy(&arena);
    return code;
}
