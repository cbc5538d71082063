import { AsyncLocalStorage } from 'node:async_hooks'
import { createSocket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { DeadlockError, startSimulatedClock, type Clock, type Waiter } from '../../../src/clock/index.ts'
import { behind, native } from '../../../src/doors/index.ts'

/** Real time, which goes by hand: it stands still unless a test moves it. Milliseconds. */
let real: number
let clock: Clock
const start = (options: Partial<Parameters<typeof startSimulatedClock>[0]> = {}): Clock =>
  (clock = startSimulatedClock({ mode: { kind: 'virtual' }, tell: () => {}, ...options }))

const timers: NodeJS.Timeout[] = []
const later = (ms: number, action = (): void => {}): void => void timers.push(setTimeout(action, ms))

beforeEach(() => {
  real = Math.ceil(native.now())
  vi.spyOn(native, 'now').mockImplementation(() => real)
})
afterEach(() => {
  for (const timer of timers.splice(0)) clearTimeout(timer)
  clock.stop()
  vi.restoreAllMocks()
})

const forever = (): Promise<never> => new Promise(() => {})
const errorOf = (work: Promise<unknown>): Promise<Error> => work.then(Promise.reject, (error: Error) => error)

describe('every two real seconds a clock tells', () => {
  // On a scaled clock, which does not ask what else the process does.
  const mode = { kind: 'scaled', factor: 1_000_000 } as const

  test('how much time it has simulated, and how many timers have fired', async () => {
    const lines: string[] = []
    start({ mode, tell: (line) => lines.push(line) })
    for (let ms = 1; ms <= 1_200; ms++) later(ms)
    const asleep = sleep(1_201)
    real += 1_999
    await asleep
    expect(lines).toEqual([])
    real += 1
    await sleep(1_000)
    expect(lines).toEqual(['longhaul: 1.201s simulated in 2s; 1,201 timers fired'])
    real += 1_999
    await sleep(1_000)
    expect(lines).toHaveLength(1)
    real += 1
    await sleep(1_000)
    expect(lines.slice(1)).toEqual(['longhaul: 3.201s simulated in 4s; 1,203 timers fired'])
  })

  test('for which real I/O it waits', async () => {
    const lines: string[] = []
    start({ tell: (line) => lines.push(line), probes: [() => ((real += 100), lines.length === 0)] })
    await sleep(1_000)
    expect(lines).toEqual(['longhaul: 0ms simulated in 2s; waiting for real I/O: the import of a module'])
  })

  test('on standard error, if nobody is named to be told', async () => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    start({ mode, tell: undefined })
    real += 2_000
    await sleep(1_000)
    expect(write.mock.calls).toContainEqual(['longhaul: 0ms simulated in 2s; 0 timers fired\n'])
  })
})

describe('a deadlock is reported', () => {
  const LOOK_MS = 10
  /** Starts a clock that sees 10 real milliseconds pass with each of its looks at the process. */
  function startLooking(onLook: (nth: number) => boolean | void): number {
    let nth = 0
    start({
      deadlockAfter: '100ms',
      probes: [
        () => {
          real += LOOK_MS
          return onLook((nth += 1)) ?? false
        },
      ],
    })
    return real
  }
  const LATE = 8

  test.each<[what: string, happens: () => boolean | void]>([
    ['real I/O', () => true],
    ['a timer', () => later(5)],
    [
      'an immediate',
      () => {
        const [before, again] = [real, (): void => void (real < before + 2 * LOOK_MS && native.setImmediate(again))]
        again()
      },
    ],
  ])('only when nothing has happened for so long: %s begins the time anew', async (_what, happens) => {
    const began = startLooking((nth) => (nth === LATE ? happens() : undefined))
    expect(await errorOf(clock.supervise(forever))).toBeInstanceOf(DeadlockError)
    expect(real - began).toBeGreaterThanOrEqual(LATE * LOOK_MS + 100)
  })

  test('only of work that is supervised, and from when it is', async () => {
    const { promise: longIdle, resolve } = Promise.withResolvers<void>()
    startLooking((nth) => (nth === 50 ? resolve() : undefined))
    await expect(clock.supervise(() => 'done')).resolves.toBe('done')
    await longIdle
    const began = real
    expect(await errorOf(clock.supervise(forever))).toBeInstanceOf(DeadlockError)
    expect(real - began).toBeGreaterThanOrEqual(100)
  })
})

describe('a window of patience', () => {
  /** For how many real milliseconds a clock is held, 10 of which pass in about each turn of its own. */
  async function heldFor(options: Parameters<typeof start>[0], hold: () => void): Promise<number> {
    start(options)
    const began = real
    let held = true
    const pass = (): void => {
      real += 10
      if (held) native.setTimeout(pass, 1)
    }
    pass()
    hold()
    await sleep(1_000)
    held = false
    return real - began
  }

  test.each<[settle: '300ms' | undefined, atLeast: number, below: number]>([
    ['300ms', 300, 2_000],
    [undefined, 2_000, Number.POSITIVE_INFINITY],
  ])('for an answer from elsewhere lasts as the option settle says: %s', async (settle, atLeast, below) => {
    const socket = createSocket('udp4')
    try {
      const held = await heldFor({ ...(settle && { settle }) }, () =>
        behind.work!.datagram(socket, { port: atLeast, address: '192.0.2.9' }),
      )
      expect(held).toBeGreaterThanOrEqual(atLeast)
      expect(held).toBeLessThan(below)
    } finally {
      socket.close()
    }
  })

  test.each<[quiet: '60ms' | undefined, atLeast: number]>([
    ['60ms', 300],
    [undefined, 50],
  ])(
    'for more to come lasts as the option quiet says, for work given to io five times as long: %s',
    async (quiet, atLeast) => {
      const held = await heldFor({ ...(quiet && { quiet }) }, () => {
        clock.describeWaiters(() => [{ who: 'somebody', what: 'call 7', since: 0 }])
        void clock.io(forever())
      })
      expect(held).toBeGreaterThanOrEqual(atLeast)
    },
  )

  test('for anything to happen at all is 400 ms, if not set', async () => {
    start({ probes: [() => ((real += 10), false)] })
    const began = real
    expect(await errorOf(clock.supervise(forever))).toBeInstanceOf(DeadlockError)
    expect(real - began).toBeGreaterThanOrEqual(400)
  })
})

