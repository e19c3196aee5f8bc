// SPDX-License-Identifier: MIT
// Tests of `signal_action`.
#include <coconut/coconut.h>
#include <harness/raw.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "memory.h"
#include "signals.h"

TEST(signal_action, reads_and_replaces, RULE("signal_action.1"))
{
    struct coco_signal_action action = {
        .handler = 77, .entry = (uintptr_t)signals_entry, .mask = 6, .flags = 0x5f};
    struct coco_signal_action old;
    struct coco_signal_action again;
    signals_reset();
    EXPECT_OK(coco_signal_action(SIGNAL_ONE, &action, &old));
    EXPECT_EQ(old.handler, COCO_SIGNAL_DEFAULT);
    EXPECT_OK(coco_signal_action(SIGNAL_ONE, NULL, &again));
    EXPECT_BYTES(&again, &action, sizeof(action));
    EXPECT_OK(coco_signal_action(SIGNAL_ONE, NULL, NULL));
    action.handler = COCO_SIGNAL_IGNORE;
    EXPECT_OK(coco_signal_action(SIGNAL_ONE, &action, &old));
    EXPECT_EQ(old.handler, 77);
    EXPECT_OK(coco_signal_action(SIGNAL_ONE, NULL, &old));
    EXPECT_EQ(old.handler, COCO_SIGNAL_IGNORE);
    signals_reset();
}

TEST(signal_action, refusals, RULE("signal_action.10"), RULE("signal_action.EINVAL"))
{
    struct coco_signal_action action = {.handler = 2, .entry = (uintptr_t)signals_entry};
    struct coco_signal_action bad = action;
    signals_reset();
    EXPECT_ERROR(coco_signal_action(COCO_SIGNAL_KILL, &action, NULL), INVAL);
    EXPECT_ERROR(coco_signal_action(COCO_SIGNAL_STOP, &action, NULL), INVAL);
    EXPECT_ERROR(coco_signal_action(0, &action, NULL), INVAL);
    EXPECT_ERROR(coco_signal_action(COCO_SIGNAL_MAX + 1, &action, NULL), INVAL);
    EXPECT_ERROR(coco_signal_action(UINT32_MAX, NULL, NULL), INVAL);
    bad.flags = COCO_SIGNAL_ACTION_MASK + 1;
    EXPECT_ERROR(coco_signal_action(SIGNAL_ONE, &bad, NULL), INVAL);
    bad = action;
    bad.reserved = 1;
    EXPECT_ERROR(coco_signal_action(SIGNAL_ONE, &bad, NULL), INVAL);
    bad = action;
    bad.entry = COCO_USER_END;
    EXPECT_ERROR(coco_signal_action(SIGNAL_ONE, &bad, NULL), INVAL);
    EXPECT_OK(coco_signal_action(SIGNAL_ONE, NULL, &bad));
    EXPECT_EQ(bad.handler, COCO_SIGNAL_DEFAULT);
    EXPECT_OK(coco_signal_action(COCO_SIGNAL_KILL, NULL, &bad)); /* reading is allowed */
}

TEST(signal_action, bad_memory_changes_nothing, RULE("signal_action.EFAULT"))
{
    struct coco_signal_action action = {.handler = 2, .entry = (uintptr_t)signals_entry};
    struct coco_signal_action found;
    signals_reset();
    EXPECT_ERROR(RAW(COCO_SYS_SIGNAL_ACTION, SIGNAL_ONE, UNMAPPED_ADDRESS, 0), FAULT);
    EXPECT_ERROR(RAW(COCO_SYS_SIGNAL_ACTION, SIGNAL_ONE, 0, UNMAPPED_ADDRESS), FAULT);
    EXPECT_ERROR(RAW(COCO_SYS_SIGNAL_ACTION, SIGNAL_ONE, &action, UNMAPPED_ADDRESS), FAULT);
    EXPECT_ERROR(RAW(COCO_SYS_SIGNAL_ACTION, SIGNAL_ONE, &action, KERNEL_ADDRESS), INVAL);
    EXPECT_ERROR(RAW(COCO_SYS_SIGNAL_ACTION, SIGNAL_ONE, KERNEL_ADDRESS, 0), INVAL);
    EXPECT_OK(coco_signal_action(SIGNAL_ONE, NULL, &found));
    EXPECT_EQ(found.handler, COCO_SIGNAL_DEFAULT);
}

