import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { statementsAsEBNF } from '../../../src/strategy/ebnf.ts'

const [, grammar = ''] = /^```ebnf\n(.*?)^```/ms.exec(readFileSync('docs/strategy-language.md', 'utf8')) ?? []
const rule = (name: string): string[] => {
  const [, body = ''] = new RegExp(`^${name}\\s+= (.*?) ;$`, 'ms').exec(grammar) ?? []
  return body.split(/\n\s+\| /).map((line) => line.replaceAll(/\s+/g, ' '))
}

describe('the grammar of the documentation', () => {
  test.each(['compound', 'simple'] as const)('has the %s statements as they are read', (name) => {
    expect(rule(name)).toEqual(statementsAsEBNF()[name])
  })
})
