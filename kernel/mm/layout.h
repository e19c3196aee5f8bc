// SPDX-License-Identifier: MIT
// How this module divides the kernel's virtual memory.
//
//   page array       16 bytes per page of RAM
//   slab region      slabs of the heap; never unmapped while a slab has objects
//   slab records     64 bytes per page of the slab region
//   vmap region      everything else: stacks, large heap blocks, archive, devices
#pragma once

#include <arch/paging.h>

#ifdef COCONUT_KERNEL_HOST
#include <arch_impl/host.h>
#define PAGE_ARRAY_BASE HOST_PAGE_ARRAY_BASE
#define KERNEL_HEAP_BASE HOST_KERNEL_HEAP_BASE
#define KERNEL_HEAP_SIZE HOST_KERNEL_HEAP_SIZE
#else
#define PAGE_ARRAY_BASE ARCH_PAGE_ARRAY_BASE
#define KERNEL_HEAP_BASE ARCH_KERNEL_HEAP_BASE
#define KERNEL_HEAP_SIZE ARCH_KERNEL_HEAP_SIZE
#endif

#define SLAB_BASE KERNEL_HEAP_BASE
#define SLAB_SIZE (16ull << 30)
#define SLAB_RECORD_BASE (SLAB_BASE + SLAB_SIZE)
#define SLAB_RECORD_SIZE ((SLAB_SIZE >> PAGE_SHIFT) * 64)
#define VMAP_BASE (SLAB_RECORD_BASE + SLAB_RECORD_SIZE)
#define VMAP_END (KERNEL_HEAP_BASE + KERNEL_HEAP_SIZE)
