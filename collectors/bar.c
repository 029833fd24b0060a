/* bar.c - the time left follows from the bytes, not the events: bytes are what is known beforehand.
 */
#include "collectors/bar.h"

#include "engine/sys/clock.h"
#include "engine/sys/lang.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { WIDTH = 24, SHOW_MS = 100, LINE_BYTES = 256 };

void bar_init(struct bar *bar, struct progress progress)
{
    *bar = (struct bar){
        .is_on = isatty(STDERR_FILENO) == 1,
        .began_ms = clock_monotonic_ms(),
        .shown_ms = clock_monotonic_ms(),
        .done_at_start = progress.done,
    };
}

static void draw(char *text, size_t room, uint64_t per_mille)
{
    static const char *const parts[] = {"·", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
    size_t used = 0;
    uint64_t eighths = per_mille * WIDTH * 8 / 1000;
    text[0] = '\0';
    for (uint64_t i = 0; i < WIDTH && used + 4 < room; i++) {
        uint64_t part = eighths >= (i + 1) * 8 ? 8 : eighths <= i * 8 ? 0 : eighths - i * 8;
        used += (size_t)snprintf(text + used, room - used, "%s", parts[part]);
    }
}

static void time_left(const struct bar *bar, const struct bar_facts *facts, int64_t now_ms,
                      char *text, size_t room)
{
    uint64_t done = facts->progress.done - bar->done_at_start;
    text[0] = '\0';
    if (facts->note != NULL) {
        (void)snprintf(text, room, "%s", facts->note);
        return;
    }
    if (facts->progress.total == 0 || facts->progress.done <= bar->done_at_start)
        return;
    uint64_t left = facts->progress.total - facts->progress.done;
    uint64_t spent_ms = (uint64_t)(now_ms - bar->began_ms);
    uint64_t left_s = spent_ms * (left / 1024 + 1) / (done / 1024 + 1) / 1000;
    (void)snprintf(text, room, say("%" PRIu64 ":%02" PRIu64 " left", "还需 %" PRIu64 ":%02" PRIu64),
                   left_s / 60, left_s % 60);
}

static void measure_rate(struct bar *bar, const struct bar_facts *facts, int64_t now_ms)
{
    int64_t span_ms = now_ms - bar->shown_ms;
    if (span_ms <= 0)
        return;
    int64_t rate = (int64_t)(facts->events - bar->shown_events) * 1000 / span_ms;
    bar->rate = bar->rate == 0 ? rate : (bar->rate * 7 + rate) / 8;
    bar->shown_ms = now_ms;
    bar->shown_events = facts->events;
}

void bar_show(struct bar *bar, const struct bar_facts *facts, bool always)
{
    if (!bar->is_on)
        return;
    int64_t now_ms = clock_monotonic_ms();
    if (!always && now_ms - bar->shown_ms < SHOW_MS)
        return;
    measure_rate(bar, facts, now_ms);
    char blocks[WIDTH * 4 + 1] = "";
    char percent[16] = "";
    char left[64];
    if (facts->progress.total > 0) {
        uint64_t done = facts->progress.done < facts->progress.total ? facts->progress.done
                                                                     : facts->progress.total;
        draw(blocks, sizeof blocks, done * 1000 / facts->progress.total);
        (void)snprintf(percent, sizeof percent, " %3d %%",
                       (int)(done * 100 / facts->progress.total));
    }
    time_left(bar, facts, now_ms, left, sizeof left);
    (void)fprintf(stderr,
                  say("\r\033[K%s%s  %" PRIu64 " events  %" PRId64 "/s  %" PRIu64 " refused  %s",
                      "\r\033[K%s%s  %" PRIu64 " 个事件  %" PRId64 "/秒  %" PRIu64 " 被拒  %s"),
                  blocks, percent, facts->events, bar->rate, facts->refused, left);
    (void)fflush(stderr);
}

void bar_clear(struct bar *bar)
{
    if (bar->is_on)
        (void)fputs("\r\033[K", stderr);
}
