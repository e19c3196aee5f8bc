// SPDX-License-Identifier: MIT
// Mistakes on purpose. Compiled with -fsanitize=undefined once for each of the functions add_*.
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
