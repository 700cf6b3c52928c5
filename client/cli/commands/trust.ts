import { UndriftError } from '../../../domain/errors.ts'
import { keyKinds } from '../../../domain/sealed.ts'
import { trustKey } from '../../../seal/keyring.ts'
import { keyId, parsePublic } from '../../../seal/keys.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'

/** Takes the public half of another machine's key: from now on this data folder trusts what it signs. */
export async function trust(context: Context, input: CommandInput): Promise<CommandResult> {
  const [word = '', text = ''] = input.args
  const kind = keyKinds.find((each) => each === word)
  if (kind === undefined) {
    throw new UndriftError('UNDRIFT_E_USAGE', `There is no kind of key \`${word}\`.`, {
      hint: `The kinds are: ${keyKinds.join(', ')}. \`undrift key\` prints the whole command on the other machine.`,
    })
  }
  const key = parsePublic(text)
  if (key === null) {
    throw new UndriftError('UNDRIFT_E_USAGE', 'This is not the public half of a key.', {
      hint: 'It is one word, `ed25519:…`; `undrift key` prints it on the other machine.',
    })
  }
  const id = keyId(key)
  const note = typeof input.options.note === 'string' ? input.options.note : ''
  const change = trustKey(context.data, { kind, key, note: note.replaceAll(/\s+/g, ' ') })
  return {
    exitCode: 0,
    text: change === 'added' ? `trusted from now on: ${kind} ${id}` : `trusted already: ${kind} ${id}`,
    json: { version: 1, data: context.data.root, kind, id, change },
  }
}
