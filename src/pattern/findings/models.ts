import { suggestion } from '../../options/index.ts'
import { constantOf, partsOf, statementsIn } from '../../strategy/index.ts'
import { asDeclared } from '../schema.ts'
import type { Checking, PatternCheck, Where } from './finding.ts'

/** Models that nobody knows. */
export const checkModels: PatternCheck = (checking) => {
  const { data, strategy } = checking.pattern
  for (const name of ['model', 'fallback_model']) {
    const given = data.variables?.[name]
    const declared = asDeclared(given)
    look(checking, declared ? declared.default : given, { path: ['variables', name, ...(declared ? ['default'] : [])] })
  }
  for (const [name, { model }] of Object.entries(data.agents ?? {}))
    look(checking, model, { path: ['agents', name, 'model'] })
  for (const statement of statementsIn(strategy.statements))
    for (const entry of partsOf(statement).entries)
      if (entry.name === 'model' && entry.value.kind === 'expression')
        look(checking, constantOf(entry.value.text)?.value, { in: entry.value, of: statement })
}

function look({ known, found }: Checking, name: unknown, where: Where): void {
  if (typeof name !== 'string' || name.includes('{{') || !known.isModel || known.isModel(name)) return
  found(
    'warning',
    where,
    `The model "${name}" is in no price table.`,
    suggestion(name, known.models ?? []) ||
      'Set its prices in orchestrator.prices, and simulate the model by provider.models.',
  )
}
