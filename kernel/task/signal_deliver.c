// SPDX-License-Identifier: MIT
// Signals, delivery: on the way to user mode, registers and FPU state go into a frame on the user
// stack, and the thread goes on at the handler. The way back takes a frame that the program could
// change at will: it is copied once, then made into a state that user mode could be in.
#include <arch/thread.h>
#include <arch/user_state.h>
#include <base/log.h>
#include <base/math.h>
#include <mm/heap.h>
#include <mm/user_copy.h>

#include "crash.h"
#include "process_internal.h"
#include "sched_internal.h"
#include "signal_internal.h"

#define FPU_ALIGN 64u /* of an area for XSAVE */
#define FRAME_ALIGN 16u

/// A signal that was taken, and how to deliver it.
struct delivery {
    struct coco_signal_info info;
    struct coco_signal_action action;
    uint64_t blocked; /* set to go back to afterwards */
};

static void end_process(uint32_t signal)
{
    const struct coco_exit_status status = {.reason = COCO_EXIT_KILLED, .code = signal};

    process_end(process_current(), &status);
}

/* Where the frame goes: below `top`. The lowest address is as after a call instruction. */
struct layout {
    uint64_t fpu;
    uint64_t frame;
    uint64_t stack;
};

static bool is_within(uint64_t address, uint64_t base, uint64_t size)
{
    return address - base < size;
}

/* False if there is no room for a frame. */
static bool lay_out(const struct thread_signals *signals, uint64_t rsp, bool on_stack,
                    struct layout *out)
{
    bool already = is_within(rsp - 1, signals->stack_base, signals->stack_size);
    uint64_t need = arch_fpu_size() + FPU_ALIGN + sizeof(struct coco_signal_frame) + FRAME_ALIGN +
                    sizeof(uint64_t);
    uint64_t top = rsp - ARCH_RED_ZONE;
    uint64_t low = 0;

    if (on_stack && signals->stack_size != 0 && !already) {
        top = signals->stack_base + signals->stack_size;
        low = signals->stack_base;
    } else if (already) {
        low = signals->stack_base;
    }
    if (top > COCO_USER_END || top < low || top - low < need) {
        return false;
    }
    out->fpu = align_down(top - arch_fpu_size(), FPU_ALIGN);
    out->frame = align_down(out->fpu - sizeof(struct coco_signal_frame), FRAME_ALIGN);
    out->stack = out->frame - sizeof(uint64_t);
    return true;
}

/* Writes the frame and turns the registers to the handler. */
static enum status push(struct arch_registers *registers, const struct delivery *delivery)
{
    const struct thread_signals *signals = &thread_current()->signals;
    const uint64_t no_return_address = 0;
    struct coco_signal_frame frame = {
        .info = delivery->info,
        .handler = delivery->action.handler,
        .mask = delivery->blocked,
        .fpu_size = (uint32_t)arch_fpu_size(),
        .flags = delivery->action.flags,
    };
    struct layout at;
    enum status status;

    if (!lay_out(signals, registers->rsp, (frame.flags & COCO_SIGNAL_ON_STACK) != 0, &at)) {
        return ERR_FAULT;
    }
    frame.fpu = at.fpu;
    arch_user_state_save(registers, &frame.registers);
    status = user_copy_out(uaddr(at.fpu), arch_fpu_capture(), frame.fpu_size);
    if (status == OK) {
        status = user_copy_out(uaddr(at.frame), &frame, sizeof(frame));
    }
    if (status == OK) {
        status = user_copy_out(uaddr(at.stack), &no_return_address, sizeof(no_return_address));
    }
    if (status != OK) {
        return status;
    }
    arch_fpu_reset();
    arch_user_state_enter(registers, delivery->action.entry, at.stack, at.frame);
    return OK;
}

static void deliver(struct arch_registers *registers, const struct delivery *delivery)
{
    if (push(registers, delivery) != OK) {
        klog(LOG_INFO, "[%s] process %lu: no stack for signal %u at rsp %lx; ended",
             process_current()->name, process_current()->id, delivery->info.signal, registers->rsp);
        end_process(COCO_SIGNAL_SEGMENT);
    }
}

