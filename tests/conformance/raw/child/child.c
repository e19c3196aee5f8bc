// SPDX-License-Identifier: MIT
// The child program of the raw tests: does what its first argument names and tells its parent
// through the exit status, or through a file that the parent hands over. Built twice: for a fixed
// address, and as static PIE.
#include "behaviour.h"

#include <coconut/coconut.h>
#include <harness/entry.h>
#include <harness/raw.h>
#include <harness/string.h>
#include <harness/thread.h>

extern const struct behaviour *const __start_coco_behaviours[];
extern const struct behaviour *const __stop_coco_behaviours[];

#define CHILD_UNKNOWN 99

int answer(const void *data, size_t len)
{
    coco_handle_t file = entry_handle(COCO_ROLE_FD + 9);
    return coco_write(file, data, len) == (int64_t)len ? 0 : 1;
}

uint64_t argument_number(size_t index)
{
    const char *text = entry_argument(2 + index);
    uint64_t value = 0;
    return text != NULL && string_to_u64(text, &value) ? value : 0;
}

BEHAVIOUR(process_exit)
{
    coco_process_exit((uint32_t)argument_number(0));
    return CHILD_UNKNOWN;
}

BEHAVIOUR(exit)
{
    coco_exit((uint32_t)argument_number(0));
    return CHILD_UNKNOWN;
}

BEHAVIOUR(thread_exit)
{
    coco_thread_exit((uint32_t)argument_number(0), NULL);
    return CHILD_UNKNOWN;
}

static uint64_t first_id;

/* Once the first thread has gone, and its clock with it. */
static void exit_last(void *code)
{
    while (coco_clock_of(COCO_CLOCK_THREAD, first_id) >= 0) {
        (void)coco_sleep_until(deadline_after(MILLISECONDS));
    }
    coco_exit((uint32_t)(uintptr_t)code);
}

/* The first thread ends with code 3, the other one behind it with the code asked for. */
BEHAVIOUR(exit_last_thread)
{
    static struct thread thread;
    first_id = (uint64_t)coco_thread_id();
    if (thread_start(&thread, exit_last, (void *)argument_number(0)) != 0) {
        return CHILD_UNKNOWN;
    }
    coco_exit(3);
    return CHILD_UNKNOWN;
}

static void spin_forever(void *unused)
{
    (void)unused;
    for (;;) {
        __asm__ volatile("pause");
    }
}

static void wait_forever(void *unused)
{
    static uint32_t word;
    (void)unused;
    for (;;) {
        (void)coco_futex_wait(&word, 0, COCO_FOREVER);
    }
}

/* Threads that compute and threads that wait do not keep process_exit from ending the process. */
BEHAVIOUR(process_exit_threads)
{
    static struct thread threads[4];
    for (size_t i = 0; i < 4; i++) {
        if (thread_start(&threads[i], i % 2 == 0 ? spin_forever : wait_forever, NULL) != 0) {
            return CHILD_UNKNOWN;
        }
    }
    (void)coco_sleep_until(deadline_after(20 * MILLISECONDS));
    coco_process_exit((uint32_t)argument_number(0));
    return CHILD_UNKNOWN;
}

/* Touches as many KiB of the stack as its argument says. */
BEHAVIOUR(use_stack)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    for (uint64_t kib = 0; kib < argument_number(0); kib++) {
        *(volatile uint8_t *)(here - kib * 1024) = 1;
    }
    return 0;
}

BEHAVIOUR(spin)
{
    spin_forever(NULL);
    return CHILD_UNKNOWN;
}

BEHAVIOUR(wait)
{
    wait_forever(NULL);
    return CHILD_UNKNOWN;
}

BEHAVIOUR(sleep)
{
    (void)coco_sleep_until(deadline_after(argument_number(0) * MILLISECONDS));
    return 0;
}

BEHAVIOUR(pipe_greeting)
{
    return answer("hello", 5);
}

