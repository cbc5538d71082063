import type { Live } from '../../../service.ts'
import { isWithoutKey } from '../../errors.ts'
import { ResponsesSession } from './session.ts'

// Source: https://developers.openai.com/api/docs/guides/websocket-mode.

/** A connection over which responses are asked for one after another. */
export const connect: Live = {
  kind: 'live',
  method: 'GET',
  path: '/responses',
  operation: 'responses.connect',
  open: (wire) =>
    wire.strict && isWithoutKey(wire.header)
      ? { kind: 'unauthorized' }
      : (connection) => new ResponsesSession(wire, connection),
}
