/* condition_sense.c - can a condition hold at all, and can it fail?
 *
 * Its atoms (what `and`, `or`, `not` join) are given every combination of truths, and those left
 * out that no case can have: two comparisons of the same value with constants that contradict each
 * other. Whether one can have them is tried out: of all values only the constants, those beside
 * them, and one that is none of them, can make a difference.
 */
#include "rules/condition/condition_parser.h"

#include "rules/model/ruleset.h"

enum { ATOMS_MAX = 10, NODES_MAX = CONDITION_CODE_MAX, VALUES_MAX = 64 };

/* A run of instructions that leaves one value. */
struct span {
    uint32_t from;
    uint32_t count;
};

enum atom_form { ATOM_OPAQUE, ATOM_COMPARE, ATOM_IN, ATOM_HAS, ATOM_SEEN };

struct atom {
    struct span span;
    struct span value; /* what is compared */
    enum atom_form form;
    enum op op;
    uint32_t constant; /* of COMPARE; of IN the first */
    uint32_t constant_count;
};

enum { NODE_ATOM = -1 };

struct node {
    int op; /* OP_AND, OP_OR, OP_NOT; NODE_ATOM */
    uint32_t a;
    uint32_t b;
};

struct sense {
    const struct condition *condition;
    uint32_t atom_count;
    uint32_t node_count;
    bool is_too_long;
    struct atom atoms[ATOMS_MAX];
    struct node nodes[NODES_MAX];
};

/* ---- the atoms ---------------------------------------------------------------------------------
 */

static bool is_same_constant(const struct value *a, const struct value *b)
{
    if (a->type != b->type)
        return false;
    return a->type == VALUE_TEXT                                 ? slice_is_equal(a->text, b->text)
           : a->type == VALUE_BOOL                               ? a->truth == b->truth
           : a->type == VALUE_NUMBER || a->type == VALUE_INSTANT ? a->number == b->number
                                                                 : false;
}

static bool is_same_instruction(const struct condition *condition, const struct instruction *a,
                                const struct instruction *b)
{
    const struct value *constants = condition->constants;
    if (a->op != b->op || a->unit != b->unit)
        return false;
    if (a->op == OP_RAISED &&
        !is_same_constant(&constants[a->operand + 1], &constants[b->operand + 1]))
        return false;
    if (a->op == OP_PUSH || a->op == OP_ATTR || a->op == OP_HAS_ATTR || a->op == OP_RAISED)
        return is_same_constant(&constants[a->operand], &constants[b->operand]);
    return a->operand == b->operand;
}

static bool is_same_span(const struct sense *sense, struct span a, struct span b)
{
    const struct instruction *code = sense->condition->code;
    bool is_same = a.count == b.count;
    for (uint32_t i = 0; i < a.count && is_same; i++)
        is_same = is_same_instruction(sense->condition, &code[a.from + i], &code[b.from + i]);
    return is_same;
}

static bool is_compare(enum op op)
{
    return op == OP_EQ || op == OP_NE || op == OP_LT || op == OP_LE || op == OP_GT || op == OP_GE;
}

static enum op flipped(enum op op)
{
    return op == OP_LT   ? OP_GT
           : op == OP_LE ? OP_GE
           : op == OP_GT ? OP_LT
           : op == OP_GE ? OP_LE
                         : op;
}

/* A value that is the same wherever it stands: a field, a count, a length; nothing reckoned. */
static bool is_plain_value(const struct instruction *code, uint32_t count)
{
    bool is_source = code[0].op == OP_FIELD || code[0].op == OP_COUNT ||
                     code[0].op == OP_COUNT_STEP || code[0].op == OP_COUNT_WITHIN ||
                     code[0].op == OP_SINCE || code[0].op == OP_ATTR;
    return is_source &&
           (count == 1 || (count == 2 && (code[1].op == OP_LENGTH || code[1].op == OP_NUMBER)));
}

