/* words.c - one pass over the bytes; columns count characters, as an editor shows them. */
#include "rules/read/words.h"

#include "engine/base/utf8.h"

#include <stdio.h>

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t characters(struct slice text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.count; i++)
        count += ((unsigned char)text.start[i] & 0xC0) != 0x80;
    return count;
}

static struct slice rest(const struct words *words)
{
    return (struct slice){.start = words->cursor, .count = (size_t)(words->end - words->cursor)};
}

static bool begins(struct slice text, const char *with)
{
    size_t count = strlen(with);
    return text.count >= count && memcmp(text.start, with, count) == 0;
}

/* The signs of more than one byte come first; each row says how it is called from then on. What an
 * input method for Chinese types means the same. */
static const struct {
    const char *written;
    const char *name;
} signs[] = {
    {"...", "…"},  {"…", "…"},    {"→", "→"},     {"->", "→"},    {"!=", "!="},   {"<=", "<="},
    {">=", ">="},  {"≥", ">="},   {"≤", "<="},    {"≠", "!="},    {"==", "="},    {"，", ","},
    {"＜=", "<="}, {"＞=", ">="}, {"＜＝", "<="}, {"＞＝", ">="}, {"！＝", "!="}, {"＝＝", "="},
    {"=", "="},    {"<", "<"},    {">", ">"},     {"(", "("},     {")", ")"},     {"[", "["},
    {"]", "]"},    {",", ","},    {"+", "+"},     {"-", "-"},     {"−", "-"},     {"*", "*"},
    {"/", "/"},    {"%", "%"},    {"（", "("},    {"）", ")"},    {".", "."},     {"＝", "="},
    {"＜", "<"},   {"＞", ">"},   {"．", "."},    {"％", "%"},    {"＋", "+"},    {"－", "-"},
    {"×", "*"},    {"÷", "/"},    {"［", "["},    {"］", "]"},
};

/* Quotes, as they open and as they close. */
static const struct {
    const char *open;
    const char *close;
} quotes[] = {{"'", "'"}, {"\"", "\""}, {"‘", "’"}, {"“", "”"}};

/* How many bytes of a blank or a line's end stand here; 0: none does. */
static size_t blank_at(struct slice text)
{
    size_t bytes = text_blank(text);
    return bytes > 0 || text.count == 0 ? bytes : text.start[0] == '\n' || text.start[0] == '\r';
}

static size_t quote_at(struct slice text, size_t *which_out)
{
    for (size_t i = 0; i < COUNT_OF(quotes); i++)
        if (begins(text, quotes[i].open))
            return *which_out = i, strlen(quotes[i].open);
    return 0;
}

static size_t sign_at(struct slice text, const char **name_out)
{
    for (size_t i = 0; i < COUNT_OF(signs); i++) {
        if (!begins(text, signs[i].written))
            continue;
        *name_out = signs[i].name;
        return strlen(signs[i].written);
    }
    return 0;
}

static size_t name_bytes(struct slice text, bool has_hyphens)
{
    size_t count = 0;
    const char *name = NULL;
    while (count < text.count) {
        char c = text.start[count];
        struct slice from = {.start = text.start + count, .count = text.count - count};
        bool is_hyphen = has_hyphens && c == '-' && count > 0 && from.count > 1 &&
                         (is_letter(from.start[1]) || is_digit(from.start[1]));
        if (!is_letter(c) && !(count > 0 && is_digit(c)) && !is_hyphen)
            break;
        if ((unsigned char)c >= 0xC0 && (sign_at(from, &name) > 0 || blank_at(from) > 0))
            break; /* a sign of several bytes, such as … */
        count++;
    }
    return count;
}

static struct slice behind(struct slice text, size_t bytes)
{
    return (struct slice){.start = text.start + bytes, .count = text.count - bytes};
}

/* Two digits and what stands before them: ":30". Returns the bytes. */
static size_t minute_at(struct slice text, int *minute_out)
{
    int tens = 0;
    int ones = 0;
    size_t colon = begins(text, ":") ? 1 : begins(text, "：") ? strlen("：") : 0;
    size_t first = colon == 0 ? 0 : text_digit(behind(text, colon), &tens);
    size_t second = first == 0 ? 0 : text_digit(behind(text, colon + first), &ones);
    *minute_out = tens * 10 + ones;
    return second == 0 ? 0 : colon + first + second;
}

