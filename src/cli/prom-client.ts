import type * as PromClient from 'prom-client'

/** The package that metrics are made with, where it is installed. */
export async function promClient(): Promise<typeof PromClient | undefined> {
  try {
    const client = await import('prom-client')
    return 'default' in client ? (client.default as typeof client) : client
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  }
}
