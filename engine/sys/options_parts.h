/* options_parts.h - what the files of options.c share: the table in force, one value, the file.
 *
 * Layer: sys. Nobody else includes it.
 */
#ifndef SYS_OPTIONS_PARTS_H
#define SYS_OPTIONS_PARTS_H

#include "engine/sys/options.h"

enum { OPTIONS_MAX = 96, REASON_BYTES = 192 };

/* Where a value came from; a later one overrides an earlier one. */
enum origin { ORIGIN_NONE, ORIGIN_PRESET, ORIGIN_FILE, ORIGIN_ENVIRONMENT, ORIGIN_FLAG };

/* One row in force. `where` lives to the end of the program. */
struct setting {
    const struct option *option;
    enum origin origin;
    const char *where; /* "--data-dir", "CARDWATCH_DATA_DIR", "cardwatch.yaml:12" */
};

/* The program's rows and the built-in ones (help, version, lang, config) behind them. */
struct settings {
    const struct program *program;
    struct setting rows[OPTIONS_MAX];
    size_t count;
    const char *config;
    const char *lang;
    bool help;
    bool version;
};

/* The settings of the last options_read; options_print shows them. */
extern struct settings settings_in_force;

/* options_keep - a copy that lives to the end of the program (which it ends if memory is short). */
char *options_keep(const char *text);

/* setting_find - NULL when there is no such row. */
struct setting *setting_find(struct settings *settings, const char *name);

/* setting_nearest - the name that was probably meant, or NULL. */
const char *setting_nearest(const struct settings *settings, const char *typed);

/* setting_take - put a value, given as text, in force. A list grows while origin and where stay
 * the same kind, and starts anew with a stronger origin.
 *
 * Borrows: text and where to the end of the program.
 * Returns: false, and then reason says what would be right, in the language in force.
 */
MUST_USE bool setting_take(struct setting *setting, enum origin origin, const char *where,
                           const char *text, char reason[REASON_BYTES]);

/* setting_format - the value in force as text. Returns text. */
const char *setting_format(const struct setting *setting, char *text, size_t room);

/* options_file_take - the values of the file. A mistake is said and ends the program (78). */
void options_file_take(struct settings *settings, const char *path);

/* options_help - --help on standard output. */
void options_help(const struct settings *settings);

#endif
