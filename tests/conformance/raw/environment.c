// SPDX-License-Identifier: MIT
// What a process finds at its start: registers, stack, start block, sections, and nobody else's
// data.
#include <coconut/coconut.h>
#include <harness/entry.h>
#include <harness/test.h>

#include "child.h"
#include "memory.h"
#include "report.h"

static bool get_entry(const char *program, struct entry_state *state)
{
    struct child child = {.program = program, .arguments = {"report_entry"}};
    return child_answer(&child, state, sizeof(*state));
}

static void check_entry(const struct entry_state *state)
{
    const uint64_t zero[] = {state->rax, state->rbx, state->rcx, state->rdx, state->rsi,
                             state->rbp, state->r8,  state->r9,  state->r10, state->r11,
                             state->r12, state->r13, state->r14, state->r15};
    EXPECT_TRUE(bytes_are(zero, 0, sizeof(zero)));
    EXPECT_TRUE(state->rdi != 0 && state->rdi < COCO_USER_END);
    EXPECT_EQ(state->rsp % 16, 8);
    EXPECT_EQ(state->stack_word, 0);
    EXPECT_EQ(state->rflags, 0x202);
    EXPECT_EQ(state->cs, 0x1b);
    EXPECT_EQ(state->ss, 0x23);
    const uint64_t data[] = {state->ds, state->es, state->fs, state->gs};
    for (size_t i = 0; i < 4; i++) {
        EXPECT_TRUE(data[i] == 0 || data[i] == 0x23);
    }
}

TEST(environment, registers, RULE("process_spawn.1"))
{
    struct entry_state state;
    REQUIRE(get_entry(CHILD_PROGRAM, &state));
    check_entry(&state);
    REQUIRE(get_entry(CHILD_PIE_PROGRAM, &state));
    check_entry(&state);
}

/* The parent's registers are full while it starts the child; none of it arrives there. */
TEST(environment, fpu_is_initial_and_clean, RULE("process_spawn.1"))
{
    static struct entry_state state;
    uint32_t mxcsr;
    uint16_t control;
    uint16_t status;
    __asm__ volatile("fld1; fldpi; pcmpeqd %%xmm0, %%xmm0; pcmpeqd %%xmm7, %%xmm7;"
                     "pcmpeqd %%xmm15, %%xmm15"
                     :
                     :
                     : "xmm0", "xmm7", "xmm15");
    bool got = get_entry(CHILD_PROGRAM, &state);
    __asm__ volatile("fstp %%st(0); fstp %%st(0)" : :);
    REQUIRE_TRUE(got);
    memcpy(&mxcsr, state.fxsave + FXSAVE_MXCSR, sizeof(mxcsr));
    memcpy(&control, state.fxsave + FXSAVE_FCW, sizeof(control));
    memcpy(&status, state.fxsave + FXSAVE_FSW, sizeof(status));
    EXPECT_EQ(mxcsr, 0x1f80);
    EXPECT_EQ(control, 0x37f);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(state.fxsave[FXSAVE_FTW], 0);
    EXPECT_TRUE(bytes_are(state.fxsave + FXSAVE_ST0, 0, FXSAVE_END - FXSAVE_ST0));
}

TEST(environment, wide_vectors_are_clean, RULE("process_spawn.1"))
{
    if ((coco_query(COCO_QUERY_FEATURES) & COCO_FEATURE_AVX) == 0) {
        SKIP("the kernel does not offer AVX on this processor");
    }
    __asm__ volatile("vcmptrueps %%ymm1, %%ymm1, %%ymm1; vmovaps %%ymm1, %%ymm9;"
                     "vmovaps %%ymm1, %%ymm15"
                     :
                     :
                     : "xmm1", "xmm9", "xmm15");
    child_expect_code("check_vectors", NULL, 0);
    __asm__ volatile("vzeroupper");
}

static bool get_block(const char *program, struct report_block *report)
{
    struct child child = {.program = program, .arguments = {"report_block"}};
    return child_answer(&child, report, sizeof(*report));
}

