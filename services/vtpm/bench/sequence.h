// SPDX-License-Identifier: MIT
// Numbers that are the same each time, for a TPM with the same seeds on each system.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// Fills `to` with the next bytes of the sequence.
void sequence_draw(void *to, size_t size);