/* Registers and FPU state as they are across a signal, and as the handler finds them. */
static uint32_t mxcsr_in_handler;
static uint16_t control_in_handler;

static void look_at_fpu(struct coco_signal_frame *frame)
{
    (void)frame;
    __asm__ volatile("stmxcsr %0\n fnstcw %1" : "=m"(mxcsr_in_handler), "=m"(control_in_handler));
    __asm__ volatile("pxor %%xmm5, %%xmm5\n fldz" : : : "xmm5");
}

TEST(signal_action, delivers_a_frame, RULE("signal_action.2"), RULE("signal_return.1"))
{
    const uint32_t odd_mxcsr = 0x7f80; /* another rounding */
    const uint64_t pattern = 0x1122334455667788;
    uint64_t after = 0;
    uint32_t mxcsr_after = 0;
    struct raw_registers before = {
        .rax = COCO_SYS_SIGNAL_SEND_THREAD,
        .rsi = SIGNAL_ONE,
        .rbx = 0xb0b,
        .rcx = 0xc0c,
        .rdx = 0xd0d,
        .rbp = 0xe0e,
        .r11 = 11,
        .r12 = 12,
        .r13 = 13,
        .r14 = 14,
        .r15 = 15,
        .rflags = 0x202 | 0x400 | 0x1, /* DF, CF */
    };
    struct raw_registers registers = before;
    signals_reset();
    signals_hook = look_at_fpu;
    EXPECT_OK(signals_catch(SIGNAL_ONE, COCO_SIGNAL_INFO, 0));
    __asm__ volatile("ldmxcsr %0\n movq %1, %%xmm5" : : "m"(odd_mxcsr), "r"(pattern) : "xmm5");
    raw_call_registers(&registers);
    __asm__ volatile("movq %%xmm5, %0\n stmxcsr %1" : "=r"(after), "=m"(mxcsr_after));
    before.rax = 0;
    EXPECT_BYTES(&registers, &before, sizeof(before));
    EXPECT_EQ(after, pattern);
    EXPECT_EQ(mxcsr_after & 0xffc0, odd_mxcsr);
    EXPECT_EQ(mxcsr_in_handler, 0x1f80);
    EXPECT_EQ(control_in_handler, 0x037f);
    EXPECT_EQ(signals_caught.count, 1);
    EXPECT_EQ(signals_caught.handler, 0x1000 + SIGNAL_ONE);
    EXPECT_EQ(signals_caught.flags, COCO_SIGNAL_INFO);
    EXPECT_EQ(signals_caught.info[0].signal, SIGNAL_ONE);
    EXPECT_EQ(signals_caught.info[0].code, COCO_SIGNAL_FROM_USER);
    EXPECT_EQ(signals_caught.info[0].sender, coco_process_id());
    EXPECT_EQ(signals_caught.frame % 16, 0);
    signals_reset();
}

TEST(signal_action, blocks_meanwhile, RULE("signal_action.3"))
{
    const uint64_t mask = SIGNAL_BIT(SIGNAL_OTHER) | SIGNAL_BIT(COCO_SIGNAL_KILL);
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_ONE, 0, mask));
    EXPECT_OK(signals_raise(SIGNAL_ONE));
    EXPECT_EQ(signals_caught.blocked, SIGNAL_BIT(SIGNAL_OTHER) | SIGNAL_BIT(SIGNAL_ONE));
    EXPECT_EQ(coco_signal_mask(COCO_SIGNAL_BLOCK, 0), 0);
    EXPECT_OK(signals_catch(SIGNAL_ONE, COCO_SIGNAL_NO_DEFER, 0));
    EXPECT_OK(signals_raise(SIGNAL_ONE));
    EXPECT_EQ(signals_caught.blocked, 0);
    signals_reset();
}

static void raise_again(struct coco_signal_frame *frame)
{
    if (signals_caught.count < 3) {
        EXPECT_OK(signals_raise(frame->info.signal));
    }
}

/* Blocked, the second instance comes after the first; not blocked, inside of it. */
TEST(signal_action, nesting, RULE("signal_action.3"))
{
    signals_reset();
    signals_hook = raise_again;
    EXPECT_OK(signals_catch(SIGNAL_ONE, 0, 0));
    EXPECT_OK(signals_raise(SIGNAL_ONE));
    EXPECT_EQ(signals_caught.count, 3);
    uint64_t flat = signals_caught.frame;
    signals_caught.count = 0;
    EXPECT_OK(signals_catch(SIGNAL_ONE, COCO_SIGNAL_NO_DEFER, 0));
    EXPECT_OK(signals_raise(SIGNAL_ONE));
    EXPECT_EQ(signals_caught.count, 3);
    EXPECT_TRUE(signals_caught.frame < flat - 1024);
    signals_reset();
}

