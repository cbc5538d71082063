import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { examples, type Example } from '../../../docs/.vitepress/reference/examples.ts'

const root = resolve(import.meta.dirname, '../../..')

/** A name that has moved is imported from where it is now: that entry point stands before the root. */
const ENTRIES = {
  'longhaul/daemon': () => import('longhaul/daemon'),
  'longhaul/games': () => import('longhaul/games'),
  'longhaul/orchestrator': () => import('longhaul/orchestrator'),
  'longhaul/pattern': () => import('longhaul/pattern'),
  longhaul: () => import('longhaul'),
  'longhaul/msw': () => import('longhaul/msw'),
  'longhaul/nock': () => import('longhaul/nock'),
  'longhaul/otel': () => import('longhaul/otel'),
  'longhaul/plugin': () => import('longhaul/plugin'),
}

/** Files whose types are exported, or whose default export is. */
const OF_TYPES = [
  'src/provider/provider.ts',
  'src/simulation/outcome.ts',
  'src/vitest/fill.ts',
  'src/vitest/matchers.ts',
  'src/vitest/reporter.ts',
  'src/simulation/started.ts',
]

/** What the reader of an example has: a test of an orchestration, clients, and the packages that it names. */
const PRELUDE = `
type Longhaul = typeof import('longhaul')
declare const outcome: import('longhaul').Outcome
declare const run: () => Promise<import('longhaul').Outcome>
declare const start: () => Promise<import('longhaul').StartedOrchestration>
declare const sleep: (duration: import('longhaul').Duration) => Promise<void>
declare const expect: typeof import('vitest').expect
declare const trace: import('longhaul').Trace
declare const provider: import('longhaul').Provider
declare const system: import('longhaul').System<number>
declare const agents: readonly string[]
declare const dispatcher: { assign(task: string): void }
declare const readMemory: () => string[]
declare const newMemory: () => string[]
declare const work: (memory: string[], options: { signal: AbortSignal }) => Promise<string>
declare const OpenAI: typeof import('openai').default
declare const client: import('openai').default
declare const request: import('openai').default.ChatCompletionCreateParamsNonStreaming
declare const setupServer: typeof import('msw/node').setupServer
declare const defineConfig: typeof import('vitest/config').defineConfig
declare const BasicTracerProvider: typeof import('@opentelemetry/sdk-trace-base').BasicTracerProvider
declare const SimpleSpanProcessor: typeof import('@opentelemetry/sdk-trace-base').SimpleSpanProcessor
declare const OTLPTraceExporter: typeof import('@opentelemetry/exporter-trace-otlp-proto').OTLPTraceExporter
declare const meterProvider: import('@opentelemetry/sdk-metrics').MeterProvider
`

/** An example as a module that imports what it uses. */
function moduleOf({ code }: Example, exported: ReadonlyMap<string, string>): string {
  const used = new Set(code.match(/\b[A-Za-z_]\w*\b/g))
  const imports = [...used].flatMap((name) => {
    const entry = exported.get(name)
    return entry === undefined ? [] : [`import { ${name} } from '${entry}'`]
  })
  return `${imports.join('\n')}\n${code}\nexport {}\n`
}

test('every example in the TSDoc of an exported name compiles', { timeout: 120_000 }, async () => {
  const exported = new Map<string, string>()
  for (const [entry, load] of Object.entries(ENTRIES))
    for (const name of Object.keys(await load())) if (!exported.has(name)) exported.set(name, entry)
  const published = examples().filter(({ name, file }) => exported.has(name) || OF_TYPES.includes(file))
  expect(published.length).toBeGreaterThan(40)

  mkdirSync(join(root, '.vitest'), { recursive: true })
  const folder = mkdtempSync(join(root, '.vitest/examples-'))
  try {
    writeFileSync(join(folder, 'prelude.d.ts'), PRELUDE)
    for (const [index, each] of published.entries())
      writeFileSync(join(folder, `example-${index}.ts`), moduleOf(each, exported))
    // Examples show what an expression gives, or a name that is then used.
    const compilerOptions = { noUnusedLocals: false, paths: undefined, rootDir: root }
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: '../../tsconfig.json', compilerOptions, include: ['.'], exclude: [] }),
    )
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const told = await promisify(execFile)(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
      cwd: folder,
    }).catch((error: { stdout: string }) => error)
    const problems = told.stdout.replaceAll(/^(?:.*\/)?example-(\d+)\.ts/gm, (_, index: string) => {
      const { file, line } = published[Number(index)]!
      return `${file}:${line}, in its example `
    })
    expect(problems).toBe('')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
