// SPDX-License-Identifier: MIT
// Reading and writing, at both ends of a terminal.
#include "terminal.h"

#include <arch/timer.h>
#include <task/job_control.h>

#define TENTH_NS 100000000ull /* unit of TIME */
#define CHUNK 512u            /* bytes that are copied in at a time */

enum step {
    STEP_TAKE, /* what is there */
    STEP_WAIT,
    STEP_AGAIN, /* it may not wait */
    STEP_NOTHING,
};

/// How far a read has come.
struct reading {
    size_t len;        /* bytes asked for */
    bool waits;        /* it may */
    bool timed;        /* `deadline` is set */
    bool expired;      /* and has passed */
    uint32_t seen;     /* bytes that were there when it was set */
    uint64_t deadline; /* monotonic ns */
};

static void set_timer(struct reading *reading, uint64_t time, uint32_t seen)
{
    reading->timed = true;
    reading->expired = false;
    reading->seen = seen;
    reading->deadline = arch_time_ns() + time;
}

/// MIN is 0: the timer runs from the beginning of the read.
static enum step step_without_min(struct reading *reading, uint32_t available, uint64_t time)
{
    if (available > 0) {
        return STEP_TAKE;
    }
    if (time == 0 || reading->expired) {
        return STEP_NOTHING;
    }
    if (!reading->timed) {
        set_timer(reading, time, 0);
    }
    return reading->waits ? STEP_WAIT : STEP_AGAIN;
}

/// MIN is not 0: the timer runs from each byte to the next.
static enum step step_with_min(struct reading *reading, uint32_t available, uint32_t min,
                               uint64_t time)
{
    if (available >= min || (available > 0 && !reading->waits)) {
        return STEP_TAKE;
    }
    if (!reading->waits) {
        return STEP_AGAIN;
    }
    if (time == 0 || available == 0) {
        reading->timed = false;
    } else if (!reading->timed || available != reading->seen) {
        set_timer(reading, time, available);
    } else if (reading->expired) {
        return STEP_TAKE;
    }
    return STEP_WAIT;
}

static enum step next_step(const struct line *line, struct reading *reading)
{
    const uint8_t *characters = line->modes.characters;
    uint64_t time = characters[COCO_TERMINAL_VTIME] * TENTH_NS;
    uint32_t min = characters[COCO_TERMINAL_VMIN];

    if (line_is_canonical(line)) {
        reading->timed = false;
        return line_is_whole(line) ? STEP_TAKE : reading->waits ? STEP_WAIT : STEP_AGAIN;
    }
    min = (uint32_t)MIN((size_t)min, reading->len);
    return min == 0 ? step_without_min(reading, line_readable(line), time)
                    : step_with_min(reading, line_readable(line), min, time);
}

/// Copies what there is. Nothing is taken when that fails.
static enum status take(struct line *line, struct user_out buffer, size_t *done)
{
    struct line_piece piece = line_next(line, (size_t)buffer.len);

    for (size_t at = 0; at < piece.count;) {
        size_t len = piece.count - at;
        const uint8_t *bytes = line_at(line, (uint32_t)at, &len);
        enum status status = user_copy_out(uaddr(buffer.addr.v + at), bytes, len);

        if (status != OK) {
            return status;
        }
        at += len;
    }
    line_take(line, piece);
    *done = piece.count;
    return OK;
}

/// One look, and one wait at most. ERR_AGAIN in `*status`: look again.
static bool read_step(struct terminal_file *file, struct user_out buffer, struct reading *reading,
                      enum status *status, size_t *done)
{
    struct terminal *terminal = file->terminal;
    enum step step;

    mutex_lock(&terminal->lock);
    step = terminal_is_dead(file) ? STEP_NOTHING : next_step(&terminal->line, reading);
    switch (step) {
    case STEP_TAKE:
        *status = take(&terminal->line, buffer, done);
        terminal_changed(terminal);
        return true;
    case STEP_WAIT:
        *status = terminal_wait(terminal, reading->timed ? reading->deadline : WAIT_FOREVER);
        reading->expired = *status == ERR_TIMEDOUT;
        return *status != OK && *status != ERR_TIMEDOUT;
    case STEP_AGAIN:
    case STEP_NOTHING:
    default:
        mutex_unlock(&terminal->lock);
        *status = step == STEP_AGAIN ? ERR_AGAIN : OK;
        return true;
    }
}

enum status terminal_read(struct terminal_file *file, struct user_out buffer, size_t *done)
{
    struct reading reading = {.len = (size_t)buffer.len, .waits = terminal_waits(file)};
    enum status status;

