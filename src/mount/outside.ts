import type { Destination } from '../doors/index.ts'

/** Thrown into the code under test when it calls an outside host that no service simulates. */
export class UnmountedProviderError extends Error {
  override readonly name = 'UnmountedProviderError'
  readonly code = 'LONGHAUL_UNMOUNTED_PROVIDER'
  /**
   * @param target what was called
   * @param isProvider whether it is a real provider of language models
   */
  constructor(target: string, host: string, { isProvider }: { isProvider: boolean }) {
    super(
      `${target} is ${isProvider ? 'a real LLM provider' : 'outside of this test'}, and this test does not simulate it: ` +
        `longhaul refused the call and sent nothing. ` +
        (isProvider
          ? `Add the address to provider.services.<name>.baseURLs, or point the client at a server of longhaul (startServer).`
          : `Answer it with msw or nock, allow it with network: { allow: ['${host}'] }, or, if the host is an LLM provider, add its ` +
            `address to provider.services.<name>.baseURLs.`),
    )
  }
}

/** Host and port as a URL has them. */
export function hostText({ host, port, secure }: Destination): string {
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  return port === undefined || port === (secure ? 443 : 80) ? name : `${name}:${port}`
}
