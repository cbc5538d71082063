import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
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

test('a trace of an earlier version has the types of today, and is asked for by either', () => {
  const line = '{"seq":0,"at":0,"type":"model.replaced","causes":[],"agent":"ann","model":"m","reason":"budget"}\n'
  const trace = Trace.parse(line)
  expect([...trace][0]!.type).toBe('model.fellBack')
  expect(trace.ofType('model.fellBack')).toEqual([...trace])
  expect(trace.ofType('model.replaced' as 'model.fellBack')).toEqual([...trace])
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

test('events are numbered, have the time at which they were added, and what caused them', () => {
  let now = 3
  const trace = new Trace(() => now)
  expect(trace.length).toBe(0)
  expect(trace.append({ type: 'note', text: 'one' })).toBe(0)
  now = 8
  expect(trace.append({ type: 'log', line: 1, text: 'two' }, [0])).toBe(1)
  expect([...trace]).toEqual([
    { seq: 0, at: 3, causes: [], type: 'note', text: 'one' },
    { seq: 1, at: 8, causes: [0], type: 'log', line: 1, text: 'two' },
  ])
  expect(trace.now()).toBe(8)
})

test('events are found by their types, in order', () => {
  const trace = new Trace(() => 0)
  trace.append({ type: 'note', text: 'one' })
  trace.append({ type: 'log', line: 1, text: 'two' })
  trace.append({ type: 'note', text: 'three' })
  expect(trace.ofType('note').map(({ text }) => text)).toEqual(['one', 'three'])
  expect(trace.ofType('log', 'note').map(({ seq }) => seq)).toEqual([0, 1, 2])
  expect(trace.ofType('clock.slept')).toEqual([])
})

test('a trace is made of events that have happened, and read from a place on', () => {
  const trace = filled(new Trace(() => 5))
  const spooled = filled(new Trace(() => 5, { file: join(home, 'from.ndjson'), buffer: 10 }))
  for (const each of [trace, spooled, Trace.of(trace)])
    expect([...each.from(23)].map(({ seq }) => seq)).toEqual([23, 24])
  expect(Trace.of(trace).toNDJSON()).toBe(trace.toNDJSON())
  spooled.close()
})

test('who listens hears every event from then on, until it ends that', () => {
  const trace = new Trace(() => 0)
  const heard: string[] = []
  trace.append({ type: 'note', text: 'before' })
  const stop = trace.onAppend((event) => heard.push(event.type === 'note' ? event.text : event.type))
  trace.append({ type: 'note', text: 'one' })
  trace.append({ type: 'clock.slept', ms: 1 })
  stop()
  trace.append({ type: 'note', text: 'after' })
  expect(heard).toEqual(['one', 'clock.slept'])
})

test('a trace that is discarded tells listeners, counts, and keeps nothing', () => {
  const trace = new Trace(() => 0, 'discard')
  let heard = 0
  trace.onAppend(() => (heard += 1))
  filled(trace)
  expect([heard, trace.length, [...trace].length]).toEqual([25, 25, 0])
})

describe('a spooled trace', () => {
  test('writes events when there are as many as its buffer holds', () => {
    const file = join(home, 'spool.ndjson')
    const trace = new Trace(() => 0, { file, buffer: 2 })
    trace.append({ type: 'note', text: 'one' })
    expect(readFileSync(file, 'utf8')).toBe('')
    trace.append({ type: 'note', text: 'two' })
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(3)
    trace.append({ type: 'note', text: 'three' })
    trace.close()
    expect([...Trace.read(file)].map((event) => event.type === 'note' && event.text)).toEqual(['one', 'two', 'three'])
    expect(() => [...trace]).toThrow(/EBADF|closed/)
  })

  test('keeps ten thousand events in memory where nothing else is said', () => {
    const file = join(home, 'spool-default.ndjson')
    const trace = new Trace(() => 0, { file })
    for (let nth = 1; nth < 10_000; nth++) trace.append({ type: 'note', text: '' })
    expect(readFileSync(file).length).toBe(0)
    trace.append({ type: 'note', text: '' })
    expect(readFileSync(file).length).toBeGreaterThan(0)
    trace.close()
  })

  test('overwrites what was in its file', () => {
    const file = join(home, 'spool-over.ndjson')
    writeFileSync(file, 'older\n')
    const trace = new Trace(() => 0, { file })
    trace.append({ type: 'note', text: 'new' })
    expect([...trace]).toHaveLength(1)
    trace.close()
    expect(readFileSync(file, 'utf8')).not.toContain('older')
  })
})

test('a file of several megabytes reads back, whatever stands where one is cut', () => {
  const trace = new Trace(() => 0)
  for (let nth = 0; nth < 40; nth++) trace.append({ type: 'note', text: 'ö€🙂'.repeat(10_000) + '.'.repeat(nth) })
  const file = join(home, 'long.ndjson')
  trace.write(file)
  expect(Trace.read(file).toNDJSON()).toBe(trace.toNDJSON())
})

test('a trace that is read goes on at the time of its newest event', () => {
  const line = (seq: number, at: number) => JSON.stringify({ seq, at, causes: [], type: 'note', text: 'x' })
  const trace = Trace.parse([line(0, 5), line(1, 70)].join('\n'))
  expect(trace.now()).toBe(70)
  expect(Trace.parse('').now()).toBe(0)
})

const NOTE = '{"seq":0,"at":0,"type":"note","text":"x"}'

test.each([
  ['blank lines', `\n\n${NOTE}\n\n`],
  ['no line break at the end', NOTE],
])('a file with %s is read', (_, text) => {
  const file = join(home, 'blank.ndjson')
  writeFileSync(file, text)
  expect([...Trace.read(file)]).toHaveLength(1)
  expect([...Trace.parse(text)]).toHaveLength(1)
})

test.each([
  ['{"at":0,"type":"note","text":"x"}', /is not an event: an event needs seq, at and type\. Given: \{"at":0/],
  ['{"seq":0,"type":"note","text":"x"}', /is not an event/],
  ['{"seq":0,"at":0}', /is not an event/],
  ['{"seq":"0","at":0,"type":"note"}', /is not an event/],
  ['null', /is not an event/],
  ['12', /is not an event/],
  ['{"seq":0,"at":0,"type":"note"}', /is not a valid note event: "text" is missing\.$/],
  ['{"seq":0,"at":0,"type":"note","text":7}', /is not a valid note event: "text" is 7\.$/],
  [`{"seq":0,"at":0,"type":"note","text":["${'y'.repeat(200)}"]}`, /valid note event: "text" is \["y{78}\.$/],
  [`nonsense ${'y'.repeat(200)}`, /is not JSON: nonsense y{71}$/],
  ['['.repeat(1_001) + ']'.repeat(1_001), /is not JSON: \[{80}$/],
])('the line %.40s is refused with its number', (line, message) => {
  const text = `${NOTE}\n\n${line}`
  expect(() => Trace.parse(text)).toThrow(message)
  expect(() => Trace.parse(text)).toThrow(/^Line 3 of the text is/)
  const file = join(home, 'wrong.ndjson')
  for (const end of ['', '\n']) {
    writeFileSync(file, text + end)
    expect(() => Trace.read(file)).toThrow(message)
    expect(() => Trace.read(file)).toThrow(/^Line 3 of .*wrong\.ndjson is/)
  }
})

test('an event may hold as many levels as can be read without harm', () => {
  const vars = '{"a":'.repeat(998) + '1' + '}'.repeat(998)
  const deep = (levels: string) => `{"seq":0,"at":0,"type":"run.started","name":"n","seed":1,"vars":${levels}}`
  expect(Trace.parse(deep(`{"a":${vars}}`)).length).toBe(1)
  expect(() => Trace.parse(deep(`{"a":{"a":${vars}}}`))).toThrow(InvalidTraceError)
})

test('a line without an end is refused before it fills the memory', () => {
  const file = join(home, 'endless.ndjson')
  writeFileSync(file, `${NOTE}\n${' '.repeat(2 ** 24 + 1)}`)
  expect(() => Trace.read(file)).toThrow(/^Line 2 of .*endless\.ndjson is longer than 16777216 bytes\.$/)
})

test('what is no event has a code by which it is known', () => {
  expect(() => Trace.parse('x')).toThrow(
    expect.objectContaining({ name: 'InvalidTraceError', code: 'LONGHAUL_INVALID_TRACE' }),
  )
})
