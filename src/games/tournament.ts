import { PAYOFFS, payoff, type History, type Move, type Payoffs } from './dilemma.ts'
import { cooperationRate, distanceToNash, gini, socialWelfare } from './metrics.ts'
import { briefing, parseMove } from './speech.ts'

/** One played round. */
export interface PlayedRound {
  /** The number of the round, from 1. */
  round: number
  /** The move of each player, by name. */
  moves: Readonly<Record<string, Move>>
  /** The total payoff of each player after this round, by name. */
  scores: Readonly<Record<string, number>>
  /** Players whose answer named no move. They play `fallback`. */
  invalid: readonly string[]
  /** Players without an answer. They play `fallback`. */
  missing: readonly string[]
}

/** Metrics of a tournament. */
export interface TournamentMetrics {
  /** Share of moves that cooperate, 0 to 1. */
  cooperationRate: number
  /** Inequality of the scores, 0 (all the same) to 1. */
  gini: number
  /** Distance of the mean payoffs from the Nash equilibrium of mutual defection; 0 in the equilibrium. */
  distanceToNash: number
  /** Total payoff, as a share of the total payoff of mutual cooperation. */
  socialWelfare: number
}

/**
 * A round-robin tournament: in each round, every player plays one other player. With an odd number of players, one
 * player pauses.
 */
export class Tournament {
  /** The played rounds, oldest first. */
  readonly rounds: PlayedRound[] = []
  readonly #players: readonly string[]
  readonly #payoffs: Payoffs
  readonly #fallback: Move
  readonly #scores = new Map<string, number>()
  readonly #histories = new Map<string, { own: Move[]; other: Move[] }>()

  /** `fallback` is the move of a player whose answer cannot be read. Default: defect. */
  constructor(
    players: readonly string[],
    { payoffs = PAYOFFS, fallback = 'D' }: { payoffs?: Payoffs; fallback?: Move } = {},
  ) {
    this.#players = players
    this.#payoffs = payoffs
    this.#fallback = fallback
    this.#restart()
  }

  /** The pairs of a round, from 1, by the circle method: the first player stays, the others rotate. */
  pairs(round: number): [string, string][] {
    const seats = this.#players.length % 2 === 0 ? [...this.#players] : [...this.#players, '']
    const [fixed, ...others] = seats
    const turn = (round - 1) % Math.max(1, others.length)
    const circle = [fixed!, ...others.slice(turn), ...others.slice(0, turn)]
    const half = circle.length / 2
    return Array.from({ length: half }, (_, index): [string, string] => [
      circle[index]!,
      circle[circle.length - 1 - index]!,
    ]).filter(([a, b]) => a !== '' && b !== '')
  }

  #history(player: string, opponent: string): { own: Move[]; other: Move[] } {
    const key = `${player}\u0000${opponent}`
    let history = this.#histories.get(key)
    if (!history) this.#histories.set(key, (history = { own: [], other: [] }))
    return history
  }

  /** The earlier moves of two players against each other. */
  history(player: string, opponent: string): History {
    return this.#history(player, opponent)
  }

  /** The text for a player before a round. */
  briefing(player: string, round: number): string {
    const pair = this.pairs(round).find((each) => each.includes(player))
    if (!pair) return `Round ${round}. You rest.`
    const opponent = pair[0] === player ? pair[1] : pair[0]
    return briefing(round, opponent, this.#history(player, opponent))
  }

  /**
   * Brings the tournament to where rounds that were played before have left it.
   *
   * @param rounds the moves of all rounds so far, by player, from the first round on; those that it has played already are not played again
   * @example
   * ```ts
   * new Tournament(['ann', 'ben']).replay([{ ann: 'C', ben: 'D' }]).metrics
   * ```
   */
  replay(rounds: readonly Readonly<Record<string, Move>>[]): this {
    if (rounds.length < this.rounds.length) this.#restart()
    for (const moves of rounds.slice(this.rounds.length))
      this.#score(this.rounds.length + 1, (player) => ({ move: moves[player] ?? this.#fallback }))
    return this
  }

  #restart(): void {
    this.rounds.length = 0
    this.#histories.clear()
    for (const player of this.#players) this.#scores.set(player, 0)
  }

  /** Plays a round by the answers of the players. */
  play(round: number, said: readonly { agent: string; text: string }[]): PlayedRound {
    const texts = new Map(said.map(({ agent, text }) => [agent, text]))
    return this.#score(round, (player) => {
      const text = texts.get(player)
      if (text === undefined) return { move: this.#fallback, without: 'missing' }
      const move = parseMove(text)
      return move === undefined ? { move: this.#fallback, without: 'invalid' } : { move }
    })
  }

  #score(round: number, moveOf: (player: string) => { move: Move; without?: 'invalid' | 'missing' }): PlayedRound {
    const moves: Record<string, Move> = {}
    const without = { invalid: [] as string[], missing: [] as string[] }
    const draw = (player: string): Move => {
      const drawn = moveOf(player)
      if (drawn.without) without[drawn.without].push(player)
      return (moves[player] = drawn.move)
    }
    for (const [a, b] of this.pairs(round)) {
      const [moveA, moveB] = [draw(a), draw(b)]
      this.#note(a, b, moveA, moveB)
      this.#note(b, a, moveB, moveA)
    }
    const played: PlayedRound = { round, moves, scores: Object.fromEntries(this.#scores), ...without }
    this.rounds.push(played)
    return played
  }

  #note(player: string, opponent: string, own: Move, other: Move): void {
    const history = this.#history(player, opponent)
    history.own.push(own)
    history.other.push(other)
    this.#scores.set(player, this.#scores.get(player)! + payoff(own, other, this.#payoffs))
  }

  /** Metrics of all rounds so far. */
  get metrics(): TournamentMetrics {
    const scores = [...this.#scores.values()]
    const { length } = this.rounds
    return {
      cooperationRate: cooperationRate(this.rounds.flatMap(({ moves }) => Object.values(moves))),
      gini: gini(scores),
      distanceToNash: distanceToNash(scores, length, this.#payoffs),
      socialWelfare: socialWelfare(scores, length, this.#payoffs),
    }
  }
}
