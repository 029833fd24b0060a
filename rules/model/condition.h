/* condition.h - the small total language in which a rule states a condition.
 *
 * Layer: rules/model. Pure. A condition is a postfix program made by rules/text, checked there for
 * types and units; it always ends, allocates nothing, and has no side effect. The core gives it
 * the values of the fields through a callback, because only the core knows the case.
 *
 * Types: bool, number (integers; money in hundredths), text, instant, term. A field that has no
 * value makes every comparison with it false (`has field` asks).
 */
#ifndef RULES_MODEL_CONDITION_H
#define RULES_MODEL_CONDITION_H

#include "engine/model/event.h"

enum value_type { VALUE_NONE, VALUE_BOOL, VALUE_NUMBER, VALUE_TEXT, VALUE_INSTANT, VALUE_TERM };

struct value {
    enum value_type type;
    union {
        bool truth;
        int64_t number; /* VALUE_NUMBER; VALUE_INSTANT: ms */
        struct slice text;
        struct term term;
    };
};

/* What a condition may ask about; FIELD(name in rules, NAME, value type, of what). */
enum field {
#define FIELD(name, NAME, type, of) FIELD_##NAME,
#include "rules/model/fields.def"
#undef FIELD
    FIELD_COUNT
};

/* What a field belongs to: without an event at hand, one of an event has no value. */
enum field_of { OF_CASE, OF_EVENT };

extern const char *const condition_field_name[FIELD_COUNT];
extern const enum value_type condition_field_type[FIELD_COUNT];
extern const enum field_of condition_field_of[FIELD_COUNT];

enum op {
    OP_PUSH,  /* operand: constant */
    OP_FIELD, /* operand: field */
    OP_COUNT, /* operand: event kind → how many of that kind the case has, this one included */
    OP_SEEN,  /* operand: event kind → bool: count > 0 */
    OP_SINCE, /* operand: event kind → working or elapsed time since the last one: see unit */
    OP_COUNT_STEP,   /* operand: event kind → how many of that kind this event's step has */
    OP_COUNT_WITHIN, /* operand: window → how many events of the case lie in it */
    OP_ATTR,         /* operand: constant, the name of an attr of this event → text */
    OP_HAS_ATTR,     /* the same → bool */
    OP_RAISED,       /* operand: constant, a rule; the constant behind it: its card → bool */
    OP_SAME_ARRIVAL, /* operand: event kind → bool: the last one arrived when this event did */
    OP_NOT,
    OP_AND,
    OP_OR,
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_IN,     /* operand: number of constants pushed before it */
    OP_HAS,    /* operand: field */
    OP_LENGTH, /* text → number of characters */
    OP_NUMBER, /* text → the whole number it is; another text gives no value */
    OP_ADD,
    OP_SUB,
    OP_MUL,
    OP_DIV, /* numbers; DIV by 0 gives no value */
};

struct instruction {
    enum op op;
    uint32_t operand;
    enum unit unit; /* OP_SINCE: the unit the answer is counted in, whole units begun */
};

/* instruction_takes - how many values it takes from the stack; each leaves one there. */
uint32_t instruction_takes(const struct instruction *it);

/* count(return, step, within 5 workday): the time that ends with the event at hand. */
struct window {
    enum event_kind kind;
    bool is_of_step; /* events of this event's step alone */
    struct term within;
    uint32_t most; /* so many at most need to be told apart: what it is compared with says so */
};

struct condition {
    struct slice text; /* as written */
    const struct instruction *code;
    const struct value *constants;
    const struct window *windows;
    uint32_t count; /* of code */
    uint32_t constant_count;
    uint32_t window_count;
};

enum {
    CONDITION_STACK_MAX = 32,
    CONDITION_PARTS_MAX = 16,
    WINDOW_COUNT_MAX = 100, /* of window.most */
};

/* What the core answers with. ctx: the core's. A field without a value: VALUE_NONE. */
struct condition_asker {
    void *ctx;
    struct value (*field)(void *ctx, enum field field);
    uint32_t (*count)(void *ctx, enum event_kind kind);
    struct value (*since)(void *ctx, enum event_kind kind, enum unit unit);
    uint32_t (*count_step)(void *ctx, enum event_kind kind);
    struct value (*count_within)(void *ctx, const struct window *window);
    bool (*raised)(void *ctx, struct slice rule, struct slice card);
    bool (*same_arrival)(void *ctx, enum event_kind kind);
    struct value (*attr)(void *ctx, struct slice name); /* borrows until the program has ended */
};

/* condition_holds - run it. Cost: O(instructions), no allocation. Asserts a well-formed program. */
bool condition_holds(const struct condition *condition, const struct condition_asker *asker);

/* condition_parts - what `and` joins outside all brackets: each is a condition of its own, with its
 * text as written; where there is no such `and`, or very many, the whole is the one part. Returns
 * how many. Cost: O(text + instructions). */
uint32_t condition_parts(const struct condition *condition,
                         struct condition parts[CONDITION_PARTS_MAX]);

#endif
