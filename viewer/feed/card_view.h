/* card_view.h - a card as a person reads it: its fields out of the JSON, the look of its level,
 * its times in the reader's time zone.
 *
 * Layer: viewer/feed. Tolerant: a field that is missing or of another type reads as "" or 0.
 */
#ifndef FEED_CARD_VIEW_H
#define FEED_CARD_VIEW_H

#include "engine/base/instant.h"
#include "engine/base/slice.h"

#include <jansson.h>

/* field_text - a text field, or "". Borrows: from the object. */
const char *field_text(const json_t *object, const char *name);
/* field_number - a number field, or 0. */
int64_t field_number(const json_t *object, const char *name);
bool field_is_true(const json_t *object, const char *name);

/* An instant with the offset that its writer used. */
struct moment {
    struct instant at; /* INSTANT_NONE: none was given */
    int32_t offset_s;
};

/* moment_of - RFC 3339 text; anything else gives INSTANT_NONE. An instant written in UTC ("…Z") is
 * given the offset of the engine's place, once moment_learn has met it. */
struct moment moment_of(const char *text);
struct moment field_moment(const json_t *object, const char *name);

/* moment_here - an instant at the offset of this machine's own zone. */
struct moment moment_here(struct instant at);

/* moment_learn - find out the engine's place from what it sends: its `zone`, the zone of a
 * receipt's calendar, or else the offset of any instant in it that has one. Returns: false while
 * it is not known. */
bool moment_learn(const json_t *answer);

/* moment_zone - show all instants in this zone of the tz database, and not at the offset each came
 * with. Returns: false if there is no such zone. */
bool moment_zone(const char *zone);

enum moment_style {
    MOMENT_TIME,  /* 12:03:05 */
    MOMENT_SHORT, /* 01-20 12:03 */
    MOMENT_FULL,  /* 2025-01-20 12:03:05 */
};
enum { MOMENT_TEXT_BYTES = 32 };

/* moment_text - "" for INSTANT_NONE. Returns text. */
char *moment_text(struct moment moment, enum moment_style style, char text[MOMENT_TEXT_BYTES]);

/* moment_day - the local day (days since 1970) it falls on. */
int32_t moment_day(struct moment moment);

enum { SPAN_TEXT_BYTES = 32 };

/* span_text - a length of time in its largest unit: "3 ms", "12 s", "5 min", "7 h", "12 d" (in
 * Chinese 毫秒, 秒, 分, 小时, 天). Returns text. */
char *span_text(int64_t ms, char text[SPAN_TEXT_BYTES]);

enum { TERM_ROOM_BYTES = 160 };

/* term_text - "7 workday" as it is, or 7 个工作日; text of another form stays as it is. Returns
 * room. */
char *term_text(const char *term, char room[TERM_ROOM_BYTES]);

/* What a level looks like: never by colour alone. */
enum tint { TINT_NONE, TINT_CALM, TINT_YELLOW, TINT_RED, TINT_OTHER, TINT_COUNT };
struct level_look {
    const char *shape; /* one column */
    const char *text;  /* "红牌"; a level that only a rule set knows shows its own name */
    enum tint tint;
};
struct level_look level_look(const char *level);

/* The levels that every rule set has, from low to high. */
enum { LEVEL_COUNT = 3 };
extern const char *const level_names[LEVEL_COUNT];

/* state_text - "withdrawn" or 撤销; a word that is not known shows as it is. */
const char *state_text(const char *state);

/* kind_text - "accept" as "accepted" or 受理, of an event. */
const char *kind_text(const char *kind);

/* reason_text - why a card changed or a rung never holds: the engine's own sentence, in Chinese
 * where that is asked for and the sentence is known. */
const char *reason_text(const char *reason);

struct card_view {
    uint64_t seq;
    const char *id;
    const char *case_no;
    const char *item;
    const char *step;
    const char *org;
    const char *area;
    const char *handler;
    const char *about_org; /* "": its own */
    const char *level;
    const char *rule;
    const char *clock;
    const char *rung;
    const char *state;
    const char *limit;
    const char *used;
    const char *over;
    const char *reason;
    struct moment due;
    struct moment issued;
    int64_t late_ms;
    struct moment until; /* of a pending one: when it should be decided on */
    bool is_shadow;
    bool is_withdrawn;
    bool is_pending;
    bool is_unreleased; /* taken back before it was public */
};

/* card_view_of - borrows from the card. */
struct card_view card_view_of(const json_t *card);

#endif
