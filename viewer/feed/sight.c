/* sight.c - see sight.h. */
#include "viewer/feed/sight.h"

void sight_begin(struct sight *sight, int64_t blind_ms, int64_t now_ms, struct instant wall)
{
    *sight = (struct sight){
        .blind_ms = blind_ms, .is_blind = true, .pulse_ms = now_ms, .pulse_at = wall};
}

void sight_pulse(struct sight *sight, int64_t now_ms, struct instant wall)
{
    sight->has_pulsed = true;
    sight->pulse_ms = now_ms;
    sight->pulse_at = wall;
}

void sight_missing(struct sight *sight, bool is_missing, int64_t now_ms)
{
    if (!is_missing)
        sight->missing_since_ms = 0;
    else if (sight->missing_since_ms == 0)
        sight->missing_since_ms = now_ms;
}

void sight_progress(struct sight *sight)
{
    sight->missing_since_ms = 0;
}

bool sight_look(struct sight *sight, int64_t now_ms)
{
    bool is_silent = now_ms - sight->pulse_ms >= sight->blind_ms;
    bool is_behind =
        sight->missing_since_ms != 0 && now_ms - sight->missing_since_ms >= sight->blind_ms;
    bool is_blind = is_silent || is_behind;
    /* Until the first pulse, or until it is overdue, nothing is told either way. */
    if (!sight->is_told && !sight->has_pulsed && !is_silent)
        return false;
    if (sight->is_told && is_blind == sight->is_blind)
        return false;
    sight->is_blind = is_blind;
    sight->is_told = true;
    return true;
}