static void atom_look(const struct condition *condition, struct atom *atom)
{
    const struct instruction *code = condition->code + atom->span.from;
    uint32_t last = atom->span.count - 1;
    enum op op = code[last].op;
    if (op == OP_HAS || op == OP_SEEN) {
        atom->form = op == OP_HAS ? ATOM_HAS : ATOM_SEEN;
        atom->value = atom->span;
    } else if (is_compare(op) && last >= 2 && code[last - 1].op == OP_PUSH &&
               is_plain_value(code, last - 1)) {
        atom->form = ATOM_COMPARE;
        atom->op = op;
        atom->value = (struct span){.from = atom->span.from, .count = last - 1};
        atom->constant = last - 1;
    } else if (is_compare(op) && last >= 2 && code[0].op == OP_PUSH &&
               is_plain_value(code + 1, last - 1)) {
        atom->form = ATOM_COMPARE;
        atom->op = flipped(op);
        atom->value = (struct span){.from = atom->span.from + 1, .count = last - 1};
        atom->constant = 0;
    } else if (op == OP_IN && last > code[last].operand &&
               is_plain_value(code, last - code[last].operand)) {
        atom->form = ATOM_IN;
        atom->value = (struct span){.from = atom->span.from, .count = last - code[last].operand};
        atom->constant = last - code[last].operand;
        atom->constant_count = code[last].operand;
    }
}

static uint32_t node_add(struct sense *sense, struct node node)
{
    if (sense->node_count == NODES_MAX) {
        sense->is_too_long = true;
        return 0;
    }
    sense->nodes[sense->node_count] = node;
    return sense->node_count++;
}

static uint32_t atom_add(struct sense *sense, struct span span)
{
    uint32_t at = 0;
    while (at < sense->atom_count && !is_same_span(sense, sense->atoms[at].span, span))
        at++;
    if (at == ATOMS_MAX) {
        sense->is_too_long = true;
        return 0;
    }
    if (at == sense->atom_count) {
        sense->atoms[at] = (struct atom){.span = span};
        atom_look(sense->condition, &sense->atoms[at]);
        sense->atom_count++;
    }
    return node_add(sense, (struct node){.op = NODE_ATOM, .a = at});
}

/* What lies on the stack while the program is read: where it begins, and its node, if it has one.
 */
struct operand {
    uint32_t from;
    bool is_node;
    uint32_t node;
};

static uint32_t operand_node(struct sense *sense, const struct operand *operand, uint32_t end)
{
    if (operand->is_node)
        return operand->node;
    return atom_add(sense, (struct span){.from = operand->from, .count = end - operand->from});
}

static uint32_t operands_of(const struct instruction *it)
{
    if (it->op == OP_NOT || it->op == OP_LENGTH || it->op == OP_NUMBER)
        return 1;
    if (it->op == OP_IN)
        return it->operand + 1;
    bool is_pair = it->op == OP_AND || it->op == OP_OR || is_compare(it->op) || it->op == OP_ADD ||
                   it->op == OP_SUB || it->op == OP_MUL || it->op == OP_DIV;
    return is_pair ? 2 : 0;
}

/* Returns the node of the whole. */
static uint32_t sense_read(struct sense *sense)
{
    struct operand stack[CONDITION_STACK_MAX] = {{0}};
    uint32_t depth = 0;
    for (uint32_t i = 0; i < sense->condition->count; i++) {
        const struct instruction *it = &sense->condition->code[i];
        uint32_t taken = operands_of(it);
        struct operand result = {.from = taken == 0 ? i : stack[depth - taken].from};
        if (it->op == OP_AND || it->op == OP_OR || it->op == OP_NOT) {
            const struct operand *a = &stack[depth - taken];
            const struct operand *b = taken == 2 ? &stack[depth - 1] : NULL;
            struct node node = {.op = (int)it->op,
                                .a = operand_node(sense, a, b == NULL ? i : b->from),
                                .b = b == NULL ? 0 : operand_node(sense, b, i)};
            result.node = node_add(sense, node);
            result.is_node = true;
        }
        depth = depth - taken + 1;
        stack[depth - 1] = result;
    }
    return operand_node(sense, &stack[0], sense->condition->count);
}

/* ---- what one value can be ---------------------------------------------------------------------
 */

static const struct value *constant_of(const struct condition *condition, const struct atom *atom,
                                       uint32_t index)
{
    const struct instruction *push = &condition->code[atom->span.from + atom->constant + index];
    return &condition->constants[push->operand];
}

/* Does the atom, but for its truth, speak of this value? `seen` speaks of the count. */
static bool is_about(const struct sense *sense, const struct atom *atom, const struct atom *other)
{
    const struct instruction *code = sense->condition->code;
    const struct instruction *a = &code[atom->value.from];
    const struct instruction *b = &code[other->value.from];
    if (atom->form == ATOM_OPAQUE || other->form == ATOM_OPAQUE)
        return false;
    enum op a_op = atom->form == ATOM_SEEN ? OP_COUNT : atom->form == ATOM_HAS ? OP_FIELD : a->op;
    enum op b_op = other->form == ATOM_SEEN ? OP_COUNT : other->form == ATOM_HAS ? OP_FIELD : b->op;
    if (atom->value.count != 1 || other->value.count != 1)
        return is_same_span(sense, atom->value, other->value);
    if (a_op == OP_ATTR || b_op == OP_ATTR)
        return is_same_span(sense, atom->value, other->value);
    return a_op == b_op && a->operand == b->operand && a->unit == b->unit;
}

