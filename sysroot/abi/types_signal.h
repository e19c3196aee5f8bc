// SPDX-License-Identifier: MIT
// The part of types.h, which includes it, about signals.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Signals are numbered from 1; a set has bit n for signal n. From COCO_SIGNAL_QUEUED_FIRST on every
   instance is kept, below one of each at a time. */
#define COCO_SIGNAL_MAX 63u
#define COCO_SIGNAL_QUEUED_FIRST 32u
#define COCO_SIGNAL_QUEUE_MAX 256 /* instances that wait in a process */

/// Signals that the kernel sends, or treats in a way of its own.
enum coco_signal {
    COCO_SIGNAL_HANGUP = 1,
    COCO_SIGNAL_INTERRUPT = 2,
    COCO_SIGNAL_QUIT = 3,
    COCO_SIGNAL_ILLEGAL = 4,
    COCO_SIGNAL_TRAP = 5,
    COCO_SIGNAL_ARITHMETIC = 8,
    COCO_SIGNAL_KILL = 9, /* cannot be caught, ignored or blocked */
    COCO_SIGNAL_BUS = 10,
    COCO_SIGNAL_SEGMENT = 11,
    COCO_SIGNAL_ALARM = 14,
    COCO_SIGNAL_URGENT = 16,
    COCO_SIGNAL_STOP = 17, /* the same */
    COCO_SIGNAL_TERMINAL_STOP = 18,
    COCO_SIGNAL_CONTINUE = 19,
    COCO_SIGNAL_CHILD = 20,
    COCO_SIGNAL_TERMINAL_IN = 21,
    COCO_SIGNAL_TERMINAL_OUT = 22,
    COCO_SIGNAL_CPU = 24,
    COCO_SIGNAL_FILE_SIZE = 25,
    COCO_SIGNAL_VIRTUAL_ALARM = 26,
    COCO_SIGNAL_PROFILE = 27,
    COCO_SIGNAL_WINDOW = 28,
};

/* coco_signal_action.handler; any other value is the program's */
#define COCO_SIGNAL_DEFAULT 0u
#define COCO_SIGNAL_IGNORE 1u

/* coco_signal_action.flags; the first, second and last are kept for the program only */
#define COCO_SIGNAL_NO_CHILD_STOP 0x01u
#define COCO_SIGNAL_INFO 0x02u
#define COCO_SIGNAL_ON_STACK 0x04u /* deliver on the thread's signal stack */
#define COCO_SIGNAL_RESTART 0x08u  /* interrupted calls start again instead of giving INTR */
#define COCO_SIGNAL_NO_DEFER 0x10u /* do not block the signal itself */
#define COCO_SIGNAL_RESET 0x20u    /* set the action to COCO_SIGNAL_DEFAULT at delivery */
#define COCO_SIGNAL_NO_CHILD_WAIT 0x40u
#define COCO_SIGNAL_ACTION_MASK 0x7fu

/* signal_mask */
#define COCO_SIGNAL_SET 0u
#define COCO_SIGNAL_BLOCK 1u
#define COCO_SIGNAL_UNBLOCK 2u

/* signal_send, signal_send_id, signal_send_thread: fail with AGAIN rather than lose `value` */
#define COCO_SIGNAL_QUEUE 0x1u
#define COCO_SIGNAL_SEND_MASK 0x1u

/* coco_signal_info.code: where a signal comes from */
#define COCO_SIGNAL_FROM_USER 0
#define COCO_SIGNAL_FROM_QUEUE (-1)
#define COCO_SIGNAL_FROM_TIMER (-2)
#define COCO_SIGNAL_FROM_MQUEUE (-3)
#define COCO_SIGNAL_FROM_FAULT 1
#define COCO_SIGNAL_FROM_CHILD 2

/// Argument of `signal_action`.
struct coco_signal_action {
    uint64_t handler;  /* COCO_SIGNAL_DEFAULT, COCO_SIGNAL_IGNORE, or a value for the frame */
    uint64_t entry;    /* where the thread goes on with a frame */
    uint64_t mask;     /* signals to block in addition */
    uint32_t flags;    /* COCO_SIGNAL_ACTION_MASK */
    uint32_t reserved; /* 0 */
};

/// What is told about a signal.
struct coco_signal_info {
    uint32_t signal;
    int32_t code;     /* COCO_SIGNAL_FROM_* */
    uint64_t sender;  /* task id of the process that sent it, or of the child; 0 for the kernel */
    uint64_t value;   /* the sender's */
    uint64_t address; /* fault: address accessed (page fault), or of the instruction */
    uint32_t vector;  /* fault: the processor's vector; timer: its tag */
    uint32_t error_code; /* fault: its error code */
    uint32_t reason;     /* child: enum coco_exit_reason */
    uint32_t status;     /* child: code, vector or signal; timer: expirations that were missed */
};

/// The registers of a thread in user mode.
struct coco_registers {
    uint64_t rax;
    uint64_t rbx;
    uint64_t rcx;
    uint64_t rdx;
    uint64_t rsi;
    uint64_t rdi;
    uint64_t rbp;
    uint64_t rsp;
    uint64_t r8;
    uint64_t r9;
    uint64_t r10;
    uint64_t r11;
    uint64_t r12;
    uint64_t r13;
    uint64_t r14;
    uint64_t r15;
    uint64_t rip;
    uint64_t rflags;
};

/// What a signal's delivery puts on the stack; RDI points at it at the entry. `signal_return` takes
/// the thread back to what it says then.
struct coco_signal_frame {
    struct coco_signal_info info;
    uint64_t handler; /* of the action */
    uint64_t mask;    /* blocked signals before, and afterwards again */
    struct coco_registers registers;
    uint64_t fpu;      /* address of the FPU state, as XSAVE stores it */
    uint32_t fpu_size; /* its bytes */
    uint32_t flags;    /* of the action */
};

#ifdef __cplusplus
}
#endif
