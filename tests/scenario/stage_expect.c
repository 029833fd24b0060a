/* stage_expect.c - the steps of a scenario that look: cards, refusals, what the engine answers. */
#include "tests/scenario/stage.h"

#include "engine/query/query.h"
#include "rules/text/compile.h"

#include <stdio.h>
#include <stdlib.h>

enum { VALUE_BYTES = 256 };

static const char *text_of(const json_t *card, const char *name)
{
    const char *text = json_string_value(json_object_get(card, name));
    return text == NULL ? "" : text;
}

static void card_say(const struct stage *stage, const struct out_card *out)
{
    char text[INSTANT_TEXT_BYTES];
    int32_t offset_s = calendar_offset_s(stage_calendar(stage), out->at);
    printf("    %s card %s case=%s rule=%s rung=%s due=%s state=%s reason=\"%s\"\n",
           instant_format(out->at, offset_s, text), text_of(out->card, "level"),
           text_of(out->card, "case"), text_of(out->card, "rule"), text_of(out->card, "rung"),
           text_of(out->card, "due_at"), text_of(out->card, "state"), text_of(out->card, "reason"));
}

void stage_is_quiet(const struct stage *stage, const struct script_line *line)
{
    for (uint32_t i = 0; i < stage->out_count; i++)
        card_say(stage, &stage->out[i]);
    if (stage->out_count > 0)
        script_fail(line, "the cards above were not announced");
    if (stage->refusal_count > 0)
        script_fail(line, "a refusal was not announced: %s %s", stage->refusals[0].code,
                    stage->refusals[0].field);
}

/* ---- cards -------------------------------------------------------------------------------------
 */

/* A value of JSON as text; an instant as ms, so that offsets do not matter. */
static void value_text(const json_t *value, char text[VALUE_BYTES])
{
    struct instant at;
    text[0] = '\0';
    if (json_is_string(value)) {
        const char *string = json_string_value(value);
        if (instant_parse(slice_of(string), &at) == 0)
            (void)snprintf(text, VALUE_BYTES, "%lld", (long long)at.ms);
        else
            (void)snprintf(text, VALUE_BYTES, "%s", string);
    } else if (json_is_integer(value)) {
        (void)snprintf(text, VALUE_BYTES, "%lld", (long long)json_integer_value(value));
    } else if (json_is_boolean(value)) {
        (void)snprintf(text, VALUE_BYTES, "%s", json_is_true(value) ? "yes" : "no");
    } else {
        (void)snprintf(text, VALUE_BYTES, "%s", value == NULL ? "(absent)" : "none");
    }
}

static void wanted_text(const struct stage *stage, struct slice wanted, char text[VALUE_BYTES])
{
    struct instant at;
    if (wanted.count >= 10 && local_time(wanted, stage_calendar(stage), &at))
        (void)snprintf(text, VALUE_BYTES, "%lld", (long long)at.ms);
    else
        (void)snprintf(text, VALUE_BYTES, "%.*s", SLICE_ARG(wanted));
}

static bool is_value(const struct stage *stage, const json_t *value, struct slice wanted)
{
    char is[VALUE_BYTES];
    char should[VALUE_BYTES];
    value_text(value, is);
    wanted_text(stage, wanted, should);
    return strcmp(is, should) == 0;
}

/* A word says what kind of record it is; without one it is a card issued in its time. */
static const struct {
    const char *word;
    const char *state;
    const char *reason;
} kinds[] = {
    {"", "issued", ""},
    {"late", "issued", "late:"},
    {"moved", "issued", "moved:"},
    {"restored", "issued", "restored:"},
    {"withdrawn", "withdrawn", "withdrawn:"},
    {"dismissed", "dismissed", "dismissed:"},
    {"pending", "pending", ""},
    {"pending-late", "pending", "late:"},
    {"pending-moved", "pending", "moved:"},
    {"pending-restored", "pending", "restored:"},
    {"overdue", "pending", "overdue:"},
    {"recalled", "pending", "recalled:"},
    {"released", "issued", "released:"},
    {"refused", "dismissed", "dismissed: by a supervisor"},
};

static bool is_of_kind(const json_t *card, size_t kind)
{
    const char *reason = text_of(card, "reason");
    size_t count = strlen(kinds[kind].reason);
    return strcmp(text_of(card, "state"), kinds[kind].state) == 0 &&
           (count == 0 ? *reason == '\0' : strncmp(reason, kinds[kind].reason, count) == 0);
}

