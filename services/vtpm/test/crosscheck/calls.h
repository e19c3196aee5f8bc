// SPDX-License-Identifier: MIT
// Operations in terms of OpenSSL's functions, on strings of bytes. The files calls_*.c are compiled
// twice: against the facade, and against OpenSSL itself; what both give for the same input is
// compared.
#pragma once

#include <stddef.h>
#include <string.h>

#define MOST_BYTES 13000
#define MOST_INPUTS 10

/// A string of bytes.
struct bytes {
    size_t size;
    unsigned char data[MOST_BYTES];
};

/// Does one operation; returns 1 with its results in `out`, or 0. Inputs are in[0..inputs of the
/// table's entry).
typedef int (*call_function)(const struct bytes *in, struct bytes *out);

struct call {
    const char *name;
    call_function function;
};

/// A table, ended by a NULL name.
extern const struct call number_calls[], curve_calls[], symmetric_calls[], rsa_calls[];

/// All four tables, ended by NULL. The one symbol of each of the two libraries.
__attribute__((visibility("default"))) const struct call *const *calls(void);

/// Appends to a result; what does not fit ends the program.
static inline void put(struct bytes *out, const void *data, size_t size)
{
    if (size > MOST_BYTES - out->size) {
        __builtin_trap();
    }
    if (size > 0) {
        memcpy(out->data + out->size, data, size);
    }
    out->size += size;
}
