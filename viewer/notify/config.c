/* config.c - see config.h. */
#include "viewer/notify/config.h"
#include "engine/sys/curve.h"
#include "engine/sys/lang.h"
#include "engine/sys/options.h"
#include "viewer/feed/place.h"

#include <errno.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum { SECRET_BYTES_MAX = 4096, SECRET_BYTES_MIN = 16 };

static struct config in_force;
static struct curve_given curve;

static const struct option options[] = {
    {"recipients", 'r', OPTION_TEXT, "FILE", "recipients.csv", 0, 0,
     "who is told: CSV of org_code,name,email,webhook,levels,lang",
     "收件人：CSV，列为 org_code,name,email,webhook,levels,lang", &in_force.recipients},
    {"smtp", 's', OPTION_TEXT, "URL", NULL, 0, 0,
     "mail server: smtp://host:port, smtps://host:port",
     "邮件服务器：smtp://主机:端口 或 smtps://主机:端口", &in_force.smtp},
    {"smtp-user", 0, OPTION_TEXT, "NAME", NULL, 0, 0, "user at the mail server", "邮件服务器用户名",
     &in_force.smtp_user},
    {"smtp-password-file", 0, OPTION_TEXT, "FILE", NULL, 0, 0, "file with that user's password",
     "存放其密码的文件", &in_force.smtp_password_file},
    {"smtp-tls", 0, OPTION_FLAG, NULL, NULL, 0, 0, "no mail without encryption", "未加密则不发邮件",
     &in_force.needs_tls},
    {"from", 0, OPTION_TEXT, "ADDR", "cardwatch@localhost", 0, 0, "the sender's address",
     "发件人地址", &in_force.from},
    {"webhook-secret-file", 0, OPTION_TEXT, "FILE", NULL, 0, 0,
     "key that webhooks are signed with (HMAC-SHA256)", "webhook 签名密钥文件 (HMAC-SHA256)",
     &in_force.secret_file},
    {"position", 'p', OPTION_TEXT, "FILE", "notify.position", 0, 0,
     "what has been told, and what is still to be sent", "已通知到哪里、还有哪些待发的记录文件",
     &in_force.position},
    {"begin", 0, OPTION_TEXT, "SEQ|start|now", "now", 0, 0,
     "first card, while there is no position yet", "尚无记录时从哪一张牌开始", &in_force.from_text},
    {"window", 'w', OPTION_DURATION, "TERM", "60 second", 0, 86400000,
     "cards that come within it go into one message", "此时间内的牌合并为一封",
     &in_force.window_ms},
    {"digest-max", 0, OPTION_NUMBER, "N", "500", 1, 10000, "so many cards end the window at once",
     "达到此牌数立即发出", &in_force.digest_max},
    {"retry-first", 0, OPTION_DURATION, "TERM", "5 second", 10, 3600000,
     "wait before trying again; doubles", "首次重试前的等待，之后加倍", &in_force.retry_first_ms},
    {"retry-max", 0, OPTION_DURATION, "TERM", "10 minute", 10, 86400000, "the longest wait",
     "重试等待上限", &in_force.retry_max_ms},
    {"give-up", 0, OPTION_DURATION, "TERM", "3 day", 1000, 2592000000,
     "a message that could not be sent for so long is recorded as failed",
     "超过此时间仍未发出则记为失败", &in_force.give_up_ms},
    OPTION_HOME(in_force),
    OPTION_FEED(in_force),
    OPTION_QUERY(in_force),
    CURVE_OPTIONS(curve),
};

static const struct program program = {
    .name = "cardwatch view notify",
    .section = "notify",
    .usage = "[OPTION…]",
    .about_en = "Tells department heads of their cards: by e-mail, and by a signed webhook.",
    .about_zh = "向部门负责人通知牌情：电子邮件与带签名的 webhook。",
    .options = options,
    .option_count = COUNT_OF(options),
};

void config_read(struct config *config, int argc, char **argv)
{
    (void)options_read(&program, argc, argv);
    curve_use(program.name, &curve);
    *config = in_force;
}

static int complain(int code, const char *format, ...) PRINTF_LIKE(2, 3);

static int complain(int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)fputs(say("cardwatch view notify: ", "cardwatch view notify："), stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
    return code;
}

/* The whole file, with an end mark behind it; NULL and errno if it cannot be had. */
static char *read_file(const char *path, size_t bytes_max, size_t *count_out)
{
    FILE *file = fopen(path, "rb");
    char *text = file == NULL ? NULL : malloc(bytes_max + 2);
    if (text == NULL) {
        if (file != NULL)
            (void)fclose(file);
        return NULL;
    }
    errno = 0;
    size_t count = fread(text, 1, bytes_max + 1, file);
    bool is_bad = ferror(file) != 0 || count > bytes_max;
    int error = count > bytes_max ? EFBIG : errno;
    (void)fclose(file);
    if (is_bad) {
        free(text);
        errno = error;
        return NULL;
    }
    text[count] = '\0';
    *count_out = count;
    return text;
}

