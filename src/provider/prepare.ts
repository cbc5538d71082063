import { encodings, englishFaker, genaiPrices, jsonSchemaFaker } from '../packages/index.ts'

/** Loads what calls are answered with, where loading it in the midst of a call would take time of a run. */
export function prepareAnswers(): void {
  encodings.o200k_base()
  englishFaker()
  genaiPrices()
  jsonSchemaFaker()
}
