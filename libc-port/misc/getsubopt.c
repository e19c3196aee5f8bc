// SPDX-License-Identifier: MIT
// getsubopt(): newlib's gives no text for a part that is not in the list.
#include <stdlib.h>
#include <string.h>

char *suboptarg; // the part as a whole; newlib declares it, POSIX does not know it

int getsubopt(char **rest, char *const *names, char **value)
{
    char *part = *rest;
    char *end = strchrnul(part, ',');
    *rest = *end ? end + 1 : end;
    *end = '\0';
    suboptarg = part;
    char *equals = strchrnul(part, '=');
    size_t len = (size_t)(equals - part);
    for (int i = 0; names[i]; i++) {
        if (strncmp(names[i], part, len) == 0 && names[i][len] == '\0') {
            *value = *equals ? equals + 1 : NULL;
            return i;
        }
    }
    *value = part;
    return -1;
}
