/* mail.c - the form of a mail (RFC 5322, 2045, 2047) around what compose.c says. Everything in a
 * head is either fixed, checked ASCII, or base64: no byte of a card can make a line of its own.
 */
#include "engine/base/utf8.h"
#include "viewer/notify/compose.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    MESSAGE_ID_BYTES = 320,
    WORD_BYTES = 36, /* of text in one encoded word: with its dress and "Subject: " 69 */
    LINE_BYTES = 57, /* of body in one line of 76 */
    BASE64_ROOM = 128,
    SUBJECT_BYTES_MAX = 512,
};

static void write_base64(FILE *file, const char *bytes, size_t count)
{
    char room[BASE64_ROOM];
    (void)sodium_bin2base64(room, sizeof room, (const unsigned char *)bytes, count,
                            sodium_base64_VARIANT_ORIGINAL);
    (void)fputs(room, file);
}

/* UTF-8 in a head: words of whole characters, folded. */
static void write_words(FILE *file, const char *text)
{
    size_t count = strlen(text), at = 0;
    if (count > SUBJECT_BYTES_MAX)
        count = SUBJECT_BYTES_MAX;
    while (at < count) {
        size_t piece = 0;
        while (at + piece < count) {
            size_t extent =
                utf8_extent((const uint8_t *)text + at + piece, strlen(text + at + piece));
            if (extent == 0)
                extent = 1;
            if (piece + extent > WORD_BYTES)
                break;
            piece += extent;
        }
        (void)fputs(at == 0 ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?", file);
        write_base64(file, text + at, piece);
        (void)fputs("?=", file);
        at += piece;
    }
}

static void write_date(FILE *file, int64_t ms)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(ms / 1000);
    struct tm utc;
    if (gmtime_r(&seconds, &utc) == NULL)
        return;
    (void)fprintf(file, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[utc.tm_wday],
                  utc.tm_mday, months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                  utc.tm_sec);
}

/* "<id@domain>". Returns room. */
static char *message_id(const struct notice *notice, const char *from, char room[MESSAGE_ID_BYTES])
{
    const char *at = strrchr(from, '@');
    (void)snprintf(room, MESSAGE_ID_BYTES, "<%s@%s>", notice->id,
                   at == NULL ? "localhost" : at + 1);
    return room;
}

static void write_head(FILE *file, const struct notice *notice, const char *from,
                       const char *subject)
{
    char id[MESSAGE_ID_BYTES];
    write_date(file, notice->created_ms);
    (void)fputs("From: ", file);
    write_words(file, notice->is_zh ? "电子监察" : "cardwatch");
    (void)fprintf(file, "\r\n <%s>\r\nTo: ", from);
    if (notice->name[0] != '\0') {
        write_words(file, notice->name);
        (void)fputs("\r\n ", file);
    }
    (void)fprintf(file, "<%s>\r\nSubject: ", notice->to);
    write_words(file, subject);
    (void)fprintf(file,
                  "\r\nMessage-ID: %s\r\n"
                  "X-Cardwatch-Notice: %s\r\n"
                  "Auto-Submitted: auto-generated\r\n"
                  "MIME-Version: 1.0\r\n"
                  "Content-Type: text/plain; charset=utf-8\r\n"
                  "Content-Transfer-Encoding: base64\r\n\r\n",
                  message_id(notice, from, id), notice->id);
}

char *compose_mail(const struct notice *notice, const char *from)
{
    char *text = NULL;
    size_t count;
    char *subject = compose_subject(notice);
    char *body = compose_body(notice);
    FILE *file = subject == NULL || body == NULL ? NULL : open_memstream(&text, &count);
    if (file != NULL) {
        write_head(file, notice, from, subject);
        size_t left = strlen(body);
        for (const char *at = body; left > 0;) {
            size_t piece = left < LINE_BYTES ? left : LINE_BYTES;
            write_base64(file, at, piece);
            (void)fputs("\r\n", file);
            at += piece;
            left -= piece;
        }
        if (fclose(file) != 0)
            text = NULL;
    }
    free(subject);
    free(body);
    return text;
}
