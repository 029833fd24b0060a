/* site.c - one answer is its head and then its body in pieces, each when the socket has room. */
#include "viewer/web/site.h"
#include "viewer/web/page.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { PIECE_BYTES = 16 * 1024, HEAD_BYTES = 2048 };

/* A page may load what it is made of from here, talk to /live, and nothing else in the world. */
static const struct lws_protocol_vhost_options frames = {NULL, NULL, "x-frame-options:", "DENY"};
static const struct lws_protocol_vhost_options opener = {
    &frames, NULL, "cross-origin-opener-policy:", "same-origin"};
static const struct lws_protocol_vhost_options resource = {
    &opener, NULL, "cross-origin-resource-policy:", "same-origin"};
static const struct lws_protocol_vhost_options permissions = {
    &resource, NULL,
    "permissions-policy:", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"};
static const struct lws_protocol_vhost_options referrer = {&permissions, NULL,
                                                           "referrer-policy:", "no-referrer"};
static const struct lws_protocol_vhost_options sniffing = {&referrer, NULL,
                                                           "x-content-type-options:", "nosniff"};
static const struct lws_protocol_vhost_options caching = {&sniffing, NULL,
                                                          "cache-control:", "no-store"};
const struct lws_protocol_vhost_options site_headers = {
    &caching, NULL, "content-security-policy:",
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"};

static const char plain[] = "text/plain; charset=utf-8";

static const struct web_page *page_of(const char *path)
{
    if (strcmp(path, "/") == 0)
        path = "/index.html";
    for (size_t i = 0; i < web_page_count; i++)
        if (strcmp(web_pages[i].path, path) == 0)
            return &web_pages[i];
    return NULL;
}

const char *site_build(void)
{
    static char text[17];
    if (text[0] != '\0')
        return text;
    unsigned char hash[crypto_generichash_BYTES_MIN];
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, NULL, 0, sizeof hash);
    for (size_t i = 0; i < web_page_count; i++) {
        (void)crypto_generichash_update(&state, (const unsigned char *)web_pages[i].path,
                                        strlen(web_pages[i].path) + 1);
        (void)crypto_generichash_update(&state, web_pages[i].bytes, web_pages[i].count);
    }
    (void)crypto_generichash_final(&state, hash, sizeof hash);
    for (size_t i = 0; i < 8; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", hash[i]);
    return text;
}

/* The head goes out at once. with_body: false for HEAD, which promises the length and stops. */
static int send_head(struct lws *wsi, unsigned int status, const char *type, bool with_body,
                     struct site_reply *reply)
{
    unsigned char room[LWS_PRE + HEAD_BYTES];
    unsigned char *start = room + LWS_PRE, *at = start, *end = room + sizeof room - 1;
    if (lws_add_http_header_status(wsi, status, &at, end) != 0 ||
        lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, (const unsigned char *)type,
                                     (int)strlen(type), &at, end) != 0 ||
        lws_add_http_header_content_length(wsi, (lws_filepos_t)reply->count, &at, end) != 0)
        return -1;
    if (status == HTTP_STATUS_METHOD_NOT_ALLOWED &&
        lws_add_http_header_by_name(wsi, (const unsigned char *)"allow:",
                                    (const unsigned char *)"GET, HEAD", 9, &at, end) != 0)
        return -1;
    if (lws_finalize_write_http_header(wsi, start, &at, end) != 0)
        return -1;
    if (!with_body)
        reply->count = 0;
    lws_callback_on_writable(wsi);
    return 0;
}

static int send_text(struct lws *wsi, unsigned int status, const char *type, const char *text,
                     bool with_body, struct site_reply *reply)
{
    reply->body = (const unsigned char *)text;
    reply->count = strlen(text);
    return send_head(wsi, status, type, with_body, reply);
}

/* Said at once, and then the connection ends: what may come behind the head is not read. */
static int refuse_method(struct lws *wsi, struct site_reply *reply)
{
    unsigned char room[LWS_PRE + 32];
    int count = snprintf((char *)room + LWS_PRE, 32, "GET and HEAD only\n");
    reply->count = (size_t)count;
    if (send_head(wsi, HTTP_STATUS_METHOD_NOT_ALLOWED, plain, false, reply) == 0)
        (void)lws_write(wsi, room + LWS_PRE, (size_t)count, LWS_WRITE_HTTP_FINAL);
    return -1;
}

int site_request(struct lws *wsi, const char *path, bool is_well, struct site_reply *reply)
{
    bool is_head = lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI) > 0;
    *reply = (struct site_reply){.sent = 0};
    if (!is_head && lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI) <= 0)
        return refuse_method(wsi, reply);
    if (strcmp(path, "/health") == 0)
        return send_text(wsi, is_well ? HTTP_STATUS_OK : HTTP_STATUS_SERVICE_UNAVAILABLE,
                         "application/json", is_well ? "{\"ok\":true}\n" : "{\"ok\":false}\n",
                         !is_head, reply);
    if (strcmp(path, "/live") == 0)
        return send_text(wsi, HTTP_STATUS_BAD_REQUEST, plain, "a WebSocket is spoken here\n",
                         !is_head, reply);
    const struct web_page *page = page_of(path);
    if (page == NULL)
        return send_text(wsi, HTTP_STATUS_NOT_FOUND, plain, "not found\n", !is_head, reply);
    reply->body = page->bytes;
    reply->count = page->count;
    return send_head(wsi, HTTP_STATUS_OK, page->type, !is_head, reply);
}

int site_writable(struct lws *wsi, struct site_reply *reply)
{
    static unsigned char room[LWS_PRE + PIECE_BYTES];
    size_t left = reply->count - reply->sent;
    if (left > 0) {
        size_t piece = left < PIECE_BYTES ? left : PIECE_BYTES;
        memcpy(room + LWS_PRE, reply->body + reply->sent, piece);
        reply->sent += piece;
        if (lws_write(wsi, room + LWS_PRE, piece,
                      piece == left ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < 0)
            return -1;
        if (piece < left) {
            lws_callback_on_writable(wsi);
            return 0;
        }
    }
    return lws_http_transaction_completed(wsi) != 0 ? -1 : 0;
}
