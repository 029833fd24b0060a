/* report.c - one line for a person, one object for a program; both are written at once.
 */
#include "collectors/push/report.h"

#include "engine/sys/lang.h"
#include "engine/wire/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { VALUE_SHOWN_BYTES = 120 };

struct report {
    FILE *file;
    bool quiet;
    uint64_t refused;
    uint64_t notes;
    uint64_t shown;
    struct bytes line;
};

int report_open(const char *path, bool quiet, struct report **report_out)
{
    struct report *report = calloc(1, sizeof *report);
    if (report == NULL)
        return -ENOMEM;
    report->quiet = quiet;
    if (path != NULL) {
        report->file = fopen(path, "ae");
        if (report->file == NULL) {
            int status = -errno;
            free(report);
            return status;
        }
    }
    *report_out = report;
    return 0;
}

void report_close(struct report **report_p)
{
    struct report *report = *report_p;
    if (report == NULL)
        return;
    if (report->file != NULL)
        (void)fclose(report->file); /* every line was flushed when it was written */
    bytes_clear(&report->line);
    free(report);
    *report_p = NULL;
}

void fault_say(struct fault *fault, const char *en, const char *zh, ...)
{
    va_list arguments;
    va_list again;
    va_start(arguments, zh);
    va_copy(again, arguments);
    (void)vsnprintf(fault->en, sizeof fault->en, en, arguments);
    (void)vsnprintf(fault->zh, sizeof fault->zh, zh, again);
    va_end(again);
    va_end(arguments);
}

/* A value is shown short, and cut between two characters. */
static struct slice shown(struct slice value)
{
    if (value.count <= VALUE_SHOWN_BYTES)
        return value;
    size_t count = VALUE_SHOWN_BYTES;
    while (count > 0 && ((unsigned char)value.start[count] & 0xC0) == 0x80)
        count--;
    return (struct slice){.start = value.start, .count = count};
}

/* A snprintf that ran out of room may have cut a character in two; JSON would then be no JSON. */
static struct slice whole_characters(const char *text)
{
    size_t count = strlen(text);
    size_t at = count;
    while (at > 0 && count - at < 3 && ((unsigned char)text[at - 1] & 0xC0) == 0x80)
        at--;
    if (at == 0 || ((unsigned char)text[at - 1] & 0x80) == 0)
        return (struct slice){.start = text, .count = at == count ? count : at};
    unsigned char first = (unsigned char)text[at - 1];
    size_t need = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    return (struct slice){.start = text, .count = count - (at - 1) >= need ? count : at - 1};
}

static int add_text(struct bytes *line, const char *name, struct slice value)
{
    if (slice_is_empty(value))
        return 0;
    int status = bytes_printf(line, ",\"%s\":", name);
    return status != 0 ? status : json_text(line, value);
}

static int add_number(struct bytes *line, const char *name, uint64_t number)
{
    return number == 0 ? 0 : bytes_printf(line, ",\"%s\":%" PRIu64, name, number);
}

static int object_write(struct bytes *line, const struct fault *fault)
{
    line->count = 0;
    int status = bytes_printf(line, "{\"level\":\"%s\"", fault->is_note ? "note" : "refused");
    if (status == 0)
        status = add_text(line, "file", slice_of(fault->file));
    if (status == 0)
        status = add_number(line, "row", fault->row);
    if (status == 0)
        status = add_number(line, "seq", fault->seq);
    if (status == 0)
        status = add_number(line, "column", fault->column);
    if (status == 0)
        status = add_text(line, "name", fault->name);
    if (status == 0)
        status = add_text(line, "field", fault->field);
    if (status == 0)
        status = add_text(line, "code", fault->code);
    if (status == 0)
        status = add_text(line, "value", shown(fault->value));
    if (status == 0)
        status = add_text(line, "en", whole_characters(fault->en));
    if (status == 0)
        status = add_text(line, "zh", whole_characters(fault->zh));
    return status != 0 ? status : bytes_append(line, SLICE("}\n"));
}

static void person_write(const struct fault *fault)
{
    struct slice name = shown(fault->name);
    struct slice text = whole_characters(lang_is_zh() ? fault->zh : fault->en);
    (void)fprintf(stderr, "%s:", fault->file == NULL ? "-" : fault->file);
    if (fault->row != 0)
        (void)fprintf(stderr, "%" PRIu64 ":", fault->row);
    if (fault->is_note)
        (void)fputs(say(" note:", " 提示："), stderr);
    if (fault->column != 0)
        (void)fprintf(stderr, say(" column %u (%.*s):", " 第 %u 列（%.*s）："), fault->column,
                      (int)name.count, name.count == 0 ? "" : name.start);
    bool is_joined = fault->column != 0 && lang_is_zh(); /* behind a wide colon no blank */
    (void)fprintf(stderr, "%s%.*s\n", is_joined ? "" : " ", (int)text.count, text.start);
}

void report_add(struct report *report, const struct fault *fault)
{
    if (fault->is_note)
        report->notes++;
    else
        report->refused++;
    if (report->file != NULL && object_write(&report->line, fault) == 0) {
        (void)fwrite(report->line.start, 1, report->line.count, report->file);
        (void)fflush(report->file);
    }
    if (report->quiet)
        return;
    report->shown++;
    if (report->shown <= REPORT_SHOWN_MAX)
        person_write(fault);
    if (report->shown == REPORT_SHOWN_MAX)
        (void)fputs(say("further rows are counted and not shown (--report FILE has them all)\n",
                        "此后的行只计数，不再显示（--report FILE 中有全部）\n"),
                    stderr);
}

uint64_t report_refused(const struct report *report)
{
    return report->refused;
}

uint64_t report_notes(const struct report *report)
{
    return report->notes;
}
