// SPDX-License-Identifier: MIT
// Registers across system calls and thread switches.
#include <coconut/coconut.h>
#include <harness/raw.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "memory.h"

#define RFLAGS_FIXED 0x202u
#define RFLAGS_CF 0x001u
#define RFLAGS_DF 0x400u
#define RFLAGS_ALL_ARITHMETIC 0xcd5u /* CF PF AF ZF SF DF OF */

static void fill(struct raw_registers *registers, uint64_t number, uint64_t flags)
{
    uint64_t *words = (uint64_t *)registers;
    for (size_t i = 0; i < sizeof(*registers) / 8; i++) {
        words[i] = 0xa5a5000000000000 + i * 0x111111111;
    }
    registers->rax = number;
    registers->rflags = RFLAGS_FIXED | flags;
}

/* All but RAX are as before, also those that callers must take for lost. */
static void expect_preserved(uint64_t number, uint64_t flags)
{
    struct raw_registers before;
    struct raw_registers after;
    fill(&before, number, flags);
    after = before;
    raw_call_registers(&after);
    before.rax = after.rax;
    if (!EXPECT_BYTES(&after, &before, sizeof(after))) {
        test_fail(__FILE_NAME__, __LINE__, "number 0x%lx, flags 0x%lx", number, flags);
    }
}

TEST(registers, preserved)
{
    static const uint64_t numbers[] = {
        COCO_SYS_THREAD_ID, COCO_SYS_THREAD_YIELD, COCO_SYS_CLOCK_GET, COCO_SYS_READ,
        0x0000000500000000, 0x8000000b00000000,    UINT64_MAX};
    static const uint64_t flags[] = {0, RFLAGS_CF, RFLAGS_DF, RFLAGS_ALL_ARITHMETIC};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        for (size_t j = 0; j < sizeof(flags) / sizeof(flags[0]); j++) {
            expect_preserved(numbers[i], flags[j]);
        }
    }
}

/* Registers behind a call's last argument are not looked at. */
TEST(registers, unused_arguments)
{
    struct raw_registers registers;
    fill(&registers, COCO_SYS_THREAD_ID, 0);
    raw_call_registers(&registers);
    EXPECT_EQ(registers.rax, coco_thread_id());
}

/* The bytes below the stack pointer, which leaf functions use, survive calls and interrupts. */
TEST(registers, red_zone)
{
    uint64_t differ;
    __asm__ volatile("movabsq $0x1122334455667788, %%rcx\n"
                     "movq %%rcx, -8(%%rsp)\n movq %%rcx, -64(%%rsp)\n movq %%rcx, -128(%%rsp)\n"
                     "int $0x80\n"
                     "movabsq $0x1122334455667788, %%rcx\n"
                     "xorl %%eax, %%eax\n"
                     "cmpq %%rcx, -8(%%rsp)\n jne 1f\n"
                     "cmpq %%rcx, -64(%%rsp)\n jne 1f\n"
                     "cmpq %%rcx, -128(%%rsp)\n jne 1f\n"
                     "jmp 2f\n"
                     "1: incl %%eax\n"
                     "2:\n"
                     : "=a"(differ)
                     : "a"(COCO_SYS_THREAD_YIELD)
                     : "rcx", "r11", "memory", "cc");
    EXPECT_EQ(differ, 0);
}

#define VECTOR_BYTES (16 * 16)