static void read_digits(struct words *words, struct word *word)
{
    struct slice text = rest(words);
    size_t bytes = 0;
    int digit = 0;
    int minute = 0;
    int count = 0;
    word->kind = WORD_NUMBER;
    for (size_t more; (more = text_digit(behind(text, bytes), &digit)) > 0;
         bytes += more, count++) {
        if (word->number > INT64_C(1000000000000000))
            word->kind = WORD_BAD;
        else
            word->number = word->number * 10 + digit;
    }
    size_t more = count > 2 ? 0 : minute_at(behind(text, bytes), &minute);
    if (more > 0) {
        bool is_time = minute < 60 && word->number * 60 + minute <= INT64_C(24) * 60;
        word->kind = is_time ? WORD_TIME : WORD_BAD;
        word->number = (word->number * 60 + minute) * INT64_C(60000);
        bytes += more;
    }
    word->text = (struct slice){.start = text.start, .count = bytes};
}

/* A text is told between the quotes that do not stand in it: one with both cannot be told. */
static bool has_both_quotes(struct slice text)
{
    return text.count > 0 && memchr(text.start, '\'', text.count) != NULL &&
           memchr(text.start, '"', text.count) != NULL;
}

static size_t read_quoted(struct words *words, struct word *word, size_t which)
{
    struct slice text = rest(words);
    const char *close = quotes[which].close;
    size_t open_bytes = strlen(quotes[which].open);
    for (size_t i = open_bytes; i < text.count; i++) {
        if (!begins(behind(text, i), close))
            continue;
        word->text = (struct slice){.start = text.start + open_bytes, .count = i - open_bytes};
        word->kind = has_both_quotes(word->text) ? WORD_BAD : WORD_TEXT;
        return i + strlen(close);
    }
    word->kind = WORD_BAD;
    word->text = text;
    return text.count;
}

static void move(struct words *words, size_t bytes)
{
    struct slice passed = {.start = words->cursor, .count = bytes};
    words->column += (uint32_t)characters(passed);
    words->cursor += bytes;
}

/* Signs of other languages, of two characters each; see tell_foreign. */
static bool is_foreign_pair(struct slice text)
{
    return begins(text, "&&") || begins(text, "||") || begins(text, "=>") || begins(text, "=<");
}

static bool has_colon(struct slice text)
{
    for (; text.count > 0; text = behind(text, 1))
        if (begins(text, ":") || begins(text, "："))
            return true;
    return false;
}

static void read_word(struct words *words)
{
    for (size_t more; (more = blank_at(rest(words))) > 0;)
        move(words, more);
    struct word *word = &words->now;
    *word = (struct word){.kind = WORD_END, .column = words->column};
    struct slice text = rest(words);
    if (text.count == 0)
        return;
    const char *name = NULL;
    int digit = 0;
    size_t quote = 0;
    size_t bytes = 0;
    if (text_digit(text, &digit) > 0) {
        read_digits(words, word);
        bytes = word->text.count;
    } else if (quote_at(text, &quote) > 0) {
        bytes = read_quoted(words, word, quote);
    } else if ((bytes = name_bytes(text, words->has_hyphens)) > 0) {
        word->kind = WORD_NAME;
        word->text = (struct slice){.start = text.start, .count = bytes};
    } else if (!is_foreign_pair(text) && (bytes = sign_at(text, &name)) > 0) {
        word->kind = WORD_SIGN;
        word->text = slice_of(name);
    } else {
        word->kind = WORD_BAD;
        bytes = is_foreign_pair(text) ? 2 : 1;
        word->text = (struct slice){.start = text.start, .count = bytes};
    }
    word->written = (struct slice){.start = text.start, .count = bytes};
    move(words, bytes);
}

void words_begin_at(struct words *words, const char *file, uint32_t line, uint32_t column,
                    struct slice text, bool has_hyphens, struct problem_list *problems)
{
    *words = (struct words){
        .file = file,
        .line = line,
        .problems = problems,
        .has_hyphens = has_hyphens,
        .cursor = text.count == 0 ? "" : text.start,
        .column = column,
    };
    words->end = words->cursor + text.count;
    read_word(words);
}

void words_begin(struct words *words, const struct yaml_node *node, bool has_hyphens,
                 struct problem_list *problems)
{
    words_begin_at(words, node->file, node->line, node->column + (node->is_quoted ? 1 : 0),
                   node->value, has_hyphens, problems);
}

