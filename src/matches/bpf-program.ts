/** Classic BPF: what the kernel takes for a program, and what the program says of a packet. */

import type { Environment } from '../expression/environment.ts'
import type { Packet } from '../packet/packet.ts'
import { ANCILLARY, ancillary, isAncillary } from './bpf-ancillary.ts'

/** One instruction. Source: linux/filter.h struct sock_filter. */
export interface BpfInstruction {
  /** 0..65535. */
  readonly code: number
  /** Instructions to skip where the comparison holds, 0..255. */
  readonly jt: number
  /** The same where it does not hold. */
  readonly jf: number
  /** 0..2^32-1. */
  readonly k: number
}

/** A program says nothing where it asks for what is not known. */
export type BpfAnswer = number | 'unknown'

const CLASS = { ld: 0, ldx: 1, st: 2, stx: 3, alu: 4, jmp: 5, ret: 6, misc: 7 } as const
const MODE = { imm: 0x00, abs: 0x20, ind: 0x40, mem: 0x60, len: 0x80, msh: 0xa0 } as const
const BYTE = 0x10
const ALU = {
  add: 0,
  sub: 0x10,
  mul: 0x20,
  div: 0x30,
  or: 0x40,
  and: 0x50,
  lsh: 0x60,
  rsh: 0x70,
  neg: 0x80,
  mod: 0x90,
  xor: 0xa0,
} as const
const JMP = { ja: 0, jeq: 0x10, jgt: 0x20, jge: 0x30, jset: 0x40 } as const
/** The second operand is the register X, not the constant. */
const X = 0x08
const RET_A = CLASS.ret | 0x10
const TAX = CLASS.misc
const TXA = CLASS.misc | 0x80
const CELLS = 16

/** Offsets from here on count from the network header, and from the link layer header. Source: linux/filter.h. */
const SKF_NET_OFF = -0x100000
const SKF_LL_OFF = -0x200000

const SIZES: Readonly<Record<number, 1 | 2 | 4>> = { 0: 4, 8: 2, 16: 1 }

/** Source: Linux chk_code_allowed(). */
const ALLOWED: ReadonlySet<number> = new Set([
  ...Object.values(ALU).flatMap((operation) =>
    operation === ALU.neg ? [CLASS.alu | operation] : [CLASS.alu | operation, CLASS.alu | operation | X],
  ),
  ...Object.keys(SIZES).flatMap((size) => [Number(size) | MODE.abs, Number(size) | MODE.ind]),
  ...[MODE.imm, MODE.mem, MODE.len].flatMap((mode) => [CLASS.ld | mode, CLASS.ldx | mode]),
  CLASS.ldx | MODE.msh | BYTE,
  CLASS.st,
  CLASS.stx,
  TAX,
  TXA,
  CLASS.ret,
  RET_A,
  CLASS.jmp,
  ...[JMP.jeq, JMP.jgt, JMP.jge, JMP.jset].flatMap((operation) => [CLASS.jmp | operation, CLASS.jmp | operation | X]),
])

const isJump = (code: number): boolean => (code & 7) === CLASS.jmp
const isStore = (code: number): boolean => code === CLASS.st || code === CLASS.stx
const isCellLoad = (code: number): boolean => code === (CLASS.ld | MODE.mem) || code === (CLASS.ldx | MODE.mem)

/** Whether the kernel takes the program. Source: Linux bpf_check_classic(). */
export function isValidBpf(program: readonly BpfInstruction[]): boolean {
  const last = program.at(-1)
  return (
    program.every((one, at) => isValidInstruction(one, program.length - at - 1)) &&
    (last?.code === CLASS.ret || last?.code === RET_A) &&
    readsOnlyWhatIsStored(program)
  )
}

/** `behind`: how many instructions follow. */
function isValidInstruction({ code, jt, jf, k }: BpfInstruction, behind: number): boolean {
  if (!ALLOWED.has(code)) return false
  if (code === CLASS.jmp) return k < behind
  if (isJump(code)) return jt < behind && jf < behind
  if (isStore(code) || isCellLoad(code)) return k < CELLS
  switch (code) {
    case CLASS.alu | ALU.div:
    case CLASS.alu | ALU.mod:
      return k !== 0
    case CLASS.alu | ALU.lsh:
    case CLASS.alu | ALU.rsh:
      return k < 32
    default:
      return !isAbsoluteLoad(code) || k < ANCILLARY || isAncillary(k)
  }
}

function isAbsoluteLoad(code: number): boolean {
  return (code & 7) === CLASS.ld && (code & 0xe0) === MODE.abs
}

/** Whether every cell that is read was written on each way there. Source: Linux check_load_and_stores(). */
function readsOnlyWhatIsStored(program: readonly BpfInstruction[]): boolean {
  const everything = 2 ** CELLS - 1
  const known = program.map(() => everything)
  let stored = 0
  const goTo = (at: number): void => {
    known[at] = (known[at] as number) & stored
  }
  for (const [at, { code, jt, jf, k }] of program.entries()) {
    stored &= known[at] as number
    if (isStore(code)) stored |= 1 << k
    else if (isCellLoad(code) && !(stored & (1 << k))) return false
    else if (isJump(code)) {
      for (const way of code === CLASS.jmp ? [k] : [jt, jf]) goTo(at + 1 + way)
      stored = everything
    }
  }
  return true
}

