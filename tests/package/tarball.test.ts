import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { install, root, userEnv as env } from './install.ts'

const run = promisify(execFile)
let home: string
let remove: () => Promise<void>

beforeAll(async () => void ({ home, remove } = await install(env)), 120_000)
afterAll(() => remove())

test("the README's test passes against the packed tarball in a fresh folder", { timeout: 120_000 }, async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const [, text] = /^```ts\n(.*?)^```/ms.exec(readme)!
  await writeFile(join(home, 'vote.test.ts'), text!)
  const { stdout } = await run(join(root, 'node_modules/.bin/vitest'), ['run', '--root', home], { cwd: home, env })
  expect(stdout).toMatch(/Tests\s+1 passed \(1\)/)
})

test('the examples of the documentation that need no framework pass too', { timeout: 300_000 }, async () => {
  let count = 0
  for (const page of await readdir(join(root, 'docs'))) {
    if (!page.endsWith('.md')) continue
    const text = await readFile(join(root, 'docs', page), 'utf8')
    for (const [index, [, runner, example]] of [
      ...text.matchAll(/^<!-- run( by node)? -->\n\n```ts\n(.*?)^```/gms),
    ].entries()) {
      const name = `example-${page.replace('.md', '')}-${index}`
      if (runner) {
        await writeFile(join(home, `${name}.ts`), example!)
        await run(process.execPath, ['--test', `${name}.ts`], { cwd: home, env })
        continue
      }
      await writeFile(join(home, `${name}.test.ts`), example!)
      count += 1
    }
  }
  const vitest = join(root, 'node_modules/.bin/vitest')
  const { stdout } = await run(vitest, ['run', '--root', home, 'example-'], { cwd: home, env })
  expect(stdout).toMatch(new RegExp(`Test Files\\s+${count} passed \\(${count}\\)`))
})

test('the links of the documentation lead to files of the package', async () => {
  const installed = join(home, 'node_modules/longhaul')
  const pages = (await readdir(join(installed, 'docs'), { recursive: true })).filter((page) => page.endsWith('.md'))
  const dead: string[] = []
  for (const page of pages) {
    // Who contributes has the repository.
    if (page === 'contributing.md') continue
    const text = await readFile(join(installed, 'docs', page), 'utf8')
    for (const [, link] of text.matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)/g))
      if (!existsSync(join(installed, 'docs', dirname(page), link!))) dead.push(`${page}: ${link}`)
  }
  expect(dead).toEqual([])
})

test('the pattern of docs/patterns.md passes longhaul check', { timeout: 60_000 }, async () => {
  const [, pattern] = /^```yaml\n(.*?)^```/ms.exec(await readFile(join(root, 'docs/patterns.md'), 'utf8'))!
  await writeFile(join(home, 'vote.yaml'), pattern!)
  const main = join(home, 'node_modules/longhaul/dist/cli/main.js')
  const { stdout } = await run(process.execPath, [main, 'check', 'vote.yaml'], { cwd: home, env })
  expect(stdout).toBe('vote.yaml: vote, 3 agents, 2 statements\n')
})

test('the first commands of docs/daemon.md do what they say', { timeout: 120_000 }, async () => {
  const main = join(home, 'node_modules/longhaul/dist/cli/main.js')
  const page = await readFile(join(root, 'docs/daemon.md'), 'utf8')
  const [, commands] = /^```sh\n(npx longhaul daemon start.*?)^```/ms.exec(page)!
  const printed: string[] = []
  for (const line of commands!.trim().split('\n')) {
    const { stdout } = await run(
      'sh',
      ['-c', line.replace(/^npx longhaul /, `exec "${process.execPath}" "${main}" `)],
      {
        cwd: home,
        // A key that is there is not used: nothing is spent by default.
        env: { ...env, OPENAI_API_KEY: 'sk-real', ANTHROPIC_API_KEY: 'sk-real' },
      },
    )
    printed.push(stdout)
  }
  expect(printed).toEqual([
    expect.stringMatching(
      // On a busy machine a line before it says that the daemon is starting.
      /^longhaul daemon \d+ started; .*\nLLM services: simulated in the process of the daemon, at no cost\./m,
    ),
    expect.stringContaining('"status":"started"'),
    expect.stringContaining('"pattern":"timeout_resilience_test"'),
    expect.stringMatching(/^longhaul daemon \d+ stopped/),
  ])
})

test('its entry points are one: a mount by msw knows who acts', { timeout: 60_000 }, async () => {
  const file = `
    import { setupServer } from 'msw/node'
    import { actAs, describeOrchestration } from 'longhaul'
    import { handlers } from 'longhaul/msw'

    const ask = () => fetch('https://api.openai.com/v1/chat/completions', {
      method: 'POST',
      headers: { authorization: 'Bearer test' },
      body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] }),
    })
    describeOrchestration('by msw', { mount: false, system: () => actAs('ann', ask) }, (test) => {
      test('names the agent', async ({ run, provider, expect }) => {
        const server = setupServer(...handlers(provider))
        server.listen()
        const outcome = await run()
        server.close()
        expect(outcome.agents.map(({ agent }) => agent)).toEqual(['ann'])
      })
    })`
  await writeFile(join(home, 'by-msw.test.ts'), file)
  const { stdout } = await run(join(root, 'node_modules/.bin/vitest'), ['run', '--root', home, 'by-msw'], {
    cwd: home,
    env,
  })
  expect(stdout).toMatch(/Tests\s+1 passed \(1\)/)
})

test(
  'the entry point of an area works in a program of its own, and loads no test runner',
  { timeout: 60_000 },
  async () => {
    const program = `
    import { registerHooks } from 'node:module'
    const loaded: string[] = []
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })

    const { playMatch, STRATEGIES } = await import('longhaul/games')
    console.log(playMatch(STRATEGIES.tit_for_tat, STRATEGIES.always_defect, { rounds: 3 }).scores.join(' '))
    const { loadPattern } = await import('longhaul/pattern')
    const { Orchestrator } = await import('longhaul/orchestrator')
    await import('longhaul/daemon')
    const text = 'name: sum\\norchestration_logic:\\n  strategy: |\\n    RETURN 20 + 22\\n'
    const trace = { length: 0, append: () => 0 }
    const { result } = await new Orchestrator(loadPattern({ text }), {}, {}, { trace }).run()
    console.log(result)
    console.log(loaded.filter((url) => /node_modules\\/(@?vitest|msw|nock)\\//.test(url)).join('\\n'))`
    await writeFile(join(home, 'areas.ts'), program)
    const { stdout } = await run(process.execPath, ['areas.ts'], { cwd: home, env })
    expect(stdout).toBe('2 7\n42\n\n')
  },
)

test('its types are right for a strict TypeScript project', { timeout: 120_000 }, async () => {
  const options = {
    strict: true,
    module: 'nodenext',
    target: 'es2023',
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    lib: ['es2023', 'dom'],
  }
  await writeFile(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }))
  const checked = await run(join(root, 'node_modules/.bin/tsc'), ['-p', home], { cwd: home, env }).catch(
    (error: { stdout: string }) => error,
  )
  expect(checked.stdout).toBe('')
})
