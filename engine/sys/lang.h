/* lang.h - in which language a program speaks to the person in front of it: English or Chinese.
 *
 * Layer: sys. Everything a person reads is written twice, side by side, at the place where it is
 * said: say("no such file", "没有这个文件"). There are no message catalogues to fall behind.
 */
#ifndef SYS_LANG_H
#define SYS_LANG_H

#include "engine/base/base.h"

/* lang_init - choose the language once, at the start of main.
 *
 * option: "zh…" or "en…", as given by --lang; NULL: Chinese when the first that is set of LC_ALL,
 *         LC_MESSAGES, LANG begins with zh, else English. Before lang_init it is English.
 * Returns: false for an option that is neither; the language is then as without one.
 */
bool lang_init(const char *option);

bool lang_is_zh(void);

/* say - the one of the two texts that is in the chosen language. Both may be formats with the same
 * arguments in the same order; the compiler checks both. */
const char *say(const char *en, const char *zh) __attribute__((format_arg(1), format_arg(2)));

#endif
