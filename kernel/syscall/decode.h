// SPDX-License-Identifier: MIT
// Private: checks that generated thunks make on raw registers.
#pragma once

#include <abi/rights.h>
#include <abi/types.h>
#include <base/compiler.h>
#include <base/math.h>
#include <mm/user_copy.h>
#include <object/handle.h>
#include <task/process.h>

#include "prototypes.h"

/// True if `raw` is the zero- or sign-extension of a 32-bit value: 0 .. 2^32-1 or -2^31 .. -1.
static inline bool decode_is_32(uint64_t raw)
{
    return raw + 0x80000000u <= 0x17fffffffu;
}

/// Look up a handle of the calling process; see handle_get().
static inline enum status __must_check decode_handle(uint32_t number, uint32_t types,
                                                     uint32_t rights, struct object **out)
{
    return handle_get(process_handles(process_current()), number, types, rights, out);
}

/// The same, and the rights of the handle, for calls that pass them on.
enum status __must_check decode_handle_held(uint32_t number, uint32_t types, uint32_t rights,
                                            struct held_object *out);

/// Whether `len` bytes at `address` lie in user space.
static inline bool decode_range(uint64_t address, uint64_t len)
{
    return user_range_check(uaddr(address), len) == OK;
}

/// The same for `count` elements of `size` bytes; `*len` gets their bytes.
static inline bool decode_array(uint64_t address, uint64_t count, uint64_t size, uint64_t *len)
{
    return checked_mul(count, size, len) && decode_range(address, *len);
}

/// Give the reference back that decode_handle() took.
static inline void decode_put(struct object *object)
{
    object_put(object);
}

/// The same for a handle that may have been left out.
static inline void decode_put_optional(struct object *object)
{
    if (object != NULL) {
        object_put(object);
    }
}
