/* sentences.h - a rule or an item read aloud, in plain sentences of Chinese or English.
 *
 * Layer: rules/sentences.
 */
#ifndef RULES_SENTENCES_H
#define RULES_SENTENCES_H

#include "rules/model/ruleset.h"
#include "rules/read/problem.h"

#include <stdio.h>

/* rule_say - all that a rule says, so that a person who knows the regulation can check it. */
void rule_say(FILE *out, const struct ruleset *ruleset, const struct rule *rule, bool is_zh);

/* item_say - the same of an item of the catalogue. */
void item_say(FILE *out, const struct ruleset *ruleset, const struct item *item, bool is_zh);

/* condition_say - what one condition of a rule says, in the words of rule_say, without a line's
 * end.
 */
void condition_say(FILE *out, const struct ruleset *ruleset, const struct rule *rule,
                   const struct condition *condition, bool is_zh);

/* asked_say - what one instruction of a condition asks, which is a field, a count or the like: "the
 * number of "returned"", "the case is finished". */
void asked_say(FILE *out, const struct ruleset *ruleset, const struct rule *rule,
               const struct condition *condition, uint32_t index, bool is_zh);

/* ---- what the sentences have in common: who speaks, of what, in which language -----------------
 */

struct speaker {
    const struct ruleset *ruleset;
    const struct rule *rule;
    FILE *out;
    bool is_zh;
};

/* Two literals, so that the compiler still checks the format. */
#define IN(speaker, en, zh) ((speaker)->is_zh ? (zh) : (en))

/* say_text - as printf does. What cannot be written, `out` remembers. */
PRINTF_LIKE(2, 3)
void say_text(const struct speaker *speaker, const char *format, ...);

/* event_said_en - "correction asked for"; in Chinese: event_kind_zh. */
extern const char *const event_said_en[EVENT_KIND_COUNT];

/* card_title - how a card is called: by its own name, or by that of its level. */
struct slice card_title(const struct speaker *speaker, struct slice name);

/* limit_said - how a limit is called: in Chinese the usual ones have names. */
struct slice limit_said(const struct speaker *speaker, struct slice name);

/* say_kinds - "accepted (accept), finished (finish)". */
void say_kinds(const struct speaker *speaker, event_kind_set kinds);

/* say_term - "5 workdays", "5 个工作日"; "the same day", "当日". */
void say_term(const struct speaker *speaker, struct term term);

/* say_share - "80%", "1.5%". */
void say_share(const struct speaker *speaker, int32_t permille);

/* say_condition - behind the label, what the condition says: "the number of "returned" of this step
 * is at least 2". */
void say_condition(const struct speaker *speaker, const char *label,
                   const struct condition *condition);

/* say_windows - a line for each window in which the condition counts. condition may be NULL. */
void say_windows(const struct speaker *speaker, const struct condition *condition);

/* say_across - the lines of a rule across cases that come before its card. */
void say_across(const struct speaker *speaker);

#endif
