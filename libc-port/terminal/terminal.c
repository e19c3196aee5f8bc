// SPDX-License-Identifier: MIT
// Terminals by descriptor. POSIX's order of refusals: a bad descriptor, what is no terminal, bad
// arguments.
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "../private/cancel.h"
#include "../private/fd.h"
#include "../private/ret.h"
#include "../private/terminal.h"

// The kernel's structures are those of the header.
_Static_assert(sizeof(struct termios) == sizeof(struct coco_terminal), "struct termios");
_Static_assert(offsetof(struct termios, c_cc) == offsetof(struct coco_terminal, characters) &&
                   offsetof(struct termios, __c_ospeed) ==
                       offsetof(struct coco_terminal, output_speed),
               "struct termios");
_Static_assert(sizeof(struct winsize) == sizeof(struct coco_window), "struct winsize");
_Static_assert(IUTF8 == COCO_TERMINAL_IUTF8 && ONLRET == COCO_TERMINAL_ONLRET &&
                   CLOCAL == COCO_TERMINAL_CLOCAL && TOSTOP == COCO_TERMINAL_TOSTOP &&
                   VLNEXT == COCO_TERMINAL_VLNEXT && TCSAFLUSH == COCO_TERMINAL_FLUSH,
               "values of <termios.h>");

static int finish(int64_t result)
{
    if (result == COCO_ENOTSUPP || result == COCO_ENXIO) {
        errno = ENOTTY;
        return -1;
    }
    return __coco_ret(result) < 0 ? -1 : 0;
}

int __coco_terminal_call(int fd, int64_t (*call)(coco_handle_t, uint64_t), uint64_t argument)
{
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    coco_handle_t handle = description->handle;
    int64_t result = handle == COCO_HANDLE_NONE ? COCO_ENOTSUPP : call(handle, argument);
    __coco_fd_put(description);
    return finish(result);
}

static int64_t get_info(coco_handle_t handle, uint64_t info)
{
    return coco_terminal_info(handle, (struct coco_terminal_info *)info);
}

int __coco_terminal_info(int fd, struct coco_terminal_info *info)
{
    return __coco_terminal_call(fd, get_info, (uint64_t)info);
}

static int64_t get_modes(coco_handle_t handle, uint64_t modes)
{
    return coco_terminal_get(handle, (struct coco_terminal *)modes);
}

int tcgetattr(int fd, struct termios *termios)
{
    return __coco_terminal_call(fd, get_modes, (uint64_t)termios);
}

struct change {
    int when;
    struct coco_terminal modes;
};

static int64_t set_modes(coco_handle_t handle, uint64_t argument)
{
    const struct change *change = (const struct change *)argument;
    return coco_terminal_set(handle, (uint32_t)change->when, &change->modes);
}

int tcsetattr(int fd, int when, const struct termios *termios)
{
    struct coco_terminal_info info;
    struct change change = {.when = when};
    if (__coco_terminal_info(fd, &info) < 0) {
        return -1;
    }
    memcpy(&change.modes, termios, sizeof(change.modes));
    // Modes that there are none of are left out: POSIX asks for what can be done.
    change.modes.input &= COCO_TERMINAL_INPUT_MASK;
    change.modes.output &= COCO_TERMINAL_OUTPUT_MASK;
    change.modes.control &= COCO_TERMINAL_CONTROL_MASK;
    change.modes.local &= COCO_TERMINAL_LOCAL_MASK;
    if (change.modes.input_speed == B0) {
        change.modes.input_speed = change.modes.output_speed;
    }
    return __coco_terminal_call(fd, set_modes, (uint64_t)&change);
}

static int64_t get_window(coco_handle_t handle, uint64_t window)
{
    return coco_terminal_window_get(handle, (struct coco_window *)window);
}

int tcgetwinsize(int fd, struct winsize *size)
{
    return __coco_terminal_call(fd, get_window, (uint64_t)size);
}

static int64_t set_window(coco_handle_t handle, uint64_t window)
{
    return coco_terminal_window_set(handle, (const struct coco_window *)window);
}

int tcsetwinsize(int fd, const struct winsize *size)
{
    return __coco_terminal_call(fd, set_window, (uint64_t)size);
}

static int64_t act(coco_handle_t handle, uint64_t action)
{
    return coco_terminal_do(handle, (uint32_t)action);
}

int tcsendbreak(int fd, int duration)
{
    (void)duration;
    return __coco_terminal_call(fd, act, COCO_TERMINAL_BREAK);
}

static int64_t drain(coco_handle_t handle, uint64_t action)
{
    return __coco_cp(COCO_SYS_TERMINAL_DO, handle, action, 0, 0, 0);
}

int tcdrain(int fd)
{
    return __coco_terminal_call(fd, drain, COCO_TERMINAL_WAIT);
}

// One of a few actions that are numbered from 0 in the header, and from `first` in the kernel.
static int choose(int fd, int wanted, int last, uint32_t first)
{
    struct coco_terminal_info info;
    if (__coco_terminal_info(fd, &info) < 0) {
        return -1;
    }
    if (wanted < 0 || wanted > last) {
        errno = EINVAL;
        return -1;
    }
    return __coco_terminal_call(fd, act, first + (uint32_t)wanted);
}

int tcflush(int fd, int queue)
{
    return choose(fd, queue, TCIOFLUSH, COCO_TERMINAL_FLUSH_INPUT);
}

int tcflow(int fd, int action)
{
    return choose(fd, action, TCION, COCO_TERMINAL_OUTPUT_OFF);
}
