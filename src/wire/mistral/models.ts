import { modelList, type KnownModel } from '../model-list.ts'
import { commonHeaders } from './errors.ts'

// Source: https://docs.mistral.ai/api/endpoint/models.

/** Models have no dates in the table of prices: the same for all. Unix seconds. */
const CREATED = 1_735_689_600

const modelOf = ({ id, contextWindow }: KnownModel) => ({
  id,
  object: 'model',
  created: CREATED,
  owned_by: 'mistralai',
  name: id,
  description: null,
  type: 'base',
  max_context_length: contextWindow,
  aliases: [],
  deprecation: null,
  internal: false,
  capabilities: {
    completion_chat: !id.includes('embed'),
    completion_fim: id.startsWith('codestral'),
    function_calling: !id.includes('embed'),
    fine_tuning: false,
    vision: /pixtral|medium|small/.test(id),
    classification: false,
    reasoning: id.startsWith('magistral'),
    ocr: id.includes('ocr'),
    moderation: id.includes('moderation'),
    audio: id.startsWith('voxtral'),
    audio_transcription: false,
    audio_transcription_realtime: false,
    audio_speech: false,
    unified_resources: false,
  },
})

/** What may be asked of the list of models. */
export const models = modelList({
  one: 'models.retrieve',
  model: modelOf,
  list: (data) => ({ object: 'list', data }),
  missing: (id) => `Model ${id} not found`,
  headers: (requestId) => commonHeaders(requestId, {}),
})
