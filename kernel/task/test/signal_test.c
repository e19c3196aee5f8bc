// SPDX-License-Identifier: MIT
// Signals: no memory, races of sending and blocking, nothing left behind; and what registers and
// FPU state from user mode become.
#include <arch/user_state.h>
#include <string.h>
#include <task/signal.h>

#include "../../arch/x86_64/user_state.h"
#include "fixture.h"
#include "tests.h"

static void test_no_memory(void)
{
    RULE("signal_action.ENOMEM");
    fixture_expect_success(USER_SIGNAL_NO_MEMORY);
}

static void test_each_taken_once(void)
{
    fixture_expect_success(USER_SIGNAL_MAIN);
}

static void test_nothing_left(void)
{
    fixture_expect_success(USER_SIGNAL_LEFT);
}

static void test_default_ends(void)
{
    const struct coco_signal_info info = {.signal = 15};
    const struct coco_signal_info child = {.signal = COCO_SIGNAL_CHILD};
    struct process *process = fixture_start(USER_SLEEP);
    struct coco_exit_status status;

    EXPECT(signal_send_process(process, &child, false) == OK); /* does nothing */
    EXPECT(signal_send_process(process, &info, false) == OK);
    status = fixture_wait(process);
    EXPECT(status.reason == COCO_EXIT_KILLED && status.code == 15);
}

/* abort(): the report has the registers of the thread that sent it. */
static void test_own_fault(void)
{
    struct fixture_counts before = fixture_counts();
    struct coco_exit_status status;

    shared.rounds = 6;
    status = fixture_wait(fixture_start(USER_SIGNAL_SELF));
    EXPECT(status.reason == COCO_EXIT_KILLED && status.code == 6);
    EXPECT(strstr(sim_log(), ": signal 6 at rip ") != NULL);
    shared.rounds = 15; /* tells of no fault */
    status = fixture_wait(fixture_start(USER_SIGNAL_SELF));
    EXPECT(status.reason == COCO_EXIT_KILLED && status.code == 15);
    EXPECT(strstr(sim_log(), ": signal 15 at rip ") == NULL);
    fixture_expect_counts(before);
}

static void test_find(void)
{
    struct process *process = fixture_start(USER_SLEEP);
    struct process *found = process_find(process_id(process));
    uint64_t id = process_id(process);

    EXPECT(found == process);
    object_put(&found->object);
    EXPECT(process_find(0) == NULL && process_find(UINT64_MAX) == NULL);
    process_kill(process, 9);
    (void)fixture_wait(process);
    for (unsigned i = 0; i < 2000 && (found = process_find(id)) != NULL; i++) {
        object_put(&found->object);
        sim_sleep_ms(1);
    }
    EXPECT(found == NULL);
}

static void test_registers(void)
{
    struct coco_registers in = {.rax = 1, .r15 = 2, .rip = 0x401000, .rsp = COCO_USER_END};
    struct arch_registers registers = {.rax = 99};
    struct coco_registers out;

    in.rflags = UINT64_MAX;
    EXPECT(arch_user_state_load(&registers, &in));
    EXPECT(registers.rax == 1 && registers.r15 == 2 && registers.rsp == COCO_USER_END);
    EXPECT((registers.cs & 3) == 3 && (registers.ss & 3) == 3);
    EXPECT(registers.rflags == 0x240fd7);
    in.rflags = 0;
    EXPECT(arch_user_state_load(&registers, &in) && registers.rflags == 0x202);
    arch_user_state_save(&registers, &out);
    in.rflags = 0x202;
    EXPECT(memcmp(&in, &out, sizeof(in)) == 0);
    in.rip = COCO_USER_END;
    registers.rax = 5;
    EXPECT(!arch_user_state_load(&registers, &in) && registers.rax == 5);
    in.rip = 0;
    in.rsp = COCO_USER_END + 1;
    EXPECT(!arch_user_state_load(&registers, &in));
}

static void test_calls(void)
{
    struct arch_registers registers = {
        .rax = (uint64_t)(int64_t)ERR_INTR, .vector = 0x80, .error_code = 77, .rip = 0x1002};

    EXPECT(arch_user_call_returns(&registers, ERR_INTR));
    EXPECT(!arch_user_call_returns(&registers, ERR_AGAIN));
    arch_user_call_restart(&registers);
    EXPECT(registers.rip == 0x1000 && registers.rax == 77);
    registers.rax = (uint64_t)(int64_t)ERR_INTR;
    EXPECT(!arch_user_call_returns(&registers, ERR_INTR)); /* only once */
    registers.vector = ARCH_VECTOR_PAGE_FAULT;
    EXPECT(!arch_user_call_returns(&registers, ERR_INTR));
}

static void test_fpu(void)
{
    uint8_t area[832];
    uint64_t components;
    uint32_t mxcsr;

    memset(area, 0xff, sizeof(area));
    EXPECT(fpu_mxcsr_mask(area) == UINT32_MAX);
    fpu_sanitize(area, 7, 0xffbf);
    memcpy(&components, area + 512, sizeof(components));
    memcpy(&mxcsr, area + 24, sizeof(mxcsr));
    EXPECT(components == 7 && mxcsr == 0xffbf);
    for (size_t i = 520; i < 576; i++) {
        EXPECT(area[i] == 0);
    }
    EXPECT(area[511] == 0xff && area[576] == 0xff && area[23] == 0xff);
    memset(area, 0, sizeof(area));
    EXPECT(fpu_mxcsr_mask(area) == 0xffbf);
}

const struct test signal_tests[] = {
    {"signal.no_memory", test_no_memory, CPUS_1},
    {"signal.each_taken_once", test_each_taken_once, CPUS_ALL},
    {"signal.nothing_left", test_nothing_left, CPUS_ALL},
    {"signal.default_ends", test_default_ends, CPUS_ALL},
    {"signal.own_fault", test_own_fault, CPUS_ALL},
    {"signal.find", test_find, CPUS_ALL},
    {"signal.registers", test_registers, CPUS_1},
    {"signal.calls", test_calls, CPUS_1},
    {"signal.fpu", test_fpu, CPUS_1},
    {0},
};
