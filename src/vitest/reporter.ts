/**
 * `longhaul/reporter`: the Vitest reporter, which prints a table of runs, writes JSON, and adds to the summary of a CI job.
 *
 * @packageDocumentation
 */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { styleText } from 'node:util'
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node'
import { mergedProblem, mergeSweeps, type SweepPart } from '../explore/merge.ts'
import { summaryMarkdown, summaryRows, type TestSummary } from '../report/summary.ts'
import { table } from '../report/table.ts'
import type { SweepSummary } from './meta.ts'

/** Options of the reporter. */
export interface ReporterOptions {
  /** Writes the results as JSON to this file, too. Default: no file. */
  outputFile?: string
  /**
   * Writes HTML reports into this folder: `index.html` for all runs, and one file for each run. Default: no reports.
   */
  html?: string
  /**
   * The runs with their own file. `all` (default): each test, and the failing cases of sweeps. `failed`: failed tests
   * and cases only.
   */
  htmlRuns?: 'all' | 'failed'
}

const MAX_EXERCISED = 8

/**
 * A Vitest reporter that prints a summary of the orchestrations after the run: simulated and real time, calls,
 * failures, retries, cost, checks. On GitHub, it annotates violations and adds the table to the summary of the job.
 *
 * @example
 * ```ts
 * export default defineConfig({ test: { reporters: ['default', 'longhaul/reporter'] } })
 * ```
 */
export default class LonghaulReporter implements Reporter {
  readonly #options: ReporterOptions
  /** Where HTML files go, as an absolute path. */
  #folder: string | undefined
  #isMerging = false

  constructor(options: ReporterOptions = {}) {
    this.#options = options
  }

  /** Called by Vitest before the run. */
  onInit(vitest: Vitest): void {
    this.#isMerging = vitest.config.mergeReports !== undefined
    const { html, htmlRuns: runs = 'all' } = this.#options
    if (html === undefined) return
    const folder = resolve(vitest.config.root, html)
    this.#folder = folder
    for (const project of vitest.projects) project.provide('longhaulReport', { folder, runs })
  }

  /** Called by Vitest after the run: prints the tables and writes the files. */
  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const told = tests.flatMap((test) => {
      const { longhaul } = test.meta()
      return longhaul ? [{ test, summary: longhaul }] : []
    })
    const sweeps = tests.flatMap((test) => {
      const { longhaulSweep } = test.meta()
      return longhaulSweep
        ? [
            {
              orchestration: test.parent.type === 'suite' ? test.parent.name : '',
              file: relative(process.cwd(), test.module.moduleId),
              ...longhaulSweep,
            },
          ]
        : []
    })
    if (told.length === 0) return
    const rows = summaryRows(told.map(({ summary }) => summary))
    process.stdout.write(`\n${styleText('bold', ' longhaul')}\n${table(rows).replaceAll(/^/gm, ' ')}\n`)
    for (const sweep of sweeps) process.stdout.write(` ${sweepText(sweep)}\n`)
    judge(
      sweeps.filter(({ shard }) => shard !== undefined),
      { isMerging: this.#isMerging },
    )
    const { GITHUB_ACTIONS: onGitHub, GITHUB_STEP_SUMMARY: jobSummary } = process.env
    if (onGitHub) for (const { test, summary } of told) annotate(test, summary)
    if (jobSummary)
      appendFileSync(
        jobSummary,
        `### longhaul\n\n${summaryMarkdown(rows)}\n\n${sweeps.map((sweep) => `- ${sweepText(sweep)}\n`).join('')}\n`,
      )
    const { outputFile } = this.#options
    if (this.#folder !== undefined) {
      const index = join(this.#folder, 'index.html')
      const [{ writeReport }, { suiteReport }] = await Promise.all([
        import('../report/html.ts'),
        import('./suite-report.ts'),
      ])
      writeReport(index, suiteReport(told, sweeps))
      process.stdout.write(` report: ${relative(process.cwd(), index)}\n`)
    }
    if (outputFile === undefined) return
    mkdirSync(dirname(outputFile), { recursive: true })
    const all = told.map(({ test, summary }) => ({
      file: relative(process.cwd(), test.module.moduleId),
      test: test.fullName,
      state: test.result().state,
      ...summary,
    }))
    writeFileSync(outputFile, `${JSON.stringify({ tests: all, sweeps }, null, 2)}\n`)
  }
}

const ONE_A_FILE =
  'Vitest merges the reports of different files only, and each shard of LONGHAUL_SWEEP runs all files: merge the JSON files of the reporter by `npx longhaul merge`.'

/**
 * Judges sweeps in shards. A shard that runs alone is not judged. `--merge-reports` keeps one result of each file, and every shard
 * runs the same files: the results of the others are lost, which is told.
 */
function judge(parts: readonly SweepPart[], { isMerging }: { isMerging: boolean }): void {
  for (const sweep of mergeSweeps(parts)) {
    const isPart = sweep.missing.length > 0
    if (isPart && !isMerging) continue
    const problem = mergedProblem(sweep)
    if (problem === undefined) continue
    process.stdout.write(` ${styleText('red', isPart ? `${problem} ${ONE_A_FILE}` : problem)}\n`)
    process.exitCode = 1
  }
}

function sweepText({
  orchestration,
  cases,
  failed,
  exercised,
  sometimes,
}: SweepSummary & { orchestration: string }): string {
  const most = [...Object.entries(sometimes), ...Object.entries(exercised)]
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, MAX_EXERCISED + Object.keys(sometimes).length)
    .map(([name, count]) => `${name} in ${count}`)
  return `sweep "${orchestration}": ${cases} cases, ${failed} failed; ${most.join(', ')}`
}

/** Text of a workflow command. Source: GitHub's documentation of workflow commands. */
const escaped = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const escapedProperty = (text: string): string => escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

function annotate(test: TestCase, { violations }: TestSummary): void {
  const { longhaulReport: report } = test.meta()
  const link = report === undefined ? '' : ` (report: ${report})`
  const file = escapedProperty(relative(process.cwd(), test.module.moduleId))
  const line = test.location ? `,line=${test.location.line}` : ''
  for (const { check, what } of violations)
    process.stdout.write(
      `::error file=${file}${line},title=${escapedProperty(`longhaul: ${check}`)}::${escaped(`${test.fullName}: ${what}${link}`)}\n`,
    )
}
