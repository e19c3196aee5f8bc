// SPDX-License-Identifier: MIT
// Private: endpoints, which the objects called sockets stand for.
//
// An endpoint outlives its socket while its peer still looks at it. It holds what was sent to it;
// room in it is what senders wait for. Connected endpoints of streams and packet sequences refer to
// each other for good; one that sends datagrams refers to where they go, if it is connected.
#pragma once

#include <abi/status.h>
#include <arch/spinlock.h>
#include <base/compiler.h>
#include <base/list.h>
#include <ipc/socket.h>
#include <object/mutex.h>
#include <object/wait.h>

#include "packet.h"

enum endpoint_state {
    ENDPOINT_FRESH,     /* not connected; datagrams may come */
    ENDPOINT_LISTENING, /* connections may come */
    ENDPOINT_CONNECTED,
};

/// Flags, set for good, but for ERROR.
#define ENDPOINT_CLOSED 0x1u /* its socket has gone */
#define ENDPOINT_DEAF 0x2u   /* takes nothing any more */
#define ENDPOINT_MUTE 0x4u   /* sends nothing any more */
#define ENDPOINT_ENDED 0x8u  /* nothing will come any more */
#define ENDPOINT_RESET 0x10u /* the peer went without reading all; told once, then cleared */

/// (a) stored atomically, under `lock`; looked at without. (f) see flight.c. Others: under `lock`.
struct endpoint {
    uint32_t refs; /* atomic */
    struct mutex lock;
    struct wait_queue changed; /* everybody: receivers, senders to it, pollers */
    uint8_t type;              /* COCO_SOCKET_*; never changes */
    uint8_t state;             /* (a) enum endpoint_state */
    uint32_t flags;            /* (a) ENDPOINT_* */
    struct list packets;       /* oldest first */
    uint32_t used;             /* (a) bytes that `packets` count for */
    uint32_t receive_limit;    /* (a) bytes it holds */
    uint32_t send_limit;       /* (a) bytes that what it sends to may hold for it */
    uint64_t receive_timeout;  /* (a) ns; 0: none */
    uint64_t send_timeout;
    uint64_t owner;            /* process that made it, or made it listen; never 0 */
    uint64_t peer_owner;       /* (a) the same of the peer when it was connected; 0: none */
    uint64_t inode;            /* never changes */
    struct spinlock peer_lock; /* guards `peer` of datagram endpoints */
    struct endpoint *peer;     /* one reference; else set before CONNECTED, and never changes */
    struct socket_name *name;  /* what it is bound to; NULL: nothing */
    struct list pending;       /* listening: endpoints of connections that wait, oldest first */
    struct list pending_link;  /* in the listening endpoint's, under its lock */
    uint32_t pending_count;    /* (a) */
    uint32_t backlog;          /* most that may wait */
    struct list followers;     /* see follow.c: endpoints that send their datagrams here */
    struct list follow_link;
    uint32_t follower_count; /* atomic */
    uint32_t in_flight;      /* (f) packets' handles that name its socket */
    uint32_t carried;        /* (f) sockets in its packets */
    struct endpoint *holder; /* (f) the listening endpoint it waits in */
};

struct socket {
    struct object object;
    struct endpoint *endpoint; /* one reference; never changes */
};

/// The endpoint of an object that is a socket.
static inline struct endpoint *endpoint_of(struct object *object)
{
    return container_of(object, struct socket, object)->endpoint;
}

static inline bool endpoint_has(const struct endpoint *endpoint, uint32_t flag)
{
    return (__atomic_load_n(&endpoint->flags, __ATOMIC_ACQUIRE) & flag) != 0;
}

static inline enum endpoint_state endpoint_state(const struct endpoint *endpoint)
{
    return (enum endpoint_state)__atomic_load_n(&endpoint->state, __ATOMIC_ACQUIRE);
}

/// Whether it keeps to one peer, as streams and packet sequences do.
static inline bool endpoint_is_connected_kind(const struct endpoint *endpoint)
{
    return endpoint->type != COCO_SOCKET_DATAGRAM;
}

/// Make an endpoint; one reference. ERR_NOMEM.
enum status endpoint_create(uint32_t type, uint64_t owner, struct endpoint **out) __must_check;

/// One more reference; endpoint_put() gives it back.
struct endpoint *endpoint_get(struct endpoint *endpoint);

/// Add flags under the lock, and tell who waits.
void endpoint_set(struct endpoint *endpoint, uint32_t flags);

/// Whether the peer went without reading all that was sent; told to one caller.
bool endpoint_take_reset(struct endpoint *endpoint);

/// The peer, with a reference; NULL if there is none.
struct endpoint *endpoint_peer(struct endpoint *endpoint);

/// Bytes that may be in the queue of `to` for a packet of `from` to go there.
uint32_t endpoint_limit(const struct endpoint *from, const struct endpoint *to);

/// Join two fresh endpoints that nobody else knows yet.
void endpoint_join(struct endpoint *a, struct endpoint *b);

/// The end of the endpoint's socket: nothing comes or goes any more, the peer is told, what was not
/// received is freed. No lock is held.
void endpoint_close(struct endpoint *endpoint);

/// The end of the socket of a listening endpoint: connections that wait are reset.
void endpoint_refuse_pending(struct endpoint *listener);

/// Let datagrams of `from` go to `target`, or with NULL nowhere. ERR_CONNREFUSED: it has gone;
/// ERR_PERM: it takes them from another one only.
enum status endpoint_set_receiver(struct endpoint *from, struct endpoint *target) __must_check;

/// Let go of where datagrams go.
void endpoint_forget_receiver(struct endpoint *from);

/// Whether a datagram endpoint takes what `from` sends: it is connected to that one, or to none.
bool endpoint_accepts_from(struct endpoint *to, const struct endpoint *from);

/// Wake those that send their datagrams to `endpoint`.
void endpoint_tell_followers(struct endpoint *endpoint);

/// Make the object for an endpoint, whose reference is handed over if this returns OK. ERR_NOMEM.
enum status socket_object_create(struct endpoint *endpoint, struct object **out) __must_check;

/// Operations of the object; see struct object_ops.
enum status socket_read(struct object *object, struct user_out buffer, size_t *done);
enum status socket_write(struct object *object, struct user_in buffer, size_t *done);

/// Monotonic time `timeout` ns from now, WAIT_FOREVER for 0.
uint64_t endpoint_deadline(uint64_t timeout);
