import { OUTCOMES, type RunModel } from '../model/data.ts'

/** Calls of one agent that overlap stand below one another, in so many rows. */
const MAX_ROWS = 4

/** One agent's part of the chart. */
export interface Lane {
  agent: number
  name: string
  /** Rows of calls, in the order of arrival. */
  calls: Int32Array
  /** How many calls stand below one another. */
  rows: number
  failed: number
  /** The longest of them, to find what reaches into a span. Milliseconds. */
  longest: number
}

const undone = (deltas: readonly number[]): Float64Array => {
  const values = new Float64Array(deltas.length)
  let sum = 0
  for (let row = 0; row < deltas.length; row++) values[row] = sum += deltas[row]!
  return values
}

/** A run, unpacked for drawing: columns by row of a call. */
export class Run {
  readonly model: RunModel
  readonly size: number
  readonly number: Float64Array
  readonly seq: Float64Array
  readonly at: Float64Array
  readonly end: Float64Array
  readonly outcome: Uint8Array
  readonly lanes: readonly Lane[]
  /** The place of a call's lane, and its row in it. */
  readonly laneOf: Int32Array
  readonly subOf: Uint8Array
  /** Rows in the order of their ends. */
  readonly byEnd: Int32Array
  readonly markAt: Float64Array
  readonly counts: readonly number[]
  readonly #repeatedBy: Map<number, number>
  #rows: ReadonlyMap<number, number> | undefined

  constructor(model: RunModel) {
    this.model = model
    const { calls, endMs } = model
    this.size = calls.at.length
    this.number = undone(calls.call)
    this.seq = undone(calls.seq)
    this.at = undone(calls.at)
    this.end = Float64Array.from(calls.took, (took, row) => (took < 0 ? endMs : this.at[row]! + took))
    this.outcome = Uint8Array.from(calls.outcome)
    this.markAt = undone(model.marks.at)
    this.byEnd = Int32Array.from(calls.at, (_, row) => row).sort((a, b) => this.end[a]! - this.end[b]!)
    this.counts = OUTCOMES.map((_, code) => calls.outcome.reduce((sum, each) => sum + (each === code ? 1 : 0), 0))
    this.laneOf = new Int32Array(this.size)
    this.subOf = new Uint8Array(this.size)
    this.lanes = this.#lanes()
    this.#repeatedBy = new Map()
    calls.repeats.forEach((back, row) => back > 0 && this.#repeatedBy.set(row - back, row))
  }

  #lanes(): Lane[] {
    const { agents, strings, calls } = this.model
    const rows = new Map<number, number[]>(agents.map((agent) => [agent, []]))
    calls.agent.forEach((agent, row) => {
      const own = rows.get(agent)
      if (own) own.push(row)
      else rows.set(agent, [row])
    })
    return [...rows].map(([agent, own], place) => {
      const free: number[] = []
      let [failed, longest] = [0, 0]
      for (const row of own) {
        const [at, end] = [this.at[row]!, this.end[row]!]
        let sub = free.findIndex((until) => until <= at)
        if (sub < 0) sub = free.length < MAX_ROWS ? free.length : free.indexOf(Math.min(...free))
        free[sub] = Math.max(end, at + 1)
        this.laneOf[row] = place
        this.subOf[row] = sub
        longest = Math.max(longest, end - at)
        const outcome = OUTCOMES[this.outcome[row]!]
        if (outcome === 'failed' || outcome === 'retried' || outcome === 'refused') failed += 1
      }
      return {
        agent,
        name: strings[agent]!,
        calls: Int32Array.from(own),
        rows: Math.max(1, free.length),
        failed,
        longest,
      }
    })
  }

  /** A text of a column. */
  text(column: 'agent' | 'model' | 'provider' | 'conversation' | 'fault' | 'finish' | 'message', row: number): string {
    return this.model.strings[this.model.calls[column][row]!]!
  }

  /** The row of a call, by its number. */
  rowOf(call: number): number | undefined {
    this.#rows ??= new Map([...this.number].map((number, row) => [number, row]))
    return this.#rows.get(call)
  }

  /** The call that repeats one. */
  repeatedBy(row: number): number | undefined {
    return this.#repeatedBy.get(row)
  }

  /** The calls whose messages end with the answer of one. */
  goOnFrom(row: number): number[] {
    const found: number[] = []
    const { goesOn } = this.model.calls
    for (let next = row + 1; next < this.size && found.length < 20; next++)
      if (goesOn[next]! > 0 && next - goesOn[next]! === row) found.push(next)
    return found
  }

  /** The first place in a list of rows, in the order of arrival, whose call arrives at a time or after it. */
  firstFrom(rows: ArrayLike<number>, time: number): number {
    let [low, high] = [0, rows.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.at[rows[middle]!]! < time) low = middle + 1
      else high = middle
    }
    return low
  }
}
