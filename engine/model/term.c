/* term.c - a number, perhaps blanks, a unit out of one table. */
#include "engine/model/term.h"

#include "engine/base/utf8.h"

const char *const unit_name[UNIT_COUNT] = {
    "", "minute", "hour", "workminute", "workhour", "day", "workday", "month", "year",
};

static_assert(COUNT_OF(unit_name) == UNIT_COUNT, "every unit has a name");

struct spelling {
    const char *text;
    enum unit unit;
    int32_t times;
};

/* Every way in which a unit may be written; the first of a unit is also in unit_name. */
static const struct spelling spellings[] = {
    {"minute", UNIT_MINUTE, 1},
    {"minutes", UNIT_MINUTE, 1},
    {"hour", UNIT_HOUR, 1},
    {"hours", UNIT_HOUR, 1},
    {"workminute", UNIT_WORKMINUTE, 1},
    {"workminutes", UNIT_WORKMINUTE, 1},
    {"workhour", UNIT_WORKHOUR, 1},
    {"workhours", UNIT_WORKHOUR, 1},
    {"day", UNIT_DAY, 1},
    {"days", UNIT_DAY, 1},
    {"workday", UNIT_WORKDAY, 1},
    {"workdays", UNIT_WORKDAY, 1},
    {"month", UNIT_MONTH, 1},
    {"months", UNIT_MONTH, 1},
    {"year", UNIT_YEAR, 1},
    {"years", UNIT_YEAR, 1},
    {"week", UNIT_DAY, 7},
    {"weeks", UNIT_DAY, 7},
    {"分钟", UNIT_MINUTE, 1},
    {"分", UNIT_MINUTE, 1},
    {"小时", UNIT_HOUR, 1},
    {"个小时", UNIT_HOUR, 1},
    {"工作分钟", UNIT_WORKMINUTE, 1},
    {"个工作分钟", UNIT_WORKMINUTE, 1},
    {"工作小时", UNIT_WORKHOUR, 1},
    {"个工作小时", UNIT_WORKHOUR, 1},
    {"日", UNIT_DAY, 1},
    {"天", UNIT_DAY, 1},
    {"自然日", UNIT_DAY, 1},
    {"个自然日", UNIT_DAY, 1},
    {"工作日", UNIT_WORKDAY, 1},
    {"个工作日", UNIT_WORKDAY, 1},
    {"月", UNIT_MONTH, 1},
    {"个月", UNIT_MONTH, 1},
    {"年", UNIT_YEAR, 1},
    {"周", UNIT_DAY, 7},
    {"个周", UNIT_DAY, 7},
    {"星期", UNIT_DAY, 7},
    {"个星期", UNIT_DAY, 7},
};

static const struct spelling *spelling_find(struct slice text)
{
    for (size_t i = 0; i < COUNT_OF(spellings); i++)
        if (slice_is_equal(text, slice_of(spellings[i].text)))
            return &spellings[i];
    return NULL;
}

static struct slice behind(struct slice text, size_t bytes)
{
    return (struct slice){.start = text.start + bytes, .count = text.count - bytes};
}

static struct slice trim(struct slice text)
{
    for (size_t bytes; (bytes = text_blank(text)) > 0;)
        text = behind(text, bytes);
    for (size_t bytes = 1; bytes <= 3 && bytes <= text.count;) {
        bool is_blank = text_blank(behind(text, text.count - bytes)) == bytes;
        text.count -= is_blank ? bytes : 0;
        bytes = is_blank ? 1 : bytes + 1;
    }
    return text;
}

int term_parse(struct slice text, struct term *term_out)
{
    text = trim(text);
    int32_t n = 0;
    int digit = 0;
    size_t digits = 0;
    for (size_t more; (more = text_digit(behind(text, digits), &digit)) > 0; digits += more) {
        n = n * 10 + digit;
        if (n > TERM_MAX)
            return TERM_E_NUMBER;
    }
    if (digits == 0)
        return TERM_E_NUMBER;
    if (digits == text.count)
        return TERM_E_NO_UNIT;
    struct slice unit = {.start = text.start + digits, .count = text.count - digits};
    if (unit.start[0] == '.' || unit.start[0] == ',')
        return TERM_E_NUMBER; /* 2.5 days: a whole number of a smaller unit says the same */
    const struct spelling *spelling = spelling_find(trim(unit));
    if (spelling == NULL)
        return TERM_E_UNIT;
    if (n > TERM_MAX / spelling->times)
        return TERM_E_NUMBER;
    *term_out = (struct term){.n = n * spelling->times, .unit = spelling->unit};
    return 0;
}

char *term_format(struct term term, char text[TERM_TEXT_BYTES])
{
    if (!term_is_set(term)) {
        text[0] = '\0';
        return text;
    }
    assert(term.n >= 0 && term.n <= TERM_MAX);
    char digits[8];
    size_t count = 0;
    int32_t rest = term.n;
    do {
        digits[count++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    for (size_t i = 0; i < count; i++)
        text[i] = digits[count - 1 - i];
    text[count] = ' ';
    const char *name = unit_name[term.unit];
    memcpy(text + count + 1, name, strlen(name) + 1);
    return text;
}
