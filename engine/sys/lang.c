/* lang.c - the choice is one bool for the whole program: it is made before anything is said, and
 * never again.
 */
#include "engine/sys/lang.h"

#include <stdlib.h>
#include <string.h>

static bool is_zh;

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool environment_is_zh(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0')
            return begins(value, "zh");
    }
    return false;
}

bool lang_init(const char *option)
{
    if (option != NULL && (begins(option, "zh") || begins(option, "en"))) {
        is_zh = begins(option, "zh");
        return true;
    }
    is_zh = environment_is_zh();
    return option == NULL;
}

bool lang_is_zh(void)
{
    return is_zh;
}

const char *say(const char *en, const char *zh)
{
    return is_zh ? zh : en;
}
