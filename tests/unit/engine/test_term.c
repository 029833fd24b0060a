/* test_term.c - terms as people write them, in English and in Chinese. */
#include "engine/model/term.h"
#include "tests/lib/check.h"

static void every_unit_can_be_written(void)
{
    static const struct {
        const char *text;
        int32_t n;
        enum unit unit;
        const char *again;
    } rows[] = {
        {"20 workday", 20, UNIT_WORKDAY, "20 workday"},
        {"1 workdays", 1, UNIT_WORKDAY, "1 workday"},
        {"  3\tday ", 3, UNIT_DAY, "3 day"},
        {"8 week", 56, UNIT_DAY, "56 day"},
        {"0 hour", 0, UNIT_HOUR, "0 hour"},
        {"30minute", 30, UNIT_MINUTE, "30 minute"},
        {"90 workminutes", 90, UNIT_WORKMINUTE, "90 workminute"},
        {"8 workhour", 8, UNIT_WORKHOUR, "8 workhour"},
        {"6 months", 6, UNIT_MONTH, "6 month"},
        {"1 year", 1, UNIT_YEAR, "1 year"},
        {"1000000 minute", 1000000, UNIT_MINUTE, "1000000 minute"},
        {"20个工作日", 20, UNIT_WORKDAY, "20 workday"},
        {"20 工作日", 20, UNIT_WORKDAY, "20 workday"},
        {"15日", 15, UNIT_DAY, "15 day"},
        {"15 天", 15, UNIT_DAY, "15 day"},
        {"24小时", 24, UNIT_HOUR, "24 hour"},
        {"30 分钟", 30, UNIT_MINUTE, "30 minute"},
        {"3个月", 3, UNIT_MONTH, "3 month"},
        {"1年", 1, UNIT_YEAR, "1 year"},
        {"2周", 14, UNIT_DAY, "14 day"},
        {"4 个工作小时", 4, UNIT_WORKHOUR, "4 workhour"},
        {"１２个工作日", 12, UNIT_WORKDAY, "12 workday"},
        {"　7　个工作日　 ", 7, UNIT_WORKDAY, "7 workday"},
        {"3\u00A0day\u00A0", 3, UNIT_DAY, "3 day"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct term term = {0};
        char text[TERM_TEXT_BYTES];
        CHECK_EQ_INT(term_parse(slice_of(rows[i].text), &term), 0);
        CHECK_EQ_INT(term.n, rows[i].n);
        CHECK_EQ_INT(term.unit, rows[i].unit);
        CHECK_EQ_STR(term_format(term, text), rows[i].again);
    }
}

static int term_status(const char *text)
{
    struct term term = {.n = 77, .unit = UNIT_YEAR};
    int status = term_parse(slice_of(text), &term);
    CHECK(status == 0 || (term.n == 77 && term.unit == UNIT_YEAR));
    return status;
}

static void a_term_that_is_none_is_told_why(void)
{
    CHECK_EQ_INT(term_status("20"), TERM_E_NO_UNIT);
    CHECK_EQ_INT(term_status(" 20 "), TERM_E_NO_UNIT);
    CHECK_EQ_INT(term_status("20 wrokday"), TERM_E_UNIT);
    CHECK_EQ_INT(term_status("20 workday x"), TERM_E_UNIT);
    CHECK_EQ_INT(term_status("20 Workday"), TERM_E_UNIT);
    CHECK_EQ_INT(term_status(""), TERM_E_NUMBER);
    CHECK_EQ_INT(term_status("workday"), TERM_E_NUMBER);
    CHECK_EQ_INT(term_status("-1 day"), TERM_E_NUMBER);
    CHECK_EQ_INT(term_status("2.5 day"), TERM_E_NUMBER);
    CHECK_EQ_INT(term_status("1000001 day"), TERM_E_NUMBER);
    CHECK_EQ_INT(term_status("142858 week"), TERM_E_NUMBER);
    CHECK_EQ_INT(term_status("99999999999999999999 day"), TERM_E_NUMBER);
}

static void no_term_is_written_as_nothing(void)
{
    char text[TERM_TEXT_BYTES];
    CHECK_EQ_STR(term_format((struct term){0}, text), "");
    for (int unit = 1; unit < UNIT_COUNT; unit++) {
        struct term term = {.n = TERM_MAX, .unit = (enum unit)unit};
        struct term again = {0};
        CHECK_EQ_INT(term_parse(slice_of(term_format(term, text)), &again), 0);
        CHECK(again.n == term.n && again.unit == term.unit);
    }
}

CHECK_MAIN("unit/term", TEST(every_unit_can_be_written), TEST(a_term_that_is_none_is_told_why),
           TEST(no_term_is_written_as_nothing))
