import { expect, test } from 'vitest'
import { completionOf } from '../../../src/cli/completion.ts'

const commands = [{ name: 'send', about: "sends: the daemon's event", flags: ['every', 'json'] }]

test.for([
  ['bash', "send) words='--every --json --help'"],
  ['zsh', String.raw`'send:sends\: the daemon'\''s event'`],
  ['fish', "complete -c longhaul -n '__fish_seen_subcommand_from send' -l every"],
] as const)('the script for %s knows commands and their flags', ([shell, line]) => {
  expect(completionOf(shell, commands)).toContain(line)
})

test('another shell is refused with the nearest one', () => {
  expect(() => completionOf('fsh', commands)).toThrow('bash, zsh, fish. Did you mean "zsh"?')
  expect(() => completionOf(undefined, commands)).toThrow('needs a shell')
})
