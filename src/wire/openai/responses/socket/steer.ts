import type { ClientEvent } from './client-events.ts'

/** What the trace says of input for a response that is under way, which longhaul lacks. */
export const STEER_UNSIMULATED =
  'longhaul does not simulate response.steer, and answers response.steer.failed. Send the input with the next ' +
  'response.create, when the response is complete.'

/** Gives input back that could not be put behind a response. */
export const steerFailed = ({
  previous_response_id,
  input,
}: Extract<ClientEvent, { type: 'response.steer' }>): object => ({
  type: 'response.steer.failed',
  sequence_number: 0,
  error: {
    type: 'invalid_request_error',
    code: 'steering_not_supported',
    message: 'This response does not support steering.',
  },
  steer: { previous_response_id, input },
})
