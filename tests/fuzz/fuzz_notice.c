/* fuzz_notice.c - can a notice hurt whoever reads it, is every refusal told, and is what was taken
 * within the days a notice may name?
 */
#include "rules/days/notice_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static const char calendar[] =
    "calendar: cn\nzone: UTC\nknown: {from: 1970-01-01, to: 2098-12-31}\n"
    "week: {mon-fri: \"09:00-17:00\"}\n";

static void join(struct calendar_book *book, struct notice *notice, struct problem_list *problems)
{
    struct calendar *built = NULL;
    uint32_t named = 0;
    for (uint32_t i = 0; i < NOTICE_DAYS_MAX; i++) {
        assert(!notice->days[i].is_named || notice->days[i].ground.count > 0);
        named += notice->days[i].is_named;
    }
    assert(named > 0 && named == notice->count);
    if (notices_join(book, &notice, 1, problems) != 0) {
        assert(problems->error_count > 0);
        return;
    }
    bool is_good =
        calendar_text_resolve(book, problems) == 0 && calendar_book_build(book->first, &built) == 0;
    assert(is_good);
    calendar_destroy(&built);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    const struct slice text = {.start = (const char *)bytes, .count = count};
    struct problem_list problems;
    struct notice *notice = NULL;
    OWNED(calendar_book_clear) struct calendar_book book;
    problem_list_init(&problems);
    bool is_open = calendar_book_init(&book);
    assert(is_open);
    int status = calendar_text_read(&book, "cn.yaml",
                                    (struct slice){.start = calendar, .count = sizeof calendar - 1},
                                    &problems);
    assert(status == 0);
    status = notice_read(book.arena, "fuzz", "cn-0", text, &problems, &notice);
    assert((status != 0) == (problems.error_count > 0));
    if (status == 0)
        join(&book, notice, &problems);
    for (uint32_t i = 0; i < problems.count; i++)
        assert(problems.at[i].en[0] != '\0' && problems.at[i].zh[0] != '\0');
    problem_list_clear(&problems);
    return 0;
}
