/* trial.c - a test looks at a part of the rule set: the rule it stands in (or its whole set), and
 * the one item it makes up. That part is a rule set of its own, made by copying the few arrays that
 * differ; all else is shared.
 *
 * Cards are kept as they stand after their last record, one for each (case, clock, cycle, rung).
 */
#include "rules/trial/trial.h"

#include "engine/core/offline.h"

#include <stdlib.h>

enum { NO_MEMORY = -12 };

/* One card as it stood last. */
struct kept_card {
    struct kept_card *next;
    struct slice case_no;
    struct slice clock;
    struct slice rung;
    struct slice rule;
    struct slice level;
    struct slice org;
    uint32_t cycle;
    struct instant due_at;
    enum card_state state; /* ISSUED: it stands, be it pending; WITHDRAWN, DISMISSED */
    bool is_pending;
    bool is_shadow;
    const struct rule_test_card *expected; /* that it is; NULL: none */
    /* While a line looks for its card: those that come in question, one behind the other. */
    bool is_in_row;
    struct kept_card *behind;
    struct kept_card *giver; /* whose line this one would take; NULL: the line that looks */
};

struct trial {
    const struct ruleset *ruleset;
    const struct rule_test *test;
    void *ctx;
    void (*report)(void *ctx, const struct trial_report *report);
    struct arena *arena;
    struct ruleset part;
    struct kept_card *first;
    struct kept_card **last_p;
    bool is_short;
    bool is_good;
};

static void differ(struct trial *trial, enum trial_difference difference, uint32_t line,
                   const struct trial_report *more)
{
    struct trial_report report = *more;
    report.test = trial->test;
    report.difference = difference;
    report.line = line;
    trial->is_good = false;
    trial->report(trial->ctx, &report);
}

/* ---- the part of the rule set ---------------------------------------------------------------- */

/* A rule's own test sees that rule, and, silently, those whose cards begin its clock: whose card
 * begins that of another, and so on (not in a circle, checked at import). */
static bool looks_on(const struct trial *trial, const struct rule *rule)
{
    const struct rule_test *test = trial->test;
    if (slice_is_empty(test->rule))
        return slice_is_equal(test->set, rule->set);
    const struct rule *seen = ruleset_rule(trial->ruleset, test->rule);
    while (seen != NULL && seen != rule)
        seen = slice_is_empty(seen->follows_rule)
                   ? NULL
                   : ruleset_rule(trial->ruleset, seen->follows_rule);
    return seen != NULL;
}

static bool take_part(struct trial *trial)
{
    const struct ruleset *whole = trial->ruleset;
    uint32_t count = 0;
    for (uint32_t i = 0; i < whole->rule_count; i++)
        count += looks_on(trial, &whole->rules[i]);
    struct rule *rules = arena_take(trial->arena, count, sizeof *rules);
    count = 0;
    if (rules == NULL) {
        trial->is_short = true;
        return false;
    }
    for (uint32_t i = 0; i < whole->rule_count; i++)
        if (looks_on(trial, &whole->rules[i]))
            rules[count++] = whole->rules[i];
    trial->part = *whole;
    trial->part.rules = rules;
    trial->part.rule_count = count;
    if (trial->test->has_item) {
        trial->part.items = &trial->test->item;
        trial->part.item_count = 1;
    } else if (trial->test->event_count > 0 && slice_is_empty(trial->test->events[0].event.item)) {
        trial->part.item_count = 0; /* a test about no item asks for no catalogue */
    }
    if (trial->test->org_count > 0) {
        trial->part.orgs = trial->test->orgs;
        trial->part.org_count = trial->test->org_count;
    }
    if (count == 0)
        differ(trial, TRIAL_NO_RULE, trial->test->line, &(struct trial_report){.line = 0});
    else if (ruleset_index(&trial->part, trial->arena) != 0)
        trial->is_short = true;
    return count > 0 && !trial->is_short;
}

/* ---- playing --------------------------------------------------------------------------------- */

static struct slice copy(struct trial *trial, struct slice text)
{
    struct slice copied = {0};
    if (!arena_copy(trial->arena, text, &copied))
        trial->is_short = true;
    return copied;
}

