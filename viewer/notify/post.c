/* post.c - routes, transfers, and what their ends mean. */
#include "viewer/notify/post.h"
#include "engine/base/utf8.h"
#include "engine/sys/clock.h"
#include "engine/sys/log.h"
#include "viewer/notify/compose.h"

#include <curl/curl.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    MAILS_AT_A_TIME = 4,
    MAIL_SOCKETS_MAX = 4 * MAILS_AT_A_TIME, /* libcurl keeps no more for later */
    REPLY_S = 30,                           /* a mail server's time for one reply */
    HOOKS_AT_A_TIME = 8,
    FDS_MAX = 4,
    ANSWER_BYTES = 160,
    ANSWER_BYTES_MAX = 64 * 1024,
    TEXT_BYTES = 512,
};

/* A mail server, or one webhook. */
struct route {
    struct route *next;
    char *to; /* NULL: the mail server */
    int under_way;
    int at_a_time;
    int64_t rests_until_ms; /* monotonic */
    int64_t rest_ms;        /* the next one's length; 0: none yet */
};

struct transfer {
    struct transfer *next;
    struct post *post;
    struct notice *notice;
    CURL *easy;
    struct curl_slist *list; /* recipients, or headers */
    char *body;
    size_t count;
    size_t given;
    char answer[ANSWER_BYTES];
    size_t answer_count;
    size_t answer_total;
};

struct post {
    struct post_options options;
    struct outbox *outbox;
    CURLM *multi;
    struct route *routes;
    struct transfer *transfers;
    int under_way[CHANNEL_COUNT];
    int mail_sockets[MAIL_SOCKETS_MAX];
    int mail_socket_count;
    struct post_counts counts;
};

/* --- the mail server's sockets --------------------------------------------------------------
 *
 * libcurl says QUIT when it closes one and waits for the answer, two minutes if need be, while
 * nothing else is done. At the end there is nobody left to be polite to: see post_destroy. */

static curl_socket_t on_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct post *post = ctx;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    (void)purpose;
    if (fd >= 0 && post->mail_socket_count < MAIL_SOCKETS_MAX)
        post->mail_sockets[post->mail_socket_count++] = fd;
    return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static int on_socket_close(void *ctx, curl_socket_t fd)
{
    struct post *post = ctx;
    for (int i = 0; i < post->mail_socket_count; i++) {
        if (post->mail_sockets[i] == fd) {
            post->mail_sockets[i] = post->mail_sockets[--post->mail_socket_count];
            break;
        }
    }
    return close(fd);
}

struct post *post_create(const struct post_options *options, struct outbox *outbox)
{
    struct post *post = calloc(1, sizeof *post);
    if (post == NULL)
        return NULL;
    post->options = *options;
    post->outbox = outbox;
    post->multi = curl_multi_init();
    if (post->multi == NULL)
        post_destroy(&post);
    return post;
}

/* --- routes --------------------------------------------------------------------------------- */

static struct route *route_of(struct post *post, struct notice *notice)
{
    const char *to = notice->channel == CHANNEL_MAIL ? NULL : notice->to;
    if (notice->route != NULL)
        return notice->route;
    struct route *route = post->routes;
    while (route != NULL &&
           (to == NULL ? route->to != NULL : route->to == NULL || strcmp(route->to, to) != 0))
        route = route->next;
    if (route == NULL) {
        route = calloc(1, sizeof *route);
        char *copy = route == NULL || to == NULL ? NULL : strdup(to);
        if (route == NULL || (to != NULL && copy == NULL)) {
            free(route);
            return NULL;
        }
        *route = (struct route){
            .next = post->routes, .to = copy, .at_a_time = to == NULL ? MAILS_AT_A_TIME : 1};
        post->routes = route;
    }
    notice->route = route;
    return route;
}

static int64_t longer(const struct post *post, int64_t ms)
{
    int64_t next = ms == 0 ? post->options.retry_first_ms : ms * 2;
    return next < post->options.retry_max_ms ? next : post->options.retry_max_ms;
}

static void rest(const struct post *post, struct route *route)
{
    route->rest_ms = longer(post, route->rest_ms);
    route->rests_until_ms = clock_monotonic_ms() + route->rest_ms;
}

