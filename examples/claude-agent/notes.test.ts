import { describeOrchestration, startServer, toolCall, type ProviderConfig, type SystemContext } from 'longhaul'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { releaseNotes } from './notes.ts'

/** A home of its own: the CLI finds neither keys nor settings, and leaves nothing behind. */
const HOME = join(import.meta.dirname, 'home')

async function system({ provider }: SystemContext) {
  const server = await startServer(provider)
  mkdirSync(HOME, { recursive: true })
  // Else the CLI makes one up, which its requests hold.
  writeFileSync(join(HOME, '.claude.json'), JSON.stringify({ userID: '0'.repeat(64) }))
  try {
    return await releaseNotes('1.4', {
      HOME,
      PATH: process.env['PATH']!,
      ANTHROPIC_BASE_URL: server.baseURLs.anthropic,
      ANTHROPIC_API_KEY: 'test',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    })
  } finally {
    await server.close()
    rmSync(HOME, { recursive: true, force: true })
  }
}

/** The CLI adds its dollars up as floating-point numbers. */
const rounded = (dollars: number): number => Number(dollars.toFixed(9))

const COMMITS = 'mcp__repository__commits'
const provider: ProviderConfig = {
  latency: '8s',
  identify: () => 'claude',
  replies: ({ tools, prompt }) => {
    if (prompt.includes('Since 1.4')) return 'Retries wait longer.'
    // The CLI offers its first tools only; others have to be looked for.
    const isOffered = tools.some(({ name }) => name === COMMITS)
    return isOffered ? toolCall(COMMITS, { since: '1.4' }) : toolCall('ToolSearch', { query: `select:${COMMITS}` })
  },
}

describeOrchestration('notes on a release', { system, provider }, (test) => {
  test('are written with a tool that the CLI has to look for first', async ({ run, expect }) => {
    const outcome = await run()
    expect(outcome.result?.text).toBe('Retries wait longer.')
    expect(outcome).toHaveCalls(3)
  })

  test("cost what the provider bills, by the CLI's own account", async ({ run, expect }) => {
    const outcome = await run()
    expect(outcome).toHaveCost(rounded(outcome.result!.dollars))
  })

  test('take as long as the model: the CLI is waited for in real time', async ({ run, expect }) => {
    expect(await run()).toHaveElapsed({ atLeast: '24s', atMost: '25s' })
  })
})

describeOrchestration(
  'notes on a release, at a service that fails',
  {
    system,
    provider: { ...provider, schedule: [0, 1].map((nth) => ({ agent: 'claude', nth, fault: 'server_error' })) },
  },
  (test) => {
    test('are written all the same, at the same price', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome).toHaveCalls(2, { fault: 'server_error' })
      expect(outcome).toHaveCost(rounded(outcome.result!.dollars))
    })
  },
)

describeOrchestration(
  'an agent that comes to no end',
  { system, provider: { ...provider, replies: () => toolCall('ToolSearch', { query: `select:${COMMITS}` }) } },
  (test) => {
    test('is stopped after five turns', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveFailedWith('error_max_turns')
      expect(outcome).toHaveCalls(5)
    })
  },
)
