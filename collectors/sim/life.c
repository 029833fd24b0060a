/* life.c - a table of all that can happen, in order; a case walks down it and takes the rows that
 * its fate names. `share` is when: in parts of a thousand of the time the case takes, or, for what
 * waits for somebody outside, in hundredths of a workday after the row before.
 */
#include "collectors/sim/life.h"

enum fate {
    FATE_USUAL = 0,
    FATE_CORRECT = 1 << 0, /* the papers are not in order */
    FATE_REJECT = 1 << 1,  /* not accepted */
    FATE_FEE = 1 << 2,
    FATE_PAUSE = 1 << 3,    /* a special procedure: a hearing, an expert's opinion … */
    FATE_TERM = 1 << 4,     /* … with a term */
    FATE_WITHDRAW = 1 << 5, /* by the applicant */
    FATE_EXTEND = 1 << 6,
    FATE_RATING = 1 << 7,
    FATE_LATE = 1 << 8,
    FATE_SHORT = 1 << 9, /* decided on the spot */
    FATE_LONG = 1 << 10, /* all the others */
};

enum stage_flag { ENDS = 1, AFTER = 2, NO_HANDLER = 4, TELLS_ITEM = 8 };

static const struct stage {
    enum event_kind kind;
    uint16_t fate; /* happens to cases with all these bits */
    uint16_t share;
    uint16_t flags;
    const char *step;
} stages[] = {
    {EVENT_APPLY, FATE_USUAL, 0, NO_HANDLER | TELLS_ITEM, NULL},
    {EVENT_CORRECT_ASK, FATE_CORRECT, 20, 0, NULL},
    {EVENT_CORRECT_DONE, FATE_CORRECT, 250, AFTER | NO_HANDLER, NULL},
    {EVENT_REJECT, FATE_REJECT, 50, ENDS, NULL},
    {EVENT_ACCEPT, FATE_USUAL, 50, TELLS_ITEM, NULL},
    {EVENT_STEP_START, FATE_SHORT, 60, 0, "办理"},
    {EVENT_STEP_END, FATE_SHORT, 940, 0, "办理"},
    {EVENT_STEP_START, FATE_LONG, 60, 0, "受理"},
    {EVENT_STEP_END, FATE_LONG, 90, 0, "受理"},
    {EVENT_FEE, FATE_FEE | FATE_LONG, 95, 0, NULL},
    {EVENT_STEP_START, FATE_LONG, 100, 0, "审查"},
    {EVENT_PAUSE, FATE_PAUSE | FATE_LONG, 300, 0, NULL},
    {EVENT_RESUME, FATE_PAUSE | FATE_LONG, 600, AFTER, NULL},
    {EVENT_WITHDRAW, FATE_WITHDRAW | FATE_LONG, 350, ENDS | NO_HANDLER, NULL},
    {EVENT_EXTEND, FATE_EXTEND | FATE_LONG, 580, 0, NULL},
    {EVENT_STEP_END, FATE_LONG, 600, 0, "审查"},
    {EVENT_STEP_START, FATE_LONG, 620, 0, "决定"},
    {EVENT_STEP_END, FATE_LONG, 950, 0, "决定"},
    {EVENT_DECIDE, FATE_LONG, 960, 0, NULL},
    {EVENT_FINISH, FATE_USUAL, 1000, 0, NULL},
    {EVENT_DELIVER, FATE_LONG, 120, AFTER, NULL},
    {EVENT_RATING, FATE_RATING, 60, AFTER | NO_HANDLER, NULL},
};

