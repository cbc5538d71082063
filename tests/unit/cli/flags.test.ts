import { describe, expect, test } from 'vitest'
import { describeFlags, helpOf, numberIn, readFlags, refuseMoreWords, type Flags } from '../../../src/cli/flags.ts'

const FLAGS: Flags = {
  html: { about: 'writes a page', value: 'OUT' },
  all: { about: 'all of them' },
  'output-format': { about: 'how it is shown', value: 'FORMAT' },
}
const read = (...args: string[]) => readFlags(args, FLAGS)

describe('a command line', () => {
  test('has words and flags in any order', () => {
    expect(read('a', '--html', 'out.html', 'b', '--all', '--output-format=table')).toEqual({
      words: ['a', 'b'],
      flags: { html: 'out.html', all: 'true', 'output-format': 'table' },
    })
    expect(read()).toEqual({ words: [], flags: {} })
  })

  test('may give a flag that is empty, or holds another = or a line break', () => {
    expect(read('--html=', '--output-format=a=b\nc').flags).toEqual({ html: '', 'output-format': 'a=b\nc' })
  })

  test('may say of a switch that it is true', () => {
    expect(read('--all=true').flags).toEqual({ all: 'true' })
  })

  test('takes what follows a flag for its value, whatever it looks like', () => {
    expect(read('--html', '--all').flags).toEqual({ html: '--all' })
  })

  test.each([
    [0, ['a'], 'longhaul look does not accept "a": the command takes options only.'],
    [1, ['a', 'b'], 'longhaul look does not accept "b": the command takes 1 word at most.'],
    [2, ['a', 'b', 'c'], 'longhaul look does not accept "c": the command takes 2 words at most.'],
  ])('has no more words than its command takes: %d', (maxWords, words, message) => {
    const command = { usage: 'look [A] [B]', about: '', flags: {}, maxWords, run: () => {} }
    expect(() => refuseMoreWords(command, { words, flags: {} })).toThrow(message)
    expect(() => refuseMoreWords(command, { words: words.slice(0, maxWords), flags: {} })).not.toThrow()
    expect(() =>
      refuseMoreWords({ usage: 'look', about: '', flags: {}, run: () => {} }, { words, flags: {} }),
    ).not.toThrow()
  })

  test('may have a dash for a word', () => {
    expect(read('-').words).toEqual(['-'])
  })

  test.each([
    [['--htlm', 'x'], 'There is no option --htlm. Did you mean --html?'],
    [['-h'], 'There is no option -h.'],
    [['--html'], '--html needs a value: OUT.'],
    [['--all=false'], '--all takes no value. Give the option alone, or omit it.'],
    [['--toString'], 'There is no option --toString.'],
    [['--'], 'There is no option --.'],
  ])('%j is refused', (args, message) => {
    expect(() => read(...args)).toThrow(message)
    expect(() => read(...args)).toThrow(expect.objectContaining({ code: 'LONGHAUL_USAGE' }))
  })
})

describe('help', () => {
  test('shows flags in columns', () => {
    expect(describeFlags(FLAGS)).toBe(
      '  --html OUT              writes a page\n' +
        '  --all                   all of them\n' +
        '  --output-format FORMAT  how it is shown\n',
    )
  })

  test('of a command without flags ends with what it does', () => {
    const command = { usage: 'schema', about: 'Prints it.', flags: {}, run() {} }
    expect(helpOf(command)).toBe('longhaul schema\n\nPrints it.\n')
    expect(helpOf({ ...command, flags: { all: { about: 'x' } } })).toBe('longhaul schema\n\nPrints it.\n\n  --all  x\n')
  })
})

describe('a number', () => {
  test.each([
    ['0', 0],
    ['10', 10],
    [' 2.5 ', 2.5],
    ['1e1', 10],
  ])('%j is read', (text, value) => {
    expect(numberIn('--port', text, { least: 0, most: 10 })).toBe(value)
  })

  test.each(['', ' ', '-0.1', '10.1', 'x', 'NaN', 'Infinity'])('%j is refused', (text) => {
    expect(() => numberIn('--port', text, { least: 0, most: 10 })).toThrow(
      `--port is "${text}". Give a number from 0 to 10.`,
    )
  })

  test('may have to be whole', () => {
    expect(numberIn('--port', '3', { least: 1, most: 9, whole: true })).toBe(3)
    expect(() => numberIn('--port', '2.5', { least: 1, most: 9, whole: true })).toThrow(
      'Give a whole number from 1 to 9.',
    )
  })
})
