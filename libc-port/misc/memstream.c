// SPDX-License-Identifier: MIT
// open_memstream() and open_wmemstream(). newlib's wide one holds bytes, its other one cuts what
// was written off where the position is when it is closed.
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define FIRST_ROOM 64u /* characters */

struct memory {
    char **text;     // the caller's; or
    wchar_t **wide;  // the caller's; one is NULL
    size_t *size;    // the caller's: characters before the position, or the end if that is nearer
    char *data;      // room characters; behind the last one written stands a null character
    size_t unit;     // bytes of a character
    size_t position; // in characters, as what follows
    size_t len;
    size_t room;
    mbstate_t state; // of a wide character that came in part
};

static void publish(const struct memory *memory)
{
    if (memory->wide) {
        *memory->wide = (wchar_t *)(void *)memory->data;
    } else {
        *memory->text = memory->data;
    }
    *memory->size = memory->position < memory->len ? memory->position : memory->len;
}

/* Room for `len` characters and a null behind them. */
static bool reserve(struct memory *memory, size_t len)
{
    if (len < memory->room) {
        return true;
    }
    size_t room = memory->room + memory->room / 2;
    room = room > len ? room : len + 1;
    char *data = reallocarray(memory->data, room, memory->unit);
    if (data) {
        memory->data = data;
        memory->room = room;
    }
    return data != NULL;
}

static bool append(struct memory *memory, const void *characters, size_t count)
{
    size_t end;
    if (__builtin_add_overflow(memory->position, count, &end) ||
        end >= PTRDIFF_MAX / memory->unit) {
        errno = EFBIG;
        return false;
    }
    if (!reserve(memory, end)) {
        return false;
    }
    size_t unit = memory->unit;
    if (memory->position > memory->len) {
        memset(memory->data + memory->len * unit, 0, (memory->position - memory->len) * unit);
    }
    memcpy(memory->data + memory->position * unit, characters, count * unit);
    memory->position = end;
    if (end > memory->len) {
        memory->len = end;
        memset(memory->data + end * unit, 0, unit);
    }
    return true;
}

// newlib's wide functions give bytes to a stream, in the codeset of the locale.
static bool append_wide(struct memory *memory, const char *bytes, size_t count)
{
    while (count > 0) {
        wchar_t wide;
        size_t used = mbrtowc(&wide, bytes, count, &memory->state);
        if (used == (size_t)-1) {
            return false;
        }
        if (used == (size_t)-2) {
            return true;
        }
        used = used ? used : 1; // a null character
        if (!append(memory, &wide, 1)) {
            return false;
        }
        bytes += used;
        count -= used;
    }
    return true;
}

static ssize_t take(void *cookie, const char *bytes, size_t count)
{
    struct memory *memory = cookie;
    bool done = memory->wide ? append_wide(memory, bytes, count) : append(memory, bytes, count);
    publish(memory);
    return done ? (ssize_t)count : -1;
}

static int move(void *cookie, off_t *offset, int whence)
{
    struct memory *memory = cookie;
    size_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? memory->position : memory->len;
    off_t to;
    if (__builtin_add_overflow(*offset, (off_t)from, &to) || to < 0) {
        errno = EINVAL;
        return -1;
    }
    memory->position = (size_t)to;
    *offset = to;
    publish(memory);
    return 0;
}

static int end(void *cookie)
{
    publish(cookie); // the text is the caller's from now on
    free(cookie);
    return 0;
}

/* Takes `memory`, of which text or wide, and size are set. */
static FILE *start(struct memory *memory, size_t unit)
{
    static const cookie_io_functions_t calls = {NULL, take, move, end};
    FILE *stream = NULL;
    memory->unit = unit;
    if (reserve(memory, FIRST_ROOM - 1)) {
        memset(memory->data, 0, unit);
        stream = fopencookie(memory, "w", calls);
    }
    if (!stream) {
        free(memory->data);
        free(memory);
        return NULL;
    }
    fwide(stream, memory->wide ? 1 : -1);
    if (memory->wide) { // positions count characters: none of their bytes may wait in a buffer
        setvbuf(stream, NULL, _IONBF, 0);
    }
    publish(memory);
    return stream;
}

static struct memory *make(const void *text, size_t *size)
{
    if (!text || !size) {
        errno = EINVAL;
        return NULL;
    }
    struct memory *memory = calloc(1, sizeof(*memory));
    if (memory) {
        memory->size = size;
    }
    return memory;
}

FILE *open_memstream(char **text, size_t *size)
{
    struct memory *memory = make(text, size);
    if (!memory) {
        return NULL;
    }
    memory->text = text;
    return start(memory, sizeof(char));
}

FILE *open_wmemstream(wchar_t **text, size_t *size)
{
    struct memory *memory = make(text, size);
    if (!memory) {
        return NULL;
    }
    memory->wide = text;
    return start(memory, sizeof(wchar_t));
}
