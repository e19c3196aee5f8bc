// SPDX-License-Identifier: MIT
// Instructions that a process may not execute, and memory it may not touch: each ends the process
// with the right exception, and nothing else happens.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "child.h"

#define DIVIDE 0u
#define DEBUG 1u
#define BREAKPOINT 3u
#define INVALID_OPCODE 6u
#define STACK_SEGMENT 12u
#define GENERAL_PROTECTION 13u
#define PAGE_FAULT 14u
#define X87 16u
#define SIMD 19u

TEST(exceptions, syscall_instruction_is_off)
{
    struct coco_exit_status status;
    child_expect_exception("fault_syscall", INVALID_OPCODE);
    REQUIRE(child_run(&(struct child){.arguments = {"fault_sysenter"}}, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_EXCEPTION);
    EXPECT_TRUE(status.code == INVALID_OPCODE || status.code == GENERAL_PROTECTION);
}

static bool processor_has_umip(void)
{
    uint32_t eax = 7;
    uint32_t ebx;
    uint32_t ecx = 0;
    uint32_t edx;
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    return (ecx & 4) != 0;
}

TEST(exceptions, descriptor_tables_are_hidden)
{
    if (!processor_has_umip()) {
        SKIP("the processor has no UMIP");
    }
    child_expect_exception("fault_sgdt", GENERAL_PROTECTION);
    child_expect_exception("fault_sidt", GENERAL_PROTECTION);
    child_expect_exception("fault_sldt", GENERAL_PROTECTION);
    child_expect_exception("fault_str", GENERAL_PROTECTION);
    child_expect_exception("fault_smsw", GENERAL_PROTECTION);
}

TEST(exceptions, privileged_instructions)
{
    static const char *const names[] = {"fault_hlt",    "fault_cli",    "fault_in",  "fault_out",
                                        "fault_rdmsr",  "fault_wrmsr",  "fault_cr0", "fault_cr3",
                                        "fault_invlpg", "fault_load_ss"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        child_expect_exception(names[i], GENERAL_PROTECTION);
    }
    struct coco_exit_status status;
    /* QEMU reads the stack of a far return with the kernel's rights, which SMAP forbids. */
    REQUIRE(child_run(&(struct child){.arguments = {"fault_load_cs"}}, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_EXCEPTION);
    EXPECT_TRUE(status.code == GENERAL_PROTECTION || status.code == PAGE_FAULT);
    REQUIRE(child_run(&(struct child){.arguments = {"fault_swapgs"}}, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_EXCEPTION);
    EXPECT_TRUE(status.code == GENERAL_PROTECTION || status.code == INVALID_OPCODE);
}

/* Only vector 0x80, and the two that belong to debuggers, can be raised by software. */
TEST(exceptions, other_vectors_are_closed)
{
    child_expect_exception("fault_int_0x81", GENERAL_PROTECTION);
    child_expect_exception("fault_int_page_fault", GENERAL_PROTECTION);
    child_expect_exception("fault_int_double_fault", GENERAL_PROTECTION);
    child_expect_exception("fault_int_timer", GENERAL_PROTECTION);
}

TEST(exceptions, memory)
{
    static const char *const names[] = {
        "fault_null",           "fault_kernel_read",    "fault_kernel_jump",  "fault_self_map_read",
        "fault_write_code",     "fault_write_constant", "fault_execute_data", "fault_execute_stack",
        "fault_stack_overflow", "fault_unmapped"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        child_expect_exception(names[i], PAGE_FAULT);
    }
    child_expect_exception("fault_noncanonical", GENERAL_PROTECTION);
    child_expect_exception("fault_noncanonical_jump", GENERAL_PROTECTION);
}

/* A stack segment fault; emulators raise general protection instead. */
TEST(exceptions, stack_segment)
{
    static const char *const names[] = {"fault_noncanonical_stack", "fault_stack_segment"};
    for (size_t i = 0; i < 2; i++) {
        struct coco_exit_status status;
        REQUIRE(child_run(&(struct child){.arguments = {names[i]}}, &status));
        EXPECT_EQ(status.reason, COCO_EXIT_EXCEPTION);
        EXPECT_TRUE(status.code == STACK_SEGMENT || status.code == GENERAL_PROTECTION);
    }
}

TEST(exceptions, computation)
{
    child_expect_exception("fault_ud2", INVALID_OPCODE);
    child_expect_exception("fault_divide", DIVIDE);
    child_expect_exception("fault_int3", BREAKPOINT);
    child_expect_exception("fault_single_step", DEBUG);
    child_expect_exception("fault_x87", X87);
}

/* Emulators may not raise it: then the instruction goes through and the child says so. */
TEST(exceptions, simd)
{
    struct coco_exit_status status;
    REQUIRE(child_run(&(struct child){.arguments = {"fault_sse"}}, &status));
    if (status.reason == COCO_EXIT_CODE && status.code == 1) {
        SKIP("the processor does not raise SIMD exceptions");
    }
    EXPECT_EQ(status.reason, COCO_EXIT_EXCEPTION);
    EXPECT_EQ(status.code, SIMD);
}
