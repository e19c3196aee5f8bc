// SPDX-License-Identifier: MIT
// Memory of a set length that processes share: what stands behind memory objects. All of it is
// promised when it is made or grows; pages come into being at their first access. Thread-safe.
//
// Mappings that may store and mappings that may not have different backings, so that it is known
// whether anybody can still store.
#pragma once

#include <abi/status.h>
#include <abi/types.h>
#include <base/compiler.h>
#include <mm/backing.h>
#include <mm/quota.h>

struct sized_memory;

/// Makes memory of `length` bytes, rounded up to pages, promised out of `quota`, to which it takes
/// a reference. One reference, the owner's. ERR_INVAL: more than COCO_MEMORY_MAX; ERR_NOMEM.
enum status sized_memory_create(struct quota *quota, uint64_t length,
                                struct sized_memory **out) __must_check;

/// Gives the owner's reference back; mappings keep the memory.
void sized_memory_put(struct sized_memory *memory);

/// Changes the length; the pages behind it go. Interrupts on, no lock held. Errors: ERR_INVAL as
/// above; ERR_PERM: sealed; ERR_BUSY: shorter, and it is mapped, or another thread is at it;
/// ERR_NOMEM.
enum status sized_memory_resize(struct sized_memory *memory, uint64_t length) __must_check;

/// Adds seals (COCO_MEMORY_SEAL_*); `*before` gets those that there were. ERR_PERM: no more can be
/// added; ERR_BUSY: a mapping may store.
enum status sized_memory_seal(struct sized_memory *memory, uint32_t seals,
                              uint32_t *before) __must_check;

/// Its state.
void sized_memory_info(struct sized_memory *memory, struct coco_memory_info *out);

/// What a mapping shows, with a reference: `write` if it may store to the memory itself, `exec` if
/// it may execute. ERR_PERM: the seals do not allow it.
enum status sized_memory_backing(struct sized_memory *memory, bool write, bool exec,
                                 struct backing **out) __must_check;

/// Rows for BACKING_SIZED and BACKING_SIZED_WRITER.
extern const struct backing_ops sized_memory_ops;
extern const struct backing_ops sized_memory_writer_ops;
