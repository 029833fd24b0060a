/* csv.c - events as rows of a table (RFC 4180). Rows are split by whoever reads the file. */
#include "engine/wire/fields.h"

const char event_csv_header[] =
    "case,kind,at,entered_at,item,step,org,area,handler,result,reason,term,limit,due_at,parent,"
    "card,fee_due,fee_paid,rating,attrs,version\n";

/* Quotes where a reader would need them; blanks at the ends are quoted as some readers trim them.
 */
static bool needs_quotes(struct slice text)
{
    if (text.count == 0)
        return false;
    if (text.start[0] == ' ' || text.start[text.count - 1] == ' ')
        return true;
    for (size_t i = 0; i < text.count; i++) {
        char c = text.start[i];
        if (c == ',' || c == '"' || c == '\n' || c == '\r')
            return true;
    }
    return false;
}

static int put_value(struct bytes *bytes, struct slice text)
{
    if (!needs_quotes(text))
        return bytes_append(bytes, text);
    size_t run = 0;
    int result = bytes_append(bytes, SLICE("\""));
    for (size_t i = 0; result == 0 && i < text.count; i++) {
        if (text.start[i] != '"')
            continue;
        /* Up to and with the quote; the next run begins with it again. */
        result = bytes_append(bytes, (struct slice){text.start + run, i + 1 - run});
        run = i;
    }
    if (result == 0)
        result = bytes_append(bytes, (struct slice){text.start + run, text.count - run});
    return result != 0 ? result : bytes_append(bytes, SLICE("\""));
}

int event_to_csv(struct bytes *bytes, const struct event *event)
{
    char room[FIELD_TEXT_BYTES];
    size_t before = bytes->count;
    int result = 0;
    for (int i = 0; result == 0 && i < FIELD_SOURCE; i++) {
        if (i > 0)
            result = bytes_append(bytes, SLICE(","));
        if (result == 0)
            result = put_value(bytes, field_format((enum field)i, event, room));
    }
    if (result == 0)
        result = bytes_append(bytes, SLICE("\n"));
    if (result != 0)
        bytes->count = before;
    return result;
}
