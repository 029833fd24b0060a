/* lines_file.c - read(2) for a plain file, zlib for a packed one.
 */
#include "collectors/push/lines_file.h"

#include "collectors/push/lines.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { HASH_BYTES = 16 };

struct raw_file {
    int fd;
    gzFile packed; /* NULL: plain. It owns a descriptor of its own. */
    dev_t device;
    ino_t inode;
    uint64_t read_bytes; /* plain: offset of the next read */
    bool is_pipe;
};

static bool ends_in(const char *text, const char *end)
{
    size_t count = strlen(text);
    size_t end_count = strlen(end);
    return count >= end_count && strcmp(text + count - end_count, end) == 0;
}

static int open_packed(struct raw_file *file)
{
    int fd = dup(file->fd);
    if (fd < 0)
        return -errno;
    file->packed = gzdopen(fd, "rb");
    if (file->packed != NULL)
        return 0;
    (void)close(fd);
    return -ENOMEM;
}

static int open_any(struct raw_file *file, const char *path)
{
    bool is_stdin = strcmp(path, "-") == 0;
    file->fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (file->fd < 0)
        return -errno;
    struct stat about;
    if (fstat(file->fd, &about) != 0)
        return -errno;
    if (S_ISDIR(about.st_mode))
        return -EISDIR;
    file->device = about.st_dev;
    file->inode = about.st_ino;
    file->is_pipe = !S_ISREG(about.st_mode);
    return ends_in(path, ".gz") ? open_packed(file) : 0;
}

int raw_open(const char *path, struct raw_file **file_out)
{
    struct raw_file *file = calloc(1, sizeof *file);
    if (file == NULL)
        return -ENOMEM;
    int status = open_any(file, path);
    if (status != 0) {
        raw_close(&file);
        return status;
    }
    *file_out = file;
    return 0;
}

void raw_close(struct raw_file **file_p)
{
    struct raw_file *file = *file_p;
    if (file == NULL)
        return;
    if (file->packed != NULL)
        (void)gzclose(file->packed);
    if (file->fd >= 0)
        (void)close(file->fd);
    free(file);
    *file_p = NULL;
}

static int read_packed(struct raw_file *file, char *to, size_t room, size_t *count_out)
{
    int count = gzread(file->packed, to, (unsigned)(room > INT32_MAX ? INT32_MAX : room));
    int error = Z_OK;
    (void)gzerror(file->packed, &error);
    if (count < 0 || (count == 0 && error != Z_OK))
        return error == Z_ERRNO ? -EIO : RAW_E_DAMAGED;
    *count_out = (size_t)count;
    return 0;
}

int raw_read(struct raw_file *file, char *to, size_t room, size_t *count_out)
{
    if (file->packed != NULL)
        return read_packed(file, to, room, count_out);
    ssize_t count;
    do
        count = read(file->fd, to, room);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return -errno;
    file->read_bytes += (uint64_t)count;
    *count_out = (size_t)count;
    return 0;
}

int raw_seek(struct raw_file *file, uint64_t offset)
{
    if (file->is_pipe)
        return -ESPIPE;
    if (file->packed != NULL) {
        if (gzseek(file->packed, (z_off_t)offset, SEEK_SET) < 0)
            return RAW_E_DAMAGED;
        return gztell(file->packed) == (z_off_t)offset ? 0 : RAW_E_SHORT;
    }
    struct stat about;
    if (fstat(file->fd, &about) != 0)
        return -errno;
    if ((uint64_t)about.st_size < offset)
        return RAW_E_SHORT;
    if (lseek(file->fd, (off_t)offset, SEEK_SET) < 0)
        return -errno;
    file->read_bytes = offset;
    return 0;
}

uint64_t raw_done(const struct raw_file *file, uint64_t offset)
{
    if (file->packed == NULL)
        return offset;
    z_off_t at = gzoffset(file->packed);
    return at < 0 ? 0 : (uint64_t)at;
}

bool raw_is_cut(const struct raw_file *file)
{
    struct stat about;
    return !file->is_pipe && file->packed == NULL && fstat(file->fd, &about) == 0 &&
           (uint64_t)about.st_size < file->read_bytes;
}

/* pread leaves the place of reading alone; a packed file is hashed as it lies on disk, because its
 * packed bytes tell it from others just as well. */