static bool holds_of(const struct condition *condition, const struct atom *atom,
                     const struct value *value)
{
    if (atom->form == ATOM_HAS)
        return true;
    if (atom->form == ATOM_SEEN)
        return value->number > 0;
    if (atom->form == ATOM_IN) {
        for (uint32_t i = 0; i < atom->constant_count; i++)
            if (is_same_constant(value, constant_of(condition, atom, i)))
                return true;
        return false;
    }
    const struct value *constant = constant_of(condition, atom, 0);
    bool is_equal = is_same_constant(value, constant);
    if (atom->op == OP_EQ || atom->op == OP_NE)
        return is_equal == (atom->op == OP_EQ);
    bool is_less = value->number < constant->number;
    return atom->op == OP_LT   ? is_less
           : atom->op == OP_LE ? is_less || is_equal
           : atom->op == OP_GT ? !is_less && !is_equal
                               : !is_less;
}

struct values {
    uint32_t count;
    struct value at[VALUES_MAX];
};

static void value_try(struct values *values, struct value value)
{
    if (values->count < VALUES_MAX)
        values->at[values->count++] = value;
}

static void constant_try(struct values *values, const struct value *constant)
{
    value_try(values, *constant);
    if (constant->type != VALUE_NUMBER && constant->type != VALUE_INSTANT)
        return;
    for (int64_t by = -1; by <= 1; by += 2) {
        struct value beside = *constant;
        if (!__builtin_add_overflow(constant->number, by, &beside.number))
            value_try(values, beside);
    }
}

/* Every value that may make a difference to these atoms, those that cannot be left out. */
static void values_list(const struct sense *sense, uint32_t first, struct values *values)
{
    const struct condition *condition = sense->condition;
    enum value_type type = VALUE_NUMBER;
    values->count = 0;
    for (uint32_t i = first; i < sense->atom_count; i++) {
        const struct atom *atom = &sense->atoms[i];
        if (!is_about(sense, atom, &sense->atoms[first]))
            continue;
        uint32_t count = atom->form == ATOM_COMPARE ? 1 : atom->constant_count;
        for (uint32_t k = 0; k < count; k++) {
            constant_try(values, constant_of(condition, atom, k));
            type = constant_of(condition, atom, k)->type;
        }
    }
    if (type == VALUE_TEXT) /* no field and no attr holds this character */
        value_try(values, (struct value){.type = VALUE_TEXT, .text = SLICE("\x01")});
    for (int64_t number = 0; type == VALUE_NUMBER && number <= 1; number++)
        value_try(values, (struct value){.type = VALUE_NUMBER, .number = number});
    if (type == VALUE_BOOL) {
        value_try(values, (struct value){.type = VALUE_BOOL, .truth = true});
        value_try(values, (struct value){.type = VALUE_BOOL, .truth = false});
    }
}

/* A count and a length are never less than nothing; a field is never an empty text, and one with a
 * vocabulary is one of its words. */
static bool can_be(const struct sense *sense, const struct atom *atom, const struct value *value)
{
    const struct instruction *it = &sense->condition->code[atom->value.from];
    const struct instruction *last = it + atom->value.count - 1;
    bool is_counted = it->op == OP_COUNT || it->op == OP_SEEN || it->op == OP_COUNT_STEP ||
                      it->op == OP_COUNT_WITHIN || it->op == OP_SINCE || last->op == OP_LENGTH;
    if (is_counted && value->number < 0)
        return false;
    if (it->op != OP_FIELD || value->type != VALUE_TEXT)
        return true;
    if (it->operand == FIELD_KIND)
        return event_kind_find(value->text) != EVENT_NONE;
    if (it->operand != FIELD_ITEM_KIND)
        return value->text.count > 0;
    for (int i = 0; i < ITEM_KIND_COUNT; i++)
        if (slice_is_equal(value->text, slice_of(item_kind_name[i])))
            return true;
    return false;
}

/* The words of a vocabulary are few, and each may be the one that is meant by none of the others.
 */
