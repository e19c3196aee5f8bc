// SPDX-License-Identifier: MIT
// Network interfaces: there are none.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

#define IF_NAMESIZE 16

struct if_nameindex {
    unsigned if_index;
    char *if_name;
};

/// Always 0 with errno ENODEV.
unsigned if_nametoindex(const char *__name);
/// Always NULL with errno ENXIO.
char *if_indextoname(unsigned __index, char *__name);
/// The empty list, for if_freenameindex(); NULL with errno if memory is out.
struct if_nameindex *if_nameindex(void);
void if_freenameindex(struct if_nameindex *__list);

#ifdef __cplusplus
}
#endif
