/* sentences.h - what the sentences of a rule have in common: who speaks, of what, and in which
 * language.
 *
 * Layer: rules. For sentences*.c alone; the others call rule_say (verbs.h).
 */
#ifndef RULES_SENTENCES_H
#define RULES_SENTENCES_H

#include "rules/verbs.h"

struct speaker {
    const struct ruleset *ruleset;
    const struct rule *rule;
    bool is_zh;
};

/* Two literals, so that the compiler still checks the format. */
#define IN(speaker, en, zh) ((speaker)->is_zh ? (zh) : (en))

/* say_kinds - "accepted (accept), finished (finish)". */
void say_kinds(const struct speaker *speaker, event_kind_set kinds);

/* say_term - "5 workdays", "5 个工作日"; "the same day", "当日". */
void say_term(const struct speaker *speaker, struct term term);

/* say_across - the lines of a rule across cases that come before its card. */
void say_across(const struct speaker *speaker);

#endif