/* --- transfers ------------------------------------------------------------------------------ */

static size_t on_read(char *room, size_t size, size_t count, void *ctx)
{
    struct transfer *transfer = ctx;
    size_t left = transfer->count - transfer->given;
    size_t piece = size * count < left ? size * count : left;
    memcpy(room, transfer->body + transfer->given, piece);
    transfer->given += piece;
    return piece;
}

/* Of what a webhook answers the beginning is kept for the record; one that never ends is cut. */
static size_t on_write(char *bytes, size_t size, size_t count, void *ctx)
{
    struct transfer *transfer = ctx;
    size_t room = sizeof transfer->answer - 1 - transfer->answer_count;
    size_t piece = size * count < room ? size * count : room;
    memcpy(transfer->answer + transfer->answer_count, bytes, piece);
    transfer->answer_count += piece;
    transfer->answer_total += size * count;
    return transfer->answer_total > ANSWER_BYTES_MAX ? 0 : size * count;
}

static void transfer_destroy(struct transfer *transfer)
{
    if (transfer->easy != NULL)
        curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->list);
    free(transfer->body);
    free(transfer);
}

void post_destroy(struct post **post_p)
{
    struct post *post = *post_p;
    if (post == NULL)
        return;
    while (post->transfers != NULL) {
        struct transfer *transfer = post->transfers;
        post->transfers = transfer->next;
        (void)curl_multi_remove_handle(post->multi, transfer->easy);
        transfer_destroy(transfer);
    }
    for (int i = 0; i < post->mail_socket_count; i++)
        (void)shutdown(post->mail_sockets[i], SHUT_RDWR); /* what it was to say is said */
    if (post->multi != NULL)
        (void)curl_multi_cleanup(post->multi);
    while (post->routes != NULL) {
        struct route *route = post->routes;
        post->routes = route->next;
        free(route->to);
        free(route);
    }
    free(post);
    *post_p = NULL;
}

static bool add_line(struct transfer *transfer, const char *text)
{
    struct curl_slist *longer_list = curl_slist_append(transfer->list, text);
    if (longer_list != NULL)
        transfer->list = longer_list;
    return longer_list != NULL;
}

static bool prepare_mail(struct post *post, struct transfer *transfer)
{
    char from[TEXT_BYTES], to[TEXT_BYTES];
    CURL *easy = transfer->easy;
    (void)snprintf(from, sizeof from, "<%s>", post->options.from);
    (void)snprintf(to, sizeof to, "<%s>", transfer->notice->to);
    transfer->body = compose_mail(transfer->notice, post->options.from);
    if (transfer->body == NULL || !add_line(transfer, to))
        return false;
    transfer->count = strlen(transfer->body);
    bool is_set =
        curl_easy_setopt(easy, CURLOPT_URL, post->options.smtp) == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps") == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)REPLY_S) == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket) == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, post) == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_socket_close) == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, post) == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_MAIL_FROM, from) == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, transfer->list) == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L) == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read) == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_READDATA, transfer) == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)transfer->count) == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_USE_SSL,
                         (long)(post->options.needs_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY)) ==
            CURLE_OK;
    if (is_set && post->options.smtp_user != NULL)
        is_set = curl_easy_setopt(easy, CURLOPT_USERNAME, post->options.smtp_user) == CURLE_OK &&
                 curl_easy_setopt(easy, CURLOPT_PASSWORD, post->options.smtp_password) == CURLE_OK;
    return is_set;
}

/* HMAC-SHA256 (RFC 2104, a key of any length) over the body as it goes out. */
static void sign(const struct post *post, const struct transfer *transfer, char line[TEXT_BYTES])
{
    crypto_auth_hmacsha256_state state;
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char hex[2 * sizeof mac + 1];
    (void)crypto_auth_hmacsha256_init(&state, (const unsigned char *)post->options.secret.start,
                                      post->options.secret.count);
    (void)crypto_auth_hmacsha256_update(&state, (const unsigned char *)transfer->body,
                                        transfer->count);
    (void)crypto_auth_hmacsha256_final(&state, mac);
    (void)sodium_bin2hex(hex, sizeof hex, mac, sizeof mac);
    (void)snprintf(line, TEXT_BYTES, "X-Cardwatch-Signature: sha256=%s", hex);
}

