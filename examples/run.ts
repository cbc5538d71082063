/**
 * Runs the examples as a stranger does: each in an empty folder, with what `npm install` gives it, against the packed
 * tarball; twice with one seed, whose traces have to be the same bytes. Needs the npm registry.
 *
 * Usage: npm run examples [-- name …] [--skip-uninstallable]
 */
import { spawn } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const tsc = join(root, 'node_modules/typescript/bin/tsc')

/** What an example does not come to its end with: the output of the command that failed, or the trace that differs. */
class ExampleError extends Error {
  override readonly name = 'ExampleError'
  readonly code = 'LONGHAUL_EXAMPLE'
}

/** What npm could not install, as where there is no registry. */
class UninstallableError extends Error {
  override readonly name = 'UninstallableError'
  readonly code = 'LONGHAUL_EXAMPLE_UNINSTALLABLE'
}

/** Runs a command, and gives what it prints. Throws all of it where the command fails. */
function told(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const child = spawn(command, args, { cwd, env: { ...process.env, NO_COLOR: '1', ...env }, stdio: 'pipe' })
  let output = ''
  child.stdout.on('data', (part) => (output += part))
  child.stderr.on('data', (part) => (output += part))
  const { promise, resolve: end, reject } = Promise.withResolvers<string>()
  child.on('error', reject)
  child.on('close', (status) =>
    status === 0
      ? end(output)
      : reject(new ExampleError(`${command} ${args.join(' ')} has ended with ${status}:\n${output}`)),
  )
  return promise
}

/** All files below a folder, by their names in it. */
async function filesOf(folder: string): Promise<Map<string, Buffer>> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = found.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  return new Map(await Promise.all(paths.map(async (path) => [relative(folder, path), await readFile(path)] as const)))
}

/** The first trace of which the two runs have different bytes, or that one of them lacks. */
function differing(first: Map<string, Buffer>, second: Map<string, Buffer>): string | undefined {
  const names = new Set([...first.keys(), ...second.keys()])
  return [...names].find((name) => !first.get(name)?.equals(second.get(name) ?? Buffer.alloc(0)))
}

/** Writes the recipes of docs/frameworks.md that say to be run in an example, as tests beside its own. */
async function addRecipes(name: string, folder: string): Promise<void> {
  const page = await readFile(join(root, 'docs/frameworks.md'), 'utf8')
  const recipes = [...page.matchAll(/^<!-- run in examples\/(\S+) -->\n\n```ts\n(.*?)^```/gms)]
  for (const [nth, [, example, text]] of recipes.entries())
    if (example === name) await writeFile(join(folder, `recipe-${nth}.test.ts`), text!)
}

/** Installs an example and runs it twice; gives how many tests and traces it has. */
async function runExample(name: string, home: string, tarball: string): Promise<{ tests: number; traces: number }> {
  const folder = join(home, name)
  await cp(join(import.meta.dirname, name), folder, { recursive: true })
  await cp(join(import.meta.dirname, 'tsconfig.json'), join(folder, 'tsconfig.json'))
  await addRecipes(name, folder)
  await told('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--save-dev', tarball], folder).catch(
    (error: Error) => {
      throw new UninstallableError(error.message)
    },
  )
  await told(process.execPath, [tsc, '-p', folder, '--typeRoots', join(root, 'node_modules/@types')], folder)
  const vitest = join(folder, 'node_modules/vitest/vitest.mjs')
  const runs: { output: string; traces: Map<string, Buffer> }[] = []
  for (const nth of ['first', 'second']) {
    const traces = join(home, `${name}-${nth}`)
    const output = await told(process.execPath, [vitest, 'run'], folder, { LONGHAUL_TRACES: traces })
    runs.push({ output, traces: await filesOf(traces) })
  }
  const [first, second] = runs as [(typeof runs)[0], (typeof runs)[0]]
  const other = differing(first.traces, second.traces)
  if (other !== undefined) {
    const kept = await mkdtemp(join(tmpdir(), 'longhaul-traces-'))
    for (const nth of ['first', 'second']) await cp(join(home, `${name}-${nth}`), join(kept, nth), { recursive: true })
    throw new ExampleError(`Two runs with one seed have written different traces: ${other}, kept in ${kept}.`)
  }
  return { tests: Number(/Tests\s.*?(\d+) passed/.exec(first.output)?.[1] ?? 0), traces: first.traces.size }
}

/** The folders that are packages of their own. */
async function allExamples(): Promise<string[]> {
  const found = await readdir(import.meta.dirname, { recursive: true })
  return found.filter((path) => /^[^/\\]+[/\\]package\.json$/.test(path)).map((path) => path.split(/[/\\]/)[0]!)
}

const all = (await allExamples()).toSorted()
const given = process.argv.slice(2)
/** Whether an example that cannot be installed is passed over: it says so, and fails nothing. */
const maySkip = given.includes('--skip-uninstallable')
const named = given.filter((word) => word !== '--skip-uninstallable')
const names = named.length > 0 ? named : all
const unknown = names.filter((name) => !all.includes(name))
if (unknown.length > 0)
  throw new ExampleError(`There is no example ${unknown.join(', ')}. There are: ${all.join(', ')}.`)

const home = await mkdtemp(join(tmpdir(), 'longhaul-examples-'))
let failed = 0
let tests = 0
try {
  await told('npm', ['run', 'build'], root)
  await told('npm', ['pack', '--pack-destination', home], root)
  const tarball = join(
    home,
    (await readdir(home)).find((file) => file.endsWith('.tgz'))!,
  )
  for (const name of names) {
    const begun = performance.now()
    try {
      const ran = await runExample(name, home, tarball)
      tests += ran.tests
      const seconds = ((performance.now() - begun) / 1000).toFixed(0)
      console.log(`ok      ${name}: ${ran.tests} tests, ${ran.traces} traces twice the same, ${seconds} s`)
    } catch (error) {
      if (maySkip && error instanceof UninstallableError) {
        console.log(`skipped ${name}: it could not be installed. ${error.message.split('\n').slice(0, 4).join(' ')}`)
        continue
      }
      failed += 1
      console.log(`NOT OK  ${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
    await rm(join(home, name), { recursive: true, force: true })
  }
} finally {
  await rm(home, { recursive: true, force: true })
}
console.log(`${names.length} examples, ${tests} tests passed, ${failed} examples failed`)
process.exitCode = failed === 0 ? 0 : 1
