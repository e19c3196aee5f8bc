// SPDX-License-Identifier: MIT
// The protocol of the TPM simulator: one stream for commands, one for what a
// platform does (power, reset, cancel).
#pragma once

#include <stdbool.h>

/// Serves one connection until the client ends it or breaks the protocol.
/// Returns true if the client asked the service itself to end (TPM_STOP).
bool mssim_serve_commands(int stream);
bool mssim_serve_platform(int stream);
