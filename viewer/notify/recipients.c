/* recipients.c - libcsv takes the file apart, this puts it together: rows sorted by organisation,
 * destinations sorted by address and each there once.
 */
#include "viewer/notify/recipients.h"
#include "engine/base/arena.h"
#include "engine/base/utf8.h"

#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const channel_name[CHANNEL_COUNT] = {"mail", "hook"};

enum column { ORG, NAME, EMAIL, WEBHOOK, LEVELS, LANG, COLUMN_COUNT };
static const char *const column_name[COLUMN_COUNT] = {"org_code", "name",   "email",
                                                      "webhook",  "levels", "lang"};
enum { NO_DESTINATION = -1 };

struct row {
    struct slice org;
    struct slice levels;
    int64_t destinations[CHANNEL_COUNT];
};

struct recipients {
    struct arena *arena;
    struct row *rows;
    size_t row_count;
    size_t row_room;
    struct destination *destinations; /* while reading: one for each mention */
    size_t destination_count;
    size_t destination_room;
};

struct reader {
    struct recipients *recipients;
    struct recipients_mistake *mistake;
    bool is_wrong;
    bool is_short; /* of memory */
    uint32_t row;
    size_t field;
    size_t column_count;
    enum column columns[COLUMN_COUNT]; /* of the header: which is the i-th */
    bool is_seen[COLUMN_COUNT];
    struct slice values[COLUMN_COUNT];
};

/* --- mistakes ------------------------------------------------------------------------------- */

static void complain(struct reader *reader, const char *en, const char *zh, struct slice value)
{
    if (reader->is_wrong)
        return; /* the first is told */
    reader->is_wrong = true;
    int shown = value.count > 60 ? 60 : (int)value.count;
    if (!text_is_clean(value, false))
        shown = 0;
    const char *text = value.start == NULL ? "" : value.start;
    reader->mistake->row = reader->row;
    (void)snprintf(reader->mistake->en, sizeof reader->mistake->en, "%s%s%.*s", en,
                   shown > 0 ? ": " : "", shown, text);
    (void)snprintf(reader->mistake->zh, sizeof reader->mistake->zh, "%s%s%.*s", zh,
                   shown > 0 ? "：" : "", shown, text);
}

/* --- single fields -------------------------------------------------------------------------- */

static bool is_graphic(struct slice text)
{
    for (size_t i = 0; i < text.count; i++)
        if (text.start[i] <= ' ' || text.start[i] > '~')
            return false;
    return text.count > 0;
}

/* Narrower than RFC 5321 on purpose: what is quoted or has a route is a mistake or worse. */
bool recipients_is_address(struct slice text)
{
    size_t at = 0, ats = 0;
    if (!is_graphic(text) || text.count > 254 || text.start[0] == '-')
        return false;
    for (size_t i = 0; i < text.count; i++) {
        if (strchr("<>()[],;:\\\"", text.start[i]) != NULL)
            return false;
        if (text.start[i] == '@') {
            at = i;
            ats++;
        }
    }
    return ats == 1 && at > 0 && at < text.count - 1;
}

static bool begins(struct slice text, const char *with)
{
    size_t count = strlen(with);
    return text.count > count && memcmp(text.start, with, count) == 0;
}

static bool is_hook(struct slice text)
{
    return is_graphic(text) && (begins(text, "https://") || begins(text, "http://"));
}

static struct slice trimmed(struct slice text)
{
    while (text.count > 0 && (text.start[0] == ' ' || text.start[0] == '\t')) {
        text.start++;
        text.count--;
    }
    while (text.count > 0 &&
           (text.start[text.count - 1] == ' ' || text.start[text.count - 1] == '\t'))
        text.count--;
    return text;
}

/* --- a row ---------------------------------------------------------------------------------- */

static bool grow(void **things, size_t *room, size_t count, size_t bytes)
{
    if (count < *room)
        return true;
    size_t wanted = *room == 0 ? 64 : *room * 2;
    void *bigger = realloc(*things, wanted * bytes);
    if (bigger == NULL)
        return false;
    *things = bigger;
    *room = wanted;
    return true;
}

