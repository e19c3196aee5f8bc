// SPDX-License-Identifier: MIT
// Handlers that stand in for the real ones (generated: contract_handlers.c): they check that the
// thunks keep what the argument kinds promise, and remember that they were called.
#pragma once

#include <abi/rights.h>
#include <base/types.h>
#include <object/object.h>

/// Panic unless `value` has no bit outside of `mask`.
void contract_flags(uint32_t value, uint32_t mask);

/// Panic unless `object` is held and of one of `types`; NULL is fine if `optional`.
void contract_object(const struct object *object, uint32_t types, bool optional);

/// Panic unless `held` are rights of a handle to `object` that include `needed`.
void contract_rights(const struct object *object, uint32_t held, uint32_t needed);

/// Panic unless the range lies in user space.
void contract_range(uaddr_t address, uint64_t len);

/// Remember the call; the result of the handler.
int64_t contract_result(uint64_t number);

/// Number of the call whose handler ran since the last time this was asked, or CONTRACT_NONE.
#define CONTRACT_NONE UINT64_MAX
uint64_t contract_called(void);

/// A process with one handle per kind of object, at number 10 + tag with all rights of its kind,
/// and at 20 + tag without any right; it becomes the current one. Made once.
void contract_start(void);

#define CONTRACT_FULL(tag) (32u + (tag))
#define CONTRACT_BARE(tag) (64u + (tag))
#define CONTRACT_UNUSED_HANDLE 900u

/// The object behind both handles.
struct object *contract_object_of(unsigned tag);
