import { installDoors, plainHost, rest, type NetworkBehind } from '../doors/index.ts'
import { reachable, reaching } from './allowed.ts'
import { hostText } from './outside.ts'
import { isProviderHost } from './routes.ts'

/** Thrown into code that calls a real LLM provider while no test of an orchestration runs, in a file that has such tests. */
export class OutsideOfTestError extends Error {
  override readonly name = 'OutsideOfTestError'
  readonly code = 'LONGHAUL_OUTSIDE_OF_TEST'

  /** @param target what was called */
  constructor(target: string) {
    super(
      `${target} is a real LLM provider, and no test of an orchestration is running: longhaul refused the call and sent nothing. ` +
        `Declare the test with the \`test\` that describeOrchestration gives, not with Vitest's own. If an earlier test left the call behind, ` +
        `await the call in that test. To call the real provider, put the test into a file without orchestrations.`,
    )
  }
}

/**
 * Keeps real LLM providers away while no test of an orchestration runs: neither a test of another kind nor what a test has left
 * behind is to call them, and be billed, in silence. All else is reached.
 *
 * @param allowedNow the hosts that may be reached all the same; nothing where none is to be kept away now
 * @param tell is told of each call that is refused: who made it may swallow the error
 */
export function keepProvidersAway(
  allowedNow: () => readonly string[] | undefined,
  tell: (error: OutsideOfTestError) => void,
): void {
  installDoors()
  const network: NetworkBehind = {
    fetch: () => undefined,
    judge({ host, port }) {
      const name = plainHost(host)
      const allowed = allowedNow()
      if (!allowed || !isProviderHost(name)) return 'pass'
      return reaching(reachable(allowed))(name, port) ? 'pass' : 'refuse'
    },
    serve: (_, response) => () => void response.destroy(),
    upgrade: (_, socket) => void socket.destroy(),
    refuse(destination, { method, path }) {
      const error = new OutsideOfTestError(`${method} ${hostText(destination)}${path}`)
      tell(error)
      return error
    },
  }
  rest('network', network)
}
