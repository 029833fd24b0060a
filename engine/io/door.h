/* door.h - who may come in over the network: CURVE keys, each with a role, asked for by libzmq.
 *
 * Layer: io. ZeroMQ asks over ZAP (RFC 27) before it lets a connection do anything. The questions
 * come to a socket of our own, in the server's loop; meanwhile the connection waits, nobody else.
 * What is not tcp is guarded by its file's permissions and does not come by here.
 *
 * The list is a text file of lines "KEY ROLE [SOURCE …]"; a line that begins with "# " is a remark:
 *
 *     rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7 collector hall taxes
 *     Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID viewer
 */
#ifndef IO_DOOR_H
#define IO_DOOR_H

#include "engine/base/slice.h"

enum door_role {
    DOOR_COLLECTOR, /* the intake, for the sources its line names */
    DOOR_VIEWER,    /* feed and query */
    DOOR_OPERATOR,  /* the same, and what changes something */
};

struct door;

/* door_open - read the list, and wait for questions. Returns 0, a negative errno (logged with file
 * and line). Before any socket is bound that door_open is to guard. */
MUST_USE int door_open(const char *path, struct door **door_out);
void door_close(struct door **door_p);

/* door_reload - the file again; the list stays as it was if there is anything wrong with it. Who
 * is no longer on it may finish no new connection, push nothing and change nothing. */
void door_reload(struct door *door);

/* door_fd - as socket_fd: edge-triggered; door_work answers all that is asked. */
int door_fd(const struct door *door);
void door_work(struct door *door);

/* door_may_speak - may this peer push events of this source? user: as socket.h's received tells it;
 * NULL: it came by a file's permissions, and may. */
bool door_may_speak(const struct door *door, const char *user, struct slice source);
bool door_is_operator(const struct door *door, const char *user);

/* door_is_exposed - can others than this machine's users reach this endpoint? */
bool door_is_exposed(const char *endpoint);

#endif
