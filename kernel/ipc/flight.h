// SPDX-License-Identifier: MIT
// Private: handles on their way in packets.
//
// A packet in a socket's queue keeps the objects that it carries. If one of them is a socket, whose
// queue may carry sockets as well, chains can form, and rings that nobody can reach or free. So
// sockets on their way are at most one deep: one cannot be sent into a socket that is on its way
// itself, nor while its own queue has sockets in it. Queues of connections that were not accepted
// yet count as the listening socket's.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <ipc/socket.h>

struct endpoint;

/// Count the sockets among `handles` (may be NULL) as being on their way in the queue of `to`.
/// ERR_TOOMANYREFS: the rule above; then nothing is counted. Does not sleep.
enum status flight_enter(const struct socket_handles *handles, struct endpoint *to) __must_check;

/// The packet with `handles` left the queue of `to`. Does not sleep.
void flight_leave(const struct socket_handles *handles, struct endpoint *to);

/// Let the queue of `pending`, a connection that waits to be accepted, count as `listener`'s; with
/// NULL, as its own again. Does not sleep.
void flight_set_holder(struct endpoint *pending, struct endpoint *listener);