TEST(environment, start_block, RULE("process_spawn.1"))
{
    struct report_block report;
    REQUIRE(get_block(CHILD_PROGRAM, &report));
    const struct coco_start_block *block = &report.block;
    EXPECT_EQ(block->size, sizeof(*block));
    EXPECT_EQ(block->abi_level, COCO_ABI_LEVEL);
    EXPECT_EQ(block->features, coco_query(COCO_QUERY_FEATURES));
    EXPECT_EQ(block->cpu_count, coco_query(COCO_QUERY_CPU_COUNT));
    EXPECT_EQ(block->load_base, 0);
    EXPECT_EQ(block->argument_count, 2);
    EXPECT_EQ(block->handle_count, 1);
    EXPECT_EQ(block->phdr, 0x200040);
    EXPECT_TRUE(block->phdr_count >= 3);
    EXPECT_TRUE(block->stack_low < report.stack_address);
    EXPECT_TRUE(block->stack_high > report.stack_address);
    EXPECT_TRUE(block->stack_high - block->stack_low >= 1 << 20);
    EXPECT_EQ(block->stack_high % PAGE, 0);
    EXPECT_EQ(report.block_address % 8, 0);
}

/* Addresses and random bytes differ from process to process. */
TEST(environment, places_are_random, RULE("process_spawn.1"))
{
    enum { COUNT = 6 };
    static struct report_block reports[COUNT];
    bool base_differs = false;
    bool stack_differs = false;
    for (size_t i = 0; i < COUNT; i++) {
        REQUIRE(get_block(CHILD_PIE_PROGRAM, &reports[i]));
        const struct coco_start_block *block = &reports[i].block;
        EXPECT_EQ(block->load_base % PAGE, 0);
        EXPECT_TRUE(block->load_base >= 1 << 16);
        EXPECT_TRUE(reports[i].start_address > block->load_base);
        EXPECT_TRUE(reports[i].start_address < block->load_base + (1 << 20));
        EXPECT_TRUE(reports[i].data_address < block->load_base + (1 << 20));
        EXPECT_EQ(block->phdr, block->load_base + 64);
        base_differs = base_differs || block->load_base != reports[0].block.load_base;
        stack_differs = stack_differs || block->stack_high != reports[0].block.stack_high;
        EXPECT_TRUE(!bytes_are(block->random, 0, sizeof(block->random)));
        for (size_t j = 0; j < i; j++) {
            EXPECT_TRUE(memcmp(block->random, reports[j].block.random, 32) != 0);
        }
    }
    EXPECT_TRUE(base_differs);
    EXPECT_TRUE(stack_differs);
}

TEST(environment, sections, RULE("process_spawn.1"))
{
    for (int i = 0; i < 3; i++) {
        child_expect_code("check_sections", NULL, 0);
        struct coco_exit_status status;
        struct child pie = {.program = CHILD_PIE_PROGRAM, .arguments = {"check_sections"}};
        REQUIRE(child_run(&pie, &status));
        EXPECT_EQ(status.reason, COCO_EXIT_CODE);
        EXPECT_EQ(status.code, 0);
    }
}

/* After memory was full of this process's data and given back, a child's fresh stack is zero. */
TEST(environment, stack_is_fresh, RULE("process_spawn.1"))
{
    uint8_t *pages = memory_pages(2048);
    REQUIRE_TRUE(pages != NULL);
    memset(pages, 0x5a, 2048 * PAGE);
    EXPECT_OK(memory_unmap(pages, 2048 * PAGE));
    child_expect_code("check_fresh_stack", NULL, 0);
}

/* The same address in parent and child is different memory. */
TEST(environment, memory_is_separate, RULE("process_spawn.1"))
{
    int64_t page = memory_map(COCO_HANDLE_NONE, SHARED_ADDRESS, 0, PAGE,
                              READ_WRITE | ANONYMOUS | COCO_MMAP_FIXED);
    REQUIRE_EQ(page, SHARED_ADDRESS);
    memset((void *)page, 0x11, PAGE);
    child_expect_code("fill_shared_address", NULL, 0);
    EXPECT_TRUE(bytes_are((const void *)page, 0x11, PAGE));
    EXPECT_OK(memory_unmap((const void *)page, PAGE));
}
