import { expect, test } from 'vitest'
import { eventsIn, saysNo, saysYes } from '../../../../src/orchestrator/team/speech.ts'

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
