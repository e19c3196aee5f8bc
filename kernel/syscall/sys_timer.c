// SPDX-License-Identifier: MIT
// Timers. A refused call changes nothing: results are stored once before anything is done.
#include <mm/user_copy.h>
#include <task/timer.h>

#include "new_handle.h"
#include "prototypes.h"

int64_t sys_timer_create(uaddr_t options)
{
    struct coco_timer_options given;
    struct timer *timer;
    enum status status = user_copy_in(&given, options, sizeof(given));

    if (status != OK) {
        return status;
    }
    if (given.reserved != 0) {
        return ERR_INVAL;
    }
    const struct timer_options known = {
        .clock = given.clock,
        .notify = given.notify,
        .signal = given.signal,
        .tag = given.tag,
        .value = given.value,
        .thread = given.thread,
    };
    status = timer_create(&known, &timer);
    if (status != OK) {
        return status;
    }
    return new_handle_install(timer_object(timer), COCO_OBJECT_TIMER_RIGHTS);
}

/// Whether the state before can be told at `old`, which may be 0.
static enum status try_old(uaddr_t old)
{
    const struct coco_timer_state state = {0};

    return old.v != 0 ? user_copy_out(old, &state, sizeof(state)) : OK;
}

static enum status tell_old(uaddr_t old, const struct coco_timer_state *state)
{
    return old.v != 0 ? user_copy_out(old, state, sizeof(*state)) : OK;
}

int64_t sys_timer_set(struct object *timer, uint32_t flags, uaddr_t setting, uaddr_t old)
{
    struct coco_timer_setting given;
    struct coco_timer_state state;
    enum status status = user_copy_in(&given, setting, sizeof(given));

    if (status == OK) {
        status = try_old(old);
    }
    if (status != OK) {
        return status;
    }
    // A timer that another thread has closed meanwhile is as one that is closed right behind this.
    (void)timer_set(timer_from_object(timer), given.value, given.interval,
                    (flags & COCO_TIMER_ABSOLUTE) != 0, &state);
    return tell_old(old, &state);
}

int64_t sys_timer_get(struct object *timer, uint32_t flags, uaddr_t state)
{
    struct coco_timer_state found = {0};
    // What was consumed is lost when it cannot be stored: try before.
    enum status status = user_copy_out(state, &found, sizeof(found));

    if (status == OK) {
        timer_get(timer_from_object(timer), (flags & COCO_TIMER_CONSUME) != 0, &found);
        status = user_copy_out(state, &found, sizeof(found));
    }
    return status;
}

int64_t sys_interval_timer(uint32_t which, uaddr_t setting, uaddr_t old)
{
    struct coco_timer_setting given;
    struct coco_timer_state state;
    enum status status = OK;

    if (which >= COCO_INTERVAL_COUNT) {
        return ERR_INVAL;
    }
    if (setting.v != 0) {
        status = user_copy_in(&given, setting, sizeof(given));
    }
    if (status == OK) {
        status = try_old(old);
    }
    if (status == OK && setting.v != 0) {
        status = timer_interval_set(which, given.value, given.interval, &state);
    } else if (status == OK) {
        timer_interval_get(which, &state);
    }
    return status == OK ? tell_old(old, &state) : status;
}
