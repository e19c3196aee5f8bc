// SPDX-License-Identifier: MIT
// What newlib's stdio has under other names or as macros only.
#include <reent.h>
#include <stdio.h>
#include <sys/lock.h>

void __sinit(struct _reent *reent); // newlib's, in no header

// newlib sets its streams, and their locks, up at a thread's first use of one of its own functions.
static void set_up(void)
{
    if (!_REENT_CLEANUP(_REENT)) {
        __sinit(_REENT);
    }
}

void flockfile(FILE *stream)
{
    set_up();
    __lock_acquire_recursive(stream->_lock);
}

void funlockfile(FILE *stream)
{
    __lock_release_recursive(stream->_lock);
}

int ftrylockfile(FILE *stream)
{
    set_up();
    return !__lock_try_acquire_recursive(stream->_lock);
}

ssize_t getdelim(char **line, size_t *size, int delimiter, FILE *stream)
{
    return __getdelim(line, size, delimiter, stream);
}

ssize_t getline(char **line, size_t *size, FILE *stream)
{
    return __getdelim(line, size, '\n', stream);
}
