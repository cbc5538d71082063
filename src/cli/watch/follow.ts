import { daemonPaths, follow, isAnswering, type Following } from '../../daemon/index.ts'
import { readFlags, UsageError } from '../flags.ts'
import { FOLLOW_FLAGS } from './flags.ts'
import { lineOf } from './line.ts'
import { screen } from './screen.ts'
import { nothingSeen, see, type Seen } from './seen.ts'

/** How often it is drawn, and how often the daemon is asked how it does. Real milliseconds. */
const DRAW_EVERY_MS = 500
const LOOK_EVERY_MS = 2_000
/** Orchestrations that are asked for: more do not fit on a screen. */
const MAX_RUNS = 20
const MAX_AGENTS = 200

// Source: ECMA-48, and xterm's alternate screen.
const ENTER = '\u001B[?1049h\u001B[?25l'
const LEAVE = '\u001B[?25h\u001B[?1049l'
const HOME = '\u001B[H'
const REST_OF_LINE = '\u001B[K'
const REST_OF_SCREEN = '\u001B[J'

const write = (text: string): void => void process.stdout.write(text)

/** Learns how the daemon does; what it has happened to say meanwhile stays. */
async function look({ request }: Following, seen: Seen): Promise<void> {
  const [health, list, costs, agents] = await Promise.all([
    request('system:health'),
    request('orchestration:list', { limit: MAX_RUNS }),
    request('orchestration:cost_status', { limit: MAX_RUNS }),
    request('agent:health', { limit: MAX_AGENTS }),
  ])
  if (health['error'] !== undefined) return
  const of = (data: Readonly<Record<string, unknown>>, name: string) =>
    (data[name] ?? []) as readonly Readonly<Record<string, unknown>>[]
  seen.health = health
  seen.runs = of(list, 'orchestrations')
  seen.costs = new Map(of(costs, 'orchestrations').map((cost) => [String(cost['orchestration_id']), cost]))
  seen.agents = of(agents, 'agents')
}

/** One screen that is drawn again and again. */
function watchOnScreen(socket: string): () => void {
  const seen = nothingSeen()
  const { columns = 80, rows = 24 } = process.stdout
  const draw = (): void => {
    const size = { columns: process.stdout.columns ?? columns, rows: process.stdout.rows ?? rows }
    write(`${HOME}${screen(seen, size).join(`${REST_OF_LINE}\r\n`)}${REST_OF_LINE}${REST_OF_SCREEN}`)
  }
  write(ENTER)
  const daemon = follow({
    socket,
    onEvent: (event) => see(seen, event),
    onConnection(isConnected) {
      if (!isConnected) seen.health = undefined
      else void look(daemon, seen).then(draw)
      draw()
    },
  })
  const drawing = setInterval(draw, DRAW_EVERY_MS)
  const looking = setInterval(() => void look(daemon, seen), LOOK_EVERY_MS)
  process.stdout.on('resize', draw)
  draw()
  return () => {
    clearInterval(drawing)
    clearInterval(looking)
    process.stdout.off('resize', draw)
    daemon.close()
    write(LEAVE)
  }
}

/** A line for each thing that happens. */
function watchInLines(socket: string): () => void {
  write(`longhaul watches ${socket}\n`)
  void isAnswering(socket).then((answers) => {
    if (!answers) write('no daemon answers there yet; longhaul watch waits for a daemon (longhaul daemon start)\n')
  })
  const daemon = follow({
    socket,
    onEvent(event) {
      const line = lineOf(event)
      if (line !== undefined) write(`${line}\n`)
    },
    onConnection(isConnected) {
      if (!isConnected) return write('the daemon closed the connection; longhaul watch waits for the next daemon\n')
      void daemon.request('system:health').then(({ pid, status, orchestrations, problems }) => {
        const wrong = ((problems ?? []) as readonly string[]).map((problem) => `; ${problem}`).join('')
        write(`daemon ${String(pid)} is ${String(status)}, ${String(orchestrations)} active orchestration(s)${wrong}\n`)
      })
    },
  })
  return () => daemon.close()
}

/** `longhaul watch` without an event: shows what the daemon does, over its restarts, until it is interrupted. */
export function watchDaemon(given: readonly string[]): void {
  const { words, flags } = readFlags(given, FOLLOW_FLAGS)
  if (words.length > 0) throw new UsageError(`longhaul watch does not accept "${words[0]}". Give an event, or nothing.`)
  const { socket } = daemonPaths(process.env)
  const isPlain = flags['plain'] !== undefined || !process.stdout.isTTY
  const stop = isPlain ? watchInLines(socket) : watchOnScreen(socket)
  // Who reads no more, as `head` does, ends it.
  process.stdout.on('error', () => process.exit(0))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
}
