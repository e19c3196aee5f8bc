// SPDX-License-Identifier: MIT
// Children that replace their program, and what the program then finds.
#include "behaviour.h"

#include <coconut/coconut.h>
#include <harness/entry.h>
#include <harness/raw.h>
#include <harness/string.h>
#include <harness/thread.h>

#define PROGRAM "/raw/child"
#define HANDLES 8u
#define REFUSED 90 /* exit code when the call came back, plus the error's number */

#define CAUGHT 30u
#define BLOCKED 31u
#define IGNORED 29u
#define BIT(signal) (1ull << (signal))

static char strings[512];

/* Becomes `program` with the arguments "again", `behaviour`, `argument`, and all handles it was
   started with, in the same roles. Returns only if that was refused. */
static int become(const char *program, const char *behaviour, const char *argument)
{
    static struct coco_spawn_handle handles[HANDLES];
    const struct coco_start_block *block = entry_block();
    const struct coco_start_handle *own = (const struct coco_start_handle *)block->handles;
    const char *words[] = {"again", behaviour, argument};
    struct coco_spawn request = {.size = sizeof(request), .path = (uintptr_t)program};
    for (; request.argument_count < 3 && words[request.argument_count] != NULL;) {
        const char *word = words[request.argument_count++];
        memcpy(strings + request.arguments_len, word, strlen(word) + 1);
        request.arguments_len += strlen(word) + 1;
    }
    for (uint32_t i = 0; i < block->handle_count && i < HANDLES; i++) {
        handles[i] = (struct coco_spawn_handle){own[i].handle, COCO_RIGHTS_SAME, own[i].role, 0};
    }
    request.arguments = (uintptr_t)strings;
    request.handles = (uintptr_t)handles;
    request.handle_count = block->handle_count;
    return REFUSED - (int)coco_process_exec(&request);
}

/* Becomes this program, or with a third argument another one, with behaviour `argument 0`. */
BEHAVIOUR(exec_become)
{
    const char *program = entry_argument(4);
    return become(program != NULL ? program : PROGRAM, entry_argument(2), entry_argument(3));
}

#define PAGES 300u
#define PAGE 4096u

/* Has had PAGES pages when it becomes a program that tells what it has had. */
BEHAVIOUR(memory_before_exec)
{
    int64_t area = RAW(COCO_SYS_MMAP, COCO_HANDLE_NONE, 0, 0, PAGES * PAGE,
                       COCO_MMAP_READ | COCO_MMAP_WRITE | COCO_MMAP_ANONYMOUS);
    if (area < 0) {
        return 1;
    }
    memset((void *)area, 1, PAGES * PAGE);
    return become(PROGRAM, "memory_report", NULL);
}

static const char *behaviour_of_thread;

static void become_in_thread(void *unused)
{
    (void)unused;
    coco_process_exit((uint32_t)become(PROGRAM, behaviour_of_thread, NULL));
}

static void spin(void *unused)
{
    (void)unused;
    for (;;) {
        __asm__ volatile("pause");
    }
}

static void doze(void *unused)
{
    static uint32_t word;
    (void)unused;
    for (;;) {
        (void)coco_futex_wait(&word, 0, COCO_FOREVER);
    }
}

/* The same from a thread that is not the first, with others that compute, sleep and make threads.
 */
BEHAVIOUR(exec_in_thread)
{
    static struct thread threads[6];
    behaviour_of_thread = entry_argument(2);
    for (size_t i = 0; i < 5; i++) {
        if (thread_start(&threads[i], i % 2 == 0 ? spin : doze, NULL) != 0) {
            return 1;
        }
    }
    if (thread_start(&threads[5], become_in_thread, NULL) != 0) {
        return 1;
    }
    doze(NULL);
    return 2;
}

/* All threads at once: one of them does it. */
BEHAVIOUR(exec_race)
{
    static struct thread threads[4];
    behaviour_of_thread = entry_argument(2);
    for (size_t i = 0; i < 4; i++) {
        if (thread_start(&threads[i], become_in_thread, NULL) != 0) {
            doze(NULL); /* one of them has begun */
        }
    }
    become_in_thread(NULL);
    return 2;
}

/* Goes round `argument 0` times, then ends. Leaves memory, handles and a thread behind each time.
 */
BEHAVIOUR(exec_again)
{
    static struct thread thread;
    uint64_t left = argument_number(0);
    char text[2] = {(char)('0' + left - 1), '\0'};
    if (left == 0) {
        return (int)coco_thread_id() != 0 ? 0 : 1;
    }
    if (coco_opendir("/") < 0 || thread_start(&thread, doze, NULL) != 0) {
        return 3;
    }
    return become(left % 2 == 0 ? PROGRAM : "/raw/pie", "exec_again", text);
}

/* Says its id and that of its thread, and has the next program say its own. */
BEHAVIOUR(exec_ids)
{
    uint64_t ids[2] = {(uint64_t)coco_process_id(), (uint64_t)coco_thread_id()};
    if (answer(ids, sizeof(ids)) != 0) {
        return 1;
    }
    return argument_number(0) == 1 ? 0 : become(PROGRAM, "exec_ids", "1");
}

