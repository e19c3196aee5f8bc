// SPDX-License-Identifier: MIT
// setenv(), unsetenv() and putenv(). newlib's write values into strings, and resize an array, that
// are the program's; its putenv() copies.
//
// `environ` and the strings in it may be anybody's. Only pointers in it are changed, and it gets
// longer by moving into an array made here. What was made here stays for good, because a thread may
// be reading it, as tzset() does, or the program may have kept its address: an array is twice as
// long as the one before, and a string serves again when the same name gets the same value.
#include <envlock.h>
#include <errno.h>
#include <reent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SPARE 16u /* entries that a new array has room for at least */
#define BUCKETS 64u

/// A string of setenv()'s.
struct made {
    struct made *next;
    char text[];
};

static struct made *made[BUCKETS]; // by what they say
static char **owned;               // the array made last
static size_t owned_room;

static bool is_name(const char *name)
{
    bool good = name && *name != '\0' && !strchr(name, '=');
    if (!good) {
        errno = EINVAL;
    }
    return good;
}

static char **find(const char *name, size_t len)
{
    char **entry = environ;
    while (entry && *entry && (strncmp(*entry, name, len) != 0 || (*entry)[len] != '=')) {
        entry++;
    }
    return entry && *entry ? entry : NULL;
}

static bool append(char *text)
{
    size_t count = 0;
    while (environ && environ[count]) {
        count++;
    }
    if (environ != owned || count + 2 > owned_room) {
        size_t room = 2 * count + SPARE;
        char **array = malloc(room * sizeof(*array));
        if (!array) {
            return false;
        }
        if (count > 0) {
            memcpy(array, environ, count * sizeof(*array));
        }
        owned = array;
        owned_room = room;
    }
    owned[count + 1] = NULL;
    owned[count] = text;
    environ = owned;
    return true;
}

// Put "name=value" in the place of what has the name, or behind all.
static bool put(char *text, size_t len)
{
    char **entry = find(text, len);
    if (entry) {
        *entry = text;
    }
    return entry || append(text);
}

static struct made **bucket_of(const char *name, const char *value)
{
    size_t hash = 0;
    for (; *name != '\0'; name++) {
        hash = hash * 31 + (unsigned char)*name;
    }
    for (; *value != '\0'; value++) {
        hash = hash * 31 + (unsigned char)*value;
    }
    return &made[hash % BUCKETS];
}

// "name=value", made now or before; NULL if there is no memory.
static char *make(const char *name, size_t len, const char *value)
{
    struct made **bucket = bucket_of(name, value);
    for (struct made *old = *bucket; old; old = old->next) {
        if (strncmp(old->text, name, len) == 0 && old->text[len] == '=' &&
            strcmp(old->text + len + 1, value) == 0) {
            return old->text;
        }
    }
    size_t value_size = strlen(value) + 1;
    struct made *fresh = malloc(sizeof(*fresh) + len + 1 + value_size);
    if (!fresh) {
        return NULL;
    }
    memcpy(fresh->text, name, len);
    fresh->text[len] = '=';
    memcpy(fresh->text + len + 1, value, value_size);
    fresh->next = *bucket;
    *bucket = fresh;
    return fresh->text;
}

static bool set(const char *name, const char *value, bool replace)
{
    size_t len = strlen(name);
    if (!replace && find(name, len)) {
        return true;
    }
    char *text = make(name, len, value);
    return text && put(text, len);
}

int setenv(const char *name, const char *value, int replace)
{
    if (!is_name(name)) {
        return -1;
    }
    __env_lock(_REENT);
    bool good = set(name, value, replace != 0);
    __env_unlock(_REENT);
    return good ? 0 : -1;
}

int unsetenv(const char *name)
{
    if (!is_name(name)) {
        return -1;
    }
    __env_lock(_REENT);
    size_t len = strlen(name);
    for (char **entry = find(name, len); entry; entry = find(name, len)) {
        for (; *entry; entry++) {
            entry[0] = entry[1];
        }
    }
    __env_unlock(_REENT);
    return 0;
}

int putenv(char *text)
{
    const char *end = strchr(text, '=');
    if (!end) {
        return unsetenv(text); // as others do
    }
    if (end == text) {
        errno = EINVAL;
        return -1;
    }
    __env_lock(_REENT);
    bool good = put(text, (size_t)(end - text));
    __env_unlock(_REENT);
    return good ? 0 : -1;
}
