// SPDX-License-Identifier: MIT
// The protocol of the TPM simulator: one stream for commands, one for what a
// platform does (power, reset, cancel).
#pragma once

/// How a connection came to its end.
enum mssim_end {
    MSSIM_GONE, ///< the client has gone: its end was read, or it cannot be written to
    MSSIM_LEFT, ///< the client says that it is done, or broke the protocol; more of it may come
    MSSIM_STOP, ///< the client asked the service itself to end (TPM_STOP)
};

/// Serves one connection.
enum mssim_end mssim_serve_commands(int stream);
enum mssim_end mssim_serve_platform(int stream);
