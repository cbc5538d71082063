import { openai } from '../openai/index.ts'
import { prefixed } from '../prefixed.ts'
import type { Service } from '../service.ts'
import { converse } from './converse.ts'
import { countTokens } from './count-tokens.ts'
import { bedrockErrors, isUnsigned } from './errors.ts'
import { invokeModel } from './invoke-model.ts'

/** The domains of AWS, of its partitions, and of hosts that are reached by IPv6 too. */
const DOMAINS = /(amazonaws\.(com|com\.cn|eu)|api\.aws|api\.amazonwebservices\.(com\.cn|eu))/

/** AWS Bedrock's runtime. */
export const bedrock: Service = {
  name: 'bedrock',
  baseURL: 'https://bedrock-runtime.us-east-1.amazonaws.com',
  hosts: new RegExp(
    String.raw`^((vpce-[a-z\d-]+\.)?bedrock-runtime(-fips)?\.[a-z\d-]+\.(vpce\.)?|bedrock-mantle\.[a-z\d-]+\.)${DOMAINS.source}$`,
  ),
  endpoints: [
    ...converse,
    ...invokeModel,
    countTokens,
    ...prefixed('/openai/v1', openai.endpoints, {
      read: (request) =>
        request.strict && isUnsigned(request) ? { kind: 'unauthorized' } : { ...request, strict: false },
    }),
  ],
  errors: bedrockErrors,
  // https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-token-burndown.html
  reserves: 'sum',
  took: 'x-amzn-bedrock-invocation-latency',
}
