// SPDX-License-Identifier: MIT
// Handlers and clients of everything.json, run on the host and in the kernel.
#pragma once

#include "everything.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The handlers, which say in their results what they were given.
extern const struct everything_server round_trip_server;

/// What the last one-way message said.
extern char round_trip_told[201];

/// A client that is connected to them.
struct coco_client *round_trip_client(void);

/// A memory object and an event to hand over; the caller closes them.
coco_handle_t round_trip_memory(void);
coco_handle_t round_trip_event(void);

#ifdef __cplusplus
}
#endif
