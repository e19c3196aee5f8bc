// SPDX-License-Identifier: MIT
// Tests of `thread_create`: the state a thread begins with, and its refusals.
#include <coconut/coconut.h>
#include <harness/entry.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "memory.h"

/* Filled by thread_probe: 16 general registers, RFLAGS, FS base, GS base. */
uint64_t thread_registers[19];
uint8_t thread_fxsave[512] __attribute__((aligned(64)));

void thread_probe(void);
void thread_probe_end(void);

__attribute__((used)) void thread_probe_end(void)
{
    coco_thread_exit(77, NULL);
}

/* The FS base is read as memory: its first word holds its own address. */
__attribute__((naked)) void thread_probe(void)
{
    __asm__ volatile("movq %rax, thread_registers(%rip)\n"
                     "leaq thread_registers(%rip), %rax\n"
                     "movq %rbx, 8(%rax)\n movq %rcx, 16(%rax)\n movq %rdx, 24(%rax)\n"
                     "movq %rsi, 32(%rax)\n movq %rdi, 40(%rax)\n movq %rbp, 48(%rax)\n"
                     "movq %rsp, 56(%rax)\n movq %r8, 64(%rax)\n movq %r9, 72(%rax)\n"
                     "movq %r10, 80(%rax)\n movq %r11, 88(%rax)\n movq %r12, 96(%rax)\n"
                     "movq %r13, 104(%rax)\n movq %r14, 112(%rax)\n movq %r15, 120(%rax)\n"
                     "pushfq\n popq 128(%rax)\n"
                     "movq %fs:0, %rbx\n movq %rbx, 136(%rax)\n"
                     "fxsave64 thread_fxsave(%rip)\n"
                     "jmp thread_probe_end\n");
}

static int64_t create(uintptr_t entry, uint64_t stack, uint64_t argument, uint64_t tls)
{
    return RAW(COCO_SYS_THREAD_CREATE, entry, stack, argument, tls);
}

static void probe(uint64_t argument, uint64_t *tls)
{
    uint8_t *stack = memory_pages(2);
    REQUIRE_TRUE(stack != NULL);
    uint64_t top = (uintptr_t)stack + 2 * PAGE - 24;
    *tls = (uintptr_t)tls;
    /* The caller's registers hold values that must not arrive in the thread. */
    __asm__ volatile("pcmpeqd %%xmm3, %%xmm3; fld1" : : : "xmm3");
    int64_t handle = create((uintptr_t)thread_probe, top, argument, (uintptr_t)tls);
    __asm__ volatile("fstp %%st(0)" : :);
    REQUIRE_TRUE(handle > 0);
    EXPECT_EQ(coco_thread_wait((coco_handle_t)handle, COCO_FOREVER), 77);
    EXPECT_OK(coco_close((coco_handle_t)handle));
    EXPECT_OK(memory_unmap(stack, 2 * PAGE));
    EXPECT_EQ(thread_registers[7], top);
}

TEST(thread_create, registers_at_start, RULE("thread_create.1"))
{
    static uint64_t tls[16];
    probe(0xfeedfacecafebeef, tls);
    for (size_t i = 0; i < 16; i++) {
        if (i == 5) {
            EXPECT_EQ(thread_registers[i], 0xfeedfacecafebeef);
        } else if (i != 7) {
            EXPECT_EQ(thread_registers[i], 0);
        }
    }
    EXPECT_EQ(thread_registers[16], 0x202);
    EXPECT_EQ(thread_registers[17], (uintptr_t)tls);
}

TEST(thread_create, fpu_is_initial, RULE("thread_create.2"))
{
    static uint64_t tls[16];
    probe(0, tls);
    uint32_t mxcsr;
    uint16_t control;
    memcpy(&mxcsr, thread_fxsave + FXSAVE_MXCSR, sizeof(mxcsr));
    memcpy(&control, thread_fxsave + FXSAVE_FCW, sizeof(control));
    EXPECT_EQ(mxcsr, 0x1f80);
    EXPECT_EQ(control, 0x37f);
    EXPECT_EQ(thread_fxsave[FXSAVE_FTW], 0);
    EXPECT_TRUE(bytes_are(thread_fxsave + FXSAVE_ST0, 0, FXSAVE_END - FXSAVE_ST0));
}

static void set_word(void *word)
{
    *(volatile uint32_t *)word = 1;
}

TEST(thread_create, result_is_a_handle, RULE("thread_create.3"))
{
    struct thread thread;
    static volatile uint32_t word;
    word = 0;
    REQUIRE_OK(thread_start(&thread, set_word, (void *)(uintptr_t)&word));
    EXPECT_EQ((uint32_t)coco_handle_info(thread.handle), COCO_OBJECT_THREAD);
    EXPECT_EQ(thread_join(&thread), 0);
    EXPECT_EQ(word, 1);
}

TEST(thread_create, addresses_are_checked, RULE("thread_create.4"), RULE("thread_create.EINVAL"))
{
    static const uint64_t bad[] = {OUTSIDE_ADDRESS, NONCANONICAL_ADDRESS, KERNEL_ADDRESS,
                                   UINT64_MAX};
    uint64_t stack = (uintptr_t)&stack;
    uintptr_t entry = (uintptr_t)thread_probe;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        EXPECT_ERROR(create(bad[i], stack, 0, 0), INVAL);
        EXPECT_ERROR(create(entry, bad[i] == OUTSIDE_ADDRESS ? OUTSIDE_ADDRESS + 16 : bad[i], 0, 0),
                     INVAL);
        EXPECT_ERROR(create(entry, stack, 0, bad[i]), INVAL);
    }
}

static void wait_for_word(void *word)
{
    while (__atomic_load_n((uint32_t *)word, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_futex_wait(word, 0, COCO_FOREVER);
    }
}

static void end_thread(void *unused)
{
    (void)unused;
}

/* All threads a process can have, waiting; one more is refused; all can be ended. */
TEST(thread_create, limit, RULE("thread_create.EAGAIN"))
{
    static struct thread threads[COCO_THREAD_MAX];
    static uint32_t word;
    word = 0;
    int64_t result = 0;
    size_t count = 0;
    while (count < COCO_THREAD_MAX && result == 0) {
        result = thread_start(&threads[count], wait_for_word, &word);
        count += result == 0 ? 1 : 0;
    }
    EXPECT_ERROR(result, AGAIN);
    EXPECT_EQ(count, COCO_THREAD_MAX - 1);
    __atomic_store_n(&word, 1, __ATOMIC_RELEASE);
    EXPECT_TRUE(coco_futex_wake(&word, UINT32_MAX) >= 0);
    for (size_t i = 0; i < count; i++) {
        EXPECT_OK(thread_join(&threads[i]));
    }
    struct thread again;
    REQUIRE_OK(thread_start(&again, end_thread, NULL));
    EXPECT_OK(thread_join(&again));
}
