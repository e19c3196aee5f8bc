// SPDX-License-Identifier: MIT
// The order of refusals, from the table of calls: option bits and widths, bad handle, wrong kind,
// missing right, bad user memory. Where two things are wrong, the earlier one is told.
#include <coconut/coconut.h>
#include <harness/print.h>
#include <harness/test.h>

#include "memory.h"
#include "scratch.h"
#include "world.h"

#define NOT_OPEN 4000u

enum stage { STAGE_OPTIONS, STAGE_HANDLE, STAGE_KIND, STAGE_RIGHT, STAGE_MEMORY, STAGE_COUNT };

static const char *const stage_names[] = {"bad options", "bad handle", "wrong kind",
                                          "missing right", "bad memory"};

static const struct coco_argument_info *find(const struct coco_call_info *call,
                                             bool (*is_kind)(unsigned kind))
{
    for (size_t i = 0; i < call->argument_count; i++) {
        if (is_kind(call->arguments[i].kind)) {
            return &call->arguments[i];
        }
    }
    return NULL;
}

static bool kind_is_option(unsigned kind)
{
    return kind_is_narrow(kind) && !kind_is_handle(kind);
}

static bool kind_is_eager_memory(unsigned kind)
{
    return kind_is_memory(kind) && !kind_is_lazy(kind);
}

/* A handle of a kind the argument does not accept; COCO_HANDLE_NONE if it accepts all. */
static uint64_t wrong_kind(const struct world *world, uint32_t types, bool bare)
{
    for (uint32_t type = 1; type < COCO_OBJECT_COUNT; type++) {
        if ((types & 1u << type) == 0 && world->objects[type] != COCO_HANDLE_NONE) {
            return bare ? world->bare[type] : world->objects[type];
        }
    }
    return COCO_HANDLE_NONE;
}

/* Applies a fault to the registers; false if the call cannot have it. Later faults go in first, so
   that on one register the earlier one stays visible. */
static bool apply(const struct world *world, const struct coco_call_info *call, enum stage stage,
                  bool with_missing_right, struct call_registers *registers)
{
    const struct coco_argument_info *handle = find(call, kind_is_handle);
    const struct coco_argument_info *option = find(call, kind_is_option);
    const struct coco_argument_info *memory = find(call, kind_is_eager_memory);
    uint64_t value;
    switch (stage) {
    case STAGE_OPTIONS:
        option = option != NULL ? option : handle;
        if (option == NULL) {
            return false;
        }
        registers->value[option->first_register] |= 1ull << 40;
        return true;
    case STAGE_HANDLE:
        if (handle == NULL) {
            return false;
        }
        registers->value[handle->first_register] = NOT_OPEN;
        return true;
    case STAGE_KIND:
        value = handle != NULL ? wrong_kind(world, handle->types, with_missing_right)
                               : COCO_HANDLE_NONE;
        if (value == COCO_HANDLE_NONE) {
            return false;
        }
        registers->value[handle->first_register] = value;
        return true;
    case STAGE_RIGHT:
        if (handle == NULL || handle->rights == 0) {
            return false;
        }
        for (uint32_t type = 1; type < COCO_OBJECT_COUNT; type++) {
            if ((handle->types & 1u << type) != 0 && world->bare[type] != COCO_HANDLE_NONE) {
                registers->value[handle->first_register] = world->bare[type];
                return true;
            }
        }
        return false;
    default:
        if (memory == NULL) {
            return false;
        }
        registers->value[memory->first_register] = UNMAPPED_ADDRESS;
        return true;
    }
}

static int64_t error_of(const struct coco_call_info *call, enum stage stage)
{
    switch (stage) {
    case STAGE_OPTIONS:
        return COCO_EINVAL;
    case STAGE_HANDLE:
        return COCO_ENOTFOUND;
    case STAGE_KIND:
        return COCO_ENOTSUPP;
    case STAGE_RIGHT: {
        uint32_t rights = find(call, kind_is_handle)->rights;
        return world_missing_right(rights & (0 - rights));
    }
    default:
        return COCO_EFAULT;
    }
}

static void try_pair(const struct world *world, const struct coco_call_info *call,
                     enum stage earlier, enum stage later)
{
    struct call_registers registers;
    char fault[64];
    world_good_registers(world, call, &registers);
    if (!apply(world, call, later, false, &registers) ||
        !apply(world, call, earlier, later == STAGE_RIGHT, &registers)) {
        return;
    }
    print_to(fault, sizeof(fault), "%s and %s", stage_names[earlier], stage_names[later]);
    world_expect(call, fault, world_call(call, &registers), error_of(call, earlier));
    /* Bad memory comes in two sorts, which the kernel finds at different places. */
    if (later == STAGE_MEMORY) {
        registers.value[find(call, kind_is_eager_memory)->first_register] = KERNEL_ADDRESS;
        world_expect(call, fault, world_call(call, &registers), error_of(call, earlier));
    }
}

TEST(order, earlier_refusal_wins, RULE("*.order.*"))
{
    struct world world;
    REQUIRE(world_make(&world));
    coco_handle_t next = scratch_next_handle();
    for (size_t i = 0; i < COCO_CALL_COUNT; i++) {
        for (enum stage earlier = STAGE_OPTIONS; earlier < STAGE_COUNT; earlier++) {
            for (enum stage later = earlier + 1; later < STAGE_COUNT; later++) {
                try_pair(&world, &coco_calls[i], earlier, later);
            }
        }
    }
    EXPECT_EQ(scratch_next_handle(), next);
    world_remove(&world);
}

/* Bad memory is told before the state of things: names that are missing, files that are folders. */
TEST(order, memory_before_state, RULE("*.order.*"))
{
    const char *missing = SCRATCH "/missing";
    struct coco_stat stat;
    EXPECT_ERROR(RAW(COCO_SYS_FILE_RENAME, missing, UNMAPPED_ADDRESS), FAULT);
    EXPECT_ERROR(RAW(COCO_SYS_FILE_RENAME, UNMAPPED_ADDRESS, missing), FAULT);
    EXPECT_ERROR(RAW(COCO_SYS_EXEC, missing, UNMAPPED_ADDRESS, 0), FAULT);
    EXPECT_ERROR(RAW(COCO_SYS_EXEC, UNMAPPED_ADDRESS, missing, 0), FAULT);
    EXPECT_ERROR(RAW(COCO_SYS_FILE_STAT_PATH, missing, KERNEL_ADDRESS), INVAL);
    EXPECT_ERROR(RAW(COCO_SYS_FILE_STAT_PATH, UNMAPPED_ADDRESS, &stat), FAULT);
}

/* An unknown number is told before anything about its arguments, which nobody knows. */
TEST(order, unknown_call_first, RULE("*.order.*"))
{
    EXPECT_ERROR(RAW(COCO_SYS_FILE_OPEN + 100, KERNEL_ADDRESS, UINT64_MAX, UINT64_MAX), NOSYS);
    EXPECT_ERROR(RAW(COCO_SYS_OPEN + 100, KERNEL_ADDRESS, UINT64_MAX, UINT64_MAX), INVAL);
}
