/* Can a calendar file hurt whoever reads it, is every refusal told in words, and does a calendar
 * that was built count without going backwards? */
#include "rules/days/calendar_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void count_on(const struct calendar *calendar)
{
    int64_t before[AXIS_WORKDAY_RANK + 1];
    for (int axis = 0; axis <= AXIS_WORKDAY_RANK; axis++)
        before[axis] = INT64_MIN;
    for (int32_t day = 18000; day < 18400; day += 9) {
        struct instant at = calendar_instant(calendar, day, day * 6151 % DATE_DAY_MS);
        for (int axis = 0; axis <= AXIS_WORKDAY_RANK; axis++) {
            int64_t position = 0;
            if (axis_position(calendar, (enum axis)axis, at, &position) != 0)
                continue;
            assert(position >= before[axis]);
            before[axis] = position;
        }
    }
    for (int count = COUNT_DAY; count <= COUNT_CEIL; count++) {
        const struct counting counting = {
            .count = (enum count)count, .cutoff_ms = -1, .start_moment = true};
        const struct instant start = calendar_instant(calendar, 18100, 36000000);
        struct instant due = INSTANT_NONE;
        int status = counting_due(calendar, &counting, start,
                                  (struct term){.n = 20, .unit = UNIT_WORKDAY}, &due, NULL);
        assert(status != 0 || due.ms >= start.ms);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct problem_list problems;
    OWNED(calendar_book_clear) struct calendar_book book;
    OWNED(calendar_destroy) struct calendar *calendar = NULL;
    problem_list_init(&problems);
    bool is_open = calendar_book_init(&book);
    assert(is_open);
    int status =
        calendar_text_read(&book, "fuzz.yaml",
                           (struct slice){.start = (const char *)bytes, .count = count}, &problems);
    assert((status != 0) == (problems.error_count > 0));
    status = calendar_text_resolve(&book, &problems);
    assert(status == 0 || problems.error_count > 0);
    if (book.first != NULL && status == 0) {
        status = calendar_book_build(book.first, &calendar);
        assert(status == 0);
        count_on(calendar);
    }
    for (uint32_t i = 0; i < problems.count; i++)
        assert(problems.at[i].en[0] != '\0' && problems.at[i].zh[0] != '\0');
    problem_list_clear(&problems);
    return 0;
}
