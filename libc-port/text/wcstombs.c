// SPDX-License-Identifier: MIT
// wcstombs(): newlib's fills the last bytes with a part of a character.
#include <stdlib.h>
#include <wchar.h>

size_t wcstombs(char *restrict out, const wchar_t *restrict text, size_t size)
{
    mbstate_t state = {0};
    const wchar_t *rest = text;
    return wcsrtombs(out, &rest, size, &state);
}
