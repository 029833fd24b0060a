/* shipped.c - see shipped.h. */
#include "rules/days/shipped.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_there(char path[SHIPPED_PATH_BYTES], const char *folder, const char *rest)
{
    int count = snprintf(path, SHIPPED_PATH_BYTES, "%s/%s", folder, rest);
    return count > 0 && count < SHIPPED_PATH_BYTES && access(path, R_OK | X_OK) == 0;
}

/* The folder that the program lies in; false: nobody says. */
static bool program_folder(char folder[SHIPPED_PATH_BYTES])
{
    ssize_t count = readlink("/proc/self/exe", folder, SHIPPED_PATH_BYTES - 1);
    if (count <= 0)
        return false;
    folder[count] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash != NULL)
        *slash = '\0';
    return slash != NULL;
}

bool shipped_calendars(char path[SHIPPED_PATH_BYTES])
{
    static const char *const beside_program[] = {"../share/cardwatch/calendars",
                                                 "../../../rules/calendars"};
    char folder[SHIPPED_PATH_BYTES];
    const char *share = getenv("CARDWATCH_SHARE");
    if (share != NULL && share[0] != '\0' && is_there(path, share, "calendars"))
        return true;
    bool is_known = program_folder(folder);
    for (size_t i = 0; is_known && i < COUNT_OF(beside_program); i++)
        if (is_there(path, folder, beside_program[i]))
            return true;
    return is_there(path, ".", "rules/calendars");
}
