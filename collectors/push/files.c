/* files.c - at any time one file is open; `place` is where it stands.
 */
#include "collectors/push/files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct files {
    struct files_options options;
    struct lines *lines;
    struct place place;
    uint64_t bytes_before; /* of the files before the one that is open, as they lie on disk */
    uint64_t bytes_total;  /* of all; 0: not known */
    char print[LINES_PRINT_BYTES];
};

int files_create(const struct files_options *options, struct files **files_out)
{
    assert(options->count > 0);
    struct files *files = calloc(1, sizeof *files);
    if (files == NULL)
        return -ENOMEM;
    files->options = *options;
    for (size_t i = 0; i < options->count; i++) {
        struct stat about;
        if (stat(options->paths[i], &about) == 0 && S_ISREG(about.st_mode))
            files->bytes_total += (uint64_t)about.st_size;
    }
    *files_out = files;
    return 0;
}

void files_destroy(struct files **files_p)
{
    if (*files_p == NULL)
        return;
    lines_close(&(*files_p)->lines);
    free(*files_p);
    *files_p = NULL;
}

const char *files_name(const struct files *files)
{
    return files->options.paths[files->place.file_index];
}

static int cannot_read(const struct files *files, int status)
{
    struct fault fault = {.file = files_name(files)};
    const char *why = strerror(-status);
    fault_say(&fault, "cannot be read: %s", "无法读取：%s", why);
    report_add(files->options.report, &fault);
    return INPUT_E_BAD;
}

static int no_text(const struct files *files)
{
    struct fault fault = {.file = files_name(files), .code = SLICE("malformed")};
    fault_say(&fault,
              "is no text that can be read (UTF-16, or damaged gzip) from byte %llu on; save it as "
              "UTF-8 or GB18030",
              "从第 %llu 字节起不是可读的文本（UTF-16，或 gzip 已损坏）；请另存为 UTF-8 或 GB18030",
              (unsigned long long)files->place.offset);
    report_add(files->options.report, &fault);
    return INPUT_E_BAD;
}

static int open_file(struct files *files, uint32_t index)
{
    lines_close(&files->lines);
    files->place.file_index = index;
    const struct lines_options options = {
        .path = files_name(files),
        .encoding = files->options.encoding,
        .follow = files->options.follow && index + 1 == files->options.count,
    };
    int status = lines_open(&options, &files->lines);
    if (status == -EINVAL)
        return status; /* the encoding is not known here: the caller's mistake, not the file's */
    return status != 0 ? cannot_read(files, status) : 0;
}

static void count_bytes_before(struct files *files)
{
    files->bytes_before = 0;
    for (uint32_t i = 0; i < files->place.file_index; i++) {
        struct stat about;
        if (stat(files->options.paths[i], &about) == 0)
            files->bytes_before += (uint64_t)about.st_size;
    }
}

int files_seek(struct files *files, const struct place *place)
{
    bool is_open = files->lines != NULL && files->place.file_index == place->file_index;
    int status = is_open ? 0 : open_file(files, place->file_index);
    if (status != 0)
        return status;
    files->place = *place;
    count_bytes_before(files);
    status = lines_seek(files->lines, place->offset);
    if (status < 0)
        return cannot_read(files, status);
    if (status == 0)
        return 0;
    struct fault fault = {.file = files_name(files)};
    fault_say(&fault, "is shorter than the %llu bytes that were read of it before",
              "比先前已读取的 %llu 字节短", (unsigned long long)place->offset);
    report_add(files->options.report, &fault);
    return INPUT_E_BAD;
}

bool files_find(struct files *files, const char *print, struct place *place_io)
{
    uint64_t bytes = strtoull(print, NULL, 10);
    for (uint32_t i = 0; i < files->options.count; i++) {
        if (open_file(files, i) != 0)
            continue;
        if (strcmp(lines_print(files->lines, bytes, files->print), print) == 0) {
            place_io->file_index = i;
            return true;
        }
    }
    uint32_t last = (uint32_t)files->options.count - 1;
    if (!files->options.follow || open_file(files, last) != 0 ||
        !lines_turn_back(files->lines, print))
        return false;
    place_io->file_index = last;
    return true;
}

const char *files_path(struct files *files, const struct place *place)
{
    return files->options.paths[place->file_index];
}

const char *files_print(struct files *files, const struct place *place)
{
    if (files->lines == NULL || files->place.file_index != place->file_index)
        return ""; /* of a file that was closed: it was read to its end */
    return lines_print(files->lines, place->offset, files->print);
}

static void begin_file(struct files *files)
{
    files->place.offset = 0;
    files->place.row = 0;
    files->place.file_seq = files->place.seq;
}

static int next_file(struct files *files)
{
    if (files->place.file_index + 1 == files->options.count)
        return INPUT_E_END;
    int status = open_file(files, files->place.file_index + 1);
    begin_file(files);
    count_bytes_before(files);
    return status != 0 ? status : FILES_E_NEW;
}

int files_next(struct files *files, struct slice *line_out)
{
    int status = lines_next(files->lines, line_out);
    uint64_t offset = lines_offset(files->lines);
    if (status < 0)
        return cannot_read(files, status);
    switch (status) {
    case LINES_E_END:
        return next_file(files);
    case LINES_E_WAIT:
        return INPUT_E_WAIT;
    case LINES_E_FORMAT:
        files->place.offset = offset;
        return no_text(files);
    case LINES_E_TURNED:
    case LINES_E_CUT:
        begin_file(files);
        return FILES_E_NEW;
    case LINES_E_TOO_LONG:
        status = FILES_E_TOO_LONG;
        break;
    case LINES_E_ENCODING:
        status = FILES_E_ENCODING;
        break;
    default:
        break;
    }
    files->place.row++;
    files->place.offset = offset;
    return status;
}

struct place files_place(const struct files *files)
{
    return files->place;
}

void files_count(struct files *files)
{
    files->place.seq++;
}

struct report *files_report(const struct files *files)
{
    return files->options.report;
}

struct progress files_progress(const struct files *files)
{
    uint64_t done = files->lines == NULL ? 0 : lines_bytes_done(files->lines);
    return (struct progress){.done = files->bytes_before + done, .total = files->bytes_total};
}
