import { z } from 'zod'
import { allowEntry, duration, size, text, valueFault, variableFault } from './fields.ts'

const commands = z
  .array(text({ description: 'A shell command.', examples: ['npm ci', 'npm test'] }))
  .meta({ description: 'Shell commands, run one after the other; the first that fails ends the step.' })

/** What holds for a bare list of commands, and for each option that is left out. */
export const defaultVerify = {
  network: false,
  timeout: '30m',
  idle: '10m',
  output: '10MB',
  processes: 512,
  memory: '8GB',
  disk: '10GB',
} as const

const verifyOptions = z.strictObject({
  commands,
  network: z
    .union([
      z.boolean(),
      z.strictObject({
        allow: z
          .array(allowEntry('A host name, an address or a CIDR block.'))
          .min(1)
          .meta({ description: 'What may be reached, private or not.' }),
      }),
    ])
    .default(defaultVerify.network)
    .meta({
      description:
        'What the commands may reach: `true` for public addresses, or named hosts alone, through a proxy for HTTP and HTTPS that records what was asked for.',
    }),
  timeout: duration('Time for all commands together.').default(defaultVerify.timeout),
  idle: duration('Time without any output.').default(defaultVerify.idle),
  output: size('Output of all commands together.').default(defaultVerify.output),
  processes: z
    .int()
    .min(1)
    .max(65_536)
    .default(defaultVerify.processes)
    .meta({ description: 'Processes at one time.' }),
  memory: size('Memory of all processes together.').default(defaultVerify.memory),
  disk: size('Room for the work tree, `/tmp` and the home together.').default(defaultVerify.disk),
  environment: z
    .record(
      text({ description: 'The name of a variable.', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }, variableFault),
      text({ description: 'Its value.', examples: ['/usr/local/go/bin:/usr/bin:/bin'] }, valueFault),
    )
    .optional()
    .meta({
      description:
        'Variables of the commands’ environment, in plain text. PATH is `/usr/local/bin:/usr/bin:/bin` and HOME is `/tmp/home` where they are left out; both last for all commands of one verification.',
    }),
})

/** What `verify` of a fork, and of a line, may say. */
export const verification = z
  .union([commands, verifyOptions])
  .meta({ description: 'What proves a replayed stack; `[]` for nothing.' })