static int64_t add_destination(struct reader *reader, enum channel channel, struct slice to,
                               struct slice name, enum recipient_lang lang)
{
    struct recipients *recipients = reader->recipients;
    void *things = recipients->destinations;
    if (slice_is_empty(to))
        return NO_DESTINATION;
    bool has_room = grow(&things, &recipients->destination_room, recipients->destination_count,
                         sizeof *recipients->destinations);
    recipients->destinations = things;
    if (!has_room) {
        reader->is_short = true;
        return NO_DESTINATION;
    }
    recipients->destinations[recipients->destination_count] =
        (struct destination){.channel = channel,
                             .lang = lang,
                             .to = to.start,
                             .name = name.start == NULL ? "" : name.start};
    return (int64_t)recipients->destination_count++;
}

static enum recipient_lang lang_of(struct reader *reader, struct slice text)
{
    if (slice_is_empty(text))
        return RECIPIENT_LANG_DEFAULT;
    if (text.count >= 2 && memcmp(text.start, "zh", 2) == 0)
        return RECIPIENT_LANG_ZH;
    if (text.count >= 2 && memcmp(text.start, "en", 2) == 0)
        return RECIPIENT_LANG_EN;
    complain(reader, "lang should be zh or en", "lang 应为 zh 或 en", text);
    return RECIPIENT_LANG_DEFAULT;
}

static void end_of_row(struct reader *reader)
{
    struct slice values[COLUMN_COUNT] = {{.count = 0}};
    struct recipients *recipients = reader->recipients;
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        values[i] = trimmed(reader->values[i]);
    memset(reader->values, 0, sizeof reader->values);
    enum recipient_lang lang = lang_of(reader, values[LANG]);
    if (slice_is_empty(values[ORG]))
        complain(reader, "org_code is empty (\"*\" stands for all)",
                 "org_code 为空（\"*\" 表示全部部门）", values[ORG]);
    else if (slice_is_empty(values[EMAIL]) && slice_is_empty(values[WEBHOOK]))
        complain(reader, "neither email nor webhook", "email 与 webhook 均为空", values[ORG]);
    else if (!slice_is_empty(values[EMAIL]) && !recipients_is_address(values[EMAIL]))
        complain(reader, "not an e-mail address", "不是有效的邮件地址", values[EMAIL]);
    else if (!slice_is_empty(values[WEBHOOK]) && !is_hook(values[WEBHOOK]))
        complain(reader, "a webhook should begin with https:// or http://",
                 "webhook 应以 https:// 或 http:// 开头", values[WEBHOOK]);
    else if (recipients->row_count == RECIPIENT_ROWS_MAX)
        complain(reader, "more rows than 100000", "超过 100000 行", values[ORG]);
    if (reader->is_wrong)
        return;
    struct slice kept[COLUMN_COUNT];
    void *things = recipients->rows;
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        if (!arena_copy(recipients->arena, values[i], &kept[i]))
            reader->is_short = true;
    if (!grow(&things, &recipients->row_room, recipients->row_count, sizeof *recipients->rows))
        reader->is_short = true;
    recipients->rows = things;
    if (reader->is_short)
        return;
    struct row *row = &recipients->rows[recipients->row_count++];
    *row = (struct row){.org = kept[ORG], .levels = kept[LEVELS]};
    row->destinations[CHANNEL_MAIL] =
        add_destination(reader, CHANNEL_MAIL, kept[EMAIL], kept[NAME], lang);
    row->destinations[CHANNEL_HOOK] =
        add_destination(reader, CHANNEL_HOOK, kept[WEBHOOK], kept[NAME], lang);
}

/* --- what libcsv calls ---------------------------------------------------------------------- */

static void take_header(struct reader *reader, struct slice name)
{
    name = trimmed(name);
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (!slice_is_equal(name, slice_of(column_name[i])))
            continue;
        if (reader->is_seen[i])
            complain(reader, "a column stands twice", "列名重复", name);
        if (reader->is_wrong)
            return;
        reader->is_seen[i] = true;
        reader->columns[reader->column_count++] = (enum column)i;
        return;
    }
    complain(reader, "an unknown column (known: org_code,name,email,webhook,levels,lang)",
             "未知的列（可用：org_code,name,email,webhook,levels,lang）", name);
}

