/* ruleset_text.c - the order in which the documents of an edition are read: calendars first, since
 * all times need one; then the levels and the rules, which say which limits there are; then the
 * catalogue, which gives lengths to these limits; last what needs all of it, checks and tests.
 */
#include "rules/text/ruleset_text.h"

#include "rules/text/compile.h"

#include <errno.h>

/* ---- rules ----------------------------------------------------------------------------------- */

static struct slice set_name(const struct yaml_node *set, const struct document *document)
{
    const struct yaml_node *node = yaml_find(set, "set");
    if (node != NULL && node->kind == YAML_SCALAR && node->value.count > 0)
        return node->value;
    return slice_of(document->name);
}

static bool check_set(struct compile *compile, const struct yaml_node *set)
{
    static const char *const keys[] = {
        "set",   "title", "ground",         "levels",    "calendar",   "rules",
        "tests", "issue", "late_discovery", "supersede", "valid_from", "valid_to"};
    bool is_good = yaml_check_keys(set, keys, COUNT_OF(keys), compile->problems);
    if (!compile->problems->is_in_force) { /* (nothing hangs on these) */
        is_good &= title_check(yaml_find(set, "title"), compile->problems);
        if (yaml_find(set, "set") != NULL)
            is_good &= !slice_is_empty(yaml_text(set, "set", compile->problems));
    }
    const struct yaml_node *rules = yaml_find(set, "rules");
    if (rules == NULL || !yaml_is_list(rules, compile->problems))
        return false;
    if (rules->count > 0)
        return is_good;
    yaml_error(rules, compile->problems, "rules: is empty", "rules: 为空");
    return false;
}

/* The trees of all rule files, and how many rules there are in them. */
static bool parse_sets(struct compile *compile, const struct document *documents, uint32_t count,
                       const struct document **set_documents)
{
    bool is_good = true;
    for (uint32_t i = 0; i < count; i++) {
        const struct yaml_node *root = NULL;
        if (documents[i].kind != DOCUMENT_RULES)
            continue;
        int status = yaml_parse(compile->scratch, documents[i].file, documents[i].text,
                                compile->problems, &root);
        compile->is_short = compile->is_short || status < 0;
        if (status != 0 || !yaml_is_map(root, compile->problems)) {
            is_good = false;
            continue;
        }
        const struct yaml_node *rules = yaml_find(root, "rules");
        if (rules != NULL || yaml_find(root, "rule") == NULL) {
            is_good &= check_set(compile, root);
            compile->source_count += rules == NULL ? 0 : rules->count;
        } else {
            compile->source_count++;
        }
        set_documents[compile->set_count] = &documents[i];
        compile->sets[compile->set_count++] = root;
    }
    return is_good;
}

static void list_sources(struct compile *compile, const struct document **set_documents)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < compile->set_count; i++) {
        const struct yaml_node *set = compile->sets[i];
        const struct yaml_node *rules = yaml_find(set, "rules");
        struct rule_source source = {.set = set, .set_name = set_name(set, set_documents[i])};
        if (rules == NULL && yaml_find(set, "rule") != NULL) {
            source.node = set;
            source.rule = &compile->rules[count];
            compile->sources[count++] = source;
            continue;
        }
        for (source.node = rules == NULL ? NULL : rules->first; source.node != NULL;
             source.node = source.node->next) {
            source.rule = &compile->rules[count];
            compile->sources[count++] = source;
        }
    }
    compile->source_count = count;
}

