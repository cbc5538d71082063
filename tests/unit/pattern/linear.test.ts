import { describe, expect, test } from 'vitest'
import { loadPattern } from '../../../src/pattern/index.ts'
import { PatternError } from '../../../src/strategy/index.ts'

const strategy = (text: string): string =>
  `name: x\norchestration_logic:\n  strategy: |\n${text.replaceAll(/^/gm, '    ')}\n`

// Each of these took from seconds to minutes where a reader went over the same text again and again.
describe('a hostile pattern is read, or refused, in time that goes with its size', () => {
  test.each([
    ['a list over long lines', strategy(`SET x = [\n${`${'1, '.repeat(300)}\n`.repeat(199)}]`)],
    ['a list over many lines', strategy(`SET x = [\n${'1, 2, 3, 4,\n'.repeat(5_000)}]`)],
    ['quotes that are escaped', strategy(`LOG ${'"\\'.repeat(45_000)}`)],
    ['quotes that open again and again', strategy(`LOG ${'"\\" '.repeat(15_000)}`)],
    ['a line that is too long', strategy(`LOG ${'"\\'.repeat(100_000)}`)],
    ['many names', `name: x\nvariables:\n${Array.from({ length: 20_000 }, (_, nth) => `  k${nth}: 1`).join('\n')}`],
    ['many agents', `name: x\nagents:\n${Array.from({ length: 20_000 }, (_, nth) => `  k${nth}: {}`).join('\n')}`],
    ['lists within lists', `name: x\nd: ${'['.repeat(100_000)}`],
    ['blocks within blocks', `name: x\nd: ${'{a: '.repeat(100_000)}`],
    ['dashes', '- '.repeat(100_000)],
    ['gathers', strategy(Array.from({ length: 9_000 }, (_, nth) => `GATHER a${nth} FROM b`).join('\n'))],
    ['brackets in plain language', strategy('think of this (\n'.repeat(9_000))],
    ['operators', strategy(`LOG ${'1+'.repeat(4_000)}1`)],
    ['members', strategy(`LOG a${'.a'.repeat(4_000)}`)],
    ['choices', strategy(`LOG ${'1?1:'.repeat(2_000)}1`)],
    ['templates', strategy(`LOG "${'{{a}}'.repeat(1_500)}"`)],
    ['templates that open', strategy(`LOG "${'{{'.repeat(4_500)}"`)],
  ])('%s', { timeout: 20_000 }, (_, text) => {
    const began = performance.now()
    try {
      loadPattern({ text })
    } catch (error) {
      expect(error).toBeInstanceOf(PatternError)
    }
    expect(performance.now() - began).toBeLessThan(8_000)
  })

  test.each([
    ['!!set { a }', 'Unresolved tag'],
    ['!!binary aGk=', 'Unresolved tag'],
    ['!!js/function "x"', 'Unresolved tag'],
    ['.nan', 'is not a finite number'],
    ['.inf', 'is not a finite number'],
    ['1e400', 'is not a finite number'],
  ])('a variable %s is refused', (value, message) => {
    const load = () => loadPattern({ text: `name: x\nvariables:\n  a: ${value}\n` })
    expect(load).toThrow(PatternError)
    expect(load).toThrow(message)
    expect(load).toThrow('pattern.yaml:3:6')
  })
})
