import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { findingsOf, loadPattern } from '../../../src/pattern/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'longhaul-includes-'))
afterAll(() => rmSync(folder, { recursive: true }))
const write = (name: string, text: string): string => {
  const file = join(folder, `${name}.yaml`)
  writeFileSync(file, text)
  return file
}
const RUN = 'orchestration_logic: { strategy: "LOG x + y + z" }\n'
write(
  'part',
  'name: part\nvariables: { x: 9, y: 2 }\nagents: { ben: {} }\ntransformers: [{ source: s, target: t }]\n' + RUN,
)
write('rules', 'name: rules\nrouting_rules: [{ event: a, to: ben }]\n')
write('other', 'name: other\nextends: rules\nvariables: { z: 3 }\n')

describe('includes', () => {
  test("adds what other patterns have, below and behind one's own", () => {
    const pattern = loadPattern(
      write(
        'own',
        `name: own\nincludes: [part, { pattern: other }]\nvariables: { x: 1 }\nagents: { ann: {} }\ntransformers: [{ source: q, target: r }]\n${RUN}`,
      ),
    )
    expect(pattern.data).toMatchObject({
      name: 'own',
      variables: { x: 1, y: 2, z: 3 },
      agents: { ann: {}, ben: {} },
      transformers: [{ source: 'q' }, { source: 's' }],
      routing_rules: [{ event: 'a', to: 'ben' }],
    })
    expect(Object.keys(pattern.data.agents!)).toEqual(['ann', 'ben'])
    expect(findingsOf(pattern)).toEqual([])
    // What it was read from is enough to read it again, wherever the files are then.
    expect(loadPattern(pattern.sources).data).toEqual(pattern.data)
  })

  test('of a pattern that is nowhere is refused, at its place; a sketch may name one', () => {
    expect(() => loadPattern(write('lost', `name: lost\nincludes:\n  - nowhere\n${RUN}`))).toThrow(
      'lost.yaml:3:5: includes: there is no pattern "nowhere"',
    )
    const sketch = loadPattern(
      write(
        'sketch',
        'name: sketch\nincludes: [nowhere, rules]\nagents: { ben: {} }\norchestration_logic: { strategy: THINK of it }\n',
      ),
    )
    expect(findingsOf(sketch)).toMatchObject([{ severity: 'warning', error: { line: 2, column: 12 } }])
    expect(loadPattern(sketch.sources).data).toEqual(sketch.data)
  })

  test('in a circle is refused', () => {
    write('one', `name: one\nincludes: [two]\n${RUN}`)
    expect(() => loadPattern(write('two', `name: two\nincludes: [one]\n${RUN}`))).toThrow('in a circle')
  })
})

test("merge keys are merged, and one's own names go before", () => {
  const { data } = loadPattern({
    text: 'name: x\nbase: &base { profile: worker, model: gpt-4o }\nagents:\n  ann: { <<: *base, model: gpt-4o-mini }\n  ben:\n    <<: *base\norchestration_logic: { strategy: LOG 1 }\n',
  })
  expect(data.agents).toEqual({
    ann: { profile: 'worker', model: 'gpt-4o-mini' },
    ben: { profile: 'worker', model: 'gpt-4o' },
  })
})