static void words_try(const struct sense *sense, const struct atom *atom, struct values *values)
{
    const struct instruction *it = &sense->condition->code[atom->value.from];
    bool is_kind = it->op == OP_FIELD && it->operand == FIELD_KIND;
    bool is_item_kind = it->op == OP_FIELD && it->operand == FIELD_ITEM_KIND;
    for (int i = 1; is_kind && i < EVENT_KIND_COUNT; i++)
        value_try(values, (struct value){.type = VALUE_TEXT, .text = slice_of(event_kind_name[i])});
    for (int i = 0; is_item_kind && i < ITEM_KIND_COUNT; i++)
        value_try(values, (struct value){.type = VALUE_TEXT, .text = slice_of(item_kind_name[i])});
}

static bool is_always_there(const struct sense *sense, const struct atom *atom)
{
    const struct instruction *it = &sense->condition->code[atom->value.from];
    const struct instruction *last = it + atom->value.count - 1;
    return it->op == OP_COUNT || it->op == OP_SEEN || it->op == OP_COUNT_STEP ||
           last->op == OP_LENGTH ||
           (it->op == OP_FIELD &&
            (it->operand == FIELD_KIND || it->operand == FIELD_AT ||
             it->operand == FIELD_IS_ACCEPTED || it->operand == FIELD_IS_FINISHED ||
             it->operand == FIELD_IN_CATALOGUE));
}

/* Can the value that atom `first` speaks of give it, and those behind it that speak of the same,
 * these truths? */
static bool can_be_so(const struct sense *sense, uint32_t first, uint32_t truths)
{
    const struct atom *about = &sense->atoms[first];
    struct values values;
    bool is_all_false = true;
    for (uint32_t i = first; i < sense->atom_count; i++)
        if (is_about(sense, &sense->atoms[i], about) && (truths & (UINT32_C(1) << i)) != 0)
            is_all_false = false;
    if (is_all_false && !is_always_there(sense, about))
        return true; /* without a value none of them holds */
    values_list(sense, first, &values);
    words_try(sense, about, &values);
    if (values.count == VALUES_MAX)
        return true;
    for (uint32_t v = 0; v < values.count; v++) {
        bool is_so = can_be(sense, about, &values.at[v]);
        for (uint32_t i = first; i < sense->atom_count && is_so; i++)
            if (is_about(sense, &sense->atoms[i], about))
                is_so = holds_of(sense->condition, &sense->atoms[i], &values.at[v]) ==
                        ((truths & (UINT32_C(1) << i)) != 0);
        if (is_so)
            return true;
    }
    return false;
}

static bool can_all_be_so(const struct sense *sense, uint32_t truths)
{
    for (uint32_t i = 0; i < sense->atom_count; i++) {
        bool is_first = sense->atoms[i].form != ATOM_OPAQUE;
        for (uint32_t k = 0; k < i && is_first; k++)
            is_first = !is_about(sense, &sense->atoms[k], &sense->atoms[i]);
        if (is_first && !can_be_so(sense, i, truths))
            return false;
    }
    return true;
}

/* Nodes stand behind those that they join. */
static bool node_holds(const struct sense *sense, uint32_t root, uint32_t truths)
{
    bool holds[NODES_MAX] = {false};
    for (uint32_t i = 0; i <= root; i++) {
        const struct node *node = &sense->nodes[i];
        holds[i] = node->op == NODE_ATOM     ? (truths & (UINT32_C(1) << node->a)) != 0
                   : node->op == OP_NOT      ? !holds[node->a]
                   : node->op == (int)OP_AND ? holds[node->a] && holds[node->b]
                                             : holds[node->a] || holds[node->b];
    }
    return holds[root];
}

enum condition_sense condition_sense(const struct condition *condition)
{
    struct sense sense = {.condition = condition};
    uint32_t root = sense_read(&sense);
    bool can_hold = false;
    bool can_fail = false;
    if (sense.is_too_long)
        return SENSE_OPEN;
    for (uint32_t truths = 0; truths >> sense.atom_count == 0 && !(can_hold && can_fail);
         truths++) {
        bool holds = node_holds(&sense, root, truths);
        if ((holds ? can_hold : can_fail) || !can_all_be_so(&sense, truths))
            continue;
        can_hold = can_hold || holds;
        can_fail = can_fail || !holds;
    }
    return !can_hold ? SENSE_NEVER : !can_fail ? SENSE_ALWAYS : SENSE_OPEN;
}
