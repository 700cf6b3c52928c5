import { keyKinds } from '../../../domain/sealed.ts'
import { publicWord, signingKey } from '../../../seal/keys.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'

/** The public halves of this data folder's keys, as `undrift trust` takes them on another machine. */
export async function key(context: Context, _input: CommandInput): Promise<CommandResult> {
  const keys = keyKinds.map((kind) => {
    const own = signingKey(kind, context)
    return { kind, id: own.id, key: publicWord(own.public) }
  })
  return {
    exitCode: 0,
    text: keys.map((each) => `undrift trust ${each.kind} ${each.key}`).join('\n'),
    json: { version: 1, data: context.data.root, keys },
  }
}
