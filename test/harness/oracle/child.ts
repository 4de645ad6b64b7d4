/** The process behind {@link KernelOracle}: takes requests over IPC, owns one namespace at a time, ends with its parent. */
import { hostFiles } from './hostfiles.ts'
import { Namespace, type OraclePacket, run } from './namespace.ts'
import { defaultTopology, type Topology } from './topology.ts'
import { interpret, type TargetOf, targetsOf } from './verdict.ts'

/** What the parent asks. */
export type ChildRequest =
  | { readonly kind: 'topology'; readonly topology: Topology }
  | { readonly kind: 'load'; readonly rulesV4: string | null; readonly rulesV6: string | null }
  | { readonly kind: 'send'; readonly packets: readonly OraclePacket[] }
  | { readonly kind: 'save'; readonly version: 4 | 6 }
  | { readonly kind: 'conntrack' | 'hostFiles' }
  | { readonly kind: 'run'; readonly file: string; readonly argv: readonly string[]; readonly input: string }

/** What the child answers, in the order of the requests. */
export type ChildReply = { readonly value: unknown } | { readonly error: string }

let topology: Topology = defaultTopology
let namespace: Namespace | undefined
let targets: { readonly 4: TargetOf; readonly 6: TargetOf } = { 4: () => undefined, 6: () => undefined }

function current(): Namespace {
  namespace ??= new Namespace(topology)
  return namespace
}

function answer(request: ChildRequest): unknown {
  switch (request.kind) {
    case 'topology':
      topology = request.topology
      return null
    case 'load': {
      namespace?.close()
      namespace = new Namespace(topology)
      targets = { 4: targetsOf(request.rulesV4 ?? ''), 6: targetsOf(request.rulesV6 ?? '') }
      try {
        if (request.rulesV4 !== null) namespace.load(4, request.rulesV4)
        if (request.rulesV6 !== null) namespace.load(6, request.rulesV6)
      } catch (error) {
        return { loaded: false, message: (error as Error).message }
      }
      return { loaded: true }
    }
    case 'send':
      return request.packets.map((packet) =>
        interpret(packet, current().send(packet), packet.hex.startsWith('6') ? targets[6] : targets[4]),
      )
    case 'save':
      return current().save(request.version)
    case 'conntrack':
      return current().conntrack()
    case 'hostFiles':
      current()
      return hostFiles(topology)
    case 'run':
      current()
      return run(request.file, request.argv, request.input)
    default:
      return request satisfies never
  }
}

process.on('message', (request: ChildRequest) => {
  let reply: ChildReply
  try {
    reply = { value: answer(request) }
  } catch (error) {
    reply = { error: (error as Error).message }
  }
  process.send?.(reply)
})
process.on('disconnect', () => process.exit(0))
