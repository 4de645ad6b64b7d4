import type { Sighting } from '../../host/report.ts'
import { toHex } from '../../util/bytes.ts'
import type { Assumption } from './assumptions.ts'
import type { TracedPacket } from './flow.ts'

/** The document of `-o json`, as schemas/trace.schema.json describes it; the same in every language. */
export function renderJson(traced: readonly TracedPacket[], assumptions: readonly Assumption[]): string {
  const document = {
    schemaVersion: 1,
    kind: 'trace',
    assumptions: assumptions.map(({ en }) => en),
    packets: traced.map(packetJson),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

function packetJson(one: TracedPacket): Record<string, unknown> {
  const { number, packet, bytes, device, family, verdict, reached, decidedBy, error, outputs, deliveries, steps } = one
  const delivered = deliveries.find(({ isOwn }) => isOwn)
  return {
    n: number,
    packet,
    hex: toHex(bytes),
    in: device,
    family,
    verdict,
    reached,
    decidedBy,
    error,
    outputs: outputs.map((sighting) => ({ ...seenAt(sighting), answer: !sighting.isOwn })),
    delivered: delivered === undefined ? null : seenAt(delivered),
    steps,
  }
}

function seenAt({ device, bytes }: Sighting): { dev: string; hex: string } {
  return { dev: device, hex: toHex(bytes) }
}
