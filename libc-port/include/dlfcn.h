// SPDX-License-Identifier: MIT
// Programs are static: there is nothing to load, but addresses can be looked up.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

#define RTLD_LAZY 1
#define RTLD_NOW 2
#define RTLD_GLOBAL 0x100
#define RTLD_LOCAL 0
#define RTLD_DEFAULT ((void *)0)
#define RTLD_NEXT ((void *)-1L)

typedef struct {
    const char *dli_fname; /* "", which names the program itself, as in dl_iterate_phdr() */
    void *dli_fbase;       /* where it is loaded */
    const char *dli_sname; /* NULL: there is no table of symbols at run time */
    void *dli_saddr;       /* NULL */
} Dl_info;

/// What an address belongs to. Thread-safe.
/// @return 1 if it lies in the program, 0 if not; *info is filled in only then
int dladdr(const void *__address, Dl_info *__info);

/// Always NULL: there are no shared libraries. dlerror() says so.
void *dlopen(const char *__file, int __mode);

/// Always NULL, with a text for dlerror().
void *dlsym(void *__handle, const char *__name);

/// Always -1, with a text for dlerror().
int dlclose(void *__handle);

/// What went wrong in the calling thread's last dl call, or NULL; each text is given once.
char *dlerror(void);

#ifdef __cplusplus
}
#endif