static bool prepare_hook(const struct post *post, struct transfer *transfer)
{
    char signature[TEXT_BYTES], key[TEXT_BYTES];
    CURL *easy = transfer->easy;
    transfer->body = compose_hook(transfer->notice);
    if (transfer->body == NULL)
        return false;
    transfer->count = strlen(transfer->body);
    sign(post, transfer, signature);
    (void)snprintf(key, sizeof key, "Idempotency-Key: %s", transfer->notice->id);
    return add_line(transfer, "Content-Type: application/json; charset=utf-8") &&
           add_line(transfer, "Expect:") && add_line(transfer, signature) &&
           add_line(transfer, key) &&
           curl_easy_setopt(easy, CURLOPT_URL, transfer->notice->to) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_USERAGENT, "cardwatch") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->list) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)transfer->count) ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_POSTFIELDS, transfer->body) == CURLE_OK;
}

static bool prepare(struct post *post, struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    if (easy == NULL || curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, 10L) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_TIMEOUT, 60L) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_write) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer) != CURLE_OK)
        return false;
    return transfer->notice->channel == CHANNEL_MAIL ? prepare_mail(post, transfer)
                                                     : prepare_hook(post, transfer);
}

static void start(struct post *post, struct notice *notice, struct route *route)
{
    struct transfer *transfer = calloc(1, sizeof *transfer);
    if (transfer != NULL) {
        *transfer = (struct transfer){.post = post, .notice = notice, .easy = curl_easy_init()};
        if (prepare(post, transfer) &&
            curl_multi_add_handle(post->multi, transfer->easy) == CURLM_OK) {
            transfer->next = post->transfers;
            post->transfers = transfer;
            notice->is_under_way = true;
            notice->tries++;
            route->under_way++;
            post->under_way[notice->channel]++;
            return;
        }
        transfer_destroy(transfer);
    }
    rest(post, route);
    log_error("a message cannot be prepared, trying again: notice=%s", notice->id);
}

/* A server that rests is probed by one message, not by all that wait for it. */
static bool may_start(const struct post *post, const struct notice *notice,
                      const struct route *route, int64_t now_ms)
{
    int limit = route->rest_ms > 0 ? 1 : route->at_a_time;
    int all = notice->channel == CHANNEL_MAIL ? MAILS_AT_A_TIME : HOOKS_AT_A_TIME;
    return !notice->is_under_way && notice->next_try_ms <= now_ms &&
           route->rests_until_ms <= now_ms && route->under_way < limit &&
           post->under_way[notice->channel] < all;
}

static void start_due(struct post *post)
{
    int64_t now_ms = clock_monotonic_ms();
    struct notice *notice = outbox_first(post->outbox);
    for (; notice != NULL && post_under_way(post) < MAILS_AT_A_TIME + HOOKS_AT_A_TIME;
         notice = notice->next) {
        struct route *route = route_of(post, notice);
        if (route != NULL && may_start(post, notice, route, now_ms))
            start(post, notice, route);
    }
}

/* --- ends ----------------------------------------------------------------------------------- */

enum end { END_SENT, END_AGAIN, END_ROUTE_AGAIN, END_FAILED };

/* A mail server that does not know us, or not yet, is its own trouble and not the message's. */
static enum end end_of_mail(CURLcode result, long code, bool was_given)
{
    bool is_about_us = result == CURLE_LOGIN_DENIED || code == 530 || code == 535 || code == 538;
    if (result == CURLE_OK)
        return END_SENT;
    if (is_about_us || code < 400 || code > 599)
        return END_ROUTE_AGAIN;
    if (result == CURLE_WEIRD_SERVER_REPLY && !was_given)
        return END_ROUTE_AGAIN; /* it greeted us with a refusal */
    return code < 500 ? END_AGAIN : END_FAILED;
}