static void on_field(void *bytes, size_t count, void *ctx)
{
    struct reader *reader = ctx;
    struct slice text = {bytes, count};
    size_t field = reader->field++;
    if (reader->is_wrong || reader->is_short)
        return;
    if (count > RECIPIENT_FIELD_BYTES_MAX || !text_is_clean(text, false)) {
        complain(reader, "a field that is too long, or not clean UTF-8 text",
                 "字段过长，或不是合法的 UTF-8 文本", (struct slice){.count = 0});
    } else if (reader->row == 1) {
        take_header(reader, text);
    } else if (field >= reader->column_count) {
        complain(reader, "more fields than the header has", "字段数多于表头", text);
    } else {
        /* libcsv uses its room again for the next field. */
        if (!arena_copy(reader->recipients->arena, text, &reader->values[reader->columns[field]]))
            reader->is_short = true;
    }
}

static void on_row(int end, void *ctx)
{
    struct reader *reader = ctx;
    (void)end;
    if (reader->is_wrong || reader->is_short)
        return;
    if (reader->row == 1) {
        if (!reader->is_seen[ORG] || (!reader->is_seen[EMAIL] && !reader->is_seen[WEBHOOK]))
            complain(reader, "the header needs org_code and one of email, webhook",
                     "表头须有 org_code，以及 email 或 webhook", (struct slice){.count = 0});
    } else if (reader->field != reader->column_count) {
        complain(reader, "fewer fields than the header has", "字段数少于表头",
                 (struct slice){.count = 0});
    } else {
        end_of_row(reader);
    }
    reader->field = 0;
    reader->row++;
}

static int parse(struct slice text, struct reader *reader)
{
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0)
        return -ENOMEM;
    size_t count =
        text.count == 0 ? 0 : csv_parse(&parser, text.start, text.count, on_field, on_row, reader);
    bool is_broken = count != text.count || csv_fini(&parser, on_field, on_row, reader) != 0;
    bool is_short = reader->is_short || (is_broken && csv_error(&parser) == CSV_ENOMEM);
    csv_free(&parser);
    if (is_short)
        return -ENOMEM;
    if (is_broken)
        complain(reader, "a quote that is not closed, or in the wrong place",
                 "引号未闭合或位置有误", (struct slice){.count = 0});
    if (!reader->is_wrong && reader->row == 1)
        complain(reader, "the file is empty", "文件为空", (struct slice){.count = 0});
    return reader->is_wrong ? RECIPIENTS_E_WRONG : 0;
}

/* --- putting together ----------------------------------------------------------------------- */

static int row_order(const void *a, const void *b)
{
    return slice_order(((const struct row *)a)->org, ((const struct row *)b)->org);
}

struct mention {
    const struct destination *destination;
    size_t index;
};

static int mention_order(const void *a_void, const void *b_void)
{
    const struct mention *a = a_void, *b = b_void;
    if (a->destination->channel != b->destination->channel)
        return (int)a->destination->channel - (int)b->destination->channel;
    int order = strcmp(a->destination->to, b->destination->to);
    if (order == 0) /* the first mention gives name and language */
        order = a->index < b->index ? -1 : a->index > b->index;
    return order;
}

/* Every mention of one address becomes the same destination. */
static int unite(struct recipients *recipients)
{
    size_t count = recipients->destination_count;
    struct mention *mentions = calloc(count + 1, sizeof *mentions);
    int64_t *place = calloc(count + 1, sizeof *place);
    struct destination *united = calloc(count + 1, sizeof *united);
    if (mentions == NULL || place == NULL || united == NULL) {
        free(mentions);
        free(place);
        free(united);
        return -ENOMEM;
    }
    for (size_t i = 0; i < count; i++)
        mentions[i] = (struct mention){&recipients->destinations[i], i};
    qsort(mentions, count, sizeof *mentions, mention_order);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const struct destination *one = mentions[i].destination;
        bool is_same = kept > 0 && united[kept - 1].channel == one->channel &&
                       strcmp(united[kept - 1].to, one->to) == 0;
        if (!is_same)
            united[kept++] = *one;
        place[mentions[i].index] = (int64_t)kept - 1;
    }
    for (size_t r = 0; r < recipients->row_count; r++)
        for (size_t c = 0; c < CHANNEL_COUNT; c++)
            if (recipients->rows[r].destinations[c] != NO_DESTINATION)
                recipients->rows[r].destinations[c] = place[recipients->rows[r].destinations[c]];
    free(mentions);
    free(place);
    free(recipients->destinations);
    recipients->destinations = united;
    recipients->destination_count = kept;
    return 0;
}

