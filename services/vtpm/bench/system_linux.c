// SPDX-License-Identifier: MIT
// On Linux: libtpms with OpenSSL, its state in files. What the service is here, tpm.h, without its
// locks and checks.
#include "commands.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libtpms/tpm_error.h>
#include <libtpms/tpm_library.h>
#include <libtpms/tpm_nvfilename.h>
#include <openssl/rand.h>

#include "sequence.h"
#include "tpm.h"

static const char *folder;

static TPM_RESULT nothing(void)
{
    return TPM_SUCCESS;
}

static TPM_RESULT load(unsigned char **data, uint32_t *length, uint32_t tpm, const char *name)
{
    char path[128];
    struct stat about;
    (void)tpm;
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    int file = open(path, O_RDONLY);
    if (file < 0) {
        return TPM_RETRY;
    }
    if (fstat(file, &about) != 0 || (*data = malloc((size_t)about.st_size)) == NULL ||
        read(file, *data, (size_t)about.st_size) != about.st_size || close(file) != 0) {
        return TPM_FAIL;
    }
    *length = (uint32_t)about.st_size;
    return TPM_SUCCESS;
}

static TPM_RESULT store(const unsigned char *data, uint32_t length, uint32_t tpm, const char *name)
{
    char path[128], fresh[136];
    (void)tpm;
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    (void)snprintf(fresh, sizeof(fresh), "%s.new", path);
    int file = open(fresh, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || write(file, data, length) != (ssize_t)length || fsync(file) != 0 ||
        close(file) != 0) {
        return TPM_FAIL;
    }
    return rename(fresh, path) == 0 ? TPM_SUCCESS : TPM_FAIL;
}

static TPM_RESULT forget(uint32_t tpm, const char *name, TPM_BOOL must_exist)
{
    (void)tpm;
    (void)name;
    (void)must_exist;
    return TPM_SUCCESS;
}

int tpm_open(const char *directory)
{
    static struct libtpms_callbacks callbacks = {
        .sizeOfStruct = sizeof(callbacks),
        .tpm_nvram_init = nothing,
        .tpm_nvram_loaddata = load,
        .tpm_nvram_storedata = store,
        .tpm_nvram_deletename = forget,
        .tpm_io_init = nothing,
    };
    folder = directory;
    return TPMLIB_ChooseTPMVersion(TPMLIB_TPM_VERSION_2) == TPM_SUCCESS &&
                   TPMLIB_RegisterCallbacks(&callbacks) == TPM_SUCCESS
               ? 0
               : -1;
}

int tpm_power_on(void)
{
    return TPMLIB_MainInit() == TPM_SUCCESS &&
                   TPMLIB_SetBufferSize(TPM_MOST, NULL, NULL) == TPM_MOST
               ? 0
               : -1;
}

size_t tpm_execute(uint8_t locality, const uint8_t *command, size_t size, uint8_t *response)
{
    static unsigned char *buffer;
    static uint32_t room;
    static uint8_t copy[TPM_MOST];
    uint32_t length = 0;
    (void)locality;
    memcpy(copy, command, size);
    if (TPMLIB_Process(&buffer, &length, &room, copy, (uint32_t)size) != TPM_SUCCESS ||
        length > TPM_MOST) {
        return 0;
    }
    memcpy(response, buffer, length);
    return length;
}

static int draw(unsigned char *to, int size)
{
    sequence_draw(to, (size_t)size);
    return 1;
}

static int always(void)
{
    return 1;
}

void system_same_random(bool on)
{
    static const RAND_METHOD same = {.bytes = draw, .pseudorand = draw, .status = always};
    (void)RAND_set_rand_method(on ? &same : NULL);
}

static int tell_memory(const char *mark)
{
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0) {
        return -1;
    }
    (void)printf("M %s %ld\n", mark, usage.ru_maxrss * 1024);
    return fflush(stdout);
}

int system_measure(void)
{
    return tell_memory("memory") == 0 && commands_heavy() == 0 ? tell_memory("memory_most") : -1;
}

int system_measure_service(const char *program)
{
    (void)program;
    return 0;
}

int system_serve(void)
{
    return -1;
}
