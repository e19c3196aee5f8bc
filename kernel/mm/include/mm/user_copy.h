// SPDX-License-Identifier: MIT
// The only way to user memory. Addresses come from user mode and are hostile: each function checks
// the range and returns ERR_FAULT for what the caller's address space does not allow. All functions
// act on aspace_current(), serve page faults on the way (so they may allocate), and need: no
// spinlock held, interrupts on.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>

/// A buffer in user memory that the kernel reads.
struct user_in {
    uaddr_t addr;
    uint64_t len; /* bytes */
};

/// A buffer in user memory that the kernel writes.
struct user_out {
    uaddr_t addr;
    uint64_t len; /* bytes */
};

/// OK if addr..addr+len lies in the user half; ERR_INVAL otherwise. Says nothing about mappings.
enum status user_range_check(uaddr_t addr, uint64_t len) __must_check;

/// Copy `len` bytes from user memory. ERR_FAULT: part of `dst` may have been written. ERR_NOMEM.
enum status user_copy_in(void *dst, uaddr_t src, size_t len) __must_check;

/// Copy `len` bytes to user memory. ERR_FAULT: a first part may have been written. ERR_NOMEM.
enum status user_copy_out(uaddr_t dst, const void *src, size_t len) __must_check;

/// For fast paths, which may have interrupts off: the same, but no fault is served. False: range or
/// page is not there, and a part may have been copied.
bool user_copy_in_plain(void *dst, uaddr_t src, size_t len) __must_check;
bool user_copy_out_plain(uaddr_t dst, const void *src, size_t len) __must_check;

/// Write `len` zero bytes to user memory. Errors as user_copy_out().
enum status user_zero(uaddr_t dst, size_t len) __must_check;

/// Copy a NUL-terminated UTF-8 string into `dst` of `max` bytes, NUL included; `*len` (may be NULL)
/// gets its length without the NUL. ERR_INVAL: no NUL within `max` bytes or not UTF-8; ERR_FAULT;
/// ERR_NOMEM.
enum status user_copy_string(char *dst, size_t max, uaddr_t src, size_t *len) __must_check;

/// Copy `len` bytes from user memory into `page` at `offset` (offset + len <= PAGE_SIZE), through
/// window slot USER_COPY_WINDOW. `*done` (may be NULL) gets the bytes copied. ERR_FAULT, ERR_NOMEM.
enum status user_copy_to_page(paddr_t page, size_t offset, struct user_in src,
                              size_t *done) __must_check;

/// Copy `dst.len` bytes from `page` at `offset` to user memory; as user_copy_to_page().
enum status user_copy_from_page(paddr_t page, size_t offset, struct user_out dst,
                                size_t *done) __must_check;

/// Read or write an aligned 32-bit word atomically. ERR_INVAL: not aligned; ERR_FAULT; ERR_NOMEM.
enum status user_load32(uaddr_t src, uint32_t *value) __must_check;
enum status user_store32(uaddr_t dst, uint32_t value) __must_check;

/// If the aligned word at `address` equals `*expected`, replace it by `desired`; `*expected` gets
/// the word that was there. Errors as user_load32().
enum status user_cmpxchg32(uaddr_t address, uint32_t *expected, uint32_t desired) __must_check;

/// Make one page accessible by serving the fault that an access would raise. OK, ERR_FAULT,
/// ERR_NOMEM.
enum status user_fault_in(uaddr_t address, bool write) __must_check;

/// True if `len` bytes are valid UTF-8 (no overlong forms, no surrogates, at most U+10FFFF).
/// Context: any.
bool utf8_is_valid(const char *text, size_t len);
