// SPDX-License-Identifier: MIT
// A stream on which clients speak the TPM simulator's protocol, one after the
// other, and the thread that serves it.
#pragma once

#include <stdbool.h>

#include "mssim.h"

struct endpoint {
    int file;     ///< a listening socket, or what is one connection after the other
    bool listens; ///< which of the two
    enum mssim_end (*serve)(int stream);
};

/// Opens a port of the machine, a file, for `endpoint`. Returns 0, or -1 with a line on standard
/// error.
int endpoint_open_port(struct endpoint *endpoint, const char *path);

/// Listens at a TCP port of 127.0.0.1. Returns 0, or -1 with a line on standard error.
int endpoint_listen(struct endpoint *endpoint, unsigned port);

/// Starts a thread that serves the endpoint, which must stay. Returns 0, or -1 with a line on
/// standard error.
int endpoint_start(struct endpoint *endpoint);

/// Serves connections until a client asks the service to end: that turns the power off and ends the
/// process with status 0, on whichever endpoint. `endpoint` is a struct endpoint; does not return.
void *endpoint_serve(void *endpoint);
