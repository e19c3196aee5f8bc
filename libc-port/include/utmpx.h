// SPDX-License-Identifier: MIT
// Accounting of users: there is none, so the database is empty and takes nothing.
#pragma once

#include <sys/time.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct utmpx {
    char ut_user[32];
    char ut_id[8];
    char ut_line[32];
    pid_t ut_pid;
    short ut_type;
    struct timeval ut_tv;
};

#define EMPTY 0
#define BOOT_TIME 1
#define OLD_TIME 2
#define NEW_TIME 3
#define USER_PROCESS 4
#define INIT_PROCESS 5
#define LOGIN_PROCESS 6
#define DEAD_PROCESS 7

void setutxent(void);
void endutxent(void);
/// Always NULL: the end of the database.
struct utmpx *getutxent(void);
struct utmpx *getutxid(const struct utmpx *__wanted);
struct utmpx *getutxline(const struct utmpx *__wanted);
/// Always NULL with errno EPERM.
struct utmpx *pututxline(const struct utmpx *__entry);

#ifdef __cplusplus
}
#endif
