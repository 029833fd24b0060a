/* server.c - the callback of libwebsockets, and what each client still has to be told.
 *
 * A client knows three numbers: the place of the last card it was given, the number of the last
 * pulse, and of the last change of sight. Writing is always "the most important thing it does not
 * have yet", one message each time its socket is writable; so nothing can pile up.
 */
#include "viewer/web/server.h"
#include "engine/sys/clock.h"
#include "engine/sys/log.h"
#include "viewer/web/site.h"

#include <errno.h>
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FLUSH_MS = 50,
    SNAPSHOT_AGAIN_MS = 1000, /* one client, not more often */
    STUCK_MS = 20000,
    PLAIN_CONNECTIONS = 64, /* for pages, besides the WebSockets */
    TEXT_BYTES_MAX = 256,
};

struct client {
    struct client *next;
    struct lws *wsi;
    uint64_t place;
    uint64_t pulse;
    uint64_t sight;
    bool wants_snapshot;
    bool is_resync; /* the snapshot is owed because it was too slow */
    int64_t snapshot_ms;
    int64_t waiting_since_ms; /* for its socket to take something; 0: it is not asked to */
};

/* One of these for each connection; what it is for is known when it asks. */
struct session {
    bool is_live;
    struct client client;
    struct site_reply reply;
};

struct message {
    unsigned char *room; /* LWS_PRE bytes, then the text */
    size_t count;
};

struct server {
    struct ev_loop *loop;
    struct lws_context *context;
    struct lws_vhost *vhost;
    struct board *board;
    struct server_options options;
    struct lws_protocols protocols[2];
    struct client *clients;
    struct server_counts counts;
    uint64_t pulse;
    uint64_t sight;
    struct message pulse_message;
    struct message sight_message;
    ev_timer flush;
    bool is_flushing;
};

/* --- messages ------------------------------------------------------------------------------- */

static void message_clear(struct message *message)
{
    free(message->room);
    *message = (struct message){.room = NULL};
}

/* Takes the text (NULL: memory was short, then the message is empty and is not sent). */
static void message_set(struct message *message, char *text)
{
    message_clear(message);
    if (text == NULL)
        return;
    size_t count = strlen(text);
    message->room = malloc(LWS_PRE + count + 1);
    if (message->room != NULL) {
        memcpy(message->room + LWS_PRE, text, count);
        message->count = count;
    }
    free(text);
}

static int message_send(struct lws *wsi, const struct message *message)
{
    if (message->room == NULL)
        return 0;
    int sent = lws_write(wsi, message->room + LWS_PRE, message->count, LWS_WRITE_TEXT);
    return sent < (int)message->count ? -1 : 0;
}

static int send_once(struct lws *wsi, char *text)
{
    struct message message = {.room = NULL};
    message_set(&message, text);
    int result = message_send(wsi, &message);
    message_clear(&message);
    return result;
}

/* --- clients -------------------------------------------------------------------------------- */

static void ask_writable(struct client *client)
{
    if (client->waiting_since_ms == 0)
        client->waiting_since_ms = clock_monotonic_ms();
    lws_callback_on_writable(client->wsi);
}

static void ask_all(struct server *server)
{
    for (struct client *client = server->clients; client != NULL; client = client->next)
        ask_writable(client);
}

static int send_snapshot(struct server *server, struct client *client)
{
    if (client->is_resync)
        server->counts.resynced++;
    client->is_resync = false;
    client->wants_snapshot = false;
    client->snapshot_ms = clock_monotonic_ms();
    client->place = board_place(server->board);
    client->pulse = server->pulse;
    client->sight = server->sight;
    return send_once(client->wsi, board_snapshot(server->board));
}

/* The most important thing this client does not have yet, if anything. */
static int send_next(struct server *server, struct client *client)
{
    uint64_t place = board_place(server->board);
    bool may_snapshot = clock_monotonic_ms() - client->snapshot_ms >= SNAPSHOT_AGAIN_MS;
    if (place - client->place > BOARD_RING_CARDS && !client->wants_snapshot)
        client->wants_snapshot = client->is_resync = true;
    if (client->wants_snapshot && (may_snapshot || !client->is_resync))
        return send_snapshot(server, client);
    if (client->sight != server->sight) {
        client->sight = server->sight;
        return message_send(client->wsi, &server->sight_message);
    }
    if (client->place != place && !client->wants_snapshot && !board_is_behind(server->board)) {
        uint64_t after = client->place;
        client->place = place;
        return send_once(client->wsi, board_cards(server->board, after));
    }
    if (client->pulse != server->pulse) {
        client->pulse = server->pulse;
        return message_send(client->wsi, &server->pulse_message);
    }
    return 0;
}

