// SPDX-License-Identifier: MIT
// XSI's DES, which protects nothing any more.
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "../private/absent.h"

COCO_ABSENT(crypt, "crypt, encrypt, setkey");

char *crypt(const char *key, const char *salt)
{
    (void)key;
    (void)salt;
    errno = ENOSYS;
    return NULL;
}

void encrypt(char *block, int decrypt)
{
    (void)block;
    (void)decrypt;
    errno = ENOSYS;
}

void setkey(const char *key)
{
    (void)key;
    errno = ENOSYS;
}
