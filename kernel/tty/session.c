// SPDX-License-Identifier: MIT
// Controlling terminals: which session has which terminal, and what follows from it.
//
// A terminal knows its session and the group in the foreground; sessions and groups are numbers
// that are never given to others. `lock` guards both, and the table of all terminals. It is taken
// before a terminal's lock, and no signal is sent with it.
#include "terminal.h"

#include <base/check.h>
#include <task/job_control.h>
#include <task/process.h>

#define TERMINALS_MAX (COCO_TERMINAL_PSEUDO_MAX + 1) /* the last one is the console */

static struct mutex lock;
static struct terminal *terminals[TERMINALS_MAX];
static uint32_t controlled; /* terminals that have a session; atomic */

void terminal_init(void)
{
    mutex_init(&lock);
}

static uint64_t session_of(const struct terminal *terminal)
{
    return __atomic_load_n(&terminal->session, __ATOMIC_RELAXED);
}

static uint64_t foreground_of(const struct terminal *terminal)
{
    return __atomic_load_n(&terminal->foreground, __ATOMIC_RELAXED);
}

/// With the lock. `session` 0: none.
static void set(struct terminal *terminal, uint64_t session, uint64_t foreground)
{
    if ((terminal->session != 0) != (session != 0)) {
        __atomic_fetch_add(&controlled, session != 0 ? 1 : UINT32_MAX, __ATOMIC_RELAXED);
    }
    __atomic_store_n(&terminal->session, session, __ATOMIC_RELAXED);
    __atomic_store_n(&terminal->foreground, foreground, __ATOMIC_RELAXED);
}

enum status session_add(struct terminal *terminal)
{
    uint32_t number = COCO_TERMINAL_PSEUDO_MAX;
    enum status status = ERR_AGAIN;

    mutex_lock(&lock);
    if (terminal->kind == COCO_TERMINAL_PSEUDO) {
        for (number = 0; number < COCO_TERMINAL_PSEUDO_MAX && terminals[number] != NULL;) {
            number++;
        }
        terminal->number = number;
    }
    if (number < COCO_TERMINAL_PSEUDO_MAX || terminal->kind == COCO_TERMINAL_CONSOLE) {
        terminals[number] = terminal;
        status = OK;
    }
    mutex_unlock(&lock);
    return status;
}

void session_remove(struct terminal *terminal)
{
    mutex_lock(&lock);
    CHECK(terminals[terminal->number] == terminal, "a terminal that is not in the table");
    terminals[terminal->number] = NULL;
    mutex_unlock(&lock);
}

/// The terminal of a session, with the lock; NULL for none. `session` is not 0.
static struct terminal *find(uint64_t session)
{
    for (size_t i = 0; i < TERMINALS_MAX; i++) {
        if (terminals[i] != NULL && terminals[i]->session == session) {
            return terminals[i];
        }
    }
    return NULL;
}

struct terminal *session_terminal(void)
{
    struct terminal *found;

    mutex_lock(&lock);
    found = find(process_session(process_current()));
    if (found != NULL) {
        terminal_hold(found);
    }
    mutex_unlock(&lock);
    return found;
}

/// Lets a session have a terminal. With the lock. ERR_PERM: one of the two is not free.
static enum status join(struct terminal *terminal, uint64_t session, uint64_t group)
{
    if (terminal->session == session) {
        return OK;
    }
    if (terminal->session != 0 || terminal->gone || find(session) != NULL) {
        return ERR_PERM;
    }
    set(terminal, session, group);
    return OK;
}

/// For the current process.
static enum status take(struct terminal *terminal)
{
    const struct process *process = process_current();
    enum status status = ERR_PERM;

    if (job_is_leader()) {
        mutex_lock(&lock);
        status = join(terminal, process_session(process), process_group(process));
        mutex_unlock(&lock);
    }
    return status;
}

void session_take(struct terminal *terminal)
{
    if (session_of(terminal) == 0) {
        (void)!take(terminal); /* it was not asked for */
    }
}

