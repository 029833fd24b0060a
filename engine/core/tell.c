/* tell.c - one change of a card as its record: what it says, and who has to know. */
#include "engine/core/tell.h"
#include "engine/across/across.h"
#include "engine/cases/address.h"
#include "engine/core/waiting.h"
#include "engine/reckon/decisions.h"
#include "engine/reckon/reckon.h"

enum { LIMIT_TEXT_BYTES = 40 };

/* "5.6 workday" from tenths; pure, so without printf. */
static struct slice tenths_text(int64_t tenths, enum unit unit, char text[LIMIT_TEXT_BYTES])
{
    char number[TERM_TEXT_BYTES];
    int64_t whole = tenths / 10;
    if (whole > TERM_MAX)
        whole = TERM_MAX;
    term_format((struct term){.n = (int32_t)whole, .unit = unit}, number);
    size_t digits = strcspn(number, " ");
    size_t at = digits;
    memcpy(text, number, digits);
    if (tenths % 10 != 0) {
        text[at++] = '.';
        text[at++] = (char)('0' + tenths % 10);
    }
    size_t rest = strlen(number + digits);
    memcpy(text + at, number + digits, rest);
    return (struct slice){.start = text, .count = at + rest};
}

void judge_tell(struct core *core, const struct core_case *kase, const struct core_clock *clock,
                uint32_t rung_index, struct instant due, const struct card_change *change)
{
    struct reckoning reckoning;
    reckon_init(&reckoning, core, kase, clock);
    const struct rule *rule = reckoning.rule;
    const struct rung *rung = &rule->rungs[rung_index];
    const struct ruleset *ruleset = case_edition(core, kase)->ruleset;
    char name[CLOCK_NAME_BYTES];
    char limit[LIMIT_TEXT_BYTES];
    char used[LIMIT_TEXT_BYTES];
    char over[LIMIT_TEXT_BYTES];
    struct card card = {
        .case_no = text_heap_get(&core->keys, kase->key),
        .item = names_get(&core->names, kase->item),
        .step = names_get(&core->names, clock->step),
        .level = ruleset->levels[rung->level],
        .rule = rule->name,
        .rule_version = rule->revision,
        .clock = clock_name(core, rule, clock, name),
        .cycle = clock->cycle,
        .rung = rung->name,
        .due_at = due,
        .issued_at = core->now,
        .late_ms = core->now.ms > due.ms ? core->now.ms - due.ms : 0,
        .before = change->before,
        .state = change->state,
        .reason = slice_of(change->reason),
        .is_shadow = rung->issue == ISSUE_SHADOW,
        .edition = ruleset->edition,
        .offset_s = reckoning.calendar == NULL ? 0 : calendar_offset_s(reckoning.calendar, due),
    };
    bool is_addressed = judge_address(core, kase, rung, &card);
    if (!is_addressed && (change->state == CARD_ISSUED || change->state == CARD_PENDING))
        core->counts.unaddressed++;
    if (clock->state != CLOCK_FACT && rule->limit_count > 0) {
        int64_t tenths;
        int64_t added;
        enum unit unit;
        struct term term = reckoning.limits->terms[rung->limit];
        if (term_is_set(term))
            card.limit = tenths_text((int64_t)term.n * 10, term.unit, limit);
        if (reckon_used(&reckoning, rung->limit, due, &tenths, &added, &unit)) {
            card.used = tenths_text(tenths, unit, used);
            int64_t past = tenths - (int64_t)term.n * 10 - added;
            if (term_is_set(term) && past >= 0)
                card.over = tenths_text(past, unit, over);
        }
        (void)reckon_rung(&reckoning, rung_index);
        card.is_provisional = reckoning.is_provisional;
    }
    bool is_asked =
        rung->issue == ISSUE_CONFIRM || confirm_is_refused(core, kase, clock, rung_index);
    card.is_unreleased = is_asked && change->before != CARD_ISSUED &&
                         change->state != CARD_ISSUED &&
                         !confirm_is_released(core, kase, clock, rung_index);
    waiting_told(core, kase, clock, rung_index, change);
    card.until =
        rung->issue == ISSUE_CONFIRM ? waiting_until(core, kase, clock, rung_index) : INSTANT_NEVER;
    core->ports.card(core->ports.ctx, &card);
    if (case_edition(core, kase)->is_counting_cards)
        across_card(core, kase, clock, rung_index, &card);
}