static bool read_rules(struct compile *compile, const struct document *documents, uint32_t count)
{
    const struct document **set_documents =
        arena_take(compile->scratch, count, sizeof(const struct document *));
    compile->sets = arena_take(compile->scratch, count, sizeof(const struct yaml_node *));
    if (set_documents == NULL || compile->sets == NULL) {
        compile->is_short = true;
        return false;
    }
    bool is_good = parse_sets(compile, documents, count, set_documents);
    compile->rules = compile_take(compile, compile->source_count, sizeof *compile->rules);
    compile->sources =
        arena_take(compile->scratch, compile->source_count, sizeof *compile->sources);
    compile->rule_slot_count = 2 * compile->source_count + 1;
    compile->rule_slots =
        arena_take(compile->scratch, compile->rule_slot_count, sizeof *compile->rule_slots);
    if (compile->rules == NULL || compile->sources == NULL || compile->rule_slots == NULL) {
        compile->is_short = true;
        return false;
    }
    if (compile->source_count > UINT16_MAX) {
        problem_error(compile->problems, documents[0].file, 0, 0,
                      "%u rules in all: an edition has room for %d",
                      "共 %u 条规则：一个版次最多 %d 条", compile->source_count, UINT16_MAX);
        return false;
    }
    list_sources(compile, set_documents);
    if (!levels_read(compile))
        return false;
    for (uint32_t i = 0; i < compile->source_count; i++) {
        const struct rule_source *source = &compile->sources[i];
        if (!rule_read(compile, source))
            is_good = false;
        else
            rule_check(compile, source);
    }
    if (is_good)
        rule_links_check(compile);
    compile->ruleset->rules = compile->rules;
    compile->ruleset->rule_count = compile->source_count;
    return is_good;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static struct rule_source whole_set(const struct compile *compile, uint32_t index)
{
    const struct yaml_node *set = compile->sets[index];
    const struct yaml_node *name = yaml_find(set, "set");
    return (struct rule_source){
        .set = set, .node = set, .set_name = name == NULL ? SLICE("") : name->value};
}

static bool is_lone(const struct yaml_node *set)
{
    return yaml_find(set, "rules") == NULL;
}

static void read_tests(struct compile *compile)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < compile->source_count; i++)
        count += tests_count(&compile->sources[i]);
    for (uint32_t i = 0; i < compile->set_count; i++) {
        struct rule_source source = whole_set(compile, i);
        count += is_lone(compile->sets[i]) ? 0 : tests_count(&source);
    }
    compile->tests = compile_take(compile, count, sizeof *compile->tests);
    if (compile->tests == NULL)
        return;
    for (uint32_t i = 0; i < compile->source_count; i++)
        tests_read(compile, &compile->sources[i]);
    for (uint32_t i = 0; i < compile->set_count; i++) {
        struct rule_source source = whole_set(compile, i);
        for (uint32_t j = 0; j < compile->source_count; j++)
            if (compile->sources[j].set == source.set)
                source.set_name = compile->sources[j].rule->set;
        if (!is_lone(compile->sets[i]))
            tests_read(compile, &source);
    }
    compile->ruleset->tests = compile->tests;
    compile->ruleset->test_count = compile->test_count;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static bool check_names(struct compile *compile, const struct document *documents, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = 0; j < i; j++) {
            if (documents[i].kind != documents[j].kind ||
                strcmp(documents[i].name, documents[j].name) != 0)
                continue;
            problem_error(compile->problems, documents[i].file, 0, 0,
                          "the %s \"%s\" stands in %s too", "%s “%s”已见于 %s",
                          document_kind_name[documents[i].kind], documents[i].name,
                          documents[j].file);
            return false;
        }
    }
    return true;
}

static void read_all(struct compile *compile, const struct document *documents, uint32_t count)
{
    /* (promised, statutory and step may be given to items before any rule asks for them.) */
    (void)compile_limit_name(compile, SLICE("promised"), true);
    (void)compile_limit_name(compile, SLICE("statutory"), true);
    bool is_good = check_names(compile, documents, count);
    is_good &= calendars_read(compile, documents, count);
    bool has_rules = read_rules(compile, documents, count);
    is_good &= has_rules;
    if (has_rules)
        is_good &= promotions_read(compile, documents, count);
    is_good &= orgs_read(compile, documents, count);
    is_good &= items_read(compile, documents, count);
    is_good &= steps_read(compile, documents, count);
    if (compile->is_short)
        return;
    read_tests(compile);
    if (is_good && compile->problems->error_count == 0)
        rule_check_tables(compile);
}

static int finish(struct compile *compile)
{
    struct ruleset *ruleset = compile->ruleset;
    struct slice *names = compile_take(compile, compile->limit_name_count, sizeof *names);
    struct calendar **calendars =
        compile_take(compile, compile->calendar_count, sizeof(struct calendar *));
    if (names == NULL || calendars == NULL)
        return -ENOMEM;
    for (uint32_t i = 0; i < compile->limit_name_count; i++)
        names[i] = slice_of(compile->limit_names[i]);
    for (uint32_t i = 0; i < compile->calendar_count; i++)
        if (compile->calendars[i] != NULL)
            calendars[ruleset->calendar_count++] = compile->calendars[i];
    ruleset->limit_names = names;
    ruleset->limit_name_count = compile->limit_name_count;
    ruleset->calendars = calendars;
    return ruleset_index(ruleset, compile->arena);
}

static void drop(struct compile *compile)
{
    for (uint32_t i = 0; i < compile->calendar_count; i++)
        calendar_destroy(&compile->calendars[i]);
    arena_destroy(&compile->arena);
}

int ruleset_compile(const struct document *documents, uint32_t count, uint32_t edition,
                    struct problem_list *problems, struct ruleset **ruleset_out)
{
    uint32_t errors_before = problems->error_count;
    struct compile compile = {
        .arena = arena_create(), .scratch = arena_create(), .problems = problems};
    int status = -ENOMEM;
    if (compile.arena != NULL && compile.scratch != NULL)
        compile.ruleset = arena_take(compile.arena, 1, sizeof *compile.ruleset);
    if (compile.ruleset != NULL) {
        compile.ruleset->edition = edition;
        compile.ruleset->calendars_edition = edition;
        compile.ruleset->arena = compile.arena;
        read_all(&compile, documents, count);
        status = compile.is_short                        ? -ENOMEM
                 : problems->error_count > errors_before ? RULESET_E_BAD
                                                         : 0;
    }
    if (status == 0)
        status = finish(&compile);
    if (status == 0)
        *ruleset_out = compile.ruleset;
    else
        drop(&compile);
    arena_destroy(&compile.scratch);
    return status;
}
