// SPDX-License-Identifier: MIT
// setlocale(), one thread at a time. What it returns is overwritten by the next call that sets.
#include <locale.h>

#include "../private/fork.h"
#include "../private/lock.h"

char *__newlib_setlocale(int category, const char *name); // see ../newlib/localefix.h

struct coco_lock __coco_locale_lock;

char *setlocale(int category, const char *name)
{
    __coco_lock(&__coco_locale_lock);
    char *result = __newlib_setlocale(category, name);
    __coco_unlock(&__coco_locale_lock);
    return result;
}
