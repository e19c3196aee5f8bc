// SPDX-License-Identifier: MIT
// What a TPM gets once, when it is made: endorsement keys, their certificates,
// and one of the platform.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "certificate.h"

/// Does a command of `size` bytes, writes the response, of at most TPM_MOST bytes, and returns its
/// length, at least 10.
typedef size_t manufacture_process(const uint8_t *command, size_t size, uint8_t *response);

/// Makes keys and certificates in a TPM that is new and before TPM2_Startup, and shuts it down
/// (TPM2_Shutdown with CLEAR). Writes the certificate of the authority that signed them. Returns
/// its bytes, or -1 with a line on standard error.
int manufacture(manufacture_process *process, uint8_t authority[CERTIFICATE_MOST]);
