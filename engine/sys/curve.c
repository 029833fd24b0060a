/* curve.c - Z85 in and out, and the file of a pair: two lines, "public: KEY" and "secret: KEY". */
#include "engine/sys/curve.h"
#include "engine/sys/lang.h"
#include "engine/sys/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>
#include <zmq.h>

enum { KEY_DIGITS = CURVE_KEY_BYTES - 1, LINE_BYTES = 256 };

int curve_pair_make(struct curve_pair *pair_out)
{
    return zmq_curve_keypair(pair_out->public_key, pair_out->secret_key) == 0 ? 0 : -ENOTSUP;
}

int curve_pair_write(const char *path, const struct curve_pair *pair)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (file == NULL) {
        int error = errno;
        if (fd >= 0)
            (void)close(fd);
        return -error;
    }
    (void)fprintf(file,
                  "# A CURVE key pair. Whoever is to know it gets the public line; the secret one\n"
                  "# stays here.\npublic: %s\nsecret: %s\n",
                  pair->public_key, pair->secret_key);
    bool is_good = fflush(file) == 0 && fsync(fd) == 0;
    int error = is_good ? 0 : errno;
    return fclose(file) == 0 || error != 0 ? -error : -errno;
}

bool curve_is_key(const char *text)
{
    uint8_t raw[CURVE_RAW_BYTES];
    return strlen(text) == KEY_DIGITS && zmq_z85_decode(raw, text) != NULL;
}

void curve_text(const unsigned char raw[CURVE_RAW_BYTES], char key_out[CURVE_KEY_BYTES])
{
    const char *text = zmq_z85_encode(key_out, raw, CURVE_RAW_BYTES);
    assert(text != NULL); /* thirty-two is a multiple of four */
}

static int key_of(const char *given, const char *name, char key_out[CURVE_KEY_BYTES])
{
    char line[LINE_BYTES];
    size_t length = strlen(name);
    int error = -EINVAL;
    if (curve_is_key(given)) {
        memcpy(key_out, given, CURVE_KEY_BYTES);
        return 0;
    }
    FILE *file = fopen(given, "r");
    if (file == NULL)
        return -errno;
    while (error != 0 && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (strncmp(line, name, length) != 0 || !curve_is_key(line + length))
            continue;
        memcpy(key_out, line + length, CURVE_KEY_BYTES);
        error = 0;
    }
    (void)fclose(file);
    return error;
}

int curve_public(const char *given, char key_out[CURVE_KEY_BYTES])
{
    return key_of(given, "public: ", key_out);
}

int curve_secret(const char *given, char key_out[CURVE_KEY_BYTES])
{
    return key_of(given, "secret: ", key_out);
}

/* The public key that belongs to a secret one. */
static int curve_public_of(const char *secret_key, char key_out[CURVE_KEY_BYTES])
{
    return zmq_curve_public(key_out, secret_key) == 0 ? 0 : -EINVAL;
}

static _Noreturn void refuse(const char *program, const char *option, int error)
{
    (void)fprintf(stderr, "%s: --%s: %s\n", program, option,
                  error == -EINVAL ? say("neither a key of 40 characters (Z85) nor a file that has "
                                         "one; see cardwatch keys new",
                                         "既不是 40 个字符的密钥（Z85），也不是含密钥的文件；见 "
                                         "cardwatch keys new")
                                   : strerror(-error));
    exit(EX_CONFIG);
}

/* What was given, looked up. */
struct curve_keys {
    char server_key[CURVE_KEY_BYTES]; /* empty: no CURVE */
    struct curve_pair own;
};

/* What is wrong with them is said and ends the program (78). */
static void curve_keys_read(const char *program, const struct curve_given *given,
                            struct curve_keys *keys_out)
{
    *keys_out = (struct curve_keys){.server_key = ""};
    if (given->server_key == NULL)
        return;
    int error = curve_public(given->server_key, keys_out->server_key);
    if (error != 0)
        refuse(program, "server-key", error);
    if (given->secret_key == NULL) {
        (void)fprintf(stderr, "%s: --server-key: %s\n", program,
                      say("needs --secret-key too", "还需要 --secret-key"));
        exit(EX_CONFIG);
    }
    error = curve_secret(given->secret_key, keys_out->own.secret_key);
    if (error != 0)
        refuse(program, "secret-key", error);
    error = given->public_key == NULL
                ? curve_public_of(keys_out->own.secret_key, keys_out->own.public_key)
                : curve_public(given->public_key, keys_out->own.public_key);
    if (error != 0)
        refuse(program, given->public_key == NULL ? "secret-key" : "public-key", error);
}

void curve_use(const char *program, const struct curve_given *given)
{
    static struct curve_keys keys; /* the sockets borrow it */
    curve_keys_read(program, given, &keys);
    if (keys.server_key[0] != '\0')
        socket_use_keys(keys.server_key, keys.own.public_key, keys.own.secret_key);
}
