// SPDX-License-Identifier: MIT
// Memory objects: memory with a handle, to be mapped by several processes (mm/sized_memory.h).
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <mm/quota.h>
#include <mm/sized_memory.h>
#include <object/object.h>

/// Makes one, one reference. Arguments and errors as sized_memory_create().
enum status memory_create(struct quota *quota, uint64_t length, struct object **out) __must_check;

/// The memory of an object of type COCO_OBJECT_MEMORY; it lives as long as that.
struct sized_memory *memory_pages(struct object *object);

/// Row of the object table.
extern const struct object_ops memory_object_ops;