/* Sends the end of a pipe, fills the socket and dies with what came still in it. */
BEHAVIOUR(send_handles)
{
    static const uint8_t bytes[65536];
    coco_handle_t socket = entry_handle(COCO_ROLE_FD + 9);
    int64_t pipe = coco_pipe_create(0);
    coco_handle_t reader = (coco_handle_t)pipe;
    const struct coco_buffer part = {(uintptr_t)bytes, 1};
    const struct coco_message message = {
        .buffers = (uintptr_t)&part,
        .buffer_count = 1,
        .handles = (uintptr_t)&reader,
        .handle_count = 1,
    };
    if (coco_socket_send(socket, &message, 0) != 1) {
        return CHILD_UNKNOWN;
    }
    for (unsigned i = 0; i < 100; i++) {
        (void)coco_socket_send(socket, &message, COCO_SOCKET_SEND_DONT_WAIT); // until it is full
    }
    return 0;
}

/* Registers with a message queue and ends. */
BEHAVIOUR(register_queue)
{
    coco_handle_t queue = entry_handle(COCO_ROLE_FD + 9);
    return coco_mqueue_notify(queue, COCO_MQUEUE_NOTIFY_NOTHING, 0, 0) == 0 ? 0 : 1;
}

/* Takes what a process can take and leaves all of it behind. */
BEHAVIOUR(leave_things_open)
{
    static struct thread threads[4];
    for (int i = 0; i < 100; i++) {
        if (coco_opendir("/") < 0 || coco_open("/raw/child", COCO_OPEN_READ, 0) < 0) {
            return CHILD_UNKNOWN;
        }
    }
    for (size_t i = 0; i < 4; i++) {
        if (thread_start(&threads[i], wait_forever, NULL) != 0) {
            return CHILD_UNKNOWN;
        }
    }
    int64_t memory =
        RAW(COCO_SYS_MMAP, COCO_HANDLE_NONE, 0, 0, 1 << 20,
            COCO_MMAP_READ | COCO_MMAP_WRITE | COCO_MMAP_ANONYMOUS | COCO_MMAP_PRIVATE);
    if (memory < 0) {
        return CHILD_UNKNOWN;
    }
    memset((void *)memory, 1, 1 << 20);
    coco_process_exit(0);
    return CHILD_UNKNOWN;
}

int program_main(void)
{
    const char *name = entry_argument(1);
    if (name == NULL) {
        return 0;
    }
    for (const struct behaviour *const *at = __start_coco_behaviours; at < __stop_coco_behaviours;
         at++) {
        if (strcmp((*at)->name, name) == 0) {
            return (*at)->run();
        }
    }
    return CHILD_UNKNOWN;
}

/* Signals one event, and waits for the other, so often. */
BEHAVIOUR(signal_events)
{
    uint64_t rounds = argument_number(0);
    for (uint64_t i = 0; i < rounds; i++) {
        if (coco_event_signal(entry_handle(COCO_ROLE_FD + 9), 2) != 0 ||
            coco_event_wait(entry_handle(COCO_ROLE_FD + 10), 1, 0, COCO_FOREVER) != 1) {
            return 1;
        }
    }
    return 0;
}

/* Adds one to the first byte of the memory it was given. */
BEHAVIOUR(store_in_memory)
{
    int64_t address = coco_mmap(entry_handle(COCO_ROLE_FD + 9), NULL, 0, COCO_PAGE_SIZE,
                                COCO_MMAP_READ | COCO_MMAP_WRITE);
    if (address < 0) {
        return 1;
    }
    ++*(uint8_t *)address;
    return 0;
}

/* Answers the first call on the channel it was given, and never the second. */
BEHAVIOUR(serve_and_hang)
{
    static struct {
        struct coco_message header;
        uint8_t data[64];
    } message;
    coco_handle_t channel = entry_handle(COCO_ROLE_FD + 9);
    int64_t got = coco_channel_receive(channel, &message, sizeof(message), COCO_FOREVER);
    if (got == 1) {
        got = coco_channel_reply_receive(channel, message.data, 1, &message, sizeof(message));
    }
    (void)coco_sleep_until(COCO_FOREVER);
    return got == 1 ? 0 : 1;
}

/* Says that it runs, and waits to be ended. */
BEHAVIOUR(answer_and_wait)
{
    int failed = answer("r", 1);
    (void)coco_sleep_until(COCO_FOREVER);
    return failed;
}
