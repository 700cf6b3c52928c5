import { z } from 'zod'
import { allowedBlemishes, dangerousBlemishes } from '../domain/blemishes.ts'
import type { Fault } from './fault.ts'
import { text } from './fields.ts'
import { nearest } from './nearest.ts'

/** Which faults of old objects are let in from a repository. */
export const fsck = z
  .strictObject({
    ignore: z
      .array(
        text(
          { description: "Git's name for the fault, as `git fsck` shows it.", examples: ['treeNotSorted'] },
          blemishFault,
        ),
      )
      .default([])
      .meta({
        description:
          'Faults of objects that are let in. Those of old author lines, dates and modes always are; those that an attack is made of, such as `hasDotgit`, never.',
      }),
  })
  .meta({
    description: "How strictly Git checks the objects that are fetched from here (Git's `fetch.fsck`).",
  })

function blemishFault(value: string): Fault | null {
  if (allowedBlemishes.includes(value)) return null
  const isDangerous = dangerousBlemishes.some((id) => id.toLowerCase() === value.toLowerCase())
  if (isDangerous) {
    const message = 'no config lets this in: an object like that can attack whoever checks it out'
    return { kind: 'bad-value', message }
  }
  const near = nearest(value, allowedBlemishes)
  return {
    kind: 'bad-value',
    message: 'Git knows no such fault, or it cannot be let in',
    expected: `one of ${allowedBlemishes.join(', ')}`,
    ...(near === null ? {} : { hint: `Did you mean \`${near}\`?` }),
  }
}
