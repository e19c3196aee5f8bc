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

/// The client's end of the channel to the server that ipc_start() started last.
extern coco_handle_t ipc_connection;

/// Bytes for requests.
extern uint8_t ipc_request[COCO_CHANNEL_MESSAGE_MAX];

/// Starts this program with these arguments, each with its NUL, as the server of a new channel.
/// Returns the process's handle or an error.
int64_t ipc_start(const char *arguments, uint64_t arguments_len, uint32_t argument_count);

/// The server behind an interface, until its client has gone: an exit status.
int ipc_serve_interface(void);

/// Starts it; calls it `count` times. 0 or an error.
int64_t ipc_interface_start(uint64_t count);
int64_t ipc_interface_nothing(uint64_t count);
int64_t ipc_interface_number(uint64_t count);
int64_t ipc_interface_words(uint64_t count);
int64_t ipc_interface_bytes(uint64_t count);

/// Starts a server under a policy, has one answer of it, and waits for its end, `count` times. 0 or
/// an error.
int64_t ipc_service_start(uint64_t count);

/// Opens IPC_OTHERS channels; closes them. 0 or an error.
int64_t ipc_others_open(void);
void ipc_others_close(void);