describe('work that was given to io', () => {
  const agent = new AsyncLocalStorage<string>()
  /** Real time stands still in the first looks at the process, and the work ends after that many milliseconds of it. */
  const [STILL_LOOKS, ENDS_AFTER_MS] = [40, 1_000]

  /** For how long the work of an agent holds the clock while somebody waits for something on it. */
  async function heldFor(actor: string | undefined, waiters: readonly Waiter[]): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const began = real
    let looks = 0
    start({
      actor: () => agent.getStore(),
      probes: [
        () => {
          if ((looks += 1) > STILL_LOOKS) real += 10
          if (real - began >= ENDS_AFTER_MS) resolve()
          return false
        },
      ],
    })
    clock.describeWaiters(() => waiters)
    await sleep(2_000)
    looks = 0
    agent.run(actor!, () => void clock.io(promise))
    await sleep(1_000)
    if (real === began) return 'not at all'
    return real - began >= ENDS_AFTER_MS ? 'until it ends' : 'until nothing has happened for a while'
  }
  const waiter = (since: number, who?: string): Waiter => ({
    who: 'somebody',
    what: 'call 7',
    since,
    ...(who !== undefined && { agent: who }),
  })

  test.each<[held: string, who: string, actor: string | undefined, waiters: readonly Waiter[]]>([
    ['not at all', 'the same agent waits', 'ann', [waiter(2_000, 'ben'), waiter(2_000, 'ann')]],
    ['until it ends', 'the agent waits since before', 'ann', [waiter(1_999, 'ann')]],
    ['until it ends', 'another agent waits', 'ann', [waiter(2_000, 'ben')]],
    ['until it ends', 'nobody waits', 'ann', []],
    ['until nothing has happened for a while', 'somebody unknown waits', 'ann', [waiter(2_000)]],
    ['until nothing has happened for a while', 'an agent waits, perhaps the same', undefined, [waiter(2_000, 'ben')]],
    ['until nothing has happened for a while', 'somebody unknown waits, perhaps the same', undefined, [waiter(2_000)]],
    ['until it ends', 'nobody waits for it, as far as is known', undefined, [waiter(1_999)]],
  ])('holds the clock %s if %s', async (held, _who, actor, waiters) => {
    expect(await heldFor(actor, waiters)).toBe(held)
  })
})

describe('scaled time', () => {
  /** What the clock has waited for in real milliseconds, and the simulated time at which it began to. */
  let waits: [ms: number, at: number][]
  /** Real time passes as the clock waits for it, and by more where the machine is late. */
  function startScaled(factor: number, { lateMs = 0 } = {}): void {
    waits = []
    vi.spyOn(native, 'setTimeout').mockImplementation(((action: () => void, ms: number) => {
      waits.push([ms, clock.now()])
      native.setImmediate(() => {
        real += ms + lateMs
        action()
      })
    }) as never)
    start({ mode: { kind: 'scaled', factor } })
  }

  test('passes with the wall clock, which is waited for in small steps up to the next timer', async () => {
    startScaled(10)
    const began = real
    await sleep(45)
    expect([clock.now(), real - began]).toEqual([45, 4.5])
    expect(waits).toEqual([
      [2, 0],
      [2, 20],
      [0.5, 40],
    ])
  })

  test('stands at the time of each timer when it fires, however late the machine is', async () => {
    startScaled(10, { lateMs: 100 })
    const at: [number, number][] = []
    for (const ms of [10, 45, 46, 5_000]) later(ms, () => at.push([ms, clock.now()]))
    await sleep(5_001)
    expect(at).toEqual([10, 45, 46, 5_000].map((ms) => [ms, ms]))
    expect(waits.map(([, at]) => at)).toEqual([0, 46, 2_030, 3_050, 4_070])
  })

  test('goes on while there is no timer', async () => {
    startScaled(10)
    await new Promise<void>((resolve) => {
      const turn = (): void => void (waits.length < 5 ? native.setImmediate(turn) : resolve())
      turn()
    })
    expect(waits.slice(0, 5)).toEqual([0, 10, 20, 30, 40].map((at) => [1, at]))
  })

  test('is seen by code that does nothing but read the clock', () => {
    startScaled(10)
    later(60_000)
    real += 3.25
    for (let read = 1; read < 200; read++) Date.now()
    expect(clock.now()).toBe(0)
    Date.now()
    expect(clock.now()).toBe(32)
    for (let read = 1; read <= 400; read++) Date.now()
    expect(clock.now()).toBe(32)
  })

  test('has ended when the clock has stopped', async () => {
    startScaled(10)
    later(1_000)
    await sleep(15)
    await new Promise<void>((resolve) => void native.setImmediate(resolve))
    const before = [clock.now(), waits.length]
    clock.stop()
    for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => void native.setImmediate(resolve))
    expect([clock.now(), waits.length]).toEqual(before)
  })
})
