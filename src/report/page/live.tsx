import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { RunModel } from '../model/data.ts'
import { runModel } from '../model/model.ts'
import { count, dollars, duration } from './format.ts'
import { Top } from './header.tsx'
import { LiveFeed, type Connection } from './live-feed.ts'
import { LiveRuns } from './live-runs.ts'
import { RunPage } from './run-page.tsx'
import { useTheme } from './theme.ts'

/** How often what has happened is drawn. Milliseconds. */
const DRAW_EVERY_MS = 1_000
/** How often the daemon is asked how it does. Milliseconds. */
const LOOK_EVERY_MS = 3_000
/** Of what has happened before the page was opened. */
const MAX_PAGES = 100

interface Listed {
  orchestration_id: string
  state: RunModel['status']
  pattern: string
}

/** The token stands behind `#`, which no server is sent. */
const tokenOf = (): string | undefined => /token=([0-9a-f]+)/.exec(location.hash)?.[1]

/** What happened before: the newest first, page by page. */
async function fetchHistory(feed: LiveFeed, runs: LiveRuns): Promise<void> {
  let until: number | undefined
  for (let nth = 0; nth < MAX_PAGES; nth++) {
    const { events, oldest_shown: oldest } = await feed.ask('monitor:get_events', {
      limit: 1_000,
      ...(until !== undefined && { until }),
    })
    if (!Array.isArray(events)) return
    for (const each of events as { event_name: string; timestamp: number; orchestration_id: string; data: unknown }[])
      runs.add({ ...each, event: each.event_name })
    if (typeof oldest !== 'number' || oldest === until) return
    until = oldest
  }
}

/** What an orchestration has spent in all, however much of it the page knows. */
function spentText(cost: Readonly<Record<string, unknown>>): string {
  const { calls, known, uncertain, budget_limit: limit } = cost
  const short = (told: unknown): string => dollars(Number(String(told).replaceAll(/[$,]/g, '')) * 1e12)
  const perhaps = short(uncertain) === '$0' ? '' : ` and up to ${short(uncertain)} uncertain`
  return `Total: ${count(Number(calls))} calls, cost ${short(known)}${perhaps}${limit === null ? '' : `, budget ${short(limit)}`}.`
}

