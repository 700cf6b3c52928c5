import type { Config } from '../../config/config.ts'
import type { Context } from './context.ts'

/** Lets the workers of this data folder do what the operator's config needs, save where a person wrote their policy. */
export async function allowConfig(
  { data }: Pick<Context, 'data'>,
  config: Config,
  options: { readonly others: 'keep' | 'forget' } = { others: 'keep' },
): Promise<void> {
  // Only now: it loads the schema, as the config does.
  const { writePolicy } = await import('../../config/generated-policy.ts')
  writePolicy(data, config, options)
}
