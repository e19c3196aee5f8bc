// SPDX-License-Identifier: MIT
// What the kinds of System V's interprocess communication share.
#pragma once

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define IPC_CREAT 01000 /* create the object if the key has none */
#define IPC_EXCL 02000  /* fail if it has one */
#define IPC_NOWAIT 04000
#define IPC_PRIVATE ((key_t)0)
#define IPC_RMID 0
#define IPC_SET 1
#define IPC_STAT 2

struct ipc_perm {
    uid_t uid;
    gid_t gid;
    uid_t cuid;
    gid_t cgid;
    mode_t mode;
    key_t __key;
};

/// A key from a file and a number of 1 to 255. Returns it, or -1 with the errno of stat().
key_t ftok(const char *__path, int __number);

#ifdef __cplusplus
}
#endif
