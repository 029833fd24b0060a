/* condition_parser.h - what the two halves of the condition parser share; nobody else's.
 *
 * Layer: rules/condition.
 */
#ifndef CONDITION_CONDITION_PARSER_H
#define CONDITION_CONDITION_PARSER_H

#include "rules/condition/condition_text.h"
#include "rules/read/words.h"

/* What the value on top of the stack is, and where it came from. */
struct part {
    enum value_type type; /* VALUE_NONE: a mistake was told */
    enum unit unit;       /* of a number that counts units */
    int field;            /* FIELD_COUNT: not a field as such */
    int constant;         /* index; -1: not a constant as such */
    bool is_time;         /* of a number: ms of the day */
    int window;           /* index; -1: not a count within a window as such */
    struct word word;     /* where it begins */
};

struct parser {
    struct words words;
    uint32_t count;
    struct instruction code[CONDITION_CODE_MAX];
    uint32_t constant_count;
    struct value constants[CONDITION_CONSTANTS_MAX];
    uint32_t window_count;
    struct window windows[CONDITION_WINDOWS_MAX];
    uint32_t depth; /* of the stack, when what was emitted has run */
    uint32_t nesting;
    bool asks;               /* about the case: not a constant as a whole */
    struct word event_word;  /* the first that asks for the event at hand, and what it asks */
    const char *event_asked; /* as it is written; NULL: none does */
};

/* VALUE_NONE and the others in words. */
extern const char *const value_type_en[];
extern const char *const value_type_zh[];

/* A mistake was told. */
extern const struct part part_bad;

struct part part_of(enum value_type type, struct word word);

static inline bool part_is_bad(struct part part)
{
    return part.type == VALUE_NONE;
}

/* condition_emit - one more instruction. grows: how it changes the stack's height. */
bool condition_emit(struct parser *parser, enum op op, uint32_t operand, enum unit unit, int grows);

struct part condition_constant(struct parser *parser, struct value value, struct word word);

/* condition_asks_event, condition_asks_field - this word asks for the event at hand; it does if its
 * field is of an event. */
void condition_asks_event(struct parser *parser, struct word word, const char *asked);
void condition_asks_field(struct parser *parser, struct word word, int field);

/* condition_expect - move past this sign, or tell what stands in its place. */
bool condition_expect(struct parser *parser, const char *sign);

/* condition_read_count - "(return)", "(return, step)", "(return, within 5 workday)", behind count.
 */
struct part condition_read_count(struct parser *parser, struct word word);

/* condition_read_kind - an event kind; false: told. */
bool condition_read_kind(struct parser *parser, uint32_t *kind_out);

/* condition_check_window - what a count within a window is compared with: a number, and how high
 * one. op: of `a op b`. */
bool condition_check_window(struct parser *parser, enum op op, const struct part *a,
                            const struct part *b);

/* condition_read_alone - a field, a number, a text, count(…), has …, or (…). */
struct part condition_read_alone(struct parser *parser);

/* Can it hold, and can it fail? What is too long to be tried out is open. */
enum condition_sense { SENSE_OPEN, SENSE_NEVER, SENSE_ALWAYS };
enum condition_sense condition_sense(const struct condition *condition);

/* condition_read_or - the whole ladder, for what stands in parentheses. */
struct part condition_read_or(struct parser *parser);

#endif
