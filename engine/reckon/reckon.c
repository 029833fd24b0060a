/* reckon.c - see reckon.h for the idea. The invariant of the stretches: they rise, do not touch,
 * and none ends before the clock's start.
 */
#include "engine/reckon/reckon.h"

#include "engine/reckon/decisions.h"

#include <string.h>

/* The line a limit lies on. */
struct line {
    enum axis axis;
    int64_t start;
    int64_t length;
    enum unit unit;
    struct counting counting;
    int64_t fixed_ms; /* the source's own instant, while nothing moves it; else INT64_MIN */
};

/* A same day that begins when business is over: there is nothing left of it. */
static bool is_after_close(const struct reckoning *reckoning, const struct line *line)
{
    struct instant close;
    return line->counting.end_at_close &&
           axis_instant(reckoning->calendar, &line->counting, line->axis, line->start, &close,
                        NULL) == 0 &&
           close.ms <= reckoning->from.ms;
}

static bool line_of_limit(const struct reckoning *reckoning, uint32_t limit, struct line *line)
{
    const struct calendar *calendar = reckoning->calendar;
    const struct rule *rule = reckoning->rule;
    if (!reckoning->is_judgeable || limit >= rule->limit_count)
        return false;
    struct term term = reckoning->limits->terms[limit];
    int64_t extended = reckoning->more == NULL ? 0 : reckoning->more->extended[limit];
    line->counting = rule->counting;
    line->fixed_ms = INT64_MIN;
    if (term_is_set(term)) {
        line->axis = counting_axis(rule->counting.count, term.unit);
        line->unit = term.unit;
        if (axis_position(calendar, line->axis, reckoning->from, &line->start) != 0)
            return false;
        line->length = axis_length(calendar, line->axis, line->start, term) + extended;
        if (term_is_same_day(term) && is_after_close(reckoning, line))
            line->length++;
        return true;
    }
    if (reckoning->more == NULL || reckoning->more->due_ms == INT64_MIN ||
        memchr(rule->limits[limit].sources, LIMIT_FROM_EVENT, rule->limits[limit].source_count) ==
            NULL)
        return false;
    struct term written = rule->limits[limit].otherwise;
    int64_t due;
    line->unit = term_is_set(written) ? written.unit : UNIT_DAY;
    line->axis = counting_axis(COUNT_INSTANT, line->unit);
    line->counting = (struct counting){.count = COUNT_INSTANT, .cutoff_ms = -1};
    if (axis_position(calendar, line->axis, reckoning->from, &line->start) != 0 ||
        axis_position(calendar, line->axis, (struct instant){.ms = reckoning->more->due_ms},
                      &due) != 0)
        return false;
    line->length = due - line->start + extended;
    if (extended == 0)
        line->fixed_ms = reckoning->more->due_ms;
    return true;
}

static bool to_instant(struct reckoning *reckoning, const struct line *line, int64_t position,
                       struct instant *instant_out)
{
    bool is_provisional = false;
    if (axis_instant(reckoning->calendar, &line->counting, line->axis, position, instant_out,
                     &is_provisional) != 0) {
        reckoning->is_judgeable = false;
        return false;
    }
    reckoning->is_provisional |= is_provisional;
    return true;
}

/* Does a stretch that begins at `from` on the line still move the target? A limit that had rolled
 * on to a workday is over only with that day, which then is the target. A share of a workday may
 * end within the millisecond that the stretch begins with: no instant lies between. */
static int is_reached_before(struct reckoning *reckoning, const struct line *line,
                             const struct stretch *stretch, int64_t from, int64_t *target_io,
                             bool *is_reached_out)
{
    bool is_past = from > *target_io;
    bool is_rolled = is_past && line->axis == AXIS_CIVIL_DAY && line->counting.roll;
    struct instant at;
    *is_reached_out = is_past;
    if (from < *target_io || (is_past && !is_rolled && line->axis != AXIS_WORKSHARE))
        return 0;
    if (!to_instant(reckoning, line, *target_io, &at))
        return CALENDAR_E_UNKNOWN;
    *is_reached_out = is_rolled ? at.ms <= stretch->from_ms : at.ms < stretch->from_ms;
    if (*is_reached_out || !is_rolled)
        return 0;
    return axis_position(reckoning->calendar, line->axis, (struct instant){.ms = at.ms - 1},
                         target_io);
}

