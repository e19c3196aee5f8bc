// SPDX-License-Identifier: MIT
// Tests of `signal_return`: what a frame can change, and that no frame gives more.
#include <coconut/coconut.h>
#include <harness/print.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "signals.h"

static uint64_t flags_asked;

static void change(struct coco_signal_frame *frame)
{
    uint8_t *fpu = (uint8_t *)frame->fpu;
    frame->registers.rbx = 0x4242;
    frame->registers.rflags = flags_asked;
    frame->mask = SIGNAL_BIT(45) | SIGNAL_BIT(COCO_SIGNAL_KILL);
    memset(fpu + 24, 0xff, 4);   /* MXCSR */
    memset(fpu + 512, 0xff, 64); /* header */
}

static uint64_t flags_after(uint64_t asked)
{
    uint64_t flags;
    uint64_t rbx;
    flags_asked = asked;
    __asm__ volatile("subq $128, %%rsp\n"
                     "int $0x80\n"
                     "pushfq\n popq %0\n movq %%rbx, %1\n cld\n"
                     "addq $128, %%rsp\n"
                     : "=&r"(flags), "=&r"(rbx)
                     : "a"(COCO_SYS_SIGNAL_SEND_THREAD), "D"(0), "S"(SIGNAL_ONE)
                     : "rbx", "rcx", "r8", "r9", "r10", "r11", "memory", "cc");
    EXPECT_EQ(rbx, 0x4242);
    return flags;
}

TEST(signal_return, changes, RULE("signal_return.1"), RULE("signal_return.2"))
{
    const uint64_t all_but_trap = ~0x100ull;
    register uint64_t r8 __asm__("r8") = 0;
    register uint64_t r9 __asm__("r9") = 0;
    uint32_t mxcsr;
    signals_reset();
    signals_hook = change;
    EXPECT_OK(signals_catch(SIGNAL_ONE, 0, 0));
    __asm__ volatile("" : : "r"(r8), "r"(r9));
    uint64_t flags = flags_after(all_but_trap);
    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    EXPECT_EQ(flags & ~0x200000ull, 0x40ed7 | 0); /* AC OF DF IF SF ZF AF PF CF */
    EXPECT_EQ(mxcsr & 0xffff0000, 0);
    EXPECT_EQ(coco_signal_mask(COCO_SIGNAL_SET, 0), SIGNAL_BIT(45));
    mxcsr = 0x1f80;
    __asm__ volatile("ldmxcsr %0\n fninit" : : "m"(mxcsr));
    EXPECT_EQ(flags_after(0) & 0x40fd7, 0x202);
    __asm__ volatile("ldmxcsr %0\n fninit" : : "m"(mxcsr));
    signals_reset();
}

TEST(signal_return, bad_frames, RULE("signal_return.3"))
{
    struct coco_exit_status status;
    char number[2] = "0";
    for (; number[0] <= '7'; number[0]++) {
        REQUIRE(child_run(&(struct child){.arguments = {"signal_bad_frame", number}}, &status));
        EXPECT_EQ(status.reason, COCO_EXIT_KILLED);
        EXPECT_EQ(status.code, COCO_SIGNAL_SEGMENT);
    }
}

/* Random frames: the machine goes on, and so does the child, which sees its own faults only. */
TEST(signal_return, random_frames, RULE("signal_return.2"), RULE("signal_return.3"))
{
    struct coco_exit_status status;
    for (uint32_t seed = 1; seed <= 4; seed++) {
        char text[24];
        print_to(text, sizeof(text), "%u", seed * 7919);
        REQUIRE(child_run(&(struct child){.arguments = {"signal_fuzz", text, "3000"}}, &status));
        EXPECT_EQ(status.reason, COCO_EXIT_CODE);
        EXPECT_EQ(status.code, 0);
    }
}
