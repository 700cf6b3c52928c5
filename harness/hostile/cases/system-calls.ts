import { spawnSync } from 'node:child_process'
import { machines } from '../../../adapters/sandboxes/system-calls.ts'
import { inBox } from '../in-box.ts'

const isPython = spawnSync('python3', ['--version']).status === 0
const missing = isPython ? null : 'python3 is not here'
const numbers = machines[process.arch]?.numbers ?? { socket: 0, socketpair: 0, ptrace: 0 }

/** A program that makes one system call and prints the number of its error, or `ok`. */
function call(number: number, args: string): string {
  return `python3 - <<'END'
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
print('said', 'ok' if libc.syscall(${number}, ${args}) != -1 else ctypes.get_errno())
END`
}

/** EPERM and EAFNOSUPPORT: what the filter answers. Any other word is the kernel's own, so the call got through. */
const refusals: Readonly<Record<string, string>> = {
  '1': 'seccomp: not permitted',
  '97': 'seccomp: no such family',
}

function refused(name: string, tries: string, [number, args]: readonly [number | undefined, string]) {
  return inBox(name, call(number ?? 0, args), {
    tries,
    missing,
    holds: ({ output }) => refusals[/^said (\S+)$/m.exec(output)?.[1] ?? ''] ?? null,
  })
}

const nothing = '0, 0, 0, 0, 0, 0'

/** Calls into the kernel that no check has a use for. */
export const systemCalls = [
  refused('vsock', 'talk to the host of a virtual machine', [numbers.socket, '40, 1, 0']),
  refused('packet socket', 'read and write raw frames', [numbers.socket, '17, 3, 0']),
  refused('kernel crypto socket', 'reach the ciphers of the kernel', [numbers.socket, '38, 5, 0']),
  refused('keyctl', 'read the keyrings of the user', [numbers.keyctl, nothing]),
  refused('add_key', 'leave a key in a keyring', [numbers.add_key, nothing]),
  refused('request_key', 'ask for a key by name', [numbers.request_key, nothing]),
  refused('ptrace', 'take hold of another process', [numbers.ptrace, '16, 1, 0, 0']),
  refused('process_vm_readv', 'read the memory of another process', [numbers.process_vm_readv, nothing]),
  refused('pidfd_getfd', 'take a descriptor of another process', [numbers.pidfd_getfd, nothing]),
  refused('io_uring', 'make calls past the filter', [numbers.io_uring_setup, nothing]),
  refused('bpf', 'load a program into the kernel', [numbers.bpf, nothing]),
  refused('perf_event_open', 'measure the kernel', [numbers.perf_event_open, nothing]),
  refused('userfaultfd', 'hold the kernel at a page fault', [numbers.userfaultfd, nothing]),
  refused('mount', 'mount something', [numbers.mount, nothing]),
  refused('setns', 'enter the namespace of another process', [numbers.setns, nothing]),
]
