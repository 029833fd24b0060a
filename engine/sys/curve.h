/* curve.h - CURVE keys: as they are given, as they lie in a file, and those a program connects
 * with.
 *
 * Layer: sys. A key is forty characters of Z85. Wherever one is given, the name of a file that
 * `cardwatch keys new` made will do as well: a secret on a command line is read by everybody.
 */
#ifndef SYS_CURVE_H
#define SYS_CURVE_H

#include "engine/base/base.h"

enum { CURVE_KEY_BYTES = 41, CURVE_RAW_BYTES = 32 };

struct curve_pair {
    char public_key[CURVE_KEY_BYTES];
    char secret_key[CURVE_KEY_BYTES];
};

/* curve_pair_make - a new pair. Returns 0, or a negative errno (this libzmq knows no CURVE). */
MUST_USE int curve_pair_make(struct curve_pair *pair_out);

/* curve_pair_write - into a new file that its owner alone may read. Returns 0 or a negative errno
 * (-EEXIST: a file is never written over). */
MUST_USE int curve_pair_write(const char *path, const struct curve_pair *pair);

/* curve_public, curve_secret - a key as it was given: itself, or out of a file. Returns 0, -EINVAL
 * (it is neither), another negative errno. */
MUST_USE int curve_public(const char *given, char key_out[CURVE_KEY_BYTES]);
MUST_USE int curve_secret(const char *given, char key_out[CURVE_KEY_BYTES]);

bool curve_is_key(const char *text);

/* curve_text - raw bytes, as ZeroMQ hands them over, to Z85. */
void curve_text(const unsigned char raw[CURVE_RAW_BYTES], char key_out[CURVE_KEY_BYTES]);

/* The keys of a program that connects to an engine, as its options give them; NULL: not given. */
struct curve_given {
    const char *server_key;
    const char *public_key;
    const char *secret_key;
};

/* The rows for them in a program's table of options. */
#define CURVE_OPTIONS(given)                                                                       \
    {"server-key",                                                                                 \
     0,                                                                                            \
     OPTION_TEXT,                                                                                  \
     "KEY|FILE",                                                                                   \
     NULL,                                                                                         \
     0,                                                                                            \
     0,                                                                                            \
     "CURVE, over tcp: the engine's public key",                                                   \
     "CURVE（用于 tcp）：引擎公钥",                                                                \
     &(given).server_key},                                                                         \
        {"public-key",                                                                             \
         0,                                                                                        \
         OPTION_TEXT,                                                                              \
         "KEY|FILE",                                                                               \
         NULL,                                                                                     \
         0,                                                                                        \
         0,                                                                                        \
         "CURVE: own public key (default: that of the secret key)",                                \
         "CURVE：自己的公钥（默认由私钥得出）",                                                    \
         &(given).public_key},                                                                     \
    {                                                                                              \
        "secret-key", 0, OPTION_TEXT, "KEY|FILE", NULL, 0, 0, "CURVE: own secret key",             \
            "CURVE：自己的私钥", &(given).secret_key                                               \
    }

/* curve_use - every socket of this program that connects over tcp does so with these. */
void curve_use(const char *program, const struct curve_given *given);

#endif
