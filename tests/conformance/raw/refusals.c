// SPDX-License-Identifier: MIT
// What every call refuses because of the kinds of its arguments, from the table of calls: values
// wider than their type, unknown option bits, bad handles, wrong kinds, missing rights, bad user
// memory.
#include <coconut/coconut.h>
#include <harness/print.h>
#include <harness/test.h>

#include "memory.h"
#include "scratch.h"
#include "world.h"

#define NOT_OPEN 4000u

/* One thing to try on every argument of every call. `try` changes registers and calls. */
typedef void (*attempt)(struct world *world, const struct coco_call_info *call,
                        const struct coco_argument_info *argument, struct call_registers registers);

static void for_every_argument(attempt attempt)
{
    struct world world;
    REQUIRE(world_make(&world));
    coco_handle_t next = scratch_next_handle();
    for (size_t i = 0; i < COCO_CALL_COUNT; i++) {
        const struct coco_call_info *call = &coco_calls[i];
        struct call_registers registers;
        world_good_registers(&world, call, &registers);
        for (size_t j = 0; j < call->argument_count; j++) {
            attempt(&world, call, &call->arguments[j], registers);
        }
        if (scratch_next_handle() != next) {
            test_fail(__FILE_NAME__, __LINE__, "%s made a handle although refused", call->name);
        }
    }
    world_remove(&world);
}

static void expect_refused(const struct coco_call_info *call,
                           const struct coco_argument_info *argument, const char *what,
                           const struct call_registers *registers, int64_t expected)
{
    char fault[64];
    print_to(fault, sizeof(fault), "%s %s", what, argument->name);
    world_expect(call, fault, world_call(call, registers), expected);
}

static void try_width(struct world *world, const struct coco_call_info *call,
                      const struct coco_argument_info *argument, struct call_registers registers)
{
    static const uint64_t wide[] = {1ull << 32, 1ull << 63, 0xffffffff00000000, 0x7fffffff00000000,
                                    0xfffffffe00000000};
    (void)world;
    if (!kind_is_narrow(argument->kind)) {
        return;
    }
    uint64_t *value = &registers.value[argument->first_register];
    uint64_t good = *value & 0x7fffffff;
    for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
        *value = good | wide[i];
        expect_refused(call, argument, "wide", &registers, COCO_EINVAL);
    }
    *value = 0x1ffffffff;
    expect_refused(call, argument, "wide", &registers, COCO_EINVAL);
    *value = 0xfffffffeffffffff;
    expect_refused(call, argument, "wide", &registers, COCO_EINVAL);
}

TEST(refusals, wide_values, RULE("*.width.*"))
{
    for_every_argument(try_width);
}

static void try_flags(struct world *world, const struct coco_call_info *call,
                      const struct coco_argument_info *argument, struct call_registers registers)
{
    (void)world;
    if (argument->kind != COCO_ARGUMENT_FLAGS) {
        return;
    }
    uint64_t *value = &registers.value[argument->first_register];
    uint64_t good = *value;
    for (uint32_t bit = 0; bit < 32; bit++) {
        if ((argument->mask & 1u << bit) == 0) {
            *value = good | 1ull << bit;
            expect_refused(call, argument, "unknown bit of", &registers, COCO_EINVAL);
        }
    }
}

TEST(refusals, unknown_option_bits, RULE("*.flags.*"))
{
    for_every_argument(try_flags);
}

static void try_bad_handle(struct world *world, const struct coco_call_info *call,
                           const struct coco_argument_info *argument,
                           struct call_registers registers)
{
    static const uint64_t bad[] = {
        NOT_OPEN,   COCO_HANDLE_MAX - 1, COCO_HANDLE_MAX, COCO_HANDLE_MAX + 1,
        0x7fffffff, 0x80000000,          0xfffffffe,      0xffffffff80000000};
    (void)world;
    if (!kind_is_handle(argument->kind)) {
        return;
    }
    uint64_t *value = &registers.value[argument->first_register];
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        *value = bad[i];
        expect_refused(call, argument, "no handle", &registers, COCO_ENOTFOUND);
    }
    if (argument->kind == COCO_ARGUMENT_HANDLE || argument->kind == COCO_ARGUMENT_HANDLE_HELD) {
        *value = COCO_HANDLE_NONE;
        expect_refused(call, argument, "no handle", &registers, COCO_ENOTFOUND);
        *value = UINT64_MAX;
        expect_refused(call, argument, "no handle", &registers, COCO_ENOTFOUND);
    }
}

TEST(refusals, bad_handles, RULE("*.handle.*"))
{
    for_every_argument(try_bad_handle);
}

