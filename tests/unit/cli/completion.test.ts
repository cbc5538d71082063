import { describe, expect, test } from 'vitest'
import { execFileSync } from 'node:child_process'
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
  expect(() => completionOf('fsh', commands)).toThrow('knows no shell "fsh". Did you mean "zsh"?')
  expect(() => completionOf(undefined, commands)).toThrow('needs a shell')
})

/** What a shell says to a script; nothing where this machine does not have it. */
function said(shell: string, script: string): string | undefined {
  try {
    return execFileSync(shell, ['-c', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

const TYPED = [
  ['longhaul se', 'send'],
  ['npx longhaul se', 'send'],
  ['npx --no longhaul send --ev', '--every'],
  ['pnpm exec longhaul send --j', '--json'],
] as const

describe('what is typed is completed, by whatever runs longhaul', () => {
  test.for(TYPED)('in bash: %s', ([typed, completed], { skip }) => {
    const words = typed.split(' ')
    const complete = typed.startsWith('longhaul') ? '_longhaul' : '_longhaul_by_runner'
    const found = said(
      'bash',
      `${completionOf('bash', commands)}
COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; ${complete} ${words[0]}; echo "\${COMPREPLY[@]}"`,
    )
    skip(found === undefined, 'there is no bash')
    expect(found).toBe(completed)
  })

  test.for(TYPED)('in fish: %s', ([typed, completed], { skip }) => {
    const found = said('fish', `${completionOf('fish', commands)}\ncomplete -C"${typed}"`)
    skip(found === undefined, 'there is no fish')
    expect(found?.split('\t')[0]).toBe(completed)
  })

  test('in bash, and what completed the runner before goes on with all else', ({ skip }) => {
    const script = completionOf('bash', commands)
    const found = said(
      'bash',
      `_before() { COMPREPLY=(by $2); }; complete -F _before npx
${script}
${script}
COMP_WORDS=(npx other s); COMP_CWORD=2; _longhaul_by_runner npx other; echo "\${COMPREPLY[@]}"`,
    )
    skip(found === undefined, 'there is no bash')
    expect(found).toBe('by other')
  })
})
