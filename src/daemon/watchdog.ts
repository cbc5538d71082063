import { readFileSync, rmSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { native } from '../doors/index.ts'

/** How often the daemon shows that it lives, and how long it may fail to. Real milliseconds. */
const BEAT_MS = 100
const STUCK_MS = 1_500

/** Places in what both threads see: beats, and the run that did something last, as the number that its id holds. */
const [BEATS, RUN] = [0, 1]

/**
 * The other thread: where the daemon makes no beat for long, it writes the run that was at work into a file, and takes the
 * file away when the daemon goes on. A process that is killed in between leaves it.
 */
const OTHER_THREAD = `
const { workerData: { shared, file, stuckMs } } = require('node:worker_threads')
const { rmSync, writeFileSync } = require('node:fs')
const cells = new Int32Array(shared)
const pause = new Int32Array(new SharedArrayBuffer(4))
let beats = 0
let since = performance.now()
let isWritten = false
for (;;) {
  Atomics.wait(pause, 0, 0, ${BEAT_MS})
  const now = Atomics.load(cells, ${BEATS})
  if (now < 0) break
  if (now !== beats) {
    beats = now
    since = performance.now()
    if (isWritten) rmSync(file, { force: true })
    isWritten = false
  } else if (!isWritten && performance.now() - since > stuckMs) {
    const run = Atomics.load(cells, ${RUN})
    if (run !== 0) writeFileSync(file, 'orch_' + (run >>> 0).toString(16).padStart(8, '0'), { mode: 0o600 })
    isWritten = run !== 0
  }
}`

const numberOf = (run: string): number => Number.parseInt(run.slice('orch_'.length), 16) | 0

/** Watches from another thread whether the daemon goes on. */
export interface Watchdog {
  /** A run has done something: what the daemon is busy with from now on is this run's. */
  at(run: string): void
  stop(): void
}

/** @param file is there while the daemon stands still, and holds the run by which it does */
export function watch(file: string): Watchdog {
  const shared = new SharedArrayBuffer(8)
  const cells = new Int32Array(shared)
  const worker = new Worker(OTHER_THREAD, { eval: true, workerData: { shared, file, stuckMs: STUCK_MS } })
  worker.unref()
  // Without it the daemon is as good, but for what it can tell of its end.
  worker.on('error', () => {})
  const timer = native
    .setTimeout(() => {
      Atomics.add(cells, BEATS, 1)
      timer.refresh()
    }, BEAT_MS)
    .unref()
  return {
    at: (run) => void Atomics.store(cells, RUN, numberOf(run)),
    stop() {
      native.clearTimeout(timer)
      Atomics.store(cells, BEATS, -1)
    },
  }
}

/** The run that was at work when the last daemon stood still and was killed, if that is how it ended. It is asked once. */
export function runThatStoodStill(file: string): string | undefined {
  try {
    const run = readFileSync(file, 'utf8')
    rmSync(file, { force: true })
    return run
  } catch {
    return undefined
  }
}