/* Loads all SSE registers and two of the x87, makes the call, stores them. */
static void vector_round(const uint8_t *in, uint8_t *out, uint64_t number)
{
    __asm__ volatile("movdqu (%[in]), %%xmm0\n movdqu 16(%[in]), %%xmm1\n"
                     "movdqu 32(%[in]), %%xmm2\n movdqu 48(%[in]), %%xmm3\n"
                     "movdqu 64(%[in]), %%xmm4\n movdqu 80(%[in]), %%xmm5\n"
                     "movdqu 96(%[in]), %%xmm6\n movdqu 112(%[in]), %%xmm7\n"
                     "movdqu 128(%[in]), %%xmm8\n movdqu 144(%[in]), %%xmm9\n"
                     "movdqu 160(%[in]), %%xmm10\n movdqu 176(%[in]), %%xmm11\n"
                     "movdqu 192(%[in]), %%xmm12\n movdqu 208(%[in]), %%xmm13\n"
                     "movdqu 224(%[in]), %%xmm14\n movdqu 240(%[in]), %%xmm15\n"
                     "fildq (%[in])\n fildq 8(%[in])\n"
                     "int $0x80\n"
                     "fistpq 264(%[out])\n fistpq 256(%[out])\n"
                     "movdqu %%xmm0, (%[out])\n movdqu %%xmm1, 16(%[out])\n"
                     "movdqu %%xmm2, 32(%[out])\n movdqu %%xmm3, 48(%[out])\n"
                     "movdqu %%xmm4, 64(%[out])\n movdqu %%xmm5, 80(%[out])\n"
                     "movdqu %%xmm6, 96(%[out])\n movdqu %%xmm7, 112(%[out])\n"
                     "movdqu %%xmm8, 128(%[out])\n movdqu %%xmm9, 144(%[out])\n"
                     "movdqu %%xmm10, 160(%[out])\n movdqu %%xmm11, 176(%[out])\n"
                     "movdqu %%xmm12, 192(%[out])\n movdqu %%xmm13, 208(%[out])\n"
                     "movdqu %%xmm14, 224(%[out])\n movdqu %%xmm15, 240(%[out])\n"
                     : "+a"(number)
                     : [in] "r"(in), [out] "r"(out)
                     : "memory", "cc", "rcx", "r11", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5",
                       "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14",
                       "xmm15");
}

struct vectors {
    uint8_t in[VECTOR_BYTES];
    uint8_t out[VECTOR_BYTES + 16];
    uint64_t seed;
    uint32_t rounds;
};

static void vector_thread(void *argument)
{
    struct vectors *vectors = argument;
    for (uint32_t i = 0; i < vectors->rounds; i++) {
        for (size_t j = 0; j < VECTOR_BYTES; j++) {
            vectors->in[j] = (uint8_t)random_next(&vectors->seed);
        }
        vector_round(vectors->in, vectors->out, COCO_SYS_THREAD_YIELD);
        if (!EXPECT_BYTES(vectors->out, vectors->in, VECTOR_BYTES) ||
            !EXPECT_BYTES(vectors->out + VECTOR_BYTES, vectors->in, 16)) {
            return;
        }
    }
}

/* Threads on all CPUs, each with its own values, giving up the CPU all the time. */
TEST(registers, vectors_across_switches)
{
    static struct vectors vectors[5];
    struct thread threads[5];
    for (size_t i = 0; i < 5; i++) {
        vectors[i].seed = i + 1;
        vectors[i].rounds = 300;
        REQUIRE_OK(thread_start(&threads[i], vector_thread, &vectors[i]));
    }
    for (size_t i = 0; i < 5; i++) {
        EXPECT_OK(thread_join(&threads[i]));
    }
}

static void control_thread(void *argument)
{
    uint32_t mxcsr = 0x1f80 | (uint32_t)((uintptr_t)argument % 4) << 13;
    uint16_t control = (uint16_t)(0x37f | (uint32_t)((uintptr_t)argument % 4) << 10);
    __asm__ volatile("ldmxcsr %0; fldcw %1" : : "m"(mxcsr), "m"(control));
    for (int i = 0; i < 500; i++) {
        uint32_t now = 0;
        uint16_t now_control = 0;
        (void)coco_thread_yield();
        __asm__ volatile("stmxcsr %0; fnstcw %1" : "=m"(now), "=m"(now_control));
        if (!EXPECT_EQ(now, mxcsr) || !EXPECT_EQ(now_control, control)) {
            return;
        }
    }
}

TEST(registers, rounding_modes_belong_to_threads)
{
    struct thread threads[4];
    for (size_t i = 0; i < 4; i++) {
        REQUIRE_OK(thread_start(&threads[i], control_thread, (void *)i));
    }
    for (size_t i = 0; i < 4; i++) {
        EXPECT_OK(thread_join(&threads[i]));
    }
}