static void try_wrong_kind(struct world *world, const struct coco_call_info *call,
                           const struct coco_argument_info *argument,
                           struct call_registers registers)
{
    if (!kind_is_handle(argument->kind)) {
        return;
    }
    uint64_t *value = &registers.value[argument->first_register];
    for (uint32_t type = 1; type < COCO_OBJECT_COUNT; type++) {
        if ((argument->types & 1u << type) == 0 && world->objects[type] != COCO_HANDLE_NONE) {
            *value = world->objects[type];
            expect_refused(call, argument, "wrong kind of", &registers, COCO_ENOTSUPP);
        }
    }
}

TEST(refusals, wrong_kinds, RULE("*.kind.*"))
{
    for_every_argument(try_wrong_kind);
}

static void try_missing_right(struct world *world, const struct coco_call_info *call,
                              const struct coco_argument_info *argument,
                              struct call_registers registers)
{
    if (!kind_is_handle(argument->kind) || argument->rights == 0) {
        return;
    }
    uint64_t *value = &registers.value[argument->first_register];
    for (uint32_t type = 1; type < COCO_OBJECT_COUNT; type++) {
        if ((argument->types & 1u << type) == 0 || world->objects[type] == COCO_HANDLE_NONE) {
            continue;
        }
        uint32_t all = (uint32_t)((uint64_t)coco_handle_info(world->objects[type]) >> 32);
        for (uint32_t right = 1; right <= argument->rights; right *= 2) {
            if ((argument->rights & right) == 0 || (all & argument->rights) != argument->rights) {
                continue;
            }
            int64_t weak = coco_handle_duplicate(world->objects[type], all & ~right);
            REQUIRE_TRUE(weak > 0);
            *value = (uint64_t)weak;
            expect_refused(call, argument, "too weak", &registers, world_missing_right(right));
            EXPECT_OK(coco_close((coco_handle_t)weak));
        }
        *value = world->bare[type];
        uint32_t lowest = argument->rights & (0 - argument->rights);
        expect_refused(call, argument, "bare", &registers, world_missing_right(lowest));
    }
}

TEST(refusals, missing_rights, RULE("*.right.*"))
{
    for_every_argument(try_missing_right);
}

/* A buffer that is looked at when a message comes: channel_call.c and channel_receive.c test it. */
static bool waits_for_message(const struct coco_call_info *call,
                              const struct coco_argument_info *argument)
{
    return kind_is_lazy(argument->kind) &&
           (call->number == COCO_SYS_CHANNEL_CALL || call->number == COCO_SYS_CHANNEL_RECEIVE ||
            call->number == COCO_SYS_CHANNEL_REPLY_RECEIVE);
}

static void try_range(struct world *world, const struct coco_call_info *call,
                      const struct coco_argument_info *argument, struct call_registers registers)
{
    static const uint64_t outside[] = {OUTSIDE_ADDRESS,    NONCANONICAL_ADDRESS, KERNEL_ADDRESS,
                                       0xffff800000000000, UINT64_MAX,           UINT64_MAX - 7};
    (void)world;
    if (!kind_is_memory(argument->kind) || waits_for_message(call, argument)) {
        return;
    }
    uint64_t *value = &registers.value[argument->first_register];
    for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
        *value = outside[i];
        expect_refused(call, argument, "outside", &registers, COCO_EINVAL);
    }
    /* A range that starts inside and ends outside; a path's end is not known before. */
    if (argument->kind != COCO_ARGUMENT_PATH) {
        *value = OUTSIDE_ADDRESS - 1;
        expect_refused(call, argument, "leaving user space", &registers, COCO_EINVAL);
    }
}

TEST(refusals, outside_of_user_space, RULE("*.range.*"))
{
    for_every_argument(try_range);
}

static void try_fault(struct world *world, const struct coco_call_info *call,
                      const struct coco_argument_info *argument, struct call_registers registers)
{
    if (!kind_is_memory(argument->kind) || waits_for_message(call, argument)) {
        return;
    }
    uint64_t *value = &registers.value[argument->first_register];
    *value = UNMAPPED_ADDRESS;
    expect_refused(call, argument, "unmapped", &registers, COCO_EFAULT);
    EXPECT_OK(memory_protect(world->buffer, PAGE, 0));
    *value = (uintptr_t)world->buffer;
    expect_refused(call, argument, "protected", &registers, COCO_EFAULT);
    EXPECT_OK(memory_protect(world->buffer, PAGE, READ_WRITE));
}

TEST(refusals, inaccessible_memory, RULE("*.fault.*"))
{
    for_every_argument(try_fault);
}
