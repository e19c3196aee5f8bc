// SPDX-License-Identifier: MIT
// Signals in children: what ends them, what they inherit, whom they may signal.
#include "behaviour.h"

#include <coconut/coconut.h>
#include <harness/entry.h>
#include <harness/raw.h>
#include <harness/string.h>
#include <harness/thread.h>

#define SURVIVED 7

/* Sends itself signal `argument 0`; what it does is the default. */
BEHAVIOUR(signal_self)
{
    return coco_signal_send_thread(0, (uint32_t)argument_number(0), 0, 0) == 0 ? SURVIVED : 1;
}

/* Answers with the signals it blocks, and with the handler it finds for signal `argument 0`. */
BEHAVIOUR(signal_report)
{
    struct coco_signal_action action;
    uint64_t found[2] = {(uint64_t)coco_signal_mask(COCO_SIGNAL_BLOCK, 0), 0};
    if (coco_signal_action((uint32_t)argument_number(0), NULL, &action) != 0) {
        return 1;
    }
    found[1] = action.handler;
    return answer(found, sizeof(found));
}

static void note(struct coco_signal_frame *frame)
{
    coco_process_exit(100 + frame->info.signal);
}

static int64_t catch (uint32_t signal, uint64_t entry, uint32_t flags)
{
    const struct coco_signal_action action = {.handler = 2, .entry = entry, .flags = flags};
    return coco_signal_action(signal, &action, NULL);
}

/* Waits for signal `argument 0` and exits with 100 + its number. With a handle, which is an event,
   it says when it is ready. */
BEHAVIOUR(signal_caught)
{
    coco_handle_t ready = entry_handle(COCO_ROLE_FD + 9);
    if (catch ((uint32_t)argument_number(0), (uintptr_t)note, 0) != 0) {
        return 1;
    }
    if (ready != COCO_HANDLE_NONE && coco_event_signal(ready, 1) != 0) {
        return 3;
    }
    (void)coco_sleep_until(deadline_after(60 * SECONDS));
    return 2;
}

/* A delivery with a stack pointer below which nothing is mapped. */
BEHAVIOUR(signal_no_stack)
{
    if (catch (COCO_SIGNAL_BUS, (uintptr_t)note, 0) != 0) {
        return 1;
    }
    __asm__ volatile("movq $0x8000, %%rsp\n"
                     "xorl %%edi, %%edi\n movl $10, %%esi\n xorl %%r8d, %%r8d\n xorl %%r9d, %%r9d\n"
                     "int $0x80\n ud2\n"
                     :
                     : "a"(COCO_SYS_SIGNAL_SEND_THREAD));
    return 2;
}

/* The same on a signal stack that is too small. */
BEHAVIOUR(signal_small_stack)
{
    static uint8_t stack[512];
    if (catch (COCO_SIGNAL_BUS, (uintptr_t)note, COCO_SIGNAL_ON_STACK) != 0 ||
        coco_signal_stack(stack, sizeof(stack)) != 0) {
        return 1;
    }
    (void)coco_signal_send_thread(0, COCO_SIGNAL_BUS, 0, 0);
    return 2;
}

/* A fault whose signal is blocked, or whose handler is the default: ends as an exception. */
BEHAVIOUR(signal_blocked_fault)
{
    if (catch (COCO_SIGNAL_SEGMENT, (uintptr_t)note, 0) != 0) {
        return 1;
    }
    (void)coco_signal_mask(COCO_SIGNAL_BLOCK, 1ull << COCO_SIGNAL_SEGMENT);
    *(volatile uint32_t *)0x8000 = 0;
    return 2;
}

/* Frames that must end the process: argument 0 says what is wrong. */
static uint64_t wrong;

static void spoil(struct coco_signal_frame *frame)
{
    switch (wrong) {
    case 0:
        coco_signal_return((void *)0x8000);
    case 1:
        coco_signal_return((void *)0xffffffff80000000);
    case 2:
        frame->registers.rip = COCO_USER_END;
        break;
    case 3:
        frame->registers.rip = 0xffffffff80000000;
        break;
    case 4:
        frame->registers.rsp = 0xffffffff80000000;
        break;
    case 5:
        frame->fpu = 0xffffffff80000000;
        break;
    case 6:
        frame->fpu_size = 0xffffffff;
        break;
    default:
        frame->fpu = 0x8000;
        break;
    }
    coco_signal_return(frame);
}

BEHAVIOUR(signal_bad_frame)
{
    wrong = argument_number(0);
    if (catch (30, (uintptr_t)spoil, 0) != 0) {
        return 1;
    }
    (void)coco_signal_send_thread(0, 30, 0, 0);
    return 2;
}

/* Frames full of random bytes, `argument 1` times with the seed `argument 0`. What runs afterwards
   is most often nothing: the next fault tries again, on the stack for signals. */
static struct {
    uint64_t state;
    uint64_t rounds;
    struct coco_registers good;
    _Alignas(64) uint8_t fpu[4096];
    struct coco_signal_frame frame;
} fuzz;

