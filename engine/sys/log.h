/* log.h - one line per happening on standard error: instant, level, area, words, key=value.
 *
 * Layer: sys. The pure folders never log. The same line (same format) is written at most once a
 * second; the next one says how many were held back. Under systemd (JOURNAL_STREAM set) the
 * instant is left out and the level becomes the <N> prefix that journald reads.
 */
#ifndef SYS_LOG_H
#define SYS_LOG_H

#include "engine/base/base.h"

enum log_level {
    LOG_ERROR_LEVEL, /* a person must act */
    LOG_WARN_LEVEL,  /* something was lost or late, and we go on */
    LOG_INFO_LEVEL,  /* start, stop, rules loaded: a quiet day has fewer than ten */
    LOG_DEBUG_LEVEL, /* off unless asked for */
};

/* log_init - area: the program's name, static text. level: the most talkative that is written. */
void log_init(const char *area, enum log_level level);

void log_write(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);

/* NOLINTBEGIN(readability-identifier-naming): they are called like the functions they stand for */
#define log_error(...) log_write(LOG_ERROR_LEVEL, __VA_ARGS__)
#define log_warn(...)  log_write(LOG_WARN_LEVEL, __VA_ARGS__)
#define log_info(...)  log_write(LOG_INFO_LEVEL, __VA_ARGS__)
#define log_debug(...) log_write(LOG_DEBUG_LEVEL, __VA_ARGS__)
/* NOLINTEND(readability-identifier-naming) */

#endif