static bool has_more(const struct server *server, const struct client *client)
{
    return client->sight != server->sight || client->pulse != server->pulse ||
           (client->place != board_place(server->board) && !client->wants_snapshot &&
            !board_is_behind(server->board));
}

static int client_writable(struct server *server, struct client *client)
{
    client->waiting_since_ms = 0;
    int result = send_next(server, client);
    if (result == 0 && has_more(server, client))
        ask_writable(client);
    return result;
}

static void client_add(struct server *server, struct client *client, struct lws *wsi)
{
    *client = (struct client){.wsi = wsi, .next = server->clients, .wants_snapshot = true};
    server->clients = client;
    server->counts.clients++;
    ask_writable(client);
}

static void client_remove(struct server *server, const struct client *client)
{
    for (struct client **at = &server->clients; *at != NULL; at = &(*at)->next) {
        if (*at == client) {
            *at = client->next;
            server->counts.clients--;
            return;
        }
    }
}

/* A client whose socket takes nothing is dropped: its browser comes back by itself. */
static void drop_stuck(struct server *server)
{
    int64_t now_ms = clock_monotonic_ms();
    for (struct client *client = server->clients; client != NULL; client = client->next) {
        if (client->waiting_since_ms == 0 || now_ms - client->waiting_since_ms < STUCK_MS)
            continue;
        client->waiting_since_ms = 0;
        server->counts.dropped++;
        log_warn("a browser took nothing for 20 s, dropping it: dropped=%llu",
                 (unsigned long long)server->counts.dropped);
        lws_set_timeout(client->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
    }
}

/* --- the callback --------------------------------------------------------------------------- */

/* A page of another site may not read this socket through its visitor's browser. */
static bool is_own_origin(struct lws *wsi)
{
    char origin[TEXT_BYTES_MAX], host[TEXT_BYTES_MAX];
    if (lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN) <= 0)
        return true; /* not a browser */
    if (lws_hdr_copy(wsi, origin, sizeof origin, WSI_TOKEN_ORIGIN) <= 0 ||
        lws_hdr_copy(wsi, host, sizeof host, WSI_TOKEN_HOST) <= 0)
        return false;
    const char *name = strstr(origin, "://");
    return name != NULL && strcmp(name + 3, host) == 0;
}

static bool is_admitted(const struct server *server, struct lws *wsi)
{
    char path[TEXT_BYTES_MAX];
    return lws_hdr_copy(wsi, path, sizeof path, WSI_TOKEN_GET_URI) > 0 &&
           strcmp(path, "/live") == 0 && is_own_origin(wsi) &&
           server->counts.clients < (uint64_t)server->options.client_max;
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                    size_t count)
{
    struct server *server = lws_context_user(lws_get_context(wsi));
    struct session *session = user;
    (void)count;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum" /* of some hundred reasons these concern us */
    switch (reason) {
    case LWS_CALLBACK_HTTP:
        session->is_live = false;
        return site_request(wsi, in, !board_is_blind(server->board), &session->reply);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return session->is_live ? 0 : site_writable(wsi, &session->reply);
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        if (is_admitted(server, wsi))
            return 0;
        server->counts.turned_away++;
        return -1;
    case LWS_CALLBACK_ESTABLISHED:
        session->is_live = true;
        client_add(server, &session->client, wsi);
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return client_writable(server, &session->client);
    case LWS_CALLBACK_RECEIVE:
        lws_close_reason(wsi, LWS_CLOSE_STATUS_POLICY_VIOLATION, NULL, 0);
        return -1; /* there is nothing to say to a wall */
    case LWS_CALLBACK_CLOSED:
        client_remove(server, &session->client);
        return 0;
    default:
        return lws_callback_http_dummy(wsi, reason, user, in, count);
    }
#pragma GCC diagnostic pop
}

/* --- telling -------------------------------------------------------------------------------- */

static void on_flush(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct server *server = timer->data;
    (void)events;
    ev_timer_stop(loop, timer);
    server->is_flushing = false;
    ask_all(server);
}

