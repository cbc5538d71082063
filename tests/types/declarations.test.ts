import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Declarations } from './declarations.ts'
import { undocumented } from './undocumented.ts'

let declarations: Declarations
beforeAll(() => void (declarations = new Declarations()), 120_000)
afterAll(() => declarations.close())

const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  exports: Record<string, string | { types: string }>
}
const entries = Object.values(exports).flatMap((of) =>
  typeof of === 'string' ? [] : [of.types.replace('./dist/', '')],
)

/** What public signatures mention and no entry point exports: a user has nothing to do with these by name. */
const UNEXPORTED: Readonly<Record<string, string>> = {
  Part: 'the text of a Duration, which users write as text',
  Parts: 'the text of a Duration, which users write as text',
  'money/amount PicoDollars': 'the same number as the PicoDollars of a trace, which is exported',
  AnyOptions: 'what describeOrchestration.each infers from what it is given',
  ResultOf: 'what describeOrchestration.each infers from what it is given',
  Body: 'the function that holds the tests, whose parameters are inferred',
  Schemas: 'the Zod schemas that PatternData is inferred from',
  Program: 'a compiled strategy: the orchestrator alone reads it',
  FormerSettings: 'the former names of settings of checks, which CheckTuning has',
  Instruction: 'a compiled strategy: the orchestrator alone reads it',
}

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

test('each exported name, and each of its members, has TSDoc of its own', () => {
  const exported = entries.flatMap((entry) => [...declarations.exportsOf(entry).values()])
  expect(exported.length).toBeGreaterThan(200)
  expect(new Set(exported.flatMap(undocumented))).toEqual(new Set())
})

test('options have durations, and no milliseconds beside them', () => {
  const options = seen().filter(
    ({ name, isExported }) => isExported && /(Options|Settings|Config|Scope|Window|Span|Rule|Filter|Case)$/.test(name),
  )
  expect(options.length).toBeGreaterThan(20)
  const milliseconds = options.flatMap(({ name, text }) =>
    [...text.matchAll(/\b(\w+Ms)\??:/g)].map(([, option]) => `${name}.${option}`),
  )
  expect(milliseconds).toEqual([])
})

test('money that longhaul gives is a bigint', () => {
  // Events are what a trace file has; `uncertain` of a report counts calls.
  const exempt = new Set(['EventBody', 'Report'])
  const money = seen().flatMap(({ name, text }) =>
    exempt.has(name)
      ? []
      : [...text.matchAll(/\b(cost|saved|spent|billed|known|uncertain)\??: (\w+)/g)].map(([, what, type]) => ({
          what: `${name}.${what}`,
          type,
        })),
  )
  expect(money.filter(({ type }) => type === 'bigint').length).toBeGreaterThan(5)
  expect(money.filter(({ type }) => /^(number|string|PicoDollars)$/.test(type!))).toEqual([])
})

/** A declaration as the list above names it: its name, or with its file where that is not enough. */
const listed = ({ name, file }: { name: string; file: string }): string | undefined =>
  Object.keys(UNEXPORTED).find((each) => {
    const [where, only] = each.split(' ')
    return only === undefined ? name === each : name === only && file.endsWith(`/${where}.d.ts`)
  })

test('each type that a signature mentions is exported by the same entry point, or by the root', () => {
  const root = [...declarations.exportsOf('index.d.ts').values()]
  const left = new Set(Object.keys(UNEXPORTED))
  const missing = entries.flatMap((entry) => {
    const exported = [...declarations.exportsOf(entry).values()]
    const known = new Set([...root, ...exported].map(({ file, name }) => `${file} ${name}`))
    const found: string[] = []
    // What is not exported is looked into too: it may mention others.
    const all = [...exported]
    for (const of of all)
      for (const mentioned of declarations.mentionedBy(of)) {
        const key = `${mentioned.file} ${mentioned.name}`
        if (known.has(key)) continue
        known.add(key)
        all.push(mentioned)
        const reason = listed(mentioned)
        if (reason === undefined) found.push(`${entry}: ${mentioned.name}, of ${of.name}`)
        else left.delete(reason)
      }
    return found
  })
  expect(missing).toEqual([])
  // The list has nothing that is no longer needed.
  expect([...left]).toEqual([])
})

test('the declarations hold together without what is internal, for a compiler that looks into libraries too', () => {
  expect(declarations.problems(entries)).toEqual([])
})