static void scramble(struct coco_signal_frame *delivered)
{
    struct coco_signal_frame *frame = &fuzz.frame;
    if (fuzz.rounds-- == 0) {
        coco_process_exit(0);
    }
    *frame = *delivered;
    memcpy(fuzz.fpu, (void *)frame->fpu, frame->fpu_size); /* NOLINT: the kernel wrote it */
    frame->fpu = (uintptr_t)fuzz.fpu;
    for (uint64_t i = random_next(&fuzz.state) % 8; i > 0; i--) {
        uint64_t *words = (uint64_t *)(void *)&frame->registers;
        words[random_next(&fuzz.state) % (sizeof(frame->registers) / 8)] =
            random_next(&fuzz.state) >> random_next(&fuzz.state) % 64;
    }
    for (uint64_t i = random_next(&fuzz.state) % 16; i > 0; i--) {
        fuzz.fpu[random_next(&fuzz.state) % frame->fpu_size] = (uint8_t)random_next(&fuzz.state);
    }
    if (random_next(&fuzz.state) % 2 == 0) { /* the header of the XSAVE area */
        fuzz.fpu[512 + random_next(&fuzz.state) % 64] = (uint8_t)random_next(&fuzz.state);
    }
    /* Go on where nothing is mapped, so that this comes again, with the flags as they are. */
    frame->registers.rip = 0x8000 + random_next(&fuzz.state) % 4096;
    frame->registers.rsp &= COCO_USER_END - 1;
    frame->mask = random_next(&fuzz.state) & 0xffff0000;
    coco_signal_return(frame);
}

BEHAVIOUR(signal_fuzz)
{
    static uint8_t stack[65536];
    fuzz.state = argument_number(0) | 1;
    fuzz.rounds = argument_number(1);
    for (uint32_t signal = 1; signal < 32; signal++) {
        (void)catch (signal, (uintptr_t)scramble, COCO_SIGNAL_ON_STACK | COCO_SIGNAL_NO_DEFER);
    }
    if (coco_signal_stack(stack, sizeof(stack)) != 0) {
        return 1;
    }
    (void)coco_signal_send_thread(0, 30, 0, 0);
    return 2;
}

/* Tries to signal the process `argument 0`; the answer is the result. */
BEHAVIOUR(signal_id)
{
    int64_t result = coco_signal_send_id(argument_number(0), (uint32_t)argument_number(1), 5, 0);
    return answer(&result, sizeof(result));
}

/* Exits with the error, without its sign, of a try to set the clock to what it shows. */
BEHAVIOUR(clock_set)
{
    return (int)-coco_clock_set((uint64_t)coco_clock_get(COCO_CLOCK_REALTIME));
}

/* Answers what it gets when it asks for the time of process `argument 0`. */
BEHAVIOUR(clock_of)
{
    int64_t result = coco_clock_of(COCO_CLOCK_PROCESS, argument_number(0));
    return answer(&result, sizeof(result));
}

/* Answers what it gets when it asks what process `argument 0` has used. */
BEHAVIOUR(usage_of)
{
    struct coco_usage usage;
    int64_t result = coco_process_usage(COCO_USAGE_PROCESS, argument_number(0), &usage);
    return answer(&result, sizeof(result));
}

/* Answers what it gets when it asks how process `argument 0` is scheduled. */
BEHAVIOUR(schedule_get)
{
    struct coco_schedule found;
    int64_t result = coco_schedule_get(argument_number(0), COCO_SCHEDULE_ALL, &found);
    return answer(&result, sizeof(result));
}

/* Exits with its real-time priority. */
BEHAVIOUR(schedule_tell)
{
    struct coco_schedule found;
    return coco_schedule_get(0, 0, &found) == 0 ? (int)found.priority : 99;
}

static int64_t schedule(uint64_t process, uint32_t what, uint32_t policy, uint32_t priority,
                        int32_t nice)
{
    const struct coco_schedule wanted = {.policy = policy, .priority = priority, .nice = nice};
    return coco_schedule_set(process, COCO_SCHEDULE_ALL, what, &wanted);
}

/* What a program may that was not given MAY_CONTROL: only less than it has. `argument 0` is a
 * process that it may not signal. */
BEHAVIOUR(schedule_modest)
{
    const uint32_t policy = COCO_SCHEDULE_SET_POLICY;
    const uint32_t nice = COCO_SCHEDULE_SET_NICE;
    if (schedule(0, policy, COCO_SCHEDULE_FIFO, 1, 0) != COCO_EPERM ||
        schedule(0, policy, COCO_SCHEDULE_ROUND_ROBIN, 1, 0) != COCO_EPERM) {
        return 1;
    }
    if (schedule(0, policy, COCO_SCHEDULE_OTHER, 0, 0) != 0) {
        return 2;
    }
    if (schedule(0, nice, 0, 0, -1) != COCO_EPERM || schedule(0, nice, 0, 0, 0) != 0 ||
        schedule(0, nice, 0, 0, 5) != 0 || schedule(0, nice, 0, 0, 4) != COCO_EPERM) {
        return 3;
    }
    return schedule(argument_number(0), nice, 0, 0, 19) == COCO_EPERM ? 0 : 4;
}

/* The same for the processors that process `argument 0` may run on, and when it sets them. */
BEHAVIOUR(affinity_get)
{
    int64_t result = coco_thread_affinity_get(argument_number(0), COCO_SCHEDULE_ALL);
    return answer(&result, sizeof(result));
}

BEHAVIOUR(affinity_set)
{
    int64_t result = coco_thread_affinity_set(argument_number(0), COCO_SCHEDULE_ALL, 1);
    return answer(&result, sizeof(result));
}

/* Exits with the processors that it may run on. */
BEHAVIOUR(affinity_tell)
{
    return (int)coco_thread_affinity_get(0, 0);
}
