import { problemOfOptions, types, type OptionProblem } from '../../options/index.ts'
import type { Options } from '../effect.ts'
import { asName, object, word } from '../slots.ts'
import { define } from '../statement.ts'
import type { Entry, Statement } from '../tree.ts'

interface Aggregate extends Statement {
  kind: 'aggregate'
  request: readonly Entry[]
  name: string | null
}

/** Options that the methods read; `custom` is for the orchestrating agent, which reads anything. */
const OPTIONS = {
  metric: types.oneOf('mean', 'median', 'min', 'max', 'sum', 'count', 'std_dev', 'trimmed_mean'),
  extract_field: types.textNotEmpty,
  group_by: types.textNotEmpty,
  trim_percent: types.number({ least: 0, most: 0.5 }),
  include: types.any,
  threshold: types.number({ least: 0, most: 1 }),
  weights: types.list,
  weight_by: types.textNotEmpty,
}

function optionsProblem({ method, options = {} }: Options): OptionProblem | undefined {
  if (method === undefined || method === 'custom' || !types.object.fits(options)) return undefined
  return problemOfOptions('AGGREGATE', options as Options, OPTIONS)
}

/** Puts values together. */
export const aggregate = define<Aggregate>({
  kind: 'aggregate',
  forms: {
    AGGREGATE: 'AGGREGATE { data: responses, method: "statistical", options: { metric: "mean" } } AS scores',
  },
  syntax: { slots: [word('AGGREGATE'), object('request'), asName] },
  options: {
    word: 'AGGREGATE',
    of: ({ request }) => request,
    isRequest: true,
    needs: ['method'],
    table: {
      data: types.any,
      responses: types.any,
      method: types.oneOf('statistical', 'consensus', 'weighted_consensus', 'vote', 'majority', 'merge', 'custom'),
      options: types.object,
    },
    together: optionsProblem,
  },
  does: { request: (_, __, request) => ({ kind: 'aggregate', request }) },
})
