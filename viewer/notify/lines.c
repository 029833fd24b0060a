/* lines.c - see lines.h. The lock is on a file of its own beside it, which is never replaced. */
#include "viewer/notify/lines.h"
#include "engine/sys/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SUM_BYTES = 8, SUM_TEXT = 2 * SUM_BYTES, PATH_BYTES = 1024 };

/* BLAKE2b gives no fewer than 16 bytes: half of them are written. */
struct sum {
    char text[SUM_TEXT + 1];
};

struct lines {
    char path[PATH_BYTES];
    int fd;
    int lock_fd;
    size_t bytes;
    struct sum last;
    bool is_broken; /* a write failed: what stands at the end is not known */
};

static struct sum sum_of(const struct sum *before, const char *json, size_t count)
{
    unsigned char hash[crypto_generichash_BYTES_MIN];
    struct sum sum;
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, NULL, 0, sizeof hash);
    (void)crypto_generichash_update(&state, (const unsigned char *)before->text,
                                    strlen(before->text));
    (void)crypto_generichash_update(&state, (const unsigned char *)json, count);
    (void)crypto_generichash_final(&state, hash, sizeof hash);
    (void)sodium_bin2hex(sum.text, sizeof sum.text, hash, SUM_BYTES);
    return sum;
}

static int fail(const struct lines *lines, const char *what)
{
    int error = errno;
    log_error("cannot %s: path=%s reason=%s", what, lines->path, strerror(error));
    return -error;
}

/* --- reading -------------------------------------------------------------------------------- */

static int read_whole(const struct lines *lines, char **text_out, size_t *count_out)
{
    struct stat about;
    if (fstat(lines->fd, &about) != 0)
        return fail(lines, "look at the file");
    size_t count = (size_t)about.st_size, at = 0;
    char *text = malloc(count + 1);
    if (text == NULL)
        return -ENOMEM;
    while (at < count) {
        ssize_t got = pread(lines->fd, text + at, count - at, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            free(text);
            return got < 0 ? fail(lines, "read the file") : -EIO;
        }
        at += (size_t)got;
    }
    *text_out = text;
    *count_out = count;
    return 0;
}

static bool is_line_good(const struct sum *before, const char *line, size_t count)
{
    if (count < SUM_TEXT + 2 || line[SUM_TEXT] != ' ')
        return false;
    struct sum sum = sum_of(before, line + SUM_TEXT + 1, count - SUM_TEXT - 1);
    return memcmp(sum.text, line, SUM_TEXT) == 0;
}

/* Takes the good lines from the front. Returns how many bytes they are, or an error. */
static int take_lines(struct lines *lines, const char *text, size_t count,
                      int (*take)(void *, const json_t *), void *ctx, size_t *good_out)
{
    size_t at = 0;
    while (at < count) {
        const char *end = memchr(text + at, '\n', count - at);
        if (end == NULL)
            break;
        size_t length = (size_t)(end - text) - at;
        if (!is_line_good(&lines->last, text + at, length))
            break;
        json_t *record = json_loadb(text + at + SUM_TEXT + 1, length - SUM_TEXT - 1, 0, NULL);
        if (record == NULL)
            return LINES_E_DAMAGED; /* its sum is right: no kill does that */
        int error = take(ctx, record);
        json_decref(record);
        if (error != 0)
            return error;
        memcpy(lines->last.text, text + at, SUM_TEXT);
        at += length + 1;
    }
    *good_out = at;
    return 0;
}

static int load(struct lines *lines, int (*take)(void *, const json_t *), void *ctx)
{
    char *text = NULL;
    size_t count = 0, good = 0;
    int error = read_whole(lines, &text, &count);
    if (error != 0)
        return error;
    error = take_lines(lines, text, count, take, ctx, &good);
    /* A torn line has no end; or, when the machine itself went down, blocks of zeros in it. */
    bool is_torn = good < count && (memchr(text + good, '\n', count - good) == NULL ||
                                    memchr(text + good, '\0', count - good) != NULL);
    if (error == 0 && good < count && !is_torn)
        error = LINES_E_DAMAGED;
    if (error == LINES_E_DAMAGED)
        log_error("the file is damaged and is left as it is: path=%s byte=%zu", lines->path, good);
    free(text);
    if (error != 0 || good == count)
        return error;
    log_warn("cutting off a torn last line: path=%s bytes=%zu", lines->path, count - good);
    if (ftruncate(lines->fd, (off_t)good) != 0 || fsync(lines->fd) != 0)
        return fail(lines, "cut the file");
    return 0;
}

/* --- opening -------------------------------------------------------------------------------- */

