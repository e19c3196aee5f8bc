// SPDX-License-Identifier: MIT
//! What Rust has to know of the system: the instruction, numbers, and layouts, written from docs/abi. check.py compares
//! them with the tables of the SDK.

use core::arch::asm;

pub const PROCESS_USAGE: u64 = 0x8000_0001_0000_0023;
pub const THREAD_ID: u64 = 0x8000_0003_0000_0004;
pub const CLOCK_GET: u64 = 0x8000_0007_0000_0000;

/// `which` of `process_usage`.
pub const USAGE_PROCESS: u32 = 0;
/// Errors are -65535..-1; this is the one that the sample makes.
pub const ENOTFOUND: i64 = -7;

/// `struct coco_usage`, what `process_usage` writes.
#[repr(C)]
#[derive(Default)]
pub struct Usage {
    pub user: u64,
    pub system: u64,
    pub children_user: u64,
    pub children_system: u64,
}

/// Makes the call `number`. Registers behind the last argument are not looked at.
///
/// # Safety
/// What is passed as an address must be one that the call may read or write.
pub unsafe fn call(number: u64, arguments: [u64; 5]) -> i64 {
    let result: i64;
    asm!("int 0x80", inlateout("rax") number as i64 => result,
         in("rdi") arguments[0], in("rsi") arguments[1], in("r8") arguments[2], in("r9") arguments[3],
         in("r10") arguments[4], lateout("rcx") _, lateout("r11") _, options(nostack));
    result
}

/// The id of the calling thread.
pub fn thread_id() -> i64 {
    unsafe { call(THREAD_ID, [0; 5]) }
}

/// A clock in nanoseconds, or an error.
pub fn clock_get(clock: u32) -> Result<i64, i64> {
    let result = unsafe { call(CLOCK_GET, [clock as u64, 0, 0, 0, 0]) };
    if (-65535..0).contains(&result) { Err(result) } else { Ok(result) }
}

/// What the process `id`, 0 for the caller, has used.
pub fn process_usage(which: u32, id: u64) -> Result<Usage, i64> {
    let mut usage = Usage::default();
    let result = unsafe { call(PROCESS_USAGE, [which as u64, id, &mut usage as *mut Usage as u64, 0, 0]) };
    if result < 0 { Err(result) } else { Ok(usage) }
}
