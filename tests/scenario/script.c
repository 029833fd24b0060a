/* script.c - see script.h. */
#include "tests/scenario/script.h"

#include "rules/text/compile.h"
#include "tests/scenario/play.h"

#include <stdarg.h>
#include <stdio.h>

bool script_split(struct script_line *line, const char *text)
{
    size_t count = strcspn(text, "\r\n");
    line->count = 0;
    if (count >= sizeof line->text)
        return false;
    memcpy(line->text, text, count);
    line->text[count] = '\0';
    char *to = line->text;
    for (const char *at = line->text; *at != '\0' && line->count < SCRIPT_WORDS_MAX;) {
        bool is_quoted = false;
        if (*at == ' ' || *at == '\t') {
            at++;
            continue;
        }
        if (*at == '#')
            break;
        struct slice *word = &line->words[line->count++];
        word->start = to;
        for (; *at != '\0' && (is_quoted || (*at != ' ' && *at != '\t')); at++) {
            if (is_quoted && at[0] == '"' && at[1] == '"')
                *to++ = *at++;
            else if (*at == '"')
                is_quoted = !is_quoted;
            else
                *to++ = *at;
        }
        word->count = (size_t)(to - word->start);
    }
    return line->count > 0;
}

bool script_is(const struct script_line *line, uint32_t at, const char *word)
{
    return at < line->count && slice_is_equal(line->words[at], slice_of(word));
}

bool script_pair(const struct script_line *line, uint32_t at, struct slice *name_out,
                 struct slice *value_out)
{
    if (at >= line->count)
        return false;
    struct slice word = line->words[at];
    const char *equals = word.count == 0 ? NULL : memchr(word.start, '=', word.count);
    if (equals == NULL)
        return false;
    *name_out = (struct slice){.start = word.start, .count = (size_t)(equals - word.start)};
    *value_out = (struct slice){.start = equals + 1, .count = word.count - name_out->count - 1};
    return true;
}

bool script_time(const struct script_line *line, uint32_t at, const struct calendar *calendar,
                 struct instant *at_out)
{
    char text[SCRIPT_LINE_BYTES];
    if (at + 1 >= line->count)
        return false;
    int count = snprintf(text, sizeof text, "%.*s %.*s", SLICE_ARG(line->words[at]),
                         SLICE_ARG(line->words[at + 1]));
    return count > 0 && local_time(slice_of(text), calendar, at_out);
}

_Noreturn void script_fail(const struct script_line *line, const char *format, ...)
{
    va_list arguments;
    printf("%s:%u: ", line->file, line->number);
    va_start(arguments, format);
    (void)vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    play_leave();
}
