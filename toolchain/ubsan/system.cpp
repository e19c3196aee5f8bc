// SPDX-License-Identifier: MIT
// What compiler-rt's sanitizer_common wants of a system, as far as the undefined-behaviour runtime
// calls it: on top of the C library. Its documentation is in sanitizer_common.h.
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sanitizer_common/sanitizer_atomic.h"
#include "sanitizer_common/sanitizer_common.h"
#include "sanitizer_common/sanitizer_flags.h"
#include "sanitizer_common/sanitizer_libc.h"
#include "sanitizer_common/sanitizer_stacktrace.h"
#include "sanitizer_common/sanitizer_symbolizer_markup_constants.h"

namespace __sanitizer
{
// --- process
// ----------------------------------------------------------------------------------------
void NORETURN Abort()
{
    abort();
}

void internal__exit(int code)
{
    _exit(code);
}

uptr internal_getpid()
{
    return (uptr)getpid();
}

tid_t GetTid()
{
    return GetThreadSelf();
}

uptr GetThreadSelf()
{
    return (uptr)pthread_self();
}

uptr internal_sched_yield()
{
    return (uptr)sched_yield();
}

void internal_usleep(u64 microseconds)
{
    usleep((useconds_t)microseconds);
}

const char *GetEnv(const char *name)
{
    return getenv(name);
}

// The kernel does not tell a program its own file's name.
uptr ReadBinaryName(char *buffer, uptr size)
{
    internal_strncpy(buffer, "program", size);
    return internal_strlen(buffer);
}

uptr ReadLongProcessName(char *buffer, uptr size)
{
    return ReadBinaryName(buffer, size);
}

void DumpProcessMap()
{
}

// --- reports
// ----------------------------------------------------------------------------------------
void CatastrophicErrorWrite(const char *text, uptr len)
{
    while (len > 0) {
        ssize_t written = write(STDERR_FILENO, text, len);
        if (written <= 0 && errno != EINTR) {
            return; // there is nobody left to tell
        }
        if (written > 0) {
            text += written;
            len -= (uptr)written;
        }
    }
}

// Frames are written as addresses in symbolizer markup. Whoever reads them has to know where the
// program was loaded: the elements for that, of which the runtime leaves the printing to its
// system.
static int write_context(struct dl_phdr_info *program, size_t, void *)
{
    char line[128];
    internal_snprintf(line, sizeof(line), kFormatModule, (uptr)0, "program", "");
    RawWrite("{{{reset}}}\n");
    RawWrite(line);
    RawWrite("\n");
    for (unsigned i = 0; i < program->dlpi_phnum; i++) {
        const ElfW(Phdr) &segment = program->dlpi_phdr[i];
        if (segment.p_type != PT_LOAD || !(segment.p_flags & PF_X)) {
            continue;
        }
        auto begin = (void *)(program->dlpi_addr + segment.p_vaddr);
        internal_snprintf(line, sizeof(line), kFormatMmap, begin, (uptr)segment.p_memsz, 0, "rx",
                          (uptr)segment.p_vaddr);
        RawWrite(line);
        RawWrite("\n");
    }
    return 0;
}

void RawWrite(const char *text)
{
    static atomic_uint8_t written;
    if (internal_strstr(text, "{{{bt:") && !atomic_exchange(&written, 1, memory_order_relaxed)) {
        dl_iterate_phdr(write_context, nullptr);
    }
    CatastrophicErrorWrite(text, internal_strlen(text));
}

// --- memory
// -----------------------------------------------------------------------------------------
uptr GetPageSize()
{
    return (uptr)sysconf(_SC_PAGESIZE);
}

static void *map(uptr size)
{
    void *mapped = mmap(nullptr, RoundUpTo(size, GetPageSizeCached()), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mapped == MAP_FAILED ? nullptr : mapped;
}

bool ErrorIsOOM(error_t error)
{
    return error == ENOMEM;
}

void *MmapOrDie(uptr size, const char *what, bool raw_report)
{
    void *mapped = map(size);
    if (!mapped) {
        ReportMmapFailureAndDie(size, what, "allocate", errno, raw_report);
    }
    return mapped;
}

void *MmapOrDieOnFatalError(uptr size, const char *)
{
    return map(size);
}

void *MmapAlignedOrDieOnFatalError(uptr size, uptr alignment, const char *)
{
    auto begin = (uptr)map(size + alignment);
    uptr aligned = RoundUpTo(begin, alignment);
    if (begin == 0) {
        return nullptr;
    }
    if (aligned > begin) {
        munmap((void *)begin, aligned - begin);
    }
    munmap((void *)(aligned + size), begin + alignment - aligned);
    return (void *)aligned;
}

void UnmapOrDie(void *address, uptr size, bool raw_report)
{
    if (address && munmap(address, RoundUpTo(size, GetPageSizeCached())) != 0) {
        ReportMunmapFailureAndDie(address, size, errno, raw_report);
    }
}

// The kernel looks whether memory can be read, by reading it: a write that cannot is EFAULT.
bool IsAccessibleMemoryRange(uptr begin, uptr size)
{
    int ends[2];
    bool readable = pipe(ends) == 0;
    if (!readable) {
        return false;
    }
    char byte;
    for (uptr at = begin; readable && at < begin + size;
         at = RoundDownTo(at, GetPageSizeCached()) + GetPageSizeCached()) {
        readable = write(ends[1], (const void *)at, 1) == 1 && read(ends[0], &byte, 1) == 1;
    }
    close(ends[0]);
    close(ends[1]);
    return readable;
}

// --- stacks
// -----------------------------------------------------------------------------------------
void GetThreadStackTopAndBottom(bool, uptr *top, uptr *bottom)
{
    pthread_attr_t attr;
    void *address = nullptr;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attr) == 0) {
        pthread_attr_getstack(&attr, &address, &size);
        pthread_attr_destroy(&attr);
    }
    *bottom = (uptr)address;
    *top = *bottom + size;
}

// All code keeps frame pointers.
void BufferedStackTrace::UnwindSlow(uptr pc, u32 max_depth)
{
    uptr top;
    uptr bottom;
    GetThreadStackTopAndBottom(false, &top, &bottom);
    UnwindFast(pc, GET_CURRENT_FRAME(), top, bottom, max_depth);
}

void BufferedStackTrace::UnwindSlow(uptr pc, void *, u32 max_depth)
{
    UnwindSlow(pc, max_depth);
}

// --- what is not there
// ------------------------------------------------------------------------------
// Reports go to standard error, options come from UBSAN_OPTIONS: a file that is asked for is
// refused.
bool ReadFileToBuffer(const char *, char **, uptr *, uptr *, uptr, error_t *error)
{
    if (error) {
        *error = ENOSYS;
    }
    return false;
}

void InitializePlatformEarly()
{
}

// A report stands in one line, without colours: what comes behind `coconut run` is often a file.
void InitializePlatformCommonFlags(CommonFlags *flags)
{
    flags->print_summary = false;
    flags->fast_unwind_on_fatal = true; // by frame pointers, from the mistake on
    if (internal_strcmp(flags->color, "auto") == 0) {
        flags->color = "never";
    }
}

void InitializeCoverage(bool, const char *)
{
}
} // namespace __sanitizer

extern "C" void __sanitizer_set_report_path(const char *path)
{
    if (path && strcmp(path, "stderr") != 0) {
        __sanitizer::Report("log_path is not there: reports go to standard error\n");
    }
}
