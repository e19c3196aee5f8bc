// SPDX-License-Identifier: MIT
// Modes, window, and what is done to bytes on their way.
#include "terminal.h"

#include <base/string.h>
#include <task/job_control.h>

/// Refusals of calls that only look.
static enum status check_alive(const struct terminal_file *file)
{
    return terminal_is_dead(file) ? ERR_IO : OK;
}

/// Refusals of calls that change something.
static enum status check_change(const struct terminal_file *file)
{
    enum status status = check_alive(file);

    return status == OK ? session_check(file->terminal, COCO_SIGNAL_TERMINAL_OUT) : status;
}

enum status terminal_get(struct object *object, struct coco_terminal *modes)
{
    const struct terminal_file *file = terminal_file_of(object);
    enum status status = check_alive(file);

    if (status == OK) {
        mutex_lock(&file->terminal->lock);
        *modes = file->terminal->line.modes;
        mutex_unlock(&file->terminal->lock);
    }
    return status;
}

/// Whether output that was written has yet to be sent. A pseudo terminal's is with its master as
/// soon as it is not held.
static bool is_sending(const struct terminal *terminal)
{
    const struct line *line = &terminal->line;

    return line_unsent(line) > 0 ? line->stopped || terminal->kind == COCO_TERMINAL_CONSOLE
                                 : terminal->sending;
}

/// Waits until output was sent, and returns with the lock if that is OK.
static enum status drain(const struct terminal_file *file)
{
    struct terminal *terminal = file->terminal;
    enum status status = OK;

    while (status == OK) {
        mutex_lock(&terminal->lock);
        if (terminal_is_dead(file)) {
            mutex_unlock(&terminal->lock);
            return ERR_IO;
        }
        if (!is_sending(terminal)) {
            return OK;
        }
        status = terminal_wait(terminal, WAIT_FOREVER);
    }
    return status;
}

static bool are_known(const struct coco_terminal *modes)
{
    return (modes->input & ~COCO_TERMINAL_INPUT_MASK) == 0 &&
           (modes->output & ~COCO_TERMINAL_OUTPUT_MASK) == 0 &&
           (modes->control & ~COCO_TERMINAL_CONTROL_MASK) == 0 &&
           (modes->local & ~COCO_TERMINAL_LOCAL_MASK) == 0;
}

enum status terminal_set(struct object *object, uint32_t when, const struct coco_terminal *modes)
{
    const struct terminal_file *file = terminal_file_of(object);
    struct terminal *terminal = file->terminal;
    enum status status =
        when > COCO_TERMINAL_FLUSH || !are_known(modes) ? ERR_INVAL : check_change(file);

    if (status != OK) {
        return status;
    }
    if (when == COCO_TERMINAL_NOW) {
        mutex_lock(&terminal->lock);
    } else {
        status = drain(file);
    }
    if (status != OK) {
        return status;
    }
    if (when == COCO_TERMINAL_FLUSH) {
        line_drop_input(&terminal->line);
    }
    line_set_modes(&terminal->line, modes);
    terminal_changed(terminal);
    return OK;
}

enum status terminal_window_get(struct object *object, struct coco_window *window)
{
    const struct terminal_file *file = terminal_file_of(object);
    enum status status = check_alive(file);

    if (status == OK) {
        mutex_lock(&file->terminal->lock);
        *window = file->terminal->window;
        mutex_unlock(&file->terminal->lock);
    }
    return status;
}

void terminal_resize(struct terminal *terminal, const struct coco_window *window)
{
    bool other;

    mutex_lock(&terminal->lock);
    other = memcmp(&terminal->window, window, sizeof(*window)) != 0;
    terminal->window = *window;
    mutex_unlock(&terminal->lock);
    if (other) {
        session_signal(terminal, 1ull << COCO_SIGNAL_WINDOW);
    }
}

enum status terminal_window_set(struct object *object, const struct coco_window *window)
{
    const struct terminal_file *file = terminal_file_of(object);
    enum status status = check_change(file);

    if (status == OK) {
        terminal_resize(file->terminal, window);
    }
    return status;
}

/// What does not wait. With the lock.
static void act(const struct terminal_file *file, uint32_t action)
{
    struct line *line = &file->terminal->line;
    bool input = action != (file->master ? COCO_TERMINAL_FLUSH_INPUT : COCO_TERMINAL_FLUSH_OUTPUT);
    bool output = action != (file->master ? COCO_TERMINAL_FLUSH_OUTPUT : COCO_TERMINAL_FLUSH_INPUT);

    switch (action) {
    case COCO_TERMINAL_FLUSH_INPUT:
    case COCO_TERMINAL_FLUSH_OUTPUT:
    case COCO_TERMINAL_FLUSH_BOTH:
        if (input) {
            line_drop_input(line);
        }
        if (output) {
            line_drop_output(line);
        }
        break;
    case COCO_TERMINAL_OUTPUT_OFF:
    case COCO_TERMINAL_OUTPUT_ON:
        line->stopped = action == COCO_TERMINAL_OUTPUT_OFF;
        break;
    case COCO_TERMINAL_INPUT_OFF:
    case COCO_TERMINAL_INPUT_ON:
        (void)line_send_flow(line, action == COCO_TERMINAL_INPUT_OFF);
        break;
    default: /* COCO_TERMINAL_BREAK; what waits has waited */
        break;
    }
}

enum status terminal_do(struct object *object, uint32_t action)
{
    const struct terminal_file *file = terminal_file_of(object);
    struct terminal *terminal = file->terminal;
    enum status status = action > COCO_TERMINAL_BREAK ? ERR_INVAL : check_change(file);

    if (status != OK) {
        return status;
    }
    if (action == COCO_TERMINAL_WAIT) {
        status = drain(file);
    } else {
        mutex_lock(&terminal->lock);
    }
    if (status == OK) {
        act(file, action);
        terminal_changed(terminal);
    }
    return status;
}

void terminal_info(struct object *object, struct coco_terminal_info *info)
{
    const struct terminal_file *file = terminal_file_of(object);
    struct terminal *terminal = file->terminal;
    uint32_t readable;
    uint32_t unsent;

    mutex_lock(&terminal->lock);
    readable = file->master ? line_unsent(&terminal->line) : line_readable(&terminal->line);
    unsent = file->master ? 0 : line_unsent(&terminal->line);
    mutex_unlock(&terminal->lock);
    *info = (struct coco_terminal_info){
        .kind = file->master ? COCO_TERMINAL_MASTER : terminal->kind,
        .number = terminal->number,
        .session = __atomic_load_n(&terminal->session, __ATOMIC_RELAXED),
        .foreground = __atomic_load_n(&terminal->foreground, __ATOMIC_RELAXED),
        .readable = readable,
        .unsent = unsent,
    };
}

enum status terminal_unlock(struct object *object)
{
    const struct terminal_file *file = terminal_file_of(object);

    if (!file->master) {
        return ERR_INVAL;
    }
    mutex_lock(&file->terminal->lock);
    file->terminal->unlocked = true;
    mutex_unlock(&file->terminal->lock);
    return OK;
}