static int load_secret(const char *path, char **secret_out, size_t *count_out)
{
    size_t count;
    char *text = read_file(path, SECRET_BYTES_MAX, &count);
    if (text == NULL)
        return complain(EX_NOINPUT, say("%s: %s", "%s：%s"), path, strerror(errno));
    while (count > 0 && (text[count - 1] == '\n' || text[count - 1] == '\r'))
        text[--count] = '\0';
    *secret_out = text;
    *count_out = count;
    return 0;
}

static int load_recipients(const char *path, struct recipients **recipients_out)
{
    struct recipients_mistake mistake;
    size_t count;
    char *text = read_file(path, RECIPIENT_FILE_BYTES_MAX, &count);
    if (text == NULL)
        return complain(EX_NOINPUT, say("%s: %s", "%s：%s"), path, strerror(errno));
    int error = recipients_create((struct slice){text, count}, recipients_out, &mistake);
    free(text);
    if (error == RECIPIENTS_E_WRONG)
        return complain(EX_CONFIG, say("%s: row %u: %s", "%s：第 %u 行：%s"), path, mistake.row,
                        lang_is_zh() ? mistake.zh : mistake.en);
    return error == 0 ? 0 : EX_OSERR;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0 && text[strlen(with)] != '\0';
}

static int check_mail(const struct config *config, const struct recipients *recipients)
{
    if (config->smtp == NULL)
        return recipients_has(recipients, CHANNEL_MAIL)
                   ? complain(EX_CONFIG, "%s",
                              say("some recipients have an e-mail address: --smtp is needed",
                                  "有收件人使用电子邮件：须给出 --smtp"))
                   : 0;
    if (!begins(config->smtp, "smtp://") && !begins(config->smtp, "smtps://"))
        return complain(EX_CONFIG,
                        say("--smtp %s: should be smtp://host:port or smtps://host:port",
                            "--smtp %s：应为 smtp://主机:端口 或 smtps://主机:端口"),
                        config->smtp);
    if (!recipients_is_address(slice_of(config->from)))
        return complain(EX_CONFIG,
                        say("--from %s: not an e-mail address", "--from %s：不是邮件地址"),
                        config->from);
    if ((config->smtp_user == NULL) != (config->smtp_password_file == NULL))
        return complain(EX_CONFIG, "%s",
                        say("--smtp-user and --smtp-password-file go together",
                            "--smtp-user 与 --smtp-password-file 必须同时给出"));
    return 0;
}

static int check_hooks(const struct config *config, const struct recipients *recipients)
{
    if (!recipients_has(recipients, CHANNEL_HOOK))
        return 0;
    if (config->secret_file == NULL)
        return complain(EX_CONFIG, "%s",
                        say("some recipients have a webhook: --webhook-secret-file is needed",
                            "有收件人使用 webhook：须给出 --webhook-secret-file"));
    if (config->secret_bytes < SECRET_BYTES_MIN)
        return complain(EX_CONFIG,
                        say("%s: a secret has at least %d bytes", "%s：密钥至少 %d 字节"),
                        config->secret_file, SECRET_BYTES_MIN);
    return 0;
}

static int check_begin(struct config *config)
{
    char *end;
    config->from_seq = 0;
    if (strcmp(config->from_text, "now") == 0)
        return 0;
    if (strcmp(config->from_text, "start") == 0) {
        config->from_seq = 1;
        return 0;
    }
    errno = 0;
    unsigned long long seq = strtoull(config->from_text, &end, 10);
    if (errno != 0 || *end != '\0' || seq == 0 || config->from_text[0] < '0' ||
        config->from_text[0] > '9')
        return complain(EX_USAGE,
                        say("--begin %s: should be a number from 1, start, or now",
                            "--begin %s：应为从 1 起的数字、start 或 now"),
                        config->from_text);
    config->from_seq = seq;
    return 0;
}

int config_load(struct config *config, struct recipients **recipients_out)
{
    size_t password_bytes = 0;
    int code = check_begin(config);
    if (code == 0)
        code = load_recipients(config->recipients, recipients_out);
    if (code == 0 && config->secret_file != NULL)
        code = load_secret(config->secret_file, &config->secret, &config->secret_bytes);
    if (code == 0 && config->smtp_password_file != NULL)
        code = load_secret(config->smtp_password_file, &config->smtp_password, &password_bytes);
    if (code == 0)
        code = check_mail(config, *recipients_out);
    if (code == 0)
        code = check_hooks(config, *recipients_out);
    return code;
}

static void forget(char **secret_p)
{
    if (*secret_p != NULL)
        sodium_memzero(*secret_p, strlen(*secret_p));
    free(*secret_p);
    *secret_p = NULL;
}

void config_clear(struct config *config)
{
    forget(&config->secret);
    forget(&config->smtp_password);
}