static int lock(struct lines *lines)
{
    char path[PATH_BYTES + 8];
    (void)snprintf(path, sizeof path, "%s.lock", lines->path);
    lines->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lines->lock_fd < 0)
        return fail(lines, "make a lock beside the file");
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(lines->lock_fd, F_SETLK, &whole) == 0)
        return 0;
    if (errno != EACCES && errno != EAGAIN)
        return fail(lines, "lock the file");
    log_error("another process has the file: path=%s", lines->path);
    return LINES_E_IN_USE;
}

static int sync_folder(const struct lines *lines)
{
    char folder[PATH_BYTES];
    (void)snprintf(folder, sizeof folder, "%s", lines->path);
    char *slash = strrchr(folder, '/');
    if (slash == NULL)
        (void)snprintf(folder, sizeof folder, ".");
    else
        slash[slash == folder ? 1 : 0] = '\0';
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail(lines, "open the folder");
    int error = fsync(fd) == 0 ? 0 : fail(lines, "sync the folder");
    (void)close(fd); /* only read from */
    return error;
}

int lines_open(const char *path, int (*take)(void *ctx, const json_t *record), void *ctx,
               struct lines **lines_out)
{
    if (strlen(path) >= PATH_BYTES)
        return -ENAMETOOLONG;
    OWNED(lines_close) struct lines *lines = calloc(1, sizeof *lines);
    if (lines == NULL)
        return -ENOMEM;
    lines->fd = lines->lock_fd = -1;
    (void)snprintf(lines->path, sizeof lines->path, "%s", path);
    int error = lock(lines);
    if (error != 0)
        return error;
    lines->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (lines->fd < 0)
        return fail(lines, "open the file");
    error = load(lines, take, ctx);
    if (error != 0)
        return error;
    off_t end = lseek(lines->fd, 0, SEEK_END);
    lines->bytes = end < 0 ? 0 : (size_t)end;
    *lines_out = lines;
    lines = NULL;
    return 0;
}

void lines_close(struct lines **lines_p)
{
    struct lines *lines = *lines_p;
    if (lines == NULL)
        return;
    if (lines->fd >= 0)
        (void)close(lines->fd); /* every append was synced */
    if (lines->lock_fd >= 0)
        (void)close(lines->lock_fd);
    free(lines);
    *lines_p = NULL;
}

/* --- writing -------------------------------------------------------------------------------- */

static int write_all(int fd, const char *text, size_t count)
{
    while (count > 0) {
        ssize_t put = write(fd, text, count);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        text += put;
        count -= (size_t)put;
    }
    return 0;
}

static int write_record(struct lines *lines, int fd, const json_t *record)
{
    char *json = json_dumps(record, JSON_COMPACT);
    if (json == NULL)
        return -ENOMEM;
    size_t count = strlen(json), room = SUM_TEXT + 1 + count + 2;
    char *line = malloc(room);
    struct sum sum = sum_of(&lines->last, json, count);
    int error = line == NULL ? -ENOMEM : 0;
    if (line != NULL) {
        (void)snprintf(line, room, "%s %s\n", sum.text, json);
        if (write_all(fd, line, room - 1) != 0)
            error = fail(lines, "write");
    }
    free(line);
    free(json);
    if (error == 0) {
        lines->last = sum;
        lines->bytes += room - 1;
    }
    return error;
}

int lines_append(struct lines *lines, const json_t *record)
{
    if (lines->is_broken)
        return -EIO;
    int error = write_record(lines, lines->fd, record);
    if (error == 0 && fdatasync(lines->fd) != 0)
        error = fail(lines, "sync");
    lines->is_broken = error != 0 && error != -ENOMEM;
    return error;
}

int lines_rewrite(struct lines *lines, const json_t *records)
{
    char path[PATH_BYTES + 8];
    (void)snprintf(path, sizeof path, "%s.new", lines->path);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(lines, "write the file anew");
    struct lines before = *lines;
    lines->last = (struct sum){.text = ""};
    lines->bytes = 0;
    int error = 0;
    for (size_t i = 0; error == 0 && i < json_array_size(records); i++)
        error = write_record(lines, fd, json_array_get(records, i));
    if (error == 0 && (fsync(fd) != 0 || rename(path, lines->path) != 0))
        error = fail(lines, "write the file anew");
    if (error != 0) {
        (void)close(fd); /* the old file stands */
        *lines = before;
        return error;
    }
    (void)close(before.fd);
    lines->fd = fd;
    return sync_folder(lines);
}

size_t lines_bytes(const struct lines *lines)
{
    return lines->bytes;
}