void server_tell_cards(struct server *server)
{
    if (server->is_flushing)
        return;
    server->is_flushing = true;
    ask_all(server); /* the first card at once; what comes within the next 50 ms together */
    ev_timer_set(&server->flush, FLUSH_MS / 1000.0, 0.0);
    ev_timer_start(server->loop, &server->flush);
}

void server_tell_pulse(struct server *server)
{
    drop_stuck(server);
    message_set(&server->pulse_message, board_pulse(server->board));
    server->pulse++;
    ask_all(server);
}

void server_tell_sight(struct server *server)
{
    message_set(&server->sight_message, board_sight(server->board));
    server->sight++;
    ask_all(server);
}

void server_tell_all(struct server *server)
{
    for (struct client *client = server->clients; client != NULL; client = client->next) {
        client->wants_snapshot = true;
        ask_writable(client);
    }
}

struct server_counts server_counts(const struct server *server)
{
    return server->counts;
}

/* --- open and close ------------------------------------------------------------------------- */

static void on_log(int level, const char *line)
{
    int count = (int)strcspn(line, "\n");
    if ((level & LLL_ERR) != 0)
        log_warn("libwebsockets: %.*s", count, line);
    else
        log_debug("libwebsockets: %.*s", count, line);
}

static struct lws_context_creation_info context_info(struct server *server, void **loops)
{
    /* A peer that went without a word is asked after 20 s, and given up after 40. */
    static const lws_retry_bo_t idle = {.secs_since_valid_ping = 20, .secs_since_valid_hangup = 40};
    const struct server_options *options = &server->options;
    bool is_everywhere = options->host[0] == '\0' || strcmp(options->host, "*") == 0;
    struct lws_context_creation_info info = {
        .port = options->port,
        .iface = is_everywhere ? NULL : options->host,
        .protocols = server->protocols,
        .headers = &site_headers,
        .server_string = "cardwatch",
        .foreign_loops = loops,
        .options = LWS_SERVER_OPTION_LIBEV | LWS_SERVER_OPTION_VALIDATE_UTF8 |
                   LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND,
        .user = server,
        .keepalive_timeout = 5,
        .timeout_secs = 10,
        .timeout_secs_ah_idle = 5,
        .max_http_header_data = 4096,
        .max_http_header_pool = 64,
        .fd_limit_per_thread = (unsigned int)(options->client_max + PLAIN_CONNECTIONS),
        .retry_and_idle_policy = &idle,
        .vhost_name = "wall",
        .alpn = "http/1.1",
    };
    if (!is_everywhere && strchr(options->host, ':') == NULL)
        info.options |= LWS_SERVER_OPTION_DISABLE_IPV6;
    if (options->tls_cert != NULL) {
        info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        info.ssl_cert_filepath = options->tls_cert;
        info.ssl_private_key_filepath = options->tls_key;
    }
    return info;
}

int server_open(struct ev_loop *loop, const struct server_options *options, struct board *board,
                struct server **server_out)
{
    OWNED(server_close) struct server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return -ENOMEM;
    server->loop = loop;
    server->board = board;
    server->options = *options;
    server->protocols[0] = (struct lws_protocols){.name = "cardwatch",
                                                  .callback = on_event,
                                                  .per_session_data_size = sizeof(struct session),
                                                  .rx_buffer_size = 512};
    ev_init(&server->flush, on_flush);
    server->flush.data = server;
    lws_set_log_level(LLL_ERR | LLL_WARN, on_log);
    void *loops[1] = {loop};
    struct lws_context_creation_info info = context_info(server, loops);
    server->context = lws_create_context(&info);
    server->vhost = server->context == NULL ? NULL : lws_get_vhost_by_name(server->context, "wall");
    if (server->vhost == NULL) {
        log_error("cannot listen: address=%s:%d", options->host, options->port);
        return -EADDRNOTAVAIL;
    }
    *server_out = server;
    server = NULL;
    return 0;
}

void server_close(struct server **server_p)
{
    struct server *server = *server_p;
    if (server == NULL)
        return;
    if (server->context != NULL) {
        lws_context_destroy(server->context);
        for (int i = 0; i < 20; i++) /* its watchers end in turns of the loop */
            (void)ev_run(server->loop, EVRUN_NOWAIT);
    }
    ev_timer_stop(server->loop, &server->flush);
    message_clear(&server->pulse_message);
    message_clear(&server->sight_message);
    free(server);
    *server_p = NULL;
}

int server_port(const struct server *server)
{
    return lws_get_vhost_listen_port(server->vhost);
}
