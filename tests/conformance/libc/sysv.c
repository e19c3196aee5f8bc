// SPDX-License-Identifier: MIT
// System V's shared memory.
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define KEY ((key_t)0x5eed)
#define SIZE 10000

static bool fails(long result, int error)
{
    return result == -1 && errno == error;
}

static unsigned attached(int id)
{
    struct shmid_ds state;
    return shmctl(id, IPC_STAT, &state) == 0 ? state.shm_nattch : 99;
}

static void test_get(int id)
{
    struct shmid_ds state;

    CHECK("sysv.same", shmget(KEY, SIZE, 0) == id && shmget(KEY, 0, IPC_CREAT) == id);
    CHECK("sysv.exclusive", fails(shmget(KEY, SIZE, IPC_CREAT | IPC_EXCL), EEXIST));
    CHECK("sysv.none", fails(shmget(KEY + 1, SIZE, 0), ENOENT));
    CHECK("sysv.size",
          fails(shmget(KEY, SIZE + 1, 0), EINVAL) && fails(shmget(IPC_PRIVATE, 0, 0), EINVAL));
    CHECK("sysv.state", shmctl(id, IPC_STAT, &state) == 0 && state.shm_segsz == SIZE &&
                            state.shm_cpid == getpid() && state.shm_nattch == 0 &&
                            state.shm_perm.mode == 0640 && state.shm_atime == 0);
    state.shm_perm.mode = 0600;
    CHECK("sysv.set", shmctl(id, IPC_SET, &state) == 0 && shmctl(id, IPC_STAT, &state) == 0 &&
                          state.shm_perm.mode == 0600);
    CHECK("sysv.invalid", fails(shmctl(-1, IPC_STAT, &state), EINVAL) &&
                              fails(shmctl(id, 99, &state), EINVAL) &&
                              fails((long)shmat(id + 1, NULL, 0), EINVAL));
}

static void run_child(const char *name, int id, char *memory, bool killed)
{
    int status = -1;
    pid_t child = fork();

    if (child == 0) {
        unsigned before = attached(id);
        strcpy(memory, "child");
        if (killed) {
            raise(SIGKILL);
        }
        _exit(before == 2 && shmdt(memory) == 0 && attached(id) == 1 ? 0 : 1);
    }
    waitpid(child, &status, 0);
    CHECK(name, strcmp(memory, "child") == 0 && attached(id) == 1 &&
                    (killed ? WIFSIGNALED(status) : status == 0));
    memory[0] = '\0';
}

void area_sysv(void)
{
    int id = shmget(KEY, SIZE, IPC_CREAT | IPC_EXCL | 0640);

    if (!CHECK("sysv.create", id >= 0)) {
        return;
    }
    test_get(id);
    char *memory = shmat(id, NULL, 0);
    if (!CHECK("sysv.attach", memory != (void *)-1 && memory[SIZE - 1] == 0 && attached(id) == 1)) {
        return;
    }
    run_child("sysv.child", id, memory, false);
    run_child("sysv.killed", id, memory, true);
    const char *again = shmat(id, NULL, SHM_RDONLY);
    strcpy(memory, "twice");
    CHECK("sysv.twice", again != (void *)-1 && again != memory && strcmp(again, "twice") == 0 &&
                            attached(id) == 2);
    CHECK("sysv.address", fails((long)shmat(id, memory + 1, 0), EINVAL) &&
                              fails((long)shmat(id, memory, 0), EINVAL) && attached(id) == 2);
    CHECK("sysv.detach", shmdt(again) == 0 && fails(shmdt(again), EINVAL) && attached(id) == 1);
    CHECK("sysv.remove", shmctl(id, IPC_RMID, NULL) == 0 && fails(shmget(KEY, SIZE, 0), ENOENT) &&
                             strcmp(memory, "twice") == 0);
    CHECK("sysv.gone", shmdt(memory) == 0 && fails(shmctl(id, IPC_RMID, NULL), EINVAL));
    CHECK("sysv.key", ftok("/", 1) != ftok("/", 2) && fails(ftok("/none", 1), ENOENT));
}
