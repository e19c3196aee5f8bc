// SPDX-License-Identifier: MIT
// From a wide character to UTF-8: newlib's function, which writes halves of UTF-16 pairs as if they
// were characters. Its name there is another (CMakeLists.txt).
#include <errno.h>
#include <reent.h>
#include <wchar.h>

int __coco_newlib_utf8_wctomb(struct _reent *, char *, wchar_t, mbstate_t *);
int __utf8_wctomb(struct _reent *, char *, wchar_t, mbstate_t *);

int __utf8_wctomb(struct _reent *reent, char *out, wchar_t wide, mbstate_t *state)
{
    if (out && wide >= 0xd800 && wide <= 0xdfff) {
        errno = EILSEQ;
        return -1;
    }
    return __coco_newlib_utf8_wctomb(reent, out, wide, state);
}