/** What a daemon does, as it does it. */
export function LivePage({ url, title }: { url: string; title: string }) {
  const [theme, onTheme] = useTheme()
  const runs = useMemo(() => new LiveRuns(), [])
  const [connection, setConnection] = useState<Connection>('connecting')
  const [listed, setListed] = useState<readonly Listed[]>([])
  const [health, setHealth] = useState<Readonly<Record<string, unknown>>>({})
  const [chosen, setChosen] = useState<string>()
  const [model, setModel] = useState<RunModel>()
  const [knownFrom, setKnownFrom] = useState(0)
  const [spent, setSpent] = useState('')
  const [isLoaded, setLoaded] = useState(false)
  const [said, setSaid] = useState('')
  const feed = useRef<LiveFeed>(undefined)
  const token = useMemo(tokenOf, [])

  useEffect(() => {
    const live = new LiveFeed({
      url,
      token,
      onEvent: (event) => runs.add(event),
      onConnection(now) {
        setConnection(now)
        if (now !== 'connected') return
        void live.ask('monitor:subscribe', { event_patterns: ['*'] })
        void fetchHistory(live, runs).then(() => setLoaded(true))
        void look()
      },
    })
    feed.current = live
    const look = async (): Promise<void> => {
      const [all, how] = await Promise.all([
        live.ask('orchestration:list', { all: true, limit: 50 }),
        live.ask('system:health'),
      ])
      if (Array.isArray(all['orchestrations'])) setListed(all['orchestrations'] as Listed[])
      if (how['error'] === undefined) setHealth(how)
    }
    const timer = setInterval(() => document.hidden || void look(), LOOK_EVERY_MS)
    return () => {
      clearInterval(timer)
      live.close()
    }
  }, [])

  const shown = chosen ?? listed.find(({ state }) => state === 'running')?.orchestration_id ?? runs.ids.at(-1)
  const status = listed.find(({ orchestration_id: id }) => id === shown)?.state
  useEffect(() => {
    let drawn = -1
    const draw = (): void => {
      if (shown === undefined || document.hidden || drawn === runs.version) return
      drawn = runs.version
      const run = runs.run(shown)
      const first = run?.events[0]
      // Numbers begin at 0.
      setKnownFrom(first && first.seq > 0 ? first.at : 0)
      setModel(run && runModel(run.events, { title: shown, label: shown, ...(status && { status }) }))
    }
    draw()
    const timer = setInterval(draw, DRAW_EVERY_MS)
    return () => clearInterval(timer)
  }, [shown, status])

  useEffect(() => {
    if (shown === undefined || connection !== 'connected') return
    const ask = async (): Promise<void> => {
      const cost = await feed.current!.ask('orchestration:cost_status', { orchestration_id: shown })
      if (cost['error'] === undefined) setSpent(spentText(cost))
    }
    void ask()
    const timer = setInterval(() => document.hidden || void ask(), LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [shown, connection])

  const act = async (event: string, data: Readonly<Record<string, unknown>>): Promise<void> => {
    setSaid(`${event} …`)
    const { error } = await feed.current!.ask(event, data)
    setSaid(typeof error === 'string' ? error : `${event}: done`)
  }
  return (
    <main>
      <Top
        title={title}
        status={connection === 'connected' ? String(health['status'] ?? 'connected') : connection}
        {...{ theme, onTheme }}
      />
      <p class="health" role="status">
        {connection === 'connected'
          ? `Daemon ${String(health['pid'] ?? '')}, up ${duration(Number(health['uptime'] ?? 0) * 1_000)}, ${String(health['orchestrations'] ?? 0)} active orchestration(s), ${String(health['services'] ?? '')} services`
          : connection === 'no daemon'
            ? 'No daemon answers. The page connects as soon as a daemon runs: longhaul daemon start'
            : 'The page reconnects automatically.'}
      </p>
      <div class="live-bar">
        <select
          aria-label="Orchestration"
          value={shown ?? ''}
          onChange={(event) => setChosen(event.currentTarget.value)}
        >
          {listed.length === 0 && <option value="">no orchestration yet</option>}
          {listed.map(({ orchestration_id: id, state, pattern }) => (
            <option key={id} value={id}>
              {pattern} · {id} · {state}
            </option>
          ))}
        </select>
        {shown !== undefined && token !== undefined && (
          <Actions
            id={shown}
            state={status}
            agents={model?.agents.map((place) => model.strings[place]!) ?? []}
            act={act}
          />
        )}
        {token === undefined && (
          <span class="note">
            Read-only. To control orchestrations, open the address with the token that longhaul ui prints.
          </span>
        )}
        <span class="said" role="status">
          {said}
        </span>
      </div>
      {spent !== '' && (
        <p class="health" role="note">
          {spent}
          {isLoaded &&
            knownFrom > 0 &&
            ` The page shows events from ${duration(knownFrom)} on and has dropped older events.`}
        </p>
      )}
      {model ? (
        <RunPage key={shown} model={model} theme={theme} isLive knownFrom={knownFrom} />
      ) : (
        <p class="note">The page has received no event yet.</p>
      )}
    </main>
  )
}

interface ActionsProps {
  id: string
  state: string | undefined
  agents: readonly string[]
  act: (event: string, data: Readonly<Record<string, unknown>>) => Promise<void>
}

/** What may be done with an orchestration. */
function Actions({ id, state, agents, act }: ActionsProps) {
  const [agent, setAgent] = useState('')
  const [rate, setRate] = useState('0.2')
  const which = { orchestration_id: id }
  if (state === 'suspended')
    return (
      <span class="actions">
        <button onClick={() => void act('orchestration:resume', which)}>Resume</button>
      </span>
    )
  if (state !== 'running') return null
  return (
    <span class="actions">
      <button onClick={() => void act('orchestration:suspend', which)}>Suspend</button>
      <button onClick={() => void act('orchestration:terminate', which)}>Terminate</button>
      <select aria-label="Agent to terminate" value={agent} onChange={(event) => setAgent(event.currentTarget.value)}>
        <option value="">select an agent …</option>
        {agents.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <button disabled={agent === ''} onClick={() => void act('agent:terminate', { agent_id: `${id}_${agent}` })}>
        Terminate agent
      </button>
      <label>
        fail rate{' '}
        <input
          type="number"
          min="0"
          max="1"
          step="0.05"
          value={rate}
          onInput={(event) => setRate(event.currentTarget.value)}
        />
      </label>
      <button onClick={() => void act('orchestration:fail_rate', { ...which, fail_rate: Number(rate) })}>Set</button>
    </span>
  )
}