static enum end end_of_hook(CURLcode result, long code)
{
    if (code >= 200 && code < 300 && (result == CURLE_OK || result == CURLE_WRITE_ERROR))
        return END_SENT;
    if (code < 300 || code == 408 || code == 425 || code == 429 || code >= 500)
        return END_ROUTE_AGAIN;
    return END_FAILED;
}

static const char *why(const struct transfer *transfer, CURLcode result)
{
    if (result != CURLE_OK)
        return curl_easy_strerror(result);
    struct slice answer = {transfer->answer, transfer->answer_count};
    return text_is_clean(answer, false) ? transfer->answer : "";
}

static int settle(struct post *post, struct notice *notice, bool is_sent, long code,
                  const char *text)
{
    if (is_sent) {
        post->counts.sent++;
        log_debug("sent: notice=%s to=%s", notice->id, notice->to);
    } else {
        post->counts.failed++;
        log_warn("given up: notice=%s to=%s code=%ld reason=%s failed=%llu", notice->id, notice->to,
                 code, text, (unsigned long long)post->counts.failed);
    }
    return outbox_settle(post->outbox, notice, is_sent, code, text);
}

static int try_again(struct post *post, struct notice *notice, struct route *route, enum end end,
                     long code, const char *text)
{
    int64_t wait_ms = post->options.retry_first_ms;
    for (uint32_t i = 1; i < notice->tries && wait_ms < post->options.retry_max_ms; i++)
        wait_ms = longer(post, wait_ms);
    notice->next_try_ms = clock_monotonic_ms() + wait_ms;
    if (end == END_ROUTE_AGAIN) {
        rest(post, route);
        notice->next_try_ms = 0; /* the route's rest is wait enough */
    }
    post->counts.retried++;
    log_warn("not sent, trying again: to=%s code=%ld reason=%s tries=%u", notice->to, code, text,
             notice->tries);
    if (clock_now().ms - notice->created_ms > post->options.give_up_ms)
        return settle(post, notice, false, code, text);
    return 0;
}

static int finish(struct post *post, struct transfer *transfer, CURLcode result)
{
    long code = 0;
    struct notice *notice = transfer->notice;
    struct route *route = notice->route;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &code);
    enum end end = notice->channel == CHANNEL_MAIL ? end_of_mail(result, code, transfer->given > 0)
                                                   : end_of_hook(result, code);
    char text[ANSWER_BYTES];
    (void)snprintf(text, sizeof text, "%s", why(transfer, result));
    for (struct transfer **at = &post->transfers; *at != NULL; at = &(*at)->next) {
        if (*at == transfer) {
            *at = transfer->next;
            break;
        }
    }
    (void)curl_multi_remove_handle(post->multi, transfer->easy);
    transfer_destroy(transfer);
    notice->is_under_way = false;
    route->under_way--;
    post->under_way[notice->channel]--;
    if (end != END_ROUTE_AGAIN)
        route->rest_ms = 0;
    if (end == END_SENT || end == END_FAILED)
        return settle(post, notice, end == END_SENT, code, text);
    return try_again(post, notice, route, end, code, text);
}

int post_turn(struct post *post, bool is_stopping)
{
    int running, left;
    if (!is_stopping)
        start_due(post);
    if (curl_multi_perform(post->multi, &running) != CURLM_OK)
        return -EIO;
    for (const CURLMsg *message; (message = curl_multi_info_read(post->multi, &left)) != NULL;) {
        struct transfer *transfer = NULL;
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode result = message->data.result;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        int error = finish(post, transfer, result);
        if (error != 0)
            return error;
    }
    return 0;
}

void post_wait(struct post *post, const int *fds, int fd_count, int wait_ms)
{
    struct curl_waitfd watched[FDS_MAX];
    assert(fd_count <= FDS_MAX);
    for (int i = 0; i < fd_count; i++)
        watched[i] = (struct curl_waitfd){.fd = fds[i], .events = CURL_WAIT_POLLIN};
    (void)curl_multi_poll(post->multi, watched, (unsigned int)fd_count, wait_ms, NULL);
}

int post_under_way(const struct post *post)
{
    return post->under_way[CHANNEL_MAIL] + post->under_way[CHANNEL_HOOK];
}

struct post_counts post_counts(const struct post *post)
{
    return post->counts;
}
