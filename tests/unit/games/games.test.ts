import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  briefing,
  cooperationRate,
  distanceToNash,
  gini,
  parseMove,
  payoff,
  playing,
  playMatch,
  socialWelfare,
  STRATEGIES,
  Tournament,
  tournamentFunctions,
  type Move,
  type StrategyName,
} from '../../../src/games/index.ts'

const scores = (a: StrategyName, b: StrategyName, rounds = 100) =>
  playMatch(STRATEGIES[a], STRATEGIES[b], { rounds }).scores
const moves = (a: StrategyName, b: StrategyName, rounds: number): string =>
  playMatch(STRATEGIES[a], STRATEGIES[b], { rounds })
    .moves.map((pair) => pair.join(''))
    .join(' ')

test('the payoffs are T5 R3 P1 S0', () => {
  expect([payoff('D', 'C'), payoff('C', 'C'), payoff('D', 'D'), payoff('C', 'D')]).toEqual([5, 3, 1, 0])
})

describe('noise-free results over 100 rounds', () => {
  test.each<[StrategyName, StrategyName, number, number]>([
    ['always_cooperate', 'always_cooperate', 300, 300],
    ['always_cooperate', 'always_defect', 0, 500],
    ['always_defect', 'always_defect', 100, 100],
    ['tit_for_tat', 'always_defect', 99, 104],
    ['tit_for_tat', 'tit_for_tat', 300, 300],
    ['grim_trigger', 'always_defect', 99, 104],
    // Pavlov is exploited in every other round: 50 × S + 50 × P.
    ['pavlov', 'always_defect', 50, 300],
    ['pavlov', 'pavlov', 300, 300],
    // Adaptive tit for tat stops cooperating after one defection: its view falls from 0.5 to 0.25.
    ['adaptive_tit_for_tat', 'always_defect', 99, 104],
    ['adaptive_tit_for_tat', 'adaptive_tit_for_tat', 300, 300],
    // D C C, then D for ever: 5 + 3 + 3 + 97 × 5.
    ['exploiter', 'always_cooperate', 496, 6],
    // D C C against C D C, then both by tit for tat from C: 5 + 0 + 3 + 97 × 3.
    ['exploiter', 'tit_for_tat', 299, 299],
    ['exploiter', 'always_defect', 98, 108],
  ])('%s – %s: %d–%d', (a, b, first, second) => {
    expect(scores(a, b)).toEqual([first, second])
    expect(scores(b, a)).toEqual([second, first])
  })

  test('move by move', () => {
    expect(moves('tit_for_tat', 'exploiter', 5)).toBe('CD DC CC CC CC')
    expect(moves('grim_trigger', 'exploiter', 5)).toBe('CD DC DC DD DD')
    expect(moves('pavlov', 'exploiter', 5)).toBe('CD DC DC DD CD')
  })
})

describe('chance', () => {
  const counter = (): (() => number) => {
    let state = 1
    return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
  }

  test('random cooperates half of the time', () => {
    const { moves: played } = playMatch(STRATEGIES.random, STRATEGIES.always_cooperate, {
      rounds: 10_000,
      random: counter(),
    })
    expect(cooperationRate(played.map(([own]) => own))).toBeCloseTo(0.5, 1)
  })

  test('generous tit for tat forgives a third of the defections', () => {
    const { moves: played } = playMatch(STRATEGIES.generous_tit_for_tat, STRATEGIES.always_defect, {
      rounds: 10_000,
      random: counter(),
    })
    expect(cooperationRate(played.map(([own]) => own))).toBeCloseTo(1 / 3, 1)
  })

  test('noise turns as many moves round as it says', () => {
    const { moves: played } = playMatch(STRATEGIES.always_cooperate, STRATEGIES.always_cooperate, {
      rounds: 10_000,
      noise: 0.1,
      random: counter(),
    })
    expect(cooperationRate(played.flat())).toBeCloseTo(0.9, 1)
  })
})

