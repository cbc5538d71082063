import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, describe, expect, test } from 'vitest'
import { explore } from 'longhaul'
import { setUp, votes } from '../gallery/bad/lost-vote.ts'
import { strategy } from '../given/strategy.ts'

const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts')
const folder = mkdtempSync(join(tmpdir(), 'longhaul-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs a command to its end. */
function run(...given: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [MAIN, ...given], (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })
}

describe('longhaul serve', { timeout: 60_000 }, () => {
  /** Starts a server, and reads the base URLs that it prints. */
  async function serving(...flags: string[]): Promise<{ server: ChildProcess; urls: Record<string, string> }> {
    const server = spawn(process.execPath, [MAIN, 'serve', '--time', '1000x', ...flags])
    const urls: Record<string, string> = {}
    for await (const line of createInterface(server.stdout)) {
      const found = /(\w+)_BASE_URL=(\S+)/.exec(line)
      if (found) urls[found[1]!] = found[2]!
      if (Object.keys(urls).length === 2) break
    }
    return { server, urls }
  }

  test('answers the official SDKs in another process, and ends when it is told to', async () => {
    const { server, urls } = await serving('--seed', '7')
    const openai = new OpenAI({ apiKey: 'test', baseURL: urls['OPENAI']! })
    const completion = await openai.chat.completions.create({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: 'Hello' }],
    })
    expect(completion.choices[0]!.message.content).toMatch(/\w/)
    const anthropic = new Anthropic({ apiKey: 'test', baseURL: urls['ANTHROPIC']! })
    const message = await anthropic.messages.create({
      model: 'claude-haiku-4-5',
      max_tokens: 50,
      messages: [{ role: 'user', content: 'Hello' }],
    })
    expect(message.usage.output_tokens).toBeGreaterThan(0)
    server.kill('SIGTERM')
    const [code] = (await once(server, 'exit')) as [number]
    expect(code).toBe(0)
  })

  test.each([
    [
      'services.yaml',
      'latency: 0\nfailRate: 1\nreplies: Approved.\nservices:\n  openai:\n    rateLimits: { requestsPerMinute: 1 }\n',
    ],
    [
      'services.mjs',
      "export default { latency: 0, replies: () => 'Approved.', services: { openai: { rateLimits: { requestsPerMinute: 1 } } } }\n",
    ],
  ])('takes the options of its services from %s, and a flag wins', async (name, content) => {
    const file = join(folder, name)
    writeFileSync(file, content)
    const { server, urls } = await serving('--config', file, '--fail-rate', '0', '--time', 'real')
    const client = new OpenAI({ apiKey: 'test', baseURL: urls['OPENAI']!, maxRetries: 0 })
    const ask = () => client.responses.create({ model: 'gpt-4o', input: 'Ready?' })
    expect((await ask()).output_text).toBe('Approved.')
    await expect(ask()).rejects.toMatchObject({ status: 429 })
    server.kill('SIGTERM')
    expect(await once(server, 'exit')).toEqual([0, null])
  })

  test.each([
    ['failRat: 0.1\n', 'options.yaml', 'There is no option provider.failRat. Did you mean "failRate"?'],
    ['[1]\n', 'list.yaml', 'list.yaml must be a block of options of the provider, such as failRate: 0.1.'],
    ['a: [\n', 'broken.yaml', 'broken.yaml cannot be read: '],
    ['export const failRate = 1\n', 'named.mjs', 'named.mjs must export the options of the provider by default'],
  ])('refuses the file %j', async (content, name, told) => {
    const file = join(folder, name)
    writeFileSync(file, content)
    const { code, stderr } = await run('serve', '--config', file)
    expect(code).toBe(2)
    expect(stderr).toContain(told)
  })

  test('says that a port is taken, and what to do', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const { code, stderr } = await run('serve', '--port', String(port))
    expect(code).not.toBe(0)
    expect(stderr).toContain(`Port ${port} of 127.0.0.1 is already in use. Set another port by --port.`)
    await new Promise((resolve) => other.close(resolve))
  })
})

