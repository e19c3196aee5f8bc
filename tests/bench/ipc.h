// SPDX-License-Identifier: MIT
// What the files of the program `ipc` share.
#pragma once

#include <coconut/types.h>

#include <stdint.h>

#define IPC_ROLE_CHANNEL (COCO_ROLE_FD + 100)
#define IPC_BADGE 0x1234
#define IPC_OTHERS 4000u /* channels beside the one that is measured */

/// Path of this program, which starts itself as the server.
extern char ipc_program_path[512];

/// Starts a server under a policy, has one answer of it, and waits for its end, `count` times. 0 or
/// an error.
int64_t ipc_service_start(uint64_t count);

/// Opens IPC_OTHERS channels; closes them. 0 or an error.
int64_t ipc_others_open(void);
void ipc_others_close(void);