struct word words_next(struct words *words)
{
    struct word word = words->now;
    if (word.kind != WORD_END)
        read_word(words);
    return word;
}

bool word_is(const struct word *word, const char *text)
{
    return (word->kind == WORD_NAME || word->kind == WORD_SIGN) &&
           slice_is_equal(word->text, slice_of(text));
}

bool words_take(struct words *words, const char *text)
{
    if (!word_is(&words->now, text))
        return false;
    (void)words_next(words);
    return true;
}

/* How other languages write what is a word here. */
static bool tell_foreign(struct words *words)
{
    static const struct {
        const char *written;
        const char *right;
    } foreign[] = {{"&", "and"}, {"|", "or"}, {"!", "not"}, {"=>", ">="}, {"=<", "<="}};
    for (size_t i = 0; i < COUNT_OF(foreign); i++) {
        if (!begins(words->now.written, foreign[i].written))
            continue;
        WORD_ERROR(words, &words->now, "\"%.*s\" is written %s here", "“%.*s”在此写作 %s",
                   SLICE_ARG(words->now.written), foreign[i].right);
        return true;
    }
    return false;
}

bool words_end(struct words *words)
{
    if (words->now.kind == WORD_END)
        return true;
    if (words->now.kind == WORD_BAD && tell_foreign(words))
        return false;
    WORD_ERROR(words, &words->now, "unexpected \"%.*s\": the text should end before it",
               "多余的“%.*s”：此前文字应已结束", WORD_ARG(&words->now));
    return false;
}

bool words_tell_bad(struct words *words)
{
    const struct word *word = &words->now;
    if (word_is(word, "-")) {
        WORD_ERROR(words, word, "no term is negative: 2 workday before promised, or after it",
                   "期限不为负：写作 2 workday before promised，或 after promised");
        return true;
    }
    if (word->kind == WORD_BAD && word->text.start != word->written.start) {
        WORD_ERROR(words, word, "a text holds ' or \", not both: \"%.*s\"",
                   "文本中 ' 与 \" 只能有一种：“%.*s”", WORD_ARG(word));
        return true;
    }
    int digit;
    if (word->kind != WORD_BAD || text_digit(word->text, &digit) == 0)
        return word->kind == WORD_BAD && tell_foreign(words);
    if (has_colon(word->text))
        WORD_ERROR(words, word, "\"%.*s\" is no time of day: 00:00 to 24:00",
                   "“%.*s”不是一天中的时刻：00:00 至 24:00", WORD_ARG(word));
    else
        WORD_ERROR(words, word, "%.*s is too large a number", "数字 %.*s 过大", WORD_ARG(word));
    return true;
}

bool words_number(struct words *words, int64_t *number_out)
{
    struct words before = *words;
    bool is_negative = words_take(words, "-");
    if (!is_negative)
        (void)words_take(words, "+"); /* a sign may be written, and changes nothing */
    if (words->now.kind != WORD_NUMBER) {
        *words = before;
        return false;
    }
    int64_t number = words_next(words).number;
    *number_out = is_negative ? -number : number;
    return true;
}

/* A week is seven days, and has no unit of its own. */
static void tell_unit(struct words *words, const struct word *unit)
{
    const char *names[UNIT_COUNT] = {"week"};
    for (size_t i = 1; i < UNIT_COUNT; i++)
        names[i] = unit_name[i];
    tell_unknown(words->problems, words->file, words->line, unit->column, unit->text, names,
                 COUNT_OF(names), "unit", "单位");
}

/* A term such as 1.5 month: of how many days it is, only the regulation can say. */
static bool tell_fraction(struct words *words, const struct word *number)
{
    const char *dot = number->text.start + number->text.count;
    if (words->end - dot < 2 || *dot != '.' || !is_digit(dot[1]))
        return false;
    WORD_ERROR(
        words, number,
        "a term is a whole number: write 45 day for one month and a half, 36 hour, 90 minute",
        "期限应为整数：例如一个半月写作 45 day（自然日），或写 36 hour、90 minute");
    return true;
}

