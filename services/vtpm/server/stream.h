// SPDX-License-Identifier: MIT
// Whole pieces of a byte stream.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Reads exactly `size` bytes; false at the end of the stream or on an error.
bool stream_read(int stream, void *to, size_t size);
/// Writes all; false on an error.
bool stream_write(int stream, const void *from, size_t size);
/// Numbers of 32 bits, big-endian.
bool stream_read32(int stream, uint32_t *value);
bool stream_write32(int stream, uint32_t value);
void stream_put32(uint8_t *to, uint32_t value);