describe('longhaul check', { timeout: 60_000 }, () => {
  test('says what a pattern is that comes with longhaul', async () => {
    const { code, stdout } = await run('check', 'game_theory_orchestration_v2')
    expect(code).toBe(0)
    expect(stdout).toContain('game_theory_orchestration_v2, 4 agents, 6 statements')
  })

  test('shows the line of a mistake, and exits with 1', async () => {
    const file = join(folder, 'wrong.yaml')
    writeFileSync(
      file,
      strategy`
        name: wrong
        orchestration_logic:
          strategy: |
            FOR x IN 1..3:
              GATHR votes FROM agents
      `,
    )
    const { code, stderr } = await run('check', file)
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /wrong\.yaml:5:7: There is no statement "GATHR"\.\n {2}5 \| .*\n.*\^\n.*Did you mean "GATHER"\?/,
    )
  })

  test('tells all that is wrong, and warns of what may not be meant so', async () => {
    const file = join(folder, 'doubtful.yaml')
    writeFileSync(
      file,
      strategy`
        name: doubtful
        functions: game_theory
        agents: { ann: { model: gpt-4o-mnii } }
        orchestration_logic:
          strategy: |
            GATHER votes FROM agents WITH at_least: 2
            x = CALL metrcs(votes)
            Gather the rest
            RETURN nothing
            LOG 1
      `,
    )
    const { code, stderr } = await run('check', file)
    expect(code).toBe(1)
    for (const line of [
      /doubtful\.yaml:3:25: warning: The model "gpt-4o-mnii" is in no price table[^]*Did you mean "gpt-4o-mini"\?/,
      /doubtful\.yaml:6:35: at_least is 2, but GATHER asks only one agent/,
      /doubtful\.yaml:7:5: CALL: there is no function "metrcs"[^]*Did you mean "metrics"\?/,
      /doubtful\.yaml:8:5: warning: The orchestrating agent receives this line/,
      /doubtful\.yaml:9:12: There is no variable "nothing"/,
      /doubtful\.yaml:10:5: warning: This statement is unreachable/,
    ])
      expect(stderr).toMatch(line)
  })
})

test('longhaul schema prints a JSON Schema', { timeout: 60_000 }, async () => {
  const { stdout } = await run('schema')
  const read = JSON.parse(stdout) as { required?: string[] }
  expect(read).toMatchObject({ type: 'object', properties: { name: {}, agents: {} } })
  // A pattern without a name has that of its file.
  expect(read.required ?? []).not.toContain('name')
})

test('longhaul --version prints the version of the package', { timeout: 60_000 }, async () => {
  const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8')) as {
    version: string
  }
  expect((await run('--version')).stdout).toBe(`${version}\n`)
})

test('longhaul inspect writes a trace for Perfetto', { timeout: 60_000 }, async () => {
  const file = join(folder, 'perfetto.ndjson')
  writeFileSync(file, '{"seq":0,"at":0,"causes":[],"type":"run.started","name":"x","seed":1,"vars":{}}\n')
  const out = join(folder, 'perfetto.json')
  expect((await run('inspect', file, '--perfetto', out)).code).toBe(0)
  expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({ displayTimeUnit: 'ms' })
})

test('an unknown command exits with 2 and names the nearest one', { timeout: 60_000 }, async () => {
  const { code, stderr } = await run('sreve')
  expect(code).toBe(2)
  expect(stderr).toContain('There is no command "sreve". Did you mean "serve"?')
})

