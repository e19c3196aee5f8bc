// SPDX-License-Identifier: MIT
// Private: what was sent through a socket and not yet received: bytes, handles, the sender's name.
//
// Short data lies behind the header, longer data in pages. All packets of the machine share one
// budget, so that senders without receivers cannot take all memory.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/list.h>
#include <ipc/socket.h>

#include "user_vector.h"

/// Largest data of one packet, bytes.
#define PACKET_LEN_MAX COCO_SOCKET_BUFFER_MAX

struct socket_name {
    uint32_t refs; /* atomic */
    uint32_t len;  /* bytes */
    uint8_t bytes[];
};

struct packet {
    struct list link;               /* in the receiver's queue */
    struct socket_handles *handles; /* owned; NULL for none */
    struct socket_name *name;       /* of the sender, one reference; NULL for none */
    uint32_t len;                   /* bytes of data */
    uint32_t taken;                 /* of them received already */
    uint32_t priority;              /* in a message queue */
    bool end_of_record;
    bool paged;
    union {
        uint8_t bytes[0]; /* !paged */
        paddr_t pages[0]; /* paged */
    };
};

/// Make a packet of the next `len` (0..PACKET_LEN_MAX) bytes of `from`, which is moved on, and of
/// `handles` (NULL for none), which belong to the packet on OK and stay the caller's otherwise.
/// ERR_NOBUFS: the budget is used up; ERR_NOMEM; ERR_FAULT, ERR_INVAL: user memory.
enum status packet_create(struct user_vector *from, uint32_t len, struct socket_handles *handles,
                          struct packet **out) __must_check;

/// Free a packet with all it owns. May destroy objects: no lock is held. NULL is passed over.
void packet_free(struct packet *packet);

/// Take the handles out, which are the caller's from then on; NULL if there are none. The packet
/// counts for less.
struct socket_handles *packet_take_handles(struct packet *packet);

/// Bytes that a packet counts for in a queue.
uint32_t packet_charge(const struct packet *packet);

/// The same of a packet of `len` bytes with `handles`, which may be NULL.
uint32_t packet_charge_of(uint32_t len, const struct socket_handles *handles);

/// Copy data from `offset` on to user memory: as much as there is and as there is room for. `to` is
/// moved on by `*done`. An error only if nothing was copied: ERR_FAULT, ERR_INVAL, ERR_NOMEM.
enum status packet_copy_out(const struct packet *packet, uint32_t offset, struct user_vector *to,
                            uint32_t *done) __must_check;

/// One more reference to a name. NULL is passed over.
struct socket_name *socket_name_get(struct socket_name *name);
