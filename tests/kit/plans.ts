/** How the database plans statements, also for tables that only seem to be large. */
import { CompiledQuery, sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";

/** A step of a plan. */
export interface PlanNode {
  readonly type: string;
  /** Rows that the database expects. */
  readonly rows: number;
  /** The table that it reads, if it reads one. */
  readonly table?: string;
}

interface ExplainedNode {
  readonly "Node Type": string;
  readonly "Plan Rows": number;
  readonly "Relation Name"?: string;
  readonly Plans?: readonly ExplainedNode[];
}

/** Returns a database like `db`, and the list in which each of its statements is written down. */
export function watchStatements(db: Db): { watched: Db; asked: CompiledQuery[] } {
  const asked: CompiledQuery[] = [];
  const watched = db.withPlugin({
    transformQuery({ node, queryId }) {
      asked.push(db.getExecutor().compileQuery(node, queryId));
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  });
  return { watched, asked };
}

/** Returns all steps with which the database does the statements of `run`. */
export async function planOf(db: Db, run: (db: Db) => Promise<unknown>): Promise<PlanNode[]> {
  const { watched, asked } = watchStatements(db);
  await run(watched);
  const plans: PlanNode[] = [];
  for (const statement of asked) plans.push(...await explain(db, statement));
  return plans;
}

/** Returns the steps with which the database does a statement. */
export async function explain(
  db: Db,
  { sql: text, parameters }: CompiledQuery,
): Promise<PlanNode[]> {
  const { rows: [row] } = await db.executeQuery<{ "QUERY PLAN": [{ Plan: ExplainedNode }] }>(
    CompiledQuery.raw(`explain (format json) ${text}`, [...parameters]),
  );
  return stepsOf(row!["QUERY PLAN"][0].Plan);
}

function stepsOf(node: ExplainedNode): PlanNode[] {
  const table = node["Relation Name"];
  return [
    { type: node["Node Type"], rows: node["Plan Rows"], ...(table !== undefined && { table }) },
    ...(node.Plans ?? []).flatMap(stepsOf),
  ];
}

/** Makes the planner believe that each table with at least `least` rows has a million of them. */
export async function believeInMillions(db: Db, least: number): Promise<void> {
  await sql`analyze`.execute(db);
  await sql`
    update pg_class set reltuples = 1000000
    where relkind = 'r' and relnamespace = current_schema()::regnamespace and reltuples >= ${least}
  `.execute(db);
}
