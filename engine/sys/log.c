/* log.c - one happening, one line, one write: lines of several programs on one terminal stay whole.
 *
 * What is held back is told by format, not by text, so that a flood of one kind with changing
 * values is one line a second. Foreign bytes may be among the values: control characters are
 * replaced, so that nobody can write a second line or steer a terminal through a log.
 */
#include "engine/sys/log.h"

#include "engine/base/date.h"
#include "engine/sys/clock.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_BYTES = 1024, FORMATS_KEPT = 64, QUIET_MS = 1000 };

/* One format lately written. A slot is taken over by whoever comes with the same hash. */
struct spoken {
    const char *format;
    int64_t at_ms;
    uint32_t held_back;
};

static struct {
    const char *area;
    enum log_level level;
    bool to_journal;
    struct spoken lately[FORMATS_KEPT];
} state = {.area = "cardwatch", .level = LOG_INFO_LEVEL};

static const char *const level_name[] = {"error", "warn", "info", "debug"};
static const char *const level_prefix[] = {"<3>", "<4>", "<6>", "<7>"}; /* sd-daemon(3) */

/* JOURNAL_STREAM is inherited also by programs whose standard error goes elsewhere; it names the
 * device and inode that it was true for. */
static bool stderr_is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat seen;
    if (stream == NULL || fstat(STDERR_FILENO, &seen) != 0)
        return false;
    char *colon = NULL;
    uintmax_t device = strtoumax(stream, &colon, 10);
    if (*colon != ':')
        return false;
    uintmax_t inode = strtoumax(colon + 1, NULL, 10);
    return device == (uintmax_t)seen.st_dev && inode == (uintmax_t)seen.st_ino;
}

void log_init(const char *area, enum log_level level)
{
    assert(area != NULL);
    state.area = area;
    state.level = level;
    state.to_journal = stderr_is_journal();
}

/* The same text in another file is another pointer: compare by text, find by hash. */
static struct spoken *slot_of(const char *format)
{
    uint32_t hash = 2166136261u;
    for (const char *c = format; *c != '\0'; c++)
        hash = (hash ^ (uint8_t)*c) * 16777619u;
    return &state.lately[hash % FORMATS_KEPT];
}

/* May it be said now? And how many were held back since it last was. */
static bool is_due(const char *format, uint32_t *held_back_out)
{
    int64_t now_ms = clock_monotonic_ms();
    struct spoken *slot = slot_of(format);
    bool is_same = slot->format != NULL && strcmp(slot->format, format) == 0;
    if (is_same && now_ms - slot->at_ms < QUIET_MS) {
        slot->held_back++;
        return false;
    }
    *held_back_out = is_same ? slot->held_back : 0;
    *slot = (struct spoken){.format = format, .at_ms = now_ms};
    return true;
}

static size_t clipped(int written, size_t room)
{
    if (written < 0)
        return 0;
    return (size_t)written < room ? (size_t)written : room - 1;
}

static size_t write_head(enum log_level level, char *line, size_t room)
{
    if (state.to_journal)
        return clipped(snprintf(line, room, "%s%s ", level_prefix[level], state.area), room);
    char at[INSTANT_TEXT_BYTES];
    return clipped(snprintf(line, room, "%s %s %s ", instant_format(clock_now(), 0, at),
                            level_name[level], state.area),
                   room);
}

void log_write(enum log_level level, const char *format, ...)
{
    uint32_t held_back = 0;
    if (level > state.level || !is_due(format, &held_back))
        return;

    char line[LINE_BYTES];
    size_t room = sizeof line - 32; /* the count and the line end always fit */
    size_t count = write_head(level, line, room);
    size_t head = count;
    va_list arguments;
    va_start(arguments, format);
    count += clipped(vsnprintf(line + count, room - count, format, arguments), room - count);
    va_end(arguments);
    for (size_t i = head; i < count; i++) {
        if ((uint8_t)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = '?';
    }
    if (held_back > 0)
        count += clipped(snprintf(line + count, 31, " held_back=%" PRIu32, held_back), 31);
    line[count++] = '\n';

    /* Nowhere is left to complain to when standard error cannot be written. */
    ssize_t written = write(STDERR_FILENO, line, count);
    (void)written;
}
