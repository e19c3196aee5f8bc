// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stddef.h>
#include <utmpx.h>

void setutxent(void)
{
}

void endutxent(void)
{
}

struct utmpx *getutxent(void)
{
    return NULL;
}

struct utmpx *getutxid(const struct utmpx *wanted)
{
    (void)wanted;
    return NULL;
}

struct utmpx *getutxline(const struct utmpx *wanted)
{
    (void)wanted;
    return NULL;
}

struct utmpx *pututxline(const struct utmpx *entry)
{
    (void)entry;
    errno = EPERM;
    return NULL;
}
