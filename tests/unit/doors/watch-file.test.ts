import { appendFileSync, mkdtempSync, rmSync, unwatchFile, watchFile, writeFileSync, type StatsListener } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startSimulatedClock, type Clock } from '../../../src/clock/index.ts'
import { installDoors } from '../../../src/doors/index.ts'

installDoors()
let clock: Clock
let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watched-'))
  file = join(folder, 'notes.txt')
  clock = startSimulatedClock({ mode: { kind: 'virtual' } })
})
afterEach(() => {
  unwatchFile(file)
  clock.stop()
  rmSync(folder, { recursive: true })
})

/** A listener, and the sizes that it was told: before, now. */
function told(): { listener: StatsListener; sizes: [number, number][] } {
  const sizes: [number, number][] = []
  return { listener: (now, before) => void sizes.push([before.size, now.size]), sizes }
}

test('a file is looked at every five seconds of virtual time, and each change is told', async () => {
  writeFileSync(file, 'one')
  const { listener, sizes } = told()
  watchFile(file, listener)
  await sleep(60_000)
  expect(sizes).toEqual([])
  appendFileSync(file, 'two')
  await sleep(6_000)
  expect(sizes).toEqual([[3, 6]])
  rmSync(file)
  await sleep(6_000)
  expect(sizes).toEqual([
    [3, 6],
    [6, 0],
  ])
})

test('a file that is not there yet is told of as Node tells it', async () => {
  const seen = vi.fn()
  watchFile(file, { interval: 1_000, bigint: true }, seen)
  await sleep(500)
  expect(seen).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ size: 0n, mtimeMs: 0n, mtime: new Date(0) }),
    expect.objectContaining({ size: 0n }),
  )
  writeFileSync(file, 'one')
  await sleep(1_000)
  expect(seen).toHaveBeenLastCalledWith(expect.objectContaining({ size: 3n }), expect.objectContaining({ size: 0n }))
})

test('all listeners of a file share one watcher, which ends with the last of them', async () => {
  const one = told()
  const other = told()
  const watcher = watchFile(file, { interval: 1_000 }, one.listener)
  expect(watchFile(pathToFileURL(file), { interval: 9_000 }, other.listener)).toBe(watcher)
  expect(watcher.unref().ref()).toBe(watcher)
  await sleep(100)
  unwatchFile(file, one.listener)
  writeFileSync(file, 'one')
  await sleep(2_000)
  unwatchFile(Buffer.from(file), other.listener)
  appendFileSync(file, 'two')
  await sleep(2_000)
  expect([one.sizes, other.sizes]).toEqual([
    [[0, 0]],
    [
      [0, 0],
      [0, 3],
    ],
  ])
  expect(watchFile(file, { persistent: false, interval: 1_000 }, one.listener)).not.toBe(watcher)
})

test('what Node refuses is refused by Node', () => {
  expect(() => watchFile(file, undefined as never)).toThrow(/listener/)
  expect(() => watchFile(7 as never, () => {})).toThrow(/filename|path/)
  expect(() => unwatchFile(file)).not.toThrow()
})
