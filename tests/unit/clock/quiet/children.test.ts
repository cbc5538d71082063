import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lookAt, threadsAreKnown } from '../../../../src/clock/quiet/threads-of.ts'
import { Children } from '../../../../src/clock/quiet/children.ts'
import { installDoors, registry } from '../../../../src/doors/index.ts'

installDoors()
const WINDOWS = { settleMs: 2_000, quietMs: 10 }

/** Until when the children hold the clock. */
function heldUntil(children: Children, from: number): number {
  let now = from
  while (children.look(now)) now += 5
  return now
}

describe('where the system does not tell what processes do', () => {
  let child: ChildProcess
  let lines: Interface

  beforeEach(async () => {
    registry.children.clear()
    child = spawn(process.execPath, [
      '-e',
      `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => console.log(line.replace('"method"', '"result"')))
       console.log('ready')`,
    ])
    lines = createInterface(child.stdout!)
    await once(lines, 'line')
  })
  afterEach(() => void child.kill('SIGKILL'))

  test('a child from before the run holds nothing', () => {
    expect(heldUntil(new Children(WINDOWS, 0, false), 0)).toBe(0)
  })

  test('one that is asked is waited for until it answers, and a little longer', async () => {
    const children = new Children(WINDOWS, 0, false)
    const answer = once(lines, 'line')
    child.stdin!.write('question\n')
    expect(children.look(100)?.what).toMatch(/^child process \d+ `.*` may be busy$/)
    await answer
    expect(heldUntil(children, 200)).toBe(210)
  })

  test('one that never answers is waited for no longer than it may take', () => {
    const children = new Children(WINDOWS, 0, false)
    child.stdin!.write('question')
    expect(heldUntil(children, 100)).toBe(2_100)
  })

  test('an open JSON-RPC request is waited for after a notification', async () => {
    const children = new Children(WINDOWS, 0, false)
    const first = once(lines, 'line')
    child.stdin!.write('{"jsonrpc":"2.0","id":1,"method":"call"')
    child.stdin!.write('}\n{"jsonrpc":"2.0","id":2,"method":"call"}')
    await first
    expect(heldUntil(children, 100)).toBe(2_100)
  })
})

test.runIf(threadsAreKnown)('a child that has ended holds the clock until Node says so', () => {
  registry.children.clear()
  const children = new Children(WINDOWS, 0)
  const child = spawn(process.execPath, ['-e', 'console.log("done")'])
  child.stdout.resume()
  expect(children.look(0)).toBeDefined()
  // Nothing of the child is heard while this thread is blocked.
  while (lookAt(child.pid!).kind !== 'gone') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
  expect(children.look(60_000)?.what).toMatch(/is ending$/)
  expect(heldUntil(children, 60_005)).toBe(62_000)
})
