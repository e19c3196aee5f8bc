// SPDX-License-Identifier: MIT
// Local sockets: streams of bytes, datagrams, and sequences of packets between processes.
//
// A socket is an object (COCO_OBJECT_SOCKET) and stands for an open file description. What is sent
// to it waits in it; so a sender is held up by the receiver's room. Handles travel as references
// with rights. All functions may sleep; those that wait are interrupted by signals (ERR_INTR) and
// by the end of the process (ERR_CANCELED). Objects passed in must be sockets that the caller
// holds.
#pragma once

#include <abi/status.h>
#include <abi/types.h>
#include <base/compiler.h>
#include <base/types.h>
#include <fs/namespace.h>
#include <fs/special.h>
#include <mm/user_copy.h>
#include <object/object.h>

/// Buffers in user memory, in order. The caller has checked that each lies in user space and that
/// `left`, their sum, does not overflow.
struct user_vector {
    const struct coco_buffer *parts;
    uint32_t count;
    uint32_t index;  /* where to go on: part, and offset in it */
    uint64_t offset; /* bytes */
    uint64_t left;   /* bytes from there to the end */
};

/// A handle on its way, of handle_take_along(): the object, and the rights of the sender's handle.
struct socket_handle {
    struct object *object;
    uint32_t rights;
};

struct socket_handles {
    uint32_t count;    /* entries whose object is set */
    uint32_t capacity; /* entries there are */
    struct socket_handle entries[];
};

/// Make an array of `capacity` (1..COCO_MESSAGE_HANDLES_MAX) empty entries. ERR_NOMEM.
enum status socket_handles_create(uint32_t capacity, struct socket_handles **out) __must_check;

/// Drop `count` handles and the array. NULL is passed over.
void socket_handles_free(struct socket_handles *handles);

struct socket_name; /* private: what a socket is bound to */
struct endpoint;    /* private: what a socket, or its name, stands for */

/// The bytes of a name, `*length` of them; none for NULL.
const void *socket_name_bytes(const struct socket_name *name, uint32_t *length);

/// Give a reference to a name back. NULL is passed over.
void socket_name_put(struct socket_name *name);

/// One message, of either direction.
struct socket_message {
    struct user_vector vector;
    uint32_t flags; /* COCO_SOCKET_SEND_*, COCO_SOCKET_RECEIVE_* */
    /// Sending: given away on OK, otherwise still the caller's. Receiving: what came, the caller's
    /// to free. NULL for none.
    struct socket_handles *handles;
    struct endpoint *target;  /* sending: where a datagram goes to; NULL: where it is connected */
    struct socket_name *name; /* receiving: of the sender; one reference for the caller, or NULL */
    uint64_t size;            /* receiving: bytes of the packet, of which some may be cut off */
    uint32_t result;          /* receiving: COCO_MESSAGE_* */
};

/// Make a socket of a type (COCO_SOCKET_STREAM and so on), not connected. Returns a new reference.
/// `process`: id of the caller. ERR_INVAL: no such type; ERR_NOMEM.
enum status socket_create(uint32_t type, uint64_t process, struct object **out) __must_check;

/// Make two sockets that are connected to each other; as above.
enum status socket_pair(uint32_t type, uint64_t process, struct object *out[2]) __must_check;

/// Send; `*done` gets the bytes that went. A stream may take less than all if it is interrupted or
/// fails; other types take all or nothing. ERR_PIPE: the receiver, or the caller's own
/// socket_shutdown(), takes no more; ERR_CONNRESET, once; ERR_NOTCONN; ERR_CONNREFUSED: the
/// receiver of datagrams has gone; ERR_MSGSIZE: larger than the buffer; ERR_AGAIN: no room, and
/// not to wait, or the time is up; ERR_TOOMANYREFS: see flight.h; ERR_INVAL: handles without bytes
/// on a stream; ERR_NOBUFS, ERR_NOMEM, ERR_FAULT.
enum status socket_send(struct object *socket, struct socket_message *message,
                        size_t *done) __must_check;

/// Receive; `*done` gets the bytes that were stored, 0 at the end. Errors take nothing away:
/// ERR_AGAIN, ERR_NOTCONN, ERR_CONNRESET (once), ERR_FAULT, ERR_NOMEM.
enum status socket_receive(struct object *socket, struct socket_message *message,
                           size_t *done) __must_check;

/// End one direction or both: COCO_SOCKET_SHUTDOWN_*. ERR_NOTCONN.
enum status socket_shutdown(struct object *socket, uint32_t how) __must_check;

/// Read COCO_SOCKET_OPTION_*. ERR_INVAL: no such option; ERR_NOTCONN.
enum status socket_option_get(struct object *socket, uint32_t option, uint64_t *value) __must_check;

/// Change one. ERR_INVAL: no such option, or one that cannot be changed.
enum status socket_option_set(struct object *socket, uint32_t option, uint64_t value) __must_check;

/// Where a socket gets its name.
struct socket_place {
    struct vfs_origin origin;
    const char *path;
    uint32_t permissions; /* of the node */
    uint32_t name_len;    /* 1..COCO_SOCKET_NAME_MAX */
    const void *name;     /* bytes that are told as its name */
};

/// Give a socket a name. ERR_INVAL: it has one; ERR_ADDRINUSE; errors of vfs_add_node().
enum status socket_bind(struct object *socket, const struct socket_place *place) __must_check;

/// What stands behind the name `path`: a new reference, for endpoint_put(). ERR_CONNREFUSED: no
/// socket; errors of vfs_lookup().
enum status socket_find(struct vfs_origin origin, const char *path,
                        struct endpoint **out) __must_check;

/// Give a reference back. NULL is passed over.
void endpoint_put(struct endpoint *endpoint);

/// Let at most `backlog` connections wait to be accepted. `process`: id of the caller.
/// ERR_NOTSUPP: a datagram socket; ERR_DESTADDRREQ: it has no name; ERR_INVAL: it is connected.
enum status socket_listen(struct object *socket, uint32_t backlog, uint64_t process) __must_check;

/// Connect to what socket_find() gave; a datagram socket with NULL to nothing. Waits for room in
/// the backlog. ERR_PROTOTYPE: another type; ERR_CONNREFUSED: nobody listens; ERR_ISCONN;
/// ERR_INVAL: it listens itself; ERR_PERM: the datagram socket there takes from another one only;
/// ERR_AGAIN: no room, and not to wait, or the time is up; ERR_NOMEM.
enum status socket_connect(struct object *socket, struct endpoint *target,
                           uint64_t process) __must_check;

/// The socket of the oldest connection that waits; a new reference. ERR_INVAL: it does not listen;
/// ERR_NOTSUPP: a datagram socket; ERR_AGAIN; ERR_NOMEM: the connection goes on waiting.
enum status socket_accept(struct object *socket, struct object **out) __must_check;

/// The name of a socket, or of what it is connected to; a new reference, or NULL if it has none.
/// ERR_NOTCONN.
enum status socket_get_name(struct object *socket, bool peers,
                            struct socket_name **out) __must_check;

/// Row of the table of special nodes.
extern const struct special_ops socket_special_ops;

/// Row of the object table for COCO_OBJECT_SOCKET.
extern const struct object_ops socket_object_ops;
