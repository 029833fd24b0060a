/* position.c - see the header for the one idea.
 */
#include "collectors/push/position.h"

#include "engine/wire/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void json_drop(json_t **json_p)
{
    json_decref(*json_p);
}

static void bytes_drop(struct bytes *bytes)
{
    bytes_clear(bytes);
}

static bool read_number(const json_t *object, const char *name, uint64_t *number_out)
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return false;
    *number_out = (uint64_t)json_integer_value(value);
    return true;
}

static bool read_text(const json_t *object, const char *name, char *to, size_t room)
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_string(value) || json_string_length(value) >= room)
        return false;
    memcpy(to, json_string_value(value), json_string_length(value) + 1);
    return true;
}

int position_read(const char *path, struct position *position_out)
{
    if (access(path, F_OK) != 0)
        return errno == ENOENT || errno == ENOTDIR ? POSITION_E_NONE : -errno;
    json_error_t error;
    OWNED(json_drop) json_t *object = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(object))
        return POSITION_E_BAD;
    struct position position = {0};
    uint64_t file_index = 0;
    bool is_good = read_number(object, "seq", &position.place.seq) &&
                   read_number(object, "file_seq", &position.place.file_seq) &&
                   read_number(object, "file_index", &file_index) &&
                   read_number(object, "offset", &position.place.offset) &&
                   read_number(object, "row", &position.place.row) &&
                   read_text(object, "source", position.source, sizeof position.source) &&
                   read_text(object, "file", position.file, sizeof position.file) &&
                   read_text(object, "print", position.print, sizeof position.print) &&
                   read_text(object, "map", position.map, sizeof position.map);
    if (!is_good || file_index > UINT32_MAX || position.place.file_seq > position.place.seq)
        return POSITION_E_BAD;
    position.place.file_index = (uint32_t)file_index;
    position.is_done = json_is_true(json_object_get(object, "done"));
    *position_out = position;
    return 0;
}

static int format(struct bytes *text, const struct position *position)
{
    int status = bytes_append(text, SLICE("{\"source\":"));
    if (status == 0)
        status = json_text(text, slice_of(position->source));
    if (status == 0)
        status = bytes_printf(
            text,
            ",\"seq\":%" PRIu64 ",\"file_seq\":%" PRIu64 ",\"file_index\":%" PRIu32
            ",\"offset\":%" PRIu64 ",\"row\":%" PRIu64 ",\"done\":%s,\"file\":",
            position->place.seq, position->place.file_seq, position->place.file_index,
            position->place.offset, position->place.row, position->is_done ? "true" : "false");
    if (status == 0)
        status = json_text(text, slice_of(position->file));
    if (status == 0)
        status = bytes_append(text, SLICE(",\"print\":"));
    if (status == 0)
        status = json_text(text, slice_of(position->print));
    if (status == 0)
        status = bytes_append(text, SLICE(",\"map\":"));
    if (status == 0)
        status = json_text(text, slice_of(position->map));
    return status != 0 ? status : bytes_append(text, SLICE("}\n"));
}

static int write_whole(const char *path, const struct bytes *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return -errno;
    int status = 0;
    size_t done = 0;
    while (status == 0 && done < text->count) {
        ssize_t count = write(fd, text->start + done, text->count - done);
        if (count >= 0)
            done += (size_t)count;
        else if (errno != EINTR)
            status = -errno;
    }
    if (status == 0 && fsync(fd) != 0)
        status = -errno;
    if (close(fd) != 0 && status == 0)
        status = -errno;
    return status;
}

static int sync_folder_of(const char *path)
{
    char folder[POSITION_TEXT_BYTES];
    const char *slash = strrchr(path, '/');
    int length = slash == NULL ? 1 : slash == path ? 1 : (int)(slash - path);
    (void)snprintf(folder, sizeof folder, "%.*s", length, slash == NULL ? "." : path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int status = fsync(fd) == 0 ? 0 : -errno;
    (void)close(fd); /* nothing was written through it */
    return status;
}

int position_write(const char *path, const struct position *position)
{
    OWNED(bytes_drop) struct bytes text = {0};
    char beside[POSITION_TEXT_BYTES];
    int length = snprintf(beside, sizeof beside, "%s.new", path);
    if (length < 0 || (size_t)length >= sizeof beside)
        return -ENAMETOOLONG;
    int status = format(&text, position);
    if (status == 0)
        status = write_whole(beside, &text);
    if (status == 0 && rename(beside, path) != 0)
        status = -errno;
    return status != 0 ? status : sync_folder_of(path);
}