/**
 * What a valid program returns for the packet, 0..2^32-1. Reading outside of the packet and dividing by zero end it
 * with 0.
 *
 * Source: Linux bpf_convert_filter(), bpf_skb_load_helper_8() and its like.
 */
export function runBpf(program: readonly BpfInstruction[], packet: Packet, environment: Environment): BpfAnswer {
  const cells = new Array<number>(CELLS).fill(0)
  let a = 0
  let x = 0
  for (let at = 0; ; at++) {
    const { code, jt, jf, k } = program[at] as BpfInstruction
    const operand = code & X ? x : k
    switch (code & 7) {
      case CLASS.ld:
      case CLASS.ldx: {
        const isX = (code & 7) === CLASS.ldx
        const loaded =
          isAbsoluteLoad(code) && isAncillary(k)
            ? ancillary(k, a, x, packet, environment)
            : load(code, k, x, cells, packet)
        if (typeof loaded === 'object') return loaded === null ? 0 : loaded.returned
        if (loaded === 'unknown') return loaded
        if (isX) x = loaded
        else a = loaded
        break
      }
      case CLASS.st:
        cells[k] = a
        break
      case CLASS.stx:
        cells[k] = x
        break
      case CLASS.alu: {
        const result = compute(code & 0xf0, a, operand)
        if (result === null) return 0
        a = result
        break
      }
      case CLASS.jmp:
        at += code === CLASS.jmp ? k : compare(code & 0xf0, a, operand) ? jt : jf
        break
      case CLASS.ret:
        return code === RET_A ? a : k
      default:
        if (code === TAX) x = a
        else a = x
    }
  }
}

/** What a load puts into the register; null where it lies outside the packet. */
function load(code: number, k: number, x: number, cells: readonly number[], packet: Packet): number | null {
  switch (code & 0xe0) {
    case MODE.imm:
      return k
    case MODE.mem:
      return cells[k] as number
    case MODE.len:
      return packet.length
    case MODE.msh: {
      const byte = read(packet, k | 0, 1)
      return byte === null ? null : (byte & 15) * 4
    }
    default:
      return read(packet, ((code & 0xe0) === MODE.ind ? k + x : k) | 0, SIZES[code & 0x18] as 1 | 2 | 4)
  }
}

/** A big-endian number at an offset from the network header, or with the kernel's negative offsets from another place. */
function read(packet: Packet, offset: number, size: 1 | 2 | 4): number | null {
  if (offset >= 0) return readNumber(packet.view, packet.network + offset, packet.end, size)
  if (offset >= SKF_NET_OFF) return readNumber(packet.view, packet.network + offset - SKF_NET_OFF, packet.end, size)
  return offset >= SKF_LL_OFF ? readFrame(packet, offset - SKF_LL_OFF, size) : null
}

function readNumber(view: DataView, at: number, end: number, size: 1 | 2 | 4): number | null {
  if (at + size > end) return null
  return size === 4 ? view.getUint32(at) : size === 2 ? view.getUint16(at) : view.getUint8(at)
}

/**
 * Counted from the link layer header, which the packet's bytes follow: packets of the host's own have none yet, those
 * of a device without such headers begin where it would be.
 */
function readFrame(packet: Packet, offset: number, size: 1 | 2 | 4): number | null {
  const header = linkHeader(packet)
  if (header === null) return null
  if (offset >= header.length) return readNumber(packet.view, packet.network + offset - header.length, packet.end, size)
  let value = 0
  for (let at = offset; at < offset + size; at++) {
    const inside = at < header.length
    const byte = inside ? header[at] : readNumber(packet.view, packet.network + at - header.length, packet.end, 1)
    if (byte === null || byte === undefined) return null
    value = value * 256 + byte
  }
  return value
}

const NOTHING = new Uint8Array(0)

function linkHeader({ frame, inDevice, owner, family }: Packet): Uint8Array | null {
  if (frame !== null) return frame
  if (inDevice?.link === 'loopback')
    return Uint8Array.of(...new Array(12).fill(0), ...(family === 4 ? [8, 0] : [0x86, 0xdd]))
  return inDevice === null && owner !== null ? null : NOTHING
}

/** Null where it divides by zero. */
function compute(operation: number, a: number, b: number): number | null {
  switch (operation) {
    case ALU.add:
      return (a + b) >>> 0
    case ALU.sub:
      return (a - b) >>> 0
    case ALU.mul:
      return Math.imul(a, b) >>> 0
    case ALU.div:
      return b === 0 ? null : Math.floor(a / b)
    case ALU.mod:
      return b === 0 ? null : a % b
    case ALU.or:
      return (a | b) >>> 0
    case ALU.and:
      return (a & b) >>> 0
    case ALU.lsh:
      return (a << b) >>> 0
    case ALU.rsh:
      return a >>> b
    case ALU.neg:
      return -a >>> 0
    default:
      return (a ^ b) >>> 0
  }
}

function compare(operation: number, a: number, b: number): boolean {
  switch (operation) {
    case JMP.jeq:
      return a === b
    case JMP.jgt:
      return a > b
    case JMP.jge:
      return a >= b
    default:
      return (a & b) !== 0
  }
}