static void handler(struct coco_signal_frame *frame)
{
    const struct coco_start_block *block = entry_block();
    uint64_t at = (uint64_t)(uintptr_t)frame;
    coco_process_exit(at >= block->stack_low && at < block->stack_high ? 0 : 9);
}

static int64_t act(uint32_t signal, uint64_t value, uint32_t flags)
{
    const struct coco_signal_action action = {
        .handler = value, .entry = (uintptr_t)handler, .flags = flags};
    return coco_signal_action(signal, &action, NULL);
}

BEHAVIOUR(exec_signals)
{
    static uint8_t stack[32768];
    if (coco_signal_mask(COCO_SIGNAL_BLOCK, BIT(BLOCKED) | BIT(CAUGHT)) < 0 ||
        coco_signal_send_id((uint64_t)coco_process_id(), BLOCKED, 0, 0) != 0 ||
        coco_signal_send_thread(0, CAUGHT, 0, 0) != 0 || act(CAUGHT, 2, 0) != 0 ||
        act(IGNORED, COCO_SIGNAL_IGNORE, 0) != 0 || coco_signal_stack(stack, sizeof(stack)) != 0) {
        return 1;
    }
    return become(PROGRAM, "exec_signals_after", NULL);
}

BEHAVIOUR(exec_signals_after)
{
    struct coco_signal_action action;
    if ((uint64_t)coco_signal_mask(COCO_SIGNAL_BLOCK, 0) != (BIT(BLOCKED) | BIT(CAUGHT))) {
        return 2;
    }
    if ((uint64_t)coco_signal_pending() != (BIT(BLOCKED) | BIT(CAUGHT))) {
        return 3;
    }
    if (coco_signal_action(CAUGHT, NULL, &action) != 0 || action.handler != COCO_SIGNAL_DEFAULT) {
        return 4;
    }
    if (coco_signal_action(IGNORED, NULL, &action) != 0 || action.handler != COCO_SIGNAL_IGNORE) {
        return 5;
    }
    /* Without a signal stack the frame goes to the thread's own. */
    if (act(CAUGHT, 2, COCO_SIGNAL_ON_STACK) != 0) {
        return 6;
    }
    (void)coco_signal_mask(COCO_SIGNAL_UNBLOCK, BIT(CAUGHT));
    return 7;
}

/* Processor time goes on where it was. */
BEHAVIOUR(exec_time)
{
    while ((uint64_t)coco_clock_get(COCO_CLOCK_PROCESS) < 40 * MILLISECONDS) {
    }
    return become(PROGRAM, "exec_time_after", NULL);
}

BEHAVIOUR(exec_time_after)
{
    return (uint64_t)coco_clock_get(COCO_CLOCK_PROCESS) >= 40 * MILLISECONDS ? 0 : 1;
}

/* The program as an open file, with one argument. */
BEHAVIOUR(exec_file)
{
    static const char words[] = "again\0check_sections";
    int64_t file = coco_file_open(PROGRAM, COCO_FILE_READ, 0);
    const struct coco_spawn request = {
        .size = sizeof(request),
        .flags = COCO_SPAWN_FILE,
        .path = (uint64_t)file,
        .arguments = (uintptr_t)words,
        .arguments_len = sizeof(words),
        .argument_count = 2,
    };
    return file < 0 ? 1 : REFUSED - (int)coco_process_exec(&request);
}

BEHAVIOUR(report_mask)
{
    return (int)coco_process_creation_mask(UINT32_MAX);
}

/* Hands on some handles: the answer's file, one that may not be transferred, and with less rights.
 */
BEHAVIOUR(exec_handles)
{
    coco_handle_t file = entry_handle(COCO_ROLE_FD + 9);
    int64_t kept = coco_handle_duplicate(file, COCO_RIGHT_READ);
    if (kept < 0 || coco_opendir("/") < 0 || coco_opendir("/raw") < 0) {
        return 1;
    }
    struct coco_spawn_handle handles[] = {
        {(coco_handle_t)kept, COCO_RIGHTS_SAME, 0x12345678, 0},
        {file, 0, COCO_ROLE_FD + 3, 0},
        {file, COCO_RIGHTS_SAME, COCO_ROLE_FD + 9, 0},
    };
    static const char words[] = "again\0report_handles";
    struct coco_spawn request = {
        .size = sizeof(request),
        .path = (uintptr_t)PROGRAM,
        .arguments = (uintptr_t)words,
        .arguments_len = sizeof(words),
        .argument_count = 2,
        .handles = (uintptr_t)handles,
        .handle_count = 3,
    };
    return REFUSED - (int)coco_process_exec(&request);
}

/* Receives a call on the channel it was given and becomes another program without a reply. */
BEHAVIOUR(exec_while_serving)
{
    static struct {
        struct coco_channel_message header;
        uint8_t data[64];
    } message;
    coco_handle_t channel = entry_handle(COCO_ROLE_FD + 9);
    if (coco_channel_receive(channel, &message, sizeof(message), COCO_FOREVER) != 1) {
        return 1;
    }
    return become(PROGRAM, "wait", NULL);
}
