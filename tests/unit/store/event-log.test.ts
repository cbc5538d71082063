import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { EventLog } from '../../../src/store/index.ts'

const root = mkdtempSync(join(tmpdir(), 'longhaul-log-'))
afterAll(() => rmSync(root, { recursive: true }))
let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(root, 'x'))
  file = join(folder, 'events.ndjson')
})

test('gives back what was written, also after it was opened again', () => {
  const log = new EventLog(file)
  log.append({ n: 1 })
  log.close()
  const again = new EventLog(file)
  again.append({ n: 2 })
  expect([...again.read()]).toEqual([{ n: 1 }, { n: 2 }])
  expect(again.repaired).toEqual({ cutBytes: 0, keptIn: undefined })
  again.close()
})

test('rotates by size, and keeps so many files', () => {
  const log = new EventLog(file, { maxBytes: 1_000, keep: 3 })
  for (let n = 0; n < 500; n++) log.append({ n, text: 'x'.repeat(50) })
  const files = readdirSync(folder)
  expect(files).toHaveLength(4)
  expect(files.every((name) => statSync(join(folder, name)).size <= 1_000)).toBe(true)
  const numbers = [...log.read()].map(({ n }) => Number(n))
  expect(numbers.at(-1)).toBe(499)
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => 500 - numbers.length + index))
  log.close()
})

test('rotates by age', () => {
  const log = new EventLog(file, { maxAgeMs: -1 })
  log.append({ n: 1 })
  log.append({ n: 2 })
  expect(readdirSync(folder).toSorted()).toEqual(['events.ndjson', 'events.ndjson.1'])
  log.close()
})

test('large values stand beside it, once, and go with the file that they belong to', () => {
  const log = new EventLog(file, { maxBytes: 600, keep: 1, largeValue: 100 })
  const large = { text: 'y'.repeat(10_000) }
  log.append({ n: 1, large })
  log.append({ n: 2, large })
  expect(statSync(file).size).toBeLessThan(600)
  expect(readdirSync(`${file}.values`)).toHaveLength(1)
  expect([...log.read()]).toEqual([
    { n: 1, large },
    { n: 2, large },
  ])
  for (let n = 3; n < 60; n++) log.append({ n, filler: 'z'.repeat(60) })
  expect(readdirSync(folder).filter((name) => name.endsWith('.values'))).toEqual([])
  log.close()
})

describe('a log that was damaged', () => {
  const begin = (): void => {
    const log = new EventLog(file)
    log.append({ n: 1 })
    log.append({ n: 2 })
    log.close()
  }

  test.each([
    ['half a line', '{"n": 3, "te'],
    ['a line without its end', '{"n": 3}'],
    ['bytes that are no text', '\u0000\u0001\u0002\n\u0000'],
    ['several broken lines', 'x\ny\nz\n'],
  ])('by %s is cut off there, and what was cut is kept', (_, damage) => {
    begin()
    appendFileSync(file, damage)
    const log = new EventLog(file)
    expect(log.repaired).toEqual({ cutBytes: Buffer.byteLength(damage), keptIn: `${file}.cut` })
    expect(readFileSync(`${file}.cut`, 'utf8')).toBe(damage)
    log.append({ n: 3 })
    expect([...log.read()]).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
    log.close()
  })

  test('and one that is nothing but damage begins anew', () => {
    writeFileSync(file, 'z'.repeat(200_000))
    const log = new EventLog(file)
    expect(log.repaired.cutBytes).toBe(200_000)
    expect(existsSync(`${file}.cut`)).toBe(true)
    expect([...log.read()]).toEqual([])
    log.close()
  })
})

test('an event that cannot be written is counted, and leaves no half line behind', () => {
  const log = resolve(import.meta.dirname, '../../../src/store/index.ts')
  // A limit on the size of the file stands for a disk that is full.
  const program = `
    const { EventLog } = await import(process.argv[1])
    const log = new EventLog(process.argv[2], { largeValue: 1e9 })
    for (let nth = 0; nth < 100; nth++) log.append({ nth, text: 'x'.repeat(10_000) })
    console.log(log.lost, log.failure)
    log.close()`
  const printed = execFileSync('/bin/sh', [
    '-c',
    `trap '' XFSZ; ulimit -f 400; exec "$0" --input-type=module -e "$1" "$2" "$3"`,
    ...[process.execPath, program, log, file],
  ])
  const [, lost] = /^(\d+) .*events.* cannot be written: /.exec(printed.toString())!
  const again = new EventLog(file)
  expect(again.repaired.cutBytes).toBe(0)
  expect([...again.read()]).toHaveLength(100 - Number(lost))
  expect(Number(lost)).toBeGreaterThan(10)
  expect(again.failure).toBeUndefined()
  again.close()
})

test('a line in the middle that is no event does not keep the others from being read', () => {
  const log = new EventLog(file)
  log.append({ nth: 1 })
  appendFileSync(file, '{"nth": 1.5, "te\n')
  log.append({ nth: 2 })
  log.close()
  const again = new EventLog(file)
  expect([...again.read()]).toEqual([{ nth: 1 }, { nth: 2 }])
  again.close()
})
