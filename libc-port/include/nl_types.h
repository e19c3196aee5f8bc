// SPDX-License-Identifier: MIT
// Message catalogues: there is no program that makes them, so none can be opened.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

typedef void *nl_catd;
typedef int nl_item;

#define NL_SETD 1
#define NL_CAT_LOCALE 1

/// Always (nl_catd)-1 with errno ENOENT.
nl_catd catopen(const char *__name, int __flag);
/// The text that the caller gives.
char *catgets(nl_catd __catalogue, int __set, int __message, const char *__text);
/// Always -1 with errno EBADF.
int catclose(nl_catd __catalogue);

#ifdef __cplusplus
}
#endif