bool words_term(struct words *words, struct term *term_out)
{
    struct word number = words->now;
    if (number.kind != WORD_NUMBER && words_tell_bad(words))
        return false;
    if (number.kind != WORD_NUMBER) {
        WORD_ERROR(words, &number, "expected a term such as 20 workday, found \"%.*s\"",
                   "此处应为期限，例如 20 workday，而不是“%.*s”", WORD_ARG(&number));
        return false;
    }
    (void)words_next(words);
    struct word unit = words->now;
    if (tell_fraction(words, &number))
        return false;
    struct words ahead = *words;
    (void)words_next(&ahead);
    if (word_is(&unit, "of") || word_is(&ahead.now, "of")) {
        WORD_ERROR(words, &number,
                   "%.*s has no unit: write for example %.*s workday or %.*s day, or %.*s%% of …",
                   "%.*s 没有单位：请写明，例如 %.*s workday（工作日）或 %.*s day（自然日），或 "
                   "%.*s%% of …",
                   WORD_ARG(&number), WORD_ARG(&number), WORD_ARG(&number), WORD_ARG(&number));
        return false;
    }
    if (unit.kind != WORD_NAME || word_is(&unit, "before") || word_is(&unit, "after")) {
        WORD_ERROR(words, &number, "%.*s has no unit: write for example %.*s workday or %.*s day",
                   "%.*s 没有单位：请写明，例如 %.*s workday（工作日）或 %.*s day（自然日）",
                   WORD_ARG(&number), WORD_ARG(&number), WORD_ARG(&number));
        return false;
    }
    char text[96];
    (void)snprintf(text, sizeof text, "%lld %.*s", (long long)number.number, WORD_ARG(&unit));
    int status = term_parse(slice_of(text), term_out);
    if (status == TERM_E_UNIT || status == TERM_E_NO_UNIT) {
        tell_unit(words, &unit);
        return false;
    }
    if (status != 0) {
        WORD_ERROR(words, &number, "%.*s is not a number of units from 1 to %d",
                   "%.*s 不是 1 到 %d 的整数", WORD_ARG(&number), TERM_MAX);
        return false;
    }
    (void)words_next(words);
    if (term_out->n > 0)
        return true;
    WORD_ERROR(words, &number, "a term of zero: it must be at least 1 %.*s",
               "期限为零：至少应为 1 %.*s", WORD_ARG(&unit));
    return false;
}

bool words_limit(struct words *words, struct term *term_out)
{
    struct words ahead = *words;
    bool is_same_day =
        words_take(&ahead, "当日") || (words_take(&ahead, "same") && words_take(&ahead, "day"));
    if (!is_same_day)
        return words_term(words, term_out);
    *words = ahead;
    *term_out = (struct term){.n = 0, .unit = UNIT_DAY};
    return true;
}

/* "a, b, c" into text. Returns text. */
static char *names_join(const char *const *names, size_t count, char *text, size_t bytes)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        int more = snprintf(text + used, bytes - used, "%s%s", used == 0 ? "" : ", ", names[i]);
        if (more < 0 || (size_t)more >= bytes - used) {
            text[used] = '\0'; /* whole names only */
            break;
        }
        used += (size_t)more;
    }
    return text;
}

void tell_unknown(struct problem_list *problems, const char *file, uint32_t line, uint32_t column,
                  struct slice name, const char *const *names, size_t count, const char *en,
                  const char *zh)
{
    char all[400];
    const char *near = text_nearest(name, names, count);
    names_join(names, count, all, sizeof all);
    /* ("%.0s" passes over the word in the other language.) */
    if (count == 0)
        problem_error(problems, file, line, column, "unknown %s%.0s \"%.*s\": there is none here",
                      "没有这个%.0s%s“%.*s”：此处一个也没有", en, zh, SLICE_ARG(name));
    else if (near != NULL)
        problem_error(problems, file, line, column, "unknown %s%.0s \"%.*s\": did you mean \"%s\"?",
                      "没有这个%.0s%s“%.*s”：是不是“%s”？", en, zh, SLICE_ARG(name), near);
    else
        problem_error(problems, file, line, column, "unknown %s%.0s \"%.*s\": it is one of %s",
                      "没有这个%.0s%s“%.*s”：应为 %s 之一", en, zh, SLICE_ARG(name), all);
}

int words_pick(struct words *words, const struct word *word, const char *const *names, size_t count,
               const char *en, const char *zh)
{
    if (word->kind == WORD_NAME)
        for (size_t i = 0; i < count; i++)
            if (slice_is_equal(word->text, slice_of(names[i])))
                return (int)i;
    struct words at = *words;
    at.now = *word;
    if (word->kind == WORD_BAD && words_tell_bad(&at))
        return -1;
    tell_unknown(words->problems, words->file, words->line, word->column, word->text, names, count,
                 en, zh);
    return -1;
}
