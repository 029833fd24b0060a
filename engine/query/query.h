/* query.h - questions about the state and their answers, in JSON: engine/wire/README.md.
 *
 * Layer: query. Each answer is bounded in size and time, so that a question never delays a card.
 */
#ifndef QUERY_QUERY_H
#define QUERY_QUERY_H

#include "engine/explain/explain.h"
#include "engine/turn/turn.h"

#include <jansson.h>

/* What the questions are asked of. */
struct query_world {
    struct turn *turn;
    struct instant wall;
    int64_t silence_ms;
    int64_t started_ms; /* wall clock */
    uint64_t unsent;    /* messages that a peer did not take */
    bool is_wall_clock;
};

/* query_answer - one request's bytes to an answer's text. Never fails: a bad question has an answer
 * too. A `requeue` is not answered here: it takes a turn (server.c).
 * Owns: the caller frees the text with free; NULL only if memory is short. */
char *query_answer(const struct query_world *world, struct slice request);

/* query_pulse - the object that is published every second. Owned by the caller. */
json_t *query_pulse(const struct query_world *world);

/* The kinds of question that live in files of their own. request: borrowed; answer: filled. */
void query_case(const struct query_world *world, const json_t *request, json_t *answer);
void query_explain(const struct query_world *world, const json_t *request, json_t *answer);
void query_open(const struct query_world *world, const json_t *request, json_t *answer);
void query_due(const struct query_world *world, const json_t *request, json_t *answer);
void query_counts(const struct query_world *world, const json_t *request, json_t *answer);

void query_pending(const struct query_world *world, const json_t *request, json_t *answer);

/* query_card_newest - the newest record of a card; NULL: there is none. */
json_t *query_card_newest(const struct query_world *world, const char *id);

/* query_refuse - the answer becomes an error. */
void query_refuse(json_t *answer, const char *code, const char *text);

/* query_text - a JSON string of a slice (never NULL: bytes that are not UTF-8 become "?"). */
json_t *query_text(struct slice text);

/* query_instant - RFC 3339 in an offset; null for none and never. */
json_t *query_instant(struct instant at, int32_t offset_s);

/* query_number - an integer argument within min … max; preset when it is not given. */
int64_t query_number(const json_t *request, const char *name, int64_t preset, int64_t min,
                     int64_t max);

/* query_source_silent - since when the source of a case is silent; INSTANT_NONE: it is not. */
struct instant query_source_silent(const struct query_world *world, uint32_t source_number);

#endif
