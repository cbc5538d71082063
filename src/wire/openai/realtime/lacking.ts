import type { Lacking } from '../../service.ts'

/** Something of the Realtime API that longhaul lacks. */
const lacking = (message: string): Lacking => ({ kind: 'unsimulated', message })

/** A session that only writes down what is said. */
export const NO_TRANSCRIPTS = lacking(
  'longhaul does not simulate sessions of the Realtime API for transcripts only (intent=transcription, type: transcription), ' +
    'as it knows no words of sounds. Answer the connection with a handler of msw (ws.link).',
)

/** A second connection to a call that was made by WebRTC or by telephone. */
export const NO_CALLS = lacking(
  'longhaul does not simulate calls of the Realtime API by WebRTC or SIP (call_id). Connect by WebSocket with a model, ' +
    'or answer the connection with a handler of msw (ws.link).',
)

/** The end of what somebody says, by their silence or their words. */
export const NO_TURN_DETECTION = lacking(
  'longhaul does not detect the end of a turn in sounds (turn_detection), so that nobody answers what was appended. Send ' +
    'input_audio_buffer.commit and response.create, and set audio.input.turn_detection to null.',
)

/** What a session is told whose sounds are to be written down. */
export const NO_WORDS = {
  type: 'longhaul_unsimulated',
  code: 'LONGHAUL_UNSIMULATED',
  message: 'longhaul knows no words of sounds, and transcribes none.',
  param: null,
}
