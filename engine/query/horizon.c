/* horizon.c - see horizon.h. */
#include "engine/query/horizon.h"
#include "engine/base/date.h"
#include "engine/sys/log.h"

/* Returns false when there is time enough. */
static bool is_near(const struct calendar *calendar, struct instant now, int32_t *days_out)
{
    int32_t ms;
    *days_out = calendar_horizon(calendar) - calendar_local_day(calendar, now, &ms);
    return *days_out <= HORIZON_DAYS;
}

json_t *horizon_json(const struct ruleset *ruleset, struct instant now)
{
    json_t *list = json_array();
    for (uint32_t i = 0; ruleset != NULL && i < ruleset->calendar_count; i++) {
        const struct calendar *calendar = ruleset->calendars[i];
        struct slice name = calendar_name(calendar);
        char date[DATE_TEXT_BYTES];
        int32_t days;
        if (!instant_is_set(now) || !is_near(calendar, now, &days))
            continue;
        (void)json_array_append_new(
            list, json_pack("{s:o, s:s, s:i}", "calendar", json_stringn(name.start, name.count),
                            "known_to", date_format(calendar_horizon(calendar), date), "days_left",
                            (int)days));
    }
    return list;
}

void horizon_tell(struct horizon_told *told, const struct ruleset *ruleset, struct instant now)
{
    int32_t today = (int32_t)(now.ms / DATE_DAY_MS);
    if (ruleset == NULL || !instant_is_set(now) ||
        (told->day == today && told->edition == ruleset->edition))
        return;
    *told = (struct horizon_told){.day = today, .edition = ruleset->edition};
    for (uint32_t i = 0; i < ruleset->calendar_count; i++) {
        const struct calendar *calendar = ruleset->calendars[i];
        struct slice name = calendar_name(calendar);
        char date[DATE_TEXT_BYTES];
        int32_t days;
        if (is_near(calendar, now, &days))
            log_warn("calendar %.*s is known until %s (%d days): limits beyond it are provisional; "
                     "import the next notice, cardwatch rules import --move calendars",
                     (int)name.count, name.start, date_format(calendar_horizon(calendar), date),
                     (int)days);
    }
}
