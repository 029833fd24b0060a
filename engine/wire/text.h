/* text.h - events, cards as text: CSV, JSON Lines, CloudEvents. All names are product names.
 *
 * Layer: wire. JSON is read by jansson (strict UTF-8, no duplicate names); cards are written by a
 * small writer of our own, because they are written on the engine's path.
 */
#ifndef WIRE_TEXT_H
#define WIRE_TEXT_H

#include "engine/model/card.h"
#include "engine/model/event.h"
#include "engine/wire/intake.h"

/* A refused line: the field, why, and the text for a person, ready to print. */
struct text_refusal {
    enum refusal refusal;
    char field[64];
    char en[256];
    char zh[256];
};

struct event_reader; /* holds what the decoded event borrows from */

/* event_reader_create - NULL if memory is short. */
MUST_USE struct event_reader *event_reader_create(void);
void event_reader_destroy(struct event_reader **reader_p);

/* Where a bare local time is placed; set by the mapping. offset: seconds ahead of UTC at a local
 * wall-clock time given as if in UTC. NULL: a bare local time is refused (no_zone). */
struct local_zone {
    void *ctx;
    int32_t (*offset_s)(void *ctx, struct instant local);
};

/* event_from_json - one JSON Lines object, or one CloudEvents 1.0 object (told apart by
 * "specversion"), to an event.
 *
 * Borrows:  the event borrows from reader until the next call with it.
 * source_out, seq_out: "source" and "seq" where the line has them (CloudEvents: source and id, when
 *           the id is a number); else empty and 0.
 * Returns:  REFUSAL_NONE or the reason, and then *refusal_out says it in words.
 */
enum refusal event_from_json(struct event_reader *reader, struct slice line,
                             const struct local_zone *zone, struct event *event_out,
                             struct slice *source_out, uint64_t *seq_out,
                             struct text_refusal *refusal_out);

/* event_from_columns - one CSV row: names[i] is the canonical name of values[i]. Empty: not given.
 * Unknown names are refused, unless attrs_take: then they go to attrs. Borrows: as above. */
enum refusal event_from_columns(struct event_reader *reader, const struct slice *names,
                                const struct slice *values, size_t count, bool attrs_take,
                                const struct local_zone *zone, struct event *event_out,
                                struct text_refusal *refusal_out);

/* event_to_json - appends one line without the line end. Returns: 0, -ENOMEM. */
MUST_USE int event_to_json(struct bytes *bytes, const struct event *event);

/* event_to_csv - appends one row with its line end; event_csv_header is the row of names. */
extern const char event_csv_header[];
MUST_USE int event_to_csv(struct bytes *bytes, const struct event *event);

/* refusal_text - "at: a time without an offset from UTC" for a person, both languages. */
void refusal_text(enum refusal refusal, const char *field, struct slice value,
                  struct text_refusal *refusal_out);

/* card_id - from (case, clock, cycle, rung): the first 16 bytes of BLAKE2b over
 * "case\0clock\0cycle\0rung", in hexadecimal. The same on every recomputation. */
void card_id(struct slice case_no, struct slice clock, uint32_t cycle, struct slice rung,
             char id_out[CARD_ID_BYTES]);

/* card_to_json - appends the card as one line, without the line end; times in UTC offset_s.
 * Returns: 0, -ENOMEM. */
MUST_USE int card_to_json(struct bytes *bytes, const struct card *card, int32_t offset_s);

/* json_text - appends a JSON string with its quotes. */
MUST_USE int json_text(struct bytes *bytes, struct slice text);

/* bytes_append, bytes_printf - the plain pieces. */
MUST_USE int bytes_append(struct bytes *bytes, struct slice text);
MUST_USE int bytes_printf(struct bytes *bytes, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
