/* site.h - plain HTTP: the embedded pages, and every other request answered properly.
 *
 * Layer: viewer/web. Paths are looked up in a table, never in a file system: there is nothing to
 * traverse. Called by server.c.
 */
#ifndef WEB_SITE_H
#define WEB_SITE_H

#include "engine/base/base.h"

#include <libwebsockets.h>

/* What is being sent to one HTTP client. */
struct site_reply {
    const unsigned char *body;
    size_t count;
    size_t sent;
};

/* site_headers - sent with every answer, also those that libwebsockets makes by itself. */
extern const struct lws_protocol_vhost_options site_headers;

/* site_build - names this set of pages: the same pages, the same text. Lives for ever. */
const char *site_build(void);

/* site_request - answer a request for path. is_well: what /health says.
 * Returns: what the callback has to return (-1: close). */
MUST_USE int site_request(struct lws *wsi, const char *path, bool is_well,
                          struct site_reply *reply);

/* site_writable - send on. Returns as above. */
MUST_USE int site_writable(struct lws *wsi, struct site_reply *reply);

#endif
