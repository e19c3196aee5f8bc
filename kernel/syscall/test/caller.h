// SPDX-License-Identifier: MIT
// A process with user memory from which tests make real calls.
#pragma once

#include <abi/errors.h>
#include <abi/numbers.h>
#include <abi/rights.h>
#include <abi/types.h>
#include <base/types.h>
#include <machine.h>
#include <unit.h>

/// Name a rule that the test proves; read by gen.py --check-tests.
#define RULE(id) ((void)sizeof(id))

/// User addresses: a string, a data area of CALLER_DATA_LEN bytes, and one that is not mapped.
#define CALLER_STRING 0x10000000ull
#define CALLER_STRING2 0x10002000ull
#define CALLER_DATA 0x10010000ull
#define CALLER_DATA_LEN 0x10000u
#define CALLER_UNMAPPED 0x70000000ull

/// Make the process the current one; once. Its handle table is empty.
void caller_start(void);

/// Give the process another root directory; `path` starts at the root of the whole tree.
void caller_set_root(const char *path);

/// Make a call with up to five arguments.
int64_t caller_call(uint64_t number, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
                    uint64_t a4);
#define CALL(number, ...) CALL_FILL(number, ##__VA_ARGS__, 0, 0, 0, 0, 0)
#define CALL_FILL(number, a, b, c, d, e, ...)                                                      \
    caller_call(number, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d), (uint64_t)(e))

/// Put a string into user memory; its address.
uint64_t caller_string(const char *text);
uint64_t caller_string2(const char *text);

/// Put bytes into the data area / get them.
void caller_put(const void *bytes, size_t len);
void caller_get(void *bytes, size_t len);

/// A fresh range of user memory whose pages are not there yet; caller_drop() removes it.
uint64_t caller_fresh(size_t len);
void caller_drop(uint64_t address, size_t len);

/// Give the process a handle on `object`, whose reference is handed over.
struct object;
uint32_t caller_give(struct object *owned_object, uint32_t rights);

/// Give the process a handle on a new SYSTEM object, all rights.
uint32_t caller_system(void);

/// Close all handles and forget the room that the table had for them.
void caller_reset_handles(void);

/// Make the file `path` with `content`, opened for reading and writing at position 0; its handle.
int64_t caller_create_file(const char *path, const char *content);

/// Close the handle and remove the name.
void caller_remove_file(const char *path, int64_t handle);