/* splitmix64: good enough for a made-up city, and the same everywhere. */
static uint64_t roll(uint64_t *dice)
{
    uint64_t z = (*dice += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static uint32_t roll_below(uint64_t *dice, uint32_t bound)
{
    return (uint32_t)(((roll(dice) >> 32) * bound) >> 32);
}

static uint16_t choose_fate(uint64_t *dice, enum item_kind kind, uint32_t late_per_mille)
{
    static const struct {
        uint16_t fate;
        uint16_t per_mille;
    } chances[] = {{FATE_CORRECT, 60}, {FATE_REJECT, 15},   {FATE_FEE, 50},    {FATE_PAUSE, 50},
                   {FATE_TERM, 600},   {FATE_WITHDRAW, 15}, {FATE_EXTEND, 15}, {FATE_RATING, 200}};
    unsigned fate = kind == ITEM_IMMEDIATE ? FATE_SHORT : FATE_LONG;
    for (size_t i = 0; i < COUNT_OF(chances); i++)
        if (roll_below(dice, 1000) < chances[i].per_mille)
            fate |= chances[i].fate;
    if (roll_below(dice, 1000) < late_per_mille)
        fate |= FATE_LATE;
    return (uint16_t)fate;
}

static int64_t promised_s(const struct city_item *item, const struct hours *hours)
{
    return item->promised.unit == UNIT_MINUTE ? item->promised.n * INT64_C(60)
                                              : item->promised.n * hours_day_s(hours);
}

static int64_t due_s(const struct life *life, const struct life_world *world)
{
    const struct stage *stage = &stages[life->stage];
    if ((stage->flags & AFTER) != 0)
        return life->last_s + stage->share * hours_day_s(world->hours) / 100;
    return life->begin_s + life->pause_s + (int64_t)stage->share * life->target_s / 1000;
}

static bool is_taken(const struct life *life)
{
    return (stages[life->stage].fate & life->fate) == stages[life->stage].fate;
}

/* To the next row that happens to this case; some seconds of chance lie between any two. */
static bool go_to_row(struct life *life, const struct life_world *world)
{
    while (life->stage < COUNT_OF(stages) && !is_taken(life))
        life->stage++;
    if (life->stage == COUNT_OF(stages))
        return false;
    uint64_t chance = roll(&life->dice);
    int64_t spread_s = life->target_s / 64 + 1;
    int64_t at_s = due_s(life, world) + (int64_t)((chance >> 40) % (uint64_t)spread_s);
    if (at_s <= life->last_s)
        at_s = life->last_s + 5 + (int64_t)(chance >> 32 & 31);
    if ((stages[life->stage].flags & AFTER) != 0)
        life->pause_s += (int32_t)(at_s - life->last_s);
    life->last_s = at_s;
    life->due_ms = hours_instant(world->hours, at_s).ms + (int64_t)(chance % 1000);
    return true;
}

void life_begin(struct life *life, const struct life_world *world, uint64_t serial,
                struct instant at)
{
    *life = (struct life){.serial = serial, .due_ms = at.ms};
    life->dice = world->seed ^ serial * UINT64_C(0xD1342543DE82EF95);
    uint64_t choice = roll(&life->dice);
    /* Some items are asked for much more often than others: the square of an even choice. */
    uint64_t even = choice & 0xFFFF;
    life->item = (uint16_t)(even * even * world->city->item_count >> 32);
    life->area = (uint8_t)((choice >> 32) % CITY_AREAS);
    const struct city_item *item = &world->city->items[life->item];
    life->fate = choose_fate(&life->dice, item->kind, world->late_per_mille);
    int64_t promise_s = promised_s(item, world->hours);
    uint32_t share = (life->fate & FATE_LATE) != 0 ? 1100 + roll_below(&life->dice, 900)
                                                   : 250 + roll_below(&life->dice, 600);
    life->target_s = (int32_t)(promise_s * share / 1000);
    life->begin_s = hours_work(world->hours, at);
    life->last_s = life->begin_s;
}

bool life_advance(struct life *life, const struct life_world *world)
{
    if ((stages[life->stage].flags & ENDS) != 0)
        return false;
    life->stage++;
    return go_to_row(life, world);
}

/* "330402" + date + a number that never comes again: the form that halls use. */
static struct slice write_case_no(const struct life *life, const struct life_world *world,
                                  char *text)
{
    char *at = text;
    memcpy(at, world->city->areas[life->area].start, 6);
    at += 6;
    uint64_t serial = life->serial;
    int digits = serial < 100000000 ? 8 : 12;
    for (int i = digits - 1; i >= 0; i--) {
        at[i] = (char)('0' + serial % 10);
        serial /= 10;
    }
    at += digits;
    return (struct slice){.start = text, .count = (size_t)(at - text)};
}

static struct slice write_handler(const struct life *life, const struct city_item *item, char *text)
{
    unsigned number = (unsigned)(life->serial * 7 % 12) + item->org * 12u;
    text[0] = 'g';
    text[1] = 'h';
    for (int i = 5; i >= 2; i--) {
        text[i] = (char)('0' + number % 10);
        number /= 10;
    }
    return (struct slice){.start = text, .count = 6};
}

static void fill_by_kind(const struct life *life, struct event *event)
{
    static const struct slice agreed = {"准予", 6};
    static const struct slice refused = {"不予", 6};
    switch ((int)event->kind) {
    case EVENT_PAUSE:
        event->reason = life->serial % 2 == 0 ? SLICE("专家评审") : SLICE("现场勘验");
        if ((life->fate & FATE_TERM) != 0)
            event->term = (struct term){.n = 10, .unit = UNIT_WORKDAY};
        break;
    case EVENT_EXTEND:
        event->term = (struct term){.n = 10, .unit = UNIT_WORKDAY};
        event->reason = SLICE("情况复杂，经负责人批准延长");
        break;
    case EVENT_CORRECT_ASK:
        event->reason = SLICE("材料不齐全");
        break;
    case EVENT_REJECT:
        event->reason = SLICE("不属于本机关职权范围");
        break;
    case EVENT_DECIDE:
        event->result = life->serial % 40 == 0 ? refused : agreed;
        break;
    case EVENT_FEE:
        event->fee_due = 10000;
        event->fee_paid = 10000;
        break;
    case EVENT_RATING:
        event->rating = 5 - (int32_t)(life->serial % 11 == 0) * 3;
        break;
    default:
        break;
    }
}

void life_event(const struct life *life, const struct life_world *world, struct life_texts *texts,
                struct event *event_out)
{
    const struct stage *stage = &stages[life->stage];
    const struct city_item *item = &world->city->items[life->item];
    *event_out = (struct event){
        .case_no = write_case_no(life, world, texts->case_no),
        .kind = stage->kind,
        .at = {.ms = life->due_ms},
        .entered_at = INSTANT_NONE,
        .due_at = INSTANT_NONE,
        .fee_due = EVENT_FEE_NONE,
        .fee_paid = EVENT_FEE_NONE,
        .step = slice_of(stage->step),
    };
    if ((stage->flags & TELLS_ITEM) != 0) {
        event_out->item = item->code_text;
        event_out->org = world->city->org_codes[item->org];
        event_out->area = world->city->areas[life->area];
    }
    if ((stage->flags & NO_HANDLER) == 0)
        event_out->handler = write_handler(life, item, texts->handler);
    fill_by_kind(life, event_out);
}