describe('metrics', () => {
  test('known values', () => {
    expect(cooperationRate(['C', 'D', 'D', 'D'])).toBe(0.25)
    expect(gini([1, 1, 1])).toBe(0)
    expect(gini([0, 0, 0, 1])).toBe(0.75)
    expect(distanceToNash([100, 100], 100)).toBe(0)
    expect(distanceToNash([300, 300], 100)).toBeCloseTo(Math.SQRT2 * 2)
    expect(socialWelfare([300, 300], 100)).toBe(1)
    expect([cooperationRate([]), gini([]), distanceToNash([], 0), socialWelfare([], 0)]).toEqual([0, 0, 0, 0])
  })

  test('gini is between 0 and 1, whatever the scores', () => {
    fc.assert(fc.property(fc.array(fc.nat(1_000), { minLength: 1 }), (given) => gini(given) >= 0 && gini(given) < 1))
  })
})

describe('moves in words', () => {
  test.each([
    ['I choose to COOPERATE.', 'C'],
    ['defect', 'D'],
    ['{"move": "defect", "why": "they will not cooperate"}', 'D'],
    [' C. ', 'C'],
    ['I will not defect, I will cooperate', undefined],
    ['As a language model I cannot decide', undefined],
    ['', undefined],
  ])('%j is %s', (text, move) => {
    expect(parseMove(text)).toBe(move)
  })

  test('a player reads its briefing and answers by its strategy', () => {
    const prompt = briefing(3, 'ben', { own: ['C', 'C'], other: ['C', 'D'] })
    const asked = { prompt, random: () => 0.5 }
    expect(parseMove(playing(STRATEGIES.tit_for_tat)(asked))).toBe('D')
    expect(parseMove(playing(STRATEGIES.always_cooperate)(asked))).toBe('C')
    expect(parseMove(playing(STRATEGIES.tit_for_tat, { invalid: 1 })(asked))).toBeUndefined()
  })
})

describe('a tournament', () => {
  test('everybody meets everybody once in a cycle', () => {
    const tournament = new Tournament(['a', 'b', 'c', 'd'])
    const met = [1, 2, 3].flatMap((round) => tournament.pairs(round).map((pair) => pair.toSorted().join('')))
    expect(met.toSorted()).toEqual(['ab', 'ac', 'ad', 'bc', 'bd', 'cd'])
    expect(new Tournament(['a', 'b', 'c']).pairs(1)).toHaveLength(1)
  })

  test('by what the players say it plays as the matches do', () => {
    const tournament = new Tournament(['ann', 'ben'])
    const players: Record<string, (asked: { prompt: string; random(): number }) => string> = {
      ann: playing(STRATEGIES.tit_for_tat),
      ben: playing(STRATEGIES.always_defect),
    }
    for (let round = 1; round <= 100; round++) {
      const said = Object.entries(players).map(([agent, reply]) => ({
        agent,
        text: reply({ prompt: tournament.briefing(agent, round), random: () => 0.5 }),
      }))
      tournament.play(round, said)
    }
    expect(tournament.rounds.at(-1)!.scores).toEqual({ ann: 99, ben: 104 })
  })

  test('who says nothing that can be read plays the fallback, and is named', () => {
    const played = new Tournament(['ann', 'ben']).play(1, [{ agent: 'ann', text: 'hm' }])
    expect(played).toMatchObject({
      moves: { ann: 'D', ben: 'D' } satisfies Record<string, Move>,
      invalid: ['ann'],
      missing: ['ben'],
    })
  })

  test('goes on from the moves of earlier rounds as if it had played them itself', () => {
    const players = ['a', 'b', 'c', 'd']
    const said = (round: number) =>
      players.map((agent, nth) => ({ agent, text: (round + nth) % 3 ? 'COOPERATE' : 'DEFECT' }))
    const whole = tournamentFunctions(players)
    const moves: Record<string, Move>[] = []
    for (let round = 1; round <= 9; round++) {
      // A process of its own for each round, which knows what the pattern has kept.
      const anew = tournamentFunctions(players)
      expect(anew.briefing('a', round, moves)).toBe(whole.briefing('a', round, moves))
      const played = whole.play(round, said(round), moves)
      expect(anew.play(round, said(round), moves)).toEqual(played)
      // Asked again after a crash, it gives the same.
      expect(anew.play(round, said(round), moves)).toEqual(played)
      moves.push({ ...played.moves })
    }
    expect(tournamentFunctions(players).metrics(moves)).toEqual(whole.metrics(moves))
  })
})
