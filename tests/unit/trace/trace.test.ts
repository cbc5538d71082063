import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { InvalidTraceError, Trace } from '../../../src/trace/index.ts'

const home = mkdtempSync(join(tmpdir(), 'longhaul-trace-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

function filled(trace: Trace): Trace {
  for (let i = 0; i < 25; i++) trace.append({ type: 'note', text: `größer ${i}` }, i > 0 ? [i - 1] : [])
  return trace
}

test('what is written reads back the same', () => {
  const trace = filled(new Trace(() => 5))
  trace.write(join(home, 'a.ndjson'))
  expect([...Trace.read(join(home, 'a.ndjson'))]).toEqual([...trace])
  expect(Trace.parse(trace.toNDJSON()).toNDJSON()).toBe(trace.toNDJSON())
})

test('a spooled trace reads as one in memory', () => {
  const spooled = filled(new Trace(() => 5, { file: join(home, 'b.ndjson'), buffer: 10 }))
  expect([...spooled]).toEqual([...filled(new Trace(() => 5))])
  expect(spooled.length).toBe(25)
  spooled.close()
})

test('a line that is no event is named', () => {
  writeFileSync(join(home, 'c.ndjson'), '{"seq":0,"at":0,"type":"note","causes":[],"text":"x"}\nnonsense\n')
  expect(() => Trace.read(join(home, 'c.ndjson'))).toThrow(InvalidTraceError)
  expect(() => Trace.read(join(home, 'c.ndjson'))).toThrow(/Line 2 of .*c\.ndjson is not JSON: nonsense/)
})
