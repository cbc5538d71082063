/** How a call of the system lets a thread wait. Places count the call's arguments from 0. */
export type WaitingCall =
  /** Until something comes, whatever the arguments. */
  | { kind: 'for ever' }
  /** For milliseconds, or for ever if they are negative. */
  | { kind: 'milliseconds'; place: number }
  /** For the `timespec` or `timeval` at an address, or for ever without one. */
  | { kind: 'timespec' | 'timeval'; place: number }
  /** A sleep, which nothing ends sooner; until a moment if the flag at `flags` says so. */
  | { kind: 'sleep'; place: number; flags?: number }
  | { kind: 'futex' }

const FOR_EVER: WaitingCall = { kind: 'for ever' }
const FUTEX: WaitingCall = { kind: 'futex' }

// Numbers of Linux: arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h.
const X64: Readonly<Record<number, WaitingCall>> = {
  7: { kind: 'milliseconds', place: 2 }, // poll
  23: { kind: 'timeval', place: 4 }, // select
  34: FOR_EVER, // pause
  35: { kind: 'sleep', place: 0 }, // nanosleep
  43: FOR_EVER, // accept
  45: FOR_EVER, // recvfrom
  47: FOR_EVER, // recvmsg
  61: FOR_EVER, // wait4
  128: { kind: 'timespec', place: 2 }, // rt_sigtimedwait
  130: FOR_EVER, // rt_sigsuspend
  202: FUTEX,
  230: { kind: 'sleep', place: 2, flags: 1 }, // clock_nanosleep
  232: { kind: 'milliseconds', place: 3 }, // epoll_wait
  247: FOR_EVER, // waitid
  270: { kind: 'timespec', place: 4 }, // pselect6
  271: { kind: 'timespec', place: 2 }, // ppoll
  281: { kind: 'milliseconds', place: 3 }, // epoll_pwait
  288: FOR_EVER, // accept4
  426: FOR_EVER, // io_uring_enter
  441: { kind: 'timespec', place: 3 }, // epoll_pwait2
}

const ARM64: Readonly<Record<number, WaitingCall>> = {
  22: { kind: 'milliseconds', place: 3 }, // epoll_pwait
  72: { kind: 'timespec', place: 4 }, // pselect6
  73: { kind: 'timespec', place: 2 }, // ppoll
  95: FOR_EVER, // waitid
  98: FUTEX,
  101: { kind: 'sleep', place: 0 }, // nanosleep
  115: { kind: 'sleep', place: 2, flags: 1 }, // clock_nanosleep
  133: FOR_EVER, // rt_sigsuspend
  137: { kind: 'timespec', place: 2 }, // rt_sigtimedwait
  202: FOR_EVER, // accept
  207: FOR_EVER, // recvfrom
  212: FOR_EVER, // recvmsg
  242: FOR_EVER, // accept4
  260: FOR_EVER, // wait4
  426: FOR_EVER, // io_uring_enter
  441: { kind: 'timespec', place: 3 }, // epoll_pwait2
}

/** System calls in which a thread waits, by number; nothing on machines whose numbers we do not know. */
export const waitingCalls: Readonly<Record<number, WaitingCall>> | undefined = {
  x64: X64,
  arm64: ARM64,
}[process.arch as string]
