/* words.h - words of the contract in the reader's language, and small joined texts.
 *
 * Layer: viewer/feed. A word that is not known is shown as it came.
 */
#ifndef FEED_WORDS_H
#define FEED_WORDS_H

#include "viewer/feed/card_view.h"

enum { WORDS_BYTES = 512 };

/* word_text - a word of the contract ("running", "waiting", "Mon", "start-day", …). */
const char *word_text(const char *word);

/* level_label - "▲ 预警". Returns room. */
char *level_label(const char *level, char room[WORDS_BYTES]);

/* state_label - a card's state, and whether it is shadow. Returns room. */
char *state_label(const char *state, bool is_shadow, char room[WORDS_BYTES]);

/* after_text - the card that a clock begins with: its level, rule and id. Returns room. */
char *after_text(const json_t *after, char room[WORDS_BYTES]);

/* edition_text - the edition that a case is judged by, and that of its calendars where it is
 * another one. Returns room. */
char *edition_text(const json_t *object, char room[WORDS_BYTES]);

/* arrow_text - "a → b"; one that is empty is none. Returns room. */
char *arrow_text(const char *from, const char *to, char room[WORDS_BYTES]);

/* move_text - from which edition to which a case came, and on whose word. Returns room. */
char *move_text(const json_t *move, char room[WORDS_BYTES]);

/* limit_title - the name of a limit as people call it: 承诺时限. */
const char *limit_title(const char *name);

/* rung_text - when a card is raised, as its rule writes it ("2 workday before promised"), in the
 * reader's language; another form stays as it is. Returns room. */
char *rung_text(const char *text, char room[WORDS_BYTES]);

/* said_text - a condition of an answer, or what one asks, in the reader's language: as `said` of
 * the object has it (engine/wire/README.md), else as the rule writes it. */
const char *said_text(const json_t *object, const char *text);

/* field_when - an instant of an object to the second; or the text as it is, if it is no instant (a
 * date). Returns room. */
char *field_when(const json_t *object, const char *name, char room[WORDS_BYTES]);

/* labelled - "from the item", 来自事项目录: label and value, or "" where there is no value. room
 * may not be value. Returns room. */
char *labelled(char room[WORDS_BYTES], const char *label, const char *value);

/* JOINED - the parts that are not empty, with the separator between them. Returns room. */
#define JOINED(room, separator, ...)                                                               \
    words_join((room), (separator), (const char *const[]){__VA_ARGS__},                            \
               COUNT_OF(((const char *const[]){__VA_ARGS__})))
char *words_join(char room[WORDS_BYTES], const char *separator, const char *const *parts,
                 size_t count);

#endif
