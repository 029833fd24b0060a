/* said.c - see said.h. The words are those of `rules show`: the same sentences. */
#include "engine/query/said.h"

#include "engine/query/query_moves.h"
#include "engine/query/receipt.h"
#include "rules/sentences/sentences.h"

#include <stdlib.h>

/* What is said: a condition, or what one of its instructions asks. */
struct saying {
    const struct ruleset *ruleset;
    const struct rule *rule;
    const struct condition *condition;
    int64_t instruction; /* -1: the whole condition */
};

static json_t *words_json(const struct saying *saying, bool is_zh)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    if (out == NULL)
        return json_null();
    if (saying->instruction < 0)
        condition_say(out, saying->ruleset, saying->rule, saying->condition, is_zh);
    else
        asked_say(out, saying->ruleset, saying->rule, saying->condition,
                  (uint32_t)saying->instruction, is_zh);
    json_t *words =
        fclose(out) != 0 ? json_null() : query_text((struct slice){.start = text, .count = bytes});
    free(text);
    return words;
}

/* The first that says it, stays. */
static void put(json_t *said, struct slice text, const struct saying *saying)
{
    json_t *name = query_text(text);
    const char *key = json_string_value(name);
    if (key != NULL && json_object_get(said, key) == NULL)
        json_object_set_new(said, key,
                            json_pack("{s:o, s:o}", "zh", words_json(saying, true), "en",
                                      words_json(saying, false)));
    json_decref(name);
}

void said_put(json_t *object, const struct ruleset *ruleset, const struct rule *rule,
              const struct condition *condition)
{
    struct condition parts[CONDITION_PARTS_MAX];
    struct saying saying = {ruleset, rule, condition, -1};
    json_t *said = json_object_get(object, "said");
    if (condition == NULL)
        return;
    if (said == NULL && json_object_set_new(object, "said", said = json_object()) != 0)
        return;
    put(said, condition->text, &saying);
    uint32_t count = condition_parts(condition, parts);
    for (uint32_t i = 0; count > 1 && i < count; i++) {
        saying.condition = &parts[i];
        put(said, parts[i].text, &saying);
    }
    saying.condition = condition;
    for (uint32_t i = 0; i < condition->count; i++) {
        char ask[ASK_BYTES];
        saying.instruction = i;
        if (receipt_ask(condition, &condition->code[i], ask))
            put(said, slice_of(ask), &saying);
    }
}

void said_put_rule(json_t *object, const struct ruleset *ruleset, const struct rule *rule)
{
    said_put(object, ruleset, rule, rule->applies);
    said_put(object, ruleset, rule, rule->start_when);
    said_put(object, ruleset, rule, rule->stop_when);
    said_put(object, ruleset, rule, rule->fact);
    said_put(object, ruleset, rule, rule->across == NULL ? NULL : rule->across->is_so);
    for (uint32_t i = 0; i < rule->rung_count; i++)
        said_put(object, ruleset, rule, rule->rungs[i].when);
}

void said_put_clock(json_t *object, const struct clock_view *clock)
{
    said_put(object, clock->ruleset, clock->rule, clock->rule->fact);
    for (uint32_t i = 0; i < clock->rung_count; i++)
        said_put(object, clock->ruleset, clock->rule, clock->rungs[i].rung->when);
}

/* The edition that a count names; of one across cases the calendars are its own. */
static const struct ruleset *ruleset_of(const struct query_world *world, const json_t *count)
{
    const json_t *number = json_object_get(count, "edition");
    const json_t *calendars = json_object_get(count, "calendars_edition");
    json_t *edition = json_pack("{s:O?, s:O?}", "edition", number, "calendars_edition",
                                calendars == NULL ? number : calendars);
    uint32_t index = moves_edition(world, edition);
    json_decref(edition);
    return index == UINT32_MAX ? NULL : core_edition(turn_core(world->turn), index);
}

static void put_count(json_t *object, const struct query_world *world, const json_t *count)
{
    const char *name = json_string_value(json_object_get(json_object_get(count, "rule"), "name"));
    const struct ruleset *ruleset = name == NULL ? NULL : ruleset_of(world, count);
    const struct rule *rule = ruleset == NULL ? NULL : ruleset_rule(ruleset, slice_of(name));
    if (rule != NULL)
        said_put_rule(object, ruleset, rule);
}

void said_put_receipt(json_t *object, const struct query_world *world, const json_t *receipt)
{
    const json_t *moves = json_object_get(receipt, "moves");
    put_count(object, world, receipt);
    for (size_t i = 0; i < json_array_size(moves); i++)
        put_count(object, world, json_object_get(json_array_get(moves, i), "count"));
}