/* Is the last stretch a pause that is still open? */
static bool is_held(const struct reckoning *reckoning)
{
    return reckoning->stretch_count > 0 &&
           reckoning->stretches[reckoning->stretch_count - 1].to_ms == INT64_MAX;
}

static int stretch_positions(const struct reckoning *reckoning, const struct line *line,
                             const struct stretch *stretch, int64_t *from_out, int64_t *to_out)
{
    if (axis_position(reckoning->calendar, line->axis, (struct instant){.ms = stretch->from_ms},
                      from_out) != 0 ||
        axis_position(reckoning->calendar, line->axis,
                      (struct instant){.ms = stretch_end(stretch, line->axis)}, to_out) != 0)
        return CALENDAR_E_UNKNOWN;
    return 0;
}

/* The instant at which `length` of the line is used up, the stretches from `first` on and below
 * `end` left out; never before the start, but for a due instant that the source itself gave. */
static struct instant reach_along(struct reckoning *reckoning, const struct line *line,
                                  int64_t length, uint32_t first, uint32_t end)
{
    int64_t target = line->start + length;
    bool is_moved = false;
    bool is_reached = false;
    struct instant at;
    for (uint32_t i = first; i < end; i++) {
        const struct stretch *stretch = &reckoning->stretches[i];
        int64_t from;
        int64_t to;
        if (axis_position(reckoning->calendar, line->axis, (struct instant){.ms = stretch->from_ms},
                          &from) != 0)
            return INSTANT_NONE;
        if (from < line->start) /* of a line beside a limit: what lies behind it is its own */
            from = line->start;
        if (is_reached_before(reckoning, line, stretch, from, &target, &is_reached) != 0)
            return INSTANT_NONE;
        if (is_reached)
            break;
        if (stretch->to_ms == INT64_MAX)
            return INSTANT_NEVER;
        if (axis_position(reckoning->calendar, line->axis,
                          (struct instant){.ms = stretch_end(stretch, line->axis)}, &to) != 0)
            return INSTANT_NONE;
        target += to - from;
        is_moved = is_moved || to != from;
    }
    if (!is_moved && length == line->length && line->fixed_ms != INT64_MIN)
        return (struct instant){.ms = line->fixed_ms};
    if (!to_instant(reckoning, line, target, &at))
        return INSTANT_NONE;
    return instant_later_of(reckoning->from, at);
}

static struct instant reach(struct reckoning *reckoning, const struct line *line, int64_t length)
{
    return reach_along(reckoning, line, length, 0, reckoning->stretch_count);
}

struct instant reckon_limit(struct reckoning *reckoning, uint32_t limit)
{
    struct line line;
    if (!line_of_limit(reckoning, limit, &line))
        return INSTANT_NONE;
    return reach(reckoning, &line, line.length);
}

/* Another unit than the limit's: a line of its own that begins at the limit's own instant. */
static bool line_beside(const struct reckoning *reckoning, struct instant due, bool is_fixed,
                        struct term offset, int sign, struct line *line)
{
    *line = (struct line){
        .counting = reckoning->rule->counting, .unit = offset.unit, .fixed_ms = INT64_MIN};
    if (is_fixed)
        line->counting = (struct counting){.count = COUNT_INSTANT, .cutoff_ms = -1};
    if (sign < 0) /* what is to come before a limit does not wait for a workday */
        line->counting.roll = false;
    line->axis = counting_axis(line->counting.count, offset.unit);
    if (is_day_axis(line->axis))
        due.ms--; /* the end of a day belongs to that day */
    if (axis_position(reckoning->calendar, line->axis, due, &line->start) != 0)
        return false;
    if (offset.unit == UNIT_MONTH || offset.unit == UNIT_YEAR) {
        struct term back = {.n = sign * offset.n, .unit = offset.unit};
        line->length = axis_length(reckoning->calendar, line->axis, line->start, back);
    } else {
        line->length = sign * axis_length(reckoning->calendar, line->axis, line->start, offset);
    }
    return true;
}