/* Takes the handler's action for a signal and blocks what it says. Process locked. */
static void begin(struct process *process, struct thread *thread, struct delivery *delivery)
{
    struct process_signals *signals = &process->signals;
    uint32_t signal = delivery->info.signal;
    uint64_t add;

    delivery->action = signals->actions[signal];
    delivery->blocked = thread->signals.has_saved ? thread->signals.saved : thread->signals.blocked;
    thread->signals.has_saved = false;
    add = delivery->action.mask;
    if ((delivery->action.flags & COCO_SIGNAL_NO_DEFER) == 0) {
        add |= signal_bit(signal);
    }
    if ((delivery->action.flags & COCO_SIGNAL_RESET) != 0) {
        signals->actions[signal].handler = COCO_SIGNAL_DEFAULT;
        signals->handled &= ~signal_bit(signal);
    }
    signal_set_blocked(process, thread, thread->signals.blocked | add);
}

enum next {
    NEXT_NONE,
    NEXT_CATCH,
    NEXT_END,
    NEXT_STOP,
};

/* Finds the next signal that something has to be done about. */
static enum next next_signal(struct process *process, struct thread *thread,
                             struct delivery *delivery)
{
    struct list garbage;
    enum next next = NEXT_NONE;
    uint32_t event = 0;
    irqflags_t flags;
    bool orphaned = (signal_deliverable(process, thread) & SIGNAL_TERMINAL_STOPPING) != 0 &&
                    process_group_is_orphaned(process);

    list_init(&garbage);
    flags = spin_lock_irqsave(&process->lock);
    while (next == NEXT_NONE && !process->ending) {
        struct signal_instance *instance;

        if (!signal_take(thread, ~thread->signals.blocked, &delivery->info, &instance)) {
            break;
        }
        if (instance != NULL) {
            list_add_tail(&garbage, &instance->link);
        }
        switch (signal_disposition(process, delivery->info.signal)) {
        case SIGNAL_DISCARD:
            break;
        case SIGNAL_CATCH:
            begin(process, thread, delivery);
            next = NEXT_CATCH;
            break;
        case SIGNAL_END:
            next = NEXT_END;
            break;
        case SIGNAL_STOP:
            if (!orphaned || delivery->info.signal == COCO_SIGNAL_STOP) {
                event = signal_stop(process, delivery->info.signal);
                next = NEXT_STOP;
            }
            break;
        }
    }
    spin_unlock_irqrestore(&process->lock, flags);
    signal_free_list(&garbage);
    signal_report(process, event);
    return next;
}

/* A call that was interrupted either gives ERR_INTR or starts again: decided once. */
static void settle_call(struct arch_registers *registers, bool restart)
{
    if (arch_user_call_returns(registers, ERR_INTR) && restart) {
        arch_user_call_restart(registers);
    } else {
        arch_user_call_forget(registers);
    }
    thread_current()->signals.no_restart = false;
}

static void deliver_fault(struct arch_registers *registers)
{
    struct thread *thread = thread_current();
    struct process *process = thread->process;
    struct delivery delivery = {.info = thread->signals.fault};
    irqflags_t flags = spin_lock_irqsave(&process->lock);
    /* Another thread may have changed the action since the exception was noted. */
    bool caught = signal_disposition(process, delivery.info.signal) == SIGNAL_CATCH;

    thread->signals.faulted = false;
    if (caught) {
        begin(process, thread, &delivery);
    }
    spin_unlock_irqrestore(&process->lock, flags);
    if (caught) {
        deliver(registers, &delivery);
    } else {
        end_process(delivery.info.signal);
    }
}

/* What the frame says becomes the thread's state. False for a frame that cannot be used. */
static bool restore(struct arch_registers *registers, uaddr_t address)
{
    struct thread *thread = thread_current();
    struct coco_signal_frame frame;
    uint8_t fpu[ARCH_FPU_SIZE_MAX] __aligned(FPU_ALIGN);
    irqflags_t flags;

    if (user_copy_in(&frame, address, sizeof(frame)) != OK || frame.fpu_size != arch_fpu_size() ||
        user_copy_in(fpu, uaddr(frame.fpu), frame.fpu_size) != OK ||
        !arch_user_state_load(registers, &frame.registers)) {
        return false;
    }
    arch_fpu_load(fpu);
    flags = spin_lock_irqsave(&thread->process->lock);
    signal_set_blocked(thread->process, thread, frame.mask);
    spin_unlock_irqrestore(&thread->process->lock, flags);
    return true;
}

