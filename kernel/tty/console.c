// SPDX-License-Identifier: MIT
// /dev/console and /dev/tty. Two kernel threads stand at the other end of the console: one types
// what comes from the host, the other sends what is to be shown.
#include "terminal.h"

#include <base/string.h>
#include <dev/hostlink.h>
#include <fs/log.h>
#include <task/thread.h>
#include <tty/console.h>

#define KEYS_MAX 256u    /* bytes typed at a time */
#define OUTPUT_MAX 1024u /* bytes sent at a time */

/// The terminal at the host; NULL if there is none, and constant once programs run.
static struct terminal *console;

/// Without a terminal it takes lines for the log.
static enum status open_log(unsigned access, struct special_opened *out)
{
    if ((access & SPECIAL_READ) != 0) {
        return ERR_NXIO;
    }
    out->rights = COCO_OBJECT_LOG_RIGHTS;
    return log_object_create("console", &out->object);
}

/// Waits for a change; the lock is given back.
static void wait_for_change(struct terminal *terminal)
{
    struct waiter waiter;

    wait_prepare(&terminal->changed, &waiter);
    mutex_unlock(&terminal->lock);
    wait_commit_uninterruptible(&waiter);
}

static __noreturn void type_input(void *unused)
{
    static uint8_t bytes[KEYS_MAX];
    struct hostlink_input input;

    (void)unused;
    while (hostlink_receive_terminal(bytes, sizeof(bytes), &input) == OK &&
           (input.len > 0 || input.resized)) {
        if (input.resized) {
            const struct coco_window window = {.rows = input.rows, .columns = input.columns};
            terminal_resize(console, &window);
        }
        terminal_feed(console, bytes, input.len);
    }
    mutex_lock(&console->lock); /* nobody is at the host's terminal any more */
    console->gone = true;
    terminal_changed(console);
    session_hang_up(console, true);
    thread_exit_kernel();
}

/// The oldest output, at most `size` bytes; waits until there is some.
static size_t take_output(uint8_t *bytes, size_t size)
{
    for (;;) {
        size_t len;
        const uint8_t *from;

        mutex_lock(&console->lock);
        from = line_output(&console->line, &len);
        len = MIN(len, size);
        if (len > 0) {
            memcpy(bytes, from, len);
            line_sent(&console->line, len);
            console->sending = true;
            terminal_changed(console);
            return len;
        }
        wait_for_change(console);
    }
}

static __noreturn void send_output(void *unused)
{
    static uint8_t bytes[OUTPUT_MAX];

    (void)unused;
    for (;;) {
        size_t len = take_output(bytes, sizeof(bytes));

        (void)!hostlink_send_bytes(HOSTLINK_STDOUT, bytes, len); /* a host that is gone: lost */
        mutex_lock(&console->lock);
        console->sending = false;
        terminal_changed(console);
    }
}

enum status console_start(const struct coco_window *window)
{
    enum status status = terminal_create(COCO_TERMINAL_CONSOLE, 0, &console);

    if (status == OK) {
        console->unlocked = true;
        console->window = *window;
        status = session_add(console);
    }
    if (status == OK) {
        status = thread_start_kernel(send_output, NULL, THREAD_PRIORITY_KERNEL);
    }
    return status == OK ? thread_start_kernel(type_input, NULL, THREAD_PRIORITY_KERNEL) : status;
}

enum status console_open(struct object **out, uint32_t *rights)
{
    struct special_opened opened;
    enum status status =
        terminal_open(console, NULL, SPECIAL_READ | SPECIAL_WRITE | SPECIAL_NO_CONTROL, &opened);

    if (status == OK) {
        *out = opened.object;
        *rights = opened.rights;
    }
    return status;
}

void console_drain(void)
{
    if (console == NULL) {
        return;
    }
    mutex_lock(&console->lock);
    console->line.stopped = false;
    terminal_changed(console);
    mutex_lock(&console->lock);
    while (line_unsent(&console->line) > 0 || console->sending) {
        wait_for_change(console);
        mutex_lock(&console->lock);
    }
    mutex_unlock(&console->lock);
}

static enum status open_console(struct vfs_node *node, void *state, unsigned access,
                                struct special_opened *out)
{
    (void)state;
    return console != NULL ? terminal_open(console, node, access, out) : open_log(access, out);
}

static enum status tty_open(struct vfs_node *node, void *state, unsigned access,
                            struct special_opened *out)
{
    struct terminal *terminal = session_terminal();
    enum status status = ERR_NXIO;

    (void)state;
    if (terminal != NULL) {
        status = terminal_open(terminal, node, access | SPECIAL_NO_CONTROL, out);
        terminal_put(terminal);
    }
    return status;
}

static void no_state(void *state)
{
    (void)state;
}

static uint32_t console_device(void *state)
{
    (void)state;
    return DEVICE_CONSOLE;
}

const struct special_ops console_special_ops = {
    .type = COCO_TYPE_DEVICE,
    .device = console_device,
    .open = open_console,
    .destroy = no_state,
};

static uint32_t tty_device(void *state)
{
    (void)state;
    return DEVICE_TTY;
}

const struct special_ops tty_special_ops = {
    .type = COCO_TYPE_DEVICE,
    .device = tty_device,
    .open = tty_open,
    .destroy = no_state,
};
