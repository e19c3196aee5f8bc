// SPDX-License-Identifier: MIT
// Leaving a thread's frames the way an exception would.
#pragma once

/// Destroy what the frames of the calling thread hold: C++ objects, variables with a cleanup
/// attribute. Cleanup handlers run when the frame is reached that pushed them. Of catch clauses
/// only `catch (...)` runs; however it is left, the frames around it are left next. A frame that is
/// not to be left so, a function that is noexcept, ends in std::terminate().
/// @param end  ends the thread and does not return; called once no frame is left
///
/// Returns, having done nothing, in a program without an unwinder, which has nothing to destroy;
/// and from where it got to if the frames cannot be followed.
void __coco_unwind_frames(void (*end)(void));

/// Run the calling thread's cleanup handlers, the newest first.
/// @param below  only those whose context lies below this address; NULL: all
void __coco_cleanup_run(const void *below);
