import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'longhaul-reporter-'))
const at = (name: string): string => join(folder, name)
let stdout = ''

/** An orchestration that leaves a call behind, and one that does not. */
const FILE = `
import { describeOrchestration } from 'longhaul'
const ask = () =>
  fetch('https://api.openai.com/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: 'Bearer test', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', user: 'ann', messages: [{ role: 'user', content: 'Ready?' }] }),
  })
describeOrchestration('in good order', { provider: { failRate: 0 }, system: async () => void (await ask()) }, (test) => {
  test('ends', async ({ run }) => { await run() })
})
describeOrchestration('leaves a call, behind', { provider: { failRate: 0 }, system: async () => void ask() }, (test) => {
  test('ends', async ({ run }) => { await run() })
})
describeOrchestration.sweep({ seeds: 3 })('swept', { provider: { failRate: 0 }, system: async () => void (await ask()) }, (test) => {
  test('ends', async ({ run, sometimes }) => { await run(); sometimes('it ends') })
})
`
const CONFIG = `
import base from ${JSON.stringify(join(root, 'vitest.config.ts'))}
export default {
  ...base,
  root: ${JSON.stringify(folder)},
  test: {
    attachmentsDir: 'attachments',
    include: ['*.test.ts'],
    reporters: [[${JSON.stringify(join(root, 'src/vitest/reporter.ts'))}, { outputFile: 'longhaul-results.json' }], ['junit', { outputFile: 'junit.xml' }]],
  },
}
`

beforeAll(async () => {
  writeFileSync(at('a.test.ts'), FILE)
  writeFileSync(at('vitest.config.mjs'), CONFIG)
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|LONGHAUL_|KSI_|CI$|GITHUB_)/.test(name)),
  )
  const env = { ...clean, NO_COLOR: '1', GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: at('summary.md') }
  stdout = await new Promise((done) => {
    execFile(
      process.execPath,
      [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder, '--config', at('vitest.config.mjs')],
      { cwd: folder, env },
      (_, out) => done(out),
    )
  })
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true }))

describe('the reporter', () => {
  test('sums the orchestrations up', () => {
    expect(stdout).toMatch(/longhaul\n orchestration +tests +simulated +real +calls +failed +retries +cost +checks\n/)
    expect(stdout).toMatch(/\n in good order +1 +[\d.]+m?s +[\d.]+m?s +1 +0 +0 +\$0\.0000\d+ +ok\n/)
    expect(stdout).toMatch(/\n leaves a call, behind +1 .* orphans\n/)
    expect(stdout).toMatch(/\n all +5 .* orphans\n/)
    expect(stdout).toContain('sweep "swept": 3 cases, 0 failed; it ends in 3, ')
  })

  test('annotates what a check has found, for GitHub', () => {
    expect(stdout).toMatch(
      /\n::error file=a\.test\.ts(,line=\d+)?,title=longhaul%3A orphans::leaves a call, behind > ends: "leaves/,
    )
  })

  test('adds a table to the summary of the job', () => {
    const summary = readFileSync(at('summary.md'), 'utf8')
    expect(summary).toMatch(/^### longhaul\n\n\| orchestration \| tests \| simulated \|.*\n\| --- \| ---: \| --- \|/)
    expect(summary).toContain('| leaves a call, behind | 1 |')
  })

  test('writes JSON', () => {
    const { tests, sweeps } = JSON.parse(readFileSync(at('longhaul-results.json'), 'utf8')) as {
      tests: object[]
      sweeps: object[]
    }
    expect(tests).toHaveLength(5)
    expect(tests[0]).toMatchObject({
      file: 'a.test.ts',
      test: 'in good order > ends',
      state: 'passed',
      calls: 1,
      seed: 1,
    })
    expect(tests[1]).toMatchObject({ state: 'failed', violations: [{ check: 'orphans' }] })
    expect(sweeps).toMatchObject([{ orchestration: 'swept', cases: 3, failed: 0, sometimes: { 'it ends': 3 } }])
  })

  test('the trace of a test that failed is attached, where JUnit readers find it', () => {
    const junit = readFileSync(at('junit.xml'), 'utf8')
    const [trace] = readdirSync(at('attachments'))
    expect(junit).toContain(`[[ATTACHMENT|attachments/${trace}]]`)
    expect(readFileSync(at(`attachments/${trace}`), 'utf8')).toContain('"type":"call.arrived"')
  })
})
