/* keys.c - cardwatch keys: pairs of CURVE keys, for the engine and for whoever connects to it. */
#include "engine/sys/curve.h"
#include "engine/sys/lang.h"
#include "engine/sys/options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static const struct program program = {
    .name = "cardwatch keys",
    .section = "keys",
    .usage = "new FILE | show FILE",
    .about_en = "Make a pair of CURVE keys in a new file that its owner alone may read; show the "
                "public one, which goes into the other side's options, or the engine's list of "
                "who may come in.",
    .about_zh = "在新文件中生成一对 CURVE 密钥（仅所有者可读）；显示其公钥，供对方的选项或引擎的"
                "准入名单使用。",
};

static int failed(const char *path, int error)
{
    (void)fprintf(stderr, "cardwatch keys: %s: %s\n", path,
                  error == -EINVAL ? say("has no key", "其中没有密钥") : strerror(-error));
    return error == -EINVAL ? EX_DATAERR : error == -ENOENT ? EX_NOINPUT : EX_CANTCREAT;
}

int main(int argc, char **argv)
{
    int first = options_read(&program, argc, argv);
    bool is_new = argc - first == 2 && strcmp(argv[first], "new") == 0;
    bool is_show = argc - first == 2 && strcmp(argv[first], "show") == 0;
    if (!is_new && !is_show) {
        (void)fprintf(
            stderr, "cardwatch keys: %s\n",
            say("new FILE or show FILE; see --help", "应为 new 文件 或 show 文件；见 --help"));
        return EX_USAGE;
    }
    const char *path = argv[first + 1];
    struct curve_pair pair;
    int error = 0;
    if (is_new) {
        error = curve_pair_make(&pair);
        if (error == 0)
            error = curve_pair_write(path, &pair);
    } else {
        error = curve_public(path, pair.public_key);
    }
    if (error != 0)
        return failed(path, error);
    (void)printf("%s\n", pair.public_key);
    return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}
