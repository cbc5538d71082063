import { suggestion } from '../options/index.ts'
import { UsageError } from './flags.ts'

/** A command as a shell completes it. */
export interface Completed {
  name: string
  about: string
  /** Names of flags, without dashes. */
  flags: readonly string[]
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
const dashed = ({ flags }: Completed): string => [...flags, 'help'].map((name) => `--${name}`).join(' ')

const bash = (commands: readonly Completed[]): string => `_longhaul() {
  local words
  if [ "$COMP_CWORD" -eq 1 ]; then
    words=${quoted(commands.map(({ name }) => name).join(' '))}
  else
    case "\${COMP_WORDS[1]}" in
${commands.map((of) => `      ${of.name}) words=${quoted(dashed(of))} ;;`).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _longhaul longhaul
`

const zsh = (commands: readonly Completed[]): string => `#compdef longhaul
_longhaul() {
  if (( CURRENT == 2 )); then
    local -a commands=(
${commands.map(({ name, about }) => `      ${quoted(`${name}:${about.replaceAll(':', String.raw`\:`)}`)}`).join('\n')}
    )
    _describe 'command' commands
  else
    case "$words[2]" in
${commands.map((of) => `      ${of.name}) compadd -- ${dashed(of)} ;;`).join('\n')}
    esac
    _files
  fi
}
compdef _longhaul longhaul
`

const fish = (commands: readonly Completed[]): string =>
  commands
    .flatMap(({ name, about, flags }) => [
      `complete -c longhaul -n __fish_use_subcommand -f -a ${name} -d ${quoted(about)}`,
      ...[...flags, 'help'].map((flag) => `complete -c longhaul -n '__fish_seen_subcommand_from ${name}' -l ${flag}`),
    ])
    .map((line) => `${line}\n`)
    .join('')

const SHELLS: Readonly<Record<string, (commands: readonly Completed[]) => string>> = { bash, zsh, fish }

/**
 * The script by which a shell completes `longhaul`.
 *
 * @throws UsageError for a shell that is not known
 */
export function completionOf(shell: string | undefined, commands: readonly Completed[]): string {
  const write = shell !== undefined && Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined
  if (write) return write(commands)
  const known = Object.keys(SHELLS)
  throw new UsageError(
    `longhaul completion needs a shell: ${known.join(', ')}.${shell === undefined ? '' : ` ${suggestion(shell, known)}`}`,
  )
}
