// SPDX-License-Identifier: MIT
// A library of the facade's calls in which the test says which of the processor's instructions are
// there.
#pragma once

#define WAY_ASKED 0x80000000u ///< the facade has looked since the last use_way()

/// From now on the facade finds only `allowed`, bits of enum facade_cpu, of what the processor has.
/// Returns what it has, and WAY_ASKED.
__attribute__((visibility("default"))) unsigned use_way(unsigned allowed);
