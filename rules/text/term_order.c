/* term_order.c - see term_order.h. */
#include "rules/text/term_order.h"

#include "engine/base/date.h"

enum { YEAR_DAYS = 365, NOON_MS = DATE_DAY_MS / 2 };

static const struct counting plain = {.count = COUNT_INSTANT, .cutoff_ms = -1};

/* When all the steps are done, one place after the other. */
static bool steps_due(const struct calendar *calendar, const struct item_step *steps,
                      uint32_t count, struct instant start, struct instant *due_out)
{
    for (uint32_t i = 0; i < count;) {
        struct instant last = start;
        uint16_t place = steps[i].place;
        for (; i < count && steps[i].place == place; i++) {
            struct instant due;
            if (place == 0 || !term_is_set(steps[i].limit))
                continue;
            if (counting_due(calendar, &plain, start, steps[i].limit, &due, NULL) != 0)
                return false;
            last = instant_later_of(last, due);
        }
        start = last;
    }
    *due_out = start;
    return true;
}

/* every: so many days lie between two that are tried. */
static enum longer sampled(const struct calendar *calendar, const struct item_step *steps,
                           uint32_t count, struct term limit, int32_t every)
{
    int32_t first_day = calendar_horizon(calendar) - YEAR_DAYS;
    int longer = 0;
    int known = 0;
    for (int32_t day = first_day; day < first_day + YEAR_DAYS; day += every) {
        struct instant start = calendar_instant(calendar, day, NOON_MS);
        struct instant due_a;
        struct instant due_b;
        if (!steps_due(calendar, steps, count, start, &due_a) ||
            counting_due(calendar, &plain, start, limit, &due_b, NULL) != 0)
            continue;
        known++;
        longer += instant_is_before(due_b, due_a);
    }
    if (known == 0 || longer == 0)
        return LONGER_NEVER;
    return longer == known ? LONGER_ALWAYS : LONGER_SOMETIMES;
}

enum longer terms_longer(const struct calendar *calendar, struct term a, struct term b)
{
    const struct item_step step = {.limit = a, .place = 1};
    if (term_is_same_day(b)) /* it has hours, and no whole day */
        return a.unit >= UNIT_DAY ? LONGER_ALWAYS : LONGER_NEVER;
    if (a.unit == b.unit)
        return a.n > b.n ? LONGER_ALWAYS : LONGER_NEVER;
    return calendar == NULL ? LONGER_NEVER : sampled(calendar, &step, 1, b, 1);
}

enum longer steps_longer(const struct calendar *calendar, const struct item_step *steps,
                         uint32_t count, struct term limit)
{
    enum { EVERY_DAYS = 6 }; /* a catalogue has thousands of items; no weekday is left out */
    bool is_same_day = term_is_same_day(limit);
    for (uint32_t i = 0; i < count; i++)
        is_same_day = is_same_day || term_is_same_day(steps[i].limit);
    return calendar == NULL || is_same_day ? LONGER_NEVER
                                           : sampled(calendar, steps, count, limit, EVERY_DAYS);
}
