// SPDX-License-Identifier: MIT
// Mistakes on purpose. Compiled twice with -fsanitize=undefined: as add_reporting, which goes on
// after a report, and with -fno-sanitize-recover=all as add_fatal. With _FORTIFY_SOURCE in both.
#include <string.h>

#include "sanitized.h"

int ADD(int a, int b)
{
    return a + b;
}

#ifdef COPY
void COPY(const char *text)
{
    char small[8];
    strcpy(small, text);
    __asm__ volatile("" : : "r"(small) : "memory"); // the copy must happen
}
#endif
