/* copy.c - an online copy: LMDB copies the pages of one instant while the engine goes on writing.
 *
 * As long as it takes, the engine cannot use pages again that it frees: the store may grow.
 */
#include "engine/store/store_state.h"
#include "engine/sys/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

static int failed(const char *what, const char *path, int error)
{
    log_error("copy: cannot %s %s: %s", what, path, strerror(error));
    return -error;
}

/* LMDB writes the file and leaves it to the system when it reaches the disk. */
static int sync_path(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return failed("open", path, errno);
    int error = fsync(fd) != 0 ? errno : 0;
    (void)close(fd);
    return error == 0 ? 0 : failed("sync", path, error);
}

static int sync_both(const char *folder)
{
    char file[PATH_BYTES];
    (void)snprintf(file, sizeof file, "%s/data.mdb", folder);
    int error = sync_path(file);
    return error != 0 ? error : sync_path(folder);
}

int store_copy(const char *from, const char *to)
{
    char file[PATH_BYTES];
    (void)snprintf(file, sizeof file, "%s/data.mdb", from);
    if (access(file, R_OK) != 0)
        return -errno;
    if (mkdir(to, 0700) != 0 && errno != EEXIST)
        return failed("make", to, errno);
    MDB_env *environment = NULL;
    int code = mdb_env_create(&environment);
    if (code == 0)
        code = mdb_env_open(environment, from, MDB_NOTLS | MDB_RDONLY, 0600);
    if (code == 0)
        code = mdb_env_copy2(environment, to, MDB_CP_COMPACT);
    if (environment != NULL)
        mdb_env_close(environment);
    if (code == 0)
        return sync_both(to);
    log_error("copy: %s to %s: %s", from, to, mdb_strerror(code));
    return code > 0 ? -code : -EIO;
}
