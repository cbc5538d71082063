import { keptToken } from '../daemon/token.ts'
import type { DaemonPaths } from '../daemon/index.ts'
import { numberIn, type Given } from './flags.ts'

/** The port of the test plan's page. */
export const UI_PORT = '8080'

/** @throws UsageError */
export const uiPort = ({ 'ui-port': port = UI_PORT }: Given['flags']): number =>
  numberIn('the port of the live page', port, { least: 0, most: 65_535, whole: true })

/** Where the live page is. Behind `#` it has what it needs to change something, which no server is sent. */
export const uiAddress = (port: number, paths: Pick<DaemonPaths, 'token'>): string =>
  `http://127.0.0.1:${port}/#token=${keptToken(paths.token)}`