static struct recipients *recipients_begin(void)
{
    struct recipients *recipients = calloc(1, sizeof *recipients);
    if (recipients == NULL)
        return NULL;
    recipients->arena = arena_create();
    if (recipients->arena == NULL) {
        free(recipients);
        return NULL;
    }
    return recipients;
}

int recipients_create(struct slice text, struct recipients **recipients_out,
                      struct recipients_mistake *mistake_out)
{
    struct recipients *recipients = recipients_begin();
    if (recipients == NULL)
        return -ENOMEM;
    if (text.count >= 3 && memcmp(text.start, "\xEF\xBB\xBF", 3) == 0)
        text = (struct slice){text.start + 3, text.count - 3};
    struct reader reader = {.recipients = recipients, .mistake = mistake_out, .row = 1};
    int error = parse(text, &reader);
    if (error == 0)
        error = unite(recipients);
    if (error != 0) {
        recipients_destroy(&recipients);
        return error;
    }
    if (recipients->row_count > 0)
        qsort(recipients->rows, recipients->row_count, sizeof *recipients->rows, row_order);
    *recipients_out = recipients;
    return 0;
}

void recipients_destroy(struct recipients **recipients_p)
{
    struct recipients *recipients = *recipients_p;
    if (recipients == NULL)
        return;
    arena_destroy(&recipients->arena);
    free(recipients->rows);
    free(recipients->destinations);
    free(recipients);
    *recipients_p = NULL;
}

/* --- asking --------------------------------------------------------------------------------- */

size_t recipients_destination_count(const struct recipients *recipients)
{
    return recipients->destination_count;
}

const struct destination *recipients_destination(const struct recipients *recipients, size_t index)
{
    assert(index < recipients->destination_count);
    return &recipients->destinations[index];
}

bool recipients_has(const struct recipients *recipients, enum channel channel)
{
    for (size_t i = 0; i < recipients->destination_count; i++)
        if (recipients->destinations[i].channel == channel)
            return true;
    return false;
}

const struct slice recipients_overdue = {"overdue", 7};

/* Levels stand side by side with anything but letters between them: "yellow red", "yellow;red". */
static bool wants(const struct row *row, struct slice level)
{
    static const char between[] = " ,;|/\t";
    struct slice left = row->levels;
    bool is_of_all = !slice_is_equal(level, recipients_overdue);
    if (slice_is_empty(left))
        return is_of_all;
    while (left.count > 0) {
        size_t count = 0;
        while (count < left.count && strchr(between, left.start[count]) == NULL)
            count++;
        struct slice one = {left.start, count};
        if (slice_is_equal(one, level) || (is_of_all && slice_is_equal(one, SLICE("*"))))
            return true;
        if (count < left.count)
            count++;
        left = (struct slice){left.start + count, left.count - count};
    }
    return false;
}

static size_t first_row(const struct recipients *recipients, struct slice org)
{
    size_t low = 0, high = recipients->row_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (slice_order(recipients->rows[middle].org, org) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool recipients_each(const struct recipients *recipients, struct slice org, struct slice level,
                     void (*take)(void *ctx, size_t destination_index), void *ctx)
{
    const struct slice asked[2] = {org, SLICE("*")};
    bool has_any = false;
    for (size_t a = 0; a < COUNT_OF(asked); a++) {
        for (size_t i = first_row(recipients, asked[a]);
             i < recipients->row_count && slice_is_equal(recipients->rows[i].org, asked[a]); i++) {
            has_any = true;
            for (size_t c = 0; wants(&recipients->rows[i], level) && c < CHANNEL_COUNT; c++)
                if (recipients->rows[i].destinations[c] != NO_DESTINATION)
                    take(ctx, (size_t)recipients->rows[i].destinations[c]);
        }
        if (slice_is_equal(org, SLICE("*")))
            break;
    }
    return has_any;
}
