// SPDX-License-Identifier: MIT
// Thunks and dispatch, driven by the table of calls: every argument of every call is made bad in
// each way its kind knows, and every pair of ways is checked for the fixed order.
#include "contract.h"

#include <abi/call_table.h>
#include <arch/cpu.h>
#include <arch/trap.h>
#include <syscall/syscall.h>
#include <unit.h>

#define USER_ADDRESS 0x1000u
#define ALL_TAGS COCO_OBJECT_TAGS

static bool is_handle(const struct coco_argument_info *a)
{
    return a->kind == COCO_ARGUMENT_HANDLE || a->kind == COCO_ARGUMENT_HANDLE_HELD ||
           a->kind == COCO_ARGUMENT_HANDLE_OPT || a->kind == COCO_ARGUMENT_HANDLE_UNLESS;
}

static bool is_optional_handle(const struct coco_argument_info *a)
{
    return a->kind == COCO_ARGUMENT_HANDLE_OPT || a->kind == COCO_ARGUMENT_HANDLE_UNLESS;
}

static bool has_width_32(const struct coco_argument_info *a)
{
    return is_handle(a) || a->kind == COCO_ARGUMENT_U32 || a->kind == COCO_ARGUMENT_FLAGS ||
           a->kind == COCO_ARGUMENT_HANDLE_NUM;
}

static bool is_buffer(const struct coco_argument_info *a)
{
    return a->kind == COCO_ARGUMENT_IN_BUF || a->kind == COCO_ARGUMENT_OUT_BUF;
}

static bool is_array(const struct coco_argument_info *a)
{
    return a->kind == COCO_ARGUMENT_IN_ARRAY || a->kind == COCO_ARGUMENT_OUT_ARRAY;
}

static bool is_struct(const struct coco_argument_info *a)
{
    return a->kind == COCO_ARGUMENT_IN_STRUCT || a->kind == COCO_ARGUMENT_OUT_STRUCT;
}

static unsigned first_tag(uint32_t types)
{
    return (unsigned)__builtin_ctz(types);
}

/// Registers with which the call is not refused.
static struct syscall_frame good_frame(const struct coco_call_info *call)
{
    struct syscall_frame frame = {.number = call->number};

    for (unsigned i = 0; i < call->argument_count; i++) {
        const struct coco_argument_info *a = &call->arguments[i];
        uint64_t *reg = &frame.args[a->first_register];
        if (is_handle(a)) {
            // Of several kinds, a file has all the rights that calls ask for; a log has not.
            bool file = (a->types >> COCO_OBJECT_FILE & 1) != 0;
            *reg = CONTRACT_FULL(file ? COCO_OBJECT_FILE : first_tag(a->types));
        } else if (is_buffer(a) || is_array(a) || is_struct(a)) {
            reg[0] = USER_ADDRESS;
            if (!is_struct(a)) {
                reg[1] = 3;
            }
        }
    }
    return frame;
}

/// Run the call; its result. Checks that no reference is left and interrupts are on.
static int64_t run(struct syscall_frame frame)
{
    uint32_t refs[COCO_OBJECT_COUNT];

    for (unsigned tag = 1; tag < COCO_OBJECT_COUNT; tag++) {
        refs[tag] = contract_object_of(tag)->refs;
    }
    arch_irq_disable(); /* as the gate does */
    syscall_entry(&frame);
    arch_irq_enable();
    for (unsigned tag = 1; tag < COCO_OBJECT_COUNT; tag++) {
        UNIT_EQUAL(contract_object_of(tag)->refs, refs[tag]);
    }
    UNIT_CHECK(arch_irq_enabled());
    return (int64_t)frame.result;
}

/// The call is refused with `error` and its handler does not run.
static void check_refused(const struct coco_call_info *call, const struct syscall_frame *frame,
                          int64_t error)
{
    int64_t result = run(*frame);
    uint64_t called = contract_called();

    if (result != error || called != CONTRACT_NONE) {
        unit_fail(__FILE_NAME__, __LINE__, "%s: result %lld, not %lld%s", call->name,
                  (long long)result, (long long)error,
                  called == CONTRACT_NONE ? "" : "; the handler ran");
    }
}

static void check_accepted(const struct coco_call_info *call, const struct syscall_frame *frame)
{
    int64_t result = run(*frame);

    if (contract_called() != call->number || result != OK) {
        unit_fail(__FILE_NAME__, __LINE__, "%s: result %lld, the handler did not run", call->name,
                  (long long)result);
    }
}

#define FOR_EACH_ARGUMENT(call, a)                                                                 \
    for (const struct coco_call_info *call = coco_calls; call < coco_calls + COCO_CALL_COUNT;      \
         call++)                                                                                   \
        for (const struct coco_argument_info *a = call->arguments;                                 \
             a < call->arguments + call->argument_count; a++)

