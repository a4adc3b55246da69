import { ValidationError, type ValidationFault } from "../errors/classes";
import { invalidData } from "../errors/value-errors";
import { settleInTurns } from "./bulk";
import type { Engine } from "./engine";
import type { GraphNode } from "./graph-plan";
import { prepareInsert, type PreparedRow } from "./inserts";
import { readPayload } from "./payload";
import { EntityUnit } from "./unit";

/** The rows of a graph, ready to be written but for what they take from each other. */
export type PreparedGraph = ReadonlyMap<GraphNode, PreparedRow<object>>;

/**
 * Checks every row of graphs, before any SQL.
 *
 * @param root the root entity's name, for messages
 * @throws ValidationError with the faults of all rows, each with its path
 */
export async function prepareGraph(
  engine: Engine, root: string, roots: readonly GraphNode[], signal: AbortSignal | undefined,
): Promise<PreparedGraph> {
  const nodes = roots.flatMap(withDescendants);
  const outcomes = await settleInTurns(nodes, signal, async ({ source, data, taken }) =>
    prepareInsert(new EntityUnit<object>(engine, source.model), source, readPayload(source.model, data, engine.model), signal, taken));
  const prepared = new Map<GraphNode, PreparedRow<object>>();
  const faults: ValidationFault[] = [];
  nodes.forEach((node, index) => {
    const outcome = outcomes[index];
    if (outcome?.status === "fulfilled") prepared.set(node, outcome.value);
    else if (outcome?.reason instanceof ValidationError) faults.push(...outcome.reason.faults.map((fault) => located(node, fault)));
    else throw outcome?.reason;
  });
  if (faults.length > 0) throw invalidData(root, faults);
  return prepared;
}

function withDescendants(node: GraphNode): readonly GraphNode[] {
  return [node, ...node.relations.flatMap(({ nodes, between }) => [...nodes.flatMap(withDescendants), ...between])];
}

/** Says where in the caller's data a fault is. */
function located({ path }: GraphNode, fault: ValidationFault): ValidationFault {
  return path === "" ? fault : { ...fault, property: fault.property === "" ? path : `${path}.${fault.property}` };
}
