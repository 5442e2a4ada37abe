import { CompiledQuery } from "kysely";
import type { Db } from "@/lib/db/database.ts";

/** A step of a plan. */
export interface PlanNode {
  readonly type: string;
  /** Rows that the database expects. */
  readonly rows: number;
}

interface ExplainedNode {
  readonly "Node Type": string;
  readonly "Plan Rows": number;
  readonly Plans?: readonly ExplainedNode[];
}

/** Returns all steps with which the database does the statements of `run`. */
export async function planOf(db: Db, run: (db: Db) => Promise<unknown>): Promise<PlanNode[]> {
  const compiled: CompiledQuery[] = [];
  await run(db.withPlugin({
    transformQuery({ node, queryId }) {
      compiled.push(db.getExecutor().compileQuery(node, queryId));
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  }));
  const plans = await Promise.all(compiled.map(async ({ sql, parameters }) => {
    const explained = CompiledQuery.raw(`explain (format json) ${sql}`, [...parameters]);
    const { rows: [row] } = await db.executeQuery<{ "QUERY PLAN": [{ Plan: ExplainedNode }] }>(
      explained,
    );
    return stepsOf(row!["QUERY PLAN"][0].Plan);
  }));
  return plans.flat();
}

function stepsOf(node: ExplainedNode): PlanNode[] {
  return [
    { type: node["Node Type"], rows: node["Plan Rows"] },
    ...(node.Plans ?? []).flatMap(stepsOf),
  ];
}
