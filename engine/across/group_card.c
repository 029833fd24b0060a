/* group_card.c - the record of a card that no single case has: what it says. */
#include "engine/across/group_card.h"
#include "engine/across/groups.h"
#include "engine/across/marks.h"
#include "engine/cases/address.h"

enum { NUMBERS_BYTES = 64 };

struct numbers {
    size_t count;
    char text[NUMBERS_BYTES];
};

static void put_text(struct numbers *numbers, struct slice text)
{
    assert(numbers->count + text.count <= sizeof numbers->text);
    memcpy(numbers->text + numbers->count, text.start, text.count);
    numbers->count += text.count;
}

static void put_number(struct numbers *numbers, uint32_t number)
{
    char digits[10];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    put_text(numbers, (struct slice){.start = digits + at, .count = sizeof digits - at});
}

/* "> 1.5%", ">= 2%", "20": figures and signs, which need no translation. */
static struct slice limit_text(const struct rule_across *across, struct numbers *numbers)
{
    numbers->count = 0;
    if (across->form == ACROSS_SHARE) {
        put_text(numbers, across->is_reached ? SLICE(">= ") : SLICE("> "));
        put_number(numbers, (uint32_t)across->permille / 10);
        if (across->permille % 10 != 0) {
            put_text(numbers, SLICE("."));
            put_number(numbers, (uint32_t)across->permille % 10);
        }
        put_text(numbers, SLICE("%"));
    } else {
        put_number(numbers, across->at_least);
    }
    return (struct slice){.start = numbers->text, .count = numbers->count};
}

/* "7/350", "23"; of a run its length */
static struct slice used_text(const struct core *core, const struct core_group *group,
                              const struct group_card *about, struct numbers *numbers)
{
    const struct rule_across *across = group_rule(core, group)->across;
    bool is_run = group->window == WINDOW_NONE;
    numbers->count = 0;
    put_number(numbers, is_run ? about->length : group->so_count);
    if (across->form != ACROSS_COUNT && !is_run) {
        put_text(numbers, SLICE("/"));
        put_number(numbers, marks_count(core, group->root));
    }
    return (struct slice){.start = numbers->text, .count = numbers->count};
}

void group_card_tell(struct core *core, const struct core_group *group,
                     const struct group_card *about, const struct card_change *change)
{
    const struct rule *rule = group_rule(core, group);
    const struct ruleset *ruleset = core->editions[group->edition].ruleset;
    const struct rung *rung = &rule->rungs[0];
    const struct slice none = {0};
    struct instant due = {.ms = about->due_ms};
    struct slice key = names_get(&core->names, group->key);
    struct numbers limit;
    struct numbers used;
    char name[GROUP_NAME_BYTES];
    struct card card = {
        .case_no = group_name(core, group, about->begin_ms, name),
        .item = group->per == PER_ITEM ? key : none,
        .org = group->per == PER_ORG ? key : none,
        .area = group->per == PER_AREA ? key : none,
        .handler = group->per == PER_HANDLER ? key : none,
        .level = ruleset->levels[rung->level],
        .rule = rule->name,
        .rule_version = rule->revision,
        .clock = rule->name,
        .rung = rung->name,
        .due_at = due,
        .issued_at = core->now,
        .late_ms = core->now.ms > due.ms ? core->now.ms - due.ms : 0,
        .until = INSTANT_NEVER,
        .is_unreleased = rung->issue == ISSUE_CONFIRM,
        .before = change->before,
        .state = change->state,
        .limit = limit_text(rule->across, &limit),
        .used = used_text(core, group, about, &used),
        .reason = slice_of(change->reason),
        .is_shadow = rung->issue == ISSUE_SHADOW,
        .edition = ruleset->edition,
        .offset_s = calendar_offset_s(rule->calendar, due),
    };
    if (!rung_address(ruleset, rung, &card) &&
        (change->state == CARD_ISSUED || change->state == CARD_PENDING))
        core->counts.unaddressed++;
    core->ports.card(core->ports.ctx, &card);
}
