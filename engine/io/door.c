/* door.c - the list, and the answers out of it. */
#include "engine/io/door.h"
#include "engine/sys/curve.h"
#include "engine/sys/log.h"
#include "engine/sys/zap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 4096 };

struct guest {
    char key[CURVE_KEY_BYTES];
    enum door_role role;
    char *sources; /* " hall taxes ": each between blanks */
};

struct guests {
    uint32_t count;
    struct guest *rows;
};

struct door {
    const char *path;
    struct guests guests;
    struct zap *zap;
};

static void guests_clear(struct guests *guests)
{
    for (uint32_t i = 0; i < guests->count; i++)
        free(guests->rows[i].sources);
    free(guests->rows);
    *guests = (struct guests){0};
}

/* A few dozen keys: looking through them is quick. */
static const struct guest *guest_of(const struct guests *guests, const char *key)
{
    for (uint32_t i = 0; i < guests->count; i++)
        if (strcmp(guests->rows[i].key, key) == 0)
            return &guests->rows[i];
    return NULL;
}

/* ---- the file ----------------------------------------------------------------------------------
 */

static bool role_of(const char *word, enum door_role *role_out)
{
    static const char *const names[] = {
        [DOOR_COLLECTOR] = "collector", [DOOR_VIEWER] = "viewer", [DOOR_OPERATOR] = "operator"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(word, names[i]) == 0) {
            *role_out = (enum door_role)i;
            return true;
        }
    }
    return false;
}

/* NULL: the line is right. The words of its sources are joined again, a blank around each. */
static const char *line_fault(char *line, struct guest *guest, char *sources)
{
    char *rest = NULL;
    const char *key = strtok_r(line, " \t\r\n", &rest);
    const char *role = strtok_r(NULL, " \t\r\n", &rest);
    if (key == NULL || !curve_is_key(key))
        return "begins with no key of 40 characters (Z85)";
    if (role == NULL || !role_of(role, &guest->role))
        return "names no role: collector, viewer, operator";
    memcpy(guest->key, key, sizeof guest->key);
    size_t used = (size_t)snprintf(sources, LINE_BYTES + 2, " ");
    for (const char *word = strtok_r(NULL, " \t\r\n", &rest); word != NULL;
         word = strtok_r(NULL, " \t\r\n", &rest))
        used += (size_t)snprintf(sources + used, LINE_BYTES + 2 - used, "%s ", word);
    if (guest->role == DOOR_COLLECTOR && used == 1)
        return "names no source that this collector may speak for";
    return guest->role != DOOR_COLLECTOR && used > 1 ? "names sources, but is no collector's"
                                                     : NULL;
}

static int guest_add(struct guests *guests, const struct guest *guest, const char *sources)
{
    struct guest *rows = realloc(guests->rows, (guests->count + 1) * sizeof *rows);
    if (rows == NULL)
        return -ENOMEM;
    guests->rows = rows;
    rows[guests->count] = *guest;
    rows[guests->count].sources = strdup(sources);
    if (rows[guests->count].sources == NULL)
        return -ENOMEM;
    guests->count++;
    return 0;
}

static int guests_read(const char *path, struct guests *guests)
{
    static char line[LINE_BYTES];
    static char sources[LINE_BYTES + 2];
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        int error = errno;
        log_error("allow: cannot read %s: %s", path, strerror(error));
        return -error;
    }
    int error = 0;
    for (unsigned int number = 1; error == 0 && fgets(line, sizeof line, file) != NULL; number++) {
        struct guest guest = {.sources = NULL};
        if (line[strspn(line, " \t\r\n")] == '\0' || strncmp(line, "# ", 2) == 0 ||
            strcmp(line, "#\n") == 0)
            continue;
        const char *fault = line_fault(line, &guest, sources);
        if (fault == NULL && guest_of(guests, guest.key) != NULL)
            fault = "has a key that stands in the list already";
        if (fault == NULL) {
            error = guest_add(guests, &guest, sources);
            continue;
        }
        log_error("allow: %s:%u: %s", path, number, fault);
        error = -EINVAL;
    }
    (void)fclose(file);
    if (error != 0)
        guests_clear(guests);
    return error;
}

/* ---- questions ---------------------------------------------------------------------------------
 */

static bool is_let_in(void *ctx, const char *domain, const char *key)
{
    const struct door *door = ctx;
    const struct guest *guest = guest_of(&door->guests, key);
    bool is_intake = strcmp(domain, "intake") == 0;
    if (guest != NULL && (guest->role == DOOR_COLLECTOR) == is_intake)
        return true;
    log_warn("door: not let in: endpoint=%s key=%s reason=%s", domain, key,
             guest == NULL ? "not on the list" : "not in its role");
    return false;
}

int door_open(const char *path, struct door **door_out)
{
    struct door *door = calloc(1, sizeof *door);
    if (door == NULL)
        return -ENOMEM;
    door->path = path;
    int error = guests_read(path, &door->guests);
    if (error == 0)
        error = zap_open(is_let_in, door, &door->zap);
    if (error != 0)
        door_close(&door);
    else
        *door_out = door;
    return error;
}

void door_close(struct door **door_p)
{
    struct door *door = *door_p;
    *door_p = NULL;
    if (door == NULL)
        return;
    zap_close(&door->zap);
    guests_clear(&door->guests);
    free(door);
}

void door_reload(struct door *door)
{
    struct guests guests = {0};
    if (guests_read(door->path, &guests) != 0) {
        log_warn("allow: the list is used as it was before, going on");
        return;
    }
    guests_clear(&door->guests);
    door->guests = guests;
    log_info("allow: read again: keys=%u", guests.count);
}

int door_fd(const struct door *door)
{
    return zap_fd(door->zap);
}

void door_work(struct door *door)
{
    zap_work(door->zap);
}

bool door_may_speak(const struct door *door, const char *user, struct slice source)
{
    char word[LINE_BYTES];
    if (door == NULL || user == NULL)
        return true;
    const struct guest *guest = guest_of(&door->guests, user);
    if (guest == NULL || guest->role != DOOR_COLLECTOR || source.count + 3 > sizeof word ||
        memchr(source.start, ' ', source.count) != NULL)
        return false;
    (void)snprintf(word, sizeof word, " %.*s ", (int)source.count, source.start);
    return strstr(guest->sources, word) != NULL;
}

bool door_is_operator(const struct door *door, const char *user)
{
    if (door == NULL || user == NULL)
        return true;
    const struct guest *guest = guest_of(&door->guests, user);
    return guest != NULL && guest->role == DOOR_OPERATOR;
}

bool door_is_exposed(const char *endpoint)
{
    static const char *const inside[] = {"ipc://", "tcp://127.", "tcp://localhost:", "tcp://[::1]"};
    for (size_t i = 0; i < COUNT_OF(inside); i++)
        if (strncmp(endpoint, inside[i], strlen(inside[i])) == 0)
            return false;
    return true;
}
