/** What is read of an error, thrown or as a test runner has written it down. */
interface Told {
  name: string
  message: string
  /** Names of checks that have found something. */
  checks: readonly string[]
}

/** Reads a property that may not want to be read. */
function read(error: object, name: string): unknown {
  try {
    return (error as Record<string, unknown>)[name]
  } catch {
    return undefined
  }
}

function tell(error: unknown): Told {
  if (typeof error !== 'object' || error === null) return { name: '', message: String(error), checks: [] }
  const [name, message, code, violations] = ['name', 'message', 'code', 'violations'].map((part) => read(error, part))
  const checks = code === 'LONGHAUL_INVARIANT' && Array.isArray(violations) ? violations : []
  return {
    name: typeof name === 'string' ? name : '',
    message: typeof message === 'string' ? message : '',
    checks: checks.map((violation: { check?: unknown }) => String(violation.check)),
  }
}

/** How it failed, numbers aside. */
const signatureOf = ({ name, message }: Told): string =>
  `${name} ${message.split('\n')[0]!.replaceAll(/\d+(\.\d+)?/g, '#')}`

/** Whether one of the errors that were found is the wanted failure, which is the first of its errors. */
export function isSameFailure(found: readonly unknown[], wanted: readonly unknown[]): boolean {
  const first = tell(wanted[0])
  return found.map(tell).some((error) => {
    if (first.checks.length > 0) return error.checks.includes(first.checks[0]!)
    return error.checks.length === 0 && signatureOf(error) === signatureOf(first)
  })
}
