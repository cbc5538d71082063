import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** What Vitest's JSON reporter says of a test. */
export interface ReportedTest {
  title: string
  fullName: string
  status: string
  failureMessages: string[]
}

interface Report {
  numPassedTests: number
  numFailedTests: number
  testResults: { name: string; status: string; message: string; assertionResults: ReportedTest[] }[]
}

/** All tests of a report, in their order. */
export const testsOf = ({ testResults }: Report): ReportedTest[] =>
  testResults.flatMap(({ assertionResults }) => assertionResults)

/** The configuration of files that are looked at from outside. */
export const FIXTURES = 'tests/integration/fixtures/vitest.config.ts'

/**
 * Runs Vitest as a user does, and gives what it prints and its report.
 *
 * @param env in place of all settings of longhaul and Vitest in the environment
 */
export async function vitest(
  given: readonly string[],
  { env = {}, config }: { env?: Readonly<Record<string, string>>; config: string },
): Promise<{ output: string; report: Report }> {
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-report-'))
  const file = join(folder, 'report.json')
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|LONGHAUL_|KSI_|CI$)/.test(name)),
  )
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const output = await new Promise<string>((done) => {
    execFile(
      process.execPath,
      [join(root, 'node_modules/vitest/vitest.mjs'), ...given, '--config', config, ...reporters],
      { cwd: root, env: { ...clean, NO_COLOR: '1', ...env }, maxBuffer: 1 << 26 },
      (_, stdout, stderr) => done(stdout + stderr),
    )
  })
  try {
    return { output, report: JSON.parse(readFileSync(file, 'utf8')) as Report }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
