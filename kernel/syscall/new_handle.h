// SPDX-License-Identifier: MIT
// Private: giving the calling process a new handle.
#pragma once

#include <object/handle.h>

/// Install `object`, whose reference is handed over, whatever the result. Result of a call: the
/// number, or an error.
int64_t new_handle_install(struct object *owned_object, uint32_t rights);

/// The same with two objects, of which both get a number or none: bits 31:0 and 63:32 of the
/// result.
int64_t new_handle_install_two(struct object *const owned_objects[2], const uint32_t rights[2]);

/// Take a number before an object exists whose making cannot be undone (a running thread or
/// process). Until it is filled, the number names the calling process without any right. ERR_MFILE,
/// ERR_NOMEM.
enum status new_handle_reserve(uint32_t *number) __must_check;

/// Give a reserved number back.
void new_handle_cancel(uint32_t number);

/// Let a reserved number name `object`, whose reference is handed over. Result as
/// new_handle_install(); it fails only if other threads of the process take all numbers at this
/// very moment.
int64_t new_handle_fill(uint32_t number, struct object *owned_object, uint32_t rights);