static struct instant beside(struct reckoning *reckoning, struct instant due, bool is_fixed,
                             struct term offset, int sign)
{
    struct line line;
    struct instant at;
    if (due.ms == INT64_MAX || !instant_is_set(due))
        return due;
    if (!line_beside(reckoning, due, is_fixed, offset, sign, &line) ||
        !to_instant(reckoning, &line, line.start + line.length, &at))
        return INSTANT_NONE;
    return instant_later_of(reckoning->from, at);
}

/* The instant with so much left until the limit, as the first `end` stretches have it: what they
 * leave out does not count. */
static struct instant before_limit_so_far(struct reckoning *reckoning, const struct line *limit,
                                          bool is_fixed, struct term offset, uint32_t end)
{
    struct instant due = reach_along(reckoning, limit, limit->length, 0, end);
    struct line line;
    struct instant at;
    if (!instant_is_set(due) || !line_beside(reckoning, due, is_fixed, offset, -1, &line))
        return INSTANT_NONE;
    int64_t position = line.start + line.length;
    for (uint32_t i = end; i-- > 0;) {
        const struct stretch *stretch = &reckoning->stretches[i];
        int64_t from;
        int64_t to;
        if (stretch->from_ms >= due.ms)
            continue;
        if (stretch_positions(reckoning, &line, stretch, &from, &to) != 0)
            return INSTANT_NONE;
        if (to > line.start)
            to = line.start;
        /* with the stretch's end on the line it may have come before the stretch began */
        if (position > to || !to_instant(reckoning, &line, position - (to - from), &at) ||
            (position == to && at.ms >= stretch->from_ms))
            break;
        position -= to - from;
    }
    return to_instant(reckoning, &line, position, &at) ? instant_later_of(reckoning->from, at)
                                                       : INSTANT_NONE;
}

/* What had come when a stretch began, stays; what had not, is not earlier for it. */
static struct instant before_limit(struct reckoning *reckoning, const struct line *limit,
                                   bool is_fixed, struct term offset)
{
    struct instant earliest = reckoning->from;
    for (uint32_t end = 0;; end++) {
        struct instant at = before_limit_so_far(reckoning, limit, is_fixed, offset, end);
        if (!instant_is_set(at))
            return INSTANT_NONE;
        at = instant_later_of(earliest, at);
        if (end == reckoning->stretch_count || at.ms < reckoning->stretches[end].from_ms)
            return at;
        if (reckoning->stretches[end].to_ms == INT64_MAX)
            return INSTANT_NEVER;
        earliest.ms = reckoning->stretches[end].from_ms;
    }
}

/* The same on a line that begins at an instant: what ended before it is not its. */
static struct instant reach_after(struct reckoning *reckoning, const struct line *line,
                                  struct instant start)
{
    uint32_t first = 0;
    while (first < reckoning->stretch_count &&
           stretch_end(&reckoning->stretches[first], line->axis) <= start.ms)
        first++;
    return reach_along(reckoning, line, line->length, first, reckoning->stretch_count);
}

/* So much before or after a limit, in a unit of its own; pauses move it as they move the limit. */
static struct instant beside_limit(struct reckoning *reckoning, const struct line *limit,
                                   bool is_fixed, struct term offset, int sign)
{
    if (sign < 0 && reckoning->stretch_count > 0)
        return before_limit(reckoning, limit, is_fixed, offset);
    struct instant due = reach(reckoning, limit, limit->length);
    if (reckoning->stretch_count == 0 || due.ms == INT64_MAX || !instant_is_set(due))
        return beside(reckoning, due, is_fixed, offset, sign);
    struct line line;
    return line_beside(reckoning, due, is_fixed, offset, sign, &line)
               ? reach_after(reckoning, &line, due)
               : INSTANT_NONE;
}

