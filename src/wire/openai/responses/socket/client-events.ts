import { ANY, type Shape } from '../../../shape.ts'

/** What is read of an event when it comes. The rest is held against the shape of a request by HTTP when its turn comes. */
export const CLIENT_EVENT: Shape = {
  type: 'tagged',
  tag: 'type',
  of: {
    'response.create': {
      type: 'object',
      fields: { type: ANY, stream_id: ANY, generate: { type: 'boolean' } },
      open: true,
    },
    'response.steer': {
      type: 'object',
      fields: { type: ANY, previous_response_id: { type: 'string', required: true }, input: ANY },
      open: true,
    },
  },
}

/** What a client has sent, when its shape is right. */
export type ClientEvent =
  | ({ type: 'response.create'; stream_id?: unknown; generate?: boolean | null } & Record<string, unknown>)
  | { type: 'response.steer'; previous_response_id: string; input?: unknown }
