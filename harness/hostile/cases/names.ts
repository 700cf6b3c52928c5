import { addressRules, mayContact } from '../../../adapters/feeds/http/address-rules.ts'
import { feedUrlFault, gitUrlFault } from '../../../config/git-url.ts'
import { remoteKind } from '../../../git/index.ts'
import { demand, type HostileCase, refusedWith } from '../hostile-case.ts'
import { hostileRepository } from '../hostile-git.ts'
import { measureCli } from '../measure-cli.ts'

const names = ['.git', '.GIT', 'git~1', '.git.', '.g\u200cit', '..', '.', 'a/b']

const urls = [
  'ext::sh -c id',
  '--upload-pack=id',
  'ssh://-oProxyCommand=id/x',
  'https:host/x.git',
  'https://user:pass@host/x.git',
  'git://host/x.git',
  'http://host/x.git',
  'file://host/x.git',
]

const privateAddresses = [
  ...['127.0.0.1', '127.255.255.254', '0.0.0.0', '10.1.2.3', '100.64.0.1', '169.254.169.254', '172.16.0.1'],
  ...[
    '172.31.255.255',
    '192.168.1.1',
    '192.0.0.8',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
  ],
  ...['[::1]', '::ffff:127.0.0.1', '::ffff:7f00:1', '::127.0.0.1', 'fe80::1', 'fe80::1%eth0', 'fc00::1'],
  ...['64:ff9b::7f00:1', '2002:7f00:1::', 'ff02::1', '2001:db8::1'],
]

/** Names, URLs and addresses. */
export const spellings: readonly HostileCase[] = [
  ...names.map(
    (name): HostileCase => ({
      name: `tree entry ${JSON.stringify(name)}`,
      tries: 'a release whose tree holds it',
      run: async ({ folder }) => {
        const repository = hostileRepository(folder)
        const blob = repository.blob('x')
        const base = repository.commit(repository.tree([['100644', 'a', blob]]))
        const head = repository.commit(repository.tree([['100644', 'a', repository.blob('y')]]), [base])
        const onto = repository.commit(repository.tree([['100644', name, blob]]), [base])
        const argv = ['plan', '--repo', repository.dir, '--head', head, '--onto', onto]
        const { code, words } = await measureCli(argv)
        demand(
          code === 2 && /UNDRIFT_E_STACK|no work tree may hold/.test(words),
          `exit ${code}: ${words.slice(-200)}`,
        )
        return 'UNDRIFT_E_STACK'
      },
    }),
  ),
  ...urls.map(
    (url): HostileCase => ({
      name: `URL ${url}`,
      tries: 'a repository at this URL, in the config and past it',
      run: async () => {
        demand(gitUrlFault(url) !== null, 'the config took it')
        demand(feedUrlFault(`git+${url}`) !== null, 'the config took it for a feed')
        return refusedWith('UNDRIFT_E_INPUT', () => remoteKind(url))
      },
    }),
  ),
  {
    name: `${privateAddresses.length} spellings of private addresses`,
    tries: 'a feed that is fetched from each of them',
    run: async () => {
      const rules = addressRules([])
      const open = privateAddresses.filter((address) => mayContact(address, 'feed.example', rules))
      demand(open.length === 0, `open: ${open.join(', ')}`)
      return 'the rules of addresses'
    },
  },
]
