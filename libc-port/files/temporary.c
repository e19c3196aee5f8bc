// SPDX-License-Identifier: MIT
// Names for temporary files. newlib's mkdtemp() always fails, and its names are made of the number
// of the process, which anybody can guess.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PLACES_MIN 6
// So many names in a row that exist are no chance: there are 62 to the power of 6.
#define ATTEMPTS_MAX 100

/* Makes something new of a name; returns a descriptor or 0, or -1 with errno. */
typedef int maker(const char *name, int flags);

static int make_file(const char *name, int flags)
{
    return open(name, (flags & ~O_ACCMODE) | O_RDWR | O_CREAT | O_EXCL, 0600);
}

static int make_directory(const char *name, int flags)
{
    (void)flags;
    return mkdir(name, 0700);
}

/* Makes nothing: tells whether there is nothing of that name. */
static int make_nothing(const char *name, int flags)
{
    struct stat state;
    (void)flags;
    if (lstat(name, &state) == 0) {
        errno = EEXIST;
        return -1;
    }
    return errno == ENOENT ? 0 : -1;
}

static int fill(char *places, size_t count)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    unsigned char chance[16];
    for (size_t i = 0; i < count; i++) {
        if (i % sizeof(chance) == 0 && getentropy(chance, sizeof(chance)) < 0) {
            return -1;
        }
        places[i] = letters[chance[i % sizeof(chance)] % (sizeof(letters) - 1)];
    }
    return 0;
}

/* Replaces the X's before the last `suffix` bytes until `make` finds no such name yet; returns what
 * it does. */
static int make_new(char *template, int suffix, int flags, maker *make)
{
    size_t end = strlen(template);
    if (suffix < 0 || (size_t)suffix > end) {
        errno = EINVAL;
        return -1;
    }
    end -= (size_t)suffix;
    size_t start = end;
    while (start > 0 && template[start - 1] == 'X') {
        start--;
    }
    if (end - start < PLACES_MIN) {
        errno = EINVAL;
        return -1;
    }
    int before = errno;
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        if (fill(template + start, end - start) < 0) {
            return -1;
        }
        int made = make(template, flags);
        if (made >= 0) {
            errno = before;
            return made;
        }
        if (errno != EEXIST) {
            return -1;
        }
    }
    return -1;
}

int mkostemps(char *template, int suffix, int flags)
{
    return make_new(template, suffix, flags, make_file);
}

int mkostemp(char *template, int flags)
{
    return make_new(template, 0, flags, make_file);
}

int mkstemps(char *template, int suffix)
{
    return make_new(template, suffix, 0, make_file);
}

int mkstemp(char *template)
{
    return make_new(template, 0, 0, make_file);
}

char *mkdtemp(char *template)
{
    return make_new(template, 0, 0, make_directory) < 0 ? NULL : template;
}

char *mktemp(char *template)
{
    if (make_new(template, 0, 0, make_nothing) < 0) {
        template[0] = '\0';
    }
    return template;
}
