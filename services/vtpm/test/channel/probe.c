// SPDX-License-Identifier: MIT
// Stands in for the service, under its manifest, and tries what this does not allow. Says in the
// log what works and should not, or the other way round; ends with the number of failures.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <coconut/coconut.h>
#include <coconut/service.h>

#define HANDLES 64
#define MEBIBYTE (1024u * 1024u)

static unsigned checks, failures;

static void check(const char *what, bool good)
{
    checks++;
    if (!good) {
        failures++;
        coco_service_log(COCO_LOG_ERROR, "failed: %s (errno %d)", what, errno);
    }
}

/// Whether a path cannot be opened, nor looked at.
static bool hidden(const char *path)
{
    struct stat about;
    int file = open(path, O_RDONLY);
    return file < 0 && stat(path, &about) != 0;
}

/// state: the directory that can be written, or NULL.
static void files(const char *state)
{
    static const char *const others[] = {"/bin",
                                         "/bin/vtpm-service",
                                         "/init",
                                         "/coconut",
                                         "/coconut/manifests/vtpm.manifest",
                                         "/etc",
                                         "/tmp",
                                         "/other",
                                         "/dev/null",
                                         "/dev/console",
                                         "/dev/ports/other"};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        check(others[i], hidden(others[i]));
    }
    check("a way up", hidden("/dev/../../bin/vtpm-service"));
    if (state == NULL) {
        check("a file", open("/elsewhere", O_RDWR | O_CREAT, 0600) < 0);
        return;
    }
    int file = open("/probe", O_RDWR | O_CREAT | O_TRUNC, 0600);
    check("a file in the state directory", file >= 0 && write(file, "x", 1) == 1);
    check("removing it", close(file) == 0 && unlink("/probe") == 0);
}

static void processes(void)
{
    pid_t child;
    char name[] = "/bin/vtpm-service";
    char *const arguments[] = {name, NULL};
    char *const environment[] = {NULL};
    check("posix_spawn", posix_spawn(&child, name, NULL, NULL, arguments, environment) != 0);
    check("execve", execve(name, arguments, environment) != 0);
    check("fork", fork() < 0);
    check("kill", kill(1, SIGKILL) != 0);
    check("process_kill", coco_process_kill(1, 9) == COCO_EDENIED);
    check("socket", socket(AF_UNIX, SOCK_STREAM, 0) < 0);
    check("system_halt", coco_system_halt(0, 0) == COCO_EDENIED);
    check("channel_create", coco_channel_create() == COCO_EDENIED);
}

/// What it was given: its log, and nothing that leads elsewhere.
static void handles(void)
{
    unsigned others = 0;
    for (coco_handle_t handle = 0; handle < HANDLES; handle++) {
        int64_t about = coco_handle_info(handle);
        others += !coco_is_error(about) && (uint32_t)about != COCO_OBJECT_LOG;
    }
    check("no handle but the log's", others == 0);
    check("no channel of another service", coco_service_used("tpm") == COCO_HANDLE_NONE);
}

static void memory(void)
{
    unsigned mapped = 0;
    while (mapped < 16 && mmap(NULL, MEBIBYTE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                               -1, 0) != MAP_FAILED) {
        mapped++;
    }
    check("no more memory than the budget", mapped < 8);
}

int main(int argc, char **argv)
{
    uint8_t random[16] = {0}, zero[16] = {0};
    const char *state = argc == 2 ? argv[1] : NULL;
    check("random numbers",
          getentropy(random, sizeof(random)) == 0 && memcmp(random, zero, 16) != 0);
    files(state);
    processes();
    handles();
    memory();
    coco_service_log(COCO_LOG_INFO, "%u checks, %u failures", checks, failures);
    return (int)failures;
}
