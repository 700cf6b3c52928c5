import { type Machine, machines } from './system-calls.ts'

/**
 * The system call filter of a box, as bubblewrap's `--seccomp` takes it: a program of classic BPF. It closes doors that
 * namespaces leave open: the kernel's keyrings, sockets of odd families (vsock reaches the machine's host), and parts of the
 * kernel that builds and tests have no use for. Null for a processor whose numbers we do not know.
 */
export function seccompFilter(arch: string = process.arch): Buffer | null {
  const machine = machines[arch]
  return machine === undefined ? null : Buffer.concat(program(machine).map(encode))
}

/** One instruction: `struct sock_filter` of linux/filter.h. Jumps count the instructions that are skipped. */
interface Instruction {
  readonly code: number
  readonly yes: number
  readonly no: number
  readonly value: number
}

// Source: linux/bpf_common.h, linux/seccomp.h, and `struct seccomp_data`, whose fields are loaded by their place.
const loadWord = 0x20
const jumpIfEqual = 0x15
const jumpIfAtLeast = 0x35
const giveBack = 0x06
const at = { number: 0, architecture: 4, firstArgument: 16 } as const
const allow = 0x7fff0000
const killProcess = 0x80000000
const failWith = (errno: number) => 0x00050000 | errno
const errno = { EPERM: 1, ENOSYS: 38, EAFNOSUPPORT: 97 } as const

/** AF_UNIX, AF_INET, AF_INET6 and AF_NETLINK. Source: linux/socket.h. */
const socketFamilies = [1, 2, 10, 16]
/** PTRACE_ATTACH and PTRACE_SEIZE: a debugger may follow what it starts, and take hold of nothing else. */
const takeHold = [16, 0x4206]

function program({ architecture, foreignFrom, numbers }: Machine): Instruction[] {
  const { socket, socketpair, ptrace, ...refused } = numbers
  return [
    load(at.architecture),
    ...unless(jumpIfEqual, architecture, [end(killProcess)]),
    load(at.number),
    // The numbers of x32 begin there: the same calls under other names.
    ...(foreignFrom === null ? [] : when(jumpIfAtLeast, foreignFrom, [end(failWith(errno.ENOSYS))])),
    ...[socket, socketpair].flatMap((call) => when(jumpIfEqual, call, familyOnly())),
    ...when(jumpIfEqual, ptrace, [
      load(at.firstArgument),
      ...takeHold.flatMap((request) => when(jumpIfEqual, request, [end(failWith(errno.EPERM))])),
      end(allow),
    ]),
    ...Object.values(refused).flatMap((call) => when(jumpIfEqual, call, [end(failWith(errno.EPERM))])),
    end(allow),
  ]
}

function familyOnly(): Instruction[] {
  const known = socketFamilies.flatMap((family) => when(jumpIfEqual, family, [end(allow)]))
  return [load(at.firstArgument), ...known, end(failWith(errno.EAFNOSUPPORT))]
}

function load(offset: number): Instruction {
  return { code: loadWord, yes: 0, no: 0, value: offset }
}

function end(verdict: number): Instruction {
  return { code: giveBack, yes: 0, no: 0, value: verdict }
}

function when(code: number, value: number, then: readonly Instruction[]): Instruction[] {
  return [{ code, yes: 0, no: then.length, value }, ...then]
}

function unless(code: number, value: number, then: readonly Instruction[]): Instruction[] {
  return [{ code, yes: then.length, no: 0, value }, ...then]
}

/** Both processors that we know put the low byte first. */
function encode({ code, yes, no, value }: Instruction): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt16LE(code, 0)
  bytes.writeUInt8(yes, 2)
  bytes.writeUInt8(no, 3)
  bytes.writeUInt32LE(value >>> 0, 4)
  return bytes
}
