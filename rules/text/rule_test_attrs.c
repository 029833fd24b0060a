/* rule_test_attrs.c - `attr.channel=web` in a test: the attrs of its event. */
#include "rules/text/compile.h"

static size_t put_text(char *to, struct slice text)
{
    size_t count = 0;
    to[count++] = '"';
    for (size_t i = 0; i < text.count; i++) {
        if (text.start[i] == '"' || text.start[i] == '\\')
            to[count++] = '\\';
        to[count++] = text.start[i];
    }
    to[count++] = '"';
    return count;
}

void test_attr_put(struct compile *compile, struct slice *attrs_io, struct slice name,
                   struct slice value)
{
    enum { SIGNS = 7 }; /* a brace or comma, four quotes, a colon, a brace */
    char *text = compile_take(compile, attrs_io->count + 2 * (name.count + value.count) + SIGNS, 1);
    if (text == NULL)
        return;
    size_t count = attrs_io->count == 0 ? 0 : attrs_io->count - 1; /* without its end */
    if (count > 0)
        memcpy(text, attrs_io->start, count);
    text[count] = count == 0 ? '{' : ',';
    count++;
    count += put_text(text + count, name);
    text[count++] = ':';
    count += put_text(text + count, value);
    text[count++] = '}';
    *attrs_io = (struct slice){.start = text, .count = count};
}