describe('longhaul inspect', { timeout: 60_000 }, () => {
  const trace = join(folder, 'votes.ndjson')

  test('shows agents, calls and costs of a trace, and what checks find in it', { timeout: 60_000 }, async () => {
    const { failures } = await explore(
      'votes',
      { ...setUp, system: votes, checks: { 'retry-after': false, backoff: { rush: 1, pause: 60_000 } } },
      { seeds: 1, failRate: 0.25, swarm: false },
    )
    failures[0]!.smallest!.trace.write(trace)
    const { code, stdout } = await run('inspect', trace)
    expect(stdout).toMatch(/^\S+votes\.ndjson: \d+ events\n\nagent +calls +failed +retries +input tokens/)
    expect(stdout).toMatch(/\n(ann|ben|cem|dan|eve) +\d+ +1 +1 +\d+ +\d+ +\$0\.\d+ +1s +1s\n/)
    expect(stdout).toContain('gather votes: 1 received')
    expect(code).toBe(0)

    // One that was cut off in the middle is no whole trace.
    const lines = readFileSync(trace, 'utf8').trim().split('\n')
    writeFileSync(trace, `${lines.toSpliced(2, 1).join('\n')}\n`)
    const cut = await run('inspect', trace)
    expect(cut).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('event 2 has the sequence number 3') as string,
    })
  })

  test('says what is wrong with a file', async () => {
    writeFileSync(trace, 'no trace\n')
    expect(await run('inspect', trace)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Line 1 of') as string,
    })
    expect((await run('inspect')).stderr).toContain('needs the file of a trace')
  })
})

describe('options', { timeout: 60_000 }, () => {
  test.each([
    [['serve', '--prot', '1'], 'There is no option --prot. Did you mean --port?'],
    [['daemon', 'strat'], 'Did you mean "start"?'],
    [['daemon', 'start', '--tiem', '60x'], 'There is no option --tiem. Did you mean --time?'],
    [['daemon', 'status', '--time', '60x'], 'longhaul daemon status does not accept --time.'],
    [['daemon', 'start', '--layout', 'plna'], '--layout is "plna". Did you mean "plan"?'],
    [['send', 'system:health', '--ouput-format', 'json'], 'Did you mean --output-format?'],
    [['discover', 'orchestration:strat'], 'Did you mean "orchestration:start"?'],
    [['init', 'here'], 'longhaul init does not accept "here": the command takes options only.'],
    [['merge', 'package.json', './package.json'], './package.json is given twice. Give each file once.'],
    [['schema', 'x'], 'longhaul schema does not accept "x"'],
    [['discover', 'a:b', 'c'], 'longhaul discover does not accept "c": the command takes 1 word at most.'],
    [['send', 'system:health', '--every', '0'], '--every is "0". Give a pause'],
    [['daemon', 'start', '--patterns', 'nowhere'], 'patterns: there is no folder'],
    [['daemon', 'start', '--ui', '--ui-port', '99999'], 'the port of the live page is "99999"'],
    [['serve', '--time', '60'], '--time: "60" is not a time mode of this command. Give real, or a factor such as 60x.'],
    [
      ['serve', '--time', 'vritual'],
      '--time: "vritual" is not a time mode of this command. Give real, or a factor such as 60x.',
    ],
    [
      ['daemon', 'start', '--time', '7'],
      '--time: "7" is not a time mode of this command. Give real, or a factor such as 7x.',
    ],
    [
      ['watch', 'system:health', '--every', 'x'],
      '--every is "x". Give seconds, or a duration such as 500ms, 10s or 1m30s.',
    ],
    [['watch', '--every', '5s'], 'Give an event, such as system:health.'],
    [['send', 'system:health', '--within', 'soon'], '--within is "soon". Give seconds, or a duration'],
    [['serve', '--latency', 'banana'], '--latency: "banana" is not a valid latency.'],
    [['serve', '--latency', 'slwo'], 'Did you mean "slow"?'],
    [['serve', '--fail-rate', '2'], '--fail-rate is "2". Give a number from 0 to 1.'],
  ])('%j are refused with the nearest one', async (given, message) => {
    expect(await run(...given)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) as string })
  })

  test('of each command stand in its help, and the parameters of an event too', async () => {
    expect((await run('daemon', 'start', '--help')).stdout).toMatch(
      /--live +calls the real services.*--breaker-open-for DURATION/s,
    )
    expect((await run('send', '--help')).stdout).toContain('--output-format FORMAT')
    expect((await run('send', 'orchestration:resume', '--help')).stdout).toContain('--checkpoint-id TEXT')
    expect((await run('help', 'agent:terminate')).stdout).toContain('--dry-run')
    expect((await run('--help')).stdout).toContain('game_theory_orchestration_v2')
  })
})
