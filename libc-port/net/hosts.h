// SPDX-License-Identifier: MIT
// Questions to the database of hosts, which do not disturb gethostent().
#pragma once

#include <netdb.h>

/// Gives `next` each entry of the family, or of both (AF_UNSPEC), that has `name` as its name or an
/// alias, or, without a name, the address, until it answers false. The entry is valid during the
/// call.
void __coco_hosts_find(const char *name, int family, const void *address,
                       _Bool (*next)(void *context, const struct hostent *entry), void *context);
