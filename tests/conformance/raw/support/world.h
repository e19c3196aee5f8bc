// SPDX-License-Identifier: MIT
// One object of each kind, and calls built from the table of calls with faults of the caller's
// choice: for tests that go over all calls.
#pragma once

#include <coconut/call_table.h>
#include <coconut/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Handle of the given kind with all rights the kind can have (of a pipe, the end that is read);
/// COCO_HANDLE_NONE if the program has none (streams and SYSTEM come from the run). Processes and
/// threads have ended.
struct world {
    coco_handle_t objects[COCO_OBJECT_COUNT];
    coco_handle_t bare[COCO_OBJECT_COUNT]; /* the same objects, handles without any right */
    uint8_t *buffer;                       /* one page */
};

/// Makes and removes the objects. world_make() is false after recording a failure.
bool world_make(struct world *world);
void world_remove(struct world *world);

/// Argument registers of a call.
struct call_registers {
    uint64_t value[5]; /* RDI, RSI, R8, R9, R10 */
};

/// Registers with which nothing is wrong as far as the kinds of arguments go: a call that reads or
/// writes memory would do so.
void world_good_registers(const struct world *world, const struct coco_call_info *call,
                          struct call_registers *registers);

/// Executes the call.
int64_t world_call(const struct coco_call_info *call, const struct call_registers *registers);

/// The call's entry in the table; never NULL.
const struct coco_call_info *world_call_named(const char *name);

/// Which argument kinds are handles, 32 bits wide, memory the call reads or writes, paths.
bool kind_is_handle(unsigned kind);
bool kind_is_narrow(unsigned kind);
bool kind_is_memory(unsigned kind);
bool kind_is_lazy(unsigned kind);

/// The error of the table for a missing right.
int64_t world_missing_right(uint32_t right);

/// Expects a result, and names the call and what was wrong when it differs.
void world_expect(const struct coco_call_info *call, const char *fault, int64_t actual,
                  int64_t expected);
