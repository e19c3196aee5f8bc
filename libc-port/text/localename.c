// SPDX-License-Identifier: MIT
// getlocalename_l(): newlib's has a name of its own (CMakeLists.txt), as it takes LC_GLOBAL_LOCALE
// for the address of an object.
#include <locale.h>
#include <string.h>

#define LONGEST 32 /* bytes of a locale's name with its null byte, as in newlib */

const char *__coco_newlib_localename(int category, locale_t locale);

const char *getlocalename_l(int category, locale_t locale)
{
    static _Thread_local char name[LONGEST];
    if (locale != LC_GLOBAL_LOCALE) {
        return __coco_newlib_localename(category, locale);
    }
    const char *global = category == LC_ALL ? NULL : setlocale(category, NULL);
    if (!global) {
        return NULL;
    }
    strlcpy(name, global, sizeof(name));
    return name;
}