static struct instant at_offset(struct reckoning *reckoning, const struct rung *rung,
                                const struct line *line, int sign)
{
    bool is_fixed =
        line->counting.count != reckoning->rule->counting.count || line->fixed_ms != INT64_MIN;
    bool is_ceil = line->axis == AXIS_WORKSHARE;
    bool is_rolled = line->axis == AXIS_CIVIL_DAY && line->counting.roll;
    if (!term_is_set(rung->offset))
        return reach(reckoning, line, line->length);
    bool is_calendar_unit = rung->offset.unit == UNIT_MONTH || rung->offset.unit == UNIT_YEAR;
    if (is_fixed || is_rolled || is_calendar_unit || line->unit == UNIT_MONTH ||
        line->unit == UNIT_YEAR ||
        counting_axis(line->counting.count, rung->offset.unit) != line->axis)
        return beside_limit(reckoning, line, is_fixed, rung->offset, sign);
    int64_t length = line->length +
                     sign * axis_length(reckoning->calendar, line->axis, line->start, rung->offset);
    if (is_ceil && rung->offset.unit == UNIT_WORKDAY && rung->offset.n > 0)
        length -= AXIS_WORKSHARE_DAY; /* over = ceil(used) - limit >= n holds once used > n - 1 */
    if (length < 0)
        return reckoning->from;
    return reach(reckoning, line, length);
}

static struct instant at_cutoff(struct reckoning *reckoning, const struct rung *rung,
                                const struct line *line)
{
    struct instant due = reach(reckoning, line, line->length);
    if (due.ms == INT64_MAX || !instant_is_set(due))
        return due;
    if (is_day_axis(line->axis))
        due.ms--;
    int32_t ms;
    int32_t day = calendar_local_day(reckoning->calendar, due, &ms);
    struct instant cutoff = calendar_instant(reckoning->calendar, day, rung->cutoff_ms);
    return term_is_set(rung->offset) ? beside(reckoning, cutoff, false, rung->offset, -1)
                                     : instant_later_of(reckoning->from, cutoff);
}

static struct instant at_chain(struct reckoning *reckoning, const struct rung *rung)
{
    if (!reckoning->is_told_by_events &&
        (reckoning->clock->issued & rung_bit(rung->chain_rung)) == 0)
        return INSTANT_NONE;
    struct instant before = reckon_rung(reckoning, rung->chain_rung);
    if (before.ms == INT64_MAX || !instant_is_set(before))
        return before;
    before = confirm_public_at(reckoning->core, reckoning->kase, reckoning->clock, rung->chain_rung,
                               before);
    if (!instant_is_set(before))
        return INSTANT_NEVER; /* it waits for its release */
    struct line line = {.counting = reckoning->rule->counting,
                        .unit = rung->offset.unit,
                        .axis = counting_axis(reckoning->rule->counting.count, rung->offset.unit),
                        .fixed_ms = INT64_MIN};
    struct instant start;
    if (counting_start(reckoning->calendar, &line.counting, before, &start) != 0 ||
        axis_position(reckoning->calendar, line.axis, start, &line.start) != 0)
        return INSTANT_NONE;
    line.length = axis_length(reckoning->calendar, line.axis, line.start, rung->offset);
    struct instant due = reach_after(reckoning, &line, start);
    return instant_is_set(due) ? instant_later_of(start, due) : due;
}

/* NOLINTNEXTLINE(misc-no-recursion): a chain points to an earlier rung, checked at import */
struct instant reckon_rung(struct reckoning *reckoning, uint32_t index)
{
    const struct rung *rung = &reckoning->rule->rungs[index];
    struct line line;
    if (reckoning->clock->state == CLOCK_FACT)
        return (struct instant){.ms = reckoning->clock->start_ms};
    if (rung->form == RUNG_CHAIN)
        return reckoning->is_judgeable ? at_chain(reckoning, rung) : INSTANT_NONE;
    if (!line_of_limit(reckoning, rung->limit, &line))
        return INSTANT_NONE;
    int64_t unit_length;
    switch (rung->form) {
    case RUNG_BEFORE:
        return at_offset(reckoning, rung, &line, -1);
    case RUNG_AT:
        return reach(reckoning, &line, line.length);
    case RUNG_AFTER:
        return at_offset(reckoning, rung, &line, 1);
    case RUNG_SHARE:
        line.counting.roll = line.counting.roll && rung->share_permille >= 1000;
        if (is_day_axis(line.axis)) /* a day counts when it is over */
            return reach(reckoning, &line, (line.length * rung->share_permille + 999) / 1000);
        return reach(reckoning, &line,
                     line.length / 1000 * rung->share_permille +
                         line.length % 1000 * rung->share_permille / 1000);
    case RUNG_OVER:
        unit_length = axis_length(reckoning->calendar, line.axis, line.start,
                                  (struct term){.n = 1, .unit = line.unit});
        line.fixed_ms = INT64_MIN;
        return line.length + (rung->over_at_least - 1) * unit_length < 0
                   ? reckoning->from
                   : reach(reckoning, &line, line.length + (rung->over_at_least - 1) * unit_length);
    case RUNG_CUTOFF:
        return at_cutoff(reckoning, rung, &line);
    case RUNG_CHAIN:
        break;
    }
    return INSTANT_NONE;
}

