/* stage.c - the steps of a scenario that change something; stage_expect.c has those that look. */
#include "tests/scenario/stage.h"

#include "engine/wire/text.h"
#include "rules/text/compile.h"

#include <stdio.h>
#include <stdlib.h>

static void on_card(void *ctx, uint64_t seq, struct slice topic, struct slice line)
{
    struct stage *stage = ctx;
    const char *dot = memchr(topic.start, '.', topic.count);
    json_t *card = json_loadb(line.start, line.count, 0, NULL);
    json_object_set_new(card, "topic", json_stringn(topic.start, (size_t)(dot - topic.start)));
    if (seq != stage->card_seq + 1 || stage->out_count == OUTBOX_MAX)
        house_fail("numbers of the cards", (int)seq);
    stage->card_seq = seq;
    stage->out[stage->out_count++] = (struct out_card){.at = stage->wall, .card = card};
}

static void text_copy(char *to, size_t room, struct slice text)
{
    size_t count = text.count < room ? text.count : room - 1;
    if (count > 0)
        memcpy(to, text.start, count);
    to[count] = '\0';
}

static void on_answer(void *ctx, struct slice peer, struct slice message)
{
    struct stage *stage = ctx;
    struct answer answer;
    struct slice rest = {0};
    struct refused_text refused;
    (void)peer;
    if (answer_decode(message, &answer, &rest, &refused) != REFUSAL_NONE)
        house_fail("answer", 1);
    bool is_more = answer.is_error || refused_next(&rest, &refused);
    for (; is_more && stage->refusal_count < OUTBOX_MAX;
         is_more = !answer.is_error && refused_next(&rest, &refused)) {
        struct out_refusal *out = &stage->refusals[stage->refusal_count++];
        text_copy(out->code, sizeof out->code, refused.code);
        text_copy(out->field, sizeof out->field,
                  answer.is_error ? (struct slice){0} : refused.field);
    }
}

void stage_open(struct stage *stage)
{
    *stage = (struct stage){.wall = INSTANT_NONE};
    house_make(&stage->house, TURN_WALL);
    stage->house.ctx = stage;
    stage->house.card = on_card;
    stage->house.answer = on_answer;
    house_open(&stage->house);
}

void stage_close(struct stage *stage)
{
    for (uint32_t i = 0; i < stage->out_count; i++)
        json_decref(stage->out[i].card);
    house_clear(&stage->house);
}

const struct calendar *stage_calendar(const struct stage *stage)
{
    if (stage->house.edition_count == 0)
        return NULL;
    return stage->house.editions[stage->house.edition_count - 1]->rules[0].calendar;
}

void stage_advance(struct stage *stage, struct instant at)
{
    for (;;) {
        struct instant next = turn_deadline(stage->house.turn);
        if (!instant_is_set(stage->wall) || next.ms > at.ms)
            break;
        stage->wall = instant_later_of(stage->wall, next);
        house_run(&stage->house, stage->wall);
    }
    stage->wall = at;
}

/* ---- events ------------------------------------------------------------------------------------
 */

static uint32_t source_of(struct stage *stage, struct slice name)
{
    for (uint32_t i = 0; i < stage->source_count; i++)
        if (slice_is_equal(slice_of(stage->source_names[i]), name))
            return i;
    if (stage->source_count == SOURCES_MAX)
        house_fail("sources", SOURCES_MAX);
    text_copy(stage->source_names[stage->source_count], sizeof stage->source_names[0], name);
    return stage->source_count++;
}

/* What a line says of an event: columns, and what is of its delivery. */
struct said {
    uint32_t count;
    struct slice names[SCRIPT_WORDS_MAX];
    struct slice values[SCRIPT_WORDS_MAX];
    char times[3][INSTANT_TEXT_BYTES];
    uint32_t time_count;
    struct slice source;
    uint64_t seq;
};

static void say(struct said *said, const char *name, struct slice value)
{
    said->names[said->count] = slice_of(name);
    said->values[said->count++] = value;
}

static void say_time(struct stage *stage, const struct script_line *line, struct said *said,
                     const char *name, struct slice value)
{
    struct instant at;
    if (said->time_count == COUNT_OF(said->times) || !local_time(value, stage_calendar(stage), &at))
        script_fail(line, "%s: no time", name);
    char *text = instant_format(at, 0, said->times[said->time_count++]);
    say(said, name, slice_of(text));
}

