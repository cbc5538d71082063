import { describe, expect, test } from 'vitest'
import { evaluate, ExpressionError } from '../../../src/strategy/index.ts'

const scope = {
  x: 3,
  round: 2,
  log: 'a',
  E: 5,
  agents: ['ann', 'ben'],
  responses: [{ agent: 'ann', text: 'hi' }],
  none: null,
  name: 'Ann',
}

describe('expressions', () => {
  test.each([
    ['x + 1', 4],
    ['round * 2', 4],
    ['log || "b"', 'a'],
    ['E', 5],
    ['len(agents) >= 2 and not (x == 4)', true],
    ['LEN', undefined],
    ['"ann" in agents', true],
    ['agents[1]', 'ben'],
    ['responses[0].text', 'hi'],
    ['15s + 1m30s + 100ms', 105.1],
    ['{{x}} + 1', 4],
    ['"Hello {{name}}, round {{round}}"', 'Hello Ann, round 2'],
    ['x > 2 ? "many" : "few"', 'many'],
    ['none == null', true],
    ['range(3)', [0, 1, 2]],
    ['RANGE(1, 3)', [1, 2]],
    ['mean([1, 2, 6])', 3],
    ['max(1, x)', 3],
    ['pluck(responses, "text")', ['hi']],
    ['get(responses[0], "nothing", 7)', 7],
    ['responses[0].nothing', null],
    ['join(without(agents, "ben"), "-")', 'ann'],
    ['-x ^ 2', -9],
    ['x % 2', 1],
  ])('%s is %j', (text, expected) => {
    if (expected === undefined) expect(() => evaluate(text, scope)).toThrow(ExpressionError)
    else expect(evaluate(text, scope)).toEqual(expected)
  })

  test('an unknown variable is named, with the one that was meant', () => {
    expect(() => evaluate('agent + 1', scope)).toThrow('There is no variable "agent". Did you mean "agents"?')
  })

  test.each([
    'constructor',
    'x.constructor',
    '"".constructor',
    'agents.constructor.constructor("return process")()',
    'x.__proto__',
    'agents.map(x)',
    'agents["constructor"]',
    'agents.push(1)',
    'process.exit(1)',
    'name.toString()',
    'name.at(0)',
    'f(x) = x',
    'x = 5',
    'random()',
  ])('%s reaches nothing', (text) => {
    let result: unknown = null
    try {
      result = evaluate(text, scope)
    } catch (error) {
      expect(error).toBeInstanceOf(ExpressionError)
    }
    expect(typeof result).not.toBe('function')
    expect(scope.agents).toEqual(['ann', 'ben'])
  })
})