void raw_print(struct raw_file *file, size_t count, char *text)
{
    unsigned char first[LINES_PRINT_OF];
    unsigned char hash[HASH_BYTES];
    char hex[HASH_BYTES * 2 + 1];
    size_t got = 0;
    while (got < count && !file->is_pipe) {
        ssize_t more = pread(file->fd, first + got, count - got, (off_t)got);
        if (more <= 0)
            break;
        got += (size_t)more;
    }
    (void)crypto_generichash(hash, sizeof hash, first, got, NULL, 0);
    (void)sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    (void)snprintf(text, LINES_PRINT_BYTES, "%zu:%s", got, hex);
}

/* ---- files that were moved away -------------------------------------------------------------- */

struct sibling {
    char path[RAW_PATH_BYTES];
    struct timespec changed;
};

static int by_age(const void *a_p, const void *b_p)
{
    const struct sibling *a = a_p;
    const struct sibling *b = b_p;
    if (a->changed.tv_sec != b->changed.tv_sec)
        return a->changed.tv_sec < b->changed.tv_sec ? -1 : 1;
    return a->changed.tv_nsec < b->changed.tv_nsec ? -1 : a->changed.tv_nsec > b->changed.tv_nsec;
}

/* The files whose names begin like the path's and go on (hall.csv.1, hall.csv-20240105). */
static size_t list_siblings(const char *path, struct sibling *siblings, size_t room)
{
    char folder[RAW_PATH_BYTES];
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    (void)snprintf(folder, sizeof folder, "%.*s", slash == NULL ? 1 : (int)(slash - path) + 1,
                   slash == NULL ? "." : path);
    DIR *entries = opendir(folder);
    size_t count = 0;
    if (entries == NULL)
        return 0;
    for (const struct dirent *entry = readdir(entries); entry != NULL && count < room;
         entry = readdir(entries)) {
        struct sibling *sibling = &siblings[count];
        struct stat about;
        if (strncmp(entry->d_name, name, strlen(name)) != 0 || strcmp(entry->d_name, name) == 0 ||
            ends_in(entry->d_name, ".gz") || ends_in(entry->d_name, ".position"))
            continue;
        int length = snprintf(sibling->path, sizeof sibling->path, "%s%s%s", folder,
                              slash == NULL ? "/" : "", entry->d_name);
        if (length < 0 || (size_t)length >= sizeof sibling->path ||
            stat(sibling->path, &about) != 0 || !S_ISREG(about.st_mode))
            continue;
        sibling->changed = about.st_mtim;
        count++;
    }
    (void)closedir(entries);
    qsort(siblings, count, sizeof *siblings, by_age);
    return count;
}

/* The file, if its first bytes have this print. */
static struct raw_file *open_if(const char *path, size_t bytes, const char *print)
{
    char text[LINES_PRINT_BYTES];
    struct raw_file *file = NULL;
    if (raw_open(path, &file) != 0 || file == NULL)
        return NULL;
    raw_print(file, bytes, text);
    if (strcmp(text, print) != 0)
        raw_close(&file);
    return file;
}

bool raw_chain_find(const char *path, const char *print, struct raw_chain *chain_out,
                    struct raw_file **file_out)
{
    static struct sibling siblings[RAW_CHAIN_MAX * 4]; /* one collector a process, asked at start */
    size_t bytes = (size_t)strtoul(print, NULL, 10);
    *chain_out = (struct raw_chain){0};
    if (bytes == 0 || bytes > LINES_PRINT_OF)
        return false;
    size_t count = list_siblings(path, siblings, COUNT_OF(siblings));
    for (size_t i = 0; i < count; i++) {
        struct raw_file *file = open_if(siblings[i].path, bytes, print);
        if (file == NULL)
            continue;
        for (size_t j = i + 1; j < count && chain_out->count < RAW_CHAIN_MAX; j++)
            memcpy(chain_out->paths[chain_out->count++], siblings[j].path, RAW_PATH_BYTES);
        *file_out = file;
        return true;
    }
    return false;
}

const char *raw_chain_next(const struct raw_chain *chain, const char *path)
{
    return chain->next < chain->count ? chain->paths[chain->next] : path;
}

void raw_chain_step(struct raw_chain *chain)
{
    if (chain->next < chain->count)
        chain->next++;
}

bool raw_chain_is_empty(const struct raw_chain *chain)
{
    return chain->next >= chain->count;
}

bool raw_is_turned(const struct raw_file *file, const struct raw_chain *chain, const char *path)
{
    struct stat about;
    if (file->is_pipe || stat(raw_chain_next(chain, path), &about) != 0)
        return false;
    return about.st_dev != file->device || about.st_ino != file->inode;
}