static void read_event(struct stage *stage, const struct script_line *line, uint32_t first,
                       struct said *said)
{
    bool has_at = false;
    *said = (struct said){.source = SLICE("hall")};
    say(said, "kind", first < line->count ? line->words[first] : SLICE(""));
    for (uint32_t i = first + 1; i < line->count; i++) {
        struct slice name;
        struct slice value;
        if (!script_pair(line, i, &name, &value))
            script_fail(line, "expected name=value, found %.*s", SLICE_ARG(line->words[i]));
        if (slice_is_equal(name, SLICE("at"))) {
            has_at = true;
            say_time(stage, line, said, "at", value);
        } else if (slice_is_equal(name, SLICE("due_at"))) {
            say_time(stage, line, said, "due_at", value);
        } else if (slice_is_equal(name, SLICE("source"))) {
            said->source = value;
        } else if (slice_is_equal(name, SLICE("seq"))) {
            said->seq = strtoull(value.start, NULL, 10);
        } else {
            said->names[said->count] = name;
            said->values[said->count++] = value;
        }
    }
    if (!has_at)
        say(said, "at", slice_of(instant_format(stage->wall, 0, said->times[said->time_count++])));
}

static void send(struct stage *stage, const struct said *said, const struct event *event)
{
    struct bytes body = {0};
    struct bytes message = {0};
    uint32_t source = source_of(stage, said->source);
    uint64_t seq = said->seq != 0 ? said->seq : ++stage->source_seqs[source];
    if (encode_event(&body, event) != 0 ||
        encode_batch(&message, slice_of(stage->source_names[source]), seq, 1,
                     (struct slice){.start = body.start, .count = body.count}) != 0 ||
        turn_begin(stage->house.turn, stage->wall) != 0 ||
        turn_take(stage->house.turn, SLICE("peer"),
                  (struct slice){.start = message.start, .count = message.count}) != 0 ||
        turn_end(stage->house.turn) != 0)
        house_fail("turn", 1);
    bytes_clear(&body);
    bytes_clear(&message);
}

void stage_event(struct stage *stage, const struct script_line *line, uint32_t first)
{
    struct said said;
    struct event event;
    struct text_refusal refusal;
    struct event_reader *reader = event_reader_create();
    read_event(stage, line, first, &said);
    enum refusal why = event_from_columns(reader, said.names, said.values, said.count, false, NULL,
                                          &event, &refusal);
    if (why == REFUSAL_NONE)
        send(stage, &said, &event);
    event_reader_destroy(&reader);
    if (why != REFUSAL_NONE)
        script_fail(line, "no event: %s", refusal.en);
}

void stage_requeue(struct stage *stage, const struct script_line *line, uint32_t first)
{
    bool is_taken = false;
    bool is_expected = !script_is(line, first + 1, "refused");
    if (first >= line->count)
        script_fail(line, "requeue N");
    uint64_t number = strtoull(line->words[first].start, NULL, 10);
    if (turn_begin(stage->house.turn, stage->wall) != 0 ||
        turn_requeue(stage->house.turn, number, &is_taken) != 0 || turn_end(stage->house.turn) != 0)
        house_fail("turn", 1);
    if (is_taken != is_expected)
        script_fail(line, is_taken ? "it was taken in" : "it was not taken in");
}

/* ---- rules, restart ----------------------------------------------------------------------------
 */

void stage_rules(struct stage *stage, const struct script_line *line, uint32_t first)
{
    char paths[SCRIPT_WORDS_MAX][HOUSE_PATH_BYTES];
    char *files[SCRIPT_WORDS_MAX + 1] = {0};
    for (uint32_t i = first; i < line->count; i++) {
        bool is_own = memchr(line->words[i].start, '/', line->words[i].count) == NULL;
        (void)snprintf(paths[i], sizeof paths[i], "%.300s%s%.*s", is_own ? stage->house.folder : "",
                       is_own ? "/" : "", SLICE_ARG(line->words[i]));
        files[i - first] = paths[i];
    }
    const struct ruleset *ruleset = house_compile(&stage->house, files);
    if (ruleset == NULL)
        script_fail(line, "the rules do not compile");
    if (turn_begin(stage->house.turn, stage->wall) != 0 ||
        turn_rules(stage->house.turn, ruleset) != 0 || turn_end(stage->house.turn) != 0)
        house_fail("turn", 1);
}

void stage_restart(struct stage *stage, const struct script_line *line, uint32_t first)
{
    uint64_t before = house_digest(&stage->house);
    if (script_is(line, first, "image"))
        house_image(&stage->house);
    house_close(&stage->house);
    if (script_is(line, first + 1, "damaged") && !house_damage(&stage->house, 500, false))
        script_fail(line, "there is no image");
    if (script_is(line, first + 1, "cut") && !house_damage(&stage->house, 900, true))
        script_fail(line, "there is no image");
    house_open(&stage->house);
    uint64_t after = house_digest(&stage->house);
    if (after != before)
        script_fail(line, "the state is another after the restart");
    if (turn_counts(stage->house.turn)->ledger_differs != 0)
        script_fail(line, "the ledger stands otherwise than the journal gives it");
    if (turn_card_seq(stage->house.turn) != stage->card_seq)
        script_fail(line, "there are other cards after the restart");
}