UNIT_TEST(every_call_reaches_its_handler)
{
    contract_start();
    uint64_t before = syscall_count();
    for (unsigned i = 0; i < COCO_CALL_COUNT; i++) {
        struct syscall_frame frame = good_frame(&coco_calls[i]);
        check_accepted(&coco_calls[i], &frame);
    }
    UNIT_EQUAL(syscall_count(), before + COCO_CALL_COUNT);
}

UNIT_TEST(unknown_numbers_are_refused_by_class)
{
    static const uint64_t public_numbers[] = {5,
                                              6,
                                              7,
                                              8,
                                              9,
                                              11,
                                              255,
                                              256,
                                              UINT32_MAX,
                                              0x10000000a,
                                              0x200000000,
                                              0x300000001,
                                              0x400000000,
                                              0x7fffffff00000000,
                                              0x7fffffffffffffff};
    static const uint64_t private_numbers[] = {0x8000000000000007, 0x80000000ffffffff,
                                               0x8000000b00000000, 0x8000000800000000,
                                               0xffffffff00000000, UINT64_MAX};

    contract_start();
    for (unsigned i = 0; i < ARRAY_SIZE(public_numbers); i++) {
        UNIT_EQUAL(run((struct syscall_frame){.number = public_numbers[i]}), ERR_INVAL);
    }
    for (unsigned i = 0; i < ARRAY_SIZE(private_numbers); i++) {
        UNIT_EQUAL(run((struct syscall_frame){.number = private_numbers[i]}), ERR_NOSYS);
    }
    UNIT_EQUAL(contract_called(), CONTRACT_NONE);
}

UNIT_TEST(registers_must_extend_32_bits)
{
    static const uint64_t bad[] = {0x100000000, 0x180000000, 0xffffffff00000000, 0xffffffff7fffffff,
                                   0x7fffffff80000000};

    contract_start();
    FOR_EACH_ARGUMENT(call, a)
    {
        for (unsigned i = 0; has_width_32(a) && i < ARRAY_SIZE(bad); i++) {
            struct syscall_frame frame = good_frame(call);
            frame.args[a->first_register] = bad[i];
            check_refused(call, &frame, ERR_INVAL);
        }
        if (a->kind == COCO_ARGUMENT_U32 || a->kind == COCO_ARGUMENT_HANDLE_NUM) {
            struct syscall_frame frame = good_frame(call);
            frame.args[a->first_register] = UINT64_MAX;
            check_accepted(call, &frame);
            frame.args[a->first_register] = UINT32_MAX;
            check_accepted(call, &frame);
            frame.args[a->first_register] = 0xffffffff80000000;
            check_accepted(call, &frame);
        }
    }
}

UNIT_TEST(option_bits_are_checked_one_by_one)
{
    contract_start();
    FOR_EACH_ARGUMENT(call, a)
    {
        for (unsigned bit = 0; a->kind == COCO_ARGUMENT_FLAGS && bit < 64; bit++) {
            struct syscall_frame frame = good_frame(call);
            frame.args[a->first_register] = 1ull << bit;
            if (bit < 32 && (a->mask >> bit & 1) != 0) {
                check_accepted(call, &frame);
            } else {
                check_refused(call, &frame, ERR_INVAL);
            }
        }
    }
}

UNIT_TEST(handles_are_checked_for_number_kind_and_rights)
{
    contract_start();
    FOR_EACH_ARGUMENT(call, a)
    {
        if (!is_handle(a)) {
            continue;
        }
        struct syscall_frame frame = good_frame(call);
        frame.args[a->first_register] = CONTRACT_UNUSED_HANDLE;
        check_refused(call, &frame, ERR_NOTFOUND);
        for (unsigned tag = 1; tag < COCO_OBJECT_COUNT; tag++) {
            frame.args[a->first_register] = CONTRACT_BARE(tag);
            if ((ALL_TAGS >> tag & 1) == 0) {
                continue;
            }
            if ((a->types >> tag & 1) == 0) {
                check_refused(call, &frame, ERR_NOTSUPP);
            } else if (a->rights != 0) {
                check_refused(call, &frame, status_missing_right(a->rights));
            } else {
                check_accepted(call, &frame);
            }
        }
        frame.args[a->first_register] = COCO_HANDLE_NONE;
        if (is_optional_handle(a)) {
            check_accepted(call, &frame);
            frame.args[a->first_register] = UINT64_MAX;
            check_accepted(call, &frame);
        } else {
            check_refused(call, &frame, ERR_NOTFOUND);
        }
    }
}

