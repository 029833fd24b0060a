/* package.c - a zip archive in memory. Sizes are looked at before anything is unpacked, and counted
 * while it is: a small file must not become a large one.
 */
#include "rules/sheet/package.h"

#include <errno.h>
#include <expat.h>
#include <stdlib.h>
#include <zip.h>

enum { CHUNK_BYTES = 65536 };

struct package {
    const char *file;
    struct problem_list *problems;
    zip_t *zip;
    XML_Parser parser; /* of the part that is read now */
    const struct package_reader *reader;
    int status;
    char chunk[CHUNK_BYTES];
};

static int damaged(struct package *package, const char *part, const char *why)
{
    problem_error(package->problems, package->file, 0, 0,
                  "the workbook is damaged: %s: %s; open it in a spreadsheet program and save it "
                  "again as .xlsx",
                  "工作簿已损坏：%s：%s；请用电子表格软件打开后重新另存为 .xlsx", part, why);
    return SHEET_E_BAD;
}

int package_open(const char *file, struct slice bytes, struct problem_list *problems,
                 struct package **package_out)
{
    zip_error_t error;
    struct package *package = calloc(1, sizeof *package);
    if (package == NULL)
        return -ENOMEM;
    package->file = file;
    package->problems = problems;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes.start, bytes.count, 0, &error);
    if (source != NULL)
        package->zip = zip_open_from_source(source, ZIP_RDONLY, &error);
    int status = 0;
    if (package->zip == NULL) {
        zip_source_free(source);
        status = zip_error_code_zip(&error) == ZIP_ER_MEMORY
                     ? -ENOMEM
                     : damaged(package, "zip", zip_error_strerror(&error));
    } else if (zip_get_num_entries(package->zip, 0) > WORKBOOK_ENTRIES_MAX) {
        problem_error(problems, file, 0, 0,
                      "more than %d files within the workbook: leave out pictures and old sheets",
                      "工作簿内的文件超过 %d 个：请删去图片和旧工作表", WORKBOOK_ENTRIES_MAX);
        status = SHEET_E_BAD;
    }
    zip_error_fini(&error);
    if (status == 0)
        *package_out = package;
    else
        package_close(&package);
    return status;
}

void package_close(struct package **package_p)
{
    struct package *package = *package_p;
    *package_p = NULL;
    if (package == NULL)
        return;
    if (package->zip != NULL)
        zip_discard(package->zip);
    free(package);
}

bool package_has(const struct package *package, const char *part)
{
    return zip_name_locate(package->zip, part, 0) >= 0;
}

const char *package_attribute(const char **attributes, const char *name)
{
    for (; attributes[0] != NULL; attributes += 2) {
        const char *bar = strrchr(attributes[0], '|');
        if (strcmp(bar == NULL ? attributes[0] : bar + 1, name) == 0)
            return attributes[1];
    }
    return NULL;
}

void package_stop(struct package *package, int status)
{
    if (package->status == 0)
        package->status = status;
    (void)XML_StopParser(package->parser, XML_FALSE); /* (already stopped: nothing to do) */
}

/* ---- expat ------------------------------------------------------------------------------------
 */

static const char *without_namespace(const char *name)
{
    const char *bar = strrchr(name, '|');
    return bar == NULL ? name : bar + 1;
}

static void on_start(void *ctx, const char *name, const char **attributes)
{
    struct package *package = ctx;
    if (package->status == 0)
        package->reader->start(package->reader->ctx, without_namespace(name), attributes);
}

static void on_end(void *ctx, const char *name)
{
    struct package *package = ctx;
    if (package->status == 0 && package->reader->end != NULL)
        package->reader->end(package->reader->ctx, without_namespace(name));
}

static void on_text(void *ctx, const char *text, int count)
{
    struct package *package = ctx;
    if (package->status == 0 && package->reader->text != NULL)
        package->reader->text(package->reader->ctx,
                              (struct slice){.start = text, .count = (size_t)count});
}

/* A workbook has no use for entities of its own; they are how small files become large. */
static void on_doctype(void *ctx, const char *name, const char *system, const char *public,
                       int has_inside)
{
    struct package *package = ctx;
    (void)system;
    (void)public;
    (void)has_inside;
    package_stop(package, damaged(package, name, "DOCTYPE"));
}

static int feed(struct package *package, zip_file_t *file, const char *part)
{
    uint64_t total = 0;
    for (bool is_last = false; !is_last && package->status == 0;) {
        zip_int64_t count = zip_fread(file, package->chunk, sizeof package->chunk);
        if (count < 0)
            return damaged(package, part, zip_file_strerror(file));
        total += (uint64_t)count;
        is_last = count == 0;
        if (total > WORKBOOK_PART_BYTES_MAX)
            return damaged(package, part, "too large");
        if (XML_Parse(package->parser, package->chunk, (int)count, is_last) != XML_STATUS_ERROR ||
            package->status != 0)
            continue;
        enum XML_Error error = XML_GetErrorCode(package->parser);
        return error == XML_ERROR_NO_MEMORY ? -ENOMEM
                                            : damaged(package, part, XML_ErrorString(error));
    }
    return package->status;
}

static int parse_file(struct package *package, zip_file_t *file, const char *part)
{
    package->parser = XML_ParserCreateNS(NULL, '|');
    if (package->parser == NULL)
        return -ENOMEM;
    package->status = 0;
    XML_SetUserData(package->parser, package);
    XML_SetElementHandler(package->parser, on_start, on_end);
    XML_SetCharacterDataHandler(package->parser, on_text);
    XML_SetStartDoctypeDeclHandler(package->parser, on_doctype);
    int status = feed(package, file, part);
    XML_ParserFree(package->parser);
    package->parser = NULL;
    return status;
}

int package_parse(struct package *package, const char *part, const struct package_reader *reader)
{
    zip_stat_t about;
    if (zip_stat(package->zip, part, 0, &about) != 0)
        return damaged(package, part, zip_strerror(package->zip));
    if ((about.valid & ZIP_STAT_SIZE) != 0 && about.size > WORKBOOK_PART_BYTES_MAX) {
        problem_error(package->problems, package->file, 0, 0,
                      "%s is more than %d MB unpacked: split the table",
                      "%s 解压后超过 %d MB：请拆分表格", part,
                      WORKBOOK_PART_BYTES_MAX / 1024 / 1024);
        return SHEET_E_BAD;
    }
    zip_file_t *file = zip_fopen(package->zip, part, 0);
    if (file == NULL)
        return damaged(package, part, zip_strerror(package->zip));
    package->reader = reader;
    int status = parse_file(package, file, part);
    (void)zip_fclose(file); /* it was only read */
    return status;
}
