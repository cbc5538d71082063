/** The span of time that is shown, in milliseconds. All charts of a run share one. */
export class View {
  readonly endMs: number
  from = 0
  to: number
  readonly #listeners = new Set<() => void>()

  constructor(endMs: number) {
    this.endMs = Math.max(1, endMs)
    this.to = this.endMs
  }

  get span(): number {
    return this.to - this.from
  }

  get isWhole(): boolean {
    return this.from <= 0 && this.to >= this.endMs
  }

  /** Shows a span, as far as the run goes. */
  show(from: number, to: number): void {
    const span = Math.min(this.endMs, Math.max(1, to - from))
    this.from = Math.max(0, Math.min(this.endMs - span, from))
    this.to = this.from + span
    for (const listener of this.#listeners) listener()
  }

  /** Shows more or less of it around a time. */
  zoom(factor: number, around = (this.from + this.to) / 2): void {
    const share = (around - this.from) / this.span
    const span = this.span * factor
    this.show(around - span * share, around + span * (1 - share))
  }

  pan(share: number): void {
    this.show(this.from + this.span * share, this.to + this.span * share)
  }

  whole(): void {
    this.show(0, this.endMs)
  }

  /** Brings a span into sight, and leaves the scale as it is if it can. */
  reveal(from: number, to: number): void {
    if (from >= this.from && to <= this.to && to - from > this.span / 200) return
    const span = Math.max(Math.min(this.span, (to - from + 1) * 40), (to - from) * 3, 10)
    const middle = (from + to) / 2
    this.show(middle - span / 2, middle + span / 2)
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
}

const STEPS: readonly number[] = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000,
  900_000, 1_800_000, 3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000, 172_800_000, 604_800_000,
]

/** Round times in a span, no closer to one another than so many milliseconds. */
export function ticks(from: number, to: number, closest: number): { step: number; at: number[] } {
  const step = STEPS.find((each) => each >= closest) ?? Math.ceil(closest / 604_800_000) * 604_800_000
  const at: number[] = []
  for (let time = Math.ceil(from / step) * step; time <= to; time += step) at.push(time)
  return { step, at }
}