static struct kept_card *find(const struct trial *trial, const struct card *card)
{
    struct kept_card *kept = trial->first;
    while (kept != NULL && !(slice_is_equal(kept->case_no, card->case_no) &&
                             slice_is_equal(kept->clock, card->clock) &&
                             kept->cycle == card->cycle && slice_is_equal(kept->rung, card->rung)))
        kept = kept->next;
    return kept;
}

/* Late truth takes a card back, a higher one takes its place: these two are told apart. */
static enum card_state state_kept(enum card_state state)
{
    if (state == CARD_WITHDRAWN)
        return CARD_WITHDRAWN;
    return state == CARD_DISMISSED || state == CARD_SUPERSEDED ? CARD_DISMISSED : CARD_ISSUED;
}

static void on_card(void *ctx, const struct card *card)
{
    struct trial *trial = ctx;
    if (!slice_is_empty(trial->test->rule) && !slice_is_equal(trial->test->rule, card->rule))
        return;
    struct kept_card *kept = find(trial, card);
    if (kept == NULL) {
        kept = arena_take(trial->arena, 1, sizeof *kept);
        if (kept == NULL) {
            trial->is_short = true;
            return;
        }
        kept->case_no = copy(trial, card->case_no);
        kept->clock = copy(trial, card->clock);
        kept->rung = copy(trial, card->rung);
        kept->rule = copy(trial, card->rule);
        kept->level = copy(trial, card->level);
        kept->org = copy(trial, card->org);
        kept->cycle = card->cycle;
        kept->due_at = card->due_at;
        *trial->last_p = kept;
        trial->last_p = &kept->next;
    }
    kept->state = state_kept(card->state);
    kept->is_pending = card->state == CARD_PENDING;
    kept->is_shadow = card->is_shadow;
    if (kept->state == CARD_ISSUED)
        kept->due_at = card->due_at; /* a card taken back keeps the instant it was raised for */
}

/* What arrives at one instant, arrives in one message. */
static void play(struct trial *trial, struct offline *offline)
{
    const struct rule_test *test = trial->test;
    for (uint32_t i = 0; i < test->event_count && trial->is_good; i++) {
        const struct rule_test_event *it = &test->events[i];
        uint64_t seq = it->seq != 0 ? it->seq : (uint64_t)i + 1;
        if (i == 0 || it->seen_at.ms != it[-1].seen_at.ms) {
            offline_release(offline);
            offline_hold(offline, it->seen_at);
        }
        int status = offline_apply(offline, it->seen_at, 1, seq, &it->event);
        if (status < 0)
            trial->is_short = true;
        else if (status > 0)
            differ(trial, TRIAL_REFUSED, it->line, &(struct trial_report){.line = 0});
    }
    offline_release(offline);
    if (trial->is_good)
        offline_advance(offline, test->until);
}

/* ---- comparing ------------------------------------------------------------------------------- */

static bool is_as_expected(const struct trial *trial, const struct rule_test_card *expected,
                           const struct kept_card *kept)
{
    return kept->due_at.ms == expected->due_at.ms && kept->state == expected->state &&
           (!expected->is_pending || kept->is_pending) &&
           (!expected->is_shadow || kept->is_shadow) &&
           slice_is_equal(kept->level, trial->ruleset->levels[expected->level]) &&
           (slice_is_empty(expected->org) || slice_is_equal(kept->org, expected->org)) &&
           (slice_is_empty(expected->rule) || slice_is_equal(kept->rule, expected->rule)) &&
           (slice_is_empty(expected->case_no) || slice_is_equal(kept->case_no, expected->case_no));
}

/* Behind the last of the row stand the cards that are as expected and not in it yet. Returns the
 * last.
 */
static struct kept_card *row_add(const struct trial *trial, const struct rule_test_card *expected,
                                 struct kept_card *giver, struct kept_card *last)
{
    for (struct kept_card *kept = trial->first; kept != NULL; kept = kept->next) {
        if (kept->is_in_row || !is_as_expected(trial, expected, kept))
            continue;
        kept->is_in_row = true;
        kept->giver = giver;
        kept->behind = NULL;
        if (last != NULL)
            last->behind = kept;
        last = kept;
    }
    return last;
}

/* One that is free is found: each that stands before it on the way gives its line on. */
static void hand_over(struct kept_card *kept, const struct rule_test_card *expected)
{
    for (; kept->giver != NULL; kept = kept->giver)
        kept->expected = kept->giver->expected;
    kept->expected = expected;
}

