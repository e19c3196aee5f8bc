// SPDX-License-Identifier: MIT
// Leaving a thread's frames the way an exception would.
#pragma once

/// Destroy what the frames of the calling thread hold: C++ objects, variables with a cleanup
/// attribute. Catch clauses do not run.
/// @param end  ends the thread and does not return; called once no frame is left
///
/// Returns, having done nothing, in a program without an unwinder, which has nothing to destroy;
/// and from where it got to if the frames cannot be followed.
void __coco_unwind_frames(void (*end)(void));