static bool is_announced(const struct stage *stage, const struct script_line *line, uint32_t first,
                         const json_t *card)
{
    size_t kind = 0;
    bool is_provisional = false;
    if (!script_is(line, first, text_of(card, "level")))
        return false;
    for (uint32_t i = first + 1; i < line->count; i++) {
        struct slice name;
        struct slice value;
        char key[32];
        if (script_pair(line, i, &name, &value)) {
            (void)snprintf(key, sizeof key, "%.*s", SLICE_ARG(name));
            if (!is_value(stage, json_object_get(card, strcmp(key, "due") == 0 ? "due_at" : key),
                          value))
                return false;
            continue;
        }
        is_provisional = is_provisional || script_is(line, i, "provisional");
        for (size_t k = 1; k < COUNT_OF(kinds); k++)
            kind = script_is(line, i, kinds[k].word) ? k : kind;
    }
    return is_of_kind(card, kind) &&
           json_is_true(json_object_get(card, "provisional")) == is_provisional;
}

void stage_card(struct stage *stage, const struct script_line *line, uint32_t first)
{
    stage->checks++;
    if (stage->out_count == 0)
        script_fail(line, "there is no card");
    struct out_card out = stage->out[0];
    if (out.at.ms != stage->wall.ms || !is_announced(stage, line, first, out.card)) {
        card_say(stage, &out);
        script_fail(line, "the card above came instead");
    }
    json_decref(out.card);
    stage->out_count--;
    memmove(stage->out, stage->out + 1, stage->out_count * sizeof stage->out[0]);
}

void stage_refused(struct stage *stage, const struct script_line *line, uint32_t first)
{
    stage->checks++;
    if (stage->refusal_count == 0)
        script_fail(line, "nothing was refused");
    struct out_refusal refusal = stage->refusals[0];
    if (!script_is(line, first, refusal.code) ||
        (first + 1 < line->count && !script_is(line, first + 1, refusal.field)))
        script_fail(line, "refused as %s %s", refusal.code, refusal.field);
    stage->refusal_count--;
    memmove(stage->refusals, stage->refusals + 1, stage->refusal_count * sizeof stage->refusals[0]);
}

/* ---- questions ---------------------------------------------------------------------------------
 */

/* "case.clocks.0.state" in an answer. */
static const json_t *at_path(const json_t *value, struct slice path)
{
    char text[VALUE_BYTES];
    char *rest = text;
    (void)snprintf(text, sizeof text, "%.*s", SLICE_ARG(path));
    while (value != NULL && rest != NULL) {
        char *dot = strchr(rest, '.');
        if (dot != NULL)
            *dot = '\0';
        value = json_is_array(value) ? json_array_get(value, strtoul(rest, NULL, 10))
                                     : json_object_get(value, rest);
        rest = dot == NULL ? NULL : dot + 1;
    }
    return value;
}

static json_t *answer_of(struct stage *stage, const json_t *request)
{
    struct query_world world = {.turn = stage->house.turn,
                                .wall = stage->wall,
                                .silence_ms = SILENCE_MS,
                                .started_ms = stage->wall.ms,
                                .is_wall_clock = true};
    char *text = json_dumps(request, 0);
    char *answer = text == NULL ? NULL : query_answer(&world, slice_of(text));
    json_t *value = answer == NULL ? NULL : json_loads(answer, 0, NULL);
    free(text);
    free(answer);
    return value;
}

/* "ask case case=A => case.state=open case.judgeable=no" */
void stage_ask(struct stage *stage, const struct script_line *line, uint32_t first)
{
    json_t *request = json_object();
    uint32_t i = first + 1;
    struct slice name;
    struct slice value;
    char key[64];
    if (first < line->count)
        json_object_set_new(request, "query",
                            json_stringn(line->words[first].start, line->words[first].count));
    for (; i < line->count && !script_is(line, i, "=>"); i++) {
        if (!script_pair(line, i, &name, &value))
            script_fail(line, "ask QUERY name=value … => path=value …");
        (void)snprintf(key, sizeof key, "%.*s", SLICE_ARG(name));
        json_object_set_new(request, key, json_stringn(value.start, value.count));
    }
    json_t *answer = answer_of(stage, request);
    json_decref(request);
    for (i++; i < line->count; i++) {
        char is[VALUE_BYTES];
        stage->checks++;
        if (!script_pair(line, i, &name, &value))
            script_fail(line, "expected path=value");
        const json_t *found = at_path(answer, name);
        value_text(found, is);
        if (!is_value(stage, found, value)) {
            char *whole = json_dumps(answer, JSON_INDENT(2));
            printf("%s\n", whole);
            free(whole);
            script_fail(line, "%.*s is %s", SLICE_ARG(name), is);
        }
    }
    json_decref(answer);
}