TEST(signal_action, reset, RULE("signal_action.4"))
{
    struct coco_signal_action found;
    signals_reset();
    EXPECT_OK(signals_catch(COCO_SIGNAL_CHILD, COCO_SIGNAL_RESET, 0));
    EXPECT_OK(signals_raise(COCO_SIGNAL_CHILD));
    EXPECT_OK(signals_raise(COCO_SIGNAL_CHILD)); /* ignored by default */
    EXPECT_EQ(signals_caught.count, 1);
    EXPECT_OK(coco_signal_action(COCO_SIGNAL_CHILD, NULL, &found));
    EXPECT_EQ(found.handler, COCO_SIGNAL_DEFAULT);
    signals_reset();
}

static bool on_stack(const uint8_t *stack, uint64_t size)
{
    return signals_caught.frame - (uintptr_t)stack < size;
}

TEST(signal_action, on_stack, RULE("signal_action.5"), RULE("signal_stack.1"))
{
    static uint8_t stack[16384];
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_ONE, COCO_SIGNAL_ON_STACK, 0));
    EXPECT_OK(signals_catch(SIGNAL_OTHER, 0, 0));
    EXPECT_OK(signals_raise(SIGNAL_ONE));
    EXPECT_TRUE(!on_stack(stack, sizeof(stack))); /* there is none yet */
    EXPECT_OK(coco_signal_stack(stack, sizeof(stack)));
    EXPECT_OK(signals_raise(SIGNAL_OTHER));
    EXPECT_TRUE(!on_stack(stack, sizeof(stack)));
    EXPECT_OK(signals_raise(SIGNAL_ONE));
    EXPECT_TRUE(on_stack(stack, sizeof(stack)));
    uint64_t top = signals_caught.frame;
    signals_hook = raise_again;
    signals_caught.count = 0;
    EXPECT_OK(signals_catch(SIGNAL_ONE, COCO_SIGNAL_ON_STACK | COCO_SIGNAL_NO_DEFER, 0));
    EXPECT_OK(signals_raise(SIGNAL_ONE)); /* three, one below the other */
    EXPECT_EQ(signals_caught.count, 3);
    EXPECT_TRUE(on_stack(stack, sizeof(stack)) && signals_caught.frame < top);
    EXPECT_OK(coco_signal_stack(NULL, 0));
    signals_hook = NULL;
    EXPECT_OK(signals_raise(SIGNAL_ONE));
    EXPECT_TRUE(!on_stack(stack, sizeof(stack)));
    signals_reset();
}

TEST(signal_action, default_actions, RULE("signal_action.7"))
{
    static const char *const numbers[] = {"1", "15", "30", "33", "63"};
    static const char *const nothing[] = {"16", "19", "20", "28"};
    static const uint32_t values[] = {1, 15, 30, 33, 63};
    struct coco_exit_status status;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        REQUIRE(child_run(&(struct child){.arguments = {"signal_self", numbers[i]}}, &status));
        EXPECT_EQ(status.reason, COCO_EXIT_KILLED);
        EXPECT_EQ(status.code, values[i]);
    }
    for (size_t i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++) {
        child_expect_code("signal_self", nothing[i], 7);
    }
    /* The child begins a session: its group is orphaned. */
    static const char *const stops[] = {"18", "21", "22"};
    for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
        child_expect_code("signal_self", stops[i], 7);
    }
}

TEST(signal_action, ignored_are_dropped, RULE("signal_action.8"))
{
    signals_reset();
    EXPECT_OK(signals_set(SIGNAL_ONE, COCO_SIGNAL_IGNORE));
    EXPECT_OK(signals_raise(SIGNAL_ONE));
    EXPECT_EQ(coco_signal_pending(), 0);
    EXPECT_EQ(coco_signal_mask(COCO_SIGNAL_SET, SIGNAL_BIT(SIGNAL_ONE)), 0);
    EXPECT_OK(signals_raise(SIGNAL_ONE));
    EXPECT_EQ(coco_signal_pending(), SIGNAL_BIT(SIGNAL_ONE)); /* blocked: it waits */
    EXPECT_OK(signals_set(SIGNAL_ONE, COCO_SIGNAL_IGNORE));
    EXPECT_EQ(coco_signal_pending(), 0);
    EXPECT_OK(signals_catch(COCO_SIGNAL_CHILD, 0, 0));
    EXPECT_EQ(coco_signal_mask(COCO_SIGNAL_SET, SIGNAL_BIT(COCO_SIGNAL_CHILD)),
              SIGNAL_BIT(SIGNAL_ONE));
    EXPECT_OK(signals_raise(COCO_SIGNAL_CHILD));
    EXPECT_OK(signals_set(COCO_SIGNAL_CHILD, COCO_SIGNAL_DEFAULT)); /* does nothing by default */
    EXPECT_EQ(coco_signal_pending(), 0);
    signals_reset();
}

