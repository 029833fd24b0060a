/* receipt.h - the whole computation behind one card, as JSON: engine/wire/README.md, "Receipt".
 *
 * Layer: query. What is told here is enough to compute the card again without this program.
 */
#ifndef QUERY_RECEIPT_H
#define QUERY_RECEIPT_H

#include "engine/query/query.h"

enum { CLOCK_NAME_BYTES = 256, STRETCHES_MAX = 512, ASK_BYTES = 512 };

/* A case with its events at hand, oldest first. */
struct receipt_case {
    const struct query_world *world;
    const struct core *core; /* that the case is looked at in */
    const struct case_view *kase;
    struct event_ref upto; /* what had come */
    struct past_event *events;
    uint32_t event_count;
    const json_t *records; /* of the card whose receipt it is, oldest first; NULL: there is none */
};

/* receipt_case_open - read the newest thousand events of a case, of those that were taken in up to
 * `upto`. receipt_case_close frees them. */
void receipt_case_open(struct receipt_case *about, const struct query_world *world,
                       const struct core *core, const struct case_view *kase,
                       struct event_ref upto);
void receipt_case_close(struct receipt_case *about);

/* receipt_make - the receipt of one rung of a clock.
 *
 * card: the card's newest record. Returns a new object, signed by its digest. */
json_t *receipt_make(const struct receipt_case *about, const struct clock_view *clock,
                     const struct rung_view *rung, json_t *card);

/* receipt_count - the count of a receipt alone, without card and digest. */
json_t *receipt_count(const struct receipt_case *about, const struct clock_view *clock,
                      const struct rung_view *rung);

/* receipt_of_card - the receipt of a card, of whatever kind: by the edition that it was judged
 * under, and what every move of its case came to for it. card: its newest record. */
json_t *receipt_of_card(const struct query_world *world, json_t *card);

/* receipt_across - the receipt of a card across cases; NULL: there is no such group. */
json_t *receipt_across(const struct query_world *world, json_t *card);

/* receipt_sign - put the digest of everything else into a receipt. */
void receipt_sign(json_t *receipt);

/* receipt_pauses - every pause of a clock: its ground, and what it left out of one limit; one that
 * is still open, up to open_to. */
json_t *receipt_pauses(const struct receipt_case *about, const struct clock_view *clock,
                       uint32_t limit, struct instant open_to);

/* receipt_confirm - of a card that has to be released: since when it waits, who decided; null: of
 * any other. receipt_released - when it was released, null: it was not; NULL: it is no such card.
 * (receipt_confirm.c) */
json_t *receipt_confirm(const struct receipt_case *about, const struct clock_view *clock,
                        uint32_t rung);
json_t *receipt_released(const struct receipt_case *about, const struct clock_view *clock,
                         uint32_t rung);

/* receipt_origin - the source of an event and its number there, into an object. */
void receipt_origin(const struct receipt_case *about, json_t *object,
                    const struct past_event *past);

/* receipt_after - the card that a clock begins with; null: it begins with an event. */
json_t *receipt_after(const struct receipt_case *about, const struct clock_view *clock);

/* receipt_put_asked - of each condition that the clock began under, what it asked and the answers:
 * `applies_when`, `start_when`, and of a fact `condition`. Returns: the event that was asked about;
 * place 0: there is no such condition, or none can be told. receipt_refer: what a count in a window
 * or `handled` tells already is not told twice; when all else of the receipt is there.
 * (receipt_asked.c) */
struct event_ref receipt_put_asked(const struct receipt_case *about, const struct clock_view *clock,
                                   json_t *receipt);
void receipt_refer(json_t *receipt);

/* receipt_ask - what an instruction asks, as `ask` of a receipt has it; false: it asks nothing. */
bool receipt_ask(const struct condition *condition, const struct instruction *it,
                 char room[ASK_BYTES]);

/* receipt_put_asked_card - what the `if` of a rung asked when its card was raised, and the answers:
 * `card_when`. Nothing where it has none. (receipt_raised.c) */
void receipt_put_asked_card(const struct receipt_case *about, const struct clock_view *clock,
                            const struct rung *rung, json_t *receipt);

/* receipt_asked_card - the same of the case as it was told up to `upto`, as a new object.
 * is_raised_out: was there the card by then? */
json_t *receipt_asked_card(const struct receipt_case *about, const struct clock_view *clock,
                           const struct rung *rung, struct event_ref upto, struct instant due,
                           bool *is_raised_out);

/* receipt_put_past - what the conditions that the clock began and stopped under have looked back
 * at: of each count in a window the events in it, and the newest before it; who handled the step
 * before. Nothing, where none asks for it. start: the event that it began with, or NULL. */
void receipt_put_past(const struct receipt_case *about, const struct clock_view *clock,
                      const struct past_event *start, json_t *receipt);

/* receipt_is_replaced - of an event that was corrected, the correction counts. */
bool receipt_is_replaced(const struct receipt_case *about, uint32_t index);

/* receipt_extensions - those that made the limits of a clock longer. receipt_is_extending: is this
 * event one of them? */
json_t *receipt_extensions(const struct receipt_case *about, const struct clock_view *clock);
bool receipt_is_extending(const struct receipt_case *about, const struct clock_view *clock,
                          uint32_t index);

/* receipt_put_origin - the source of an event, and its number there. */
void receipt_put_origin(const struct receipt_case *about, json_t *object,
                        const struct past_event *past);

json_t *receipt_term(struct term term);
json_t *receipt_rule(const struct rule *rule);
json_t *receipt_calendar(const struct calendar *calendar);
json_t *receipt_instant(const struct clock_view *clock, struct instant at);
void receipt_clock_name(const struct clock_view *clock, char name[CLOCK_NAME_BYTES]);

/* ---- the count (receipt_days.c) --------------------------------------------------------------
 */

/* How one limit of a clock is counted up to an instant. */
struct tally {
    const struct clock_view *clock;
    enum axis axis;
    enum unit unit;
    int64_t per_unit; /* axis steps of one unit; of a month or year: of a day */
    bool is_days;     /* whole days are counted */
    bool is_known;    /* false: there is no such limit, or nothing can be told */
    struct instant from;
    struct instant until;
    uint32_t stretch_count; /* left out */
    struct instant stretch_from[STRETCHES_MAX];
    struct instant stretch_to[STRETCHES_MAX];
};

void tally_open(struct tally *tally, const struct receipt_case *about,
                const struct clock_view *clock, uint32_t limit, struct instant until);

/* tally_units - axis steps from one instant to another as they lie, nothing left out. */
int64_t tally_units(const struct tally *tally, struct instant from, struct instant to);

/* tally_text - "2.5 workday"; null when the tally is not known. */
json_t *tally_text(const struct tally *tally, int64_t units);

/* tally_used, tally_over - so many steps in the limit's unit; past the limit and its extensions, ""
 * before that. */
json_t *tally_used(const struct tally *tally, int64_t used);
json_t *tally_over(const struct tally *tally, int64_t used, const struct limit_view *limit);

/* tally_days - every day of the count. used_out: their sum, in axis steps. total_out: how many days
 * there are; fewer are listed when they are very many. */
json_t *tally_days(const struct tally *tally, int64_t *used_out, int32_t *total_out);

#endif