bool reckon_used(struct reckoning *reckoning, uint32_t limit, struct instant at,
                 int64_t *tenths_out, int64_t *added_out, enum unit *unit_out)
{
    struct line line;
    int64_t position;
    if (!line_of_limit(reckoning, limit, &line))
        return false;
    /* the end of a day belongs to that day */
    struct instant end = {.ms = is_day_axis(line.axis) ? at.ms - 1 : at.ms};
    if (axis_position(reckoning->calendar, line.axis, end, &position) != 0)
        return false;
    int64_t used = position - line.start;
    int64_t end_ms = end.ms;
    for (uint32_t i = 0; i < reckoning->stretch_count; i++) {
        const struct stretch *stretch = &reckoning->stretches[i];
        int64_t from;
        int64_t to;
        if (stretch->from_ms >= end_ms)
            break;
        int64_t to_ms = stretch_end(stretch, line.axis);
        to_ms = to_ms < end_ms ? to_ms : end_ms;
        if (axis_position(reckoning->calendar, line.axis, (struct instant){.ms = stretch->from_ms},
                          &from) != 0 ||
            axis_position(reckoning->calendar, line.axis, (struct instant){.ms = to_ms}, &to) != 0)
            return false;
        used -= to - from;
    }
    int64_t unit = axis_length(reckoning->calendar, line.axis, line.start,
                               (struct term){.n = 1, .unit = line.unit});
    if (used < 0)
        used = 0;
    int64_t added = reckoning->more == NULL ? 0 : reckoning->more->extended[limit];
    *tenths_out = used / unit * 10 + used % unit * 10 / unit;
    *added_out = added / unit * 10 + added % unit * 10 / unit;
    *unit_out = line.unit;
    return true;
}

int64_t reckon_extension(struct reckoning *reckoning, uint32_t limit, struct term term)
{
    struct line line;
    if (!line_of_limit(reckoning, limit, &line))
        return 0;
    bool is_rolled = line.axis == AXIS_CIVIL_DAY && line.counting.roll;
    bool is_own = line.fixed_ms == INT64_MIN && term.unit != UNIT_MONTH && term.unit != UNIT_YEAR &&
                  counting_axis(line.counting.count, term.unit) == line.axis;
    if (is_own && !is_rolled)
        return axis_length(reckoning->calendar, line.axis, line.start + line.length, term);
    /* laid from the limit's own instant: of a limit that has rolled on, from the workday */
    struct line bare = line;
    bare.counting.roll = false;
    struct instant end = reach_along(reckoning, &bare, bare.length, 0,
                                     reckoning->stretch_count - (is_held(reckoning) ? 1 : 0));
    struct instant due;
    int64_t position;
    if (!instant_is_set(end))
        return 0;
    end.ms -= is_day_axis(line.axis) ? 1 : 0;
    if (axis_position(reckoning->calendar, line.axis, end, &position) != 0 ||
        !to_instant(reckoning, &line, position, &due))
        return 0;
    struct line added;
    if (!line_beside(reckoning, due, line.fixed_ms != INT64_MIN, term, 1, &added))
        return 0;
    if (is_rolled) /* where it ends, it rolls on once */
        added.counting.roll = false;
    struct instant later;
    if (!to_instant(reckoning, &added, added.start + added.length, &later))
        return 0;
    later.ms -= is_day_axis(line.axis) ? 1 : 0;
    int64_t moved;
    if (axis_position(reckoning->calendar, line.axis, later, &moved) != 0)
        return 0;
    return moved - position;
}
