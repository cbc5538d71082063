import { expect, test } from 'vitest'
import { eventsIn, jsonIn, saysNo, saysYes } from '../../../../src/orchestrator/team/speech.ts'

test('all events that a text asks for are found, wherever they stand', () => {
  const text = `I begin {with a brace}.
{"event": "a", "data": {"n": 1, "text": "a } in it"}}
and then [{"event": "b"}, {"no": "event"}]: "{"
\`\`\`json
{"event": "c:d", "data": {"list": [1, {"x": 2}]}}
\`\`\``
  expect(eventsIn(text)).toEqual([
    { event: 'a', data: { n: 1, text: 'a } in it' } },
    { event: 'b', data: {} },
    { event: 'c:d', data: { list: [1, { x: 2 }] } },
  ])
})

test.each([
  ['Yes, it is.', true, false],
  ['**no**', false, true],
  ['False', false, true],
  ['failed: nobody came', false, true],
  ['Nobody came', false, false],
  ['Yesterday', false, false],
])('%s', (text, yes, no) => {
  expect([saysYes(text), saysNo(text)]).toEqual([yes, no])
})

test.each([
  ['no JSON', null],
  ['[1, {"a": 2}] and more', [1, { a: 2 }]],
  ['It is {"a": [1]}.', { a: [1] }],
  ['{"a": 1} and ]', null],
  ['} {', null],
  ['{', null],
  ['[', null],
  ['{broken}', null],
  ['{"__proto__": {"a": 1}, "b": 2}', { b: 2 }],
  ['[]', []],
  [']{}', {}],
])('the JSON in %j is %j', (text, json) => {
  expect(jsonIn(text)).toEqual(json)
})

test.each([
  ['{"event": "a", "data": null}', [{ event: 'a', data: {} }]],
  ['{"event": "a", "data": "x"}', [{ event: 'a', data: 'x' }]],
  ['[1, null, "a", ["event"], {"event": "a"}]', [{ event: 'a', data: {} }]],
  ['{"event": ""} {"event": 5} {}', []],
  ['{"event": "a", "data": {"t": "a \\" } quote"}}', [{ event: 'a', data: { t: 'a " } quote' } }]],
  ['{"event": "a"}{"event": "b"}', ['a', 'b'].map((event) => ({ event, data: {} }))],
  ['{broken {"event": "a"}', [{ event: 'a', data: {} }]],
  ['{broken} {"event": "a"}', [{ event: 'a', data: {} }]],
  ['[[{"event": "a"}]]', []],
  ['"quoted {" {"event": "a"}', [{ event: 'a', data: {} }]],
  ['{"event": "a"', []],
])('the events in %j', (text, events) => {
  expect(eventsIn(text)).toEqual(events)
})

test('of many events the first thousand are asked for, and after two hundred brackets without JSON none', () => {
  const event = '{"event": "a"}'
  expect(eventsIn(event.repeat(1_100))).toHaveLength(1_000)
  expect(eventsIn('{x} '.repeat(199) + event)).toHaveLength(1)
  expect(eventsIn('{x} '.repeat(200) + event)).toHaveLength(0)
})

test.each([
  ['true', true, false],
  ['TRUE.', true, false],
  ['I say yes', false, false],
  ['fails', false, true],
  ['fail', false, true],
  ['  – no', false, true],
  ['I say no', false, false],
  ['Truely', false, false],
  ['Failure', false, false],
])('%s says yes: %s, no: %s', (text, yes, no) => {
  expect([saysYes(text), saysNo(text)]).toEqual([yes, no])
})