static void skip_access(struct coco_signal_frame *frame)
{
    frame->registers.rip = frame->registers.rbx; /* where to go on */
}

#define FAULT_AT(instruction)                                                                      \
    __asm__ volatile("leaq 1f(%%rip), %%rbx\n" instruction "\n 1:\n"                               \
                     :                                                                             \
                     :                                                                             \
                     : "rax", "rbx", "rdx", "memory", "cc")

TEST(signal_action, faults, RULE("signal_action.9"))
{
    static const uint32_t signals[] = {COCO_SIGNAL_SEGMENT, COCO_SIGNAL_ARITHMETIC,
                                       COCO_SIGNAL_ILLEGAL, COCO_SIGNAL_TRAP};
    signals_reset();
    signals_hook = skip_access;
    for (size_t i = 0; i < 4; i++) {
        EXPECT_OK(signals_catch(signals[i], 0, 0));
    }
    FAULT_AT("movl $0, 0x8123");
    FAULT_AT("xorl %%edx, %%edx\n movl $1, %%eax\n divl %%edx");
    FAULT_AT("ud2");
    FAULT_AT("int3");
    FAULT_AT("hlt");
    EXPECT_EQ(signals_caught.count, 5);
    for (size_t i = 0; i < 4; i++) {
        EXPECT_EQ(signals_caught.info[i].signal, signals[i]);
        EXPECT_EQ(signals_caught.info[i].code, COCO_SIGNAL_FROM_FAULT);
    }
    EXPECT_EQ(signals_caught.info[0].address, 0x8123);
    EXPECT_EQ(signals_caught.info[0].vector, 14);
    EXPECT_EQ(signals_caught.info[0].error_code, 6); /* user, write */
    EXPECT_TRUE(signals_caught.info[2].address != 0);
    EXPECT_EQ(signals_caught.info[4].signal, COCO_SIGNAL_SEGMENT);
    EXPECT_EQ(signals_caught.info[4].vector, 13);
    signals_reset();
}

TEST(signal_action, fault_without_handler, RULE("signal_action.9"))
{
    child_expect_exception("signal_blocked_fault", 14);
}

TEST(signal_action, no_room_for_a_frame, RULE("signal_action.11"))
{
    static const char *const names[] = {"signal_no_stack", "signal_small_stack"};
    struct coco_exit_status status;
    for (size_t i = 0; i < 2; i++) {
        REQUIRE(child_run(&(struct child){.arguments = {names[i]}}, &status));
        EXPECT_EQ(status.reason, COCO_EXIT_KILLED);
        EXPECT_EQ(status.code, COCO_SIGNAL_SEGMENT);
    }
}

static void expect_inherited(const char *signal, uint64_t blocked, uint64_t handler)
{
    uint64_t found[2];
    REQUIRE(child_answer(&(struct child){.arguments = {"signal_report", signal}}, found,
                         sizeof(found)));
    EXPECT_EQ(found[0], blocked);
    EXPECT_EQ(found[1], handler);
}

TEST(signal_action, inheritance, RULE("signal_action.12"), RULE("signal_mask.3"))
{
    signals_reset();
    expect_inherited("30", 0, COCO_SIGNAL_DEFAULT);
    EXPECT_OK(signals_set(SIGNAL_ONE, COCO_SIGNAL_IGNORE));
    EXPECT_OK(signals_catch(SIGNAL_OTHER, 0, 0));
    (void)coco_signal_mask(COCO_SIGNAL_SET, SIGNAL_BIT(40));
    expect_inherited("30", SIGNAL_BIT(40), COCO_SIGNAL_IGNORE);
    expect_inherited("31", SIGNAL_BIT(40), COCO_SIGNAL_DEFAULT);
    signals_reset();
}
