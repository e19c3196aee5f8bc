// SPDX-License-Identifier: MIT
// State of a server's clients, in memory of its own.
#pragma once

#include <coconut/service.h>

/// The state of the client with this badge, a new one if it is new. NULL: all are taken.
void *__coco_client_state(struct coco_server *server, uint64_t badge);

/// The client's connection was closed: tells the server's owner, and frees the entry.
void __coco_client_gone(struct coco_server *server, uint64_t badge);
