import {
  appendFileSync,
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Connection } from '../../src/clock/quiet/sockets.ts'

/** What Linux tells of a thread. */
interface Thread {
  /** The line of its system call. */
  call: string
  /** Changes whenever it has run. */
  runs: number
  /** The letter of its state. */
  state: string
  name: string
  children: readonly number[]
}

/** Lines of system calls on any machine: by the numbers of this one. */
const NUMBERS =
  process.arch === 'arm64'
    ? { epoll: 22, futex: 98, read: 63, sleep: 101 }
    : { epoll: 232, futex: 202, read: 0, sleep: 35 }
const line = (call: number, ...args: readonly number[]): string =>
  `${call} ${[...args, ...Array<number>(6).fill(0)]
    .slice(0, 6)
    .map((each) => `0x${each.toString(16)}`)
    .join(' ')} 0x7ffc 0x7ffd\n`
export const RUNNING = 'running\n'
/** Waits for something to come, for some milliseconds; -1 for ever. */
export const epoll = (ms: number): string => line(NUMBERS.epoll, 5, 0x7f00, 1_024, ms < 0 ? 0xffffffff : ms)
/** Waits for another thread: a command, and the address of its time. */
export const futex = (address = 0, command = 0x80): string => line(NUMBERS.futex, 0x7f00, command, 0, address)
/** Reads of a file. */
export const reading = (): string => line(NUMBERS.read, 5, 0x7f00, 16)
/** Sleeps for the time at an address. */
export const sleep = (address: number): string => line(NUMBERS.sleep, address)

/** A folder as Linux tells of processes in `/proc`, with what a test writes there. */
export class Proc {
  readonly root = mkdtempSync(join(tmpdir(), 'proc-'))
  #sockets = 1_000

  constructor() {
    chmodSync(this.root, 0o755)
  }

  /** Tells of a thread, which by itself waits for something to come and has started nothing. */
  thread(process: number | 'self', id: number, told: Partial<Thread> = {}): void {
    const { call, runs, state, name, children }: Thread = {
      call: epoll(-1),
      runs: 1,
      state: 'S',
      name: 'node',
      children: [],
      ...told,
    }
    const folder = this.folder(process, id)
    mkdirSync(folder, { recursive: true })
    const files = {
      syscall: call,
      schedstat: `${runs}000 200 ${runs}\n`,
      stat: `${id} (${name} (x)) ${state} 1 1\n`,
      comm: `${name}\n`,
      children: children.map((child) => `${child} `).join(''),
    }
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text)
  }

  /** Writes a time into the memory of a process. */
  time(process: number | 'self', address: number, [seconds, parts]: readonly [number, number]): void {
    const bytes = Buffer.alloc(16)
    bytes.writeBigInt64LE(BigInt(seconds), 0)
    bytes.writeBigInt64LE(BigInt(parts), 8)
    this.memory(process, address, bytes)
  }

  memory(process: number | 'self', address: number, bytes: Buffer): void {
    mkdirSync(join(this.root, `${process}`), { recursive: true })
    const file = openSync(join(this.root, `${process}`, 'mem'), 'a+')
    closeSync(file)
    const open = openSync(join(this.root, `${process}`, 'mem'), 'r+')
    writeSync(open, bytes, 0, bytes.length, address)
    closeSync(open)
  }

  /** A process has a connection of TCP; the state is that of an open one unless told. */
  connection(process: number, { localPort, remotePort }: Connection, { state = 1, version = 4 } = {}): void {
    this.#sockets += 1
    const port = (given: number): string => given.toString(16).toUpperCase().padStart(4, '0')
    mkdirSync(join(this.root, 'net'), { recursive: true })
    const file = join(this.root, 'net', version === 4 ? 'tcp' : 'tcp6')
    if (!existsSync(file)) writeFileSync(file, '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when\n')
    const ends = `0100007F:${port(localPort)} 0100007F:${port(remotePort)}`
    const states = `0${state.toString(16).toUpperCase()} 00000000:00000000 00:00000000 00000000`
    appendFileSync(file, `   0: ${ends} ${states}     0        0 ${this.#sockets} 1 0000000000000000 20 4 30 10 -1\n`)
    const files = join(this.root, `${process}`, 'fd')
    mkdirSync(files, { recursive: true })
    symlinkSync(`socket:[${this.#sockets}]`, join(files, `${this.#sockets}`))
  }

  folder(process: number | 'self', id: number): string {
    return join(this.root, `${process}`, 'task', `${id}`)
  }

  /** A thread ends, or a process with all its threads. */
  end(process: number | 'self', id?: number): void {
    rmSync(id === undefined ? join(this.root, `${process}`) : this.folder(process, id), { recursive: true })
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}
