// SPDX-License-Identifier: MIT
// Internet addresses and text.
#pragma once

#include <netinet/in.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Text to an address of AF_INET or AF_INET6. @return 1, 0 if it is none, or -1 with EAFNOSUPPORT
int inet_pton(int __family, const char *__restrict __text, void *__restrict __address);

/// An address to text. @return __text, or NULL with errno EAFNOSUPPORT or ENOSPC
const char *inet_ntop(int __family, const void *__restrict __address, char *__restrict __text,
                      socklen_t __size);

/// Text with one to four parts, each decimal, octal (0) or hexadecimal (0x), to an IPv4 address.
/// @return the address in network byte order, or INADDR_NONE
in_addr_t inet_addr(const char *__text);

/// An IPv4 address to text in a static buffer of the thread.
char *inet_ntoa(struct in_addr __address);

#if __BSD_VISIBLE || __GNU_VISIBLE
/// As inet_addr(). @return 1, or 0 if the text is no address
int inet_aton(const char *__text, struct in_addr *__address);
#endif

#ifdef __cplusplus
}
#endif
