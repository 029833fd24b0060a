/* link_place.c - where a rule names another rule, or one of its cards: what it says of them is
 * checked when all rules have been read, and is told at the word.
 */
#include "rules/text/compile.h"

#include <string.h>

static bool is_of_name(char byte)
{
    unsigned char c = (unsigned char)byte;
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
}

/* The name as a word of its own, at or behind `from`; NULL: it does not stand there. */
static const char *find_name(struct slice text, const char *from, struct slice name)
{
    const char *end = text.start + text.count;
    for (const char *at = from; (size_t)(end - at) >= name.count; at++)
        if (memcmp(at, name.start, name.count) == 0 && (at == text.start || !is_of_name(at[-1])) &&
            (at + name.count == end || !is_of_name(at[name.count])))
            return at;
    return NULL;
}

/* In a text that names the rule: the rule's name, or that of its card. */
static const char *find_in(struct slice text, struct slice rule, struct slice card)
{
    const char *at = find_name(text, text.start, rule);
    if (at == NULL || slice_is_empty(card))
        return at;
    const char *behind = find_name(text, at + rule.count, card);        /* raised(rule, card) */
    return behind != NULL ? behind : find_name(text, text.start, card); /* card of rule */
}

static bool find_under(const struct yaml_node *node, struct slice rule, struct slice card,
                       struct yaml_node *place)
{
    if (node->kind != YAML_SCALAR) {
        bool is_found = false;
        for (const struct yaml_node *child = node->first; child != NULL && !is_found;
             child = child->next)
            is_found = find_under(child, rule, card, place);
        return is_found;
    }
    const char *at = find_in(node->value, rule, card);
    if (at == NULL)
        return false;
    *place = *node;
    place->column += node->is_quoted ? 1 : 0;
    for (const char *byte = node->value.start; byte < at; byte++)
        place->column += ((unsigned char)*byte & 0xC0) != 0x80;
    return true;
}

struct yaml_node link_place(const struct rule_source *source, struct slice rule, struct slice card)
{
    static const char *const parts[] = {"applies", "clock", "fact", "across", "cards", "card"};
    struct yaml_node place = *source->node;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        const struct yaml_node *part = yaml_find(source->node, parts[i]);
        if (part != NULL && find_under(part, rule, card, &place))
            break;
    }
    return place;
}
