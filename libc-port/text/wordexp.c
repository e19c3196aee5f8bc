// SPDX-License-Identifier: MIT
// Expansion of words as a shell does it is refused: there is no shell.
#include <wordexp.h>

int wordexp(const char *restrict words, wordexp_t *restrict out, int flags)
{
    (void)words;
    (void)flags;
    if ((flags & WRDE_APPEND) == 0) {
        *out = (wordexp_t){.we_offs = (flags & WRDE_DOOFFS) ? out->we_offs : 0};
    }
    return WRDE_NOSYS;
}

void wordfree(wordexp_t *words)
{
    (void)words; // nothing was ever allocated
}
