import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Declarations } from './declarations.ts'

let declarations: Declarations
beforeAll(() => void (declarations = new Declarations()), 120_000)
afterAll(() => declarations.close())

const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  exports: Record<string, string | { types: string }>
}
const entries = Object.values(exports).flatMap((of) =>
  typeof of === 'string' ? [] : [of.types.replace('./dist/', '')],
)

/** All that can be seen through the entry points, exported by name or not. */
function seen(): { name: string; file: string; text: string; isExported: boolean }[] {
  const exported = new Map(
    entries.flatMap((entry) => [...declarations.exportsOf(entry).values()].map((of) => [`${of.file} ${of.name}`, of])),
  )
  const all = new Map(exported)
  for (const of of all.values())
    for (const mentioned of declarations.mentionedBy(of)) {
      const key = `${mentioned.file} ${mentioned.name}`
      if (!all.has(key)) all.set(key, mentioned)
    }
  return [...all].map(([key, of]) => ({ ...of, isExported: exported.has(key) }))
}

test('no public type is any', () => {
  const anys = seen().filter(({ text }) => /(?<![\w.'"`])any(?![\w'"`])/.test(text.replaceAll(/'[^'\n]*'/g, '')))
  expect(anys.map(({ name }) => name)).toEqual([])
})

test('options have durations, and no milliseconds beside them', () => {
  const options = seen().filter(({ name, isExported }) => isExported && /(Options|Settings|Config)$/.test(name))
  expect(options.length).toBeGreaterThan(10)
  const milliseconds = options.flatMap(({ name, text }) =>
    [...text.matchAll(/\b(\w+Ms)\?/g)].map(([, option]) => `${name}.${option}`),
  )
  expect(milliseconds).toEqual([])
})
