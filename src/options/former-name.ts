const noted = new Set<string>()

/**
 * Says once in a process that an option has another name than the one that was given. The former name still works, as
 * docs/stability.md says.
 */
export function noteFormerName(former: string, name: string): void {
  if (noted.has(former)) return
  noted.add(former)
  process.emitWarning(
    `The option "${former}" has a new name: "${name}". The former name goes with the next major version.`,
    {
      type: 'DeprecationWarning',
      code: 'LONGHAUL_FORMER_NAME',
    },
  )
}
