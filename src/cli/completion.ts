import { suggestion } from '../options/index.ts'
import { UsageError, type Command } from './flags.ts'

/** A command as a shell completes it. */
export interface Completed {
  name: string
  about: string
  /** Names of flags, without dashes. */
  flags: readonly string[]
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
const dashed = ({ flags }: Completed): string => [...flags, 'help'].map((name) => `--${name}`).join(' ')

/** Programs that run `longhaul` as one of their words: `npx longhaul serve`, `pnpm exec longhaul serve`. */
const RUNNERS = 'npx npm pnpm pnpx yarn bunx'

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
# What completed a runner before goes on doing so where its words are not ours.
_longhaul_by_runner() {
  local place before="_longhaul_before_$1"
  before="\${!before}"
  for ((place = 1; place < COMP_CWORD; place++)); do
    if [ "\${COMP_WORDS[place]}" = longhaul ]; then
      COMP_WORDS=("\${COMP_WORDS[@]:place}")
      COMP_CWORD=$((COMP_CWORD - place))
      _longhaul
      return
    fi
  done
  if [ -n "$before" ]; then "$before" "$@"; fi
}
for _longhaul_runner in ${RUNNERS}; do
  _longhaul_given=$(complete -p "$_longhaul_runner" 2>/dev/null | sed -n 's/.*-F \\([^ ]*\\).*/\\1/p')
  if [ "$_longhaul_given" != _longhaul_by_runner ]; then printf -v "_longhaul_before_$_longhaul_runner" %s "$_longhaul_given"; fi
  complete -o default -F _longhaul_by_runner "$_longhaul_runner"
done
unset _longhaul_runner _longhaul_given
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
# What completed a runner before goes on doing so where its words are not ours.
typeset -gA _longhaul_before
_longhaul_by_runner() {
  local -i place=\${words[(Ie)longhaul]}
  if (( place > 1 && place < CURRENT )); then
    shift $(( place - 1 )) words
    (( CURRENT -= place - 1 ))
    _longhaul
  else
    eval "\${_longhaul_before[$service]:-_default}"
  fi
}
for _longhaul_runner in ${RUNNERS}; do
  if [[ "\${_comps[$_longhaul_runner]}" != _longhaul_by_runner ]]; then
    _longhaul_before[$_longhaul_runner]="\${_comps[$_longhaul_runner]}"
    compdef _longhaul_by_runner $_longhaul_runner
  fi
done
unset _longhaul_runner
`

const fish = (commands: readonly Completed[]): string =>
  [
    ...commands.flatMap(({ name, about, flags }) => [
      `complete -c longhaul -n __fish_use_subcommand -f -a ${name} -d ${quoted(about)}`,
      ...[...flags, 'help'].map((flag) => `complete -c longhaul -n '__fish_seen_subcommand_from ${name}' -l ${flag}`),
    ]),
    'function __longhaul_line',
    "    commandline -cp | string replace -r '^.*? longhaul ' 'longhaul '",
    'end',
    ...RUNNERS.split(' ').map(
      (runner) =>
        `complete -c ${runner} -n 'contains -- longhaul (commandline -opc)' -a '(complete --do-complete=(__longhaul_line))'`,
    ),
  ]
    .map((line) => `${line}\n`)
    .join('')

const SHELLS: Readonly<Record<string, (commands: readonly Completed[]) => string>> = { bash, zsh, fish }

/**
 * The script by which a shell completes `longhaul`.
 *
 * @throws UsageError for a shell that is not known
 */
export function completionOf(shell: string | undefined, commands: readonly Completed[]): string {
  const known = Object.keys(SHELLS)
  if (shell === undefined) throw new UsageError(`longhaul completion needs a shell: ${known.join(', ')}.`)
  if (!Object.hasOwn(SHELLS, shell))
    throw new UsageError(`longhaul completion knows no shell "${shell}". ${suggestion(shell, known)}`)
  return SHELLS[shell]!(commands)
}

/** `longhaul completion SHELL`. The script is of what all commands take, so that all are loaded. */
export const completion: Command = {
  usage: 'completion bash | zsh | fish',
  about: `Prints a completion script for a shell. For bash: eval "$(npx longhaul completion bash)"; for zsh: the same with zsh;
for fish: npx longhaul completion fish | source`,
  flags: {},
  async run({ words: [shell] }) {
    const { COMMANDS } = await import('./commands.ts')
    const commands = Object.entries(COMMANDS).map(async ([name, of]) => {
      const { flags } = 'loadRaw' in of ? await of.loadRaw() : await of.load()
      return { name, about: of.about, flags: Object.keys(flags) }
    })
    process.stdout.write(completionOf(shell, await Promise.all(commands)))
  },
}
