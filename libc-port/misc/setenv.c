// SPDX-License-Identifier: MIT
// setenv() and unsetenv(): newlib's take an empty name.
#include <errno.h>
#include <reent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_name(const char *name)
{
    bool good = name && *name != '\0' && !strchr(name, '=');
    if (!good) {
        errno = EINVAL;
    }
    return good;
}

int setenv(const char *name, const char *value, int replace)
{
    return is_name(name) ? _setenv_r(_REENT, name, value, replace) : -1;
}

int unsetenv(const char *name)
{
    return is_name(name) ? _unsetenv_r(_REENT, name) : -1;
}
