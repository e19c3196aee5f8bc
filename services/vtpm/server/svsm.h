// SPDX-License-Identifier: MIT
// The SVSM's vTPM protocol: what a guest has in its buffer, so that its call
// can be forwarded unchanged.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// A guest's buffer ends with its page at the latest.
#define SVSM_BUFFER_MOST 4096

/// Bitmap of the platform commands that QUERY tells.
uint64_t svsm_query(void);

/// Serves the request in buffer[0..size) and writes the response over it, into at most `room` bytes
/// of which the buffer has; returns the response's length, or -1 for a request that is none
/// (SVSM_ERR_INVALID_PARAMETER to its guest) or a response there is no room for, with the buffer as
/// it was. Threads as with tpm_execute().
int svsm_command(uint8_t *buffer, size_t size, size_t room);
