// SPDX-License-Identifier: MIT
// Integer types and the three kinds of address. An address is a one-member struct, so that the
// compiler refuses a physical address where a virtual one is meant, and a user address can never be
// dereferenced.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_SHIFT 12u
#define PAGE_SIZE 4096u
#define PAGE_MASK 4095u

/// Physical address in bytes. The value 0 means "no page": page 0 is never handed out.
typedef struct {
    uint64_t v;
} paddr_t;

/// Virtual address of the kernel, or of the active address space in page-table functions.
typedef struct {
    uint64_t v;
} vaddr_t;

/// Address given by user mode: hostile, read and written only through <mm/user_copy.h>.
typedef struct {
    uint64_t v;
} uaddr_t;

/// Wrap a number as a physical address.
static inline paddr_t paddr(uint64_t v)
{
    return (paddr_t){v};
}

/// Wrap a number as a virtual address.
static inline vaddr_t vaddr(uint64_t v)
{
    return (vaddr_t){v};
}

/// Wrap a number as a user address.
static inline uaddr_t uaddr(uint64_t v)
{
    return (uaddr_t){v};
}

/// The virtual address of a kernel pointer.
static inline vaddr_t vaddr_of(const void *pointer)
{
    return (vaddr_t){(uint64_t)(uintptr_t)pointer};
}

/// The kernel pointer of a virtual address.
static inline void *vaddr_ptr(vaddr_t address)
{
    return (void *)(uintptr_t)address.v;
}