void terminal_session_begins(struct object *object, uint64_t session)
{
    const struct terminal_file *file = terminal_file_of(object);

    mutex_lock(&lock);
    if (!file->master) {
        (void)!join(file->terminal, session, session); /* unless another session has it */
    }
    mutex_unlock(&lock);
}

static void hang_up_group(uint64_t group)
{
    if (group != 0) {
        job_signal_group(group, COCO_SIGNAL_HANGUP);
        job_signal_group(group, COCO_SIGNAL_CONTINUE);
    }
}

void session_hang_up(struct terminal *terminal, bool leader)
{
    uint64_t session;
    uint64_t foreground;

    mutex_lock(&lock);
    session = terminal->session;
    foreground = terminal->foreground;
    set(terminal, 0, 0);
    mutex_lock(&terminal->lock);
    __atomic_store_n(&terminal->epoch, terminal->epoch + 1, __ATOMIC_RELAXED);
    terminal->opens = 0;
    line_drop_input(&terminal->line);
    terminal_changed(terminal);
    mutex_unlock(&lock);
    if (leader && session != 0) {
        job_signal_process(session, COCO_SIGNAL_HANGUP);
        job_signal_process(session, COCO_SIGNAL_CONTINUE);
    }
    hang_up_group(foreground);
}

void terminal_session_ended(uint64_t session)
{
    struct terminal *terminal = NULL;

    if (__atomic_load_n(&controlled, __ATOMIC_RELAXED) == 0) {
        return;
    }
    mutex_lock(&lock);
    terminal = find(session);
    if (terminal != NULL) {
        terminal_hold(terminal);
    }
    mutex_unlock(&lock);
    if (terminal != NULL) {
        session_hang_up(terminal, false);
        terminal_put(terminal);
    }
}

enum status terminal_control(struct object *object, uint32_t flags)
{
    const struct terminal_file *file = terminal_file_of(object);
    struct terminal *terminal = file->terminal;

    if (terminal_is_dead(file)) {
        return ERR_IO;
    }
    if ((flags & COCO_TERMINAL_RELEASE) == 0) {
        return file->master ? ERR_PERM : take(terminal);
    }
    if (session_of(terminal) != process_session(process_current())) {
        return ERR_NXIO;
    }
    if (!job_is_leader()) {
        return ERR_PERM;
    }
    session_hang_up(terminal, false);
    return OK;
}

enum status session_check(const struct terminal *terminal, uint32_t signal)
{
    const struct process *process = process_current();

    if (session_of(terminal) != process_session(process) ||
        foreground_of(terminal) == process_group(process)) {
        return OK;
    }
    return job_check(signal);
}

void session_signal(const struct terminal *terminal, uint64_t signals)
{
    uint64_t foreground = foreground_of(terminal);

    while (signals != 0 && foreground != 0) {
        job_signal_group(foreground, (uint32_t)__builtin_ctzll(signals));
        signals &= signals - 1;
    }
}

enum status terminal_set_foreground(struct object *object, uint64_t group)
{
    const struct terminal_file *file = terminal_file_of(object);
    struct terminal *terminal = file->terminal;
    uint64_t session = process_session(process_current());
    enum status status = OK;

    if (group == 0) {
        return ERR_INVAL;
    }
    if (terminal_is_dead(file)) {
        return ERR_IO;
    }
    if (session_of(terminal) != session) {
        return ERR_NXIO;
    }
    if (!job_group_exists(group, session)) {
        return ERR_PERM;
    }
    status = session_check(terminal, COCO_SIGNAL_TERMINAL_OUT);
    if (status != OK) {
        return status;
    }
    mutex_lock(&lock);
    if (terminal->session == session) {
        set(terminal, session, group);
    } else {
        status = ERR_NXIO; /* it was hung up meanwhile */
    }
    mutex_unlock(&lock);
    return status;
}
