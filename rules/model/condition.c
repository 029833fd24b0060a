/* condition.c - runs the postfix program of a condition on a small stack.
 *
 * "No value" is a value like any other here: a comparison with it is false, arithmetic with it
 * gives no value again, its length is 0, and as a truth it is false. So a program can be run to
 * its end whatever the case lacks. What the program itself guarantees (depth, types, operands) was
 * checked where it was made, and is asserted.
 */
#include "rules/model/condition.h"

const char *const condition_field_name[FIELD_COUNT] = {
#define FIELD(name, NAME, type, of) name,
#include "rules/model/fields.def"
#undef FIELD
};

const enum value_type condition_field_type[FIELD_COUNT] = {
#define FIELD(name, NAME, type, of) type,
#include "rules/model/fields.def"
#undef FIELD
};

const enum field_of condition_field_of[FIELD_COUNT] = {
#define FIELD(name, NAME, type, of) of,
#include "rules/model/fields.def"
#undef FIELD
};

struct stack {
    uint32_t count;
    struct value at[CONDITION_STACK_MAX];
};

static const struct value nothing = {.type = VALUE_NONE};

static void push(struct stack *stack, struct value value)
{
    assert(stack->count < CONDITION_STACK_MAX);
    stack->at[stack->count++] = value;
}

static struct value pop(struct stack *stack)
{
    assert(stack->count > 0);
    return stack->at[--stack->count];
}

static struct value truth(bool is_so)
{
    return (struct value){.type = VALUE_BOOL, .truth = is_so};
}

static bool is_true(struct value value)
{
    assert(value.type == VALUE_BOOL || value.type == VALUE_NONE);
    return value.type == VALUE_BOOL && value.truth;
}

/* Negative, 0, positive; the types are equal and not NONE. */
static int order(struct value a, struct value b)
{
    switch (a.type) {
    case VALUE_BOOL:
        return (int)a.truth - (int)b.truth;
    case VALUE_NUMBER:
    case VALUE_INSTANT:
        return a.number < b.number ? -1 : a.number > b.number;
    case VALUE_TEXT:
        return slice_order(a.text, b.text);
    case VALUE_TERM:
        return a.term.n < b.term.n ? -1 : a.term.n > b.term.n;
    case VALUE_NONE:
        break;
    }
    assert(false);
    return 0;
}

static bool is_comparable(struct value a, struct value b)
{
    if (a.type == VALUE_NONE || b.type == VALUE_NONE)
        return false;
    assert(a.type == b.type);
    return a.type != VALUE_TERM || a.term.unit == b.term.unit;
}

static struct value compare(enum op op, struct value a, struct value b)
{
    if (!is_comparable(a, b))
        return truth(false);
    int sign = order(a, b);
    return truth(op == OP_EQ   ? sign == 0
                 : op == OP_NE ? sign != 0
                 : op == OP_LT ? sign < 0
                 : op == OP_LE ? sign <= 0
                 : op == OP_GT ? sign > 0
                               : sign >= 0);
}

static struct value calculate(enum op op, struct value a, struct value b)
{
    if (a.type == VALUE_NONE || b.type == VALUE_NONE)
        return nothing;
    assert(a.type == VALUE_NUMBER);
    assert(b.type == VALUE_NUMBER);
    struct value result = {.type = VALUE_NUMBER};
    bool is_over = false;
    if (op == OP_ADD)
        is_over = __builtin_add_overflow(a.number, b.number, &result.number);
    else if (op == OP_SUB)
        is_over = __builtin_sub_overflow(a.number, b.number, &result.number);
    else if (op == OP_MUL)
        is_over = __builtin_mul_overflow(a.number, b.number, &result.number);
    else if (b.number == 0 || (b.number == -1 && a.number == INT64_MIN))
        is_over = true;
    else
        result.number = a.number / b.number;
    return is_over ? nothing : result;
}

static struct value length(struct value value)
{
    struct value result = {.type = VALUE_NUMBER};
    if (value.type == VALUE_NONE)
        return result; /* no reason given is a reason of no characters */
    assert(value.type == VALUE_TEXT);
    for (size_t i = 0; i < value.text.count; i++)
        result.number += ((unsigned char)value.text.start[i] & 0xC0) != 0x80;
    return result;
}

static struct value number(struct value value)
{
    enum { DIGITS_MAX = 18 };
    struct value result = {.type = VALUE_NUMBER};
    if (value.type == VALUE_NONE)
        return nothing;
    assert(value.type == VALUE_TEXT);
    size_t first = value.text.count > 0 && value.text.start[0] == '-';
    if (value.text.count == first || value.text.count - first > DIGITS_MAX)
        return nothing;
    for (size_t i = first; i < value.text.count; i++) {
        if (value.text.start[i] < '0' || value.text.start[i] > '9')
            return nothing;
        result.number = result.number * 10 + (value.text.start[i] - '0');
    }
    if (first > 0)
        result.number = -result.number;
    return result;
}