    *done = 0;
    if (buffer.len == 0) {
        return OK;
    }
    do {
        status =
            terminal_is_dead(file) ? OK : session_check(file->terminal, COCO_SIGNAL_TERMINAL_IN);
        if (status != OK) {
            return status;
        }
    } while (!read_step(file, buffer, &reading, &status, done));
    return status;
}

/// Whether the current process may write now.
static enum status check_write(const struct terminal_file *file)
{
    const struct terminal *terminal = file->terminal;

    if (terminal_is_dead(file)) {
        return ERR_IO;
    }
    if ((__atomic_load_n(&terminal->line.modes.local, __ATOMIC_RELAXED) & COCO_TERMINAL_TOSTOP) ==
        0) {
        return OK;
    }
    return session_check(terminal, COCO_SIGNAL_TERMINAL_OUT);
}

/// Writes a part; waits if nothing goes. `*used` gets how many bytes went.
static enum status write_part(struct terminal_file *file, const uint8_t *bytes, size_t len,
                              size_t *used)
{
    struct terminal *terminal = file->terminal;
    uint64_t signals = 0;
    bool waits = terminal_waits(file);

    *used = 0;
    mutex_lock(&terminal->lock);
    if (terminal_is_dead(file)) {
        mutex_unlock(&terminal->lock);
        return ERR_IO;
    }
    *used = file->master ? line_type(&terminal->line, bytes, len, &signals)
                         : line_write(&terminal->line, bytes, len);
    if (*used == 0 && waits) {
        return terminal_wait(terminal, WAIT_FOREVER);
    }
    terminal_changed(terminal);
    session_signal(terminal, signals);
    return *used == 0 ? ERR_AGAIN : OK;
}

static enum status write_bytes(struct terminal_file *file, struct user_in buffer, size_t *done)
{
    uint8_t bytes[CHUNK] __uninitialized;
    enum status status = OK;

    *done = 0;
    while (status == OK && *done < buffer.len) {
        size_t len = (size_t)MIN(buffer.len - *done, (uint64_t)CHUNK);
        size_t used = 0;

        status = file->master ? OK : check_write(file);
        if (status == OK) {
            status = user_copy_in(bytes, uaddr(buffer.addr.v + *done), len);
        }
        if (status == OK) {
            status = write_part(file, bytes, len, &used);
        }
        *done += used;
    }
    return *done > 0 ? OK : status; /* what went cannot be taken back */
}

enum status terminal_write(struct terminal_file *file, struct user_in buffer, size_t *done)
{
    return write_bytes(file, buffer, done);
}

enum status master_write(struct terminal_file *file, struct user_in buffer, size_t *done)
{
    return write_bytes(file, buffer, done);
}

/// With the lock.
static enum status send_to_master(struct line *line, struct user_out buffer, size_t *done)
{
    while (*done < buffer.len) {
        size_t len;
        const uint8_t *bytes = line_output(line, &len);
        enum status status;

        len = (size_t)MIN((uint64_t)len, buffer.len - *done);
        if (len == 0) {
            break;
        }
        status = user_copy_out(uaddr(buffer.addr.v + *done), bytes, len);
        if (status != OK) {
            return *done > 0 ? OK : status;
        }
        line_sent(line, len);
        *done += len;
    }
    return OK;
}

enum status master_read(struct terminal_file *file, struct user_out buffer, size_t *done)
{
    struct terminal *terminal = file->terminal;
    enum status status = OK;

    *done = 0;
    while (status == OK && buffer.len > 0) {
        mutex_lock(&terminal->lock);
        status = send_to_master(&terminal->line, buffer, done);
        if (status != OK || *done > 0) {
            terminal_changed(terminal);
            return status;
        }
        if (terminal->opens == 0 && terminal->was_opened) {
            mutex_unlock(&terminal->lock);
            return ERR_IO;
        }
        if (!terminal_waits(file)) {
            mutex_unlock(&terminal->lock);
            return ERR_AGAIN;
        }
        status = terminal_wait(terminal, WAIT_FOREVER);
    }
    return status;
}

void terminal_feed(struct terminal *terminal, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        struct waiter waiter;
        uint64_t signals;
        size_t used;

        mutex_lock(&terminal->lock);
        used = line_type(&terminal->line, bytes, len, &signals);
        if (used == 0) {
            wait_prepare(&terminal->changed, &waiter);
            mutex_unlock(&terminal->lock);
            wait_commit_uninterruptible(&waiter);
            continue;
        }
        terminal_changed(terminal);
        session_signal(terminal, signals);
        bytes += used;
        len -= used;
    }
}
