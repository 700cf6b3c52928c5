import { z } from 'zod'
import { type Role, roles } from '../domain/queues.ts'
import type { SecretName } from '../domain/settings.ts'
import { text } from './fields.ts'

/** What a worker does at most, whatever the settings ask for. */
export interface Policy {
  readonly roles: readonly Role[]
  /** Whether commands may run without a box. */
  readonly sandboxNone: boolean
  /** URLs of repositories and feeds; one that ends in `/` stands for all below it. */
  readonly remotes: readonly string[]
  /** Folders on this machine, each with all below it. */
  readonly folders: readonly string[]
  /** The hosts that each secret may go to. */
  readonly secrets: Readonly<Record<SecretName, readonly string[]>>
}

const secretPattern = /^env:[A-Za-z_][A-Za-z0-9_]*$/

export const policySchema = z
  .strictObject({
    roles: z
      .array(z.enum(roles))
      .default([...roles])
      .meta({ description: 'The roles that this worker may serve.' }),
    sandboxNone: z.boolean().default(false).meta({
      description:
        'Whether `sandbox: none` is obeyed: commands run as the user of the worker, without a box.',
    }),
    remotes: z
      .array(
        text({
          description: 'A URL as it stands in the config; one that ends in `/` stands for all below it.',
          examples: ['https://github.com/me/codex.git', 'https://github.com/openai/'],
        }),
      )
      .default([])
      .meta({ description: 'The repositories and feeds that may be read and pushed to.' }),
    folders: z
      .array(
        text({ description: 'An absolute path.', examples: ['/srv/git'] }, (value) =>
          value.startsWith('/')
            ? null
            : { kind: 'bad-value', message: 'this is not an absolute path', expected: '/a/folder' },
        ),
      )
      .default([])
      .meta({ description: 'Folders whose repositories may be used, each with all below it.' }),
    secrets: z
      .record(
        z.string(),
        z.array(
          text({
            description: 'A host, with its port where that is not the usual one.',
            examples: ['github.com'],
          }),
        ),
      )
      .check((context) => {
        for (const name of Object.keys(context.value)) {
          if (secretPattern.test(name)) continue
          const params = { kind: 'bad-name', expected: 'env:NAME, the name of an environment variable' }
          const message = 'this is not the name of a secret'
          context.issues.push({ code: 'custom', input: name, path: [name], message, params, continue: true })
        }
      })
      .default({})
      .meta({
        description: 'The hosts that each secret may go to, by its name, such as `env:GITHUB_TOKEN`.',
      }),
  })
  .meta({ title: 'worker.yaml', description: 'What a worker does at most, whatever the settings ask for.' })