static struct value is_in(struct stack *stack, uint32_t count)
{
    assert(stack->count > count);
    struct value wanted = stack->at[stack->count - count - 1];
    bool is_found = false;
    for (uint32_t i = 0; i < count; i++) {
        struct value one = pop(stack);
        is_found = is_found || (is_comparable(wanted, one) && order(wanted, one) == 0);
    }
    (void)pop(stack); /* the wanted one itself */
    return truth(is_found);
}

static void ask_named(struct stack *stack, struct instruction it, const struct condition *condition,
                      const struct condition_asker *asker)
{
    assert(it.operand < condition->constant_count);
    const struct value *names = &condition->constants[it.operand];
    if (it.op == OP_RAISED) {
        assert(it.operand + 1 < condition->constant_count);
        push(stack, truth(asker->raised(asker->ctx, names[0].text, names[1].text)));
        return;
    }
    struct value value = asker->attr(asker->ctx, names[0].text);
    assert(value.type == VALUE_NONE || value.type == VALUE_TEXT);
    push(stack, it.op == OP_ATTR ? value : truth(value.type != VALUE_NONE));
}

static struct value ask_window(const struct condition *condition, uint32_t index,
                               const struct condition_asker *asker)
{
    assert(index < condition->window_count);
    return asker->count_within(asker->ctx, &condition->windows[index]);
}

static void ask(struct stack *stack, struct instruction it, const struct condition_asker *asker)
{
    enum event_kind kind = (enum event_kind)it.operand;
    if (it.op == OP_FIELD || it.op == OP_HAS) {
        assert(it.operand < FIELD_COUNT);
        struct value value = asker->field(asker->ctx, (enum field)it.operand);
        assert(value.type == VALUE_NONE || value.type == condition_field_type[it.operand]);
        push(stack, it.op == OP_FIELD ? value : truth(value.type != VALUE_NONE));
        return;
    }
    assert(it.operand < EVENT_KIND_COUNT);
    if (it.op == OP_COUNT_STEP)
        push(stack,
             (struct value){.type = VALUE_NUMBER, .number = asker->count_step(asker->ctx, kind)});
    else if (it.op == OP_SINCE)
        push(stack, asker->since(asker->ctx, kind, it.unit));
    else if (it.op == OP_SAME_ARRIVAL)
        push(stack, truth(asker->same_arrival(asker->ctx, kind)));
    else if (it.op == OP_SEEN)
        push(stack, truth(asker->count(asker->ctx, kind) > 0));
    else
        push(stack, (struct value){.type = VALUE_NUMBER, .number = asker->count(asker->ctx, kind)});
}

static void run_pair(struct stack *stack, enum op op)
{
    struct value b = pop(stack);
    struct value a = pop(stack);
    if (op == OP_AND)
        push(stack, truth(is_true(a) && is_true(b)));
    else if (op == OP_OR)
        push(stack, truth(is_true(a) || is_true(b)));
    else if (op == OP_ADD || op == OP_SUB || op == OP_MUL || op == OP_DIV)
        push(stack, calculate(op, a, b));
    else
        push(stack, compare(op, a, b));
}

bool condition_holds(const struct condition *condition, const struct condition_asker *asker)
{
    struct stack stack;
    stack.count = 0;
    for (uint32_t i = 0; i < condition->count; i++) {
        struct instruction it = condition->code[i];
        switch (it.op) {
        case OP_PUSH:
            assert(it.operand < condition->constant_count);
            push(&stack, condition->constants[it.operand]);
            break;
        case OP_FIELD:
        case OP_HAS:
        case OP_COUNT:
        case OP_SEEN:
        case OP_SINCE:
        case OP_COUNT_STEP:
        case OP_SAME_ARRIVAL:
            ask(&stack, it, asker);
            break;
        case OP_ATTR:
        case OP_HAS_ATTR:
        case OP_RAISED:
            ask_named(&stack, it, condition, asker);
            break;
        case OP_COUNT_WITHIN:
            push(&stack, ask_window(condition, it.operand, asker));
            break;
        case OP_NOT:
            push(&stack, truth(!is_true(pop(&stack))));
            break;
        case OP_LENGTH:
            push(&stack, length(pop(&stack)));
            break;
        case OP_NUMBER:
            push(&stack, number(pop(&stack)));
            break;
        case OP_IN:
            push(&stack, is_in(&stack, it.operand));
            break;
        case OP_AND:
        case OP_OR:
        case OP_EQ:
        case OP_NE:
        case OP_LT:
        case OP_LE:
        case OP_GT:
        case OP_GE:
        case OP_ADD:
        case OP_SUB:
        case OP_MUL:
        case OP_DIV:
            run_pair(&stack, it.op);
            break;
        }
    }
    assert(stack.count == 1);
    return is_true(stack.at[0]);
}
