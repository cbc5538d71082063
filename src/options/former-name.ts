const noted = new Set<string>()

/**
 * Says once in a process that an option has another name than the one that was given. The former name still works, as
 * docs/stability.md says.
 *
 * @param where begins the sentence, where the name alone does not say which option it is of
 */
export function noteFormerName(former: string, name: string, where = ''): void {
  if (noted.has(former)) return
  noted.add(former)
  process.emitWarning(
    `${where === '' ? 'The' : `${where}the`} option "${former}" has a new name: "${name}". The next major version removes the former name.`,
    {
      type: 'DeprecationWarning',
      code: 'LONGHAUL_FORMER_NAME',
    },
  )
}