static void take_frame_back(struct arch_registers *registers)
{
    struct thread *thread = thread_current();

    thread->signals.returning = false;
    if (!restore(registers, uaddr(thread->signals.frame))) {
        klog(LOG_INFO, "[%s] process %lu: bad signal frame at %lx; ended", process_current()->name,
             process_current()->id, thread->signals.frame);
        end_process(COCO_SIGNAL_SEGMENT);
    }
}

/* After a wait with other signals blocked, none of which was delivered. */
static void restore_mask(struct process *process, struct thread *thread)
{
    irqflags_t flags = spin_lock_irqsave(&process->lock);

    if (thread->signals.has_saved) {
        thread->signals.has_saved = false;
        signal_set_blocked(process, thread, thread->signals.saved);
    }
    spin_unlock_irqrestore(&process->lock, flags);
}

void signal_deliver(struct arch_registers *registers)
{
    struct thread *thread = thread_current();
    struct process *process = thread->process;
    struct delivery delivery;
    enum next next;

    /* First: what comes from here on asks again. */
    __atomic_fetch_and(&thread->requests, ~THREAD_REQUEST_SIGNAL, __ATOMIC_SEQ_CST);
    if (thread->signals.returning) {
        take_frame_back(registers);
    } else if (thread->signals.faulted) {
        deliver_fault(registers);
    }
    while ((next = next_signal(process, thread, &delivery)) == NEXT_CATCH) {
        settle_call(registers, (delivery.action.flags & COCO_SIGNAL_RESTART) != 0 &&
                                   !thread->signals.no_restart);
        deliver(registers, &delivery);
    }
    if (next == NEXT_END) {
        crash_report_signal(registers, delivery.info.signal);
        end_process(delivery.info.signal);
    } else if (next == NEXT_STOP) {
        sched_request(thread, THREAD_REQUEST_SIGNAL); /* there may be more, for afterwards */
    }
    settle_call(registers, true); /* nobody has seen that it was interrupted */
    restore_mask(process, thread);
}

void signal_return(uaddr_t frame)
{
    struct thread *thread = thread_current();

    thread->signals.frame = frame.v;
    thread->signals.returning = true;
    sched_request(thread, THREAD_REQUEST_SIGNAL);
}

static uint32_t signal_of_exception(uint64_t vector, uint64_t error_code)
{
    switch (vector) {
    case ARCH_VECTOR_DIVIDE:
    case ARCH_VECTOR_X87:
    case ARCH_VECTOR_SIMD:
        return COCO_SIGNAL_ARITHMETIC;
    case ARCH_VECTOR_DEBUG:
    case ARCH_VECTOR_BREAKPOINT:
        return COCO_SIGNAL_TRAP;
    case ARCH_VECTOR_INVALID_OPCODE:
        return COCO_SIGNAL_ILLEGAL;
    case ARCH_VECTOR_ALIGNMENT:
        return COCO_SIGNAL_BUS;
    case ARCH_VECTOR_PAGE_FAULT:
        return (error_code & COCO_FAULT_BEYOND_FILE) != 0 ? COCO_SIGNAL_BUS : COCO_SIGNAL_SEGMENT;
    default:
        return COCO_SIGNAL_SEGMENT;
    }
}

bool signal_fault(const struct arch_exception *exception, uint64_t error_code)
{
    struct thread *thread = thread_current();
    struct process *process = thread->process;
    uint32_t signal = signal_of_exception(exception->vector, error_code);
    irqflags_t flags = spin_lock_irqsave(&process->lock);
    bool caught = signal_disposition(process, signal) == SIGNAL_CATCH &&
                  (thread->signals.blocked & signal_bit(signal)) == 0;

    spin_unlock_irqrestore(&process->lock, flags);
    if (exception->final || !caught) {
        return false;
    }
    thread->signals.fault = (struct coco_signal_info){
        .signal = signal,
        .code = COCO_SIGNAL_FROM_FAULT,
        .address =
            exception->vector == ARCH_VECTOR_PAGE_FAULT ? exception->address : exception->rip,
        .vector = (uint32_t)exception->vector,
        .error_code = (uint32_t)error_code,
    };
    thread->signals.faulted = true;
    sched_request(thread, THREAD_REQUEST_SIGNAL);
    return true;
}
