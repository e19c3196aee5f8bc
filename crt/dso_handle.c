// SPDX-License-Identifier: MIT
// Identity of the program for __cxa_atexit(); a static program is its own only object.
extern void *const __dso_handle;
__attribute__((visibility("hidden"))) void *const __dso_handle = 0;
