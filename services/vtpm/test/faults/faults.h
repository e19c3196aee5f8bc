// SPDX-License-Identifier: MIT
// Allocations and random numbers under the test's control, in the library of calls that is linked
// with
// --wrap=malloc,calloc,free,getentropy.
#pragma once

/// Lets allocation number `number` (from 0) from now on fail, and all after it if `all_after` is
/// set; -1: none. Random numbers begin anew at the same place.
__attribute__((visibility("default"))) void faults_arm(long number, int all_after);

/// How many allocations there were since then.
__attribute__((visibility("default"))) long faults_counted(void);

#define NEEDLE 16

/// Lets random numbers fail from now on, or come again.
__attribute__((visibility("default"))) void faults_no_entropy(int fails);

/// Looks from now on for these NEEDLE bytes of a secret, in either order, in all memory that is
/// freed; NULL: no more. Returns how many freed blocks had them since the last call.
__attribute__((visibility("default"))) unsigned faults_watch(const unsigned char *secret);
