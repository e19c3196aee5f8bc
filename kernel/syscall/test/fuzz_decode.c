// SPDX-License-Identifier: MIT
// Any registers as a system call: a refusal or a handler call whose arguments keep what their kinds
// promise (contract.c panics otherwise), no reference left behind.
#include "contract.h"

#include <abi/call_table.h>
#include <arch/cpu.h>
#include <arch/trap.h>
#include <base/check.h>
#include <base/string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/// A number as the fuzzer gives it, or that of a known call; so that most inputs get past the
/// dispatch.
static uint64_t pick_number(uint8_t choice, uint64_t raw)
{
    return choice < 200 ? coco_calls[choice % COCO_CALL_COUNT].number : raw;
}

/// A register: raw, or near a value that means something.
static uint64_t pick_register(uint8_t choice, uint64_t raw)
{
    switch (choice % 8) {
    case 0:
    case 1:
        return raw % 32; // handles of the test
    case 2:
        return COCO_USER_END - raw % 4096;
    case 3:
        return raw & 0xffff;
    case 4:
        return UINT32_MAX - (raw & 3);
    case 5:
        return 0 - (raw & 0xffff);
    default:
        return raw;
    }
}

static void run_one(const uint8_t *record)
{
    uint64_t raw[6];
    struct syscall_frame frame;
    uint32_t refs[COCO_OBJECT_COUNT];

    memcpy(raw, record + 6, sizeof(raw));
    frame.number = pick_number(record[0], raw[0]);
    for (unsigned i = 0; i < 5; i++) {
        frame.args[i] = pick_register(record[1 + i], raw[1 + i]);
    }
    for (unsigned tag = 1; tag < COCO_OBJECT_COUNT; tag++) {
        refs[tag] = contract_object_of(tag)->refs;
    }
    arch_irq_disable(); /* as the gate does */
    syscall_entry(&frame);
    arch_irq_enable();
    uint64_t called = contract_called();
    CHECK(called == CONTRACT_NONE || called == frame.number, "another handler ran");
    CHECK((called == CONTRACT_NONE) == ((int64_t)frame.result < 0), "refused, or handled");
    for (unsigned tag = 1; tag < COCO_OBJECT_COUNT; tag++) {
        CHECK(contract_object_of(tag)->refs == refs[tag], "a reference was left behind");
    }
    CHECK(arch_irq_enabled(), "interrupts are on");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const size_t record_len = 6 + 6 * sizeof(uint64_t);

    contract_start();
    for (; size >= record_len; size -= record_len, data += record_len) {
        run_one(data);
    }
    return 0;
}
