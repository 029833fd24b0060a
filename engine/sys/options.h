/* options.h - the options of a program: one table of rows gives the parser, --help, the range
 * check, the environment and the configuration file.
 *
 * Layer: sys. In force is, in this order: the flag, the environment (CARDWATCH_<PROGRAM>_<NAME>,
 * then CARDWATCH_<NAME>), the file (key `name` under the program's section, then at the top), the
 * default of the row. --config FILE names the file (default: $CARDWATCH_CONFIG, then none).
 */
#ifndef SYS_OPTIONS_H
#define SYS_OPTIONS_H

#include "engine/base/slice.h"

enum option_type {
    OPTION_TEXT,     /* const char * */
    OPTION_FLAG,     /* bool: no value; --no-NAME turns it off */
    OPTION_NUMBER,   /* int64_t within min … max */
    OPTION_DURATION, /* int64_t ms: "500 ms", "10 second", "5 minute", "2 hour", "1 day" */
    OPTION_LIST,     /* struct option_list: may be given again and again */
};

struct option_list {
    uint32_t count;
    const char *values[64];
};

struct option {
    const char *name; /* "data-dir"; short_name 0: none */
    char short_name;
    enum option_type type;
    const char *value;  /* what --help calls the value: DIR, N, "…" */
    const char *preset; /* the default, as text; NULL: none (text NULL, number 0, false) */
    int64_t min;
    int64_t max;
    const char *en; /* what it means, one line */
    const char *zh;
    void *place; /* where the value goes: const char **, bool *, int64_t *, … */
};

struct program {
    const char *name;    /* "cardwatch engine" */
    const char *section; /* "engine": of the configuration file and of the environment */
    const char *usage;   /* "[OPTION…] FILE…" */
    const char *about_en;
    const char *about_zh;
    const struct option *options; /* --help, --version, --lang, --config are added to every one */
    size_t option_count;
};

/* options_read - parse argv by the table; prints --help, --version itself and ends the program
 * (0), or, for a mistake, says what is wrong and what would be right and ends it (64, EX_USAGE;
 * 78, EX_CONFIG).
 *
 * Returns: index in argv of the first operand (getopt's optind). Operands may stand between
 * options. Text borrows from argv, the environment, or lives to the end of the program.
 */
int options_read(const struct program *program, int argc, char **argv);

/* options_print - what is in force and where each value came from, as an aligned table: the body
 * of `cardwatch config check`. */
void options_print(const struct program *program);

#endif
