// SPDX-License-Identifier: MIT
// Host ports: named byte streams between programs here and whatever the host connects to them, over
// a virtio-console with several ports. Each is a file, `/dev/ports/NAME`.
//
// A port is opened by one program at a time (ERR_BUSY). The other side comes and goes: a read that
// meets the end of a connection gives 0 bytes once, after all that came before; the next one waits
// for the next connection. Writing while nobody is connected is ERR_PIPE. What came before the port
// was opened is not seen. Each PAGE_SIZE bytes of a write are sent whole or not at all, whatever
// becomes of the writer: one that takes its place finds no half of a shorter write.
//
// The host is hostile: it may send anything at any time, under any name that host_port_name_ok()
// lets pass, or nothing. It can neither make the kernel wait without end nor take memory.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>

#define HOST_PORT_MAX 4u       /* ports that are used; more are ignored */
#define HOST_PORT_NAME_MAX 31u /* bytes */

struct special_ops;

/// Whether a port may have this name of `len` bytes: 1 to HOST_PORT_NAME_MAX letters, digits, '-',
/// '_' and '.', the first of them no '.'.
bool host_port_name_ok(const char *name, size_t len);

/// Row of the table of special nodes for SPECIAL_HOST_PORT.
extern const struct special_ops host_port_special_ops;
