// SPDX-License-Identifier: MIT
// System V's shared memory.
#pragma once

#include <sys/ipc.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SHM_RDONLY 010000
#define SHM_RND 020000
#define SHMLBA 4096 /* addresses are multiples of it */

typedef unsigned short shmatt_t;

struct shmid_ds {
    struct ipc_perm shm_perm;
    size_t shm_segsz; /* bytes */
    pid_t shm_lpid;   /* the last that attached or detached */
    pid_t shm_cpid;
    shmatt_t shm_nattch;
    time_t shm_atime;
    time_t shm_dtime;
    time_t shm_ctime;
};

/// The segment of a key, created with IPC_CREAT. Returns its id, or -1 with errno EEXIST, EINVAL,
/// ENOENT, ENOMEM, ENOSPC.
int shmget(key_t __key, size_t __size, int __flags);
/// Map a segment, at an address or (NULL) anywhere. Returns the address, or (void *)-1 with errno.
void *shmat(int __id, const void *__address, int __flags);
/// Unmap what shmat() mapped. Returns 0, or -1 with EINVAL.
int shmdt(const void *__address);
/// IPC_STAT, IPC_SET, IPC_RMID; a removed segment goes with its last user. Returns 0, or -1 with
/// EINVAL.
int shmctl(int __id, int __command, struct shmid_ds *__state);

#ifdef __cplusplus
}
#endif
