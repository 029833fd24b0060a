/* revisions.c - a rule that has changed needs a revision of its own: its cards name it.
 *
 * What a rule says is its lines in its file, without its tests, comments and blank lines. Settings
 * of its set are not among them.
 */
#include "rules/verbs/verbs.h"

/* One line without its end; false: there are no more. */
static bool next_line(struct slice *rest_io, struct slice *line_out)
{
    if (rest_io->count == 0)
        return false;
    const char *end = memchr(rest_io->start, '\n', rest_io->count);
    size_t count = end == NULL ? rest_io->count : (size_t)(end - rest_io->start);
    size_t step = count + (end != NULL);
    *line_out = (struct slice){.start = rest_io->start, .count = count};
    *rest_io = (struct slice){.start = rest_io->start + step, .count = rest_io->count - step};
    while (line_out->count > 0 && (line_out->start[line_out->count - 1] == '\r' ||
                                   line_out->start[line_out->count - 1] == ' '))
        line_out->count--;
    return true;
}

/* Where the text of a line begins, behind blanks and the sign of a list. */
static size_t text_column(struct slice line)
{
    size_t at = 0;
    while (at < line.count && (line.start[at] == ' ' || line.start[at] == '-'))
        at++;
    return at;
}

static bool has_key(struct slice line, const char *key)
{
    size_t at = text_column(line);
    struct slice text = {.start = line.start + at, .count = line.count - at};
    return slice_starts(text, slice_of(key));
}

static bool is_rule(struct slice line, struct slice name)
{
    size_t at = text_column(line) + strlen("rule:");
    if (!has_key(line, "rule:"))
        return false;
    while (at < line.count && (line.start[at] == ' ' || line.start[at] == '"'))
        at++;
    struct slice value = {.start = line.start + at, .count = line.count - at};
    bool is_longer = value.count > name.count && value.start[name.count] != ' ' &&
                     value.start[name.count] != '"';
    return slice_starts(value, name) && !is_longer;
}

/* The lines of a rule, from the one that names it to the next rule. Empty: it is not there. */
static struct slice rule_lines(struct slice text, struct slice name)
{
    struct slice line;
    struct slice found = {0};
    while (next_line(&text, &line)) {
        if (found.start == NULL && is_rule(line, name))
            found = line;
        else if (found.start != NULL && has_key(line, "rule:"))
            break;
        if (found.start != NULL)
            found.count = (size_t)(line.start + line.count - found.start);
    }
    return found;
}

/* The next line that says something; what stands under `tests:` does not. */
static bool next_saying(struct slice *rest_io, struct slice *line_out)
{
    size_t tests_column = SIZE_MAX;
    while (next_line(rest_io, line_out)) {
        size_t column = text_column(*line_out);
        if (column == line_out->count || line_out->start[column] == '#' || column > tests_column)
            continue;
        tests_column = has_key(*line_out, "tests:") ? column : SIZE_MAX;
        if (tests_column == SIZE_MAX)
            return true;
    }
    return false;
}

static bool says_same(struct slice before, struct slice after)
{
    struct slice a;
    struct slice b;
    for (;;) {
        bool is_a = next_saying(&before, &a);
        bool is_b = next_saying(&after, &b);
        if (!is_a || !is_b)
            return is_a == is_b;
        if (!slice_is_equal(a, b))
            return false;
    }
}

static bool has_revision(struct slice lines, uint32_t revision)
{
    struct slice line;
    while (next_saying(&lines, &line)) {
        if (!has_key(line, "revision:"))
            continue;
        uint32_t number = 0;
        for (size_t i = text_column(line) + strlen("revision:"); i < line.count; i++)
            if (line.start[i] >= '0' && line.start[i] <= '9')
                number = number * 10 + (uint32_t)(line.start[i] - '0');
        return number == revision;
    }
    return false;
}

static bool is_promoted(const struct ruleset *ruleset, const struct rule *rule)
{
    for (uint32_t i = 0; i < ruleset->promotion_count; i++)
        if (ruleset->promotions[i].revision == rule->revision &&
            slice_is_equal(ruleset->promotions[i].rule, rule->name))
            return true;
    return false;
}

static void check_rule(const struct ruleset *ruleset, const struct rule *rule, const char *file,
                       struct problem_list *problems)
{
    if (is_promoted(ruleset, rule))
        problem_error(problems, file, rule->line, 1,
                      "rule \"%.*s\" has changed, and revision %u of it is promoted: this text was "
                      "never tried; raise its revision to %u",
                      "规则“%.*s”已改动，而其第 %u 次修订已转正：改动后的内容未经试运行；"
                      "请将 revision 提高到 %u",
                      SLICE_ARG(rule->name), rule->revision, rule->revision + 1);
    else
        problem_warn(problems, file, rule->line, 1,
                     "rule \"%.*s\" has changed, and its revision is still %u: raise it to %u, so "
                     "that its cards say which text they are of",
                     "规则“%.*s”已改动，而 revision 仍为 %u：请提高到 %u，使牌能说明依据哪一次修订",
                     SLICE_ARG(rule->name), rule->revision, rule->revision + 1);
}

void revisions_check(const struct document *before, uint32_t before_count,
                     const struct document *after, uint32_t after_count,
                     const struct ruleset *ruleset, struct problem_list *problems)
{
    for (uint32_t i = 0; i < after_count; i++) {
        const struct document *old = NULL;
        for (uint32_t k = 0; after[i].kind == DOCUMENT_RULES && k < before_count; k++)
            if (before[k].kind == DOCUMENT_RULES && strcmp(before[k].name, after[i].name) == 0)
                old = &before[k];
        for (uint32_t k = 0; old != NULL && k < ruleset->rule_count; k++) {
            const struct rule *rule = &ruleset->rules[k];
            struct slice was = rule_lines(old->text, rule->name);
            struct slice is = rule_lines(after[i].text, rule->name);
            if (was.start != NULL && is.start != NULL && has_revision(was, rule->revision) &&
                !says_same(was, is))
                check_rule(ruleset, rule, after[i].file, problems);
        }
    }
}
