import { z } from 'zod'
import type { Fault } from './fault.ts'
import { text } from './fields.ts'

/** Public keys travel in every attempt's input: together they must stay small. */
const mostSigners = 16

const sshTypes =
  'ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)|sk-ssh-ed25519@openssh\\.com|sk-ecdsa-sha2-nistp256@openssh\\.com'
const sshPattern = `^(?:${sshTypes}) [A-Za-z0-9+/]{40,8000}={0,2}(?: .*)?$`

function fingerprint(description: string) {
  const examples = ['6F2C 1D0E 93A4 77B1 5E08  4C61 A0D2 B3F4 8E95 C716']
  return text({ description, examples }, (value) =>
    /^(?:[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})$/.test(value.replaceAll(' ', ''))
      ? null
      : {
          kind: 'bad-value',
          message: 'this is not a whole fingerprint',
          expected: '40 or 64 hexadecimal digits, as `gpg --fingerprint` shows them',
          hint: 'A short key id can be forged; write the fingerprint out.',
        },
  )
}

function sshKey(description: string) {
  const examples = ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBxQ… release@example.org']
  return text({ description, examples, pattern: sshPattern }, sshKeyFault)
}

/** The type stands inside the base64, too: a key that was cut or mixed up does not pass. */
function sshKeyFault(value: string): Fault | null {
  const [type = '', blob = ''] = value.split(' ')
  const bytes = Buffer.from(blob, 'base64')
  const fits = new RegExp(sshPattern).test(value) && bytes.subarray(4, 4 + type.length).toString() === type
  if (fits && bytes.readUInt32BE(0) === type.length) return null
  return {
    kind: 'bad-value',
    message: 'this is not an SSH public key',
    expected: 'type, base64 and comment, as in a `.pub` file',
  }
}

const signer = z
  .strictObject({
    gpg: fingerprint('The fingerprint of a GPG key, or of one of its signing subkeys.').optional(),
    key: text({
      description:
        'With `gpg`: the file of the armoured public key, seen from this config; or the key itself.',
      examples: ['keys/release.asc'],
    }).optional(),
    ssh: sshKey('An SSH public key.').optional(),
  })
  .check((context) => {
    const { gpg, key, ssh } = context.value
    const fault = (path: string[], message: string, kind = 'bad-value') =>
      context.issues.push({ code: 'custom', input: gpg, path, message, params: { kind }, continue: true })
    if ((gpg === undefined) === (ssh === undefined)) fault([], 'a signer has either `gpg` or `ssh`')
    else if (gpg !== undefined && key === undefined) fault([], '`key` is missing', 'missing')
    else if (ssh !== undefined && key !== undefined) fault(['key'], '`key` goes with `gpg` only')
  })

/** Whose signatures count on the tags of an upstream. */
export const signers = z.array(signer).min(1).max(mostSigners).meta({
  description:
    'Only tags signed with one of these keys are taken by themselves; any other is an integrity alarm.',
})

export type SignerEntry = z.output<typeof signer>