UNIT_TEST(user_memory_is_checked_for_range)
{
    contract_start();
    FOR_EACH_ARGUMENT(call, a)
    {
        struct syscall_frame frame = good_frame(call);
        uint64_t *reg = &frame.args[a->first_register];
        if (is_struct(a)) {
            reg[0] = COCO_USER_END - a->element_size;
            check_accepted(call, &frame);
            reg[0]++;
            check_refused(call, &frame, ERR_INVAL);
            reg[0] = UINT64_MAX;
            check_refused(call, &frame, ERR_INVAL);
        } else if (is_buffer(a) || is_array(a)) {
            uint64_t unit = is_array(a) ? a->element_size : 1;
            reg[0] = COCO_USER_END - 2 * unit;
            reg[1] = 2;
            check_accepted(call, &frame);
            reg[1] = 3;
            check_refused(call, &frame, ERR_INVAL);
            reg[0] = 0;
            reg[1] = UINT64_MAX;
            check_refused(call, &frame, ERR_INVAL);
            reg[1] = UINT64_MAX / unit + 1; // the product overflows
            if (unit > 1) {
                check_refused(call, &frame, ERR_INVAL);
            }
        } else if (a->kind == COCO_ARGUMENT_IN_BUF_LAZY || a->kind == COCO_ARGUMENT_OUT_BUF_LAZY) {
            reg[0] = UINT64_MAX;
            reg[1] = UINT64_MAX;
            check_accepted(call, &frame); // the object looks at it when it copies
        }
    }
}

/// Ways to be refused, in the order in which they win.
enum stage {
    STAGE_OPTIONS,
    STAGE_HANDLE,
    STAGE_KIND,
    STAGE_RIGHT,
    STAGE_MEMORY,
    STAGE_COUNT,
};

/// Make `frame` refusable at `stage`; false if this argument cannot be.
static bool spoil(const struct coco_argument_info *a, enum stage stage, struct syscall_frame *frame,
                  int64_t *error)
{
    uint64_t *reg = &frame->args[a->first_register];

    switch (stage) {
    case STAGE_OPTIONS:
        *reg = 1ull << 40;
        *error = ERR_INVAL;
        return has_width_32(a) && !is_handle(a);
    case STAGE_HANDLE:
        *reg = is_handle(a) ? CONTRACT_UNUSED_HANDLE : *reg;
        *error = ERR_NOTFOUND;
        return is_handle(a);
    case STAGE_KIND:
        *error = ERR_NOTSUPP;
        if (!is_handle(a) || (ALL_TAGS & ~a->types) == 0) {
            return false;
        }
        *reg = CONTRACT_FULL(first_tag(ALL_TAGS & ~a->types));
        return true;
    case STAGE_RIGHT:
        if (!is_handle(a) || a->rights == 0) {
            return false;
        }
        *error = status_missing_right(a->rights);
        *reg = CONTRACT_BARE(first_tag(a->types));
        return true;
    default:
        *error = ERR_INVAL;
        if (!is_buffer(a) && !is_array(a) && !is_struct(a)) {
            return false;
        }
        *reg = UINT64_MAX - 100;
        return true;
    }
}

UNIT_TEST(refusals_come_in_the_fixed_order)
{
    unsigned pairs = 0;

    contract_start();
    FOR_EACH_ARGUMENT(call, first)
    {
        for (const struct coco_argument_info *second = call->arguments;
             second < call->arguments + call->argument_count; second++) {
            for (unsigned n = 0; first != second && n < STAGE_COUNT * STAGE_COUNT; n++) {
                struct syscall_frame frame = good_frame(call);
                struct syscall_frame before = frame;
                int64_t error;
                int64_t later_error;
                if (n / STAGE_COUNT >= n % STAGE_COUNT) {
                    continue;
                }
                if (!spoil(second, n % STAGE_COUNT, &frame, &later_error) ||
                    !spoil(first, n / STAGE_COUNT, &frame, &error)) {
                    frame = before;
                    continue;
                }
                // Of several handles each passes all stages before the next is looked at.
                bool second_first = is_handle(first) && is_handle(second) && second < first;
                check_refused(call, &frame, second_first ? later_error : error);
                pairs++;
            }
        }
    }
    UNIT_CHECK(pairs > 20);
}

UNIT_TEST(anonymous_mapping_ignores_its_handle)
{
    contract_start();
    for (unsigned i = 0; i < COCO_CALL_COUNT; i++) {
        const struct coco_call_info *call = &coco_calls[i];
        if (call->number == 1) {
            struct syscall_frame frame = good_frame(call);
            frame.args[0] = CONTRACT_FULL(COCO_OBJECT_LOG);
            check_refused(call, &frame, ERR_NOTSUPP);
            frame.args[4] = COCO_MMAP_ANONYMOUS;
            check_accepted(call, &frame);
            frame.args[0] = CONTRACT_UNUSED_HANDLE;
            check_accepted(call, &frame);
            frame.args[0] = 1ull << 32; // but not what is no handle at all
            check_refused(call, &frame, ERR_INVAL);
        }
    }
}

UNIT_TEST(trace_changes_no_result)
{
    contract_start();
    syscall_trace_enable();
    for (unsigned i = 0; i < COCO_CALL_COUNT; i++) {
        struct syscall_frame frame = good_frame(&coco_calls[i]);
        check_accepted(&coco_calls[i], &frame);
    }
    UNIT_EQUAL(run((struct syscall_frame){.number = UINT64_MAX}), ERR_NOSYS);
}
