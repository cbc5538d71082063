/**
 * Bedrock's ids begin with the region of an inference profile, of which the table of prices knows some: `mx.anthropic.…`.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html.
 */
const REGION = /^[a-z]{2,6}(-[a-z]+)?\.(?=[a-z\d]+\.)/
/** Google's names for the newest model of a family. Source: https://ai.google.dev/gemini-api/docs/models. */
const LATEST = /^gemini-(flash|flash-lite|pro)-latest$/

const versionOf = (id: string, family: string): number =>
  Number(new RegExp(String.raw`^gemini-(\d+(?:\.\d+)?)-${family}(-preview)?$`).exec(id)?.[1] ?? Number.NaN)

/** The name by which a table knows a model that it does not know by the one that is given, if there is one. */
export function otherName(id: string, listed: readonly string[]): string | undefined {
  const family = LATEST.exec(id)?.[1]
  if (family === undefined) return REGION.test(id) ? id.replace(REGION, '') : undefined
  return listed
    .filter((each) => !Number.isNaN(versionOf(each, family)))
    .toSorted((a, b) => versionOf(b, family) - versionOf(a, family))[0]
}
