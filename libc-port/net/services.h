// SPDX-License-Identifier: MIT
// Questions to the database of services, for several threads at once.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define COCO_SERVICE_NAME_MAX 64 // with its NUL

/// The port, in network order, of the service with this name or alias; -1 and false if there is
/// none.
bool __coco_service_port(const char *name, const char *protocol, int *port);

/// The name of the service at `port`, which is in network order; the empty string and false if it
/// has none.
bool __coco_service_name(int port, const char *protocol, char *out, size_t size);
