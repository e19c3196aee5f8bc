// SPDX-License-Identifier: MIT
// Return addresses of the calling thread, by the frame pointers that all code of this system keeps.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/// Fill in up to `__size` return addresses, innermost first. Thread-safe. @return how many
int backtrace(void **__addresses, int __size);

/// Texts "[0x<address>]", or "program(+0x<offset>) [0x<address>]" for addresses of the program,
/// which `coconut symbolize` reads. @return one block for free(), or NULL with errno
char **backtrace_symbols(void *const *__addresses, int __size);

/// The same, a line each, to a descriptor, without memory from the heap.
void backtrace_symbols_fd(void *const *__addresses, int __size, int __fd);

#ifdef __cplusplus
}
#endif
