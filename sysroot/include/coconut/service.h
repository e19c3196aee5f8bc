// SPDX-License-Identifier: MIT
// Services and their clients: the channels of the manifest by name, a server's loop for many
// clients, calls that outlive a restart of the server, lines in the log. Plain C11 and C++, fixed
// widths, no callbacks with more than a pointer and numbers: other languages can declare it as it
// is. The functions are in the C library. docs/guides/write-a-service.md shows all of it at work.
//
// Results below 0 are errors (COCO_E...). Unless said otherwise a function may be called in several
// threads, with a server or client for each.
#pragma once

#include "interface.h"

#ifdef __cplusplus
extern "C" {
#endif

// --- what the service was started with -----------------------------------------------------------

/// The channel that the manifest offers as `name`, to receive from. COCO_HANDLE_NONE: there is
/// none. The handle stays the process's; each call gives the same.
coco_handle_t coco_service_offered(const char *name);

/// The connection to the channel that the manifest uses as `name`; as above.
coco_handle_t coco_service_used(const char *name);

/// A new connection to the channel that the manifest lists in channels.finds: init's registry is
/// asked. The caller closes it. COCO_ENOTFOUND: the manifest does not have it; or an error of
/// coco_client_call().
int64_t coco_service_find(const char *name);

// --- log -----------------------------------------------------------------------------------------

/// Severities of lines in the log, as in POSIX's syslog().
enum {
    COCO_LOG_ERROR = 3,
    COCO_LOG_WARNING = 4,
    COCO_LOG_NOTICE = 5,
    COCO_LOG_INFO = 6,
    COCO_LOG_DEBUG = 7,
};

/// Writes a line, cut after some hundred bytes: what printf() makes of `format`. 0, or what the log
/// said.
int64_t coco_service_log(uint32_t severity, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/// The same with a text as it is, for languages without variable arguments.
int64_t coco_service_log_text(uint32_t severity, const char *text);

// --- server --------------------------------------------------------------------------------------

#define COCO_SERVER_INTERFACES_MAX 8u
#define COCO_SERVER_SOURCES_MAX 16u

struct coco_server;

/// Something else that a server waits for: an object, a point in time, or both.
struct coco_source {
    coco_handle_t handle; /* COCO_HANDLE_NONE: only the time */
    uint32_t wanted;      /* COCO_EVENT_READ, WRITE, ENDED */
    uint64_t deadline; /* monotonic ns; COCO_FOREVER: none. Set to that before `ready` is called */
    /* The object is ready: `events` holds why; or the deadline has passed: 0. May change the
     * source. It has to take what made the object ready, otherwise it is called again at once. */
    void (*ready)(struct coco_server *server, struct coco_source *source, uint32_t events);
    void *context;
};

/// An interface that is served.
struct coco_served {
    coco_handle_t channel; /* where its messages arrive; several interfaces may share none */
    uint32_t reserved;     /* 0 */
    coco_dispatch dispatch;
    const void *operations; /* the table of handlers */
    void *context;          /* coco_call.context */
};

/// A server's memory, about 8.5 KiB: static, or on a large stack. Its members are changed by the
/// functions below only. One thread runs it; several may serve a channel, with a server for each.
struct coco_server {
    struct coco_served interfaces[COCO_SERVER_INTERFACES_MAX];
    struct coco_source *sources[COCO_SERVER_SOURCES_MAX];
    uint32_t interface_count;
    uint32_t source_count;
    uint32_t stopped;       /* atomic */
    uint32_t reply_pending; /* bytes of `reply` and one more; 0: none */
    uint32_t reply_to;      /* index of the interface */
    uint32_t turn;          /* which channel is looked at first */
    uint8_t *clients;       /* entries of client_stride bytes: badge, in use, state */
    uint32_t client_count;
    uint32_t client_stride;
    uint32_t client_last; /* entry that was found last */
    uint32_t client_used;
    uint64_t clients_refused;
    void (*client_gone)(void *context, uint64_t badge, void *state);
    void *client_context;
    struct coco_channel_message header; /* of what was received; the payload follows */
    uint64_t request[COCO_CHANNEL_MESSAGE_MAX / 8];
    uint64_t reply[COCO_CHANNEL_MESSAGE_MAX / 8];
};

/// Makes an empty server.
void coco_server_init(struct coco_server *server);

/// Adds an interface: NAME_dispatch and the handlers of struct NAME_server, as `coconut interface`
/// makes them, and what goes to the handlers as call->context. They must stay. 0, COCO_EINVAL for
/// COCO_HANDLE_NONE, COCO_ENOMEM for more than COCO_SERVER_INTERFACES_MAX.
int32_t coco_server_add(struct coco_server *server, const struct coco_served *served);

/// Adds something else to wait for; it must stay until the server ends. A server with sources or
/// several interfaces makes two more system calls for each message. 0, or COCO_ENOMEM.
int32_t coco_server_add_source(struct coco_server *server, struct coco_source *source);

/// Takes a source out. It may be done in any handler. Passed over if it is not there.
void coco_server_remove_source(struct coco_server *server, struct coco_source *source);

/// Memory for the state of clients.
struct coco_server_clients {
    void *memory;        /* aligned to 8; must stay */
    uint64_t size;       /* bytes: COCO_SERVER_CLIENTS_SIZE() */
    uint32_t state_size; /* bytes of each client's state */
    uint32_t reserved;   /* 0 */
    void *context;
    /* NULL, or called when a client's connection was closed, before its state is forgotten. */
    void (*gone)(void *context, uint64_t badge, void *state);
};

/// Bytes for `count` clients.
#define COCO_SERVER_CLIENTS_SIZE(count, state_size) ((count) * (16u + (((state_size) + 7u) & ~7u)))

/// Gives each client, which is each badge, a state: call->client, zero at first, forgotten when the
/// connection is closed. When all are taken, calls of further clients end with COCO_ENOBUFS, and
/// the others go on. 0, or COCO_EINVAL.
int32_t coco_server_keep_clients(struct coco_server *server,
                                 const struct coco_server_clients *clients);

/// Serves until it is told to stop: 0; or a channel has gone: COCO_ECANCELED, or another error.
int64_t coco_server_run(struct coco_server *server);

/// Serves what waits at present and returns at once: how many messages those were, one of each
/// channel at most; or an error. For programs with a loop of their own, which wait for the
/// channels; sources are not looked at.
int64_t coco_server_serve_waiting(struct coco_server *server);

/// Lets coco_server_run() return when the message under way is replied to. In a handler; from
/// elsewhere use coco_service_request_stop().
void coco_server_stop(struct coco_server *server);

/// Asks whoever serves to end, through a connection with the badge COCO_BADGE_MANAGER: it serves
/// what came before, then its coco_server_run() returns 0. The result is 0 when it has been taken,
/// or an error of channel_send: COCO_ETIMEDOUT it was not taken until `deadline`.
int64_t coco_service_request_stop(coco_handle_t connection, uint64_t deadline);

// --- starting services ---------------------------------------------------------------------------

/// A handle for a service, under a name.
struct coco_service_handle {
    const char *name; /* for coco_service_offered() or coco_service_used() */
    coco_handle_t handle;
    uint32_t rights;  /* at most; COCO_RIGHTS_SAME: all */
    uint32_t offered; /* 1: a channel to receive from; 0: something to use */
    uint32_t reserved;
};

/// What to start, for programs that do what init does: supervisors, tests.
struct coco_service_start {
    const char *path;     /* of the program */
    const char *argument; /* argv[1], or NULL */
    const struct coco_service_handle *handles;
    uint32_t handle_count; /* COCO_SERVICE_HANDLES_MAX at most */
    uint32_t reserved;
    const struct coco_policy *policy; /* what it may do; NULL: what the caller may */
};

#define COCO_SERVICE_HANDLES_MAX 32u

/// Starts a program with its log and these handles and no others. They stay the caller's. The
/// result is a handle to the process, which the caller closes; COCO_ETOOBIG for too many handles or
/// too long names; or an error of process_spawn.
int64_t coco_service_start(const struct coco_service_start *start);

// --- client --------------------------------------------------------------------------------------

/// A client's memory, about 8 KiB; one thread uses it at a time. The first members may be changed
/// between calls. Arrays and strings in results lie in it until the next call.
struct coco_client {
    coco_handle_t connection;
    uint32_t attempts; /* how often an idempotent call is made until it is given up; 16 at first */
    uint64_t timeout;  /* ns for each call, attempts included; COCO_FOREVER at first */
    uint64_t calls;    /* so far */
    uint64_t interrupted; /* how often a server went away in the middle of one */
    uint64_t request[COCO_CHANNEL_MESSAGE_MAX / 8];
    uint64_t reply[COCO_CHANNEL_MESSAGE_MAX / 8];
};

/// Makes a client on a connection, which stays the caller's.
void coco_client_init(struct coco_client *client, coco_handle_t connection);

/// Makes a client on the channel that the manifest uses as `name`, or finds: then through init's
/// registry, and the connection is the caller's to close. 0, COCO_ENOTFOUND, or another error of
/// coco_service_find().
int32_t coco_client_open(struct coco_client *client, const char *name);

#define COCO_CLIENT_IDEMPOTENT 0x1u /* the call may be made again when its server went away */
#define COCO_CLIENT_ONEWAY 0x2u     /* nobody replies */

/// A call as generated code makes it; its message is in client->request.
struct coco_client_call {
    uint32_t length; /* bytes of the message */
    uint16_t operation;
    uint16_t flags; /* COCO_CLIENT_... */
    uint32_t handle_count;
    uint32_t reply_handle_count;                            /* how many must come */
    struct coco_transfer handles[COCO_CHANNEL_HANDLES_MAX]; /* what goes along */
    coco_handle_t reply_handles[COCO_CHANNEL_HANDLES_MAX];  /* what came: the caller's to close */
    uint32_t reply_length;                                  /* written by the call */
    uint32_t reserved;
};

/// Makes a call that ends once, with one result:
///   0               done; the reply is in client->reply
///   above 0         an error of the interface: the server did what its page says
///   COCO_ECANCELED  the server went away while it served the call: it was done, or not, or in
///   part.
///                   An idempotent call is made again before that, `attempts` times in all
///   COCO_ETIMEDOUT  the timeout has passed; as COCO_ECANCELED
///   COCO_EIO        what came is no reply to this call
///   another error   the server or the kernel refused the call: nothing was done
/// While a server is started again, calls wait.
int32_t coco_client_call(struct coco_client *client, struct coco_client_call *call);

/// For generated code: closes what came with a reply that is none. The result is COCO_EIO.
int32_t coco_client_reject(const struct coco_client_call *call);

/// Asks for the version of the interface that is served. Results as above; COCO_EINVAL if it is
/// another interface than the one whose number is `interface_id`.
int32_t coco_client_describe(struct coco_client *client, uint32_t interface_id,
                             struct coco_interface_description *out);

/// Whether the channel has gone for good: no server can come back.
bool coco_client_is_dead(const struct coco_client *client);

#ifdef __cplusplus
}
#endif