/* Finds the card that is as expected: one that is free, else one whose own line another card can
 * take, and so on. A line that says more may stand below one that says less. */
static bool take_expected(const struct trial *trial, const struct rule_test_card *expected)
{
    for (struct kept_card *kept = trial->first; kept != NULL; kept = kept->next)
        kept->is_in_row = false;
    struct kept_card *last = row_add(trial, expected, NULL, NULL);
    struct kept_card *kept = trial->first;
    while (kept != NULL && !kept->is_in_row)
        kept = kept->next;
    for (; kept != NULL; kept = kept->behind) {
        if (kept->expected == NULL) {
            hand_over(kept, expected);
            return true;
        }
        last = row_add(trial, kept->expected, kept, last);
    }
    return false;
}

/* What no card of the test states is left out: its reader did not ask for it. */
static void surplus(struct trial *trial)
{
    const struct rule_test *test = trial->test;
    bool is_of_cases = false;
    bool is_of_orgs = false;
    for (uint32_t i = 0; i < test->card_count; i++) {
        is_of_cases = is_of_cases || !slice_is_empty(test->cards[i].case_no);
        is_of_orgs = is_of_orgs || !slice_is_empty(test->cards[i].org);
    }
    for (const struct kept_card *kept = trial->first; kept != NULL; kept = kept->next) {
        if (kept->expected != NULL)
            continue;
        differ(trial, TRIAL_SURPLUS, test->line,
               &(struct trial_report){.due_at = kept->due_at,
                                      .offset_s = calendar_offset_s(test->calendar, kept->due_at),
                                      .level = kept->level,
                                      .rule = kept->rule,
                                      .case_no = is_of_cases ? kept->case_no : SLICE(""),
                                      .org = is_of_orgs ? kept->org : SLICE(""),
                                      .state = kept->state,
                                      .is_pending = kept->is_pending,
                                      .is_shadow = kept->is_shadow});
    }
}

static void compare(struct trial *trial)
{
    const struct rule_test *test = trial->test;
    for (uint32_t i = 0; i < test->card_count; i++) {
        const struct rule_test_card *expected = &test->cards[i];
        if (take_expected(trial, expected))
            continue;
        differ(trial, TRIAL_MISSING, expected->line,
               &(struct trial_report){
                   .due_at = expected->due_at,
                   .offset_s = calendar_offset_s(test->calendar, expected->due_at),
                   .level = trial->ruleset->levels[expected->level],
                   .rule = slice_is_empty(expected->rule) ? test->rule : expected->rule,
                   .case_no = expected->case_no,
                   .org = expected->org,
                   .state = expected->state,
                   .is_pending = expected->is_pending,
                   .is_shadow = expected->is_shadow});
    }
    surplus(trial);
}

/* One test. report: called for each difference. Returns: 0, -ENOMEM (-12). */
static int trial_run(const struct ruleset *ruleset, const struct rule_test *test, void *ctx,
                     void (*report)(void *ctx, const struct trial_report *report),
                     bool *is_good_out)
{
    struct trial trial = {.ruleset = ruleset,
                          .test = test,
                          .ctx = ctx,
                          .report = report,
                          .arena = arena_create(),
                          .is_good = true};
    trial.last_p = &trial.first;
    if (trial.arena == NULL)
        return NO_MEMORY;
    if (take_part(&trial)) {
        struct offline *offline = offline_create(&trial.part, NULL, &trial, on_card);
        trial.is_short = offline == NULL;
        if (offline != NULL)
            play(&trial, offline);
        offline_destroy(&offline);
        if (trial.is_good && !trial.is_short)
            compare(&trial);
    }
    arena_destroy(&trial.arena);
    *is_good_out = trial.is_good;
    return trial.is_short ? NO_MEMORY : 0;
}

int trial_run_all(const struct ruleset *ruleset, void *ctx,
                  void (*report)(void *ctx, const struct trial_report *report),
                  struct trial_result *result_out)
{
    struct trial_result result = {.test_count = ruleset->test_count};
    for (uint32_t i = 0; i < ruleset->test_count; i++) {
        bool is_good = false;
        int status = trial_run(ruleset, &ruleset->tests[i], ctx, report, &is_good);
        if (status != 0)
            return status;
        result.failed_count += !is_good;
    }
    *result_out = result;
    return 0;
}
