import { harmlessLines } from '../../../adapters/sandboxes/harmless-lines.ts'
import { isRefName } from '../../../git/index.ts'
import { redact } from '../../../git/process/redact.ts'
import { demand, type HostileCase } from '../hostile-case.ts'
import { inBox } from '../in-box.ts'

const secret = 'Tr0ub4dor-and-3-canaries'
const hex = Buffer.from(secret).toString('hex')
const base64 = Buffer.from(secret).toString('base64')

/** How a hostile remote writes a secret that it was given. */
const forms = {
  'as it is': secret,
  base64,
  'base64 of something longer': Buffer.from(`x-access-token:${secret}`).toString('base64'),
  hexadecimal: hex,
  'hexadecimal in capitals': hex.toUpperCase(),
  'hexadecimal with colons': hex.replace(/..(?=.)/g, '$&:'),
  backwards: [...secret].reverse().join(''),
  'a letter a line': [...secret].join('\n'),
  'wrapped by a remote': secret.replace(/.{8}/g, '$&\nremote: '),
  'wrapped base64': base64.replace(/.{10}/g, '$&\r\n'),
  'URL-encoded': [...Buffer.from(secret)].map((byte) => `%${byte.toString(16)}`).join(''),
}

const commands = [
  '::error::x',
  '  ::set-output name=a::b',
  '##vso[task.setvariable]x',
  '##[error]x',
  '\u001b[0m::error::x',
]
const invisible = ['\u202e', '\u2066', '\u200b', '\u200f', '\u2060', '\ufeff', '\u2028']

const refs = [
  ...['refs/heads/a\nb', 'refs/heads/a\rb', 'refs/heads/a b', 'refs/heads/a\u0000b', 'refs/heads/a\u007fb'],
  ...['refs/heads/a@{b', 'refs/heads/@{-1}', 'refs/heads/a..b', 'refs/heads/.a', 'refs/heads/a.lock'],
  ...['refs/heads/a/', 'refs/heads//a', 'refs/heads/a~1', 'refs/heads/a^', 'refs/heads/a:b', 'refs/heads/a*'],
  ...['HEAD', '@', '-x', '--all', 'refs/heads', 'refs/../heads/a', '../refs/heads/a'],
]

function lines(text: string): string {
  const filter = harmlessLines()
  return Buffer.concat([filter.take(Buffer.from(text)), filter.end()]).toString()
}

/** What is shown to people, and names of refs. */
export const words: readonly HostileCase[] = [
  ...Object.entries(forms).map(
    ([form, text]): HostileCase => ({
      name: `secret, ${form}`,
      tries: 'a remote that says the push token again, in a message that is shown',
      run: async () => {
        const shown = redact(`remote: ${text} end`, [secret])
        demand(!shown.includes(text), `shown: ${shown}`)
        demand(shown.includes('***'), `nothing is masked: ${shown}`)
        return 'masked'
      },
    }),
  ),
  ...commands.map((text) =>
    inBox(`line ${JSON.stringify(text)}`, `printf '%b\\n' '${text.replaceAll('\u001b', '\\033')}'`, {
      tries: 'a check whose output is a command to the CI service that prints it',
      holds: ({ output }) =>
        output.includes('x') || output.includes('set-output')
          ? /^[\s\u001b[\dm]*::|##(?:\w*)\[/m.test(output)
            ? null
            : 'broken up in the log'
          : null,
    }),
  ),
  {
    name: `${invisible.length} invisible characters`,
    tries: 'output that is not what it looks like: turned round, or with what nobody sees',
    run: async () => {
      const shown = invisible.map((each) => lines(`a${each}b\n`))
      demand(
        shown.every((text, at) => !text.includes(invisible[at] ?? '') && text.includes('<U+')),
        shown.join(''),
      )
      return 'shown as <U+202E> and so on'
    },
  },
  {
    name: `${refs.length} hostile names of refs`,
    tries: 'a ref that Git would read as an option, another revision or two lines',
    run: async () => {
      const taken = refs.filter((ref) => isRefName(ref))
      demand(taken.length === 0, `taken: ${JSON.stringify(taken)}`)
      return 'the rules of ref names'
    },
  },
]
